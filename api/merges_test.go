package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestMerges(t *testing.T) {
	w := newWorld(t)
	winner := w.customer(t, w.acme.rep, `{"name":"云帆科技"}`)
	loser := w.customer(t, w.acme.rep, `{"name":"云帆","phone":"13800138000"}`)
	path := "/v1/customers/" + winner + "/merge"
	body := fmt.Sprintf(`{"loser_id":%q}`, loser)
	w.post(t, person{}, path, body).want(t, http.StatusUnauthorized)
	w.post(t, w.acme.rep2, path, body).want(t, http.StatusNotFound)
	w.post(t, w.globex.admin, path, body).want(t, http.StatusNotFound)
	w.post(t, w.acme.rep, path, `{}`).want(t, http.StatusUnprocessableEntity, `"field":"loser_id"`)
	w.post(t, w.acme.rep, path, fmt.Sprintf(`{"loser_id":%q,"fields":{"name":"mine"}}`, loser)).want(t, http.StatusUnprocessableEntity, `"field":"fields.name"`)
	w.post(t, w.acme.rep, path, body, "If-Match", `"9"`).want(t, http.StatusPreconditionFailed)
	w.post(t, w.acme.rep, path, fmt.Sprintf(`{"loser_id":%q,"dry_run":true}`, loser)).want(t, http.StatusOK, `"dry_run":true`, `"phone":"loser"`, `+8613800138000`)
	w.get(t, w.acme.rep, "/v1/customers/"+loser).want(t, http.StatusOK)

	const key = "merge-once"
	first := w.post(t, w.acme.rep, path, body, "Idempotency-Key", key).want(t, http.StatusOK, `"dry_run":false`, winner)
	if again := w.post(t, w.acme.rep, path, body, "Idempotency-Key", key).want(t, http.StatusOK); again.Body.String() != first.Body.String() {
		t.Errorf("a repeat answers %s", again.Body)
	}
	w.post(t, w.acme.rep, path, body).want(t, http.StatusConflict, `"merged"`)

	for sub, want := range map[string]string{"": "", "/lifecycle": "/lifecycle", "/interactions?limit=5": "/interactions?limit=5"} {
		got := w.get(t, w.acme.rep, "/v1/customers/"+loser+sub).want(t, http.StatusPermanentRedirect, `"code":"merged"`, `"merged_into":"`+winner+`"`)
		if got.Header().Get("Location") != "/v1/customers/"+winner+want {
			t.Errorf("%s leads to %q", sub, got.Header().Get("Location"))
		}
	}
	for method, body := range map[string]string{http.MethodPatch: `{"name":"x"}`, http.MethodDelete: ""} {
		got := w.do(t, w.acme.rep, method, "/v1/customers/"+loser, body).want(t, http.StatusConflict, `"merged"`, `"merged_into":"`+winner+`"`)
		if got.Header().Get("Location") != "" {
			t.Errorf("%s is led on", method)
		}
	}
	w.post(t, w.acme.rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"x"}`, loser)).want(t, http.StatusConflict, winner)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, "/v1/customers/"+loser).want(t, http.StatusNotFound, "!"+winner)
		w.patch(t, who, "/v1/customers/"+loser, `{"name":"x"}`).want(t, http.StatusNotFound, "!"+winner)
		w.get(t, who, "/v1/customers/"+winner+"/merges").want(t, http.StatusNotFound)
	}
	w.get(t, w.acme.rep, "/v1/customers/"+winner+"/merges").want(t, http.StatusOK, loser, `"name":"云帆"`, `"phone":"loser"`)
}

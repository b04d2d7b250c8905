package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestComments(t *testing.T) {
	w := newWorld(t)
	customer := w.customer(t, w.acme.rep, `{"name":"云帆"}`)
	body := func(text string) string { return fmt.Sprintf(`{"record_id":%q,"body":%q}`, customer, text) }
	w.post(t, person{}, "/v1/comments", body("x")).want(t, http.StatusUnauthorized)
	w.post(t, w.globex.admin, "/v1/comments", body("x")).want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	w.post(t, w.acme.rep2, "/v1/comments", body("x")).want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	w.post(t, w.acme.rep, "/v1/comments", `{"body":"x"}`).want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	w.post(t, w.acme.rep, "/v1/comments", `{"record_id":"tag_01h455vb4pex5vsknk084sn02q","body":"x"}`).want(t, http.StatusUnprocessableEntity, "not a valid id")
	w.post(t, w.acme.rep, "/v1/comments", body("<@"+w.acme.rep2.id+">")).want(t, http.StatusUnprocessableEntity, `"code":"cannot_see"`, "Acme rep 2")
	id := w.post(t, w.acme.rep, "/v1/comments", body("<@"+w.acme.manager.id+"> ?")).want(t, http.StatusCreated, `"mentions":["`+w.acme.manager.id+`"]`).id(t)

	w.get(t, w.acme.manager, "/v1/comments?record_id="+customer).want(t, http.StatusOK, id)
	w.get(t, w.acme.manager, "/v1/comments").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	w.get(t, w.acme.rep2, "/v1/comments?record_id="+customer).want(t, http.StatusNotFound)
	w.get(t, w.acme.rep2, "/v1/comments/"+id).want(t, http.StatusNotFound)
	answered := w.post(t, w.acme.manager, "/v1/comments", body("yes")).want(t, http.StatusCreated)
	w.patch(t, w.acme.rep, "/v1/comments/"+answered.id(t), `{"body":"no"}`).want(t, http.StatusForbidden)
	w.patch(t, w.acme.manager, "/v1/comments/"+answered.id(t), `{"body":"no"}`, "If-Match", answered.Header().Get("ETag")).want(t, http.StatusOK, `"body":"no"`)
	w.patch(t, w.acme.manager, "/v1/comments/"+answered.id(t), `{"body":"no"}`, "If-Match", answered.Header().Get("ETag")).want(t, http.StatusPreconditionFailed)
	w.del(t, w.acme.rep, "/v1/comments/"+id).want(t, http.StatusNoContent)
	w.get(t, w.acme.rep, "/v1/comments/"+id).want(t, http.StatusNotFound)

	// A customer that is merged takes its comments along.
	other := w.customer(t, w.acme.rep, `{"name":"云帆科技"}`)
	w.post(t, w.acme.rep, "/v1/customers/"+other+"/merge", fmt.Sprintf(`{"loser_id":%q}`, customer)).want(t, http.StatusOK, `"comments":1`)
	w.get(t, w.acme.rep, "/v1/comments?record_id="+other).want(t, http.StatusOK, `"body":"no"`, `"record_id":"`+other+`"`)
	if got := w.get(t, w.acme.rep, "/v1/comments?record_id="+customer).want(t, http.StatusPermanentRedirect); got.Header().Get("Location") != "/v1/comments?record_id="+other {
		t.Errorf("leads to %q", got.Header().Get("Location"))
	}
	w.post(t, w.acme.rep, "/v1/comments", body("x")).want(t, http.StatusConflict, `"merged"`)
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// pooled makes a customer whom nobody looks after.
func (w *world) pooled(t *testing.T, name string) string {
	t.Helper()
	id := w.customer(t, w.acme.admin, fmt.Sprintf(`{"name":%q,"phone":"13800138000"}`, name))
	w.patch(t, w.acme.admin, "/v1/customers/"+id, `{"owner_id":null}`).want(t, http.StatusOK)
	return id
}

func TestPool(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	id := w.pooled(t, "云帆")
	w.get(t, rep, "/v1/pool").want(t, http.StatusOK, `"data":[]`)
	w.post(t, rep, "/v1/pool/"+id+"/claim", "").want(t, http.StatusNotFound)
	w.post(t, w.acme.admin, "/v1/pool/"+id+"/claim", "").want(t, http.StatusConflict, `"pool_off"`)
	w.patch(t, rep, "/v1/company/settings", `{"pool":{"enabled":true,"max_held":0,"claims_per_day":1,"return_after_days":30}}`).want(t, http.StatusForbidden)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"pool":{"enabled":true,"max_held":-1,"claims_per_day":1,"return_after_days":30}}`).want(t, http.StatusUnprocessableEntity, "max_held")
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"pool":{"enabled":true,"max_held":0,"claims_per_day":1,"return_after_days":30}}`).want(t, http.StatusOK, `"enabled":true`)
	w.get(t, person{}, "/v1/pool").want(t, http.StatusUnauthorized)
	w.get(t, rep, "/v1/pool").want(t, http.StatusOK, id, `"phone":"138****8000"`, "!13800138000")
	w.get(t, w.globex.admin, "/v1/pool").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/customers/"+id).want(t, http.StatusNotFound)
	w.post(t, w.globex.admin, "/v1/pool/"+id+"/claim", "").want(t, http.StatusNotFound)
	w.post(t, rep, "/v1/pool/"+id+"/claim", "").want(t, http.StatusOK, `"owner_id":"`+rep.id, "+8613800138000")
	w.post(t, w.acme.rep2, "/v1/pool/"+id+"/claim", "").want(t, http.StatusConflict, `"already_claimed"`)
	w.post(t, w.acme.rep2, "/v1/customers/"+id+"/release", `{"reason":"x"}`).want(t, http.StatusNotFound)
	w.post(t, rep, "/v1/customers/"+id+"/release", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"reason"`)
	w.post(t, rep, "/v1/customers/"+id+"/release", `{"reason":"no budget"}`).want(t, http.StatusNoContent)
	w.post(t, rep, "/v1/pool/"+id+"/claim", "").want(t, http.StatusConflict, `"daily_limit"`)
	w.post(t, w.acme.rep2, "/v1/pool/"+id+"/claim", "").want(t, http.StatusOK)
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// trashed makes a customer and deletes it.
func (w *world) trashed(t *testing.T, who person, name string) string {
	t.Helper()
	id := w.customer(t, who, fmt.Sprintf(`{"name":%q}`, name))
	w.del(t, who, "/v1/customers/"+id).want(t, http.StatusNoContent)
	return id
}

func TestTrash(t *testing.T) {
	w := newWorld(t)
	rep, path := w.acme.rep, "/v1/customers/"
	id := w.customer(t, rep, `{"name":"云帆","phone":"13800138000"}`)
	w.del(t, rep, path+id).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/trash").want(t, http.StatusUnprocessableEntity, `"field":"noun"`)
	w.get(t, rep, "/v1/trash?noun=tag").want(t, http.StatusUnprocessableEntity, `"field":"noun"`)
	w.get(t, rep, "/v1/trash?noun=customer&q=yf&count=true").want(t, http.StatusOK, `"id":"`+id+`"`, `"title":"云帆"`, `"purge_at":`, `"total":1`, "!13800138000")
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, "/v1/trash?noun=customer").want(t, http.StatusOK, `"data":[]`)
		w.post(t, who, path+id+"/restore", "").want(t, http.StatusNotFound)
	}
	w.post(t, person{}, path+id+"/restore", "").want(t, http.StatusUnauthorized)
	w.post(t, rep, path+id+"/restore", "").want(t, http.StatusOK, `"name":"云帆"`)
	w.post(t, rep, path+id+"/restore", "").want(t, http.StatusNotFound)
	w.get(t, rep, path+id).want(t, http.StatusOK)

	w.del(t, w.acme.admin, "/v1/trash/"+id).want(t, http.StatusNotFound)
	w.del(t, rep, path+id).want(t, http.StatusNoContent)
	w.del(t, rep, "/v1/trash/"+id).want(t, http.StatusForbidden)
	w.del(t, w.globex.admin, "/v1/trash/"+id).want(t, http.StatusNotFound)
	w.del(t, w.acme.admin, "/v1/trash/"+w.acme.rep.id).want(t, http.StatusUnprocessableEntity)
	w.del(t, w.acme.admin, "/v1/trash/"+id).want(t, http.StatusNoContent)
	w.post(t, rep, path+id+"/restore", "").want(t, http.StatusNotFound)

	// Many at once.
	one, all := fmt.Sprintf(`{"noun":"customer","action":"restore","ids":[%q]}`, w.trashed(t, rep, "云帆")), `{"noun":"customer","action":"purge","matching":{}`
	w.post(t, person{}, "/v1/trash/bulk", one).want(t, http.StatusUnauthorized)
	w.post(t, w.globex.admin, "/v1/trash/bulk", one).want(t, http.StatusOK, `"changed":0`, `"not_found":1`)
	w.post(t, w.acme.rep2, "/v1/trash/bulk", one).want(t, http.StatusOK, `"changed":0`, `"not_found":1`)
	w.post(t, rep, "/v1/trash/bulk", one).want(t, http.StatusOK, `"changed":1`, `"failures":[]`)
	w.trashed(t, rep, "长风")
	w.post(t, rep, "/v1/trash/bulk", all+`,"confirm":true}`).want(t, http.StatusForbidden)
	w.post(t, w.acme.admin, "/v1/trash/bulk", all+`}`).want(t, http.StatusUnprocessableEntity, `"field":"confirm"`)
	w.post(t, w.acme.admin, "/v1/trash/bulk", all+`,"confirm":true}`).want(t, http.StatusOK, `"changed":1`)
	w.get(t, w.acme.admin, "/v1/trash?noun=customer").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/trash?noun=customer").want(t, http.StatusOK, `"data":[]`)
}

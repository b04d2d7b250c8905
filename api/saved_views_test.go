package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestSavedViews(t *testing.T) {
	w := newWorld(t)
	rep, rep2, manager, admin := w.acme.rep, w.acme.rep2, w.acme.manager, w.acme.admin
	w.get(t, rep, "/v1/saved-views?list=customers").want(t, http.StatusOK, `"built_in":"no_next_step"`, `"built_in":"overdue"`, `"built_in":"quiet"`)
	for body, field := range map[string]string{
		`{"list":"unicorns","name":"x"}`:                           "list",
		`{"list":"customers","name":" "}`:                          "name",
		`{"list":"customers","name":"x","filter":"colour = blue"}`: "filter",
		`{"list":"customers","name":"x","filter":"name = ("}`:      "filter",
		`{"list":"customers","name":"x","order_by":"note"}`:        "order_by",
		`{"list":"customers","name":"x","columns":[""]}`:           "columns[0]",
		`{"list":"customers","name":"x","position":-1}`:            "position",
	} {
		w.post(t, rep, "/v1/saved-views", body).want(t, http.StatusUnprocessableEntity, fmt.Sprintf(`"field":%q`, field))
	}
	body := `{"list":"customers","name":"大客户","filter":"employees > 500 AND owner = me","order_by":"name","columns":["name","employees"],"position":50}`
	path := "/v1/saved-views/" + w.post(t, rep, "/v1/saved-views", body).want(t, http.StatusCreated, "大客户", rep.id).id(t)
	w.get(t, rep, path).want(t, http.StatusOK, `"columns":["name","employees"]`)

	// A private view is its owner's alone, even for the admin.
	for _, other := range []person{rep2, manager, admin, w.globex.admin} {
		w.get(t, other, path).want(t, http.StatusNotFound)
		w.get(t, other, "/v1/saved-views").want(t, http.StatusOK, "!大客户")
		w.patch(t, other, path, `{"name":"mine"}`).want(t, http.StatusNotFound)
		w.del(t, other, path).want(t, http.StatusNotFound)
	}
	// A shared one is everybody's to open; its owner, and who reaches everybody's, change it.
	w.patch(t, rep, path, `{"shared":true}`, "If-Match", `"7"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, path, `{"shared":true}`, "If-Match", `"1"`).want(t, http.StatusOK, `"shared":true`)
	w.get(t, rep2, path).want(t, http.StatusOK, "大客户")
	w.get(t, w.globex.admin, path).want(t, http.StatusNotFound)
	w.patch(t, rep2, path, `{"name":"mine"}`).want(t, http.StatusForbidden)
	w.del(t, rep2, path).want(t, http.StatusForbidden)
	w.patch(t, rep, path, `{"filter":"nothing = 1"}`).want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
	w.patch(t, admin, path, `{"name":"Big customers"}`).want(t, http.StatusOK, "Big customers")
	quiet := "/v1/saved-views/" + firstID(t, w.get(t, admin, "/v1/saved-views"))
	w.patch(t, rep, quiet, `{"name":"x"}`).want(t, http.StatusForbidden)
	w.patch(t, admin, quiet, `{"position":99}`).want(t, http.StatusOK, `"position":99`)
	// A field that it names goes out of use: what is beside it can be changed all the same.
	field := "/v1/custom-fields/" + w.post(t, admin, "/v1/custom-fields", `{"resource":"customer","key":"size","type":"number","label":{"en":"Size"}}`).id(t)
	w.patch(t, rep, path, `{"filter":"custom.size > 5"}`).want(t, http.StatusOK)
	w.patch(t, admin, field, `{"archived":true}`).want(t, http.StatusOK)
	w.patch(t, rep, path, `{"name":"Large","shared":true,"position":3}`).want(t, http.StatusOK, "Large", "custom.size")
	w.patch(t, rep, path, `{"filter":"custom.size > 6"}`).want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
}

package api_test

import (
	"net/http"
	"testing"
)

func TestExportsOfWork(t *testing.T) {
	w := newWorld(t)
	admin, rep, clerk := w.acme.admin, w.acme.rep, w.acme.rep2
	customer := w.customer(t, rep, `{"name":"云帆科技"}`)
	w.post(t, rep, "/v1/deals", `{"name":"ERP","amount":12000050}`).want(t, http.StatusCreated)
	w.post(t, rep, "/v1/interactions", `{"customer_id":"`+customer+`","kind":"call","summary":"agreed"}`).want(t, http.StatusCreated)
	w.post(t, rep, "/v1/tasks", `{"title":"Send quote","customer_id":"`+customer+`"}`).want(t, http.StatusCreated)
	for path, row := range map[string]struct{ text, filter string }{
		"/v1/exports/deals":        {"ERP,", "status=lost"},
		"/v1/exports/interactions": {"云帆科技,", "kind=visit"},
		"/v1/exports/tasks":        {"Send quote,", "status=done"},
	} {
		w.get(t, person{}, path).want(t, http.StatusUnauthorized)
		w.get(t, rep, path).want(t, http.StatusOK, row.text)
		w.get(t, admin, path+"?order_by=colour").want(t, http.StatusUnprocessableEntity, `"field":"order_by"`)
		w.get(t, admin, path+"?filter=colour=red").want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
		w.get(t, rep, path+"?filter="+row.filter).want(t, http.StatusOK, "!"+row.text)
		w.get(t, w.acme.manager, path).want(t, http.StatusOK, row.text)
		for _, who := range []person{clerk, w.globex.admin} {
			w.get(t, who, path).want(t, http.StatusOK, "!"+row.text)
		}
	}
	w.get(t, rep, "/v1/exports/deals").want(t, http.StatusOK, ",CNY,120000.50,")

	w.patch(t, admin, "/v1/members/"+clerk.id, `{"roles":["service"]}`).want(t, http.StatusOK)
	w.get(t, clerk, "/v1/exports/interactions").want(t, http.StatusForbidden)
	w.patch(t, admin, "/v1/members/"+clerk.id, `{"roles":["marketing"]}`).want(t, http.StatusOK)
	w.get(t, clerk, "/v1/exports/deals").want(t, http.StatusForbidden)
	// Who may export reads no more by it.
	w.setPlan(t, w.acme, "pro")
	w.post(t, admin, "/v1/roles", `{"id":"desk","name":"Desk","permissions":{"task:read":"all","export:create":"all"}}`).want(t, http.StatusCreated)
	w.patch(t, admin, "/v1/members/"+clerk.id, `{"roles":["desk"]}`).want(t, http.StatusOK)
	w.get(t, clerk, "/v1/exports/deals").want(t, http.StatusForbidden)
	w.get(t, clerk, "/v1/exports/tasks").want(t, http.StatusOK, "Send quote,", "!云帆科技")
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestPersonalData(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	customer := w.customer(t, rep, `{"name":"云帆","phone":"13800138000"}`)
	contact := w.post(t, rep, "/v1/contacts", fmt.Sprintf(`{"name":"欧阳锋","customer_id":%q}`, customer)).want(t, http.StatusCreated).id(t)
	w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"price agreed","contact_ids":[%q]}`, customer, contact)).want(t, http.StatusCreated)
	w.get(t, rep, "/v1/interactions?filter=contact+%3D+"+contact).want(t, http.StatusOK, "price agreed")
	w.get(t, rep, "/v1/interactions?filter=contact+%3D+x").want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
	for path, holds := range map[string]string{"/v1/contacts/" + contact: "欧阳锋", "/v1/customers/" + customer: "云帆"} {
		for who, refused := range map[*person]int{{}: http.StatusUnauthorized, &rep: http.StatusForbidden, &w.acme.manager: http.StatusForbidden, &w.globex.admin: http.StatusNotFound} {
			w.get(t, *who, path+"/personal-data").want(t, refused)
			w.post(t, *who, path+"/erase", "").want(t, refused)
		}
		w.get(t, admin, path+"/personal-data").want(t, http.StatusOK, holds, "price agreed")
	}
	w.get(t, admin, "/v1/audit-log?types=export.created").want(t, http.StatusOK, `"resource":"personal_data"`, contact, customer)

	w.post(t, admin, "/v1/contacts/"+contact+"/erase", "").want(t, http.StatusOK, `"records":1`, `"mentions":[]`)
	w.get(t, rep, "/v1/contacts/"+contact).want(t, http.StatusNotFound)
	w.get(t, rep, "/v1/customers/"+customer+"/timeline").want(t, http.StatusOK, "price agreed", "!欧阳锋")
	w.post(t, admin, "/v1/customers/"+customer+"/erase", "").want(t, http.StatusOK, `"records":2`)
	w.post(t, admin, "/v1/customers/"+customer+"/erase", "").want(t, http.StatusNotFound)
	w.get(t, admin, "/v1/audit-log?types=customer.created").want(t, http.StatusOK, `"erased":true`, "!云帆", "!13800138000")
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// Marketing sees phone and e-mail in part, by whatever way, and cannot find out more.
func TestMaskedFields(t *testing.T) {
	w := newWorld(t)
	w.setPlan(t, w.acme, "pro")
	admin, rep, clerk := w.acme.admin, w.acme.rep, w.acme.rep2
	w.patch(t, admin, "/v1/members/"+clerk.id, `{"roles":["marketing"]}`).want(t, http.StatusOK)
	customer := w.post(t, rep, "/v1/customers", `{"name":"云帆科技","contact_name":"Wang","phone":"13800138000","email":"zhiqiang@yunfan.example"}`).want(t, http.StatusCreated).id(t)
	fang := w.post(t, rep, "/v1/contacts", fmt.Sprintf(`{"name":"王芳","customer_id":%q,"phones":[{"number":"13800138001"}],"emails":[{"address":"fang@yunfan.example"}]}`, customer)).want(t, http.StatusCreated).id(t)
	w.post(t, rep, "/v1/tasks", fmt.Sprintf(`{"title":"call","customer_id":%q}`, customer)).want(t, http.StatusCreated)
	w.post(t, admin, "/v1/custom-fields", `{"resource":"customer","key":"tel","type":"phone","label":{"en":"Second phone"}}`).want(t, http.StatusCreated)
	w.patch(t, rep, "/v1/customers/"+customer, `{"custom":{"tel":"13700137000"}}`).want(t, http.StatusOK, "+8613700137000")
	shown := []string{`"tel":"137****7000"`, "!13700137000", `"phone":"138****8000"`, `"email":"z***@yunfan.example"`, "!13800138000", "!zhiqiang"}

	t.Run("shown in part", func(t *testing.T) {
		w.get(t, clerk, "/v1/me").want(t, http.StatusOK, `"masks":["contact.email","contact.phone","customer.email","customer.phone"]`)
		w.get(t, rep, "/v1/me").want(t, http.StatusOK, `"masks":[]`)
		w.get(t, clerk, "/v1/customers/"+customer).want(t, http.StatusOK, shown...)
		w.get(t, clerk, "/v1/customers").want(t, http.StatusOK, shown...)
		w.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, "+8613800138000", "zhiqiang@yunfan.example")
		for _, path := range []string{"/v1/contacts/" + fang, "/v1/contacts", "/v1/customers/" + customer + "/contacts"} {
			w.get(t, clerk, path).want(t, http.StatusOK, "138****8001", "f***@yunfan.example", "!13800138001", "!138 0013 8001", "!fang@")
		}
		w.post(t, clerk, "/v1/customers", `{"name":"Own","phone":"13900139000"}`, "Idempotency-Key", "k1").want(t, http.StatusCreated, `"phone":"139****9000"`, "!13900139000")
		w.post(t, clerk, "/v1/customers", `{"name":"Own","phone":"13900139000"}`, "Idempotency-Key", "k1").want(t, http.StatusCreated, `"phone":"139****9000"`, "!13900139000")
	})
	t.Run("neither filtered nor searched", func(t *testing.T) {
		for _, filter := range []string{`phone=%22%2B8613800138000%22`, `phone:%22138%22`, `NOT%20phone:*`, `email=%22z*%22`, `name=%22x%22%20OR%20email:%22zhi%22`, `custom.tel:%22137%22`} {
			w.get(t, clerk, "/v1/customers?filter="+filter).want(t, http.StatusUnprocessableEntity, `"field":"filter","code":"masked"`)
			w.get(t, rep, "/v1/customers?filter="+filter).want(t, http.StatusOK)
		}
		w.get(t, clerk, "/v1/contacts?filter=phone:%22138%22").want(t, http.StatusUnprocessableEntity, `"field":"filter","code":"masked"`)
		w.get(t, clerk, "/v1/contacts?q=13800138001").want(t, http.StatusOK, "!"+fang)
		w.get(t, rep, "/v1/contacts?q=13800138001").want(t, http.StatusOK, fang)
		for q, found := range map[string]bool{"13800": false, "0013": false, "zhiqiang": false, "yunfan.example": false, "Wang": true, "云帆": true, "yfkj": true} {
			text := customer
			if !found {
				text = "!" + text
			}
			w.get(t, clerk, "/v1/customers?q="+q).want(t, http.StatusOK, text)
			w.get(t, rep, "/v1/customers?q="+q).want(t, http.StatusOK, customer)
		}
	})
	t.Run("an import finds nobody by it", func(t *testing.T) {
		id := w.upload(t, clerk, "guess.csv", "name,phone,email\nSomebody,13800138000,\nElse,,zhiqiang@yunfan.example\n云帆科技,13700137000,\n").want(t, http.StatusCreated).id(t)
		w.patch(t, clerk, "/v1/imports/"+id, `{"options":{"mode":"create"}}`).want(t, http.StatusOK, `"line":2,"outcome":"created"`, `"line":3,"outcome":"created"`, `"line":4,"outcome":"duplicate"`)
		w.patch(t, clerk, "/v1/imports/"+id, `{"options":{"mode":"upsert","key":"phone"}}`).want(t, http.StatusUnprocessableEntity, `"field":"options.key","code":"masked"`)
	})
	t.Run("exports and changes", func(t *testing.T) {
		w.post(t, admin, "/v1/roles", `{"id":"desk","name":"Desk","masks":["customer.phone"],
			"permissions":{"customer:read":"all","customer:update":"all","task:read":"all","export:create":"all","import:create":"own","import:read":"own"}}`).want(t, http.StatusCreated)
		w.patch(t, admin, "/v1/members/"+clerk.id, `{"roles":["desk"]}`).want(t, http.StatusOK)
		w.get(t, clerk, "/v1/exports/customers").want(t, http.StatusOK, "138****8000", "zhiqiang@yunfan.example", "!13800138000")
		w.get(t, clerk, "/v1/exports/customers?filter=phone:%22138%22").want(t, http.StatusUnprocessableEntity, "masked")
		w.get(t, clerk, "/v1/tasks").want(t, http.StatusOK, `"phone":"138****8000"`, "!13800138000")
		w.patch(t, clerk, "/v1/customers/"+customer, `{"phone":"138****8000"}`).want(t, http.StatusUnprocessableEntity, `"field":"phone","code":"masked"`)
		w.patch(t, clerk, "/v1/customers/"+customer, `{"phone":null}`).want(t, http.StatusUnprocessableEntity, `"field":"phone","code":"masked"`)
		w.patch(t, clerk, "/v1/customers/"+customer, `{"custom":{"tel":"13600136000"}}`).want(t, http.StatusUnprocessableEntity, `"field":"custom.tel","code":"masked"`)
		w.patch(t, clerk, "/v1/customers/"+customer, `{"email":"new@yunfan.example","industry":"x"}`).want(t, http.StatusOK, `"phone":"138****8000"`, "new@yunfan.example")
		w.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"phone":"+8613800138000"`)
		// An update by name leaves alone what the importer does not see.
		id := w.upload(t, clerk, "update.csv", "name,phone,industry\n云帆科技,13700137000,steel\n").want(t, http.StatusCreated).id(t)
		w.patch(t, clerk, "/v1/imports/"+id, `{"options":{"mode":"update","key":"name"}}`).want(t, http.StatusOK, `"outcome":"updated"`, `"phone":"138****8000"`)
	})
	t.Run("by API key too", func(t *testing.T) {
		w.patch(t, admin, "/v1/roles/desk", `{"permissions":{"api_key:create":"own"}}`).want(t, http.StatusOK)
		var made struct{ Key string }
		w.post(t, clerk, "/v1/api-keys", `{"name":"x","scopes":["customer:read"]}`).want(t, http.StatusCreated).into(t, &made)
		w.get(t, person{token: made.Key}, "/v1/customers/"+customer).want(t, http.StatusOK, `"phone":"138****8000"`, "!13800138000")
	})
	t.Run("not without the plan", func(t *testing.T) {
		w.setPlan(t, w.acme, "free")
		w.get(t, clerk, "/v1/customers/"+customer).want(t, http.StatusOK, "+8613800138000")
		w.get(t, clerk, "/v1/customers?filter=phone:%22138%22").want(t, http.StatusOK, customer)
	})
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestContacts(t *testing.T) {
	w := newWorld(t)
	rep, colleague := w.acme.rep, w.acme.rep2
	customer := w.customer(t, rep, `{"name":"云帆科技"}`)
	at := "/v1/customers/" + customer + "/contacts"
	body := fmt.Sprintf(`{"customer_id":%q,"name":"王芳","phones":[{"number":"138 0013 8000"}],"emails":[{"address":"wf@yunfan.example"}]}`, customer)
	w.post(t, person{}, "/v1/contacts", body).want(t, http.StatusUnauthorized)
	w.post(t, colleague, "/v1/contacts", body).want(t, http.StatusUnprocessableEntity, `"field":"customer_id","code":"unknown"`)
	w.post(t, w.globex.admin, "/v1/contacts", body).want(t, http.StatusUnprocessableEntity, `"field":"customer_id","code":"unknown"`)
	w.post(t, rep, "/v1/contacts", `{"name":"x","phones":[{"number":"12"}]}`).want(t, http.StatusUnprocessableEntity, `"field":"phones[0].number"`)
	made := w.post(t, rep, "/v1/contacts", body).want(t, http.StatusCreated, `"number":"+8613800138000","national":"138 0013 8000","primary":true`)
	path := "/v1/contacts/" + made.id(t)

	w.get(t, rep, path).want(t, http.StatusOK, `"name":"云帆科技"`, `"may_contact":["phone","sms","email","wechat","post"]`)
	w.get(t, rep, "/v1/contacts?q=wangfang").want(t, http.StatusOK, made.id(t))
	w.get(t, rep, "/v1/contacts?filter=email=%22wf@yunfan.example%22").want(t, http.StatusOK, made.id(t))
	w.get(t, rep, at).want(t, http.StatusOK, made.id(t))
	for _, who := range []person{colleague, w.globex.admin} {
		w.get(t, who, path).want(t, http.StatusNotFound)
		w.get(t, who, at).want(t, http.StatusNotFound)
		w.get(t, who, "/v1/contacts").want(t, http.StatusOK, `"data":[]`)
		w.patch(t, who, path, `{"name":"x"}`).want(t, http.StatusNotFound)
		w.do(t, who, http.MethodDelete, path, "").want(t, http.StatusNotFound)
		w.post(t, who, path+"/restore", "").want(t, http.StatusNotFound)
	}

	w.patch(t, rep, path, `{"name":null}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	w.patch(t, rep, path, `{"title":"x"}`, "If-Match", `"9"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, path, `{"title":"采购总监","consents":{"email":{"status":"withdrawn"}}}`, "If-Match", made.Header().Get("ETag")).
		want(t, http.StatusOK, `"title":"采购总监"`, `"may_contact":["phone","sms","wechat","post"]`)
	w.post(t, rep, "/v1/contacts/bulk", `{"matching":{},"action":"tag","tags":["vip"]}`).want(t, http.StatusOK, `"changed":1`)
	w.get(t, rep, path).want(t, http.StatusOK, `"tags":["vip"]`)

	w.do(t, rep, http.MethodDelete, path, "").want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
	w.post(t, rep, path+"/restore", "").want(t, http.StatusOK, `"title":"采购总监"`)
	w.do(t, rep, http.MethodDelete, "/v1/customers/"+customer, "").want(t, http.StatusNoContent)
	w.post(t, rep, path+"/restore", "").want(t, http.StatusConflict, `"customer_deleted"`)
}

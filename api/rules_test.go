package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestRules(t *testing.T) {
	w := newWorld(t)
	rep, admin := w.acme.rep, w.acme.admin
	builtIn := "/v1/rules/" + firstID(t, w.get(t, rep, "/v1/rules"))
	w.get(t, rep, builtIn).want(t, http.StatusOK, `"built_in":"silence_interested"`, `"days":7`)
	w.patch(t, rep, builtIn, `{"enabled":false}`).want(t, http.StatusForbidden)
	w.patch(t, admin, builtIn, `{"enabled":false,"trigger":{"type":"silence","days":14}}`, "If-Match", `"1"`).
		want(t, http.StatusOK, `"days":14`, `"enabled":false`, `"editor_id":"`+admin.id)
	w.patch(t, admin, builtIn, `{"enabled":true}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, admin, builtIn, `{"trigger":{"type":"silence","days":0}}`).want(t, http.StatusUnprocessableEntity, "days")
	w.del(t, admin, builtIn).want(t, http.StatusConflict, `"built_in"`)

	for body, field := range map[string]string{
		`{"name":"x","resource":"unicorn","trigger":{"type":"event","events":["customer.created"]},"actions":[{"type":"add_tag","tag":"x"}]}`:                                                    "resource",
		`{"name":"x","resource":"customer","trigger":{"type":"never"},"actions":[{"type":"add_tag","tag":"x"}]}`:                                                                                 "trigger.type",
		`{"name":"x","resource":"customer","trigger":{"type":"event","events":["moon.full"]},"actions":[{"type":"add_tag","tag":"x"}]}`:                                                          "trigger.events[0]",
		`{"name":"x","resource":"customer","trigger":{"type":"event","events":["customer.created"]},"filter":"colour = red","actions":[{"type":"add_tag","tag":"x"}]}`:                           "filter",
		`{"name":"x","resource":"customer","trigger":{"type":"event","events":["customer.created"]},"actions":[{"type":"change_field","field":"owner"}]}`:                                        "actions[0].value",
		`{"name":"x","resource":"customer","trigger":{"type":"event","events":["customer.created"]},"actions":[{"type":"send_to_bot","text":"x","plugin_id":"plg_01h455vb4pex5vsknk084sn02q"}]}`: "actions[0].plugin_id",
	} {
		w.post(t, admin, "/v1/rules", body).want(t, http.StatusUnprocessableEntity, fmt.Sprintf(`"field":%q`, field))
	}
	bot := w.post(t, admin, "/v1/plugins", `{"vendor":"dingtalk","name":"群","settings":{"access_token":"0123456789abcdef"}}`).want(t, http.StatusCreated).id(t)
	customer := w.post(t, rep, "/v1/customers", `{"name":"云帆","phone":"13800138000"}`).want(t, http.StatusCreated).id(t)
	body := fmt.Sprintf(`{"name":"欢迎","resource":"customer","trigger":{"type":"event","events":["customer.created"]},"filter":"name = 云帆","actions":[
		{"type":"create_task","to":"owner","title":"联系 {{customer.name}}","due_in_days":1},{"type":"send_to_bot","plugin_id":%q,"text":"{{customer.name}}"}]}`, bot)
	w.post(t, rep, "/v1/rules", body).want(t, http.StatusForbidden)
	w.post(t, rep, "/v1/rules/dry-run", body).want(t, http.StatusForbidden)
	w.post(t, admin, "/v1/rules/dry-run", body).want(t, http.StatusOK, `"total":1`, customer, "联系 云帆", "Say in 群: 云帆")
	path := "/v1/rules/" + w.post(t, admin, "/v1/rules", body).want(t, http.StatusCreated, `"name":"欢迎"`, `"editor_id":"`+admin.id).id(t)
	w.get(t, rep, path).want(t, http.StatusOK, "欢迎")
	w.get(t, w.globex.admin, path).want(t, http.StatusNotFound)
	w.post(t, rep, path+"/dry-run", ``).want(t, http.StatusForbidden)
	w.post(t, admin, path+"/dry-run", ``).want(t, http.StatusOK, `"record":"`+customer, `"record_title":"云帆"`)
	w.get(t, rep, path+"/runs?filter=outcome%20%3D%20failed").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, path+"/runs?q=x").want(t, http.StatusUnprocessableEntity, `"field":"q"`)
	w.patch(t, admin, path, `{"stage":"won","actions":[]}`).want(t, http.StatusUnprocessableEntity, `"field":"actions"`)
	w.patch(t, admin, path, `{"stage":"won"}`).want(t, http.StatusOK, `"stage":"won"`)
	w.post(t, admin, path+"/dry-run", ``).want(t, http.StatusOK, `"total":0`)
	w.patch(t, admin, path, `{"stage":null,"filter":null}`).want(t, http.StatusOK, `"stage":""`, `"filter":""`)
	w.del(t, rep, path).want(t, http.StatusForbidden)
	w.del(t, admin, path, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, admin, path).want(t, http.StatusNotFound)
}

package api_test

import (
	"net/http"
	"strings"
	"testing"
)

const pluginBody = `{"vendor":"dingtalk","name":"销售群","event_types":["customer.lifecycle_changed","task.due"],
	"settings":{"webhook_url":"https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef","secret":"SEC0123456789abcdef"}}`

func TestPlugins(t *testing.T) {
	w := newWorld(t)
	w.get(t, w.acme.admin, "/v1/plugins/catalogue").want(t, http.StatusOK, `"kind":"dingtalk"`, `"kind":"feishu"`, `"name":"webhook_url"`, `!"kind":"webhook"`)
	id := w.post(t, w.acme.admin, "/v1/plugins", pluginBody).want(t, http.StatusCreated, `"vendor":"dingtalk"`, "••••cdef", "!0123456789").id(t)
	path := "/v1/plugins/" + id
	w.get(t, w.acme.admin, path).want(t, http.StatusOK, `"locale":"en"`, "••••cdef", "!0123456789")
	w.get(t, w.acme.admin, "/v1/plugins").want(t, http.StatusOK, id, "!0123456789")
	w.patch(t, w.acme.admin, path, `{"name":"managers","settings":{"keyword":"CRM"}}`, "If-Match", `"1"`).
		want(t, http.StatusOK, `"name":"managers"`, `"keyword":"CRM"`, "••••cdef")
	w.patch(t, w.acme.admin, path, `{"name":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, w.acme.admin, path, `{"enabled":false}`).want(t, http.StatusOK, `"enabled":false`)
	w.post(t, w.acme.admin, path+"/test", "").want(t, http.StatusConflict, `"code":"target_disabled"`)
	w.post(t, w.acme.admin, "/v1/plugins", pluginBody).want(t, http.StatusPaymentRequired, `"quota":"bots"`)
	w.del(t, w.acme.admin, path).want(t, http.StatusNoContent)
	w.post(t, w.acme.admin, "/v1/plugins", pluginBody).want(t, http.StatusCreated)
}

func TestPluginsAreForAdmins(t *testing.T) {
	w := newWorld(t)
	path := "/v1/plugins/" + w.post(t, w.acme.admin, "/v1/plugins", pluginBody).want(t, http.StatusCreated).id(t)
	for _, row := range []struct{ method, path, body string }{
		{http.MethodGet, "/v1/plugins", ""},
		{http.MethodGet, "/v1/plugins/catalogue", ""},
		{http.MethodPost, "/v1/plugins", pluginBody},
		{http.MethodGet, path, ""},
		{http.MethodPatch, path, `{}`},
		{http.MethodPost, path + "/test", ""},
		{http.MethodDelete, path, ""},
	} {
		w.do(t, person{}, row.method, row.path, row.body).want(t, http.StatusUnauthorized)
		w.do(t, w.acme.rep, row.method, row.path, row.body).want(t, http.StatusForbidden)
		if strings.HasPrefix(row.path, path) {
			w.do(t, w.globex.admin, row.method, row.path, row.body).want(t, http.StatusNotFound)
		}
	}
}

func TestPluginsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct{ body, field string }{
		{`{"vendor":"pigeon","name":"x","settings":{}}`, `"field":"vendor"`},
		{`{"vendor":"webhook","name":"x","settings":{}}`, `"field":"vendor"`},
		{`{"vendor":"dingtalk","name":"x","settings":{}}`, `"field":"settings.webhook_url"`},
		{`{"vendor":"dingtalk","name":"x","settings":{"webhook_url":"https://evil.example/robot/send?access_token=x"}}`, `"field":"settings.webhook_url"`},
		{`{"vendor":"feishu","name":"x","settings":{"webhook_url":7}}`, `"field":"settings.webhook_url"`},
		{`{"vendor":"dingtalk","name":"x"}`, `"field":"settings"`},
		{strings.Replace(pluginBody, "task.due", "task.dew", 1), `"field":"event_types[1]"`},
	} {
		w.post(t, w.acme.admin, "/v1/plugins", row.body).want(t, http.StatusUnprocessableEntity, row.field, "!evil")
	}
}

package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestMailServer(t *testing.T) {
	const path = "/v1/company/mail-server"
	w := newWorld(t)
	admin := w.acme.admin
	post := plugintest.NewMailServer(t)
	// at is a server on this machine; more are further fields.
	at := func(more string) string {
		return fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"security":"starttls","from":"Acme <crm@acme.example>"%s}`, post.Server.Port, more)
	}
	w.get(t, admin, path).want(t, http.StatusOK, `"host":""`, `"last_error":""`, `"last_error_at":null`)
	w.del(t, admin, path).want(t, http.StatusNotFound)
	w.post(t, admin, path+"/test", `{}`).want(t, http.StatusNotFound)
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out":  {person{}, at(""), 401, "unauthenticated"},
		"a rep":       {w.acme.rep, at(""), 403, "forbidden"},
		"sender":      {admin, strings.Replace(at(""), "Acme <crm@acme.example>", "nobody", 1), 422, `"field":"from"`},
		"URL":         {admin, strings.Replace(at(""), "127.0.0.1", "smtp://mail.example", 1), 422, `"field":"host"`},
		"security":    {admin, strings.Replace(at(""), "starttls", "none", 1), 422, `"field":"security"`},
		"port":        {admin, `{"host":"mail.example","port":70000,"security":"tls","from":"a@acme.example"}`, 422, `"field":"port"`},
		"no password": {admin, at(`,"username":"crm"`), 422, `"field":"password"`},
	} {
		t.Run(name, func(t *testing.T) {
			w.do(t, c.who, http.MethodPut, path, c.body).want(t, c.status, c.text)
		})
	}
	w.do(t, admin, http.MethodPut, path, at("")).want(t, http.StatusOK, `"has_password":false`)
	fail := func() {
		t.Helper()
		system := tenant.System()
		if err := w.Tx(t.Context(), w.companyOf(t, w.acme), &system, func(tx *tenant.Tx) error { return email.Failed(t.Context(), tx, errors.New("hush")) }); err != nil {
			t.Fatal(err)
		}
		w.get(t, admin, path).want(t, http.StatusOK, `"last_error":"The server does not speak`, "!null", "!hush")
	}
	fail()
	w.post(t, admin, path+"/test", `{}`).want(t, http.StatusOK, `"sent_to":"`+admin.email+`"`)
	if mails := post.All(); len(mails) != 1 || !strings.Contains(mails[0], "From: \"Acme\" <crm@acme.example>") {
		t.Errorf("got %q", mails)
	}
	w.get(t, admin, path).want(t, http.StatusOK, `"last_error":""`)
	fail()
	w.do(t, admin, http.MethodPut, path, at("")).want(t, http.StatusOK, `"last_error":""`)
	w.get(t, admin, path).want(t, http.StatusOK, `"last_error_at":null`)
	post.Refuse(true)
	w.post(t, admin, path+"/test", `{}`).want(t, http.StatusConflict, `"code":"mail_not_sent"`, "try again later")

	w.do(t, admin, http.MethodPut, path, at(`,"username":"crm","password":"hush"`)).want(t, http.StatusOK, `"has_password":true`, "!hush")
	w.do(t, admin, http.MethodPut, path, at(`,"username":"crm"`)).want(t, http.StatusOK, `"has_password":true`)
	w.do(t, admin, http.MethodPut, path, at(`,"username":"else"`)).want(t, http.StatusUnprocessableEntity, `"field":"password"`)
	w.do(t, admin, http.MethodPut, path, strings.Replace(at(`,"username":"crm"`), "127.0.0.1", "mail.evil.example", 1)).want(t, http.StatusUnprocessableEntity, `"field":"password"`)
	w.get(t, admin, path).want(t, http.StatusOK, `"username":"crm"`, `"has_password":true`, "!hush", "!sealed")
	w.get(t, w.globex.admin, path).want(t, http.StatusOK, `"host":""`)

	strict := w.config
	strict.AllowPrivateTargets, strict.Registry = false, nil
	w.server = api.New(strict)
	for _, host := range []string{"127.0.0.1", "localhost", "10.1.2.3", "mysql", "169.254.169.254", "::1"} {
		w.do(t, admin, http.MethodPut, path, `{"host":"`+host+`","port":587,"security":"starttls","from":"a@acme.example"}`).
			want(t, http.StatusUnprocessableEntity, `"field":"host"`)
	}
	w.do(t, admin, http.MethodPut, path, `{"host":"mail.example","port":25,"security":"starttls","from":"a@acme.example"}`).want(t, http.StatusUnprocessableEntity, plugins.AllowPrivateSetting)
	// What was set while it was allowed is refused when it is dialled.
	w.post(t, admin, path+"/test", `{}`).want(t, http.StatusConflict, `"code":"mail_not_sent"`, "is refused")
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, admin, path).want(t, http.StatusOK, `"host":""`)
}

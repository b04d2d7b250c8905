package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func (w *world) key(t testing.TB, who person, scopes string) (id string, program person) {
	t.Helper()
	var k struct{ ID, Key string }
	w.post(t, who, "/v1/api-keys", fmt.Sprintf(`{"name":"program","scopes":[%s]}`, scopes)).want(t, http.StatusCreated, `"prefix":"gx_live_"`).into(t, &k)
	return k.ID, person{token: k.Key}
}

// A key works for exactly what it names, for its company, within the rights of who made it.
func TestAPIKey(t *testing.T) {
	w := newWorld(t)
	mine := w.post(t, w.acme.rep, "/v1/customers", `{"name":"Mine"}`).want(t, http.StatusCreated).id(t)
	theirs := w.post(t, w.acme.rep2, "/v1/customers", `{"name":"Theirs"}`).want(t, http.StatusCreated).id(t)
	foreign := w.post(t, w.globex.rep, "/v1/customers", `{"name":"Foreign"}`).want(t, http.StatusCreated).id(t)
	id, program := w.key(t, w.acme.rep, `"customer:read"`)
	w.get(t, program, "/v1/customers").want(t, http.StatusOK, mine, "!"+theirs, "!"+foreign)
	for path, status := range map[string]int{
		"/v1/customers/" + mine: 200, "/v1/customers/" + theirs: 404, "/v1/customers/" + foreign: 404,
		"/v1/tasks": 403, "/v1/api-keys": 403, "/v1/me": 403, "/v1/sessions": 403, "/v1/members": 403,
	} {
		w.get(t, program, path).want(t, status)
	}
	w.post(t, program, "/v1/customers", `{"name":"x"}`).want(t, http.StatusForbidden, `"code":"forbidden"`)
	w.del(t, program, "/v1/customers/"+mine).want(t, http.StatusForbidden)
	w.post(t, program, "/v1/auth/logout", "").want(t, http.StatusForbidden)
	w.post(t, program, "/v1/auth/switch", fmt.Sprintf(`{"company_id":%q}`, w.globex.id)).want(t, http.StatusForbidden)

	list := w.get(t, w.acme.rep, "/v1/api-keys").want(t, http.StatusOK, id, `"last4":"`+program.token[len(program.token)-4:]+`"`, "!"+program.token)
	if strings.Contains(list.Body.String(), `"last_used_at":null`) {
		t.Errorf("the use was not noted: %s", list.Body)
	}
	for name, c := range map[string]struct {
		who    person
		status int
	}{
		"signed out": {person{}, 401}, "a colleague": {w.acme.rep2, 404}, "other company": {w.globex.admin, 404}, "the key": {program, 403},
	} {
		t.Run(name, func(t *testing.T) { w.del(t, c.who, "/v1/api-keys/"+id).want(t, c.status) })
	}
	w.get(t, w.acme.rep2, "/v1/api-keys").want(t, http.StatusOK, "!"+id)
	w.get(t, w.acme.admin, "/v1/api-keys").want(t, http.StatusOK, id)
	w.del(t, w.acme.rep, "/v1/api-keys/"+id).want(t, http.StatusNoContent)
	w.get(t, program, "/v1/customers").want(t, http.StatusUnauthorized, `"code":"api_key_invalid"`)
	w.del(t, w.acme.rep, "/v1/api-keys/"+id).want(t, http.StatusNoContent)
}

// A key loses what its member loses.
func TestAPIKeyFollowsItsMember(t *testing.T) {
	w := newWorld(t)
	_, program := w.key(t, w.acme.manager, `"customer:read"`)
	theirs := w.post(t, w.acme.rep, "/v1/customers", `{"name":"Of the team"}`).want(t, http.StatusCreated).id(t)
	w.get(t, program, "/v1/customers/"+theirs).want(t, http.StatusOK)
	w.patch(t, w.acme.admin, "/v1/members/"+w.acme.manager.id, `{"roles":["rep"]}`).want(t, http.StatusOK)
	w.get(t, program, "/v1/customers/"+theirs).want(t, http.StatusNotFound)
}

func TestAPIKeyInput(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out":    {person{}, `{"name":"x","scopes":["customer:read"]}`, 401, `"code":"unauthenticated"`},
		"no name":       {w.acme.rep, `{"name":" ","scopes":["customer:read"]}`, 422, `"field":"name"`},
		"no scopes":     {w.acme.rep, `{"name":"x"}`, 422, `"field":"scopes"`},
		"empty scopes":  {w.acme.rep, `{"name":"x","scopes":[]}`, 422, `"field":"scopes"`},
		"unknown scope": {w.acme.rep, `{"name":"x","scopes":["customer:read","moon:land"]}`, 422, `"field":"scopes[1]"`},
		"beyond rights": {w.acme.rep, `{"name":"x","scopes":["billing:update"]}`, 422, `"field":"scopes[0]"`},
		"in the past":   {w.acme.rep, `{"name":"x","scopes":["customer:read"],"expires_at":"2020-01-01T00:00:00Z"}`, 422, `"field":"expires_at"`},
		"no date":       {w.acme.rep, `{"name":"x","scopes":["customer:read"],"expires_at":"tomorrow"}`, 422, `"field":"expires_at"`},
		"for ever":      {w.acme.rep, `{"name":"x","scopes":["customer:read"],"expires_at":"9999-01-01T00:00:00Z"}`, 422, `"field":"expires_at"`},
	} {
		t.Run(name, func(t *testing.T) { w.post(t, c.who, "/v1/api-keys", c.body).want(t, c.status, c.text) })
	}
	// The free plan has two keys for the whole company.
	w.key(t, w.acme.rep, `"customer:read"`)
	w.key(t, w.acme.rep2, `"customer:read"`)
	w.post(t, w.acme.admin, "/v1/api-keys", `{"name":"x","scopes":["customer:read"]}`).want(t, http.StatusPaymentRequired,
		`"code":"quota_exceeded"`, `"quota":"api_keys"`)
}

func TestAPIKeyExpires(t *testing.T) {
	w := newWorld(t)
	var k struct{ Key string }
	at := w.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	w.post(t, w.acme.rep, "/v1/api-keys", `{"name":"x","scopes":["customer:read"],"expires_at":"`+at+`"}`).want(t, http.StatusCreated).into(t, &k)
	w.get(t, person{token: k.Key}, "/v1/customers").want(t, http.StatusOK)
	w.Clock.Advance(time.Hour)
	w.get(t, person{token: k.Key}, "/v1/customers").want(t, http.StatusUnauthorized, `"code":"api_key_invalid"`)
}

package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMembersAreRead(t *testing.T) {
	w := newWorld(t)
	w.get(t, person{}, "/v1/members").want(t, http.StatusUnauthorized)
	w.get(t, w.acme.rep, "/v1/members").want(t, http.StatusOK, w.acme.admin.id, w.acme.rep2.id, `"roles":["manager"]`, "!"+w.globex.rep.id)
	w.get(t, w.acme.rep, "/v1/members/"+w.acme.manager.id).want(t, http.StatusOK, `"name":"Acme manager"`, w.acme.admin.id)
	w.get(t, w.globex.admin, "/v1/members/"+w.acme.rep.id).want(t, http.StatusNotFound)
	// Names are for everybody, addresses for those whose member:read reaches that far.
	w.get(t, w.acme.rep, "/v1/members").want(t, http.StatusOK, "rep@acme.example", "!rep2@acme.example", "!admin@acme.example")
	w.get(t, w.acme.rep, "/v1/members/"+w.acme.manager.id).want(t, http.StatusOK, `"email":null`)
	w.get(t, w.acme.manager, "/v1/members").want(t, http.StatusOK, "rep@acme.example", "rep2@acme.example", "manager@acme.example", "!admin@acme.example")
	w.get(t, w.acme.admin, "/v1/members").want(t, http.StatusOK, "rep@acme.example", "manager@acme.example", "admin@acme.example")
	w.get(t, w.acme.rep, "/v1/members/usr_1").want(t, http.StatusUnprocessableEntity, `"field":"id"`)
}

func TestMembersShowTeamsActivityAndTwoSteps(t *testing.T) {
	w := newWorld(t)
	admin, rep, other := w.acme.admin, w.acme.rep, w.acme.rep2
	team := w.post(t, admin, "/v1/teams", fmt.Sprintf(`{"name":"East","member_ids":[%q]}`, rep.id)).want(t, http.StatusCreated).id(t)
	w.enrol(t, rep)
	w.Clock.Advance(12 * time.Minute)
	w.signIn(t, other.email)
	for name, c := range map[string]struct {
		who   person
		of    person
		texts []string
	}{
		"admin":        {admin, rep, []string{fmt.Sprintf(`"team_ids":[%q]`, team), `"last_active_at":"2026-03-02T01:00:00Z"`, `"totp_enabled":true`}},
		"admin, other": {admin, other, []string{`"team_ids":[]`, `"last_active_at":"2026-03-02T01:12:30Z"`, `"totp_enabled":false`}},
		"manager":      {w.acme.manager, rep, []string{team, `"last_active_at":"2026-03-02T01:00:00Z"`, `"totp_enabled":null`}},
		"oneself":      {other, other, []string{`"last_active_at":"2026-03-02T01:12:30Z"`, `"totp_enabled":null`}},
		"colleague":    {other, rep, []string{team, `"last_active_at":null`, `"totp_enabled":null`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.get(t, c.who, "/v1/members/"+c.of.id).want(t, http.StatusOK, c.texts...)
			w.get(t, c.who, "/v1/members").want(t, http.StatusOK, c.texts...)
		})
	}
	w.get(t, other, "/v1/members").want(t, http.StatusOK, "!\"totp_enabled\":true")
	// Being there shows again when the session is refreshed, and is no change of the member.
	version := w.get(t, admin, "/v1/members/"+rep.id).Header().Get("ETag")
	w.post(t, person{}, "/v1/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, rep.refresh)).want(t, http.StatusOK)
	a := w.get(t, admin, "/v1/members/"+rep.id).want(t, http.StatusOK, `"last_active_at":"2026-03-02T01:12:30Z"`)
	if a.Header().Get("ETag") != version {
		t.Error("being there has changed the member")
	}
	w.patch(t, admin, "/v1/members/"+rep.id, `{"title":"销售","timezone":"Asia/Tokyo"}`).want(t, http.StatusOK, `"title":"销售"`, `"timezone":"Asia/Tokyo"`, team)
	w.patch(t, admin, "/v1/members/"+rep.id, `{"timezone":"Mars"}`).want(t, http.StatusUnprocessableEntity, `"field":"timezone"`)
}

func TestChangeMember(t *testing.T) {
	w := newWorld(t)
	rep := "/v1/members/" + w.acme.rep.id
	etag := w.get(t, w.acme.admin, rep).Header().Get("ETag")
	w.patch(t, w.acme.admin, rep, `{"name":" 李雷 ","locale":"zh-CN"}`, "If-Match", etag).want(t, http.StatusOK, `"name":"李雷"`, `"locale":"zh-CN"`, `"roles":["rep"]`)
	w.patch(t, w.acme.admin, rep, `{"name":"Han"}`, "If-Match", etag).want(t, http.StatusPreconditionFailed, `"code":"stale"`)
	w.patch(t, w.acme.admin, rep, `{"roles":["manager","rep"],"manager_id":null}`).want(t, http.StatusOK, `"roles":["manager","rep"]`, `"manager_id":null`)
	// The new rights hold at once.
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"customer:read":"team"`)
	for name, c := range map[string]struct {
		who       person
		id, body  string
		status    int
		code, bad string
	}{
		"signed out":       {person{}, w.acme.rep.id, `{"name":"x"}`, 401, "unauthenticated", ""},
		"rep":              {w.acme.rep2, w.acme.rep2.id, `{"roles":["admin"]}`, 403, "forbidden", ""},
		"manager":          {w.acme.manager, w.acme.rep2.id, `{"name":"x"}`, 403, "forbidden", ""},
		"other company":    {w.globex.admin, w.acme.rep.id, `{"name":"x"}`, 404, "not_found", ""},
		"nobody":           {w.acme.admin, "usr_01h455vb4pex5vsknk084sn02q", `{"name":"x"}`, 404, "not_found", ""},
		"blank name":       {w.acme.admin, w.acme.rep.id, `{"name":" "}`, 422, "invalid", "name"},
		"no name":          {w.acme.admin, w.acme.rep.id, `{"name":null}`, 422, "invalid", "name"},
		"long name":        {w.acme.admin, w.acme.rep.id, `{"name":"` + strings.Repeat("长", 201) + `"}`, 422, "invalid", "name"},
		"no locale":        {w.acme.admin, w.acme.rep.id, `{"locale":null}`, 422, "invalid", "locale"},
		"unknown locale":   {w.acme.admin, w.acme.rep.id, `{"locale":"fr"}`, 422, "invalid", "locale"},
		"no roles":         {w.acme.admin, w.acme.rep.id, `{"roles":[]}`, 422, "invalid", "roles"},
		"null roles":       {w.acme.admin, w.acme.rep.id, `{"roles":null}`, 422, "invalid", "roles"},
		"unknown role":     {w.acme.admin, w.acme.rep.id, `{"roles":["rep","king"]}`, 422, "invalid", "roles[1]"},
		"unknown manager":  {w.acme.admin, w.acme.rep.id, `{"manager_id":"usr_01h455vb4pex5vsknk084sn02q"}`, 422, "invalid", "manager_id"},
		"stranger manager": {w.acme.admin, w.acme.rep.id, `{"manager_id":"` + w.globex.rep.id + `"}`, 422, "invalid", "manager_id"},
		"own manager":      {w.acme.admin, w.acme.rep.id, `{"manager_id":"` + w.acme.rep.id + `"}`, 409, "reporting_cycle", ""},
		"circle":           {w.acme.admin, w.acme.admin.id, `{"manager_id":"` + w.acme.rep2.id + `"}`, 409, "reporting_cycle", ""},
		"last admin":       {w.acme.admin, w.acme.admin.id, `{"roles":["manager"]}`, 409, "last_admin", ""},
		"unknown field":    {w.acme.admin, w.acme.rep.id, `{"status":"deactivated"}`, 422, "invalid", "status"},
		"wrong type":       {w.acme.admin, w.acme.rep.id, `{"roles":"admin"}`, 422, "invalid", "roles"},
	} {
		t.Run(name, func(t *testing.T) {
			texts := []string{fmt.Sprintf(`"code":%q`, c.code)}
			if c.bad != "" {
				texts = append(texts, fmt.Sprintf(`"field":%q`, c.bad))
			}
			w.patch(t, c.who, "/v1/members/"+c.id, c.body).want(t, c.status, texts...)
		})
	}
	w.get(t, w.acme.admin, "/v1/members/"+w.acme.admin.id).want(t, http.StatusOK, `"roles":["admin"]`)
}

func TestDeactivateMember(t *testing.T) {
	w := newWorld(t)
	rep := "/v1/members/" + w.acme.rep.id
	var key struct{ Key string }
	w.post(t, w.acme.rep, "/v1/api-keys", `{"name":"x","scopes":["customer:read"]}`).want(t, http.StatusCreated).into(t, &key)
	program := person{token: key.Key}
	w.get(t, program, "/v1/customers").want(t, http.StatusOK)
	for who, status := range map[*person]int{{}: 401, &w.acme.manager: 403, &w.acme.rep2: 403, &w.globex.admin: 404} {
		w.post(t, *who, rep+"/deactivate", "").want(t, status)
	}
	w.post(t, w.acme.admin, "/v1/members/"+w.acme.admin.id+"/deactivate", "").want(t, http.StatusConflict, `"code":"last_admin"`)
	for range 2 {
		w.post(t, w.acme.admin, rep+"/deactivate", "").want(t, http.StatusOK, `"status":"deactivated"`, `"roles":["rep"]`)
	}
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusUnauthorized)
	w.get(t, program, "/v1/customers").want(t, http.StatusUnauthorized, `"code":"api_key_invalid"`)
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":%q,"password":%q}`, w.acme.rep.email, password)).
		want(t, http.StatusUnauthorized, `"code":"member_deactivated"`)
	w.post(t, w.acme.admin, "/v1/invitations", fmt.Sprintf(`{"email":%q,"roles":["rep"]}`, w.acme.rep.email)).
		want(t, http.StatusConflict, `"code":"already_member"`)

	w.post(t, w.acme.admin, rep+"/reactivate", "").want(t, http.StatusOK, `"status":"active"`)
	again := w.signIn(t, w.acme.rep.email)
	w.get(t, again, "/v1/customers").want(t, http.StatusOK)
	w.get(t, program, "/v1/customers").want(t, http.StatusUnauthorized)
}

// Deactivating frees a seat, reactivating takes one; the free plan has five.
func TestSeats(t *testing.T) {
	w := newWorld(t)
	rep := "/v1/members/" + w.acme.rep.id
	w.invite(t, w.acme.admin, "fifth@acme.example", "Fifth", "rep", w.acme.manager.id)
	w.post(t, w.acme.admin, "/v1/invitations", `{"roles":["rep"]}`).want(t, http.StatusPaymentRequired,
		`"code":"quota_exceeded"`, `"quota":"seats"`, `"limit":5`)
	w.post(t, w.acme.admin, rep+"/deactivate", "").want(t, http.StatusOK)
	w.invite(t, w.acme.admin, "sixth@acme.example", "Sixth", "rep", w.acme.manager.id)
	w.post(t, w.acme.admin, rep+"/reactivate", "").want(t, http.StatusPaymentRequired, `"quota":"seats"`)
	w.setPlan(t, w.acme, "pro")
	w.post(t, w.acme.admin, rep+"/reactivate", "").want(t, http.StatusOK)
}

// Two admins who remove each other at the same moment leave one.
func TestLastAdminAtOnce(t *testing.T) {
	w := newWorld(t)
	w.patch(t, w.acme.admin, "/v1/members/"+w.acme.rep.id, `{"roles":["admin"]}`).want(t, http.StatusOK)
	var (
		both    sync.WaitGroup
		answers [2]answer
	)
	for i, pair := range [2][2]person{{w.acme.admin, w.acme.rep}, {w.acme.rep, w.acme.admin}} {
		both.Go(func() { answers[i] = w.post(t, pair[0], "/v1/members/"+pair[1].id+"/deactivate", "") })
	}
	both.Wait()
	removed := 0
	for _, a := range answers {
		if a.Code == http.StatusOK {
			removed++
		}
	}
	if removed != 1 {
		t.Errorf("%d admins were removed: %s, %s", removed, answers[0].Body, answers[1].Body)
	}
}

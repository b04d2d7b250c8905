package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestInvite(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		texts  []string
	}{
		"admin":                 {w.acme.admin, `{"roles":["admin"]}`, 201, []string{`"link":"http://guanxi.test/invite/`, w.acme.admin.id}},
		"manager below":         {w.acme.manager, `{"name":"New","roles":["rep"]}`, 201, []string{w.acme.manager.id}},
		"signed out":            {person{}, `{"roles":["rep"]}`, 401, nil},
		"rep":                   {w.acme.rep, `{"roles":["rep"]}`, 403, []string{`"code":"forbidden"`}},
		"manager invites admin": {w.acme.manager, `{"roles":["admin"]}`, 403, []string{`"code":"forbidden"`}},
		"manager under admin":   {w.acme.manager, fmt.Sprintf(`{"roles":["rep"],"manager_id":%q}`, w.acme.admin.id), 403, []string{`"code":"forbidden"`}},
		"under another company": {w.acme.admin, fmt.Sprintf(`{"roles":["rep"],"manager_id":%q}`, w.globex.admin.id), 422, []string{`"field":"manager_id"`}},
		"unknown role":          {w.acme.admin, `{"roles":["king"]}`, 422, []string{`"field":"roles[0]"`}},
		"no roles":              {w.acme.admin, `{}`, 422, []string{`"field":"roles"`}},
		"bad e-mail":            {w.acme.admin, `{"roles":["rep"],"email":"x"}`, 422, []string{`"field":"email"`}},
		"bad phone":             {w.acme.admin, `{"roles":["rep"],"phone":"x"}`, 422, []string{`"field":"phone"`}},
		"a member":              {w.acme.admin, `{"roles":["rep"],"email":"rep@acme.example"}`, 409, []string{`"code":"already_member"`}},
		"unknown field":         {w.acme.admin, `{"roles":["rep"],"status":"accepted"}`, 422, []string{`"field":"status"`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/invitations", c.body).want(t, c.status, c.texts...)
		})
	}
	w.get(t, w.acme.admin, "/v1/invitations").want(t, http.StatusOK, `"status":"pending"`, `"status":"accepted"`, "!/invite/")
	w.get(t, w.acme.manager, "/v1/invitations").want(t, http.StatusOK, `"name":"New"`, `"name":"Acme rep"`, "!Acme manager")
	w.get(t, w.acme.rep, "/v1/invitations").want(t, http.StatusForbidden)
	w.get(t, w.globex.admin, "/v1/invitations").want(t, http.StatusOK, "!Acme")
}

// A repeat with the same key shows the same link once more, which nothing else does.
func TestInviteRepeated(t *testing.T) {
	w := newWorld(t)
	body := `{"roles":["rep"],"email":"new@acme.example"}`
	first := w.post(t, w.acme.admin, "/v1/invitations", body, "Idempotency-Key", "k").want(t, http.StatusCreated).Body.String()
	if again := w.post(t, w.acme.admin, "/v1/invitations", body, "Idempotency-Key", "k").want(t, http.StatusCreated).Body.String(); again != first {
		t.Errorf("a repeat got %s, the first %s", again, first)
	}
	w.post(t, w.acme.admin, "/v1/invitations", body).want(t, http.StatusConflict, `"code":"already_invited"`)
}

func TestInvitationByLink(t *testing.T) {
	w := newWorld(t)
	var i struct{ ID, Link string }
	w.post(t, w.acme.manager, "/v1/invitations", `{"roles":["rep"]}`).want(t, http.StatusCreated).into(t, &i)
	token := i.Link[strings.LastIndexByte(i.Link, '/')+1:]
	w.get(t, person{}, "/v1/invitation-links/"+token).want(t, http.StatusOK, `"company_name":"Acme"`, `"invited_by":"Acme manager"`, "!@acme.example")
	w.get(t, person{}, "/v1/invitation-links/nonsense").want(t, http.StatusNotFound)

	w.del(t, w.globex.admin, "/v1/invitations/"+i.ID).want(t, http.StatusNotFound)
	w.post(t, w.globex.admin, "/v1/invitations/"+i.ID+"/resend", "").want(t, http.StatusNotFound)
	w.post(t, w.acme.rep, "/v1/invitations/"+i.ID+"/resend", "").want(t, http.StatusForbidden)
	var again struct{ Link string }
	w.post(t, w.acme.manager, "/v1/invitations/"+i.ID+"/resend", "").want(t, http.StatusOK).into(t, &again)
	w.get(t, person{}, "/v1/invitation-links/"+token).want(t, http.StatusNotFound)
	token = again.Link[strings.LastIndexByte(again.Link, '/')+1:]

	accept := func(fields string) answer {
		return w.post(t, person{}, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"password":%q%s}`, token, password, fields))
	}
	accept(``).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	accept(`,"name":"Han"`).want(t, http.StatusUnprocessableEntity, `"field":"email"`)
	accept(`,"name":"Han","phone":"12"`).want(t, http.StatusUnprocessableEntity, `"field":"phone"`)
	accept(`,"name":"Han","email":"rep@acme.example"`).want(t, http.StatusConflict, `"code":"already_member"`)
	accept(`,"name":"Han","phone":"+86 138 0013 8000"`).want(t, http.StatusCreated, `"phone":"+8613800138000"`, w.acme.manager.id)
	accept(`,"name":"Han","phone":"+86 138 0013 8000"`).want(t, http.StatusCreated)
	accept(`,"name":"Li","phone":"+86 139 0013 9000"`).want(t, http.StatusConflict, `"code":"invitation_used"`)
	han := w.signIn(t, "13800138000")
	w.get(t, han, "/v1/me").want(t, http.StatusOK, `"customer:read":"own"`)
	w.post(t, w.acme.manager, "/v1/members/"+han.id+"/deactivate", "").want(t, http.StatusForbidden)
	w.del(t, w.acme.manager, "/v1/invitations/"+i.ID).want(t, http.StatusConflict, `"code":"invitation_used"`)
}

func TestInvitationRevoked(t *testing.T) {
	w := newWorld(t)
	var i struct{ ID, Link string }
	w.post(t, w.acme.admin, "/v1/invitations", `{"roles":["admin"],"email":"new@acme.example","name":"New"}`).want(t, http.StatusCreated).into(t, &i)
	token := i.Link[strings.LastIndexByte(i.Link, '/')+1:]
	w.del(t, w.acme.rep, "/v1/invitations/"+i.ID).want(t, http.StatusForbidden)
	w.del(t, w.acme.manager, "/v1/invitations/"+i.ID).want(t, http.StatusNotFound)
	w.del(t, w.acme.admin, "/v1/invitations/"+i.ID).want(t, http.StatusNoContent)
	w.post(t, person{}, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"password":%q}`, token, password)).
		want(t, http.StatusConflict, `"code":"invitation_revoked"`)
	w.get(t, person{}, "/v1/invitation-links/"+token).want(t, http.StatusConflict, `"code":"invitation_revoked"`)
}

// An invitation promises no more than who sent it may hand out today.
func TestInvitationDoesNotOutliveItsInvitersRights(t *testing.T) {
	w := newWorld(t)
	admin, manager := w.acme.admin, w.acme.manager
	member := "/v1/members/" + manager.id
	invite := func(path, body string) (i struct{ ID, Link string }) {
		w.post(t, manager, path, body).into(t, &i)
		return i
	}
	accept := func(link, email string) answer {
		return w.post(t, person{}, "/v1/invitations/accept",
			fmt.Sprintf(`{"token":%q,"password":%q,"name":"New","email":%q}`, link[strings.LastIndexByte(link, '/')+1:], password, email))
	}
	w.patch(t, admin, member, `{"roles":["admin"]}`).want(t, http.StatusOK)
	open := invite("/v1/invitations", `{"roles":["admin"]}`)
	w.patch(t, admin, member, `{"roles":["manager"]}`).want(t, http.StatusOK)
	accept(open.Link, "back@acme.example").want(t, http.StatusConflict, `"code":"invitation_revoked"`)
	// Sent again by somebody who may, it works.
	w.patch(t, admin, member, `{"roles":["admin"]}`).want(t, http.StatusOK)
	open = invite("/v1/invitations/"+open.ID+"/resend", "")
	accept(open.Link, "back@acme.example").want(t, http.StatusCreated)

	w.setPlan(t, w.acme, "pro")
	w.post(t, admin, "/v1/roles", `{"id":"hr","name":"HR","permissions":{"invitation:create":"all","customer:read":"all"}}`).want(t, http.StatusCreated)
	w.patch(t, admin, member, `{"roles":["hr"]}`).want(t, http.StatusOK)
	for name, c := range map[string]struct {
		permissions string
		status      int
	}{
		"as it was":          {`{"customer:read":"all"}`, 201},
		"less than promised": {`{"customer:read":"own"}`, 409},
		"the right to ask":   {`{"invitation:create":null}`, 409},
	} {
		t.Run(name, func(t *testing.T) {
			w.patch(t, admin, "/v1/roles/hr", `{"permissions":{"invitation:create":"all","customer:read":"all"}}`).want(t, http.StatusOK)
			w.post(t, admin, "/v1/roles", fmt.Sprintf(`{"id":"reader_%d","name":%q,"permissions":{"customer:read":"all"}}`, len(name), name)).want(t, http.StatusCreated)
			i := invite("/v1/invitations", fmt.Sprintf(`{"roles":["reader_%d"]}`, len(name)))
			w.patch(t, admin, "/v1/roles/hr", fmt.Sprintf(`{"permissions":%s}`, c.permissions)).want(t, http.StatusOK)
			accept(i.Link, fmt.Sprintf("reader%d@acme.example", len(name))).want(t, c.status)
		})
	}
}

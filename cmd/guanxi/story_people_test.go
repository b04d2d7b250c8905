package main

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func (s *story) signUp(t *testing.T) {
	s.acme = s.company(t, "Acme")
	s.globex = s.company(t, "Globex")
	again := object{"company": object{"name": "Acme 2"}, "name": "Somebody", "email": "admin@acme.example", "password": password}
	s.post(t, nobody, "/v1/signup", again).want(t, http.StatusConflict)
	again["email"], again["password"] = "new@acme.example", "short"
	s.post(t, nobody, "/v1/signup", again).refused(t, http.StatusUnprocessableEntity, "invalid").want(t, 422, `"password"`, "!short\"")
}

// company signs a company up and measures how long it takes.
func (s *story) company(t *testing.T, name string) team {
	t.Helper()
	up := s.post(t, nobody, "/v1/signup", object{
		"company": object{"name": name}, "name": name + " admin", "email": "admin@" + strings.ToLower(name) + ".example",
		"password": password, "locale": "en", "timezone": "Asia/Shanghai",
	}).want(t, http.StatusCreated)
	t.Logf("%s was signed up within %s", name, up.took.Round(time.Millisecond))
	admin := signedIn(t, up)
	s.get(t, admin, "/v1/customers").want(t, http.StatusOK, `"data":[]`)
	id, _ := up.object(t)["company"].(object)["id"].(string)
	if !strings.HasPrefix(id, "com_") {
		t.Fatalf("company %s", up.body)
	}
	return team{id: id, admin: admin}
}

func (s *story) people(t *testing.T) {
	for _, c := range []*team{&s.acme, &s.globex} {
		domain := c.admin.email[strings.IndexByte(c.admin.email, '@'):]
		c.manager = s.invite(t, c.admin, object{"name": "Manager", "email": "manager" + domain, "roles": []string{"manager"}})
		c.rep = s.invite(t, c.admin, object{"name": "Rep", "email": "rep" + domain, "roles": []string{"rep"}, "manager_id": c.manager.id})
	}
	// An invitation that names no address is a link for whoever gets it. She signs in by phone.
	s.acme.rep2 = s.invite(t, s.acme.manager, object{"name": "Rep 2", "phone": "+86 138 0013 8000", "roles": []string{"rep"}})
	if again := s.signIn(t, "+8613800138000", password); again.id != s.acme.rep2.id {
		t.Errorf("the phone number signs in %s, want %s", again.id, s.acme.rep2.id)
	}
	s.globex.rep2 = s.invite(t, s.globex.manager, object{"roles": []string{"rep"}}, object{"name": "Rep 2", "email": "rep2@globex.example"})
	if again := s.signIn(t, "REP2@globex.example", password); again.id != s.globex.rep2.id {
		t.Errorf("the e-mail signs in %s, want %s", again.id, s.globex.rep2.id)
	}
	s.post(t, nobody, "/v1/auth/login", object{"identifier": "rep@acme.example", "password": "wrong horse battery"}).
		refused(t, http.StatusUnauthorized, "invalid_credentials")
	s.post(t, s.acme.rep, "/v1/invitations", object{"roles": []string{"rep"}}).refused(t, http.StatusForbidden, "forbidden")
	s.post(t, s.acme.manager, "/v1/invitations", object{"roles": []string{"admin"}}).want(t, http.StatusForbidden)
}

// invite invites by a link and accepts with the given answers besides the password.
func (s *story) invite(t *testing.T, by person, invitation object, answers ...object) person {
	t.Helper()
	made := s.post(t, by, "/v1/invitations", invitation).want(t, http.StatusCreated)
	_, token, found := strings.Cut(made.text(t, "link"), "/invite/")
	if !found {
		t.Fatalf("link %s", made.text(t, "link"))
	}
	s.get(t, nobody, "/v1/invitation-links/"+token).want(t, http.StatusOK, `"company_name"`)
	acceptance := object{"token": token, "password": password}
	for _, more := range answers {
		for name, value := range more {
			acceptance[name] = value
		}
	}
	accepted := s.post(t, nobody, "/v1/invitations/accept", acceptance).want(t, http.StatusCreated)
	return signedIn(t, accepted)
}

func (s *story) tokens(t *testing.T) {
	me := s.signIn(t, "rep@acme.example", password)
	exchange := func(token string) answer {
		return s.post(t, nobody, "/v1/auth/refresh", object{"refresh_token": token})
	}
	first := exchange(me.refresh).want(t, http.StatusOK)
	// The answer may have been lost: at once, the same token gives the same successor.
	if again := exchange(me.refresh).want(t, http.StatusOK); again.text(t, "refresh_token") != first.text(t, "refresh_token") {
		t.Error("a repeated refresh gave another successor")
	}
	second := exchange(first.text(t, "refresh_token")).want(t, http.StatusOK)
	renewed := person{token: second.text(t, "access_token")}
	s.get(t, renewed, "/v1/me").want(t, http.StatusOK, "rep@acme.example", s.acme.id)
	// The token of two exchanges ago can only be somebody else's copy: the session ends.
	exchange(me.refresh).refused(t, http.StatusUnauthorized, "refresh_token_reused")
	exchange(second.text(t, "refresh_token")).refused(t, http.StatusUnauthorized, "session_ended")
	eventually(t, "the access token ends with its session", patience, func() bool {
		return s.get(t, renewed, "/v1/me").status == http.StatusUnauthorized
	})
	s.get(t, s.acme.rep, "/v1/me").want(t, http.StatusOK) // another session

	leaving := s.signIn(t, "rep@acme.example", password)
	s.post(t, leaving, "/v1/auth/logout", nil).want(t, http.StatusNoContent)
	s.get(t, leaving, "/v1/me").refused(t, http.StatusUnauthorized, "session_ended")
	exchange(leaving.refresh).refused(t, http.StatusUnauthorized, "session_ended")
	s.get(t, nobody, "/v1/customers").refused(t, http.StatusUnauthorized, "unauthenticated")
}

package main

import (
	"net/http"
	"slices"
	"testing"
)

func (s *story) roles(t *testing.T) {
	second := s.post(t, s.acme.rep2, "/v1/customers", object{"name": "Rep 2's own"}).want(t, http.StatusCreated).id(t)
	boss := s.post(t, s.acme.admin, "/v1/customers", object{"name": "The admin's own"}).want(t, http.StatusCreated).id(t)
	mine := s.list(t, s.acme.rep, "q=云帆科技").rows(t)[0]["id"].(string)
	for _, c := range []struct {
		who  string
		as   person
		sees []bool // the rep's, the second rep's, the admin's
	}{
		{"rep", s.acme.rep, []bool{true, false, false}},
		{"second rep", s.acme.rep2, []bool{false, true, false}},
		{"manager", s.acme.manager, []bool{true, true, false}},
		{"admin", s.acme.admin, []bool{true, true, true}},
		{"the other company's admin", s.globex.admin, []bool{false, false, false}},
		{"the other company's rep", s.globex.rep, []bool{false, false, false}},
	} {
		listed := s.list(t, c.as, "limit=200").column(t, "id")
		for i, id := range []string{mine, second, boss} {
			if got := slices.Contains(listed, id); got != c.sees[i] {
				t.Errorf("%s: customer %d listed: %v", c.who, i, got)
			}
			s.reads(t, c.as, id, c.sees[i])
		}
		if got := len(s.list(t, c.as, "q=yunfan").rows(t)) == 1; got != c.sees[0] {
			t.Errorf("%s: found by search: %v", c.who, got)
		}
	}
	s.strangers(t, mine)
	// A manager hands work down, a rep does not hand it up or aside.
	s.post(t, s.acme.manager, "/v1/tasks", object{"title": "Call back", "assignee_id": s.acme.rep2.id}).want(t, http.StatusCreated)
	s.post(t, s.acme.rep, "/v1/tasks", object{"title": "Call back", "assignee_id": s.acme.rep2.id}).want(t, http.StatusUnprocessableEntity)
	s.patch(t, s.acme.rep, "/v1/members/"+s.acme.rep.id, object{"name": "Boss"}).refused(t, http.StatusForbidden, "forbidden")
}

// reads checks one record by its address: what is out of scope is not there, whatever is tried.
func (s *story) reads(t *testing.T, as person, id string, sees bool) {
	t.Helper()
	at := "/v1/customers/" + id
	if sees {
		s.get(t, as, at).want(t, http.StatusOK)
		return
	}
	s.get(t, as, at).refused(t, http.StatusNotFound, "not_found")
	s.patch(t, as, at, object{"note": "mine now"}).refused(t, http.StatusNotFound, "not_found")
	s.remove(t, as, at).refused(t, http.StatusNotFound, "not_found")
	s.post(t, as, at+"/lifecycle", object{"to": "won"}).refused(t, http.StatusNotFound, "not_found")
	s.get(t, as, at+"/interactions").refused(t, http.StatusNotFound, "not_found")
}

// strangers tries every record of Acme as Globex's admin.
func (s *story) strangers(t *testing.T, customer string) {
	t.Helper()
	for _, list := range []string{"/v1/interactions", "/v1/tasks", "/v1/tags", "/v1/notifications", "/v1/imports"} {
		for _, row := range s.get(t, s.globex.admin, list).rows(t) {
			t.Errorf("Globex sees %s: %v", list, row)
		}
	}
	for _, list := range []string{"/v1/interactions", "/v1/tasks", "/v1/rules", "/v1/members", "/v1/imports"} {
		rows := s.get(t, s.acme.admin, list).rows(t)
		if len(rows) == 0 {
			t.Errorf("Acme has nothing in %s", list)
			continue
		}
		id, _ := rows[0]["id"].(string)
		if status := s.get(t, s.globex.admin, list+"/"+id).status; status != http.StatusNotFound {
			t.Errorf("Globex gets %d for %s/%s", status, list, id)
		}
	}
	s.post(t, s.globex.admin, "/v1/interactions", object{"customer_id": customer, "kind": "note", "summary": "hello"}).want(t, http.StatusUnprocessableEntity)
	s.post(t, s.globex.admin, "/v1/customers", object{"name": "x", "owner_id": s.acme.rep.id}).want(t, http.StatusUnprocessableEntity)
	s.post(t, s.globex.admin, "/v1/auth/switch", object{"company_id": s.acme.id}).want(t, http.StatusUnprocessableEntity)
}

func (s *story) apiKey(t *testing.T) {
	made := s.post(t, s.acme.rep, "/v1/api-keys", object{"name": "Website", "scopes": []string{"customer:read"}}).want(t, http.StatusCreated)
	key := person{token: made.text(t, "key")}
	if got, want := s.list(t, key, "limit=200").column(t, "id"), s.list(t, s.acme.rep, "limit=200").column(t, "id"); !slices.Equal(got, want) {
		t.Errorf("the key reads %d customers, its member %d", len(got), len(want))
	}
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/v1/customers", object{"name": "x"}},
		{http.MethodGet, "/v1/tasks", nil},
		{http.MethodGet, "/v1/members", nil},
		{http.MethodGet, "/v1/api-keys", nil},
		{http.MethodGet, "/v1/me", nil},
		{http.MethodGet, "/v1/reports/conversion", nil},
	} {
		s.do(t, key, c.method, c.path, c.body).refused(t, http.StatusForbidden, "forbidden")
	}
	theirs := s.post(t, s.globex.rep, "/v1/customers", object{"name": "Globex's own"}).want(t, http.StatusCreated).id(t)
	s.get(t, key, "/v1/customers/"+theirs).refused(t, http.StatusNotFound, "not_found")
	s.post(t, s.acme.rep, "/v1/api-keys", object{"name": "x", "scopes": []string{"billing:update"}}).want(t, http.StatusUnprocessableEntity)
	s.get(t, s.acme.rep, "/v1/api-keys").want(t, http.StatusOK, `"last4"`, "!"+key.token)
	s.remove(t, s.acme.rep, "/v1/api-keys/"+made.id(t)).want(t, http.StatusNoContent)
	s.list(t, key, "").refused(t, http.StatusUnauthorized, "api_key_invalid")
}

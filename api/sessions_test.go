package api_test

import (
	"net/http"
	"testing"
)

func TestSessions(t *testing.T) {
	w := newWorld(t)
	second := w.signIn(t, w.acme.rep.email)
	third := w.signIn(t, w.acme.rep.email)
	var list struct {
		Data []struct {
			ID      string
			Current bool
		}
	}
	w.get(t, second, "/v1/sessions").want(t, http.StatusOK).into(t, &list)
	if len(list.Data) != 3 {
		t.Fatalf("%d sessions, want 3", len(list.Data))
	}
	var mine string
	for _, s := range list.Data {
		if s.Current {
			mine = s.ID
		}
	}
	for name, c := range map[string]struct {
		who    person
		path   string
		status int
	}{
		"signed out":      {person{}, "/v1/sessions/" + mine, 401},
		"a colleague":     {w.acme.admin, "/v1/sessions/" + mine, 404},
		"another company": {w.globex.admin, "/v1/sessions/" + mine, 404},
		"broken id":       {second, "/v1/sessions/ses_1", 422},
		"no such session": {second, "/v1/sessions/ses_01h455vb4pex5vsknk084sn02q", 404},
	} {
		t.Run(name, func(t *testing.T) { w.del(t, c.who, c.path).want(t, c.status) })
	}
	w.post(t, second, "/v1/sessions/end-others", "").want(t, http.StatusOK, `"ended":2`)
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusUnauthorized)
	w.get(t, third, "/v1/me").want(t, http.StatusUnauthorized)
	w.del(t, second, "/v1/sessions/"+mine).want(t, http.StatusNoContent)
	w.get(t, second, "/v1/me").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestTeams(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	made := w.post(t, admin, "/v1/teams", fmt.Sprintf(`{"name":"East","lead_id":%q,"member_ids":[%q]}`, w.acme.manager.id, rep.id)).want(t, http.StatusCreated, w.acme.manager.id, rep.id)
	path := made.Header().Get("Location")
	w.get(t, rep, path).want(t, http.StatusOK, `"name":"East"`)
	w.get(t, rep, "/v1/teams").want(t, http.StatusOK, `"name":"East"`)
	version := func(who person) string { return w.get(t, admin, "/v1/members/"+who.id).Header().Get("ETag") }
	inTeam, leader, outside := version(rep), version(w.acme.manager), version(w.acme.rep2)
	w.patch(t, admin, path, `{"name":"East","lead_id":null}`).want(t, http.StatusOK)
	if version(rep) != inTeam || version(w.acme.manager) != leader {
		t.Error("whoever stays in a team has another version")
	}
	w.patch(t, admin, path, fmt.Sprintf(`{"member_ids":[%q,%q]}`, w.acme.manager.id, w.acme.rep2.id)).want(t, http.StatusOK)
	if version(rep) == inTeam || version(w.acme.manager) != leader || version(w.acme.rep2) == outside {
		t.Error("who comes and goes has another version, and who stays does not")
	}
	made = w.get(t, rep, path)
	w.patch(t, admin, path, `{"lead_id":null,"member_ids":[]}`, "If-Match", made.Header().Get("ETag")).want(t, http.StatusOK, `"lead_id":null`, `"member_ids":[]`)
	for name, c := range map[string]struct {
		who          person
		method, path string
		body         string
		status       int
		text         string
	}{
		"signed out":     {person{}, "POST", "/v1/teams", `{"name":"x"}`, 401, "unauthenticated"},
		"rep":            {rep, "POST", "/v1/teams", `{"name":"x"}`, 403, "forbidden"},
		"manager":        {w.acme.manager, "DELETE", path, "", 403, "forbidden"},
		"other company":  {w.globex.admin, "PATCH", path, `{"name":"x"}`, 404, "not_found"},
		"no name":        {admin, "POST", "/v1/teams", `{}`, 422, `"field":"name"`},
		"blank name":     {admin, "POST", "/v1/teams", `{"name":" "}`, 422, `"field":"name"`},
		"null members":   {admin, "PATCH", path, `{"member_ids":["usr_1"]}`, 422, `"field":"member_ids[0]"`},
		"other's member": {admin, "PATCH", path, fmt.Sprintf(`{"member_ids":[%q]}`, w.globex.rep.id), 422, `"field":"member_ids"`},
		"name taken":     {admin, "POST", "/v1/teams", `{"name":"EAST"}`, 409, "team_exists"},
		"stale":          {admin, "DELETE", path, "", 412, "stale"},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if c.status == http.StatusPreconditionFailed {
				headers = []string{"If-Match", made.Header().Get("ETag")}
			}
			w.do(t, c.who, c.method, c.path, c.body, headers...).want(t, c.status, c.text)
		})
	}
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
}

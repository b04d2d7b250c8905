package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestTargets(t *testing.T) {
	w := newWorld(t)
	rep, manager := w.acme.rep, w.acme.manager
	set := func(member, value string) string {
		return fmt.Sprintf(`{"targets":[{"member_id":%q,"month":"2026-03","measure":"won_amount","value":%s}]}`, member, value)
	}
	w.do(t, manager, http.MethodPut, "/v1/targets", set(rep.id, "50000")).want(t, http.StatusOK, `"value":50000`, `"month":"2026-03"`, `"team_id":null`)
	w.get(t, rep, "/v1/targets?filter=measure=won_amount&count=true").want(t, http.StatusOK, `"value":50000`, `"total":1`)
	w.get(t, rep, "/v1/targets?q=x").want(t, http.StatusUnprocessableEntity, `"field":"q"`)
	w.get(t, rep, "/v1/reports/targets?from=2026-03-01&to=2026-03-31").want(t, http.StatusOK, `"target":50000`, `"rate":0`)
	w.do(t, manager, http.MethodPut, "/v1/targets", set(rep.id, "60000")).want(t, http.StatusOK)
	w.get(t, rep, "/v1/reports/targets?from=2026-03-01&to=2026-03-31").want(t, http.StatusOK, `"target":60000`)
	w.get(t, w.acme.rep2, "/v1/targets").want(t, http.StatusOK, `"data":[]`)
	w.get(t, w.acme.rep2, "/v1/reports/targets").want(t, http.StatusOK, `!"target":60000`)
	w.get(t, w.globex.admin, "/v1/targets").want(t, http.StatusOK, `"data":[]`)
	w.do(t, rep, http.MethodPut, "/v1/targets", set(rep.id, "1")).want(t, http.StatusForbidden)
	for body, field := range map[string]string{
		set(w.acme.admin.id, "1"): "targets[0].member_id",
		set(w.globex.rep.id, "1"): "targets[0].member_id",
		set(rep.id, "-1"):         "targets[0].value",
		`{"targets":[]}`:          "targets",
		`{"targets":[{"member_id":"` + rep.id + `","month":"March","measure":"wins","value":1}]}`: "targets[0].month",
	} {
		w.do(t, manager, http.MethodPut, "/v1/targets", body).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
	}
	w.do(t, manager, http.MethodPut, "/v1/targets", set(rep.id, "null")).want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/targets").want(t, http.StatusOK, `"data":[]`)
}

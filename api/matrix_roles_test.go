package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// outside returns what a route answers about a record outside the caller's scope.
func outside(method, path string, permissions map[string]string) int {
	switch {
	case method == http.MethodGet && path == "/v1/members/{id}": // the directory of colleagues
		return http.StatusOK
	case path == "/v1/pipelines/{id}/board": // everybody's stages, with the caller's deals
		return http.StatusOK
	case path == "/v1/comments/{id}" && permissions["customer:read"] == "all": // the customer that it is about is within scope
		if method == http.MethodGet {
			return http.StatusOK
		}
		return http.StatusForbidden // somebody else wrote it
	default:
		return http.StatusNotFound
	}
}

// TestMatrixOfRoles walks every registered route as each role that comes with the product, all in one company: what a
// role does not have is 403, what lies outside its scope is 404 and in no list, and nothing of it is changed.
func TestMatrixOfRoles(t *testing.T) {
	w := newWorld(t)
	w.setPlan(t, w.acme, "business")
	ids := w.samples(t)
	before := w.records(t, ids)
	for _, role := range []string{"manager", "rep", "service", "marketing"} {
		// A manager of nobody: the records are of the other manager's rep.
		colleague := w.invite(t, w.acme.admin, role+"-colleague@acme.example", role+" colleague", role, w.acme.admin.id)
		var me struct{ Permissions map[string]string }
		w.get(t, colleague, "/v1/me").want(t, http.StatusOK).into(t, &me)
		for _, route := range w.server.Routes() {
			if route.Permission.IsPublic() || !route.Permission.NeedsRole() {
				continue
			}
			name := fmt.Sprintf("%s: %s %s", role, route.Method, route.Path)
			path, body := address(t, route, ids), bodyFor(route)
			scope, allowed := me.Permissions[string(route.Permission.Name())]
			switch {
			case !allowed:
				if a := w.do(t, colleague, route.Method, path, body); a.Code != http.StatusForbidden {
					t.Errorf("%s: %d, want 403: %s", name, a.Code, a.Body)
				}
			case scope == "all":
			case strings.Contains(route.Path, "{"):
				a, want := w.do(t, colleague, route.Method, path, body), outside(route.Method, route.Path, me.Permissions)
				if a.Code != want || strings.Contains(a.Body.String(), ids["/v1/deals/"]) {
					t.Errorf("%s (%s): %d, want %d: %s", name, scope, a.Code, want, a.Body)
				}
			case route.Method == http.MethodGet:
				a := w.get(t, colleague, path)
				for prefix, id := range ids {
					if strings.Contains(a.Body.String(), id) && route.Path != "/v1/members" {
						t.Errorf("%s (%s): shows %s%s", name, scope, prefix, id)
					}
				}
			}
		}
		for _, list := range []string{"customer", "contact", "interaction", "task", "calendar_event", "deal"} {
			if scope := me.Permissions[list+":read"]; scope == "own" || scope == "team" {
				w.get(t, colleague, "/v1/"+strings.ReplaceAll(list, "_", "-")+"s?count=true").want(t, http.StatusOK, `"data":[]`, `"total":0`)
			}
		}
	}
	for path, record := range w.records(t, ids) {
		if record != before[path] {
			t.Errorf("%s was changed by somebody who may not:\n%s\n%s", path, before[path], record)
		}
	}
}

// records reads the samples as the admin, by their paths.
func (w *world) records(t *testing.T, ids map[string]string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for prefix, id := range ids {
		if a := w.get(t, w.acme.admin, prefix+id); a.Code == http.StatusOK {
			found[prefix+id] = a.Body.String()
		}
	}
	if len(found) < 15 {
		t.Fatalf("only %d records", len(found))
	}
	return found
}

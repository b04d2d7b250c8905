package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/billing"
)

// samples are ids of Acme's records, by the beginning of the routes that take them. A route whose records
// are not here fails the matrix, so that nobody forgets a new one.
func (w *world) samples(t *testing.T) map[string]string {
	t.Helper()
	rep, admin := w.acme.rep, w.acme.admin
	customer := w.post(t, rep, "/v1/customers", `{"name":"Secret Customer Ltd","tags":["secret-tag"]}`).want(t, http.StatusCreated).id(t)
	endpoint := w.post(t, admin, "/v1/webhook-endpoints", `{"url":"http://127.0.0.1:9/"}`).want(t, http.StatusCreated).id(t)
	ids := map[string]string{
		"/v1/customers/":         customer,
		"/v1/interactions/":      w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"secret words"}`, customer)).want(t, http.StatusCreated).id(t),
		"/v1/tasks/":             w.post(t, rep, "/v1/tasks", `{"title":"secret task"}`).want(t, http.StatusCreated).id(t),
		"/v1/calendar-events/":   w.post(t, rep, "/v1/calendar-events", `{"title":"secret meeting","starts_at":"2026-03-03T07:00:00Z"}`).want(t, http.StatusCreated).id(t),
		"/v1/members/":           w.acme.rep2.id,
		"/v1/teams/":             w.post(t, admin, "/v1/teams", `{"name":"Secret team"}`).want(t, http.StatusCreated).id(t),
		"/v1/roles/":             w.post(t, admin, "/v1/roles", `{"name":"Secret role","permissions":{"customer:read":"own"}}`).want(t, http.StatusCreated).id(t),
		"/v1/invitations/":       w.post(t, admin, "/v1/invitations", `{"roles":["rep"],"name":"Secret Guest"}`).want(t, http.StatusCreated).id(t),
		"/v1/api-keys/":          w.post(t, admin, "/v1/api-keys", `{"name":"secret key","scopes":["customer:read"]}`).want(t, http.StatusCreated).id(t),
		"/v1/webhook-endpoints/": endpoint,
		"/v1/deliveries/":        w.post(t, admin, "/v1/webhook-endpoints/"+endpoint+"/test", `{}`).want(t, http.StatusAccepted).id(t),
		"/v1/plugins/":           w.post(t, admin, "/v1/plugins", `{"vendor":"dingtalk","name":"secret bot","settings":{"access_token":"0123456789abcdef"}}`).want(t, http.StatusCreated).id(t),
		"/v1/comments/":          w.post(t, rep, "/v1/comments", fmt.Sprintf(`{"record_id":%q,"body":"secret comment"}`, customer)).want(t, http.StatusCreated).id(t),
		"/v1/saved-views/":       w.post(t, rep, "/v1/saved-views", `{"list":"customers","name":"secret view"}`).want(t, http.StatusCreated).id(t),
		"/v1/deals/":             w.post(t, rep, "/v1/deals", fmt.Sprintf(`{"name":"secret deal","customer_id":%q}`, customer)).want(t, http.StatusCreated).id(t),
		"/v1/products/":          w.post(t, admin, "/v1/products", `{"name":"secret product"}`).want(t, http.StatusCreated).id(t),
		"/v1/jobs/":              w.post(t, rep, "/v1/jobs", `{"tasks":{"matching":{"filter":"title = \"secret\""},"action":"complete"}}`).want(t, http.StatusAccepted).id(t),
		"/v1/pool/":              w.pooled(t, "secret pool"),
		"/v1/trash/":             w.trashed(t, rep, "secret trash"),
		"/v1/exchange-rates/":    w.post(t, admin, "/v1/exchange-rates", `{"currency":"USD","rate":"7.1184"}`).want(t, http.StatusCreated).id(t),
		"/v1/pipelines/":         firstID(t, w.get(t, admin, "/v1/pipelines")),
		"/v1/lost-reasons/":      firstID(t, w.get(t, admin, "/v1/lost-reasons")),
		"/v1/contacts/":          w.post(t, rep, "/v1/contacts", fmt.Sprintf(`{"name":"secret person","customer_id":%q}`, customer)).want(t, http.StatusCreated).id(t),
		"/v1/custom-fields/":     w.post(t, admin, "/v1/custom-fields", `{"resource":"customer","type":"text","label":{"en":"Secret field"}}`).want(t, http.StatusCreated).id(t),
		"/v1/forms/":             w.post(t, admin, "/v1/forms", usualForm(rep, "")).want(t, http.StatusCreated).id(t),
		"/v1/rules/":             firstID(t, w.get(t, admin, "/v1/rules")),
		"/v1/tags/":              firstID(t, w.get(t, admin, "/v1/tags")),
		"/v1/sessions/":          firstID(t, w.get(t, rep, "/v1/sessions")),
		"/v1/attachments/":       w.sendFile(t, rep, "/v1/attachments?record_id="+customer, "secret.txt", "secret").want(t, http.StatusCreated).id(t),
		"/v1/import-mappings/":   w.post(t, rep, "/v1/import-mappings", `{"resource":"customers","name":"secret mapping","fields":[{"heading":"x","field":"name"}]}`).want(t, http.StatusCreated).id(t),
		"/v1/imports/":           w.upload(t, rep, "secret.csv", "name\nSecret Import\n").want(t, http.StatusCreated).id(t),
	}
	return ids
}

func firstID(t *testing.T, a answer) string {
	t.Helper()
	var page struct{ Data []struct{ ID string } }
	a.want(t, http.StatusOK).into(t, &page)
	if len(page.Data) == 0 {
		t.Fatalf("%s: empty", a.request)
	}
	return page.Data[0].ID
}

// address fills a route's path with Acme's record.
func address(t *testing.T, route api.Route, ids map[string]string) string {
	t.Helper()
	if !strings.Contains(route.Path, "{") {
		return route.Path
	}
	for prefix, id := range ids {
		if strings.HasPrefix(route.Path, prefix+"{id}") {
			return strings.NewReplacer("{id}", id, "{member_id}", ids["/v1/members/"], "{stage}", "stg_01h455vb4pex5vsknk084sn02q",
				"{item}", "itm_01h455vb4pex5vsknk084sn02q").Replace(route.Path)
		}
	}
	t.Errorf("%s %s: the matrix has no record for this route", route.Method, route.Path)
	return ""
}

// bodies are requests that would succeed for the right person, where {} would not do.
var bodies = map[string]string{
	"POST /v1/customers/{id}/lifecycle":             `{"to":"interested"}`,
	"POST /v1/customers/{id}/collaborators":         `{"member_id":"usr_01h455vb4pex5vsknk084sn02q"}`,
	"POST /v1/deals/{id}/items":                     `{"name":"x","unit_price":"1"}`,
	"PUT /v1/deals/{id}/items":                      `{"items":[]}`,
	"POST /v1/deals/{id}/move":                      `{"status":"won"}`,
	"POST /v1/members/{id}/hand-over":               `{"to_ids":["usr_01h455vb4pex5vsknk084sn02q"]}`,
	"POST /v1/customers/{id}/release":               `{"reason":"x"}`,
	"PATCH /v1/comments/{id}":                       `{"body":"x"}`,
	"POST /v1/customers/{id}/merge":                 `{"loser_id":"cus_01h455vb4pex5vsknk084sn02q"}`,
	"POST /v1/pipelines/{id}/stages":                `{"name":"x"}`,
	"POST /v1/calendar-events/{id}/respond":         `{"response":"accepted"}`,
	"POST /v1/calendar-events/{id}/interaction":     `{"summary":"x"}`,
	"POST /v1/tasks/{id}/snooze":                    `{"minutes":5}`,
	"POST /v1/interactions/{id}/assign":             `{"assignee_id":null}`,
	"POST /v1/webhook-endpoints/{id}/replay":        `{"since":"2026-03-01T00:00:00Z"}`,
	"POST /v1/webhook-endpoints/{id}/test":          `{}`,
	"PUT /v1/company/mail-server":                   `{"host":"mail.example","port":465,"security":"tls","from":"a@acme.example"}`,
	"PATCH /v1/imports/{id}":                        `{}`,
	"POST /v1/imports/{id}/mapping":                 `{"name":"x"}`,
	"POST /v1/webhook-endpoints/{id}/rotate-secret": ``,
}

func bodyFor(route api.Route) string {
	if body, ok := bodies[route.Method+" "+route.Path]; ok {
		return body
	}
	if route.Method == http.MethodPatch || route.Method == http.MethodPost {
		return `{}`
	}
	return ""
}

// TestMatrix walks every registered route as those who may not use it.
func TestMatrix(t *testing.T) {
	w := newWorld(t)
	ids := w.samples(t)
	var me struct{ Permissions map[string]string }
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK).into(t, &me)
	for _, route := range w.server.Routes() {
		if route.Permission.IsPublic() {
			continue
		}
		t.Run(route.Method+" "+route.Path, func(t *testing.T) {
			path := address(t, route, ids)
			body := bodyFor(route)
			w.do(t, person{}, route.Method, path, body).want(t, http.StatusUnauthorized, `"unauthenticated"`)
			w.do(t, person{token: "gx_live_wrong"}, route.Method, path, body).want(t, http.StatusUnauthorized)
			if _, allowed := me.Permissions[string(route.Permission.Name())]; route.Permission.NeedsRole() && !allowed {
				w.do(t, w.acme.rep, route.Method, path, body).want(t, http.StatusForbidden, `"forbidden"`)
			}
			if !strings.Contains(route.Path, "{") {
				return
			}
			status := http.StatusNotFound
			if route.Feature != billing.Free {
				status = http.StatusPaymentRequired
			}
			w.do(t, w.globex.admin, route.Method, path, body).want(t, status)
		})
	}
	t.Run("lists show nothing of the other company", func(t *testing.T) {
		// What a list has to be asked.
		record := "?record_id=" + w.customer(t, w.globex.admin, `{"name":"x"}`)
		queries := map[string]string{"/v1/attachments": record, "/v1/comments": record, "/v1/trash": "?noun=customer", "/v1/search": "?q=secret"}
		for _, route := range w.server.Routes() {
			if route.Method != http.MethodGet || strings.Contains(route.Path, "{") || route.Permission.IsPublic() || route.Feature != billing.Free {
				continue
			}
			a := w.get(t, w.globex.admin, route.Path+queries[route.Path])
			if a.Code != http.StatusOK {
				t.Errorf("GET %s: %d", route.Path, a.Code)
			}
			for _, id := range ids {
				if strings.Contains(a.Body.String(), id) {
					t.Errorf("GET %s as another company's admin shows %s", route.Path, id)
				}
			}
			if strings.Contains(strings.ToLower(a.Body.String()), "secret") && route.Path != "/v1/plugins/catalogue" {
				t.Errorf("GET %s as another company's admin: %s", route.Path, a.Body)
			}
		}
	})
	t.Run("colleagues reach only their own", func(t *testing.T) {
		w.get(t, w.acme.rep2, "/v1/attachments/"+ids["/v1/attachments/"]).want(t, http.StatusNotFound)
		for _, prefix := range []string{"/v1/customers/", "/v1/contacts/", "/v1/interactions/", "/v1/tasks/", "/v1/calendar-events/", "/v1/deals/", "/v1/imports/"} {
			w.get(t, w.acme.rep2, prefix+ids[prefix]).want(t, http.StatusNotFound)
			w.get(t, w.acme.rep2, strings.TrimSuffix(prefix, "/")).want(t, http.StatusOK, "!"+ids[prefix])
			w.get(t, w.acme.manager, prefix+ids[prefix]).want(t, http.StatusOK)
			w.get(t, w.acme.admin, strings.TrimSuffix(prefix, "/")).want(t, http.StatusOK, ids[prefix])
		}
	})
}

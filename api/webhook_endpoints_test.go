package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/plugins"
)

const endpointBody = `{"url":"https://example.com/hooks","description":"ERP","event_types":["customer.*"]}`

// webhookEndpoint makes an endpoint of Acme's.
func (w *world) webhookEndpoint(t *testing.T) (id, secret string) {
	t.Helper()
	var e struct{ ID, Secret string }
	w.post(t, w.acme.admin, "/v1/webhook-endpoints", endpointBody).want(t, http.StatusCreated).into(t, &e)
	return e.ID, e.Secret
}

func TestWebhookEndpoints(t *testing.T) {
	w := newWorld(t)
	id, secret := w.webhookEndpoint(t)
	path := "/v1/webhook-endpoints/" + id
	if !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("secret %q", secret)
	}
	w.get(t, w.acme.admin, path).want(t, http.StatusOK, `"url":"https://example.com/hooks"`, "!whsec_")
	w.get(t, w.acme.admin, "/v1/webhook-endpoints").want(t, http.StatusOK, id, "!whsec_")
	w.get(t, w.acme.admin, "/v1/webhook-endpoints/event-types").want(t, http.StatusOK, `"customer.created"`, `"webhook_endpoint.disabled"`, "!webhook.test")
	w.patch(t, w.acme.admin, path, `{"description":"warehouse"}`, "If-Match", `"1"`).want(t, http.StatusOK, `"description":"warehouse"`)
	w.patch(t, w.acme.admin, path, `{"description":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed, `"code":"stale"`)
	var next struct{ Secret string }
	w.post(t, w.acme.admin, path+"/rotate-secret", "").want(t, http.StatusOK).into(t, &next)
	if next.Secret == secret || !strings.HasPrefix(next.Secret, "whsec_") {
		t.Errorf("rotated to %q", next.Secret)
	}
	w.patch(t, w.acme.admin, path, `{"enabled":false}`).want(t, http.StatusOK, `"enabled":false`)
	w.post(t, w.acme.admin, path+"/test", "").want(t, http.StatusConflict, `"code":"target_disabled"`)
	w.post(t, w.acme.admin, path+"/replay", `{"since":"2026-03-01T00:00:00Z"}`).want(t, http.StatusConflict)
	w.patch(t, w.acme.admin, path, `{"enabled":true}`).want(t, http.StatusOK)
	w.del(t, w.acme.admin, path).want(t, http.StatusNoContent)
	w.get(t, w.acme.admin, path).want(t, http.StatusNotFound)
	w.post(t, w.acme.admin, "/v1/webhook-endpoints", endpointBody).want(t, http.StatusCreated) // the quota is free again
}

func TestWebhookEndpointsAreForAdmins(t *testing.T) {
	w := newWorld(t)
	id, _ := w.webhookEndpoint(t)
	path := "/v1/webhook-endpoints/" + id
	for _, row := range []struct{ method, path, body string }{
		{http.MethodGet, "/v1/webhook-endpoints", ""},
		{http.MethodPost, "/v1/webhook-endpoints", endpointBody},
		{http.MethodGet, path, ""},
		{http.MethodPatch, path, `{}`},
		{http.MethodPost, path + "/rotate-secret", ""},
		{http.MethodPost, path + "/test", ""},
		{http.MethodPost, path + "/replay", `{"since":"2026-03-01T00:00:00Z"}`},
		{http.MethodGet, "/v1/deliveries", ""},
		{http.MethodDelete, path, ""},
	} {
		w.do(t, person{}, row.method, row.path, row.body).want(t, http.StatusUnauthorized)
		w.do(t, w.acme.rep, row.method, row.path, row.body).want(t, http.StatusForbidden, `"code":"forbidden"`)
		if strings.HasPrefix(row.path, path) {
			w.do(t, w.globex.admin, row.method, row.path, row.body).want(t, http.StatusNotFound)
		}
	}
	w.get(t, w.globex.admin, "/v1/webhook-endpoints").want(t, http.StatusOK, "!"+id)
}

func TestWebhookEndpointsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct{ body, field, text string }{
		{`{"url":"ftp://example.com/x"}`, `"field":"url"`, "https://example.com/hooks"},
		{`{"url":"https://me:hunter2@example.com/x"}`, `"field":"url"`, "!hunter2"},
		{`{"url":"not a url"}`, `"field":"url"`, ""},
		{`{"url":"https://169.254.169.254/latest"}`, `"field":"url"`, ""},
		{`{}`, `"field":"url"`, `"code":"required"`},
		{`{"url":"https://example.com","event_types":["customer.created","customer.exploded"]}`, `"field":"event_types[1]"`, "customer.lifecycle_changed"},
		{`{"url":"https://example.com","colour":"red"}`, `"code":"invalid"`, "colour"},
	} {
		w.post(t, w.acme.admin, "/v1/webhook-endpoints", row.body).want(t, http.StatusUnprocessableEntity, row.field, row.text)
	}
	id, _ := w.webhookEndpoint(t)
	w.post(t, w.acme.admin, "/v1/webhook-endpoints", endpointBody).want(t, http.StatusPaymentRequired, `"code":"quota_exceeded"`, `"quota":"webhook_endpoints"`)
	w.setPlan(t, w.acme, "pro")
	w.post(t, w.acme.admin, "/v1/webhook-endpoints", endpointBody).want(t, http.StatusCreated)
	path := "/v1/webhook-endpoints/" + id
	w.patch(t, w.acme.admin, path, `{"enabled":null}`).want(t, http.StatusUnprocessableEntity, `"field":"enabled"`)
	w.post(t, w.acme.admin, path+"/replay", `{"since":"2026-03-09T00:00:00Z","until":"2026-03-08T00:00:00Z"}`).
		want(t, http.StatusUnprocessableEntity, `"field":"since"`)
	w.get(t, w.acme.admin, "/v1/webhook-endpoints/whe_x").want(t, http.StatusUnprocessableEntity)
}

func TestPrivateTargetsAreRefusedUnlessAllowed(t *testing.T) {
	w := newWorld(t)
	strict := w.config
	strict.AllowPrivateTargets, strict.Registry = false, nil
	w.server = api.New(strict)
	for _, url := range []string{"https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/x", "http://example.com/x", "https://[::1]/x"} {
		w.post(t, w.acme.admin, "/v1/webhook-endpoints", `{"url":"`+url+`"}`).
			want(t, http.StatusUnprocessableEntity, `"field":"url"`, plugins.AllowPrivateSetting)
	}
}

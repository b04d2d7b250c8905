package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
)

// documented returns a server that has routes and no databases: enough to read the documentation.
func documented() *api.Server { return api.New(api.Config{PublicURL: "http://guanxi.test"}) }

func TestEveryRouteIsDocumented(t *testing.T) {
	server := documented()
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	if answer.Code != http.StatusOK {
		t.Fatal(answer.Code)
	}
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary, OperationID string
			Tags                 []string
			Responses            map[string]any
			Security             []map[string]any
		}
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("version %s", document.OpenAPI)
	}
	for _, route := range server.Routes() {
		op, ok := document.Paths[route.Path][strings.ToLower(route.Method)]
		switch {
		case !ok:
			t.Errorf("%s %s is not in the document", route.Method, route.Path)
		case op.Summary == "" || len(op.Tags) != 1:
			t.Errorf("%s %s: summary %q, tags %v", route.Method, route.Path, op.Summary, op.Tags)
		case len(op.Security) == 0 || route.Permission.IsPublic() != (len(op.Security[0]) == 0):
			t.Errorf("%s %s: public %v, security %v", route.Method, route.Path, route.Permission.IsPublic(), op.Security)
		}
	}
}

func TestDocumentationPage(t *testing.T) {
	answer := httptest.NewRecorder()
	documented().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/docs", nil))
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "/openapi.json") {
		t.Errorf("%d: %s", answer.Code, answer.Body)
	}
}

func TestUnknownAddresses(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		contentType  string
	}{
		{http.MethodGet, "/v1/nothing", http.StatusNotFound, "application/problem+json"},
		{http.MethodPost, "/anything", http.StatusNotFound, "application/problem+json"},
		{http.MethodPut, "/v1/customers", http.StatusMethodNotAllowed, "application/problem+json"},
		{http.MethodGet, "/customers/some-page", http.StatusOK, "text/html; charset=utf-8"},
		{http.MethodGet, "/healthz", http.StatusOK, "application/json"},
		{http.MethodGet, "/metrics", http.StatusOK, ""},
	} {
		answer := httptest.NewRecorder()
		documented().ServeHTTP(answer, httptest.NewRequest(c.method, c.path, nil))
		if answer.Code != c.status || c.contentType != "" && answer.Header().Get("Content-Type") != c.contentType {
			t.Errorf("%s %s: %d %s", c.method, c.path, answer.Code, answer.Header().Get("Content-Type"))
		}
	}
}

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/swaggest/swgui/v5emb"
)

// readyTimeout bounds how long a readiness check waits for MySQL and Redis.
const readyTimeout = 2 * time.Second

// operationRoutes serves what the operators of an installation need.
func (s *Server) operationRoutes(r *mux.Router) {
	r.Methods(http.MethodGet).Path("/healthz").HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	r.Methods(http.MethodGet).Path("/readyz").HandlerFunc(s.ready)
	r.Methods(http.MethodGet).Path("/metrics").Handler(s.metrics.handler())
}

// ready reports whether this process can serve: MySQL and Redis are really asked.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	status, answer := http.StatusOK, map[string]string{"status": "ready", "mysql": "ok", "redis": "ok"}
	if err := s.tenants.Ping(ctx); err != nil {
		status, answer["status"], answer["mysql"] = http.StatusServiceUnavailable, "not ready", "unreachable"
	}
	if err := s.cfg.Redis.Ping(ctx).Err(); err != nil {
		status, answer["status"], answer["redis"] = http.StatusServiceUnavailable, "not ready", "unreachable"
	}
	writeJSON(w, status, answer)
}

// documentRoutes serves the OpenAPI document and a page to read and try it.
func (s *Server) documentRoutes(r *mux.Router) {
	document, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic("api: OpenAPI document: " + err.Error()) // found by every test that starts a server
	}
	r.Methods(http.MethodGet).Path("/openapi.json").HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document)
	})
	r.PathPrefix("/docs").Handler(v5emb.New("Guanxi API", "/openapi.json", "/docs"))
}

// fallbackRoutes answers everything else: problems for the API, the web client for people.
func (s *Server) fallbackRoutes(r *mux.Router) {
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if isAPI(req.URL.Path) || req.Method != http.MethodGet && req.Method != http.MethodHead {
			writeProblem(w, req, newProblem(http.StatusNotFound, "no_such_route", "There is nothing at this address. /docs lists all routes."))
			return
		}
		s.cfg.Web.ServeHTTP(w, req)
	})
	r.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		writeProblem(w, req, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "This address exists but not for this method. /docs lists all routes."))
	})
}

func isAPI(path string) bool {
	for _, prefix := range []string{"/v1/", "/platform/", "/hooks/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return path == "/v1"
}

func writeJSON(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the client is gone, and there is nobody to tell
}

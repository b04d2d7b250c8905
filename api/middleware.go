package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/google/uuid"

	"github.com/guanxi-crm/guanxi/tenant"
)

// request is what the outermost layer wants to know of a request when it is over.
type request struct {
	id    string
	route string
	ip    string
	host  string
	// method and address, the path with its query, are as they came.
	method, address string
	company         tenant.CompanyID
	member          tenant.MemberID
	// decided says that somebody has allowed the request, or that its route is public.
	decided bool
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// clientIP returns the caller's address, for limits on public routes.
func clientIP(ctx context.Context) string { return requestOf(ctx).ip }

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection, for flushing streams.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe gives the request its id and writes the access log and the metrics when it is over.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		info := &request{id: requestID(r), ip: s.remoteIP(r), host: r.Host, method: r.Method, address: r.URL.RequestURI()}
		w.Header().Set("X-Request-Id", info.id)
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), requestKey{}, info)))
		took := time.Since(started)
		if rec.status == 0 {
			rec.status = http.StatusOK
		}
		s.metrics.observe(r.Method, info.route, rec.status, took)
		level := slog.LevelInfo
		if info.route == "" && rec.status < http.StatusBadRequest {
			level = slog.LevelDebug // health checks, metrics, static files
		}
		s.log.LogAttrs(r.Context(), level, "request",
			slog.String("request_id", info.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Float64("took_ms", float64(took.Microseconds())/1000),
			slog.String("company", info.company.String()), slog.String("user", info.member.String()), slog.String("ip", info.ip))
	})
}

// requestID takes a well-formed id from the proxy before us, or makes one.
func requestID(r *http.Request) string {
	given := r.Header.Get("X-Request-Id")
	ok := len(given) >= 8 && len(given) <= 64 && strings.IndexFunc(given, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
	}) < 0
	if ok {
		return given
	}
	return uuid.Must(uuid.NewV7()).String()
}

func (s *Server) remoteIP(r *http.Request) string {
	if s.cfg.TrustProxy {
		// The last entry is the one our own proxy wrote.
		if hops := strings.Split(r.Header.Get("X-Forwarded-For"), ","); len(hops) > 0 {
			if ip := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); ip != nil {
				return ip.String()
			}
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// recoverPanics turns a panic into a logged 500 with a plain body.
func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // recover returns the value itself
				panic(cause)
			}
			s.log.ErrorContext(r.Context(), "panic", slog.String("request_id", requestOf(r.Context()).id),
				slog.String("cause", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
			writeProblem(w, r, mapSentinel(fmt.Errorf("panic: %v", cause)))
		}()
		next.ServeHTTP(w, r)
	})
}

// secureHeaders sets what every answer carries.
func (s *Server) secureHeaders(next http.Handler) http.Handler {
	overTLS := strings.HasPrefix(s.cfg.PublicURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if overTLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// largestBody bounds every request, unless larger files may be attached; routes set smaller limits of their own.
const largestBody = 64 << 20

func (s *Server) limitBodies(next http.Handler) http.Handler {
	largest := max(largestBody, s.cfg.FileLimit+1<<20)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := largest
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			limit = 2 << 20
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// writeProblem answers with a problem outside of the framework.
func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	p.RequestID = requestOf(r.Context()).id
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) //nolint:errchkjson // the client is gone, and there is nobody to tell
}

func humaUnwrap(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humamux.Unwrap(ctx) }

package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/app"
	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// Config is what a server is made of. All fields but Web, Registry and Log are required.
type Config struct {
	Tenants *tenant.Directory
	Redis   redis.UniversalClient
	Auth    *auth.Service
	Billing *billing.Service
	// PublicURL is where people reach this server, without a slash at its end.
	PublicURL string
	// Web serves the web client; nil means the embedded one with all its files from here.
	Web http.Handler
	// Connectors are the channels that webhooks and bots can be sent through.
	Connectors plugins.Connectors
	// Files is where attached files are kept; nil means that nobody can attach any. FileLimit is the size of the
	// largest, in bytes; 0 means 50 MB.
	Files     *files.Store
	FileLimit int64
	// AllowPrivateTargets lets webhooks and bots reach loopback and private addresses.
	AllowPrivateTargets bool
	// RateScale multiplies the API rates of all plans, for an installation with its own hardware; 0 means 1.
	RateScale int
	// TrustProxy takes the client's address from X-Forwarded-For.
	TrustProxy bool
	Log        *slog.Logger
	// Registry collects the metrics; nil makes one.
	Registry *prometheus.Registry
	// Version is shown in the OpenAPI document.
	Version string
}

// Server answers HTTP requests.
type Server struct {
	cfg     Config
	tenants *tenant.Directory
	auth    *auth.Service
	billing *billing.Service
	log     *slog.Logger
	metrics *metrics
	limits  *limiter
	callers *callers
	api     huma.API
	handler http.Handler
	routes  []Route
}

// New makes a server. It does not listen: it is an http.Handler.
func New(cfg Config) *Server {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Registry == nil {
		cfg.Registry = prometheus.NewRegistry()
	}
	if cfg.Web == nil {
		var err error
		if cfg.Web, err = app.Handler(app.Options{}); err != nil {
			panic("api: " + err.Error()) // the files are embedded
		}
	}
	if cfg.FileLimit == 0 {
		cfg.FileLimit = 50 << 20
	}
	s := &Server{
		cfg: cfg, tenants: cfg.Tenants, auth: cfg.Auth, billing: cfg.Billing, log: cfg.Log,
		metrics: newMetrics(cfg.Registry), limits: newLimiter(cfg.Redis, cfg.Log, max(cfg.RateScale, 1)),
		callers: newCallers(cfg.Tenants, cfg.Auth),
	}
	router := mux.NewRouter()
	s.api = humamux.New(router, openAPIConfig(cfg))
	s.register()
	s.documentRoutes(router)
	s.operationRoutes(router)
	s.fallbackRoutes(router)
	s.handler = s.observe(s.recoverPanics(s.secureHeaders(s.protectCookies(s.limitBodies(captureIdempotency(router))))))
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Routes lists everything that was registered, for tests that must not forget one.
func (s *Server) Routes() []Route { return s.routes }

// OpenAPI returns the document of all routes.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

// Listen follows what other processes announce (suspensions, role and plan changes) until ctx ends.
func (s *Server) Listen(ctx context.Context) {
	for ctx.Err() == nil {
		s.followAnnouncements(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func openAPIConfig(cfg Config) huma.Config {
	version := cfg.Version
	if version == "" {
		version = "dev"
	}
	config := huma.DefaultConfig("Guanxi API", version)
	config.Info.Description = apiDescription
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Info.Contact = &huma.Contact{Name: "Guanxi", URL: "https://github.com/guanxi-crm/guanxi"}
	config.Servers = []*huma.Server{{URL: cfg.PublicURL}}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served by documentRoutes
	config.CreateHooks = nil                                             // no $schema in answers
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "An access token from sign-in, or an API key (gx_live_…)."},
		"cookie": {Type: "apiKey", In: "cookie", Name: accessCookie.name, Description: "The web client's access token, set by sign-in with X-Guanxi-Client: web."},
	}
	config.Tags = openAPITags
	return config
}

const apiDescription = `Customers, contacts with them, tasks and everything around them.

**Signing in.** Send ` + "`Authorization: Bearer <token>`" + `: an access token from sign-up or sign-in, or an API key.
A web page sends ` + "`X-Guanxi-Client: web`" + ` when it signs in, refreshes, switches or signs out: its tokens are then HttpOnly cookies. Requests
that carry them and come from a page of another site are refused (403, cross_origin).

**Lists** take ` + "`filter`, `q`, `order_by`, `limit`, `cursor` and `count`" + ` and answer ` + "`{data, next_cursor}`" + `.

**Changes.** PATCH bodies are JSON Merge Patch. Send the ETag you read as If-Match to be told (412) when somebody
else was faster. Send an Idempotency-Key with every POST that makes or changes records: a
repeat within 24 hours gets the first answer.

**Errors** are application/problem+json with a stable ` + "`code`" + `; 422 names each field and how to mend it.

**Times** are RFC 3339 in UTC. Money is whole minor units (cents, 分) beside an ISO 4217 currency.`

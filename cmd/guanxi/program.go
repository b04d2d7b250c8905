package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/app"
	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// program is the product in one process: what serve, worker and dev have in common.
type program struct {
	services   services
	tenants    *tenant.Directory
	redis      *redis.Client
	auth       *auth.Service
	billing    *billing.Service
	connectors plugins.Connectors
	files      *files.Store
	web        http.Handler
	log        *slog.Logger
	registry   *prometheus.Registry
}

func start(ctx context.Context, d databases, s services) (*program, error) {
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	p := &program{services: s, log: s.logger(), registry: prometheus.NewRegistry()}
	p.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if err = adopt(p.log); err != nil {
		return nil, err
	}
	if p.connectors, err = s.connectors(); err != nil {
		return nil, err
	}
	if p.web, err = app.Handler(app.Options{Origin: s.WebOrigin}); err != nil {
		return nil, err
	}
	if p.files, err = files.Open(s.BlobURL); err != nil {
		return nil, err
	}
	if p.redis, err = s.redis(); err != nil {
		return nil, err
	}
	if p.tenants, err = tenant.Open(ctx, cfg); err != nil {
		_ = p.redis.Close()
		return nil, err
	}
	p.auth, err = auth.New(auth.Config{
		Directory: p.tenants, Redis: p.redis, PublicURL: s.PublicURL, Plan: billing.FreePlan, Mail: s.SMTPURL != "", Log: p.log,
	})
	if err != nil {
		p.close()
		return nil, err
	}
	p.billing = billing.New(billing.Config{
		Directory: p.tenants, SecretKey: s.StripeSecretKey, WebhookSecret: s.StripeWebhookSecret, APIBase: s.StripeAPIBase,
		PublicURL: s.PublicURL, Prices: s.StripePrices, TrialDays: s.TrialDays, Log: p.log,
		OnChange: func(ctx context.Context, company tenant.CompanyID) { api.AnnounceChange(ctx, p.redis, company) },
	})
	return p, nil
}

func (p *program) close() {
	if p.auth != nil {
		p.auth.Close()
	}
	p.tenants.Close()
	_ = p.redis.Close()
}

// api makes the HTTP server's handler. It registers its metrics, so a process makes one.
func (p *program) api() *api.Server {
	cfg := p.apiConfig()
	cfg.Log, cfg.Registry = p.log, p.registry
	return api.New(cfg)
}

// quietAPI makes a handler that neither logs nor counts, for the program's own use of its API.
func (p *program) quietAPI() *api.Server { return api.New(p.apiConfig()) }

func (p *program) apiConfig() api.Config {
	return api.Config{
		Tenants: p.tenants, Redis: p.redis, Auth: p.auth, Billing: p.billing, Connectors: p.connectors, Web: p.web,
		Files: p.files, FileLimit: p.services.FileLimitMB << 20,
		PublicURL: p.services.PublicURL, AllowPrivateTargets: p.services.AllowPrivateTargets,
		TrustProxy: p.services.TrustProxy, RateScale: p.services.RateScale, Version: version,
	}
}

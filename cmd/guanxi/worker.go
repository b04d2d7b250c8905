package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/worker"
)

type workerCommand struct {
	databases
	services
	workerOptions
	MetricsAddr string `env:"GUANXI_METRICS_ADDR" placeholder:":9090" help:"Address for /metrics of this worker; none without it."`
}

type workerOptions struct {
	Queues []string `env:"GUANXI_QUEUES" sep:"," help:"Queues to serve, comma-separated; all when left out: ${queues}."`
}

// Run works until ctx ends. Several workers may run at once.
func (c *workerCommand) Run(ctx context.Context) error {
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	if c.MetricsAddr != "" {
		listener, err := listen(ctx, c.MetricsAddr)
		if err != nil {
			return err
		}
		server := &http.Server{Handler: promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}), ReadHeaderTimeout: 10 * time.Second}
		go func() { _ = server.Serve(listener) }()
		defer func() { _ = server.Close() }()
	}
	return p.work(ctx, c.workerOptions)
}

// work runs the background work in this process.
func (p *program) work(ctx context.Context, o workerOptions) error {
	mail, err := p.services.mail()
	if err != nil {
		return err
	}
	w, err := worker.New(worker.Config{
		Tenants: p.tenants, Redis: p.redis, Auth: p.auth, Billing: p.billing, Files: p.files, Connectors: p.connectors, Queues: o.Queues,
		Outbound: plugins.OutboundConfig{Guard: p.services.guard()}, PublicURL: p.services.PublicURL,
		Mail: mail, Log: p.log, Registry: p.registry,
	})
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

type serveCommand struct {
	databases
	services
	Addr string `env:"GUANXI_ADDR" default:":8080" help:"Address to listen on."`
}

// Run serves until ctx ends, then finishes the requests that are under way.
func (c *serveCommand) Run(ctx context.Context) error {
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	p.log.InfoContext(ctx, "serving", "addr", listener.Addr().String(), "public_url", c.PublicURL)
	return p.serve(ctx, listener)
}

// listen takes the address, and says so in words when somebody else has it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (%w); choose another address with GUANXI_ADDR=:8090", addr, err)
	}
	return listener, nil
}

// shutdownTime is how long requests under way may take after the program was told to stop.
const shutdownTime = 15 * time.Second

func (p *program) serve(ctx context.Context, listener net.Listener) error {
	handler := p.api()
	go handler.Listen(ctx)
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

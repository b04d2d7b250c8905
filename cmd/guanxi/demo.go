package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/guanxi-crm/guanxi/api"
)

// The demo company's admin.
const (
	demoEmail    = "demo@guanxi.example"
	demoPassword = "guanxi-demo-2026" //nolint:gosec // it is printed at every start
)

//go:embed demo.json
var demoData []byte

type demoCommand struct {
	databases
	services
}

// Run loads the demo company into an installation.
func (c *demoCommand) Run(ctx context.Context) error {
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	return loadDemo(ctx, p.quietAPI(), os.Stdout)
}

// demo is a client of the product's own API: what it does, everybody can do.
type demo struct {
	handler http.Handler
	token   string
}

// loadDemo makes the demo company unless it is there.
func loadDemo(ctx context.Context, server *api.Server, progress io.Writer) error {
	d := &demo{handler: server}
	credentials := map[string]string{"identifier": demoEmail, "password": demoPassword}
	var refused *demoError
	err := d.post(ctx, "/v1/auth/login", credentials, nil)
	if err == nil {
		_, _ = fmt.Fprintln(progress, "the demo company is there")
	}
	if err == nil || !errors.As(err, &refused) || refused.status != http.StatusUnauthorized {
		return err
	}
	began := time.Now()
	var data struct {
		Company   json.RawMessage `json:"company"`
		Customers []struct {
			Customer     json.RawMessage  `json:"customer"`
			Moves        []map[string]any `json:"moves"`
			Interactions []map[string]any `json:"interactions"`
			Tasks        []map[string]any `json:"tasks"`
		} `json:"customers"`
	}
	if err := json.Unmarshal(demoData, &data); err != nil {
		return err
	}
	var signedUp struct {
		Token string `json:"access_token"`
	}
	if err := d.post(ctx, "/v1/signup", data.Company, &signedUp); err != nil {
		return err
	}
	d.token = signedUp.Token
	for _, entry := range data.Customers {
		var customer struct {
			ID string `json:"id"`
		}
		if err := d.post(ctx, "/v1/customers", entry.Customer, &customer); err != nil {
			return err
		}
		for _, move := range entry.Moves {
			if err := d.post(ctx, "/v1/customers/"+customer.ID+"/lifecycle", move, nil); err != nil {
				return err
			}
		}
		if err := d.dated(ctx, "/v1/interactions", customer.ID, "occurred_at", entry.Interactions); err != nil {
			return err
		}
		if err := d.dated(ctx, "/v1/tasks", customer.ID, "due_at", entry.Tasks); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(progress, "demo company with %d customers is loaded (%s)\n", len(data.Customers), time.Since(began).Round(time.Millisecond))
	return nil
}

// dated posts records whose time is given in hours from now, so that the demo is always fresh.
func (d *demo) dated(ctx context.Context, path, customer, field string, records []map[string]any) error {
	for _, r := range records {
		hours, _ := r["hours"].(float64)
		delete(r, "hours")
		r["customer_id"] = customer
		r[field] = time.Now().Add(time.Duration(hours * float64(time.Hour))).UTC().Format(time.RFC3339)
		if err := d.post(ctx, path, r, nil); err != nil {
			return err
		}
	}
	return nil
}

// demoError is an answer that was not a success.
type demoError struct {
	status int
	text   string
}

func (e *demoError) Error() string { return fmt.Sprintf("%d: %s", e.status, e.text) }

// post sends a request and decodes its answer.
func (d *demo) post(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(text))
	request.Header.Set("Content-Type", "application/json")
	if d.token != "" {
		request.Header.Set("Authorization", "Bearer "+d.token)
	}
	answer := httptest.NewRecorder()
	d.handler.ServeHTTP(answer, request)
	if answer.Code >= http.StatusBadRequest {
		return &demoError{answer.Code, path + ": " + answer.Body.String()}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Body.Bytes(), into)
}

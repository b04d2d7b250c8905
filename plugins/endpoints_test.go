package plugins_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestAnEndpointsSecretIsShownOnceAndSealed(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.*", "customer.*", "task.due")
	if !strings.HasPrefix(e.Secret, "whsec_") || !e.Enabled || len(e.EventTypes) != 2 {
		t.Errorf("endpoint %+v", e)
	}
	s.must(func(tx *tenant.Tx) error {
		again, err := plugins.GetEndpoint(t.Context(), tx.Query, e.ID)
		if err != nil {
			return err
		}
		shown, err := json.Marshal(again)
		if bytes.Contains(shown, []byte("whsec_")) {
			t.Errorf("shown again: %s", shown)
		}
		return err
	})
	s.nowhere(e.Secret)
}

// nowhere checks that a secret stands in no table of the company.
func (s *store) nowhere(secret string) {
	s.t.Helper()
	plain := []byte(strings.TrimPrefix(secret, "whsec_"))
	s.must(func(tx *tenant.Tx) error {
		for _, column := range []string{"company.webhook_endpoints.secrets", "company.plugins.settings", "company.changes.data"} {
			table, name := column[:strings.LastIndex(column, ".")], column[strings.LastIndex(column, ".")+1:]
			var values [][]byte
			if err := tx.Select(context.Background(), &values, `SELECT `+name+` FROM `+table); err != nil {
				return err
			}
			for _, v := range values {
				if bytes.Contains(v, plain) {
					s.t.Errorf("%s holds the secret in plain", column)
				}
			}
		}
		return nil
	})
}

func TestEndpointsThatAreRefused(t *testing.T) {
	s := newStore(t)
	for name, row := range map[string]struct {
		in    plugins.NewEndpoint
		field string
	}{
		"private address":     {plugins.NewEndpoint{URL: "https://10.0.0.1/hooks"}, "url"},
		"plain http":          {plugins.NewEndpoint{URL: "http://example.com/hooks"}, "url"},
		"another scheme":      {plugins.NewEndpoint{URL: "ftp://example.com"}, "url"},
		"credentials":         {plugins.NewEndpoint{URL: "https://user:pass@example.com"}, "url"},
		"no URL":              {plugins.NewEndpoint{URL: "example"}, "url"},
		"unknown type":        {plugins.NewEndpoint{URL: "https://example.com", EventTypes: plugins.EventTypes{"customer.exploded"}}, "event_types[0]"},
		"unknown resource":    {plugins.NewEndpoint{URL: "https://example.com", EventTypes: plugins.EventTypes{"customer.*", "planet.*"}}, "event_types[1]"},
		"star in the wrong":   {plugins.NewEndpoint{URL: "https://example.com", EventTypes: plugins.EventTypes{"cust*"}}, "event_types[0]"},
		"a test":              {plugins.NewEndpoint{URL: "https://example.com", EventTypes: plugins.EventTypes{"webhook.test"}}, "event_types[0]"},
		"too many":            {plugins.NewEndpoint{URL: "https://example.com", EventTypes: make(plugins.EventTypes, 101)}, "event_types"},
		"too long a describe": {plugins.NewEndpoint{URL: "https://example.com", Description: strings.Repeat("好", 501)}, "description"},
	} {
		err := s.as(100, func(tx *tenant.Tx) error {
			_, err := plugins.CreateEndpoint(t.Context(), tx, row.in, s.rules)
			return err
		})
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[0].Field != row.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThePlanBoundsEndpoints(t *testing.T) {
	s := newStore(t)
	create := func(tx *tenant.Tx) error {
		_, err := plugins.CreateEndpoint(context.Background(), tx, plugins.NewEndpoint{URL: "https://example.com"}, s.rules)
		return err
	}
	if err := s.as(1, create); err != nil {
		t.Fatal(err)
	}
	var quota *tenant.QuotaError
	if err := s.as(1, create); !errors.As(err, &quota) {
		t.Fatalf("a second endpoint on a plan with one: %v", err)
	}
	s.must(func(tx *tenant.Tx) error {
		all, err := plugins.ListEndpoints(t.Context(), tx.Query)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d endpoints, %v", len(all), err)
		}
		return plugins.DeleteEndpoint(t.Context(), tx, all[0].ID, 0)
	})
	if err := s.as(1, create); err != nil {
		t.Errorf("after one was deleted: %v", err)
	}
}

func TestUpdatingAnEndpoint(t *testing.T) {
	s := newStore(t)
	e := s.endpoint()
	update := func(in plugins.EndpointPatch, version int64) (out plugins.Endpoint, err error) {
		err = s.as(100, func(tx *tenant.Tx) (err error) {
			out, err = plugins.UpdateEndpoint(context.Background(), tx, e.ID, in, s.rules, version)
			return err
		})
		return out, err
	}
	out, err := update(plugins.EndpointPatch{Description: patch.Of(" ERP "), EventTypes: patch.Of(plugins.EventTypes{"task.due"})}, 1)
	if err != nil || out.Description != "ERP" || out.Version != 2 || out.URL != e.URL || len(out.EventTypes) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := update(plugins.EndpointPatch{Description: patch.Of("x")}, 1); !errors.Is(err, tenant.ErrStale) {
		t.Errorf("an old version: %v", err)
	}
	var invalid *tenant.InvalidError
	if _, err := update(plugins.EndpointPatch{Enabled: patch.Null[bool]()}, 0); !errors.As(err, &invalid) {
		t.Errorf("enabled null: %v", err)
	}
	if _, err := update(plugins.EndpointPatch{URL: patch.Of("http://127.0.0.1")}, 0); !errors.As(err, &invalid) {
		t.Errorf("a private URL: %v", err)
	}
	if out, err = update(plugins.EndpointPatch{EventTypes: patch.Null[plugins.EventTypes]()}, 0); err != nil || len(out.EventTypes) != 0 {
		t.Errorf("all types again: %+v, %v", out, err)
	}
}

func TestTheOldSecretSignsForADayAfterRotation(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.*")
	var next plugins.EndpointWithSecret
	s.must(func(tx *tenant.Tx) (err error) {
		next, err = plugins.RotateSecret(t.Context(), tx, e.ID)
		return err
	})
	if next.Secret == e.Secret {
		t.Fatal("the secret is the same")
	}
	s.nowhere(next.Secret)
	s.emit("customer.created", 1)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	for _, row := range []struct {
		after time.Duration
		both  bool
	}{{23 * time.Hour, true}, {2 * time.Hour, false}} {
		s.Clock.Advance(row.after)
		var settings struct{ plugins.SigningSecrets }
		s.must(func(tx *tenant.Tx) error {
			all, err := plugins.LoadEvents(t.Context(), tx.Query, []plugins.DeliveryID{page[0].ID})
			if err != nil {
				return err
			}
			return json.Unmarshal(all[0].Settings, &settings)
		})
		signature, err := settings.Sign("evt", s.Clock.Now(), []byte("{}"))
		old, _ := plugins.SigningSecrets{Current: e.Secret}.Sign("evt", s.Clock.Now(), []byte("{}"))
		if err != nil || strings.Contains(signature, old) != row.both {
			t.Errorf("%s later: the old secret signs: %t, want %t (%v)", row.after, !row.both, row.both, err)
		}
	}
}

func TestAnotherCompanySeesNoneOfIt(t *testing.T) {
	s := newStore(t)
	e, i := s.endpoint(), s.install()
	system := tenant.System()
	if err := s.Tx(t.Context(), s.globex.Company, &system, func(tx *tenant.Tx) error {
		_, err := plugins.GetEndpoint(t.Context(), tx.Query, e.ID)
		_, err2 := plugins.GetInstall(t.Context(), tx.Query, i.ID, s.rules.Connectors)
		_, err3 := plugins.RotateSecret(t.Context(), tx, e.ID)
		for _, err := range []error{err, err2, err3, plugins.DeleteEndpoint(t.Context(), tx, e.ID, 0)} {
			if !errors.Is(err, tenant.ErrNotFound) {
				t.Errorf("want not found, got %v", err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

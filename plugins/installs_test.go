package plugins_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestABotsSecretsAreNeverShown(t *testing.T) {
	s := newStore(t)
	i := s.install("customer.*")
	for name, shown := range map[string]json.RawMessage{"created": i.Settings, "read": s.get(i.ID).Settings, "listed": s.list()[0].Settings} {
		if bytes.Contains(shown, []byte("0123456789abcdef")) || !bytes.Contains(shown, []byte("••••cdef")) {
			t.Errorf("%s: %s", name, shown)
		}
	}
	s.nowhere("0123456789abcdef")
	if i.Locale != "en" {
		t.Errorf("locale %q, want the company's", i.Locale)
	}
}

func (s *store) get(id plugins.InstallID) (i plugins.Install) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) (err error) {
		i, err = plugins.GetInstall(context.Background(), tx.Query, id, s.rules.Connectors)
		return err
	})
	return i
}

func (s *store) list() (all []plugins.Install) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) (err error) {
		all, err = plugins.ListInstalls(context.Background(), tx.Query, s.rules.Connectors)
		return err
	})
	return all
}

func TestInstallsThatAreRefused(t *testing.T) {
	s := newStore(t)
	wrong := robot()
	wrong["secret"] = "with space"
	for name, row := range map[string]struct {
		in    plugins.NewInstall
		field string
	}{
		"unknown vendor":   {plugins.NewInstall{Vendor: "pigeon", Name: "x", Settings: robot()}, "vendor"},
		"a webhook":        {plugins.NewInstall{Vendor: "webhook", Name: "x", Settings: robot()}, "vendor"},
		"no name":          {plugins.NewInstall{Vendor: "dingtalk", Name: "  ", Settings: robot()}, "name"},
		"no settings":      {plugins.NewInstall{Vendor: "dingtalk", Name: "x"}, "settings.webhook_url"},
		"wrong secret":     {plugins.NewInstall{Vendor: "dingtalk", Name: "x", Settings: wrong}, "settings.secret"},
		"unknown setting":  {plugins.NewInstall{Vendor: "feishu", Name: "x", Settings: map[string]any{"colour": "red"}}, "settings.colour"},
		"another's URL":    {plugins.NewInstall{Vendor: "feishu", Name: "x", Settings: robot()}, "settings.webhook_url"},
		"unknown language": {plugins.NewInstall{Vendor: "dingtalk", Name: "x", Settings: robot(), Locale: "fr"}, "locale"},
		"unknown type":     {plugins.NewInstall{Vendor: "dingtalk", Name: "x", Settings: robot(), EventTypes: plugins.EventTypes{"x.y"}}, "event_types[0]"},
	} {
		err := s.as(100, func(tx *tenant.Tx) error {
			_, err := plugins.CreateInstall(t.Context(), tx, row.in, s.rules)
			return err
		})
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[0].Field != row.field {
			t.Errorf("%s: %v, want field %s", name, err, row.field)
		}
	}
}

func TestPatchingOneSettingKeepsTheOthers(t *testing.T) {
	s := newStore(t)
	i := s.install()
	update := func(in plugins.InstallPatch, version int64) (out plugins.Install, err error) {
		err = s.as(100, func(tx *tenant.Tx) (err error) {
			out, err = plugins.UpdateInstall(context.Background(), tx, i.ID, in, s.rules, version)
			return err
		})
		return out, err
	}
	out, err := update(plugins.InstallPatch{Settings: patch.Of(map[string]any{"keyword": "CRM", "secret": nil, "at": map[string]any{"all": true}})}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var shown map[string]any
	if err := json.Unmarshal(out.Settings, &shown); err != nil {
		t.Fatal(err)
	}
	if _, there := shown["secret"]; there || shown["keyword"] != "CRM" || shown["webhook_url"] != "••••cdef" {
		t.Errorf("settings %s", out.Settings)
	}
	if out, err = update(plugins.InstallPatch{Settings: patch.Of(map[string]any{"at": map[string]any{"all": nil}})}, 2); err != nil || bytes.Contains(out.Settings, []byte("all")) {
		t.Errorf("a nested setting was not removed: %s, %v", out.Settings, err)
	}
	var invalid *tenant.InvalidError
	for name, in := range map[string]plugins.InstallPatch{
		"enabled null": {Enabled: patch.Null[bool]()}, "settings null": {Settings: patch.Null[map[string]any]()},
		"name null": {Name: patch.Null[string]()}, "masked address sent back": {Settings: patch.Of(shown)},
	} {
		if _, err := update(in, 0); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := update(plugins.InstallPatch{Enabled: patch.Of(false)}, 1); !errors.Is(err, tenant.ErrStale) {
		t.Errorf("an old version: %v", err)
	}
	if out, err = update(plugins.InstallPatch{Enabled: patch.Of(false)}, 0); err != nil || out.Enabled {
		t.Errorf("%+v, %v", out, err)
	}
	var conflict *tenant.ConflictError
	if err := s.as(1, func(tx *tenant.Tx) error { _, err := plugins.TestInstall(t.Context(), tx, i.ID); return err }); !errors.As(err, &conflict) {
		t.Errorf("a test of a bot that is off: %v", err)
	}
}

func TestThePlanBoundsBots(t *testing.T) {
	s := newStore(t)
	i := s.install()
	create := func(tx *tenant.Tx) error {
		_, err := plugins.CreateInstall(context.Background(), tx, plugins.NewInstall{Vendor: "dingtalk", Name: "x", Settings: robot()}, s.rules)
		return err
	}
	var quota *tenant.QuotaError
	if err := s.as(1, create); !errors.As(err, &quota) {
		t.Errorf("a second bot on a plan with one: %v", err)
	}
	s.must(func(tx *tenant.Tx) error { return plugins.DeleteInstall(t.Context(), tx, i.ID, 0, s.rules.Connectors) })
	if err := s.as(1, create); err != nil {
		t.Errorf("after one was removed: %v", err)
	}
}

func TestTheCatalogueNamesBotsAlone(t *testing.T) {
	var kinds []string
	for _, d := range newStore(t).rules.Connectors.Catalogue() {
		kinds = append(kinds, d.Kind)
	}
	if len(kinds) != 2 || kinds[0] != "dingtalk" || kinds[1] != "feishu" {
		t.Errorf("catalogue %v", kinds)
	}
}

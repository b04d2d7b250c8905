package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// rule returns acme's rule of a kind and stage.
func (w *world) rule(t testing.TB, kind, stage string) crm.Rule {
	t.Helper()
	for _, r := range must[[]crm.Rule](t)(read(t, w.admin, crm.ListRules)) {
		if r.Kind == kind && r.Stage == stage {
			return r
		}
	}
	t.Fatalf("no rule %s of %s", kind, stage)
	return crm.Rule{}
}

func (p person) tryUpdateRule(t testing.TB, id crm.RuleID, in crm.RulePatch, version int64) (crm.Rule, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Rule, error) { return crm.UpdateRule(ctx, tx, id, in, version) })
}

// set gives a rule other settings, or switches it off without any.
func (w *world) set(t testing.TB, kind, stage string, settings *crm.RuleSettings) {
	t.Helper()
	in := crm.RulePatch{Enabled: patch.Of(settings != nil)}
	if settings != nil {
		in.Settings = patch.Of(*settings)
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, w.rule(t, kind, stage).ID, in, 0))
}

func TestDefaultRules(t *testing.T) {
	w := newWorld(t)
	got := map[string]int{}
	for _, r := range must[[]crm.Rule](t)(read(t, w.admin, crm.ListRules)) {
		if !r.Enabled || r.Settings.EscalateToManager || r.Settings.QuietWhilePlanned {
			t.Errorf("%+v", r)
		}
		got[r.Kind+" "+r.Stage] = r.Settings.Days
	}
	if diff := cmp.Diff(map[string]int{"silence potential": 7, "silence interested": 7, "silence won": 30, "survey won": 3}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRuleChanges(t *testing.T) {
	w := newWorld(t)
	r := w.rule(t, crm.SilenceRule, crm.Won)
	settings := crm.RuleSettings{Days: 14, EscalateToManager: true}
	changed := must[crm.Rule](t)(w.admin.tryUpdateRule(t, r.ID, crm.RulePatch{Settings: patch.Of(settings)}, r.Version))
	if changed.Settings != settings || !changed.Enabled || changed.Version != 2 {
		t.Errorf("changed %+v", changed)
	}
	if stored := must[crm.Rule](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (crm.Rule, error) { return crm.GetRule(ctx, q, r.ID) })); cmp.Diff(changed, stored) != "" {
		t.Errorf("stored %+v", stored)
	}
	_, err := w.admin.tryUpdateRule(t, r.ID, crm.RulePatch{Enabled: patch.Of(false)}, r.Version)
	wantError(t, err, tenant.ErrStale)
	if same := must[crm.Rule](t)(w.admin.tryUpdateRule(t, r.ID, crm.RulePatch{Enabled: patch.Of(true)}, 2)); same.Version != 2 {
		t.Error("a change that changes nothing was written")
	}
	for name, row := range map[string]struct {
		in     crm.RulePatch
		fields []string
	}{
		"null":      {crm.RulePatch{Enabled: patch.Null[bool](), Settings: patch.Null[crm.RuleSettings]()}, []string{"enabled", "settings"}},
		"no days":   {crm.RulePatch{Settings: patch.Of(crm.RuleSettings{})}, []string{"settings.days"}},
		"days":      {crm.RulePatch{Settings: patch.Of(crm.RuleSettings{Days: 366})}, []string{"settings.days"}},
		"days back": {crm.RulePatch{Settings: patch.Of(crm.RuleSettings{Days: -1})}, []string{"settings.days"}},
	} {
		_, err := w.admin.tryUpdateRule(t, r.ID, row.in, 0)
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, row.fields...) })
	}
	events := w.changesOf(t, "rule.updated")
	if len(events) != 1 || cmp.Diff(map[string]any{"settings": map[string]any{"days": 30.0}}, decode[map[string]any](t, events[0].Previous)) != "" {
		t.Errorf("events %+v", events)
	}
}

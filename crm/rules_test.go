package crm_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// outlets are two bots and an endpoint that keep what they are sent.
type outlets struct {
	mu   sync.Mutex
	sent []string
	// broken makes the endpoint fail as a database does.
	broken error
}

const (
	bot      = "plg_01h455vb4pex5vsknk084sn02q"
	offBot   = "plg_01h455vb4pex5vsknk084sn02r"
	endpoint = "whe_01h455vb4pex5vsknk084sn02q"
)

func (o *outlets) Name(_ context.Context, _ *tenant.Query, id string) (string, error) {
	names := map[string]string{bot: "Sales group", offBot: "Old group", endpoint: "https://erp.example"}
	if names[id] == "" {
		return "", tenant.ErrNotFound
	}
	return names[id], nil
}

func (o *outlets) Send(ctx context.Context, tx *tenant.Tx, id string, e tenant.Event) error {
	if id == offBot {
		return &tenant.ConflictError{Code: "target_disabled", Message: "The bot is switched off."}
	}
	if o.broken != nil {
		return o.broken
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	message, _ := e.Data.(crm.RuleMessage)
	o.sent = append(o.sent, id+" "+e.Type+" "+message.Text+string(message.Data))
	_, err := tx.EmitFor(ctx, e)
	return err
}

func (w *world) runner() crm.RuleRunner {
	return crm.RuleRunner{CallerOf: w.callerOf, Outlets: w.outlets}
}

// runRules does every run of acme's rules that is due, as the worker does.
func (w *world) runRules(t testing.TB) {
	t.Helper()
	if err := w.tryRunRules(t); err != nil {
		t.Fatal(err)
	}
}

func (w *world) tryRunRules(t testing.TB) error {
	t.Helper()
	for ref := range w.due(t, w.acme, crm.RuleWork) {
		id := crm.RuleRunID(ref)
		err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().Run(t.Context(), tx, id) })
		var refused *crm.RuleRefusal
		if errors.As(err, &refused) {
			err = w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().Fail(t.Context(), tx, id, refused) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// builtIn returns one of the rules that acme began with.
func (w *world) builtIn(t testing.TB, key string) crm.Rule {
	t.Helper()
	for _, r := range must[[]crm.Rule](t)(read(t, w.admin, crm.ListRules)) {
		if r.BuiltIn != nil && *r.BuiltIn == key {
			return r
		}
	}
	t.Fatalf("no rule %s", key)
	return crm.Rule{}
}

func (p person) tryRule(t testing.TB, in crm.NewRule) (crm.Rule, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Rule, error) { return crm.CreateRule(ctx, tx, in, p.w.outlets) })
}

func (p person) rule(t testing.TB, in crm.NewRule) crm.Rule {
	t.Helper()
	if in.Name == "" {
		in.Name = "a rule"
	}
	if in.Resource == "" {
		in.Resource = "customer"
	}
	return must[crm.Rule](t)(p.tryRule(t, in))
}

func (p person) tryUpdateRule(t testing.TB, id crm.RuleID, in crm.RulePatch, version int64) (crm.Rule, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Rule, error) {
		return crm.UpdateRule(ctx, tx, id, in, version, p.w.outlets)
	})
}

func (p person) deleteRule(t testing.TB, id crm.RuleID, version int64) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteRule(t.Context(), tx, id, version) })
}

// runs returns what a rule has done, as "outcome title: reason; action text", the latest first.
func (p person) runs(t testing.TB, id crm.RuleID, filter string) []string {
	t.Helper()
	page := must[crm.Page[crm.RuleRun]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.RuleRun], error) {
		return crm.ListRuleRuns(ctx, q, id, crm.ListQuery{Filter: filter})
	}))
	all := []string{}
	for _, r := range page.Data {
		parts := []string{}
		if r.Reason != "" {
			parts = append(parts, r.Reason)
		}
		for _, result := range r.Results {
			parts = append(parts, result.Text)
		}
		all = append(all, r.Outcome+" "+r.Title+": "+strings.Join(parts, "; "))
	}
	return all
}

// setSilence gives the silence rule of a stage another trigger, or switches it off without any.
func (w *world) setSilence(t testing.TB, stage string, trigger *crm.RuleTrigger) {
	t.Helper()
	in := crm.RulePatch{Enabled: patch.Of(trigger != nil)}
	if trigger != nil {
		trigger.Type = crm.SilenceTrigger
		in.Trigger = patch.Of(*trigger)
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, w.builtIn(t, "silence_"+stage).ID, in, 0))
}

// setSurvey makes surveys due after other days, or switches them off with none.
func (w *world) setSurvey(t testing.TB, days int) {
	t.Helper()
	in := crm.RulePatch{Enabled: patch.Of(days > 0)}
	if days > 0 {
		in.Actions = patch.Of([]crm.RuleAction{{Type: "create_task", Kind: "survey", To: "owner", DueInDays: &days}})
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, w.builtIn(t, "survey").ID, in, 0))
}

func TestDefaultRules(t *testing.T) {
	w := newWorld(t)
	got := map[string]string{}
	for _, r := range must[[]crm.Rule](t)(read(t, w.admin, crm.ListRules)) {
		if !r.Enabled || r.Trigger.EscalateToManager || r.Trigger.QuietWhilePlanned || r.Resource != "customer" || !r.EditorID.IsZero() || r.BuiltIn == nil {
			t.Errorf("%+v", r)
			continue
		}
		got[*r.BuiltIn] = r.Name
	}
	want := map[string]string{
		"silence_potential": "Remind of potential customers after 7 days of silence", "silence_interested": "Remind of interested customers after 7 days of silence",
		"silence_won": "Remind of won customers after 30 days of silence", "survey": "Survey every win",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRuleChanges(t *testing.T) {
	w := newWorld(t)
	r := w.builtIn(t, "silence_won")
	trigger := crm.RuleTrigger{Type: "silence", Days: 14, EscalateToManager: true}
	changed := must[crm.Rule](t)(w.admin.tryUpdateRule(t, r.ID, crm.RulePatch{Trigger: patch.Of(trigger)}, r.Version))
	if cmp.Diff(trigger, changed.Trigger) != "" || !changed.Enabled || changed.Version != 2 || changed.EditorID != w.acme.Admin {
		t.Errorf("changed %+v", changed)
	}
	if stored := must[crm.Rule](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (crm.Rule, error) { return crm.GetRule(ctx, q, r.ID) })); cmp.Diff(changed, stored) != "" {
		t.Errorf("stored %+v", stored)
	}
	_, err := w.admin.tryUpdateRule(t, r.ID, crm.RulePatch{Enabled: patch.Of(false)}, r.Version)
	wantError(t, err, tenant.ErrStale)
	if same := must[crm.Rule](t)(w.manager.tryUpdateRule(t, r.ID, crm.RulePatch{Enabled: patch.Of(true)}, 2)); same.Version != 2 || same.EditorID != w.acme.Admin {
		t.Error("a change that changes nothing was written")
	}
	wantConflict(t, w.admin.deleteRule(t, r.ID, 0), "built_in")
	events := w.changesOf(t, "rule.updated")
	if len(events) != 1 || cmp.Diff(map[string]any{"trigger": map[string]any{"type": "silence", "days": 30.0}}, decode[map[string]any](t, events[0].Previous)) != "" {
		t.Errorf("events %+v", events)
	}
	mine := w.admin.rule(t, crm.NewRule{Trigger: onEvent("customer.created"), Actions: tagged("new")})
	wantError(t, w.admin.deleteRule(t, mine.ID, 7), tenant.ErrStale)
	if err := w.admin.deleteRule(t, mine.ID, 1); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.admin.deleteRule(t, mine.ID, 0), tenant.ErrNotFound)
	if len(w.changesOf(t, "rule.deleted")) != 1 {
		t.Error("no event of the deletion")
	}
}

func onEvent(events ...string) crm.RuleTrigger { return crm.RuleTrigger{Type: "event", Events: events} }

func tagged(tag string) []crm.RuleAction { return []crm.RuleAction{{Type: "add_tag", Tag: tag}} }

func TestRulesAreChecked(t *testing.T) {
	w := newWorld(t)
	someone := tenant.NewMemberID()
	team := crm.TeamID{1}
	ok := crm.NewRule{Name: "x", Resource: "customer", Trigger: onEvent("customer.created"), Actions: tagged("x")}
	with := func(change func(*crm.NewRule)) crm.NewRule { in := ok; change(&in); return in }
	doing := func(a crm.RuleAction) crm.NewRule {
		return with(func(in *crm.NewRule) { in.Actions = []crm.RuleAction{a} })
	}
	on := func(trigger crm.RuleTrigger) crm.NewRule { return with(func(in *crm.NewRule) { in.Trigger = trigger }) }
	for name, row := range map[string]struct {
		in     crm.NewRule
		fields []string
	}{
		"nothing":               {crm.NewRule{}, []string{"name", "resource"}},
		"no name":               {with(func(in *crm.NewRule) { in.Name = " " }), []string{"name"}},
		"resource":              {with(func(in *crm.NewRule) { in.Resource = "rule" }), []string{"resource"}},
		"stage":                 {with(func(in *crm.NewRule) { in.Stage = "nowhere" }), []string{"stage"}},
		"no trigger":            {on(crm.RuleTrigger{}), []string{"trigger.type"}},
		"no events":             {on(onEvent()), []string{"trigger.events"}},
		"another noun's event":  {on(onEvent("task.due")), []string{"trigger.events[0]"}},
		"from of no move":       {on(crm.RuleTrigger{Type: "event", Events: []string{"customer.created"}, From: []string{"won"}}), []string{"trigger.from"}},
		"unknown stage":         {on(crm.RuleTrigger{Type: "event", Events: []string{"customer.lifecycle_changed"}, To: []string{"x"}}), []string{"trigger.to[0]"}},
		"days of an event":      {on(crm.RuleTrigger{Type: "event", Events: []string{"customer.created"}, Days: 3}), []string{"trigger.days"}},
		"no days":               {on(crm.RuleTrigger{Type: "silence"}), []string{"trigger.days"}},
		"too many days":         {on(crm.RuleTrigger{Type: "silence", Days: 366}), []string{"trigger.days"}},
		"silence of tasks":      {crm.NewRule{Name: "x", Resource: "task", Trigger: crm.RuleTrigger{Type: "silence", Days: 3}, Actions: []crm.RuleAction{{Type: "notify", To: "owner", Text: "x"}}}, []string{"trigger.type"}},
		"no field":              {on(crm.RuleTrigger{Type: "date"}), []string{"trigger.field"}},
		"field of no date":      {on(crm.RuleTrigger{Type: "date", Field: "lifecycle"}), []string{"trigger.field"}},
		"unknown field":         {on(crm.RuleTrigger{Type: "date", Field: `x = 1 OR created_at`}), []string{"trigger.field"}},
		"offset and hour":       {on(crm.RuleTrigger{Type: "date", Field: "created_at", OffsetDays: 400, Hour: ptr(24)}), []string{"trigger.offset_days", "trigger.hour"}},
		"no rrule":              {on(crm.RuleTrigger{Type: "schedule"}), []string{"trigger.rrule"}},
		"too often":             {on(crm.RuleTrigger{Type: "schedule", RRule: "FREQ=HOURLY"}), []string{"trigger.rrule"}},
		"condition":             {with(func(in *crm.NewRule) { in.Filter = "colour = red" }), []string{"filter"}},
		"no actions":            {with(func(in *crm.NewRule) { in.Actions = nil }), []string{"actions"}},
		"too many actions":      {with(func(in *crm.NewRule) { in.Actions = make([]crm.RuleAction, 11) }), []string{"actions"}},
		"unknown action":        {doing(crm.RuleAction{Type: "explode"}), []string{"actions[0].type"}},
		"another action's":      {doing(crm.RuleAction{Type: "add_tag", Tag: "x", Text: "y", To: "owner"}), []string{"actions[0].text", "actions[0].to"}},
		"no tag":                {doing(crm.RuleAction{Type: "remove_tag"}), []string{"actions[0].tag"}},
		"long tag":              {doing(crm.RuleAction{Type: "add_tag", Tag: strings.Repeat("x", 65)}), []string{"actions[0].tag"}},
		"task for nobody":       {doing(crm.RuleAction{Type: "create_task"}), []string{"actions[0].to"}},
		"task's words":          {doing(crm.RuleAction{Type: "create_task", To: "owner", Kind: "x", Priority: "y", DueInDays: ptr(-1), Hour: ptr(24)}), []string{"actions[0].kind", "actions[0].priority", "actions[0].due_in_days", "actions[0].hour"}},
		"no member":             {doing(crm.RuleAction{Type: "create_task", To: "member"}), []string{"actions[0].member_id"}},
		"stranger":              {doing(crm.RuleAction{Type: "create_task", To: "member", MemberID: &someone}), []string{"actions[0].member_id"}},
		"member and owner":      {doing(crm.RuleAction{Type: "create_task", To: "owner", MemberID: &w.acme.Rep}), []string{"actions[0].member_id"}},
		"braces":                {doing(crm.RuleAction{Type: "create_task", To: "owner", Title: "{{customer}} {{customer.name}"}), []string{"actions[0].title"}},
		"unknown placeholder":   {doing(crm.RuleAction{Type: "create_task", To: "owner", Title: "{{customer.colour}}"}), []string{"actions[0].title"}},
		"masked placeholder":    {doing(crm.RuleAction{Type: "create_task", To: "owner", Title: "Call {{customer.phone}}"}), []string{"actions[0].title"}},
		"another noun's field":  {doing(crm.RuleAction{Type: "create_task", To: "owner", Title: "{{task.title}}"}), []string{"actions[0].title"}},
		"nothing to say":        {doing(crm.RuleAction{Type: "notify", To: "owner"}), []string{"actions[0].text"}},
		"unknown role":          {doing(crm.RuleAction{Type: "notify", To: "role", Role: "king", Text: "x"}), []string{"actions[0].role"}},
		"no value":              {doing(crm.RuleAction{Type: "change_field", Field: "note"}), []string{"actions[0].value"}},
		"no such field":         {doing(crm.RuleAction{Type: "change_field", Field: "lifecycle", Value: []byte(`"won"`)}), []string{"actions[0].field"}},
		"value of another type": {doing(crm.RuleAction{Type: "change_field", Field: "employees", Value: []byte(`"many"`)}), []string{"actions[0].field"}},
		"no such custom field":  {doing(crm.RuleAction{Type: "change_field", Field: "custom.colour", Value: []byte(`"red"`)}), []string{"actions[0].field"}},
		"deals of customers":    {doing(crm.RuleAction{Type: "move_deal"}), []string{"actions[0].type", "actions[0].stage_id"}},
		"no such deal stage":    {crm.NewRule{Name: "x", Resource: "deal", Trigger: onEvent("deal.won"), Actions: []crm.RuleAction{{Type: "move_deal", StageID: &crm.StageID{1}}}}, []string{"actions[0].stage_id"}},
		"stage of no pipeline":  {crm.NewRule{Name: "x", Resource: "deal", Trigger: crm.RuleTrigger{Type: "event", Events: []string{"deal.stage_changed"}, From: []string{"won"}}, Actions: tagged("x")}, []string{"trigger.from[0]"}},
		"nobody in turn":        {doing(crm.RuleAction{Type: "change_owner", To: "round_robin"}), []string{"actions[0].member_ids"}},
		"no such team":          {doing(crm.RuleAction{Type: "change_owner", To: "round_robin", TeamID: &team}), []string{"actions[0].team_id"}},
		"stranger in turn":      {doing(crm.RuleAction{Type: "change_owner", To: "round_robin", MemberIDs: []tenant.MemberID{someone}}), []string{"actions[0].member_ids[0]"}},
		"a stage of nowhere":    {doing(crm.RuleAction{Type: "move_lifecycle", Stage: "x"}), []string{"actions[0].stage"}},
		"no bot":                {doing(crm.RuleAction{Type: "send_to_bot", Text: "x"}), []string{"actions[0].plugin_id"}},
		"unknown bot":           {doing(crm.RuleAction{Type: "send_to_bot", Text: "x", PluginID: "plg_1"}), []string{"actions[0].plugin_id"}},
		"unknown endpoint":      {doing(crm.RuleAction{Type: "call_webhook", EndpointID: "whe_1"}), []string{"actions[0].endpoint_id"}},
	} {
		_, err := w.admin.tryRule(t, row.in)
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, row.fields...) })
	}
	_, err := w.person(w.acme, w.acme.Rep, tenant.LevelNone).tryRule(t, doing(crm.RuleAction{Type: "move_lifecycle", Stage: "won"}))
	wantInvalid(t, err, "actions[0].type")
	wantInvalid(t, second(w.admin.tryUpdateRule(t, w.builtIn(t, "survey").ID, crm.RulePatch{
		Enabled: patch.Null[bool](), Trigger: patch.Null[crm.RuleTrigger](), Actions: patch.Null[[]crm.RuleAction](),
	}, 0)), "enabled", "trigger", "actions")
	id := w.admin.rule(t, ok).ID
	wantConflict(t, second(w.admin.tryRule(t, with(func(in *crm.NewRule) { in.ID = &id }))), "id_in_use")
}

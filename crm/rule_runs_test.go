package crm_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (w *world) wantRuns(t *testing.T, r crm.Rule, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.admin.runs(t, r.ID, "")); diff != "" {
		t.Errorf("runs of %s: -want +got\n%s", r.Name, diff)
	}
}

// TestActions has a rule with every action act once.
func TestActions(t *testing.T) {
	w := newWorld(t)
	w.setSurvey(t, 0)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(t.Context(), `INSERT INTO company.roles (id, name, description, built_in, masks, version, created_at, updated_at)
			VALUES ('boss', 'Boss', '', 0, '[]', 1, ?, ?)`, tx.Now, tx.Now); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO company.member_roles (member_id, role_id) VALUES (?, 'boss')`, w.acme.Admin)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.admin.field(t, crm.NewCustomField{Resource: "customer", Key: "hotline", Type: "phone"})
	w.admin.field(t, crm.NewCustomField{Resource: "task", Key: "room", Type: "text", Required: true}) // nobody asks a rule
	r := w.admin.rule(t, crm.NewRule{Name: "all", Trigger: onEvent("customer.created"), Filter: `tags:"web"`, Actions: []crm.RuleAction{
		{Type: "create_task", To: "owner", Title: "Call {{ customer.contact_name }} of {{customer.name}}", Note: "{{customer.lifecycle}} of {{owner.name}}, {{customer.employees}}, {{customer.do_not_contact}}, {{customer.custom.hotline}}", Priority: "high", DueInDays: ptr(0), Hour: ptr(18)},
		{Type: "create_task", To: "manager", Kind: "todo"},
		{Type: "notify", To: "role", Role: "boss", Text: "{{customer.name}} is new"},
		{Type: "change_field", Field: "industry", Value: []byte(`"retail"`)},
		{Type: "add_tag", Tag: "greeted"},
		{Type: "remove_tag", Tag: "WEB"},
		{Type: "change_owner", To: "round_robin", MemberIDs: []tenant.MemberID{w.acme.Rep2, w.acme.Manager}},
		{Type: "move_lifecycle", Stage: crm.Interested},
		{Type: "send_to_bot", PluginID: bot, Text: "New: {{customer.name}}"},
		{Type: "call_webhook", EndpointID: endpoint},
	}})
	w.rep.customer(t, "no web")
	w.Clock.Advance(time.Second)
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆", ContactName: "王\n志强", Phone: "13800138000", Employees: ptr(20), Tags: []string{"web"}, Custom: values{"hotline": "13900139000"}})
	w.react(t)
	got := w.admin.get(t, c.ID)
	if got.Industry != "retail" || !slices.Equal(got.Tags, []string{"greeted"}) || got.OwnerID != w.acme.Rep2 || got.Lifecycle != crm.Interested {
		t.Errorf("the customer is %+v", got)
	}
	tasks := w.admin.tasks(t, "")
	if len(tasks) != 2 || tasks[0].Title != "Call 王 志强 of 云帆" || tasks[0].Note != "Potential of acme rep, 20, no, 139****9000" || tasks[0].AssigneeID != w.acme.Rep || !tasks[0].CreatedBy.IsZero() ||
		!tasks[0].DueAt.Equal(time.Date(2026, 3, 2, 18, 0, 0, 0, w.acme.Location())) || tasks[0].CustomerID != c.ID ||
		tasks[1].Title != "See to: 云帆" || tasks[1].AssigneeID != w.acme.Manager || tasks[1].DueAt != nil {
		t.Errorf("tasks %+v", tasks)
	}
	if len(w.outlets.sent) != 2 || w.outlets.sent[0] != bot+" rule.fired New: 云帆" || !strings.Contains(w.outlets.sent[1], `"phone":"+8613800138000"`) {
		t.Errorf("sent %q", w.outlets.sent)
	}
	for _, change := range w.changesOf(t, "customer.updated") {
		if change.ActorKind != tenant.ByRule || !change.Actor.IsZero() {
			t.Errorf("who changed it: %+v", change)
		}
	}
	w.react(t)
	if diff := cmp.Diff([]string{
		"admin: 云帆 is new", "manager: New task: See to: 云帆", "manager: 云帆: Potential → Interested", "rep2: Customer handed to you: 云帆", "rep2: 云帆: Potential → Interested", "rep: New task: Call 王 志强 of 云帆",
	}, w.told(t)); diff != "" {
		t.Errorf("told: -want +got\n%s", diff)
	}
	w.wantRuns(t, r, "done 云帆: Create for acme rep the task “Call 王 志强 of 云帆”, due 2026-03-02 18:00; Create for acme manager the task “See to: 云帆”; "+
		"Tell boss: 云帆 is new; Set industry to \"retail\"; Add the tag “greeted”; Remove the tag “WEB”; Hand it to one of 2 members, in turn; "+
		"Move the customer to the stage “Interested”; Say in Sales group: New: 云帆; Send it to https://erp.example", "skipped no web: The condition was not met")
	if diff := cmp.Diff([]string{}, w.rep2.runs(t, r.ID, "outcome = skipped")); diff != "" {
		t.Errorf("runs for what is out of reach:\n%s", diff)
	}
	if n := len(w.rep2.runs(t, r.ID, "record = "+c.ID.String())); n != 1 {
		t.Errorf("%d runs for one's own", n)
	}
	// The next is the other one's turn.
	next := w.rep.create(t, crm.NewCustomer{Name: "next", Tags: []string{"web"}})
	w.react(t)
	if got := w.admin.get(t, next.ID); got.OwnerID != w.acme.Manager {
		t.Errorf("the second goes to %s", w.nameOf(got.OwnerID))
	}
	// What a rule has moved, nobody has.
	stage := w.rep.pipelines(t)[0].Stages[1].ID
	w.admin.rule(t, crm.NewRule{Name: "deals", Resource: "deal", Trigger: onEvent("deal.created"), Actions: []crm.RuleAction{{Type: "move_deal", StageID: &stage}}})
	d := w.rep.deal(t, crm.NewDeal{Name: "x"})
	w.react(t)
	if history := w.rep.dealHistory(t, d.ID); len(history) != 2 || history[0].Actor != w.acme.Rep || history[1].To != stage || !history[1].Actor.IsZero() {
		t.Errorf("history %+v", history)
	}
}

// TestTriggers sets rules off, and does not, by events of all kinds.
func TestTriggers(t *testing.T) {
	w := newWorld(t)
	say := func(text string) []crm.RuleAction {
		return []crm.RuleAction{{Type: "send_to_bot", PluginID: bot, Text: text}}
	}
	pipeline := w.admin.pipelines(t)[0]
	stages := pipeline.Stages
	rules := map[string]crm.NewRule{
		"moved":           {Trigger: crm.RuleTrigger{Type: "event", Events: []string{"customer.lifecycle_changed"}, From: []string{crm.Potential}, To: []string{crm.Won, crm.Lost}}},
		"handed":          {Trigger: crm.RuleTrigger{Type: "event", Events: []string{"customer.updated"}, Changed: []string{"owner_id", "source"}}},
		"won":             {Trigger: onEvent("customer.won")},
		"contacted":       {Trigger: onEvent("interaction.created"), Stage: crm.Potential},
		"interest":        {Trigger: onEvent("customer.created", "customer.updated"), Stage: crm.Interested},
		"done":            {Trigger: onEvent("task.completed"), Filter: "owner = me"},
		"logged":          {Resource: "interaction", Trigger: onEvent("interaction.created"), Filter: "resolved = false", Stage: crm.Potential},
		"task":            {Resource: "task", Trigger: onEvent("task.created", "task.updated"), Filter: "priority = high"},
		"off":             {Trigger: onEvent("customer.created"), Enabled: ptr(false)},
		"vip's":           {Trigger: crm.RuleTrigger{Type: "event", Events: []string{"customer.updated"}, Changed: []string{"custom.level"}}, Filter: `custom.level = "A"`},
		"deal":            {Resource: "deal", Trigger: crm.RuleTrigger{Type: "event", Events: []string{"deal.stage_changed", "deal.won"}, To: []string{stages[1].ID.String(), pipeline.Won.ID.String()}}},
		"customer's deal": {Trigger: onEvent("deal.lost")},
	}
	w.admin.field(t, crm.NewCustomField{Key: "level", Type: "text"})
	for name, in := range rules {
		in.Name, in.Actions = name, say(name+" {{customer.name}}")
		w.rep.rule(t, in)
	}
	c, other := w.rep.customer(t, "a"), w.rep2.customer(t, "b")
	var deal crm.Deal
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"creation", func() {}, nil},
		{"a note", func() { w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("x")}) }, nil},
		{"a source", func() { w.rep.update(t, c.ID, crm.CustomerPatch{Source: patch.Of("fair")}) }, []string{"handed a"}},
		{"a colleague's is out of the editor's reach", func() { w.rep2.update(t, other.ID, crm.CustomerPatch{Source: patch.Of("fair")}) }, nil},
		{"a contact", func() { w.rep.logAt(t, c.ID, w.Clock.Now()) }, []string{"contacted a"}},
		{"an unresolved one", func() {
			must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", Resolved: ptr(false)}))
		}, []string{"contacted a", "logged a"}},
		{"a move elsewhere", func() { w.rep.move(t, c.ID, crm.Interested) }, nil},
		{"a change there", func() { w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("y")}) }, []string{"interest a"}},
		{"a contact there", func() { w.rep.logAt(t, c.ID, w.Clock.Now()) }, nil},
		{"a win", func() { w.rep.move(t, c.ID, crm.Won) }, []string{"won a"}},
		{"created as won", func() { w.rep.create(t, crm.NewCustomer{Name: "c", Lifecycle: crm.Won}) }, []string{"won c"}},
		{"the move", func() { w.rep.move(t, w.rep.customer(t, "d").ID, crm.Won) }, []string{"moved d", "won d"}},
		{"a task", func() { w.rep.task(t, crm.NewTask{Title: "x", CustomerID: &c.ID}) }, nil},
		{"an important one", func() { w.rep.task(t, crm.NewTask{Title: "y", CustomerID: &c.ID, Priority: "high"}) }, []string{"task a"}},
		{"it is done", func() {
			w.rep.updateTask(t, w.rep.tasks(t, "title = y")[0].ID, crm.TaskPatch{Status: patch.Of("done")})
		}, []string{"done a"}},
		{"a custom field", func() { w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(crm.CustomValues{"level": "A"})}) }, []string{"vip's a"}},
		{"another change of it", func() {
			w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("z"), Custom: patch.Of(crm.CustomValues{"level": "A"})})
		}, nil},
		{"a deal", func() { deal = w.rep.deal(t, crm.NewDeal{Name: "x", CustomerID: &c.ID}) }, nil},
		{"it moves", func() { w.rep.moveDeal(t, deal.ID, crm.DealMove{StageID: &stages[1].ID}) }, []string{"deal a"}},
		{"and on", func() { w.rep.moveDeal(t, deal.ID, crm.DealMove{StageID: &stages[2].ID}) }, nil},
		{"it is won", func() { w.rep.moveDeal(t, deal.ID, crm.DealMove{Status: "won"}) }, []string{"deal a", "won a"}},
		{"or lost", func() { w.rep.moveDeal(t, deal.ID, crm.DealMove{Status: "lost", LostReason: "x"}) }, []string{"customer's deal a"}},
	} {
		w.outlets.sent = nil
		w.Clock.Advance(time.Second)
		step.do()
		w.react(t)
		got := []string{}
		for _, sent := range w.outlets.sent {
			got = append(got, strings.TrimPrefix(sent, bot+" rule.fired "))
		}
		slices.Sort(got)
		if diff := cmp.Diff(append([]string{}, step.want...), got); diff != "" {
			t.Errorf("%s: -want +got\n%s", step.name, diff)
		}
	}
}

// TestARunIsAllOrNothing fails the last of several actions, in ways that repeating mends and in ways that it does not.
func TestARunIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	doing := func(last crm.RuleAction) []crm.RuleAction { return append(tagged("x"), last) }
	illegal := w.admin.rule(t, crm.NewRule{Name: "illegal", Trigger: onEvent("customer.created"), Actions: doing(crm.RuleAction{Type: "move_lifecycle", Stage: crm.Lost})})
	off := w.admin.rule(t, crm.NewRule{Name: "off", Trigger: onEvent("customer.created"), Actions: doing(crm.RuleAction{Type: "send_to_bot", PluginID: offBot, Text: "x"})})
	c := w.rep.customer(t, "a")
	changes := w.waiting(t)
	w.reactTo(t, changes...)
	w.reactTo(t, changes...)
	if got := w.rep.get(t, c.ID); len(got.Tags) != 0 {
		t.Errorf("tags %v of runs that failed", got.Tags)
	}
	w.wantRuns(t, illegal, "failed a: reason is required for this move; Add the tag “x”; Move the customer to the stage “Lost”")
	w.wantRuns(t, off, "failed a: The bot is switched off.; Add the tag “x”; Say in Old group: x")
	// The admins are told once, until it goes well again.
	w.rep.customer(t, "b")
	w.react(t)
	if n := len(w.changesOf(t, "rule.failing")); n != 2 {
		t.Errorf("%d events of trouble for two rules", n)
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, illegal.ID, crm.RulePatch{Actions: patch.Of(doing(crm.RuleAction{Type: "move_lifecycle", Stage: crm.Lost, Reason: "no"}))}, 0))
	third := w.rep.customer(t, "c")
	w.react(t)
	if got := w.rep.get(t, third.ID); got.LostReason != "no" || !slices.Equal(got.Tags, []string{"x"}) {
		t.Errorf("mended: %+v", got)
	}
	// What may go well later stays due, and leaves nothing behind meanwhile.
	call := w.admin.rule(t, crm.NewRule{Name: "call", Trigger: onEvent("customer.updated"), Filter: "note = y", Actions: append(tagged("called"), crm.RuleAction{Type: "call_webhook", EndpointID: endpoint})})
	w.outlets.broken = errors.New("connection lost")
	w.react(t)
	w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("y")})
	changes = w.waiting(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.reactor.React(t.Context(), tx, changes) }); err != nil {
		t.Fatal(err)
	}
	if err := w.tryRunRules(t); !errors.Is(err, w.outlets.broken) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"pending a: "}, w.admin.runs(t, call.ID, "record = "+c.ID.String())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.outlets.broken = nil
	w.runRules(t)
	w.runRules(t)
	if got := w.rep.get(t, c.ID); !slices.Equal(got.Tags, []string{"called"}) || len(w.outlets.sent) != 1 {
		t.Errorf("tags %v, sent %q", got.Tags, w.outlets.sent)
	}
	if due := w.due(t, w.acme, crm.RuleWork); len(due) != 0 {
		t.Errorf("%d runs are still due", len(due))
	}
}

// TestRulesDoNotSetThemselvesOff has rules that would go round for ever.
func TestRulesDoNotSetThemselvesOff(t *testing.T) {
	w := newWorld(t)
	// after makes a rule that changes one field after another has changed.
	after := func(changed, field, value string) crm.Rule {
		t.Helper()
		return w.admin.rule(t, crm.NewRule{
			Name: changed, Trigger: crm.RuleTrigger{Type: "event", Events: []string{"customer.updated"}, Changed: []string{changed}},
			Actions: []crm.RuleAction{{Type: "change_field", Field: field, Value: []byte(value)}},
		})
	}
	change := func(in crm.CustomerPatch) crm.Customer {
		t.Helper()
		c := w.rep.customer(t, "a")
		w.rep.update(t, c.ID, in)
		for range 10 {
			w.Clock.Advance(time.Second)
			w.react(t)
		}
		if left := w.waiting(t); len(left) != 0 {
			t.Fatalf("%d events are left after ten rounds", len(left))
		}
		return w.rep.get(t, c.ID)
	}
	itself := after("do_not_contact", "do_not_contact", "false")
	if c := change(crm.CustomerPatch{DoNotContact: patch.Of(true)}); c.DoNotContact {
		t.Error("the rule has not acted")
	}
	w.wantRuns(t, itself, "cut a: Stopped: the rule was set off by itself", "done a: Set do_not_contact to false")

	ping, pong := after("revenue", "employees", "7"), after("employees", "revenue", "8")
	if c := change(crm.CustomerPatch{Revenue: patch.Of(int64(1))}); *c.Revenue != 8 || *c.Employees != 7 {
		t.Errorf("revenue %d, employees %d", *c.Revenue, *c.Employees)
	}
	w.wantRuns(t, ping, "cut a: Stopped: the rule was set off by itself", "done a: Set employees to 7")
	w.wantRuns(t, pong, "done a: Set revenue to 8")
	// A long chain ends after five.
	fields := []string{"source", "industry", "website", "address", "contact_name", "note", "email"}
	var last crm.Rule
	for i, field := range fields[1:] {
		last = after(fields[i], field, `"x@example.com"`)
	}
	if c := change(crm.CustomerPatch{Source: patch.Of("s")}); c.Note == "" || c.Email != nil {
		t.Errorf("the chain came further than five, or not so far: %+v", c)
	}
	w.wantRuns(t, last, "cut a: Stopped: 5 rules have set each other off already")
}

// TestRulesActInTheRightsOfTheirEditor takes rights away between the event and the run.
func TestRulesActInTheRightsOfTheirEditor(t *testing.T) {
	w := newWorld(t)
	plan := func() {
		t.Helper()
		changes := w.waiting(t)
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.reactor.React(t.Context(), tx, changes) }); err != nil {
			t.Fatal(err)
		}
	}
	on := onEvent("customer.created")
	byManager := w.manager.rule(t, crm.NewRule{Name: "manager's", Trigger: on, Filter: "owner = me", Actions: tagged("mine")})
	toRep2 := w.manager.rule(t, crm.NewRule{Name: "hand over", Trigger: on, Actions: []crm.RuleAction{{Type: "change_owner", To: "member", MemberID: &w.acme.Rep2}}})
	gone := w.rep2.rule(t, crm.NewRule{Name: "rep2's", Trigger: on, Actions: tagged("gone")})
	deleted := w.admin.rule(t, crm.NewRule{Name: "deleted", Trigger: on, Actions: tagged("deleted")})
	off := w.admin.rule(t, crm.NewRule{Name: "switched off", Trigger: on, Actions: tagged("off")})
	w.rep.customer(t, "rep's")
	w.manager.customer(t, "manager's")
	w.admin.customer(t, "admin's")
	plan()
	// Meanwhile the manager is a rep, rep2 has left, and two rules are no more.
	w.levels[w.acme.Manager] = tenant.LevelOwn
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, w.acme.Rep2, tenant.MemberDeactivated)
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.admin.deleteRule(t, deleted.ID, 0); err != nil {
		t.Fatal(err)
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, off.ID, crm.RulePatch{Enabled: patch.Of(false)}, 0))
	w.runRules(t)
	outcomes := func(r crm.Rule) []string { got := w.admin.runs(t, r.ID, ""); slices.Sort(got); return got }
	for _, row := range []struct {
		rule crm.Rule
		want []string
	}{
		{byManager, []string{
			"done manager's: Add the tag “mine”",
			"skipped admin's: The record is gone, or out of the reach of the rule's editor",
			"skipped rep's: The record is gone, or out of the reach of the rule's editor",
		}},
		{toRep2, []string{
			"done manager's: There is nobody to turn to",
			"skipped admin's: The record is gone, or out of the reach of the rule's editor",
			"skipped rep's: The record is gone, or out of the reach of the rule's editor",
		}},
		{off, []string{"skipped admin's: The rule is switched off", "skipped manager's: The rule is switched off", "skipped rep's: The rule is switched off"}},
	} {
		if diff := cmp.Diff(row.want, outcomes(row.rule)); diff != "" {
			t.Errorf("%s: -want +got\n%s", row.rule.Name, diff)
		}
	}
	paused := must[crm.Rule](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (crm.Rule, error) { return crm.GetRule(ctx, q, gone.ID) }))
	if paused.Enabled || paused.PausedReason != "Whoever saved the rule last is not an active member any more" {
		t.Errorf("the rule of who has left: %+v", paused)
	}
	if events := w.changesOf(t, "rule.paused"); len(events) != 1 || decode[crm.RuleTrouble](t, events[0].Data).ID != gone.ID {
		t.Errorf("events %+v", events)
	}
	// Switching it on again makes the admin its editor.
	if again := must[crm.Rule](t)(w.admin.tryUpdateRule(t, gone.ID, crm.RulePatch{Enabled: patch.Of(true)}, 0)); again.PausedReason != "" || again.EditorID != w.acme.Admin {
		t.Errorf("switched on again: %+v", again)
	}
	// Without the right to change rules, or to give to somebody, a rule is paused.
	give := w.admin.rule(t, crm.NewRule{Name: "give", Trigger: on, Actions: []crm.RuleAction{{Type: "change_owner", To: "member", MemberID: &w.acme.Rep}}})
	w.levels[w.acme.Admin] = tenant.LevelOwn
	w.admin.customer(t, "new")
	w.react(t)
	w.levels[w.acme.Admin] = tenant.LevelAll
	w.wantRuns(t, give, "failed new: owner_id is not a member whom you may give this to; Hand it to acme rep")
	w.levels[w.acme.Admin] = tenant.LevelNone
	w.rep.customer(t, "newer")
	w.react(t)
	w.levels[w.acme.Admin] = tenant.LevelAll
	if got := w.admin.runs(t, gone.ID, "outcome = failed"); !slices.Contains(got, "failed newer: acme admin may not change rules any more") {
		t.Errorf("in nobody's rights: %q", got)
	}
}

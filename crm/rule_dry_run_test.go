package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// try runs a draft dry and returns "title: action; action", an action that could not be done with its error.
func (p person) try(t testing.TB, in crm.NewRule) (crm.DryRun, []string) {
	t.Helper()
	run := must[crm.DryRun](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.DryRun, error) { return p.w.runner().TryDraft(ctx, q, in) }))
	return run, dryWords(run)
}

func dryWords(run crm.DryRun) []string {
	words := []string{}
	for _, r := range run.Records {
		line := r.Title + ":"
		for _, a := range r.Actions {
			line += " " + a.Text
			if a.Error != "" {
				line += " (" + a.Error + ")"
			}
		}
		words = append(words, line)
	}
	return words
}

func TestDryRuns(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	c := w.rep.create(t, crm.NewCustomer{Name: "a", Tags: []string{"vip"}})
	w.rep2.customer(t, "b")
	w.rep.task(t, crm.NewTask{Title: "call", CustomerID: &c.ID, DueAt: ptr(w.Clock.Now())})
	before := len(w.changes(t, w.acme))
	draft := crm.NewRule{Name: "x", Resource: "customer", Trigger: onEvent("customer.created"), Filter: `tags:"vip"`, Actions: []crm.RuleAction{
		{Type: "create_task", To: "manager", DueInDays: ptr(1)}, {Type: "add_tag", Tag: "VIP"}, {Type: "move_lifecycle", Stage: crm.Won},
		{Type: "change_owner", To: "round_robin", MemberIDs: []tenant.MemberID{w.acme.Rep2}},
	}}
	run, words := w.admin.try(t, draft)
	if diff := cmp.Diff([]string{"a: Create for acme manager the task “Follow up: a”, due 2026-03-03 09:00 Add the tag “VIP” Move the customer to the stage “Won” Hand it to one of 1 members, in turn"}, words); diff != "" || run.Total != 1 || run.TotalCapped {
		t.Errorf("total %d, -want +got\n%s", run.Total, diff)
	}
	if _, words := w.rep2.try(t, draft); len(words) != 0 {
		t.Errorf("a colleague tries it with %q", words)
	}
	for name, row := range map[string]struct {
		trigger crm.RuleTrigger
		on      string
		day     int
		want    []string
	}{
		"not yet silent":  {crm.RuleTrigger{Type: "silence", Days: 7}, "customer", 8, []string{}},
		"silent":          {crm.RuleTrigger{Type: "silence", Days: 7}, "customer", 9, []string{"a: Tell acme rep: !", "b: Tell acme rep 2: !"}},
		"but planned":     {crm.RuleTrigger{Type: "silence", Days: 7, QuietWhilePlanned: true}, "customer", 9, []string{"a: Tell acme rep: !", "b: Tell acme rep 2: !"}},
		"a day":           {crm.RuleTrigger{Type: "date", Field: "due_at", OffsetDays: 2}, "task", 4, []string{"call: Tell acme rep: !"}},
		"another":         {crm.RuleTrigger{Type: "date", Field: "due_at", OffsetDays: 2}, "task", 5, []string{}},
		"by the calendar": {crm.RuleTrigger{Type: "schedule", RRule: "FREQ=DAILY"}, "task", 5, []string{"call: Tell acme rep: !"}},
	} {
		w.at(3, row.day, 9, 0)
		_, words := w.admin.try(t, crm.NewRule{Name: "x", Resource: row.on, Trigger: row.trigger, Actions: []crm.RuleAction{{Type: "notify", To: "owner", Text: "!"}}})
		if len(words) == 2 && words[0] > words[1] {
			words[0], words[1] = words[1], words[0]
		}
		if diff := cmp.Diff(row.want, words); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	nothingDone := func() {
		t.Helper()
		if after := len(w.changes(t, w.acme)); after != before || len(w.outlets.sent) != 0 || len(w.due(t, w.acme, crm.RuleWork)) != 0 {
			t.Error("a dry run has done something")
		}
	}
	nothingDone()
	for range 50 {
		w.rep.task(t, crm.NewTask{Title: "one of many"})
	}
	before = len(w.changes(t, w.acme))
	many := crm.NewRule{Name: "x", Resource: "task", Trigger: crm.RuleTrigger{Type: "schedule", RRule: "FREQ=DAILY"}, Actions: []crm.RuleAction{{Type: "notify", To: "owner", Text: "!"}}}
	if run, words := w.admin.try(t, many); len(words) != 50 || run.Total != 51 {
		t.Errorf("%d of %d are shown", len(words), run.Total)
	}
	nothingDone()
	wantInvalid(t, second(read(t, w.admin, func(ctx ctx, q *tenant.Query) (crm.DryRun, error) {
		return w.runner().TryDraft(ctx, q, crm.NewRule{Name: "x", Resource: "customer"})
	})), "trigger.type", "actions")
}

// TestDryRunOfASavedRule is within the rights of its editor and of who asks.
func TestDryRunOfASavedRule(t *testing.T) {
	w := newWorld(t)
	w.rep.customer(t, "rep's")
	w.rep2.customer(t, "rep2's")
	w.admin.customer(t, "admin's")
	r := w.manager.rule(t, crm.NewRule{Trigger: onEvent("customer.created"), Actions: []crm.RuleAction{{Type: "send_to_bot", PluginID: offBot, Text: "{{customer.name}}"}}})
	try := func(p person) (crm.DryRun, error) {
		return read(t, p, func(ctx ctx, q *tenant.Query) (crm.DryRun, error) { return w.runner().TryRule(ctx, q, r.ID) })
	}
	for name, row := range map[string]struct {
		who  person
		want []string
	}{
		"admin": {w.admin, []string{"rep's: Say in Old group: rep's", "rep2's: Say in Old group: rep2's"}},
		"rep":   {w.rep, []string{"rep's: Say in Old group: rep's"}},
	} {
		got := dryWords(must[crm.DryRun](t)(try(row.who)))
		if len(got) == 2 && got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	w.levels[w.acme.Manager] = tenant.LevelNone
	_, err := try(w.admin)
	wantConflict(t, err, "editor_lost_rights")
	wantError(t, second(try(w.stranger)), tenant.ErrNotFound)
}

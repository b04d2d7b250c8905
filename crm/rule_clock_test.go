package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// tick moves the clock to a time, lets what is due by then set its rules off, as often as it is due, and returns the
// titles of the records for which something was said, as "title at time".
func (w *world) tick(t testing.TB, month time.Month, day, hour int) []string {
	t.Helper()
	w.at(month, day, hour, 0)
	w.outlets.sent = nil
	for {
		due := w.due(t, w.acme, crm.RuleClockWork)
		set := false
		for ref, at := range due {
			if at.After(w.Clock.Now()) {
				continue
			}
			set = true
			var last tenant.RecordID
			if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) (err error) {
				last, err = w.runner().SetOffByClock(t.Context(), tx, crm.RuleID(ref), tenant.RecordID{})
				return err
			}); err != nil || !last.IsZero() {
				t.Fatal(err, last)
			}
		}
		if !set {
			break
		}
	}
	w.runRules(t)
	said := []string{}
	for _, sent := range w.outlets.sent {
		said = append(said, sent[len(bot+" rule.fired "):])
	}
	slices.Sort(said)
	return said
}

func sayName() []crm.RuleAction {
	return []crm.RuleAction{{Type: "send_to_bot", PluginID: bot, Text: "{{customer.name}}"}}
}

func TestRulesByTheClock(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 10, 0) // a Monday
	weekly := w.admin.rule(t, crm.NewRule{Name: "weekly", Filter: "lifecycle = potential", Actions: sayName(), Trigger: crm.RuleTrigger{Type: "schedule", RRule: "FREQ=WEEKLY;BYDAY=MO,TH"}})
	if at := weekly.NextAt; at == nil || !at.Equal(time.Date(2026, 3, 5, 9, 0, 0, 0, w.acme.Location())) {
		t.Fatalf("next at %v", at)
	}
	w.rep.customer(t, "a")
	w.rep.create(t, crm.NewCustomer{Name: "won", Lifecycle: crm.Won})
	for _, step := range []struct {
		day, hour int
		want      []string
	}{
		{5, 8, nil},
		{5, 9, []string{"a"}},
		{5, 23, nil},
		{20, 12, []string{"a"}}, // the 9th, 12th, 16th and 19th while nobody worked: once
		{23, 9, []string{"a"}},
	} {
		if diff := cmp.Diff(append([]string{}, step.want...), w.tick(t, 3, step.day, step.hour)); diff != "" {
			t.Errorf("on the %dth at %d: -want +got\n%s", step.day, step.hour, diff)
		}
	}
	if got := w.admin.runs(t, weekly.ID, ""); len(got) != 3 {
		t.Errorf("runs %q", got)
	}
	// The hours are those of the company's zone, also of a new one.
	shanghai := w.acme.Location()
	w.acme.TimeZone = "America/New_York"
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.Reschedule(t.Context(), tx, shanghai) }); err != nil {
		t.Fatal(err)
	}
	if at := w.due(t, w.acme, crm.RuleClockWork)[tenant.RecordID(weekly.ID)]; !at.Equal(time.Date(2026, 3, 23, 9, 0, 0, 0, w.acme.Location())) {
		t.Errorf("in New York it is due at %v", at)
	}
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, weekly.ID, crm.RulePatch{Enabled: patch.Of(false)}, 0))
	if due := w.due(t, w.acme, crm.RuleClockWork); len(due) != 0 {
		t.Error("switched off it is still due")
	}
}

func TestRulesByADate(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 10, 0)
	on := func(name string, days int) crm.Rule {
		t.Helper()
		return w.admin.rule(t, crm.NewRule{Name: name, Resource: "task", Filter: "status = open", Trigger: crm.RuleTrigger{Type: "date", Field: "due_at", OffsetDays: days, Hour: ptr(8)},
			Actions: []crm.RuleAction{{Type: "send_to_bot", PluginID: bot, Text: name + " {{task.title}}"}}})
	}
	on("before", -2)
	on("after", 1)
	same := on("same", 0)
	task := func(title string, day, hour int) crm.Task {
		return w.rep.task(t, crm.NewTask{Title: title, DueAt: ptr(time.Date(2026, 3, day, hour, 0, 0, 0, w.acme.Location()))})
	}
	task("early", 10, 0)
	task("late", 10, 23)
	task("next", 11, 0)
	done := task("done", 10, 12)
	w.rep.updateTask(t, done.ID, crm.TaskPatch{Status: patch.Of("done")})
	w.rep.task(t, crm.NewTask{Title: "never"})
	for _, step := range []struct {
		day, hour int
		want      []string
	}{
		{8, 7, nil},
		{8, 8, []string{"before early", "before late"}},
		{9, 8, []string{"before next"}},
		{9, 20, nil},
		// Two days while nobody worked: each is caught up with.
		{11, 9, []string{"after early", "after late", "same early", "same late", "same next"}},
		{30, 9, []string{}}, // what is long past is not
	} {
		if diff := cmp.Diff(append([]string{}, step.want...), w.tick(t, 3, step.day, step.hour)); diff != "" {
			t.Errorf("on the %dth at %d: -want +got\n%s", step.day, step.hour, diff)
		}
	}
	// A day is neither lost nor comes twice when the rule is saved after its hour and before its run, or when the company's
	// clocks change.
	w.tick(t, 4, 1, 9)
	task("saved", 33, 10)
	task("moved", 35, 12)
	w.at(4, 2, 8, 30)
	must[crm.Rule](t)(w.admin.tryUpdateRule(t, same.ID, crm.RulePatch{Name: patch.Of("renamed")}, 0))
	zone := func(name string) {
		t.Helper()
		before := w.acme.Location()
		w.acme.TimeZone = name
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.Reschedule(t.Context(), tx, before) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		zone      string
		day, hour int
		want      []string
	}{
		{"Asia/Shanghai", 2, 9, []string{"before moved", "same saved"}},
		{"Asia/Shanghai", 3, 9, []string{"after saved"}},
		{"Asia/Shanghai", 4, 7, nil},
		{"Pacific/Auckland", 4, 13, []string{"same moved"}},
		{"Pacific/Auckland", 5, 9, []string{"after moved"}},
		{"America/New_York", 5, 9, nil},
		{"America/New_York", 6, 9, nil},
	} {
		if step.zone != w.acme.TimeZone {
			zone(step.zone)
		}
		if diff := cmp.Diff(append([]string{}, step.want...), w.tick(t, 4, step.day, step.hour)); diff != "" {
			t.Errorf("in %s on the %dth at %d: -want +got\n%s", step.zone, step.day, step.hour, diff)
		}
	}
}

// TestClockRulesPassBatches sets off more records than one transaction takes, twice because the first was cut off.
func TestClockRulesPassBatches(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 1200)
	w.at(3, 2, 8, 0)
	daily := w.admin.rule(t, crm.NewRule{Name: "daily", Actions: tagged("x"), Trigger: crm.RuleTrigger{Type: "schedule", RRule: "FREQ=DAILY"}})
	w.at(3, 2, 9, 0)
	count := func() (n int) {
		t.Helper()
		return must[int](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (n int, err error) {
			return n, q.Get(ctx, &n, `SELECT COUNT(*) FROM company.rule_runs`)
		}))
	}
	batch := func(after tenant.RecordID) (last tenant.RecordID) {
		t.Helper()
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) (err error) {
			last, err = w.runner().SetOffByClock(t.Context(), tx, daily.ID, after)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return last
	}
	all := must[int](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (n int, err error) {
		return n, q.Get(ctx, &n, `SELECT COUNT(*) FROM company.customers WHERE deleted_at IS NULL`)
	}))
	batch(tenant.RecordID{})
	if n := count(); n != 500 {
		t.Fatalf("%d runs of the first batch", n)
	}
	batches := 0
	for last := batch(tenant.RecordID{}); !last.IsZero(); last = batch(last) {
		batches++
	}
	if n := count(); n != all || batches != all/500 {
		t.Errorf("%d runs for %d customers, after %d batches", n, all, batches+1)
	}
	if at := w.due(t, w.acme, crm.RuleClockWork)[tenant.RecordID(daily.ID)]; !at.Equal(time.Date(2026, 3, 3, 9, 0, 0, 0, w.acme.Location())) {
		t.Errorf("due again at %v", at)
	}
}

func TestSilenceRulesDoMore(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	release := w.admin.rule(t, crm.NewRule{Name: "release", Stage: crm.Potential, Filter: `NOT tags:"vip"`, Trigger: crm.RuleTrigger{Type: "silence", Days: 10}, Actions: []crm.RuleAction{{Type: "change_owner", To: "pool"}}})
	raise := w.admin.rule(t, crm.NewRule{Name: "raise", Filter: `tags:"vip"`, Trigger: crm.RuleTrigger{Type: "silence", Days: 7, EscalateToManager: true}, Actions: tagged("raised")})
	plain := w.rep.customer(t, "plain")
	vip := w.rep.create(t, crm.NewCustomer{Name: "vip", Tags: []string{"vip"}})
	w.at(3, 8, 9, 0)
	w.wantSilence(t, "day 6")
	w.at(3, 9, 9, 0)
	// Both rules of seven days find the vip, and the owner hears of it once.
	w.wantSilence(t, "day 7", "manager of rep: vip 7d", "rep: plain 7d vip 7d")
	w.wantSilence(t, "day 7 again")
	w.runRules(t)
	w.at(3, 12, 9, 0)
	w.wantSilence(t, "day 10", "rep: plain 10d")
	w.runRules(t)
	w.at(3, 13, 9, 0)
	w.wantSilence(t, "day 11")
	w.wantRuns(t, release, "done plain: Put it into the public pool")
	w.wantRuns(t, raise, "done vip: Add the tag “raised”")
	if got := w.admin.get(t, plain.ID); !got.OwnerID.IsZero() {
		t.Errorf("its owner is %s", got.OwnerID)
	}
	// The next silence begins with a contact, and everything comes again.
	w.rep.logAt(t, vip.ID, w.Clock.Now())
	w.at(3, 20, 9, 0)
	w.wantSilence(t, "the next silence", "manager of rep: vip 7d", "rep: vip 7d")
	w.runRules(t)
	if got := w.admin.runs(t, raise.ID, ""); len(got) != 2 {
		t.Errorf("runs %q", got)
	}
	// A rule whose editor may not act any more is paused, and keeps nobody else from being reminded.
	w.levels[w.acme.Admin] = tenant.LevelNone
	w.rep.logAt(t, vip.ID, w.Clock.Now())
	w.at(3, 27, 9, 0)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().CheckSilence(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	w.levels[w.acme.Admin] = tenant.LevelAll
	if paused, silent := len(w.changesOf(t, "rule.paused")), len(w.changesOf(t, "customer.silent")); paused != 2 || silent != 4 {
		t.Errorf("%d rules are paused, %d reminders", paused, silent)
	}
}

func TestRunsAreKeptThirtyDays(t *testing.T) {
	w := newWorld(t)
	r := w.admin.rule(t, crm.NewRule{Trigger: onEvent("customer.created"), Actions: tagged("x")})
	w.rep.customer(t, "old")
	w.react(t)
	w.Clock.Advance(20 * 24 * time.Hour)
	w.rep.customer(t, "young")
	w.react(t)
	w.Clock.Advance(10*24*time.Hour + time.Minute)
	purged := must[int](t)(write(t, w.system(w.acme), func(ctx ctx, tx *tenant.Tx) (int, error) { return crm.PurgeRuleRuns(ctx, tx, 100) }))
	if purged != 1 {
		t.Errorf("%d runs are purged", purged)
	}
	w.wantRuns(t, r, "done young: Add the tag “x”")
}

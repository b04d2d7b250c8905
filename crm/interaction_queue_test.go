package crm_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ask logs what a customer wants, at a time.
func (p person) ask(t testing.TB, customer crm.CustomerID, at time.Time) crm.Interaction {
	t.Helper()
	return must[crm.Interaction](t)(p.tryLog(t, crm.NewInteraction{CustomerID: customer, Kind: "wechat", Direction: "in", OccurredAt: &at, Summary: "does not work", Resolved: ptr(false)}))
}

func (p person) tryAssign(t testing.TB, id crm.InteractionID, to *tenant.MemberID, version int64) (crm.Interaction, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Interaction, error) {
		return crm.AssignInteraction(ctx, tx, id, crm.Assignment{AssigneeID: to}, version, p.w.callerOf)
	})
}

func (p person) tryResolve(t testing.TB, id crm.InteractionID, how string) (crm.Interaction, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Interaction, error) {
		return crm.ResolveInteraction(ctx, tx, id, crm.Resolution{Resolution: how}, 0)
	})
}

// tryNext takes the next matter; the zero id means that there is none.
func (p person) tryNext(t testing.TB) (crm.InteractionID, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.InteractionID, error) {
		i, ok, err := crm.TakeNextInteraction(ctx, tx)
		if err == nil && ok != (i.AssigneeID == p.id()) {
			t.Errorf("%v was given to %s", i.ID, i.AssigneeID)
		}
		return i.ID, err
	})
}

func (p person) next(t testing.TB) crm.InteractionID {
	t.Helper()
	return must[crm.InteractionID](t)(p.tryNext(t))
}

func TestMattersAreAssigned(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme\nLtd")
	i := w.rep.ask(t, c.ID, w.Clock.Now())
	// Whoever may not see to the customer cannot be asked to.
	for name, who := range map[string]tenant.MemberID{"out of reach": w.acme.Rep2, "a stranger": w.globex.Admin} {
		_, err := w.rep.tryAssign(t, i.ID, &who, 0)
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, "assignee_id") })
		_, err = w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", Resolved: ptr(false), AssigneeID: &who})
		t.Run(name+", when logged", func(t *testing.T) { wantInvalid(t, err, "assignee_id") })
	}
	for _, who := range []person{w.rep2, w.stranger} {
		_, err := who.tryAssign(t, i.ID, nil, 0)
		wantError(t, err, tenant.ErrNotFound)
		_, err = who.tryResolve(t, i.ID, "")
		wantError(t, err, tenant.ErrNotFound)
	}
	given := must[crm.Interaction](t)(w.rep.tryAssign(t, i.ID, &w.acme.Manager, 1))
	if given.AssigneeID != w.acme.Manager || given.Version != 2 {
		t.Errorf("given %+v", given)
	}
	if same := must[crm.Interaction](t)(w.rep.tryAssign(t, i.ID, &w.acme.Manager, 2)); same.Version != 2 || len(w.changesOf(t, "interaction.assigned")) != 1 {
		t.Error("given to whom it was given already")
	}
	_, err := w.rep.tryAssign(t, i.ID, nil, 1)
	wantError(t, err, tenant.ErrStale)
	w.react(t)
	if diff := cmp.Diff([]string{"manager: For you to settle: Acme Ltd"}, w.told(t)); diff != "" {
		t.Errorf("told: -want +got\n%s", diff)
	}
	if page := w.manager.interactions(t, crm.CustomerID{}, crm.ListQuery{Filter: "resolved = false AND assignee = me"}); len(page.Data) != 1 || page.Data[0].ID != i.ID {
		t.Errorf("the manager's queue: %+v", page.Data)
	}
	if back := must[crm.Interaction](t)(w.manager.tryAssign(t, i.ID, nil, 0)); !back.AssigneeID.IsZero() {
		t.Errorf("given back: %+v", back)
	}
	logged := must[crm.Interaction](t)(w.admin.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", Resolved: ptr(false), AssigneeID: &w.acme.Rep}))
	if stored := must[crm.Interaction](t)(w.rep.tryInteraction(t, logged.ID)); stored.AssigneeID != w.acme.Rep || stored.Version != logged.Version {
		t.Errorf("logged %+v, stored %+v", logged, stored)
	}
	w.Clock.Advance(time.Hour)
	settled := must[crm.Interaction](t)(w.rep.tryResolve(t, i.ID, "Sent a new adapter"))
	if !settled.Resolved || settled.Resolution != "Sent a new adapter" || settled.ResolvedBy != w.acme.Rep || !settled.ResolvedAt.Equal(w.Clock.Now()) {
		t.Errorf("settled %+v", settled)
	}
	if again := must[crm.Interaction](t)(w.manager.tryResolve(t, i.ID, "mine")); again.Version != settled.Version || again.Resolution != settled.Resolution {
		t.Errorf("settled again %+v", again)
	}
	_, err = w.rep.tryAssign(t, i.ID, &w.acme.Rep, 0)
	wantConflict(t, err, "interaction_resolved")
	w.react(t)
	if diff := cmp.Diff([]string{"rep: For you to settle: Acme Ltd"}, w.told(t)); diff != "" {
		t.Errorf("told: -want +got\n%s", diff)
	}
	opened := must[crm.Interaction](t)(w.rep.tryUpdateInteraction(t, i.ID, crm.InteractionPatch{Resolved: patch.Of(false)}, 0))
	if opened.Resolved || opened.ResolvedAt != nil || !opened.ResolvedBy.IsZero() {
		t.Errorf("opened again %+v", opened)
	}
	if n := len(w.changesOf(t, "interaction.resolved")); n != 1 {
		t.Errorf("%d events of settling", n)
	}
}

func TestQueueGivesTheOldest(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	mine, colleagues := w.rep.customer(t, "A"), w.rep2.customer(t, "B")
	second, first := w.rep.ask(t, mine.ID, now.Add(-time.Hour)), w.rep.ask(t, mine.ID, now.Add(-2*time.Hour))
	third := w.rep2.ask(t, colleagues.ID, now.Add(-time.Minute))
	w.rep.logAt(t, mine.ID, now.Add(-3*time.Hour)) // settled
	w.rep.ask(t, mine.ID, now.Add(time.Hour))      // planned
	deleted := w.rep.ask(t, mine.ID, now.Add(-4*time.Hour))
	if err := w.rep.deleteInteraction(t, deleted.ID, 0); err != nil {
		t.Fatal(err)
	}
	gone := w.rep.customer(t, "C")
	w.rep.ask(t, gone.ID, now.Add(-5*time.Hour))
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if got := w.stranger.next(t); !got.IsZero() {
		t.Error("a stranger was given something")
	}
	for _, step := range []struct {
		who  person
		want crm.InteractionID
	}{{w.manager, first.ID}, {w.rep, second.ID}, {w.rep, crm.InteractionID{}}, {w.admin, third.ID}, {w.admin, crm.InteractionID{}}} {
		if got := step.who.next(t); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
	if stored := must[crm.Interaction](t)(w.admin.tryInteraction(t, third.ID)); stored.AssigneeID != w.acme.Admin || stored.Version != 2 {
		t.Errorf("stored %+v", stored)
	}
	if events := w.changesOf(t, "interaction.assigned"); len(events) != 3 {
		t.Errorf("%d events", len(events))
	}
	w.react(t)
	if told := w.told(t); len(told) != 0 {
		t.Errorf("told of what they took themselves: %q", told)
	}
}

// TestNobodyTakesWhatAnotherTook lets twelve ask at once for eight matters.
func TestNobodyTakesWhatAnotherTook(t *testing.T) {
	w := newWorld(t)
	c := w.admin.customer(t, "A")
	for n := range 8 {
		w.admin.ask(t, c.ID, w.Clock.Now().Add(-time.Duration(n)*time.Minute))
	}
	var mu sync.Mutex
	taken, none := map[crm.InteractionID]int{}, 0
	together(t, 12, func(int) error {
		id, err := w.admin.tryNext(t)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if id.IsZero() {
			none++
		} else {
			taken[id]++
		}
		return nil
	})
	for id, times := range taken {
		if times != 1 {
			t.Errorf("%s was taken %d times", id, times)
		}
	}
	// Who saw eight and was too late for each of them goes away empty too.
	if len(taken) != 8 || none != 4 {
		t.Errorf("%d taken, %d went away empty", len(taken), none)
	}
}

func TestQueueIsReadFromItsIndex(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 3000)
	w.fillAround(t)
	for _, who := range []person{w.rep, w.manager, w.admin} {
		if err := w.Read(t.Context(), w.acme.Company, who.caller, func(q *tenant.Query) error {
			statement, args := crm.NextStatement(q, false)
			wantIndex(t, explain(t.Context(), t, q, statement, args), "interactions_queue")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	// Who has few customers asks those, and not the whole company's interactions.
	few := person{w, w.acme, w.acme.As(w.acme.Admin, tenant.LevelOwn, everything...)}
	c := few.customer(t, "one")
	few.ask(t, c.ID, w.Clock.Now())
	if err := w.Read(t.Context(), w.acme.Company, few.caller, func(q *tenant.Query) error {
		next, args := crm.NextStatement(q, true)
		list, listArgs, err := crm.FewInteractionsStatement(q, crm.ListQuery{})
		for statement, args := range map[string][]any{next: args, list: listArgs} {
			if steps := explain(t.Context(), t, q, statement, args); len(steps) != 2 || steps[0].table != "c" || steps[0].key != "customers_stages" || steps[1].key != "interactions_customer" {
				t.Errorf("the plan is %+v: %s", steps, statement)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := few.next(t); got.IsZero() {
		t.Error("somebody with one customer was given nothing")
	}
}

func TestNextStepBecomesATaskLater(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	i := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", NextStep: "send quote"}))
	bare := w.rep.logAt(t, c.ID, w.Clock.Now())
	plan := func(p person, id crm.InteractionID, in crm.NextStepTask) (crm.Task, error) {
		return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Task, error) {
			return crm.CreateNextStepTask(ctx, tx, id, in)
		})
	}
	for _, who := range []person{w.rep2, w.stranger} {
		_, err := plan(who, i.ID, crm.NextStepTask{})
		wantError(t, err, tenant.ErrNotFound)
	}
	_, err := plan(w.rep, bare.ID, crm.NextStepTask{})
	wantInvalid(t, err, "title")
	_, err = plan(w.rep, i.ID, crm.NextStepTask{AssigneeID: &w.acme.Rep2})
	wantInvalid(t, err, "assignee_id")
	due := w.Clock.Now().Add(time.Hour)
	task := must[crm.Task](t)(plan(w.rep, i.ID, crm.NextStepTask{DueAt: &due, Priority: "high"}))
	if task.Title != "send quote" || task.Kind != "follow_up" || task.Priority != "high" || task.CustomerID != c.ID || task.AssigneeID != w.acme.Rep || !task.DueAt.Equal(due) {
		t.Errorf("task %+v", task)
	}
	if stored := must[crm.Interaction](t)(w.rep.tryInteraction(t, i.ID)); stored.TaskID != task.ID || stored.Version != 2 {
		t.Errorf("the interaction is %+v", stored)
	}
	_, err = plan(w.rep, i.ID, crm.NextStepTask{Title: "again"})
	wantConflict(t, err, "task_exists")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if again := must[crm.Task](t)(plan(w.manager, i.ID, crm.NextStepTask{Title: "again", AssigneeID: &w.acme.Rep})); again.Title != "again" || again.AssigneeID != w.acme.Rep {
		t.Errorf("again %+v", again)
	}
}

func TestInteractionsAreFoundByTheirWords(t *testing.T) {
	w := newWorld(t)
	c, other := w.rep.customer(t, "Acme"), w.rep2.customer(t, "Other")
	log := func(p person, in crm.NewInteraction) crm.Interaction {
		in.Kind = "call"
		return must[crm.Interaction](t)(p.tryLog(t, in))
	}
	price := log(w.rep, crm.NewInteraction{CustomerID: c.ID, Summary: "价格已谈妥，想先试用ＡＢＣ型号 100%", NextStep: "send quote", Contacts: []string{"王志强"}})
	visit := log(w.rep2, crm.NewInteraction{CustomerID: other.ID, Summary: "Price too high\nwants a discount", Place: "浦东新区"})
	for q, want := range map[string][]crm.InteractionID{
		"价格": {price.ID}, "谈妥": {price.ID}, "格妥": {}, "试用 quote": {price.ID}, "abc型号": {price.ID}, "ABC": {price.ID}, "100%": {price.ID}, "王志": {price.ID},
		"price": {visit.ID}, "PRICE high": {visit.ID}, "high wants": {visit.ID}, "浦东": {visit.ID}, "价": {price.ID}, "jg": {}, "%": {price.ID}, "": {price.ID, visit.ID}, "nothing": {},
	} {
		for _, row := range []struct {
			who  person
			want []crm.InteractionID
		}{{w.admin, want}, {w.rep, only(want, price.ID)}, {w.rep2, only(want, visit.ID)}, {w.stranger, nil}} {
			got := []crm.InteractionID{}
			for _, i := range row.who.interactions(t, crm.CustomerID{}, crm.ListQuery{Q: q, OrderBy: "occurred_at", Count: true}).Data {
				got = append(got, i.ID)
			}
			if diff := cmp.Diff(append([]crm.InteractionID{}, row.want...), got); diff != "" {
				t.Errorf("%q: -want +got\n%s", q, diff)
			}
		}
		if page := w.admin.interactions(t, c.ID, crm.ListQuery{Q: q}); len(page.Data) != len(only(want, price.ID)) {
			t.Errorf("%q finds %d of the customer's", q, len(page.Data))
		}
	}
	if _, err := w.rep.tryUpdateInteraction(t, price.ID, crm.InteractionPatch{Summary: patch.Of("全新内容")}, 0); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]int{"价格": 0, "全新": 1, "quote": 1} {
		if page := w.rep.interactions(t, crm.CustomerID{}, crm.ListQuery{Q: q}); len(page.Data) != want {
			t.Errorf("after the change %q finds %d", q, len(page.Data))
		}
	}
}

func only(ids []crm.InteractionID, id crm.InteractionID) (kept []crm.InteractionID) {
	for _, i := range ids {
		if i == id {
			kept = append(kept, i)
		}
	}
	return kept
}

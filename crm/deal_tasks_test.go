package crm_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestDealsKnowTheirTasks follows what a deal says of its next and its last task.
func TestDealsKnowTheirTasks(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "c")
	a, b := w.rep.deal(t, crm.NewDeal{Name: "a", CustomerID: &c.ID}), w.rep.deal(t, crm.NewDeal{Name: "b"})
	theirs := w.rep2.deal(t, crm.NewDeal{Name: "theirs"})
	at := func(hours int) *time.Time { return ptr(w.Clock.Now().Add(time.Duration(hours) * time.Hour)) }
	same := func(got, want *time.Time) bool {
		return got == nil && want == nil || got != nil && want != nil && got.Equal(*want)
	}
	check := func(step string, id crm.DealID, next, last *time.Time) {
		t.Helper()
		if d := w.rep.getDeal(t, id); !same(d.NextTaskAt, next) || !same(d.LastActivityAt, last) || d.Version != 1 {
			t.Errorf("%s: next %v, last %v, version %d", step, d.NextTaskAt, d.LastActivityAt, d.Version)
		}
	}
	first := w.rep.task(t, crm.NewTask{Title: "x", DealID: &a.ID, DueAt: at(2)})
	if first.CustomerID != c.ID {
		t.Error("the task has not its deal's customer")
	}
	second := w.rep.task(t, crm.NewTask{Title: "y", DealID: &a.ID, DueAt: at(5)})
	check("two", a.ID, at(2), nil)
	w.rep.updateTask(t, first.ID, crm.TaskPatch{Status: patch.Of("done")})
	check("done", a.ID, at(5), at(0))
	w.rep.updateTask(t, second.ID, crm.TaskPatch{DealID: patch.Of(b.ID)})
	check("given to another deal", a.ID, nil, at(0))
	check("got", b.ID, at(5), nil)
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, second.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	check("deleted", b.ID, nil, nil)
	must[crm.Task](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.RestoreTask(ctx, tx, second.ID) }))
	check("restored", b.ID, at(5), nil)
	if got := w.rep.tasks(t, "deal = "+b.ID.String()); len(got) != 1 || got[0].ID != second.ID {
		t.Errorf("by filter %+v", got)
	}
	_, err := w.rep.tryTask(t, crm.NewTask{Title: "x", DealID: &theirs.ID})
	wantInvalid(t, err, "deal_id")
	_, err = w.rep.tryUpdateTask(t, first.ID, crm.TaskPatch{DealID: patch.Of(theirs.ID)}, 0)
	wantInvalid(t, err, "deal_id")
	// The customer of a deal that is out of reach is not given away.
	hidden := w.rep2.customer(t, "hidden")
	shown := w.manager.deal(t, crm.NewDeal{Name: "x", CustomerID: &hidden.ID, OwnerID: &w.acme.Rep})
	if task := w.rep.task(t, crm.NewTask{Title: "x", DealID: &shown.ID}); !task.CustomerID.IsZero() {
		t.Error("the task names a customer out of reach")
	}
}

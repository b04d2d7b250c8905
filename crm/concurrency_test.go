package crm_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// together runs fn n times at once and fails for any error.
func together(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	var g errgroup.Group
	start := make(chan struct{})
	for i := range n {
		g.Go(func() error {
			<-start
			return fn(i)
		})
	}
	close(start)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// TestOneVersionHasOneSuccessor lets many change the same version of one customer.
func TestOneVersionHasOneSuccessor(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	var mu sync.Mutex
	won := 0
	together(t, 8, func(i int) error {
		_, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Note: patch.Of(fmt.Sprint(i))}, 1)
		if errors.Is(err, tenant.ErrStale) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		won++
		return err
	})
	if got := w.rep.get(t, c.ID); won != 1 || got.Version != 2 || len(w.changesOf(t, "customer.updated")) != 1 {
		t.Errorf("%d changes of one version, now %d", won, got.Version)
	}
}

// TestManyHandsOnOneCustomer changes everything about one customer at once; nothing is lost.
func TestManyHandsOnOneCustomer(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	now := w.Clock.Now()
	var tasks []crm.Task
	for n := range 4 {
		tasks = append(tasks, w.rep.task(t, crm.NewTask{Title: "x", CustomerID: &c.ID, DueAt: ptr(now.Add(time.Duration(n+10) * time.Hour))}))
	}
	together(t, 12, func(i int) error {
		switch i % 4 {
		case 0:
			_, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Tags: patch.Of([]string{"vip", fmt.Sprint("tag", i)}), Note: patch.Of(fmt.Sprint(i))}, 0)
			return err
		case 1:
			_, err := w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", OccurredAt: ptr(now.Add(-time.Duration(i) * time.Hour)),
				NextStep: "y", NextStepDueAt: ptr(now.Add(time.Duration(i+20) * time.Hour))})
			return err
		case 2:
			_, err := w.rep.tryUpdateTask(t, tasks[i/4].ID, crm.TaskPatch{Status: patch.Of("done")}, 0)
			return err
		}
		_, err := w.rep.tryCreate(t, crm.NewCustomer{Name: "y", Tags: []string{"vip", "fresh"}})
		return err
	})
	got := w.rep.get(t, c.ID)
	if got.Version != 4 || len(got.Tags) != 2 {
		t.Errorf("after three changes: version %d, tags %v", got.Version, got.Tags)
	}
	if got.LastInteractionAt == nil || !got.LastInteractionAt.Equal(now.Add(-time.Hour)) {
		t.Errorf("last contact %v", got.LastInteractionAt)
	}
	if got.NextFollowUpAt == nil || !got.NextFollowUpAt.Equal(now.Add(13*time.Hour)) {
		t.Errorf("next follow-up %v, want the one task that is open still", got.NextFollowUpAt)
	}
	counts := map[string]int{}
	for _, tag := range w.rep.tags(t) {
		counts[tag.Name] = tag.Records
	}
	if counts["vip"] != 4 || counts["fresh"] != 3 {
		t.Errorf("tags %v", counts)
	}
}

// TestOneMoveOfMany lets many make the same move; one is made, the others are told that it does not fit any more.
func TestOneMoveOfMany(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	together(t, 6, func(int) error {
		_, err := w.rep.tryMove(t, c.ID, crm.StageChange{To: crm.Won})
		var conflict *tenant.ConflictError
		if errors.As(err, &conflict) {
			return nil
		}
		return err
	})
	if n := len(w.changesOf(t, "customer.lifecycle_changed")); n != 1 {
		t.Errorf("%d moves", n)
	}
	// A reminder and the check for silence by several workers at once.
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: ptr(w.Clock.Now())})
	w.rep.customer(t, "quiet")
	w.Clock.Advance(8 * 24 * time.Hour)
	together(t, 4, func(int) error {
		return w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
			return errors.Join(crm.FireReminders(t.Context(), tx, []tenant.RecordID{task.Reminders[0].ID}), w.runner().CheckSilence(t.Context(), tx))
		})
	})
	if due, silent := len(w.changesOf(t, "task.due")), len(w.changesOf(t, "customer.silent")); due != 1 || silent != 1 {
		t.Errorf("%d reminders, %d reminders of silence", due, silent)
	}
}

// TestReactingTwiceAtOnce relays the same win by two processes.
func TestReactingTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	w.manager.move(t, c.ID, crm.Won)
	changes := w.waiting(t)
	together(t, 4, func(int) error {
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.reactor.React(t.Context(), tx, changes) }); err != nil {
			return err
		}
		return w.tryRunRules(t)
	})
	if surveys, told := len(w.surveys(t)), len(w.rep.notifications(t, "")); surveys != 1 || told != 1 {
		t.Errorf("%d surveys, %d notifications", surveys, told)
	}
}

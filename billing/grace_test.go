package billing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
)

const day = 24 * time.Hour

func TestGrace(t *testing.T) {
	for _, mode := range []struct {
		name     string
		settings []func(*billing.Config)
	}{
		{"asking Stripe", nil},
		{"Stripe does not answer", []func(*billing.Config){withoutAPI}},
	} {
		t.Run(mode.name, func(t *testing.T) {
			w := newWorld(t)
			sub := w.buy(t, w.acme, billing.ProPlan)
			w.restart(mode.settings...)
			w.settle(t)

			w.in.Clock.Advance(30 * day)
			failedAt := w.in.Clock.Now()
			w.stripe.FailRenewal(t, sub.ID)
			w.settle(t)
			w.wantPlans(t, "pro", "free")
			o := w.overview(t, w.acme)
			if o.Status != billing.PastDue || o.GraceUntil == nil || !o.GraceUntil.Equal(failedAt.Add(7*day)) {
				t.Errorf("got %s until %v", o.Status, o.GraceUntil)
			}

			w.in.Clock.Advance(6 * day)
			w.stripe.FailRenewal(t, sub.ID) // the next try of Stripe's
			w.settle(t)
			w.expire(t, 0)
			w.wantPlans(t, "pro", "free")

			w.in.Clock.Set(failedAt.Add(7 * day))
			w.expire(t, 1)
			w.wantPlans(t, "free", "free")
			w.expire(t, 0)
			if !slices.Contains(w.changes, w.acme.ID) {
				t.Error("nobody was told")
			}

			w.in.Clock.Advance(day)
			w.stripe.Renew(t, sub.ID)
			w.settle(t)
			w.wantPlans(t, "pro", "free")
			if o := w.overview(t, w.acme); o.Status != billing.Active || o.GraceUntil != nil {
				t.Errorf("after payment: got %s until %v", o.Status, o.GraceUntil)
			}
		})
	}
}

func (w *world) expire(t *testing.T, want int) {
	t.Helper()
	if n, err := w.ExpireGrace(t.Context()); err != nil || n != want {
		t.Errorf("got %d, %v; want %d", n, err, want)
	}
}

func TestStatesWithoutAccess(t *testing.T) {
	w := newWorld(t)
	sub := w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	for _, step := range []struct{ status, plan string }{
		{"unpaid", "free"}, {"active", "pro"}, {"paused", "free"}, {"trialing", "pro"}, {"canceled", "free"},
	} {
		w.in.Clock.Advance(time.Hour)
		w.stripe.Update(t, sub.ID, func(s *stripefake.Subscription) { s.Status = step.status })
		w.settle(t)
		if got := w.plan(t, w.acme); got != step.plan {
			t.Errorf("%s: got plan %s", step.status, got)
		}
		if got := string(w.overview(t, w.acme).Status); got != step.status {
			t.Errorf("got status %s, want %s", got, step.status)
		}
	}
}

// An event that is delivered days late must not eat up the grace period.
func TestLateEventLeavesTheWholeGracePeriod(t *testing.T) {
	w := newWorld(t)
	sub := w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	w.stripe.Update(t, sub.ID, func(s *stripefake.Subscription) { s.CancelAtPeriodEnd = true })
	late := w.stripe.Take()[0]
	w.in.Clock.Advance(30 * day)
	w.stripe.FailRenewal(t, sub.ID)
	w.receive(t, late, billing.Applied)
	if o := w.overview(t, w.acme); o.GraceUntil == nil || !o.GraceUntil.Equal(w.in.Clock.Now().Add(7*day)) || !o.CancelAtPeriodEnd {
		t.Errorf("got %+v", o)
	}
}

func TestReconcile(t *testing.T) {
	w := newWorld(t)
	ended, renewed := w.buy(t, w.acme, billing.ProPlan), w.buy(t, w.globex, billing.ProPlan)
	w.settle(t)
	w.in.Clock.Advance(31 * day) // a month, from 2 March
	w.stripe.Cancel(t, ended.ID)
	w.stripe.Renew(t, renewed.ID)
	w.stripe.Take() // never delivered

	reconcile := func(want int) {
		t.Helper()
		if n, err := w.Reconcile(t.Context()); err != nil || n != want {
			t.Errorf("got %d, %v; want %d", n, err, want)
		}
	}
	reconcile(0)
	w.in.Clock.Advance(day)
	reconcile(2)
	w.wantPlans(t, "free", "pro")
	reconcile(0)

	w.in.Clock.Advance(33 * day)
	w.stripe.SetDown(true)
	if n, err := w.Reconcile(t.Context()); err == nil || n != 1 {
		t.Errorf("Stripe down: got %d, %v", n, err)
	}
	w.wantPlans(t, "free", "pro")
	w.restart(withoutAPI)
	reconcile(0)
}

func TestOldEventsAreForgotten(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	count := func(want int) {
		t.Helper()
		w.expire(t, 0)
		var n int
		if err := w.in.Platform().Get(t.Context(), &n, `SELECT COUNT(*) FROM platform.stripe_events`); err != nil || n != want {
			t.Errorf("got %d, %v; want %d", n, err, want)
		}
	}
	w.in.Clock.Advance(90 * day)
	count(4)
	w.in.Clock.Advance(time.Second)
	count(0)
}

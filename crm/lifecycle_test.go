package crm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestEveryMove tries each stage to each, with and without a reason.
func TestEveryMove(t *testing.T) {
	w := newWorld(t)
	const ok, reason, refused = "ok", "needs a reason", "refused"
	for from, to := range map[string]map[string]string{
		crm.Potential:  {crm.Potential: refused, crm.Interested: ok, crm.Won: ok, crm.Lost: reason},
		crm.Interested: {crm.Potential: refused, crm.Interested: refused, crm.Won: ok, crm.Lost: reason},
		crm.Won:        {crm.Potential: refused, crm.Interested: ok, crm.Won: refused, crm.Lost: reason},
		crm.Lost:       {crm.Potential: refused, crm.Interested: ok, crm.Won: refused, crm.Lost: refused},
	} {
		for stage, want := range to {
			t.Run(from+" to "+stage, func(t *testing.T) {
				bare := w.rep.create(t, crm.NewCustomer{Name: "bare", Lifecycle: from})
				_, err := w.rep.tryMove(t, bare.ID, crm.StageChange{To: stage, Reason: " \t"})
				switch want {
				case ok:
					if err != nil {
						t.Error(err)
					}
				case reason:
					wantInvalid(t, err, "reason")
				case refused:
					wantConflict(t, err, "illegal_lifecycle_move")
				}
				told := w.rep.create(t, crm.NewCustomer{Name: "told", Lifecycle: from})
				moved, err := w.rep.tryMove(t, told.ID, crm.StageChange{To: stage, Reason: "why"})
				stored := w.rep.get(t, told.ID)
				if want == refused {
					wantConflict(t, err, "illegal_lifecycle_move")
					if stored.Lifecycle != from || stored.Version != 1 {
						t.Errorf("a refused move left %+v", stored)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				lost := map[bool]string{true: "why"}[stage == crm.Lost]
				if moved.Lifecycle != stage || stored.Lifecycle != stage || stored.LostReason != lost || stored.Version != 2 || moved.Version != 2 {
					t.Errorf("moved %+v, stored %+v", moved, stored)
				}
			})
		}
	}
}

func TestMoveIsRemembered(t *testing.T) {
	w := newWorld(t)
	start := w.Clock.Now()
	c := w.rep.customer(t, "x")
	w.Clock.Advance(time.Hour)
	must[crm.Customer](t)(w.rep.tryMove(t, c.ID, crm.StageChange{To: crm.Lost, Reason: "too dear"}))
	w.Clock.Advance(time.Hour)
	back := must[crm.Customer](t)(w.manager.tryMove(t, c.ID, crm.StageChange{To: crm.Interested, Reason: "asked again"}))
	if back.LostReason != "" || !back.LifecycleSince.Equal(w.Clock.Now()) || !back.SilenceFrom.Equal(w.Clock.Now()) {
		t.Errorf("back %+v", back)
	}
	visits := must[[]crm.StageVisit](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.StageVisit, error) { return crm.LifecycleHistory(ctx, q, c.ID) }))
	want := []crm.StageVisit{
		{To: crm.Potential, Actor: w.acme.Rep, EnteredAt: start},
		{From: ptr(crm.Potential), To: crm.Lost, Reason: "too dear", Actor: w.acme.Rep, EnteredAt: start.Add(time.Hour)},
		{From: ptr(crm.Lost), To: crm.Interested, Reason: "asked again", Actor: w.acme.Manager, EnteredAt: start.Add(2 * time.Hour)},
	}
	if diff := cmp.Diff(want, visits); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	events := w.changesOf(t, "customer.lifecycle_changed")
	if len(events) != 2 || events[1].OwnerAfter != w.acme.Rep || events[1].Actor != w.acme.Manager {
		t.Fatalf("events %+v", events)
	}
	previous := map[string]any{"lifecycle": crm.Lost, "lifecycle_since": "2026-03-02T02:00:00Z", "lost_reason": "too dear"}
	if diff := cmp.Diff(previous, decode[map[string]any](t, events[1].Previous)); diff != "" {
		t.Errorf("previous: -want +got\n%s", diff)
	}
	if got := decode[map[string]any](t, events[0].Previous); got["lifecycle"] != crm.Potential || len(got) != 3 {
		t.Errorf("previous of the first: %v", got)
	}
}

func TestMoveRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	for field, in := range map[string]crm.StageChange{"to": {To: "customer"}, "reason": {To: crm.Lost, Reason: strings.Repeat("长", 501)}} {
		_, err := w.rep.tryMove(t, c.ID, in)
		wantInvalid(t, err, field)
	}
}

func TestMovesAreTheCompanysOwn(t *testing.T) {
	w := newWorld(t)
	lifecycle := func(p person) crm.Lifecycle { return must[crm.Lifecycle](t)(read(t, p, crm.ReadLifecycle)) }
	usual := lifecycle(w.rep)
	if len(usual.Moves) != 8 || len(usual.Stages) != 4 || usual.Stages[1].Label != (crm.FieldLabel{ZH: "意向", EN: "Interested"}) {
		t.Errorf("%+v", usual)
	}
	allow := func(moves ...crm.LifecycleMove) error {
		return w.admin.tx(t, func(tx *tenant.Tx) error {
			return crm.WriteLifecycleSettings(t.Context(), tx, crm.LifecycleSettings{Moves: moves})
		})
	}
	forward := crm.LifecycleMove{From: crm.Potential, To: crm.Interested}
	for field, moves := range map[string][]crm.LifecycleMove{
		"lifecycle.moves":         nil,
		"lifecycle.moves[0].from": {{From: "customer", To: crm.Won}},
		"lifecycle.moves[0].to":   {{From: crm.Won, To: "customer"}},
		"lifecycle.moves[1].to":   {forward, {From: crm.Won, To: crm.Won}},
		"lifecycle.moves[1]":      {forward, {From: crm.Potential, To: crm.Interested, NeedsReason: true}},
	} {
		wantInvalid(t, allow(moves...), field)
	}
	c := w.rep.customer(t, "x")
	only := crm.LifecycleMove{From: crm.Potential, To: crm.Lost, NeedsReason: true}
	if err := allow(only); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]crm.LifecycleMove{only}, lifecycle(w.rep).Moves); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, err := w.rep.tryMove(t, c.ID, crm.StageChange{To: crm.Interested})
	wantConflict(t, err, "illegal_lifecycle_move")
	w.rep.move(t, c.ID, crm.Lost)
	if err := allow([]crm.LifecycleMove{}...); err != nil || len(lifecycle(w.rep).Moves) != 0 {
		t.Errorf("no moves at all: %v", err)
	}
	if diff := cmp.Diff(usual, lifecycle(w.stranger)); diff != "" { // nor has reading changed what is usual
		t.Errorf("another company's: -want +got\n%s", diff)
	}
	if _, err := w.stranger.tryMove(t, w.stranger.customer(t, "x").ID, crm.StageChange{To: crm.Interested}); err != nil {
		t.Error(err)
	}
}

package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryRespond(t testing.TB, id crm.CalendarEventID, occurrence, response string) (crm.CalendarEvent, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) {
		return crm.RespondToCalendarEvent(ctx, tx, id, occurrence, crm.EventResponse{Response: response})
	})
}

func TestInvitationsAreAnswered(t *testing.T) {
	w := newWorld(t)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00"), RRule: "FREQ=WEEKLY", AttendeeIDs: []tenant.MemberID{w.acme.Rep2, w.acme.Manager}})
	got := must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "accepted"))
	if got.Version != 2 || got.Sequence != 0 {
		t.Errorf("%+v", got)
	}
	must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "accepted"))
	if n := len(w.changesOf(t, "calendar_event.responded")); n != 1 {
		t.Errorf("%d answers", n)
	}
	one := must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "2026-03-16T02:00:00Z", "declined"))
	answers := func(e crm.CalendarEvent) map[tenant.MemberID]string {
		all := map[tenant.MemberID]string{}
		for _, a := range e.Attendees {
			all[a.MemberID] = a.Response
		}
		return all
	}
	if diff := cmp.Diff(map[tenant.MemberID]string{w.acme.Rep2: "declined", w.acme.Manager: "needs_action"}, answers(one)); diff != "" || one.SeriesID != e.ID {
		t.Errorf("one occurrence: %s", diff)
	}
	if diff := cmp.Diff(map[tenant.MemberID]string{w.acme.Rep2: "accepted", w.acme.Manager: "needs_action"}, answers(w.rep.getEvent(t, e.ID))); diff != "" {
		t.Errorf("the series: %s", diff)
	}
	// Who stays invited keeps the answer.
	kept := w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{AttendeeIDs: patch.Of([]tenant.MemberID{w.acme.Rep2, w.acme.Admin})})
	if diff := cmp.Diff(map[tenant.MemberID]string{w.acme.Rep2: "accepted", w.acme.Admin: "needs_action"}, answers(kept)); diff != "" {
		t.Errorf("other people: %s", diff)
	}
	_, err := w.rep2.tryRespond(t, e.ID, "", "maybe")
	wantInvalid(t, err, "response")
	_, err = w.rep2.tryRespond(t, e.ID, "2026-03-17T02:00:00Z", "accepted")
	wantInvalid(t, err, "occurrence")
	_, err = w.rep.tryRespond(t, e.ID, "", "accepted")
	wantConflict(t, err, "not_invited")
	_, err = w.stranger.tryRespond(t, e.ID, "", "accepted")
	wantError(t, err, tenant.ErrNotFound)
}

package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryRecord(t testing.TB, id crm.CalendarEventID, occurrence string, in crm.EventRecord) (crm.Interaction, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Interaction, error) {
		return crm.RecordCalendarEvent(ctx, tx, id, occurrence, in)
	})
}

func TestAnEventBecomesAnInteraction(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆科技")
	e := w.rep.event(t, crm.NewCalendarEvent{
		Title: "visit", Kind: "visit", Place: "上海", StartsAt: shanghai("03-09 10:00"), EndsAt: shanghai("03-09 11:30"), CustomerID: &c.ID, AttendeeIDs: []tenant.MemberID{w.acme.Rep2, w.acme.Manager},
		Guests: []crm.Guest{{Email: "wang@yunfan.example", Name: "王志强"}, {Email: "li@yunfan.example", Name: "李", Response: "declined"}, {Email: "x@yunfan.example"}},
	})
	must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "declined"))
	record := crm.EventRecord{Summary: "Price agreed", NextStep: "send quote"}
	_, err := w.rep.tryRecord(t, e.ID, "", record)
	wantConflict(t, err, "not_begun")
	w.Clock.Set(*shanghai("03-09 12:00"))
	made := must[crm.Interaction](t)(w.rep.tryRecord(t, e.ID, "", record))
	if made.Kind != "visit" || made.Place != "上海" || !made.OccurredAt.Equal(*shanghai("03-09 10:00")) || *made.Minutes != 90 || made.CustomerID != c.ID || made.NextStep != "send quote" ||
		cmp.Diff([]string{"王志强"}, []string(made.Contacts)) != "" || cmp.Diff([]tenant.MemberID{w.acme.Manager}, made.MemberIDs) != "" {
		t.Errorf("%+v", made)
	}
	if got := w.rep.getEvent(t, e.ID); got.InteractionID != made.ID {
		t.Errorf("%+v", got)
	}
	if got := w.rep.get(t, c.ID); !got.LastInteractionAt.Equal(*shanghai("03-09 10:00")) {
		t.Errorf("last contact %v", got.LastInteractionAt)
	}
	_, err = w.rep.tryRecord(t, e.ID, "", record)
	wantConflict(t, err, "recorded_already")

	series := w.rep.event(t, crm.NewCalendarEvent{Title: "call", Kind: "call", StartsAt: shanghai("03-02 10:00"), RRule: "FREQ=WEEKLY"})
	_, err = w.rep.tryRecord(t, series.ID, "", record)
	wantInvalid(t, err, "occurrence")
	_, err = w.rep.tryRecord(t, series.ID, "2026-03-09T02:00:00Z", record)
	wantInvalid(t, err, "customer_id")
	record.CustomerID = &c.ID
	for n, occurrence := range []string{"2026-03-02T02:00:00Z", "2026-03-09T02:00:00Z"} {
		made = must[crm.Interaction](t)(w.rep.tryRecord(t, series.ID, occurrence, record))
		if made.Kind != "call" || made.OccurredAt.Format(time.RFC3339) != occurrence {
			t.Errorf("%d: %+v", n, made)
		}
	}
	_, err = w.rep.tryRecord(t, series.ID, "2026-03-09T02:00:00Z", record)
	wantConflict(t, err, "recorded_already")
	_, err = w.rep.tryRecord(t, series.ID, "2026-03-16T02:00:00Z", record)
	wantConflict(t, err, "not_begun")
	_, err = w.stranger.tryRecord(t, series.ID, "2026-03-09T02:00:00Z", record)
	wantError(t, err, tenant.ErrNotFound)
	private := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-02 10:00"), Private: true})
	_, err = w.manager.tryRecord(t, private.ID, "", record)
	wantError(t, err, tenant.ErrDenied)
	if got := w.rep.march(t); len(got) != 11 {
		t.Errorf("the series has lost some: %v", got)
	}
}

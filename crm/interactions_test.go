package crm_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func (p person) tryInteractions(t testing.TB, customer crm.CustomerID, in crm.ListQuery) (crm.Page[crm.Interaction], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Interaction], error) {
		return crm.ListInteractions(ctx, q, customer, in)
	})
}

func (p person) interactions(t testing.TB, customer crm.CustomerID, in crm.ListQuery) crm.Page[crm.Interaction] {
	t.Helper()
	return must[crm.Page[crm.Interaction]](t)(p.tryInteractions(t, customer, in))
}

func (p person) tryInteraction(t testing.TB, id crm.InteractionID) (crm.Interaction, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Interaction, error) {
		return crm.GetInteraction(ctx, q, id)
	})
}

func (p person) tryUpdateInteraction(t testing.TB, id crm.InteractionID, in crm.InteractionPatch, version int64) (crm.Interaction, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Interaction, error) {
		return crm.UpdateInteraction(ctx, tx, id, in, version)
	})
}

func (p person) deleteInteraction(t testing.TB, id crm.InteractionID, version int64) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteInteraction(t.Context(), tx, id, version) })
}

func TestInteractionKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	id := crm.InteractionID(tenant.NewEventID())
	at := time.Date(2026, 3, 1, 15, 4, 5, 123456789, time.FixedZone("", 8*3600))
	in := crm.NewInteraction{
		ID: &id, CustomerID: c.ID, Kind: "wechat", Direction: "in", OccurredAt: &at, Minutes: ptr(12), Summary: "Price agreed",
		MemberIDs: []tenant.MemberID{w.acme.Manager, w.acme.Rep2, w.acme.Manager}, Contacts: []string{"王志强", "<b>"},
		Links: []crm.Link{{Name: "quote.pdf", URL: "https://files.example/q?a=1&b=2"}}, Resolved: ptr(false), NextStep: "send quote",
		Place: "上海市", Latitude: ptr(31.2359291234), Longitude: ptr(-121.5),
	}
	made := must[crm.Interaction](t)(w.rep.tryLog(t, in))
	if made.ID != id || !made.OccurredAt.Equal(at.Truncate(time.Microsecond)) || made.Resolved || made.AuthorID != w.acme.Rep || len(made.MemberIDs) != 2 {
		t.Errorf("made %+v", made)
	}
	stored := must[crm.Interaction](t)(w.rep.tryInteraction(t, id))
	made.CustomerName = "Acme"
	if diff := cmp.Diff(made, stored); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if page := w.rep.interactions(t, c.ID, crm.ListQuery{}); len(page.Data) != 1 || cmp.Diff(made, page.Data[0]) != "" {
		t.Errorf("listed %+v", page.Data)
	}
	_, err := w.rep.tryLog(t, in)
	wantConflict(t, err, "id_in_use")

	// What is left out.
	note := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "note", Summary: "n"}))
	if note.Direction != "none" || !note.Resolved || !note.OccurredAt.Equal(w.Clock.Now()) || note.MemberIDs == nil || note.Contacts == nil || note.Links == nil {
		t.Errorf("defaults of a note: %+v", note)
	}
	if call := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "n"})); call.Direction != "out" {
		t.Errorf("a call goes %s", call.Direction)
	}

	w.Clock.Advance(time.Minute)
	patched := must[crm.Interaction](t)(w.rep.tryUpdateInteraction(t, id, crm.InteractionPatch{Resolved: patch.Of(true), Minutes: patch.Null[int](), Contacts: patch.Of([]string{})}, 1))
	if !patched.Resolved || patched.ResolvedBy != w.acme.Rep || !patched.ResolvedAt.Equal(w.Clock.Now()) || patched.Minutes != nil || patched.Version != 2 || len(patched.Contacts) != 0 {
		t.Errorf("patched %+v", patched)
	}
	changes := w.changesOf(t, "interaction.resolved")
	want := map[string]any{"resolved": false, "resolved_at": nil, "resolved_by": nil, "minutes": 12.0, "contacts": []any{"王志强", "<b>"}}
	if got := decode[map[string]any](t, changes[0].Previous); cmp.Diff(got, want) != "" {
		t.Errorf("previous: %v", got)
	}
	if same := must[crm.Interaction](t)(w.rep.tryUpdateInteraction(t, id, crm.InteractionPatch{Resolved: patch.Of(true)}, 2)); same.Version != 2 || len(w.changesOf(t, "interaction.resolved")) != 1 {
		t.Error("a change that changes nothing was written")
	}
	visited := must[crm.Interaction](t)(w.rep.tryUpdateInteraction(t, id, crm.InteractionPatch{
		Kind: patch.Of("visit"), Latitude: patch.Null[float64](), Longitude: patch.Null[float64](), MemberIDs: patch.Of([]tenant.MemberID{w.acme.Admin}),
		Resolved: patch.Of(false), Resolution: patch.Of("x"),
	}, 2))
	if visited.Latitude != nil || len(visited.MemberIDs) != 1 || visited.ResolvedAt != nil || !visited.ResolvedBy.IsZero() || visited.Resolution != "x" {
		t.Errorf("visited %+v", visited)
	}
	stored = must[crm.Interaction](t)(w.rep.tryInteraction(t, id))
	visited.CustomerName = "Acme"
	if diff := cmp.Diff(visited, stored); diff != "" {
		t.Errorf("-visited +stored\n%s", diff)
	}
	_, err = w.rep.tryUpdateInteraction(t, id, crm.InteractionPatch{Summary: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
	wantError(t, w.rep.deleteInteraction(t, id, 1), tenant.ErrStale)
	if err := w.rep.deleteInteraction(t, id, 3); err != nil {
		t.Fatal(err)
	}
	_, err = w.rep.tryInteraction(t, id)
	wantError(t, err, tenant.ErrNotFound)
	wantError(t, w.rep.deleteInteraction(t, id, 0), tenant.ErrNotFound)
}

func TestInteractionRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	good := crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x"}
	for name, row := range map[string]struct {
		with   func(*crm.NewInteraction)
		fields []string
	}{
		"nothing":   {func(in *crm.NewInteraction) { *in = crm.NewInteraction{CustomerID: c.ID} }, []string{"kind", "summary"}},
		"blank":     {func(in *crm.NewInteraction) { in.Summary = " \t\n" }, []string{"summary"}},
		"long":      {func(in *crm.NewInteraction) { in.Summary = strings.Repeat("x", 10_001) }, []string{"summary"}},
		"kind":      {func(in *crm.NewInteraction) { in.Kind = "电话" }, []string{"kind"}},
		"direction": {func(in *crm.NewInteraction) { in.Direction = "up" }, []string{"direction"}},
		"too early": {func(in *crm.NewInteraction) { in.OccurredAt = ptr(time.Time{}) }, []string{"occurred_at"}},
		"too late":  {func(in *crm.NewInteraction) { in.OccurredAt = ptr(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) }, []string{"occurred_at"}},
		"minutes":   {func(in *crm.NewInteraction) { in.Minutes = ptr(-1) }, []string{"minutes"}},
		"script": {func(in *crm.NewInteraction) {
			in.Links = []crm.Link{{Name: "x", URL: "javascript:alert(1)"}}
		}, []string{"attachments[0].url"}},
		"no host":         {func(in *crm.NewInteraction) { in.Links = []crm.Link{{Name: "x", URL: "https://"}} }, []string{"attachments[0].url"}},
		"only a port":     {func(in *crm.NewInteraction) { in.Links = []crm.Link{{Name: "x", URL: "https://:80/"}} }, []string{"attachments[0].url"}},
		"no name":         {func(in *crm.NewInteraction) { in.Links = []crm.Link{{URL: "https://a.example"}} }, []string{"attachments[0].name"}},
		"contact":         {func(in *crm.NewInteraction) { in.Contacts = []string{"ok", ""} }, []string{"contacts[1]"}},
		"broken contact":  {func(in *crm.NewInteraction) { in.Contacts = []string{"\xff"} }, []string{"contacts[0]"}},
		"many contacts":   {func(in *crm.NewInteraction) { in.Contacts = strings.Split(strings.Repeat("x ", 51)+"x", " ") }, []string{"contacts"}},
		"foreign member":  {func(in *crm.NewInteraction) { in.MemberIDs = []tenant.MemberID{w.acme.Rep, w.globex.Rep} }, []string{"member_ids[1]"}},
		"many members":    {func(in *crm.NewInteraction) { in.MemberIDs = make([]tenant.MemberID, 51) }, []string{"member_ids"}},
		"no contact":      {func(in *crm.NewInteraction) { in.ContactIDs = []crm.ContactID{crm.ContactID(c.ID)} }, []string{"contact_ids[0]"}},
		"outcome":         {func(in *crm.NewInteraction) { in.Outcome = "won" }, []string{"outcome"}},
		"outcome of none": {func(in *crm.NewInteraction) { in.Kind, in.Outcome = "email", "connected" }, []string{"outcome"}},
		"half a position": {func(in *crm.NewInteraction) { in.Latitude = ptr(1.0) }, []string{"longitude"}},
		"other half":      {func(in *crm.NewInteraction) { in.Longitude = ptr(1.0) }, []string{"latitude"}},
		"off the globe":   {func(in *crm.NewInteraction) { in.Latitude, in.Longitude = ptr(90.1), ptr(-180.1) }, []string{"latitude", "longitude"}},
		"nowhere":         {func(in *crm.NewInteraction) { in.Latitude, in.Longitude = ptr(math.NaN()), ptr(math.Inf(1)) }, []string{"latitude", "longitude"}},
		"long place":      {func(in *crm.NewInteraction) { in.Place = strings.Repeat("x", 301) }, []string{"place"}},
		"nothing to do":   {func(in *crm.NewInteraction) { in.AssigneeID = &w.acme.Rep }, []string{"assignee_id"}},
		"no next step":    {func(in *crm.NewInteraction) { in.NextStepDueAt = ptr(w.Clock.Now()) }, []string{"next_step"}},
		"next step never": {func(in *crm.NewInteraction) { in.NextStep, in.NextStepDueAt = "x", ptr(time.Time{}) }, []string{"next_step_due_at"}},
		"long next step":  {func(in *crm.NewInteraction) { in.NextStep = strings.Repeat("x", 301) }, []string{"next_step"}},
		"no customer":     {func(in *crm.NewInteraction) { in.CustomerID = crm.CustomerID{} }, []string{"customer_id"}},
	} {
		in := good
		row.with(&in)
		_, err := w.rep.tryLog(t, in)
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, row.fields...) })
	}
	i := must[crm.Interaction](t)(w.rep.tryLog(t, good))
	for name, row := range map[string]struct {
		in    crm.InteractionPatch
		field string
	}{
		"kind":      {crm.InteractionPatch{Kind: patch.Null[string]()}, "kind"},
		"direction": {crm.InteractionPatch{Direction: patch.Null[string]()}, "direction"},
		"summary":   {crm.InteractionPatch{Summary: patch.Null[string]()}, "summary"},
		"time":      {crm.InteractionPatch{OccurredAt: patch.Null[time.Time]()}, "occurred_at"},
		"member":    {crm.InteractionPatch{MemberIDs: patch.Of([]tenant.MemberID{w.globex.Rep})}, "member_ids[0]"},
		"outcome":   {crm.InteractionPatch{Kind: patch.Of("sms"), Outcome: patch.Of("busy")}, "outcome"},
		"answer":    {crm.InteractionPatch{Resolution: patch.Of(strings.Repeat("x", 2001))}, "resolution"},
		"link":      {crm.InteractionPatch{Links: patch.Of([]crm.Link{{Name: "x", URL: "ftp://a"}})}, "attachments[0].url"},
	} {
		_, err := w.rep.tryUpdateInteraction(t, i.ID, row.in, 0)
		t.Run("patch "+name, func(t *testing.T) { wantInvalid(t, err, row.field) })
	}
	if page := w.rep.interactions(t, c.ID, crm.ListQuery{Count: true}); *page.Total != 1 {
		t.Errorf("%d interactions after refusals", *page.Total)
	}
}

func TestInteractionMovesTheContactClock(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	w.Clock.Advance(20 * 24 * time.Hour)
	now := w.Clock.Now()
	check := func(step string, last, silence time.Time) {
		t.Helper()
		got := w.rep.get(t, c.ID)
		if last.IsZero() != (got.LastInteractionAt == nil) || got.LastInteractionAt != nil && !got.LastInteractionAt.Equal(last) {
			t.Errorf("%s: last contact %v, want %v", step, got.LastInteractionAt, last)
		}
		if last.IsZero() != got.LastInteractionBy.IsZero() {
			t.Errorf("%s: last contact by %q", step, got.LastInteractionBy)
		}
		if !got.SilenceFrom.Equal(silence) {
			t.Errorf("%s: silence counts from %v, want %v", step, got.SilenceFrom, silence)
		}
		if got.Version != 1 || !got.UpdatedAt.Equal(tenanttest.Start) {
			t.Errorf("%s: the contact changed the record: version %d", step, got.Version)
		}
	}
	day := func(n int) time.Time { return tenanttest.Start.Add(time.Duration(n) * 24 * time.Hour) }
	check("created", time.Time{}, tenanttest.Start)
	w.rep.logAt(t, c.ID, day(-5))
	check("before the record was made", day(-5), tenanttest.Start)
	old := w.rep.logAt(t, c.ID, day(3))
	check("back-dated", day(3), day(3))
	latest := w.rep.logAt(t, c.ID, now)
	check("now", now, now)
	w.rep.logAt(t, c.ID, day(7))
	check("back-dated behind the last", now, now)
	w.rep.logAt(t, c.ID, now.Add(time.Hour))
	check("future", now, now)
	if _, err := w.rep.tryUpdateInteraction(t, latest.ID, crm.InteractionPatch{OccurredAt: patch.Of(day(10))}, 0); err != nil {
		t.Fatal(err)
	}
	check("moved", day(10), day(10))
	if err := w.rep.deleteInteraction(t, latest.ID, 0); err != nil {
		t.Fatal(err)
	}
	check("deleted", day(7), day(7))
	if _, err := w.rep.tryUpdateInteraction(t, old.ID, crm.InteractionPatch{OccurredAt: patch.Of(day(12))}, 0); err != nil {
		t.Fatal(err)
	}
	check("moved forward", day(12), day(12))
	// The planned one happens; the daily check sees it.
	w.Clock.Advance(2 * time.Hour)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().CheckSilence(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	check("the future has come", now.Add(time.Hour), now.Add(time.Hour))
}

// A contact that is logged while another waits for the customer is not forgotten by the one that waited.
func TestTheContactClockDoesNotGoBack(t *testing.T) {
	w := newWorld(t)
	id := w.rep.customer(t, "x").ID
	w.Clock.Advance(time.Hour)
	before := w.Clock.Now()
	must[crm.Interaction](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Interaction, error) {
		if _, err := crm.GetCustomer(ctx, tx.Query, id); err != nil { // from here on it sees no other contact
			return crm.Interaction{}, err
		}
		w.Clock.Set(before.Add(time.Hour))
		w.admin.logAt(t, id, w.Clock.Now())
		return crm.LogInteraction(ctx, tx, crm.NewInteraction{CustomerID: id, Kind: "note", Summary: "x"}, nil)
	}))
	if c := w.rep.get(t, id); !c.LastInteractionAt.Equal(before.Add(time.Hour)) || !c.SilenceFrom.Equal(before.Add(time.Hour)) {
		t.Errorf("last contact at %s, silent from %s", c.LastInteractionAt, c.SilenceFrom)
	}
}

func TestHandOverStaysTheStartOfSilence(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	w.Clock.Advance(5 * 24 * time.Hour)
	w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	handed := w.Clock.Now()
	w.Clock.Advance(time.Hour)
	w.rep2.logAt(t, c.ID, tenanttest.Start.Add(time.Hour))
	if got := w.rep2.get(t, c.ID); !got.SilenceFrom.Equal(handed) {
		t.Errorf("a back-dated contact took the clock back behind the hand-over: %v", got.SilenceFrom)
	}
	w.rep2.move(t, c.ID, crm.Interested)
	moved := w.Clock.Now()
	i := w.rep2.logAt(t, c.ID, moved)
	if err := w.rep2.deleteInteraction(t, i.ID, 0); err != nil {
		t.Fatal(err)
	}
	if got := w.rep2.get(t, c.ID); !got.SilenceFrom.Equal(moved) {
		t.Errorf("a deleted contact took the clock back behind the stage: %v", got.SilenceFrom)
	}
}

func TestNextStepBecomesATask(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	due := w.Clock.Now().Add(48 * time.Hour)
	i := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", NextStep: "send quote", NextStepDueAt: &due}))
	tasks := w.rep.tasks(t, "")
	if len(tasks) != 1 || tasks[0].ID != i.TaskID || tasks[0].Title != "send quote" || tasks[0].Kind != "follow_up" || tasks[0].CustomerID != c.ID ||
		tasks[0].AssigneeID != w.acme.Rep || !tasks[0].DueAt.Equal(due) {
		t.Errorf("tasks %+v", tasks)
	}
	if got := w.rep.get(t, c.ID); got.NextFollowUpAt == nil || !got.NextFollowUpAt.Equal(due) {
		t.Errorf("next follow-up %v", got.NextFollowUpAt)
	}
	if stored := must[crm.Interaction](t)(w.rep.tryInteraction(t, i.ID)); stored.TaskID != i.TaskID {
		t.Error("the interaction does not know its task")
	}
	// All or nothing: a mistake in the interaction leaves no task.
	_, err := w.rep.tryLog(t, crm.NewInteraction{ID: &i.ID, CustomerID: c.ID, Kind: "call", Summary: "x", NextStep: "again", NextStepDueAt: &due})
	wantConflict(t, err, "id_in_use")
	if got := w.rep.tasks(t, ""); len(got) != 1 {
		t.Errorf("%d tasks after a refused interaction", len(got))
	}
}

func TestInteractionsFollowTheCustomersOwner(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	i := w.rep.logAt(t, c.ID, w.Clock.Now())
	for name, who := range map[string]struct {
		person
		sees bool
	}{
		"rep": {w.rep, true}, "rep2": {w.rep2, false}, "manager": {w.manager, true}, "admin": {w.admin, true}, "stranger": {w.stranger, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := who.tryInteraction(t, i.ID)
			_, errPatch := who.tryUpdateInteraction(t, i.ID, crm.InteractionPatch{Resolved: patch.Of(true)}, 0)
			_, errList := who.tryInteractions(t, c.ID, crm.ListQuery{})
			_, errLog := who.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "note", Summary: name})
			page := who.interactions(t, crm.CustomerID{}, crm.ListQuery{Filter: "kind = call"})
			if who.sees {
				if err != nil || errPatch != nil || errList != nil || errLog != nil || len(page.Data) != 1 {
					t.Error(err, errPatch, errList, errLog, len(page.Data))
				}
				return
			}
			wantError(t, err, tenant.ErrNotFound)
			wantError(t, errPatch, tenant.ErrNotFound)
			wantError(t, errList, tenant.ErrNotFound)
			wantInvalid(t, errLog, "customer_id")
			wantError(t, who.deleteInteraction(t, i.ID, 0), tenant.ErrNotFound)
			if len(page.Data) != 0 {
				t.Errorf("lists %+v", page.Data)
			}
		})
	}
	// The customer moves to somebody else, and the history with it.
	w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	if _, err := w.rep2.tryInteraction(t, i.ID); err != nil {
		t.Error(err)
	}
	_, err := w.rep.tryInteraction(t, i.ID)
	wantError(t, err, tenant.ErrNotFound)
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	_, err = w.admin.tryInteraction(t, i.ID)
	wantError(t, err, tenant.ErrNotFound)
	if page := w.admin.interactions(t, crm.CustomerID{}, crm.ListQuery{}); len(page.Data) != 0 {
		t.Error("a deleted customer's interactions are listed")
	}
	if page := w.admin.interactions(t, crm.CustomerID{}, crm.ListQuery{Q: "talk"}); len(page.Data) != 0 {
		t.Error("a deleted customer's interactions are found")
	}
}

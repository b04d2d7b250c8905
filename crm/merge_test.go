package crm_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryMerge(t testing.TB, winner, loser crm.CustomerID, fields map[string]string, dry bool) (crm.MergeResult, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.MergeResult, error) {
		return crm.MergeCustomers(ctx, tx, winner, crm.MergeRequest{LoserID: loser, Fields: fields, DryRun: dry}, 0)
	})
}

func (p person) merge(t testing.TB, winner, loser crm.CustomerID, fields map[string]string) crm.MergeResult {
	t.Helper()
	return must[crm.MergeResult](t)(p.tryMerge(t, winner, loser, fields, false))
}

func wantMerged(t testing.TB, err error, winner crm.CustomerID) {
	t.Helper()
	var merged *crm.MergedError
	if !errors.As(err, &merged) || merged.Winner != winner.String() || !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("got %v, want merged into %s", err, winner)
	}
}

// TestMergeMovesEverything gives a customer something of every kind and merges it.
func TestMergeMovesEverything(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "tax_no", Type: "text", Unique: true})
	w.admin.field(t, crm.NewCustomField{Key: "size", Type: "number"})
	winner := w.rep.create(t, crm.NewCustomer{Name: "云帆科技", Email: "wang@yunfan.example", Note: "first", Tags: []string{"a", "vip"}, Industry: "it", Custom: values{"size": 3.0}})
	loser := w.rep2.create(t, crm.NewCustomer{Name: "云帆", Phone: "13800138000", Email: "li@yunfan.example", Note: "second", Tags: []string{"VIP", "b"},
		DoNotContact: true, City: "北京市", Revenue: ptr(int64(1_234_567_890_123_456)), Employees: ptr(12), Custom: values{"size": 4.0, "tax_no": "913100"}})
	w.rep2.move(t, loser.ID, crm.Interested)
	w.Clock.Advance(time.Hour)
	late := w.Clock.Now()
	talk := w.rep2.logAt(t, loser.ID, late)
	w.rep.logAt(t, winner.ID, late.Add(-48*time.Hour))
	w.rep2.deal(t, crm.NewDeal{Name: "d", CustomerID: &loser.ID})
	w.rep.contact(t, crm.NewContact{Name: "王芳", CustomerID: &winner.ID})
	li := w.rep2.contact(t, crm.NewContact{Name: "李雷", CustomerID: &loser.ID})
	task := w.rep2.task(t, crm.NewTask{Title: "t", CustomerID: &loser.ID, DueAt: ptr(late.Add(24 * time.Hour))})
	w.rep.task(t, crm.NewTask{Title: "later", CustomerID: &winner.ID, DueAt: ptr(late.Add(48 * time.Hour))})
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		if err := crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true}); err != nil {
			return err
		}
		for member, of := range map[tenant.MemberID][2]bool{w.acme.Admin: {true, true}, w.acme.Manager: {false, true}} { // with whom, and whether each is shared
			if of[0] {
				if _, err := crm.ShareCustomer(t.Context(), tx, winner.ID, member, false); err != nil {
					return err
				}
			}
			if _, err := crm.ShareCustomer(t.Context(), tx, loser.ID, member, true); err != nil {
				return err
			}
		}
		_, err := crm.ShareCustomer(t.Context(), tx, loser.ID, w.acme.Rep, false)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.manager.dismiss(t, winner.ID, loser.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)

	seen := must[crm.MergeResult](t)(w.manager.tryMerge(t, winner.ID, loser.ID, map[string]string{"email": "loser"}, true))
	if again := w.rep2.get(t, loser.ID); again.Version != 2 || !seen.DryRun {
		t.Error("a dry run has changed something")
	}
	w.waiting(t)
	got := w.manager.merge(t, winner.ID, loser.ID, map[string]string{"email": "loser"})
	wantFields := map[string]string{
		"name": "winner", "contact_name": "winner", "phone": "loser", "email": "loser", "website": "winner", "address": "loser", "parent_id": "winner", "industry": "winner",
		"employees": "loser", "revenue": "loser", "source": "winner", "note": "both", "owner_id": "winner", "lifecycle": "winner", "do_not_contact": "loser",
		"custom.size": "winner", "custom.tax_no": "loser",
	}
	wantMoved := map[string]int{"collaborators": 1, "contacts": 1, "deals": 1, "interactions": 1, "lifecycle_history": 2, "tasks": 1}
	if diff := cmp.Diff([]any{wantFields, []string{"custom.size", "email", "lifecycle", "name", "note", "owner_id"}, wantMoved}, []any{got.Fields, got.Differ, got.Moved}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{got.Fields, got.Differ, map[string]int{"collaborators": 3, "contacts": 1, "deals": 1, "interactions": 1, "lifecycle_history": 2, "tasks": 1}}, []any{seen.Fields, seen.Differ, seen.Moved}); diff != "" {
		t.Errorf("foretold (-come +foretold):\n%s", diff)
	}
	c := w.rep.get(t, winner.ID)
	if c.Name != "云帆科技" || *c.Phone != "+8613800138000" || *c.Email != "li@yunfan.example" || c.Note != "first\n\nsecond" || !c.DoNotContact ||
		*c.Revenue != 1_234_567_890_123_456 || *c.RevenueCurrency != "CNY" || *c.Employees != 12 || !slices.Equal(c.Tags, []string{"a", "b", "vip"}) ||
		!cmp.Equal(c.Custom, values{"size": 3.0, "tax_no": "913100"}) || c.Lifecycle != crm.Potential || c.OwnerID != w.acme.Rep || c.City != "北京市" || c.Version != 2 {
		t.Errorf("%+v", c)
	}
	if !c.LastInteractionAt.Equal(late) || !c.NextFollowUpAt.Equal(*task.DueAt) || !c.SilenceFrom.Equal(late) {
		t.Errorf("last contact %v, next follow-up %v, quiet since %v", c.LastInteractionAt, c.NextFollowUpAt, c.SilenceFrom)
	}
	if diff := cmp.Diff(c, got.Customer); diff != "" {
		t.Errorf("answered (-stored +answered):\n%s", diff)
	}
	if names := w.rep.names(t, crm.ListQuery{Q: "138001"}); !slices.Equal(names, []string{"云帆科技"}) {
		t.Errorf("the new number finds %q", names)
	}
	if names := w.rep.names(t, crm.ListQuery{Filter: `custom.tax_no = "913100"`}); !slices.Equal(names, []string{"云帆科技"}) {
		t.Errorf("the new tax number finds %q", names)
	}
	if moved := must[crm.Interaction](t)(w.rep.tryInteraction(t, talk.ID)); moved.CustomerID != winner.ID {
		t.Errorf("interaction of %s", moved.CustomerID)
	}
	if moved := w.rep.getContact(t, li.ID); moved.CustomerID != winner.ID || moved.OwnerID != w.acme.Rep || moved.Primary {
		t.Errorf("contact %+v", moved)
	}
	if visits := must[[]crm.StageVisit](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.StageVisit, error) {
		return crm.LifecycleHistory(ctx, q, winner.ID)
	})); len(visits) != 3 {
		t.Errorf("%d stages", len(visits))
	}
	shared := map[tenant.MemberID]bool{}
	for _, s := range must[[]crm.Collaborator](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.Collaborator, error) {
		return crm.ListCollaborators(ctx, q, winner.ID)
	})) {
		shared[s.MemberID] = s.MayWrite
	}
	if diff := cmp.Diff(map[tenant.MemberID]bool{w.acme.Admin: true, w.acme.Manager: true}, shared); diff != "" {
		t.Errorf("shared (-want +got):\n%s", diff)
	}
	w.wantMergeTold(t, c, loser)
}

// wantMergeTold looks at the events, the notices and the history of the only merge.
func (w *world) wantMergeTold(t *testing.T, winner, loser crm.Customer) {
	t.Helper()
	events := w.waiting(t)
	w.reactTo(t, events...)
	if len(events) != 3 || events[2].Type != "customer.merged" || events[1].Type != "customer.deleted" || events[1].OwnerBefore != loser.OwnerID || !events[1].OwnerAfter.IsZero() ||
		events[0].Type != "contact.updated" || events[0].OwnerBefore != loser.OwnerID || events[0].OwnerAfter != winner.OwnerID {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	events = events[1:]
	data := decode[crm.CustomerMerged](t, events[1].Data)
	if data.ID != winner.ID || data.LoserID != loser.ID || data.Loser.Name != loser.Name || data.Phone == nil {
		t.Errorf("%s", events[1].Data)
	}
	if previous := decode[map[string]any](t, events[1].Previous); previous["phone"] != nil || previous["note"] != "first" || previous["email"] != "wang@yunfan.example" || len(previous) != 10 || !cmp.Equal(previous["custom"], map[string]any{"tax_no": nil}) {
		t.Errorf("previous %v", previous)
	}
	if got := w.rep.notifications(t, ""); len(got) != 1 || got[0].Title != "Customers merged: 云帆 → 云帆科技" {
		t.Errorf("the winner's owner is told %+v", got)
	}
	if got := w.rep2.notifications(t, ""); len(got) != 1 || got[0].Title != "Customer 云帆 was merged into one of acme rep" || got[0].Link != "" {
		t.Errorf("the loser's owner is told %+v", got)
	}
	merges := must[[]crm.Merge](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.Merge, error) { return crm.ListMerges(ctx, q, winner.ID) }))
	if len(merges) != 1 || merges[0].Loser.Name != "云帆" || !slices.Equal(merges[0].Loser.Tags, []string{"b", "vip"}) || merges[0].MergedBy != w.acme.Manager || merges[0].Fields["note"] != "both" || merges[0].Moved["tasks"] != 1 {
		t.Errorf("%+v", merges)
	}
}

func TestMergedCustomersLeadOn(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.rep.customer(t, "a"), w.rep.customer(t, "b"), w.rep.customer(t, "c")
	w.rep.merge(t, b.ID, a.ID, nil)
	_, err := w.rep.tryGet(t, a.ID)
	wantMerged(t, err, b.ID)
	w.rep.merge(t, c.ID, b.ID, map[string]string{"name": "loser"})
	for _, gone := range []crm.CustomerID{a.ID, b.ID} {
		_, err := w.rep.tryGet(t, gone)
		wantMerged(t, err, c.ID)
		_, err = w.rep.tryUpdate(t, gone, crm.CustomerPatch{Name: patch.Of("x")}, 0)
		wantMerged(t, err, c.ID)
		_, err = w.rep.tryMove(t, gone, crm.StageChange{To: crm.Won})
		wantMerged(t, err, c.ID)
		_, err = w.rep.tryLog(t, crm.NewInteraction{CustomerID: gone, Kind: "call", Summary: "x"})
		wantMerged(t, err, c.ID)
		_, err = write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) {
			return crm.CreateTask(ctx, tx, crm.NewTask{Title: "x", CustomerID: &gone})
		})
		wantMerged(t, err, c.ID)
		_, err = w.rep.tryMerge(t, c.ID, gone, nil, false)
		wantMerged(t, err, c.ID)
		for _, other := range []person{w.rep2, w.stranger} {
			_, err := other.tryGet(t, gone)
			var merged *crm.MergedError
			if !errors.Is(err, tenant.ErrNotFound) || errors.As(err, &merged) {
				t.Errorf("%s learns of a merge: %v", other.id(), err)
			}
		}
	}
	if names := w.rep.names(t, crm.ListQuery{}); !slices.Equal(names, []string{"b"}) {
		t.Errorf("%q", names)
	}
	w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	if _, err := w.rep.tryGet(t, a.ID); !errors.Is(err, tenant.ErrNotFound) || strings.Contains(err.Error(), c.ID.String()) {
		t.Errorf("the former owner is told where it went: %v", err)
	}
}

func TestMergeIsRefused(t *testing.T) {
	w := newWorld(t)
	mine, other, theirs := w.rep.customer(t, "mine"), w.rep.customer(t, "other"), w.rep2.customer(t, "theirs")
	foreign := w.stranger.customer(t, "foreign")
	_, err := w.rep.tryMerge(t, mine.ID, mine.ID, nil, false)
	wantInvalid(t, err, "loser_id")
	for _, loser := range []crm.CustomerID{theirs.ID, foreign.ID, crm.CustomerID(tenant.NewEventID())} {
		_, err := w.rep.tryMerge(t, mine.ID, loser, nil, false)
		wantInvalid(t, err, "loser_id")
	}
	for _, winner := range []crm.CustomerID{theirs.ID, foreign.ID} {
		_, err := w.rep.tryMerge(t, winner, mine.ID, nil, false)
		wantError(t, err, tenant.ErrNotFound)
	}
	_, err = w.rep.tryMerge(t, mine.ID, other.ID, map[string]string{"colour": "winner", "name": "me"}, true)
	wantInvalid(t, err, "fields.colour", "fields.name")
	// Both notes are kept as long as they are one that is allowed, in characters.
	long := w.rep.create(t, crm.NewCustomer{Name: "long", Note: strings.Repeat("长", 5000)})
	short := w.rep.create(t, crm.NewCustomer{Name: "short", Note: strings.Repeat("短", 4999)})
	_, err = w.rep.tryMerge(t, long.ID, short.ID, nil, true)
	wantInvalid(t, err, "fields.note")
	if got := must[crm.MergeResult](t)(w.rep.tryMerge(t, long.ID, short.ID, map[string]string{"note": "loser"}, true)); got.Customer.Note != short.Note {
		t.Errorf("the note of choice is %.20q", got.Customer.Note)
	}
	w.rep.update(t, short.ID, crm.CustomerPatch{Note: patch.Of(strings.Repeat("短", 4998))})
	if got := must[crm.MergeResult](t)(w.rep.tryMerge(t, long.ID, short.ID, nil, true)); got.Fields["note"] != "both" || utf8.RuneCountInString(got.Customer.Note) != 10_000 {
		t.Errorf("the note is of %s and begins %.20q", got.Fields["note"], got.Customer.Note)
	}
	_, err = write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.MergeResult, error) {
		return crm.MergeCustomers(ctx, tx, mine.ID, crm.MergeRequest{LoserID: other.ID}, 7)
	})
	wantError(t, err, tenant.ErrStale)
	careful := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "customer:read", "customer:update")}
	_, err = careful.tryMerge(t, mine.ID, other.ID, nil, false)
	wantError(t, err, tenant.ErrDenied)
	// Somebody with whom the winner is only shared may not fill it.
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		if err := crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true}); err != nil {
			return err
		}
		_, err := crm.ShareCustomer(t.Context(), tx, theirs.ID, w.acme.Rep, true)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	helper := *w.rep.caller
	helper.Shared = true
	_, err = (person{w, w.acme, &helper}).tryMerge(t, theirs.ID, mine.ID, nil, false)
	wantError(t, err, tenant.ErrDenied)
	if got := len(w.changesOf(t, "customer.merged")); got != 0 {
		t.Errorf("%d merges", got)
	}
}

// TestMergesAtOnce merges a ring of customers while others hang things on them: one is left, and nothing is lost.
func TestMergesAtOnce(t *testing.T) {
	c := newCabinet(t, 1000)
	w := commenters(c.world)
	all := []crm.Customer{w.rep.customer(t, "0"), w.rep.customer(t, "1"), w.rep.customer(t, "2")}
	together(t, 18, func(i int) error {
		a, b := all[i%3], all[(i+1)%3]
		var err error
		switch i / 3 {
		case 0:
			_, err = w.rep.tryMerge(t, a.ID, b.ID, nil, false)
		case 1:
			_, err = w.rep.tryLog(t, crm.NewInteraction{CustomerID: a.ID, Kind: "call", Summary: "x"})
		case 2:
			_, err = w.rep.tryComment(t, a.ID, "x")
		case 3:
			_, err = w.rep.tryEvent(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00"), CustomerID: &a.ID})
		case 4:
			_, err = c.tryAttach(t, w.rep, crm.NewAttachment{Record: crm.RecordRef{Noun: "customer", ID: tenant.RecordID(a.ID)}, Name: "x"}, "x")
		default:
			_, err = write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) {
				return crm.CreateTask(ctx, tx, crm.NewTask{Title: "x", CustomerID: &a.ID})
			})
		}
		var merged *crm.MergedError
		if errors.As(err, &merged) {
			return nil
		}
		return err
	})
	left := w.rep.list(t, crm.ListQuery{}).Data
	if len(left) != 1 {
		t.Fatalf("%d are left", len(left))
	}
	for table, column := range map[string]string{"interactions": "customer_id", "tasks": "customer_id", "calendar_events": "customer_id", "comments": "record_id", "attachments": "record_id"} {
		if lost := w.count(t, `company.`+table+` WHERE `+column+` <> ?`, left[0].ID); lost != 0 {
			t.Errorf("%d %s hang on customers that are gone", lost, table)
		}
	}
}

// TestEveryReferenceIsKnown looks for columns of the schema that name records and are not in the table of references.
func TestEveryReferenceIsKnown(t *testing.T) {
	w := newWorld(t)
	columns := must[[]string](t)(read(t, w.system(w.acme), func(ctx ctx, q *tenant.Query) ([]string, error) {
		var all []string
		err := q.Select(ctx, &all, `SELECT CONCAT(c.table_name, '.', c.column_name) FROM information_schema.columns c
			WHERE c.table_schema = ? AND c.column_name IN ('customer_id', 'parent_id', 'record_id', 'deal_id', 'interaction_id', 'contact_id', 'task_id') ORDER BY 1`, w.acme.Schema)
		return all, err
	}))
	if len(columns) < 8 {
		t.Errorf("only %q", columns)
	}
	for _, c := range columns {
		if !slices.Contains(crm.References(), c) {
			t.Errorf("%s names records; add it to the table of references, so that it is thought of when they are merged or purged", c)
		}
	}
	for _, c := range crm.References() {
		if w.count(t, `information_schema.columns WHERE table_schema = ? AND CONCAT(table_name, '.', column_name) = ?`, w.acme.Schema, c) != 1 {
			t.Errorf("%s is not in the schema", c)
		}
	}
}

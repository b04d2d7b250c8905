package crm_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestImportDuplicates(t *testing.T) {
	w := importers(newWorld(t))
	mine := w.rep.create(t, crm.NewCustomer{Name: "云帆科技（上海）", Phone: "13800138000", Email: "wang@yunfan.example"})
	theirs := w.rep2.create(t, crm.NewCustomer{Name: "华信软件", Phone: "13900139000"})
	gone := w.rep.customer(t, "Gone Ltd")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	lines := []struct {
		row, outcome, code string
		record             crm.CustomerID
	}{
		{"other name,+86 138-0013-8000,", crm.RowDuplicate, "exists_already", mine.ID},
		{"other name,,WANG@Yunfan.example", crm.RowDuplicate, "exists_already", mine.ID},
		{"云帆科技(上海),,", crm.RowDuplicate, "exists_already", mine.ID},
		{"云帆科技 上海,13700137000,", crm.RowCreated, "", crm.CustomerID{}},                      // another number: a branch
		{"Acme Tower,13800138000,tower@acme.example", crm.RowCreated, "", crm.CustomerID{}}, // a shared switchboard
		{"华信软件,,", crm.RowDuplicate, "colleagues_record", crm.CustomerID{}},
		{"x,13900139000,", crm.RowDuplicate, "colleagues_record", crm.CustomerID{}},
		{"Gone Ltd,,", crm.RowCreated, "", crm.CustomerID{}},
		{"New Ltd,13600136000,", crm.RowCreated, "", crm.CustomerID{}},
		{"new ltd.,,", crm.RowDuplicate, "repeats_line", crm.CustomerID{}},
		{"…,,", crm.RowCreated, "", crm.CustomerID{}}, // nothing in it to compare
		{"——,,", crm.RowCreated, "", crm.CustomerID{}},
	}
	text := "name,phone,email\n"
	for _, l := range lines {
		text += l.row + "\n"
	}
	imp := w.rep.upload(t, "a.csv", text)
	preview := w.rep.mapped(t, imp.ID, crm.ImportPatch{})
	must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
	w.rep.work(t, imp.ID)
	rows := w.rep.rows(t, imp.ID, "")
	for i, l := range lines {
		if rows[i].Outcome != l.outcome || preview.Rows[i].Outcome != l.outcome {
			t.Errorf("%s: %s, foretold %s; want %s", l.row, rows[i].Outcome, preview.Rows[i].Outcome, l.outcome)
		}
		if l.outcome != crm.RowDuplicate {
			continue
		}
		if diff := cmp.Diff([]string{l.code}, codesOf(rows[i])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l.row, diff)
		}
		if l.code != "repeats_line" && recordOf(t, rows[i]) != l.record {
			t.Errorf("%s: record %q, want %q", l.row, recordOf(t, rows[i]), l.record)
		}
	}
	if got := rows[9]; recordOf(t, got) != recordOf(t, rows[8]) || !strings.Contains(got.Problems[0].Message, "line 10") {
		t.Errorf("%+v", got)
	}
	for _, row := range rows {
		if recordOf(t, row) == theirs.ID {
			t.Error("a colleague's customer is told of")
		}
	}
}

func TestImportUpdates(t *testing.T) {
	w := importers(newWorld(t))
	first := w.rep.create(t, crm.NewCustomer{Name: "First", Phone: "13800138000", Note: "keep", Industry: "old", Tags: []string{"vip"}})
	theirs := w.rep2.create(t, crm.NewCustomer{Name: "Theirs", Phone: "13900139000"})
	twin := w.rep.create(t, crm.NewCustomer{Name: "Twin", Phone: "13700137000"})
	w.rep.create(t, crm.NewCustomer{Name: "Twin 2", Phone: "13700137000"})
	text := "name,phone,industry,note,tags,stage,created at\n" +
		"First Ltd,13800138000,new,,VIP;fair,意向,2020-01-01\n" + // changes
		",13800138000,newer,,,,\n" + // changes what the line before has changed
		"First Ltd,13800138000,newer,,,,\n" + // says nothing new
		"Theirs,13900139000,new,,,,\n" + // a colleague's
		"Twin,13700137000,new,,,,\n" + // two have it
		"Newcomer,13600136000,new,,,,\n" + // nobody has it
		"Blank,,new,,,,\n" +
		",13800138000,,,,成交,\n" + // another stage
		",13800138000,,,,潜在,\n" + // a move that is not allowed
		",13500135000,nobody,,,,\n" // nobody has it, and it has no name
	for mode, want := range map[string][]string{
		crm.ModeUpdate: {"updated", "updated", "duplicate nothing_new", "duplicate colleagues_record", "rejected several_found", "rejected not_found", "rejected key_empty", "updated", "rejected illegal_lifecycle_move", "rejected not_found"},
		crm.ModeUpsert: {"updated", "updated", "duplicate nothing_new", "duplicate colleagues_record", "rejected several_found", "created", "created", "updated", "rejected illegal_lifecycle_move", "rejected required"},
	} {
		imp := w.rep.run(t, "a.csv", text, crm.ImportOptions{Mode: mode, Key: "phone"})
		var got []string
		for _, row := range w.rep.rows(t, imp.ID, "") {
			got = append(got, strings.Join(append([]string{row.Outcome}, codesOf(row)...), " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
		after := w.rep.get(t, first.ID)
		if after.Name != "First Ltd" || after.Note != "keep" || after.Industry != "newer" || !slices.Equal(after.Tags, []string{"fair", "vip"}) || !after.CreatedAt.Equal(first.CreatedAt) {
			t.Errorf("%s: %+v", mode, after)
		}
		if after.Lifecycle != crm.Won {
			t.Errorf("%s: stage %s", mode, after.Lifecycle)
		}
		if names := w.rep.names(t, crm.ListQuery{Filter: `industry = "newer"`, Q: "first ltd"}); len(names) != 1 {
			t.Error("not found by its new name")
		}
		if got := w.rep2.get(t, theirs.ID); got.Version != theirs.Version {
			t.Error("a colleague's customer was changed")
		}
		if imp = w.rep.undo(t, imp.ID); imp.Status != crm.ImportUndone {
			t.Errorf("%s", imp.Status)
		}
		back := w.rep.get(t, first.ID)
		if diff := cmp.Diff([]any{first.Name, first.Industry, first.Tags, first.Lifecycle, first.LifecycleSince}, []any{back.Name, back.Industry, back.Tags, back.Lifecycle, back.LifecycleSince}); diff != "" {
			t.Errorf("%s undone (-want +got):\n%s", mode, diff)
		}
	}
	if w.rep.get(t, twin.ID).Version != 1 {
		t.Error("a twin was changed")
	}
	if got := len(w.changesOf(t, "customer.lifecycle_changed")); got == 0 {
		t.Error("moves are not told of")
	}
}

func TestUpdateByOtherKeys(t *testing.T) {
	w := importers(newWorld(t))
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆 科技", Email: "Wang@yunfan.example"})
	w.rep.run(t, "a.csv", "name,email,source\nx,wang@YUNFAN.example,by email\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "email"})
	if got := w.rep.get(t, c.ID); got.Source != "by email" || got.Name != "x" {
		t.Errorf("%+v", got)
	}
	w.rep.run(t, "a.csv", "name,source\nＸ！,by name\n", crm.ImportOptions{Mode: crm.ModeUpsert, Key: "name"})
	if got := w.rep.get(t, c.ID); got.Source != "by name" || got.Version != 3 {
		t.Errorf("%+v", got)
	}
}

func TestUndoKeepsWhatPeopleChangedSince(t *testing.T) {
	w := importers(newWorld(t))
	c := w.rep.create(t, crm.NewCustomer{Name: "First", Phone: "13800138000", Industry: "old", Source: "old", Revenue: ptr(int64(100)), RevenueCurrency: ptr("CNY")})
	imp := w.rep.run(t, "a.csv", "phone,industry,source,owner,currency,revenue\n13800138000,new,new,acme rep,USD,2\n,,,,,\n", crm.ImportOptions{Mode: crm.ModeUpdate})
	w.rep.update(t, c.ID, crm.CustomerPatch{Source: patch.Of("newest"), Revenue: patch.Of(int64(250))})
	if imp = w.rep.undo(t, imp.ID); imp.Undone != 1 {
		t.Errorf("%d undone", imp.Undone)
	}
	if got := w.rep.get(t, c.ID); got.Industry != "old" || got.Source != "newest" || *got.Revenue != 250 || *got.RevenueCurrency != "USD" {
		t.Errorf("industry %q, source %q, revenue %d %s", got.Industry, got.Source, *got.Revenue, *got.RevenueCurrency)
	}
	// What was handed to somebody else is out of the importer's reach and stays.
	imp = w.rep.run(t, "a.csv", "name\nHanded\nMine\n", crm.ImportOptions{})
	handed := recordOf(t, w.rep.rows(t, imp.ID, crm.RowCreated)[0])
	w.manager.update(t, handed, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	if imp = w.rep.undo(t, imp.ID); imp.Undone != 1 || imp.Created != 2 {
		t.Errorf("%d of %d undone", imp.Undone, imp.Created)
	}
	if got := w.rep2.get(t, handed); got.Name != "Handed" {
		t.Errorf("%+v", got)
	}
}

// TestUndoIsToldOf looks at the event of an undo, at what the search finds after it, and at how the history of stages goes on.
func TestUndoIsToldOf(t *testing.T) {
	w := importers(newWorld(t))
	c := w.rep.create(t, crm.NewCustomer{Name: "First", Phone: "13800138000", Email: "old@first.example"})
	w.Clock.Advance(time.Hour)
	imp := w.rep.run(t, "a.csv", "phone,email,stage\n13800138000,new@first.example,won\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "phone"})
	w.Clock.Advance(time.Hour)
	w.rep.undo(t, imp.ID)
	changes := w.changesOf(t, "customer.updated")
	if previous := decode[map[string]any](t, changes[len(changes)-1].Previous); previous["email"] != "new@first.example" {
		t.Errorf("previous %v", previous)
	}
	got := w.rep.get(t, c.ID)
	if *got.Email != "old@first.example" {
		t.Errorf("e-mail %s", *got.Email)
	}
	visits := must[[]crm.StageVisit](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) ([]crm.StageVisit, error) {
		return crm.LifecycleHistory(ctx, q, c.ID)
	}))
	if last := visits[len(visits)-1]; len(visits) != 3 || last.To != crm.Potential || !last.EnteredAt.Equal(w.Clock.Now()) || !last.EnteredAt.Equal(got.LifecycleSince) {
		t.Errorf("since %s, after %+v", got.LifecycleSince, visits)
	}
	for q, want := range map[string]int{"old@first": 1, "new@first": 0} {
		if got := w.rep.names(t, crm.ListQuery{Q: q}); len(got) != want {
			t.Errorf("%s finds %q", q, got)
		}
	}
}

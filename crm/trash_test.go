package crm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryTrash(t testing.TB, noun string, in crm.ListQuery) (crm.Page[crm.TrashedRecord], error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.TrashedRecord], error) {
		return crm.ListTrash(ctx, q, noun, in)
	})
}

// trash returns the titles of what lies in the trash, page by page.
func (p person) trash(t testing.TB, noun string, in crm.ListQuery) []string {
	t.Helper()
	in.Limit = 1
	titles := []string{}
	for {
		page := must[crm.Page[crm.TrashedRecord]](t)(p.tryTrash(t, noun, in))
		for _, r := range page.Data {
			titles = append(titles, r.Title)
			if !r.PurgeAt.Equal(r.DeletedAt.Add(30 * 24 * time.Hour)) {
				t.Errorf("%s is purged at %s", r.Title, r.PurgeAt)
			}
		}
		if page.NextCursor == nil {
			return titles
		}
		in.Cursor = *page.NextCursor
	}
}

func (p person) delete(t testing.TB, id crm.CustomerID) {
	t.Helper()
	if err := p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, id, 0) }); err != nil {
		t.Fatal(err)
	}
}

func (p person) tryRestore(t testing.TB, id crm.CustomerID) (crm.Customer, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Customer, error) { return crm.RestoreCustomer(ctx, tx, id) })
}

func (p person) purge(t testing.TB, id string) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.PurgeRecord(t.Context(), tx, refTo(t, id)) })
}

func TestTrash(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "tax_no", Type: "text", Unique: true})
	first := w.rep.create(t, crm.NewCustomer{Name: "云帆", Tags: []string{"vip"}, Custom: values{"tax_no": "913100"}})
	left, stayed := w.rep.contact(t, crm.NewContact{Name: "left", CustomerID: &first.ID}), w.rep.contact(t, crm.NewContact{Name: "王芳", CustomerID: &first.ID})
	if err := w.rep.deleteContact(t, left.ID); err != nil {
		t.Fatal(err)
	}
	second, other := w.rep.customer(t, "second"), w.rep2.customer(t, "other")
	stays := w.rep.customer(t, "stays")
	for _, c := range []crm.Customer{first, second} {
		w.rep.delete(t, c.ID)
		w.Clock.Advance(time.Minute)
	}
	w.rep2.delete(t, other.ID)
	for who, want := range map[*person][]string{
		&w.rep: {"second", "云帆"}, &w.rep2: {"other"}, &w.manager: {"other", "second", "云帆"}, &w.stranger: {},
	} {
		if got := who.trash(t, "customer", crm.ListQuery{}); !slices.Equal(got, want) {
			t.Errorf("%s sees %q, want %q", who.id(), got, want)
		}
	}
	if got := w.rep.trash(t, "contact", crm.ListQuery{}); !slices.Equal(got, []string{"left"}) {
		t.Errorf("contacts that can be restored by themselves: %q", got)
	}
	for want, in := range map[string]crm.ListQuery{"云帆": {Q: "yf"}, "second": {Filter: `name = "second"`}} {
		if got := w.rep.trash(t, "customer", in); !slices.Equal(got, []string{want}) {
			t.Errorf("%+v finds %q", in, got)
		}
	}
	_, err := w.rep.tryTrash(t, "customer", crm.ListQuery{OrderBy: "name"})
	wantInvalid(t, err, "order_by")
	_, err = w.rep.tryTrash(t, "interaction", crm.ListQuery{})
	wantInvalid(t, err, "noun")

	for _, p := range []person{w.rep2, w.stranger} {
		_, err := p.tryRestore(t, first.ID)
		wantError(t, err, tenant.ErrNotFound)
	}
	_, err = w.rep.tryRestore(t, stays.ID)
	wantError(t, err, tenant.ErrNotFound)
	back := must[crm.Customer](t)(w.rep.tryRestore(t, first.ID))
	if got := w.rep.get(t, first.ID); !slices.Equal(got.Tags, []string{"vip"}) || got.Version != first.Version+2 || got.Version != back.Version {
		t.Errorf("%+v", got)
	}
	if got := w.rep.names(t, crm.ListQuery{Filter: `custom.tax_no = "913100" AND tags:"vip"`, Q: "yf"}); !slices.Equal(got, []string{"云帆"}) {
		t.Errorf("what has come back is found as %q", got)
	}
	if got := w.rep.people(t, first.ID, crm.ListQuery{}); !slices.Equal(got, []string{"王芳"}) || w.rep.getContact(t, stayed.ID).OwnerID != w.acme.Rep {
		t.Errorf("with it come back %q", got)
	}
	if told := w.changesOf(t, "customer.restored"); len(told) != 1 || told[0].OwnerAfter != w.acme.Rep || !told[0].OwnerBefore.IsZero() {
		t.Errorf("%+v", told)
	}
	// Its value is somebody else's by now.
	w.rep.delete(t, first.ID)
	w.rep2.create(t, crm.NewCustomer{Name: "taken", Custom: values{"tax_no": "913100"}})
	_, err = w.rep.tryRestore(t, first.ID)
	wantConflict(t, err, "value_taken")
	// What went up in another one is nowhere.
	w.rep.merge(t, stays.ID, w.rep.customer(t, "loser").ID, nil)
	if got := w.rep.trash(t, "customer", crm.ListQuery{}); slices.Contains(got, "loser") {
		t.Errorf("%q", got)
	}
	// Contacts go with their customer in the trash too, to its new owner and into another one.
	given, merged := w.rep.customer(t, "given"), w.rep.customer(t, "merged")
	for name, customer := range map[string]crm.CustomerID{"of given": given.ID, "of merged": merged.ID} {
		if err := w.rep.deleteContact(t, w.rep.contact(t, crm.NewContact{Name: name, CustomerID: &customer}).ID); err != nil {
			t.Fatal(err)
		}
	}
	w.manager.update(t, given.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	w.manager.merge(t, w.rep2.customer(t, "winner").ID, merged.ID, nil)
	for who, want := range map[*person][]string{&w.rep: {}, &w.rep2: {"of given", "of merged"}} {
		got := who.trash(t, "contact", crm.ListQuery{Filter: `name != "left"`})
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s sees %q, want %q", who.id(), got, want)
		}
	}
}

func TestPurge(t *testing.T) {
	w := newCabinet(t, 1000)
	commenters(w.world)
	w.admin.field(t, crm.NewCustomField{Key: "size", Type: "number"})
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆", Tags: []string{"vip"}, Custom: values{"size": 3.0}})
	loser := w.rep.customer(t, "loser")
	w.rep.merge(t, c.ID, loser.ID, nil)
	talk := w.rep.logAt(t, c.ID, w.Clock.Now())
	deal := w.rep.deal(t, crm.NewDeal{Name: "d", CustomerID: &c.ID})
	task := w.rep.task(t, crm.NewTask{Title: "t", CustomerID: &c.ID, DealID: &deal.ID})
	wang := w.rep.contact(t, crm.NewContact{Name: "王芳", CustomerID: &c.ID, Phones: []crm.ContactPhone{{Number: "13800138000"}}})
	for _, id := range []string{c.ID.String(), talk.ID.String(), wang.ID.String()} {
		w.attach(t, w.rep, id, "a.txt", "x")
		w.rep.comment(t, refTo(t, id), "x")
	}
	if err := w.rep.purge(t, c.ID.String()); err == nil {
		t.Fatal("a living record is purged")
	}
	w.rep.delete(t, c.ID)
	for _, p := range []person{w.rep2, w.stranger} {
		wantError(t, p.purge(t, c.ID.String()), tenant.ErrNotFound)
	}
	wantError(t, w.rep.purge(t, talk.ID.String()), tenant.ErrNotFound)
	w.Clock.Advance(30 * 24 * time.Hour)
	if n := w.purgeTrash(t); n != 0 {
		t.Fatalf("%d turns before its time", n)
	}
	w.Clock.Advance(time.Second)
	if n := w.purgeTrash(t); n != 1 {
		t.Errorf("%d turns", n)
	}
	kept := []string{"changes.record_id", "import_rows.record_id", "merges.loser_id", "attachments.record_id"}
	for _, r := range crm.References() {
		table, column, _ := strings.Cut(r, ".")
		for _, id := range []tenant.RecordID{tenant.RecordID(c.ID), tenant.RecordID(talk.ID), tenant.RecordID(wang.ID), tenant.RecordID(loser.ID)} {
			if n := w.count(t, "company."+table+" WHERE "+column+" = ?", id); n > 0 && !slices.Contains(kept, r) {
				t.Errorf("%d rows of %s are left", n, r)
			}
		}
	}
	for from, want := range map[string]int{
		"company.customers": 0, "company.interactions": 0, "company.contacts": 0, "company.deals": 1, "company.tasks": 1, "company.merges": 0, "company.record_tags": 0,
		"company.attachments WHERE status = 'ready'": 0, "company.usage_counts WHERE quota = 'storage_bytes' AND used > 0": 0,
		"company.search_grams WHERE noun <> 3": 0,
	} {
		if n := w.count(t, from); n != want {
			t.Errorf("%d in %s, want %d", n, from, want)
		}
	}
	if left := w.rep.getDeal(t, deal.ID); !left.CustomerID.IsZero() {
		t.Errorf("the deal is still of %s", left.CustomerID)
	}
	if told := w.changesOf(t, "customer.purged"); len(told) != 2 || strings.Contains(string(told[0].Data), "云帆") {
		t.Errorf("%+v", told)
	}

	// By hand, and only what is in the trash. A task without its deal stays too.
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteDeal(t.Context(), tx, deal.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if err := w.rep.purge(t, deal.ID.String()); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, "company.deal_stage_history"); n != 0 {
		t.Errorf("%d stages are left", n)
	}
	wantError(t, w.rep.purge(t, deal.ID.String()), tenant.ErrNotFound)
	wantError(t, w.rep.purge(t, task.ID.String()), tenant.ErrNotFound)
}

// purgeTrash purges what is due, and returns how many turns that took.
func (w *world) purgeTrash(t testing.TB) (turns int) {
	t.Helper()
	for n := 100; n == 100; turns++ {
		n = must[int](t)(write(t, w.system(w.acme), func(ctx ctx, tx *tenant.Tx) (int, error) { return crm.PurgeTrash(ctx, tx, 100) }))
	}
	return turns - 1
}

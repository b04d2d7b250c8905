package crm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryFeed(t testing.TB, in crm.FeedQuery) (crm.Feed, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Feed, error) { return crm.ReadFeed(ctx, q, in) })
}

// feed reads on from a cursor to the end.
func (p person) feed(t testing.TB, in crm.FeedQuery) (all []crm.FeedItem, cursor string) {
	t.Helper()
	for {
		page := must[crm.Feed](t)(p.tryFeed(t, in))
		all = append(all, page.Data...)
		if in.Cursor = page.NextCursor; !page.HasMore {
			return all, in.Cursor
		}
	}
}

// effects returns what items are to whoever reads them.
func effects(items []crm.FeedItem) []string {
	all := []string{}
	for _, i := range items {
		all = append(all, i.Type+" "+i.Effect)
	}
	return all
}

func TestFeedShowsWhatIsWithinReach(t *testing.T) {
	c := newCabinet(t, 1000)
	w := guardians(commenters(c.world))
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true})
	}); err != nil {
		t.Fatal(err)
	}
	w.waiting(t)
	for _, p := range []person{w.rep, w.rep2} { // whose files is for the records to say
		p.caller.Levels["attachment:read"], p.caller.Levels["comment:read"] = tenant.LevelAll, tenant.LevelAll
	}
	people := map[string]person{"rep": w.rep, "rep2": w.rep2, "manager": w.manager, "admin": w.admin}
	cursors := map[string]string{}
	for name, p := range people {
		cursors[name] = must[crm.Feed](t)(p.tryFeed(t, crm.FeedQuery{Cursor: crm.FromNow, Limit: 100})).NextCursor
	}
	want := func(what string, effect map[string][]string) {
		t.Helper()
		w.waiting(t)
		for name, p := range people {
			p.caller.Shared = must[bool](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (bool, error) { return crm.HasShared(ctx, q, p.id()) }))
			items, cursor := p.feed(t, crm.FeedQuery{Cursor: cursors[name], Limit: 100})
			cursors[name] = cursor
			if diff := cmp.Diff(append([]string{}, effect[name]...), effects(items)); diff != "" {
				t.Errorf("%s, %s: -want +got\n%s", what, name, diff)
			}
			for _, i := range items {
				if gone := string(i.Data) == "null"; gone != (i.Effect == "removed") || gone && string(i.Previous) != "null" {
					t.Errorf("%s, %s: %s %s has the data %s", what, name, i.Type, i.Effect, i.Data)
				}
			}
		}
	}
	all := func(effects ...string) map[string][]string {
		return map[string][]string{"rep": effects, "manager": effects, "admin": effects}
	}
	customer := w.rep.customer(t, "Acme")
	want("made", all("customer.created added"))
	i := w.rep.logAt(t, customer.ID, w.Clock.Now())
	deal := w.rep.deal(t, crm.NewDeal{Name: "d", CustomerID: &customer.ID})
	want("with things", all("interaction.created added", "deal.created added"))
	w.rep.comment(t, i.ID, "x")
	file := c.attach(t, w.rep, deal.ID.String(), "a", "a")
	want("with things at things", all("comment.created added", "attachment.created added"))
	w.manager.task(t, crm.NewTask{Title: "t", CustomerID: &customer.ID})
	want("another's task", map[string][]string{"manager": {"task.created added"}, "admin": {"task.created added"}})

	w.rep.update(t, customer.ID, crm.CustomerPatch{Note: patch.Of("x")})
	want("edited", all("customer.updated changed"))
	share := func(tx *tenant.Tx) error {
		_, err := crm.ShareCustomer(t.Context(), tx, customer.ID, w.acme.Rep2, false)
		return err
	}
	if err := w.rep.tx(t, share); err != nil {
		t.Fatal(err)
	}
	shared := all("customer.shared changed")
	shared["rep2"] = []string{"customer.shared added"}
	want("shared", shared)
	w.rep.update(t, customer.ID, crm.CustomerPatch{Note: patch.Of("y")})
	w.rep.logAt(t, customer.ID, w.Clock.Now())
	w.rep.comment(t, i.ID, "y")
	w.rep.task(t, crm.NewTask{Title: "t", CustomerID: &customer.ID})
	while := all("customer.updated changed", "interaction.created added", "comment.created added", "task.created added")
	while["rep2"] = while["rep"][:3] // tasks are not shared
	want("while it is shared", while)
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.UnshareCustomer(t.Context(), tx, customer.ID, w.acme.Rep2) }); err != nil {
		t.Fatal(err)
	}
	unshared := all("customer.unshared changed")
	unshared["rep2"] = []string{"customer.unshared removed"}
	want("not shared any more", unshared)

	w.manager.update(t, customer.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	want("handed over", map[string][]string{
		"rep": {"customer.updated removed"}, "rep2": {"customer.updated added"}, "manager": {"customer.updated changed"}, "admin": {"customer.updated changed"},
	})
	if err := w.manager.deleteAttachment(t, file.ID, false); err != nil {
		t.Fatal(err)
	}
	want("a file of a deal that was not handed over", all("attachment.deleted removed"))
	if err := w.rep2.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, customer.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	removed := []string{"customer.deleted removed"}
	want("deleted", map[string][]string{"rep2": removed, "manager": removed, "admin": removed})
	if err := w.admin.purge(t, customer.ID.String()); err != nil {
		t.Fatal(err)
	}
	want("purged", map[string][]string{"admin": {"customer.purged removed"}}) // and is nobody's
	forgotten := w.rep.customer(t, "person")
	w.rep.contact(t, crm.NewContact{Name: "p", CustomerID: &forgotten.ID})
	want("a person made", all("customer.created added", "contact.created added"))
	must[crm.Erasure](t)(w.admin.tryErase(t, forgotten.ID))
	want("erased", all("customer.erased removed", "contact.erased removed"))
	if items, _ := w.stranger.feed(t, crm.FeedQuery{Limit: 100}); len(items) != 0 {
		t.Errorf("another company sees %v", effects(items))
	}
	must[crm.LostReason](t)(write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.LostReason, error) {
		return crm.CreateLostReason(ctx, tx, crm.NewLostReason{Name: "Timing"})
	}))
	w.waiting(t)
	sells := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelAll, "pipeline:read")}
	if items, _ := sells.feed(t, crm.FeedQuery{Limit: 100}); !slices.Equal(effects(items), []string{"lost_reason.created added"}) {
		t.Errorf("who reads pipelines sees %v", effects(items))
	}
	// Whoever reads one noun sees the changes of that one.
	few := person{w, w.acme, w.acme.As(w.acme.Admin, tenant.LevelAll, "deal:read")}
	if items, _ := few.feed(t, crm.FeedQuery{Limit: 100}); !slices.Equal(effects(items), []string{"deal.created added"}) {
		t.Errorf("who reads deals sees %v", effects(items))
	}
	one, two := must[crm.Feed](t)(few.tryFeed(t, crm.FeedQuery{Limit: 1})), must[crm.Feed](t)(w.admin.tryFeed(t, crm.FeedQuery{Limit: 1}))
	if one.Reach == two.Reach || one.Reach == "" {
		t.Errorf("reach %s and %s", one.Reach, two.Reach)
	}
}

func TestFeedIsMasked(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000"})
	w.rep.update(t, c.ID, crm.CustomerPatch{Phone: patch.Of("13900139000")})
	w.waiting(t)
	masked := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, everything...)}
	masked.caller.Masked = map[string]bool{"customer.phone": true}
	items, _ := masked.feed(t, crm.FeedQuery{Limit: 100})
	if text := string(must[[]byte](t)(json.Marshal(items))); len(items) != 2 || strings.Contains(text, "0013") || strings.Count(text, "****") != 3 {
		t.Errorf("shown: %s", text)
	}
	if items, _ = w.rep.feed(t, crm.FeedQuery{Limit: 100}); !strings.Contains(string(items[1].Previous), "13800138000") {
		t.Errorf("previous %s", items[1].Previous)
	}
}

func TestFeedPages(t *testing.T) {
	w := newWorld(t)
	others := slices.Repeat([]tenant.Event{{Type: "task.created", Resource: "task", Record: tenant.RecordID(tenant.NewEventID()), OwnerAfter: w.acme.Rep2, Data: crm.Task{}}}, 1100)
	if err := w.rep2.tx(t, func(tx *tenant.Tx) error { return tx.EmitAll(t.Context(), others, true) }); err != nil {
		t.Fatal(err)
	}
	mine := w.rep.task(t, crm.NewTask{Title: "mine"})
	w.rep.updateTask(t, mine.ID, crm.TaskPatch{Title: patch.Of("still mine")})
	w.waiting(t)
	w.rep.customer(t, "not numbered yet")
	first := must[crm.Feed](t)(w.rep.tryFeed(t, crm.FeedQuery{Limit: 1}))
	if len(first.Data) != 0 || !first.HasMore || first.NextCursor != "1000" {
		t.Errorf("after the most that is looked at: %+v", first)
	}
	var types []string
	for in := (crm.FeedQuery{Limit: 1, Cursor: first.NextCursor}); ; {
		page := must[crm.Feed](t)(w.rep.tryFeed(t, in))
		types = append(types, effects(page.Data)...)
		if in.Cursor = page.NextCursor; !page.HasMore {
			break
		}
	}
	if diff := cmp.Diff([]string{"task.created added", "task.updated changed"}, types); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if items, cursor := w.rep.feed(t, crm.FeedQuery{Limit: 5, Takes: func(kind string) bool { return kind == "task.updated" }}); len(items) != 1 || cursor != "1105" {
		t.Errorf("one type: %v, %s", effects(items), cursor)
	}
	if end := must[crm.Feed](t)(w.rep.tryFeed(t, crm.FeedQuery{Limit: 5, Cursor: crm.FromNow})); end.NextCursor != "1105" || end.HasMore || len(end.Data) != 0 {
		t.Errorf("from now: %+v", end)
	}
	for _, bad := range []string{"x", "-1", "1106", "1.5", "99999999999999999999"} {
		_, err := w.rep.tryFeed(t, crm.FeedQuery{Limit: 5, Cursor: bad})
		wantInvalid(t, err, "cursor")
	}

	// What is not kept any more is not passed over in silence.
	w.waiting(t)
	w.Clock.Advance(91 * 24 * time.Hour)
	w.rep.task(t, crm.NewTask{Title: "new"})
	w.waiting(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tenant.Purge(t.Context(), tx, 2000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.rep.tryFeed(t, crm.FeedQuery{Limit: 5, Cursor: "1105"})
	wantError(t, err, crm.ErrChangesGone)
	for _, cursor := range []string{"", "1106"} {
		if items, end := w.rep.feed(t, crm.FeedQuery{Limit: 5, Cursor: cursor}); len(items) != 1 || end != "1107" {
			t.Errorf("from %q: %v, %s", cursor, effects(items), end)
		}
	}
	w.Clock.Advance(91 * 24 * time.Hour)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tenant.Purge(t.Context(), tx, 2000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.rep.tryFeed(t, crm.FeedQuery{Limit: 5, Cursor: "1106"})
	wantError(t, err, crm.ErrChangesGone)
	for _, cursor := range []string{"", "1107"} {
		if items, end := w.rep.feed(t, crm.FeedQuery{Limit: 5, Cursor: cursor}); len(items) != 0 || end != "1107" {
			t.Errorf("when nothing is kept, from %q: %v, %s", cursor, effects(items), end)
		}
	}
}

// TestFeedMissesNothing polls while many write at once, each in a transaction that stays open for a while, so that they
// commit in another order than they began in.
func TestFeedMissesNothing(t *testing.T) {
	w := newWorld(t)
	const writers, each = 8, 20
	var writing sync.WaitGroup
	for n := range writers {
		writing.Go(func() {
			for k := range each {
				err := w.rep.tx(t, func(tx *tenant.Tx) error {
					if _, err := crm.CreateTask(t.Context(), tx, crm.NewTask{Title: "first"}); err != nil {
						return err
					}
					if (n+k)%3 == 0 { // others commit meanwhile
						if _, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: fmt.Sprint(n, k)}); err != nil {
							return err
						}
					}
					_, err := crm.CreateTask(t.Context(), tx, crm.NewTask{Title: "last"})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	seen := map[tenant.EventID]int{}
	cursor, last, finished := "", int64(0), false
	for !finished {
		select {
		case <-done:
			finished = true
		default:
		}
		w.waiting(t)
		var items []crm.FeedItem
		items, cursor = w.rep.feed(t, crm.FeedQuery{Cursor: cursor, Limit: 7})
		for _, i := range items {
			seen[i.ID]++
			if i.Seq <= last {
				t.Fatalf("seq %d after %d", i.Seq, last)
			}
			last = i.Seq
		}
	}
	for _, c := range w.changes(t, w.acme) {
		if c.Resource != "saved_view" && seen[c.EventID] != 1 { // those of the seed are nobody's
			t.Errorf("%s with seq %d was seen %d times", c.Type, c.Seq, seen[c.EventID])
		}
	}
	if len(seen) < 2*writers*each {
		t.Errorf("%d seen", len(seen))
	}
}

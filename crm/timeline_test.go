package crm_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryTimeline(t testing.TB, id crm.CustomerID, in crm.TimelineQuery) (crm.Page[crm.TimelineItem], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.TimelineItem], error) {
		return crm.ReadTimeline(ctx, q, id, in)
	})
}

// timeline reads all pages of a size.
func (p person) timeline(t testing.TB, id crm.CustomerID, in crm.TimelineQuery) (all []crm.TimelineItem) {
	t.Helper()
	for {
		page := must[crm.Page[crm.TimelineItem]](t)(p.tryTimeline(t, id, in))
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all
		}
		if len(page.Data) != in.Limit {
			t.Fatalf("a page of %d goes on after %d", in.Limit, len(page.Data))
		}
		in.Cursor = *page.NextCursor
	}
}

// kinds returns the kinds in order.
func kinds(all []crm.TimelineItem) []string {
	names := []string{}
	for _, i := range all {
		names = append(names, i.Kind)
	}
	return names
}

func TestTimelineTellsWhatHappened(t *testing.T) {
	c := newCabinet(t, 1000)
	commenters(c.world)
	c.admin.field(t, crm.NewCustomField{Key: "size", Type: "number"})
	c.admin.field(t, crm.NewCustomField{Key: "site", Type: "text"})
	customer := c.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000", Custom: values{"site": "Suzhou"}})
	id := customer.ID
	later := func() { c.Clock.Advance(time.Minute) }
	later()
	logged := must[crm.Interaction](t)(c.rep.tryLog(t, crm.NewInteraction{
		CustomerID: id, Kind: "call", Outcome: "connected", Summary: strings.Repeat("谈", 301), Contacts: []string{"王志强"}, Minutes: ptr(3), Resolved: ptr(false),
		AttachmentIDs: []crm.AttachmentID{c.attach2(t, c.rep).ID},
	}))
	later()
	task := c.rep.task(t, crm.NewTask{Title: "Send quote", CustomerID: &id})
	later()
	c.rep.update(t, id, crm.CustomerPatch{Custom: patch.Of(values{"size": 3.0}), Industry: patch.Of("IT"), Phone: patch.Of("13900139000")})
	later()
	c.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	later()
	deal := c.rep.deal(t, crm.NewDeal{Name: "Phase 2", CustomerID: &id, Amount: ptr(int64(100))})
	later()
	c.rep.move(t, id, crm.Interested)
	later()
	file := c.attach(t, c.rep, id.String(), "quote.pdf", "%PDF-1.7")
	later()
	said := c.rep.comment(t, id, strings.Repeat("谈", 301))
	deleted := c.rep.logAt(t, id, c.Clock.Now())
	if err := c.rep.deleteInteraction(t, deleted.ID, 0); err != nil {
		t.Fatal(err)
	}

	all := c.rep.timeline(t, id, crm.TimelineQuery{Limit: 100})
	want := []string{"comment", "file", "stage", "deal_stage", "task_completed", "change", "task_created", "interaction", "stage"}
	if diff := cmp.Diff(want, kinds(all)); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	seen := map[string]bool{}
	for n, i := range all {
		if i.ActorID != c.acme.Rep || seen[i.Key] || !strings.HasPrefix(i.Key, i.Kind+":") {
			t.Errorf("%d: %+v", n, i)
		}
		seen[i.Key] = true
	}
	if got := *all[0].Comment; got.ID != said.ID || got.Body != strings.Repeat("谈", 300) || !got.Shortened {
		t.Errorf("comment %+v", got)
	}
	if got := *all[1].File; got.ID != file.ID || got.ContentType != "application/pdf" {
		t.Errorf("file %+v", got)
	}
	if got := *all[2].Stage; got.To != crm.Interested || *got.From != crm.Potential {
		t.Errorf("stage %+v", got)
	}
	if got := *all[3].Deal; got.ID != deal.ID || got.Name != "Phase 2" || *got.Amount != 100 || got.From != nil || got.To == "" || got.ToKind != "open" {
		t.Errorf("deal %+v", got)
	}
	if got := *all[4].Task; got.ID != task.ID || got.Status != "done" || got.Title != "Send quote" {
		t.Errorf("task %+v", got)
	}
	edited := []crm.FieldChange{
		{Field: "custom.size", Before: []byte(`null`), After: []byte(`3`)},
		{Field: "industry", Before: []byte(`""`), After: []byte(`"IT"`)}, {Field: "phone", Before: []byte(`"+8613800138000"`), After: []byte(`"+8613900139000"`)},
	}
	if diff := cmp.Diff(edited, all[5].Changes); diff != "" {
		t.Errorf("changes: -want +got\n%s", diff)
	}
	if got := *all[7].Interaction; got.ID != logged.ID || got.Outcome != "connected" || got.Summary != strings.Repeat("谈", 300) || !got.Shortened || len(got.Contacts) != 1 || *got.Minutes != 3 || got.Resolved || len(got.Files) != 1 {
		t.Errorf("interaction %+v", got)
	}
	if got := *all[8].Stage; got.To != crm.Potential || got.From != nil {
		t.Errorf("first stage %+v", got)
	}
	if diff := cmp.Diff([]string{"stage", "interaction", "stage"}, kinds(c.rep.timeline(t, id, crm.TimelineQuery{Kinds: []string{"stage", "interaction"}, Limit: 100}))); diff != "" {
		t.Errorf("some kinds: -want +got\n%s", diff)
	}

	// Each kind is under its own scope, and masked fields stay so.
	for _, who := range []person{c.rep2, c.stranger} {
		_, err := who.tryTimeline(t, id, crm.TimelineQuery{})
		wantError(t, err, tenant.ErrNotFound)
	}
	c.manager.task(t, crm.NewTask{Title: "for the manager", CustomerID: &id})
	if got := kinds(c.rep.timeline(t, id, crm.TimelineQuery{Kinds: []string{"task_created"}, Limit: 100})); len(got) != 1 {
		t.Errorf("the rep sees the manager's task: %v", got)
	}
	if got := kinds(c.manager.timeline(t, id, crm.TimelineQuery{Kinds: []string{"task_created"}, Limit: 100})); len(got) != 2 {
		t.Errorf("the manager sees %v", got)
	}
	few := c.acme.As(c.acme.Rep, tenant.LevelOwn, "customer:read")
	few.Masked = map[string]bool{"customer.phone": true}
	reader := person{c.world, c.acme, few}
	seesOnly := reader.timeline(t, id, crm.TimelineQuery{Limit: 100})
	if diff := cmp.Diff([]string{"stage", "change", "stage"}, kinds(seesOnly)); diff != "" {
		t.Fatalf("without other rights: -want +got\n%s", diff)
	}
	for _, value := range []string{string(seesOnly[1].Changes[2].Before), string(seesOnly[1].Changes[2].After)} {
		if strings.Contains(value, "00138000") || strings.Contains(value, "00139000") || !strings.Contains(value, "****") {
			t.Errorf("a masked phone number is shown as %s", value)
		}
	}
	for _, bad := range []struct {
		in    crm.TimelineQuery
		field string
	}{
		{crm.TimelineQuery{Kinds: []string{"stage", "call"}}, "kinds[1]"}, {crm.TimelineQuery{Limit: 101}, "limit"}, {crm.TimelineQuery{Limit: -1}, "limit"},
		{crm.TimelineQuery{Cursor: "x"}, "cursor"}, {crm.TimelineQuery{Cursor: "e30"}, "cursor"},
	} {
		_, err := c.rep.tryTimeline(t, id, bad.in)
		wantInvalid(t, err, bad.field)
	}
	page := must[crm.Page[crm.TimelineItem]](t)(c.rep.tryTimeline(t, id, crm.TimelineQuery{Limit: 1}))
	_, err := c.rep.tryTimeline(t, id, crm.TimelineQuery{Limit: 1, Cursor: *page.NextCursor, Kinds: []string{"stage"}})
	wantInvalid(t, err, "cursor")
	other := c.rep.customer(t, "Other")
	_, err = c.rep.tryTimeline(t, other.ID, crm.TimelineQuery{Limit: 1, Cursor: *page.NextCursor})
	wantInvalid(t, err, "cursor")
}

func TestTimelineOfACustomerInWhomAnotherWentUp(t *testing.T) {
	w := newWorld(t)
	winner, loser := w.rep.customer(t, "云帆科技").ID, w.rep.customer(t, "云帆").ID
	w.Clock.Advance(time.Minute)
	w.rep.update(t, loser, crm.CustomerPatch{Industry: patch.Of("IT")})
	w.Clock.Advance(time.Minute)
	w.rep.logAt(t, loser, w.Clock.Now())
	w.Clock.Advance(time.Minute)
	w.rep.update(t, winner, crm.CustomerPatch{Note: patch.Of("x")})
	w.Clock.Advance(time.Minute)
	w.manager.merge(t, winner, loser, nil)
	all := w.rep.timeline(t, winner, crm.TimelineQuery{Limit: 2})
	// The first change is what the winner got from the loser.
	if diff := cmp.Diff([]string{"merge", "change", "change", "interaction", "change", "stage", "stage"}, kinds(all)); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	if got := all[0]; got.ActorID != w.acme.Manager || *got.Merge != (crm.TimelineMerge{CustomerID: loser, Name: "云帆"}) {
		t.Errorf("merge %+v", got)
	}
	if got := all[4].Changes; len(got) != 1 || got[0].Field != "industry" {
		t.Errorf("the loser's change %+v", got)
	}
	_, err := w.rep.tryTimeline(t, loser, crm.TimelineQuery{})
	wantMerged(t, err, winner)
}

// TestTimelineLosesNothingBetweenPages lets much happen in the same few moments, and reads it in pages of all sizes.
func TestTimelineLosesNothingBetweenPages(t *testing.T) {
	c := newCabinet(t, 1000)
	id := c.rep.customer(t, "Acme").ID
	rnd := rand.New(rand.NewPCG(1, 2))
	moments := []time.Time{c.Clock.Now().Add(-time.Hour), c.Clock.Now(), c.Clock.Now().Add(time.Hour)}
	for n := range 60 {
		if n%20 == 19 {
			c.Clock.Advance(time.Hour)
		}
		switch rnd.IntN(6) {
		case 0, 1:
			c.rep.logAt(t, id, moments[rnd.IntN(3)])
		case 2:
			task := c.rep.task(t, crm.NewTask{Title: "x", CustomerID: &id})
			c.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
		case 3:
			c.rep.update(t, id, crm.CustomerPatch{Note: patch.Of(time.Duration(n).String())})
		case 4:
			c.attach(t, c.rep, id.String(), "x", "x")
		case 5:
			c.rep.deal(t, crm.NewDeal{Name: "x", CustomerID: &id})
		}
	}
	whole := c.rep.timeline(t, id, crm.TimelineQuery{Limit: 100})
	if len(whole) < 60 || !slices.IsSortedFunc(whole, func(a, b crm.TimelineItem) int { return b.At.Compare(a.At) }) {
		t.Fatalf("%d items, or out of order", len(whole))
	}
	keys := func(all []crm.TimelineItem) (keys []string) {
		for _, i := range all {
			keys = append(keys, i.Key)
		}
		return keys
	}
	for _, size := range []int{1, 2, 3, 7, 59} {
		if diff := cmp.Diff(keys(whole), keys(c.rep.timeline(t, id, crm.TimelineQuery{Limit: size}))); diff != "" {
			t.Errorf("pages of %d: -whole +pages\n%s", size, diff)
		}
	}
	some := crm.TimelineQuery{Kinds: []string{"change", "file", "task_created"}, Limit: 4}
	want := slices.DeleteFunc(keys(whole), func(key string) bool {
		kind, _, _ := strings.Cut(key, ":")
		return !slices.Contains(some.Kinds, kind)
	})
	if diff := cmp.Diff(want, keys(c.rep.timeline(t, id, some))); diff != "" {
		t.Errorf("some kinds: -want +got\n%s", diff)
	}
}

func TestTimelineIsReadFromItsIndexes(t *testing.T) {
	w := commenters(newWorld(t))
	w.fill(t, 2000)
	w.fillAround(t)
	one := w.rep.list(t, crm.ListQuery{Limit: 1}).Data[0].ID
	w.rep.update(t, one, crm.CustomerPatch{Note: patch.Of("x")})
	w.rep.deal(t, crm.NewDeal{Name: "x", CustomerID: &one})
	keys := map[string]string{
		"interaction": "interactions_customer", "task_created": "tasks_customer_created", "task_completed": "tasks_customer_completed",
		"stage": "lifecycle_history_customer", "merge": "merges_winner", "change": "changes_record", "file": "attachments_record", "comment": "comments_record", "deal_stage": "deals_customer",
	}
	for _, who := range []person{w.rep, w.manager, w.admin} {
		if err := w.Read(t.Context(), w.acme.Company, who.caller, func(q *tenant.Query) error {
			for kind, pages := range crm.TimelineStatements(q, one) {
				for _, c := range pages {
					steps := explain(t.Context(), t, q, c.SQL, c.Args)
					if kind == "deal_stage" { // sorts the few that it reads
						wantKeys(t, steps, c, "deals_customer", "deal_stage_history_deal")
						continue
					}
					wantIndex(t, steps, keys[kind])
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// wantKeys fails unless the steps use these keys, in this order.
func wantKeys(t *testing.T, steps []step, c list.Condition, keys ...string) {
	t.Helper()
	for n, key := range keys {
		if len(steps) <= n || steps[n].key != key {
			t.Errorf("the plan is %+v, want %v: %s", steps, keys, c.SQL)
			return
		}
	}
}

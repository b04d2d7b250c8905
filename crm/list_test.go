package crm_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestPagesMissNothing walks every order of every list in small pages while most sort values are equal.
func TestPagesMissNothing(t *testing.T) {
	w := newWorld(t)
	const customers = 23
	now := w.Clock.Now()
	w.fieldsOfEveryType(t, "customer")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for n := range customers {
			c, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: []string{"张三", "Zebra", "张三 ", "李四"}[n%4], Custom: fewValues(n)})
			if err != nil {
				return err
			}
			if n%3 > 0 {
				if _, err := crm.LogInteraction(t.Context(), tx, crm.NewInteraction{
					CustomerID: c.ID, Kind: "call", Summary: "x", OccurredAt: ptr(now.Add(-time.Duration(n%3) * time.Hour)),
				}, w.callerOf); err != nil {
					return err
				}
				if _, err := crm.CreateTask(t.Context(), tx, crm.NewTask{Title: "x", CustomerID: &c.ID, DueAt: ptr(now.Add(time.Duration(n%3) * time.Hour))}); err != nil {
					return err
				}
			} else if _, err := crm.CreateTask(t.Context(), tx, crm.NewTask{Title: "x", CustomerID: &c.ID}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	walks := map[string]walk{}
	for _, order := range []string{
		"name", "created_at", "updated_at", "last_interaction_at", "next_follow_up_at", "custom.text", "custom.number", "custom.money", "custom.date",
		"custom.datetime", "custom.choice", "custom.yes_no", "custom.link", "custom.phone", "custom.email",
	} {
		walks["customers "+order] = walk{order, customers, func(in crm.ListQuery) ([]string, *string) {
			page := w.rep.list(t, in)
			return idsOf(page.Data, func(c crm.Customer) string { return c.ID.String() }), page.NextCursor
		}}
	}
	for _, order := range []string{"due_at", "created_at"} {
		walks["tasks "+order] = walk{order, customers, func(in crm.ListQuery) ([]string, *string) {
			page := must[crm.Page[crm.Task]](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Task], error) {
				return crm.ListTasks(ctx, q, in)
			}))
			return idsOf(page.Data, func(c crm.Task) string { return c.ID.String() }), page.NextCursor
		}}
	}
	walks["interactions"] = walk{"occurred_at", 15, func(in crm.ListQuery) ([]string, *string) {
		page := w.rep.interactions(t, crm.CustomerID{}, in)
		return idsOf(page.Data, func(c crm.Interaction) string { return c.ID.String() }), page.NextCursor
	}}
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			up, down := walk.all(t, ""), walk.all(t, " desc")
			slices.Reverse(down)
			if !slices.Equal(up, down) {
				t.Error("descending is not ascending read backwards")
			}
			all := len(up)
			slices.Sort(up)
			if n := len(slices.Compact(up)); n != walk.rows || all != n {
				t.Errorf("%d rows, %d different ones, want %d", all, n, walk.rows)
			}
		})
	}
}

// fewValues are equal for many, and missing for some.
func fewValues(n int) crm.CustomValues {
	if n%5 == 0 {
		return nil
	}
	some := n % 3
	return crm.CustomValues{
		"text": []string{"张", "a", "李"}[some], "number": []float64{-0.125, 1e9, 0}[some], "money": money(some), "date": []string{"2026-03-01", "1999-12-31", "1000-01-01"}[some],
		"datetime": []string{"2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000001Z", "1000-01-01T00:00:00Z"}[some], "choice": []string{"gov", "IT", "edu"}[some],
		"yes_no": some == 1, "link": fmt.Sprint("https://a.example/", some), "phone": fmt.Sprint("1380013800", some), "email": fmt.Sprint(some, "@a.example"),
	}
}

// walk reads one order of one list.
type walk struct {
	order string
	rows  int
	page  func(crm.ListQuery) ([]string, *string)
}

func (w walk) all(t *testing.T, direction string) []string {
	t.Helper()
	var all []string
	in := crm.ListQuery{OrderBy: w.order + direction, Limit: 4}
	for {
		ids, next := w.page(in)
		all = append(all, ids...)
		if next == nil {
			return all
		}
		if len(ids) != in.Limit || len(all) > 2*w.rows {
			t.Fatalf("a page of %d of %d with a next one, %d rows so far", len(ids), in.Limit, len(all))
		}
		in.Cursor = *next
	}
}

func idsOf[T any](page []T, id func(T) string) []string {
	ids := make([]string, len(page))
	for i, row := range page {
		ids[i] = id(row)
	}
	return ids
}

func TestChineseNamesSortByPinyin(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"张三", "Müller", "李四", "apple", "Zebra", "ｂanana", "欧阳"} {
		w.rep.customer(t, name)
	}
	got := idsOf(w.rep.list(t, crm.ListQuery{OrderBy: "name"}).Data, func(c crm.Customer) string { return c.Name })
	if want := []string{"apple", "ｂanana", "李四", "Müller", "欧阳", "Zebra", "张三"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPageHoldsWhileRowsMove(t *testing.T) {
	w := newWorld(t)
	var made []crm.Customer
	for n := range 6 {
		w.Clock.Advance(time.Minute)
		made = append(made, w.rep.customer(t, fmt.Sprint(n)))
	}
	first := w.rep.list(t, crm.ListQuery{OrderBy: "created_at desc", Limit: 2})
	w.Clock.Advance(time.Minute)
	w.rep.customer(t, "new")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, made[4].ID, 0) }); err != nil {
		t.Fatal(err)
	}
	second := w.rep.list(t, crm.ListQuery{OrderBy: "created_at desc", Limit: 2, Cursor: *first.NextCursor})
	if got := idsOf(second.Data, func(c crm.Customer) string { return c.Name }); !slices.Equal(got, []string{"3", "2"}) {
		t.Errorf("after the row that the page ended with is gone: %v", got)
	}
}

func TestCursorFitsOnlyItsList(t *testing.T) {
	w := newWorld(t)
	var ids []crm.CustomerID
	for n := range 3 {
		c := w.rep.create(t, crm.NewCustomer{Name: fmt.Sprint("x", n), Industry: "it"})
		w.rep.logAt(t, c.ID, w.Clock.Now())
		w.rep.logAt(t, c.ID, w.Clock.Now())
		w.rep.task(t, crm.NewTask{Title: "x", DueAt: ptr(w.Clock.Now())})
		w.stranger.customer(t, "x")
		ids = append(ids, c.ID)
	}
	base := crm.ListQuery{Filter: `industry = it`, Q: "x", OrderBy: "created_at", Limit: 1}
	page := w.rep.list(t, base)
	with := func(change func(*crm.ListQuery)) crm.ListQuery {
		in := base
		in.Cursor = *page.NextCursor
		change(&in)
		return in
	}
	if got := w.rep.list(t, with(func(in *crm.ListQuery) { in.Limit = 2 })); len(got.Data) != 2 {
		t.Errorf("another page size: %d rows", len(got.Data))
	}
	for name, c := range map[string]struct {
		person
		in crm.ListQuery
	}{
		"filter":    {w.rep, with(func(in *crm.ListQuery) { in.Filter = "" })},
		"q":         {w.rep, with(func(in *crm.ListQuery) { in.Q = "" })},
		"order":     {w.rep, with(func(in *crm.ListQuery) { in.OrderBy = "updated_at" })},
		"direction": {w.rep, with(func(in *crm.ListQuery) { in.OrderBy = "created_at desc" })},
		"scope":     {w.admin, with(func(*crm.ListQuery) {})},
		"colleague": {w.rep2, with(func(*crm.ListQuery) {})},
		"company":   {w.stranger, with(func(*crm.ListQuery) {})},
		"no base64": {w.rep, with(func(in *crm.ListQuery) { in.Cursor = "%%%" })},
		"cut":       {w.rep, with(func(in *crm.ListQuery) { in.Cursor = in.Cursor[:len(in.Cursor)-8] })},
		"no json":   {w.rep, with(func(in *crm.ListQuery) { in.Cursor = base64.RawURLEncoding.EncodeToString([]byte("x")) })},
		"no time":   {w.rep, with(func(in *crm.ListQuery) { in.Cursor = forge(t, in.Cursor, "soon") })},
		"no pass":   {w.rep, with(func(in *crm.ListQuery) { in.Cursor = forge(t, in.Cursor, `x","n":1,"y":"`) })},
		"year 0":    {w.rep, with(func(in *crm.ListQuery) { in.Cursor = forge(t, in.Cursor, "0000-01-01T00:00:00Z") })},
	} {
		_, err := c.tryList(t, c.in)
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, "cursor") })
	}
	_, err := read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Task], error) {
		return crm.ListTasks(ctx, q, crm.ListQuery{OrderBy: "created_at", Cursor: *w.rep.list(t, crm.ListQuery{OrderBy: "created_at", Limit: 1}).NextCursor})
	})
	wantInvalid(t, err, "cursor")
	mine := w.rep.interactions(t, ids[0], crm.ListQuery{Limit: 1})
	_, err = w.rep.tryInteractions(t, ids[1], crm.ListQuery{Cursor: *mine.NextCursor})
	wantInvalid(t, err, "cursor")
	_, err = w.rep.tryInteractions(t, crm.CustomerID{}, crm.ListQuery{Cursor: *mine.NextCursor})
	wantInvalid(t, err, "cursor")
}

// forge keeps a cursor's seal and changes its value.
func forge(t *testing.T, cursor, value string) string {
	t.Helper()
	raw := must[[]byte](t)(base64.RawURLEncoding.DecodeString(cursor))
	at := decode[map[string]any](t, raw)
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"v":"%s","i":%q,"p":%q}`, value, at["i"], at["p"]))
}

func TestListLimits(t *testing.T) {
	w := newWorld(t)
	if page := w.rep.list(t, crm.ListQuery{Count: true}); page.Data == nil || len(page.Data) != 0 || *page.Total != 0 || page.TotalCapped || page.NextCursor != nil {
		t.Errorf("an empty list: %+v", page)
	}
	w.fill(t, 1005)
	if page := w.admin.list(t, crm.ListQuery{}); len(page.Data) != 20 || page.Total != nil {
		t.Errorf("without a limit %d rows, total %v", len(page.Data), page.Total)
	}
	if page := w.admin.list(t, crm.ListQuery{Limit: 200, Count: true}); len(page.Data) != 200 || *page.Total != 1000 || !page.TotalCapped {
		t.Errorf("%d rows, total %d, capped %v", len(page.Data), *page.Total, page.TotalCapped)
	}
	if page := w.admin.list(t, crm.ListQuery{Filter: "lifecycle = won", Count: true}); *page.Total != 251 || page.TotalCapped {
		t.Errorf("total %d, capped %v", *page.Total, page.TotalCapped)
	}
	for _, limit := range []int{-1, 201} {
		_, err := w.rep.tryList(t, crm.ListQuery{Limit: limit})
		wantInvalid(t, err, "limit")
	}
	for _, order := range []string{"note", "nosuch", "name up", "name asc desc", "name,created_at", "name desc --", "custom.", "custom.nosuch"} {
		_, err := w.rep.tryList(t, crm.ListQuery{OrderBy: order})
		wantInvalid(t, err, "order_by")
		if len(strings.Fields(order)) == 1 && !strings.Contains(fmt.Sprint(err), "created_at, last_interaction_at, name, next_follow_up_at, updated_at") {
			t.Errorf("%s: %v does not name what can be sorted by", order, err)
		}
	}
	for _, q := range []string{"\xff", strings.Repeat("x", 201)} {
		_, err := w.rep.tryList(t, crm.ListQuery{Q: q})
		wantInvalid(t, err, "q")
		_, err = w.rep.tryInteractions(t, crm.CustomerID{}, crm.ListQuery{Q: q})
		wantInvalid(t, err, "q")
	}
	_, err := read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Notification], error) {
		return crm.ListNotifications(ctx, q, crm.ListQuery{Q: "x"})
	})
	wantInvalid(t, err, "q")
	// Nobody reaches anything without the permission.
	nobody := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelNone, everything...)}
	if page := nobody.list(t, crm.ListQuery{Count: true}); len(page.Data) != 0 || *page.Total != 0 {
		t.Error("somebody without the permission sees customers")
	}
}

// fill writes many customers of both reps at once: only what lists and their plans need.
func (w *world) fill(t testing.TB, n int) {
	t.Helper()
	const batch = 500
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		for from := 0; from < n; from += batch {
			var args []any
			rows := min(batch, n-from)
			for i := from; i < from+rows; i++ {
				at := tx.Now.Add(-time.Duration(i) * time.Minute)
				owner := []tenant.MemberID{w.acme.Rep, w.acme.Rep2}[i%2]
				args = append(args, crm.CustomerID(tenant.NewEventID()), fmt.Sprint("customer ", i), fmt.Sprint("customer", i), fmt.Sprintf("customer %06d", i),
					fmt.Sprint("customer ", i), owner, crm.Stages[i/2%4], at, at, at, at, at)
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO company.customers (id, name, name_key, name_sort, search_text, owner_id, lifecycle,
				lifecycle_since, silence_from, owner_since, created_at, updated_at, contact_name, website, address, industry, source, note,
				lost_reason, do_not_contact, consents, custom, silence_reminded, version) VALUES `+strings.TrimPrefix(strings.Repeat(
				`, (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', '', '', '', 0, '{}', '{}', 0, 1)`, rows), ", "), args...); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestListWithoutTagsIsAList(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "x", Tags: []string{"b", "a"}})
	w.rep.customer(t, "y")
	for _, row := range w.rep.list(t, crm.ListQuery{}).Data {
		if row.Tags == nil || row.ID == c.ID && !slices.Equal(row.Tags, []string{"a", "b"}) {
			t.Errorf("%s: %v", row.Name, row.Tags)
		}
	}
	w.rep.update(t, c.ID, crm.CustomerPatch{Tags: patch.Null[[]string]()})
	if got := w.rep.get(t, c.ID); got.Tags == nil || len(got.Tags) != 0 {
		t.Errorf("cleared tags are %#v", got.Tags)
	}
}

package crm_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// predicate is a random filter with its meaning in Go.
type predicate struct {
	text  string
	holds func(crm.Customer) bool
}

// TestFilterMeansWhatItSays compares random filters with their meaning in Go over some hundred customers.
func TestFilterMeansWhatItSays(t *testing.T) {
	w := newWorld(t)
	w.fieldsOfEveryType(t, "customer")
	rnd := rand.New(rand.NewPCG(1, 2))
	customers := w.randomCustomers(t, rnd, 250)
	for n := range 300 {
		p := randomPredicate(rnd, w, 4)
		var want []string
		for _, c := range customers {
			if p.holds(c) {
				want = append(want, c.ID.String())
			}
		}
		if n%2 == 1 {
			p.text = " " + strings.ReplaceAll(p.text, " AND ", "\n\tAND  ")
		}
		got := w.admin.allIDs(t, crm.ListQuery{Filter: p.text, Limit: 200})
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s\nfinds %d, want %d", p.text, len(got), len(want))
		}
	}
}

// allIDs reads a list to its end.
func (p person) allIDs(t testing.TB, in crm.ListQuery) []string {
	t.Helper()
	var ids []string
	for {
		page := p.list(t, in)
		for _, c := range page.Data {
			ids = append(ids, c.ID.String())
		}
		if page.NextCursor == nil {
			return ids
		}
		in.Cursor = *page.NextCursor
	}
}

var (
	someNames   = []string{"Alpha", "alpha", "Beta", "云帆科技", "云 帆", "Gamma 100%", "a_b", "x!y", "Ωmega", "🙂 smile"}
	someSources = []string{"", "fair", "web", "Web shop"}
	someTags    = []string{"vip", "old", "新"}
)

func pick[T any](rnd *rand.Rand, all []T) T { return all[rnd.IntN(len(all))] }

// randomCustomers makes customers of every kind, in one transaction, and returns them as they are stored.
func (w *world) randomCustomers(t testing.TB, rnd *rand.Rand, n int) []crm.Customer {
	t.Helper()
	var all []crm.Customer
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		all = nil
		for i := range n {
			id, err := w.randomCustomer(t.Context(), tx, rnd, i)
			if err != nil {
				return err
			}
			c, err := crm.GetCustomer(t.Context(), tx.Query, id)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func (w *world) randomCustomer(ctx context.Context, tx *tenant.Tx, rnd *rand.Rand, i int) (crm.CustomerID, error) {
	hour := func(n int) time.Time { return tx.Now.Add(time.Duration(n) * time.Hour) }
	in := crm.NewCustomer{
		Name: pick(rnd, someNames), Source: pick(rnd, someSources), Lifecycle: pick(rnd, crm.Stages), DoNotContact: rnd.IntN(4) == 0,
		OwnerID: ptr(pick(rnd, []tenant.MemberID{w.acme.Rep, w.acme.Rep2, w.acme.Manager, w.acme.Admin, {}})),
	}
	if rnd.IntN(2) == 0 {
		in.Phone = fmt.Sprintf("1380013%04d", i)
	}
	if rnd.IntN(2) == 0 {
		in.Email = fmt.Sprintf("Person%d@Mail.example", i)
	}
	if rnd.IntN(3) > 0 {
		in.Employees = ptr(rnd.IntN(10))
	}
	in.Custom = w.randomValues(rnd, tx.Now)
	for _, tag := range someTags {
		if rnd.IntN(3) == 0 {
			in.Tags = append(in.Tags, tag)
		}
	}
	c, err := crm.CreateCustomer(ctx, tx, in)
	if err != nil {
		return c.ID, err
	}
	// What the clock would do to them in forty days.
	if _, err := tx.Exec(ctx, `UPDATE company.customers SET created_at = ?, updated_at = ? WHERE id = ?`,
		hour(-rnd.IntN(40*24)), hour(-rnd.IntN(40*24)), c.ID); err != nil {
		return c.ID, err
	}
	if rnd.IntN(2) == 0 {
		if _, err := crm.LogInteraction(ctx, tx, crm.NewInteraction{
			CustomerID: c.ID, Kind: "call", Summary: "x", OccurredAt: ptr(hour(-rnd.IntN(40 * 24))),
		}, w.callerOf); err != nil {
			return c.ID, err
		}
	}
	if rnd.IntN(4) == 0 {
		if _, err := crm.CreateTask(ctx, tx, crm.NewTask{Title: "x", CustomerID: &c.ID, DueAt: ptr(hour(rnd.IntN(240) - 120))}); err != nil {
			return c.ID, err
		}
	}
	return c.ID, nil
}

func randomPredicate(rnd *rand.Rand, w *world, depth int) predicate {
	if depth == 0 || rnd.IntN(4) == 0 {
		return randomComparison(rnd, w)
	}
	switch rnd.IntN(3) {
	case 0:
		inner := randomPredicate(rnd, w, depth-1)
		return predicate{"NOT (" + inner.text + ")", func(c crm.Customer) bool { return !inner.holds(c) }}
	case 1:
		return joined(rnd, w, depth, " AND ", func(a, b bool) bool { return a && b })
	}
	return joined(rnd, w, depth, " OR ", func(a, b bool) bool { return a || b })
}

// joined writes chains without parentheses where the language needs none: OR binds tighter than AND.
func joined(rnd *rand.Rand, w *world, depth int, word string, join func(a, b bool) bool) predicate {
	all := make([]predicate, 2+rnd.IntN(2))
	texts := make([]string, len(all))
	for i := range all {
		all[i] = randomPredicate(rnd, w, depth-1)
		texts[i] = "(" + all[i].text + ")"
		if word == " AND " && !strings.Contains(all[i].text, " AND ") {
			texts[i] = all[i].text
		}
	}
	return predicate{strings.Join(texts, word), func(c crm.Customer) bool {
		result := all[0].holds(c)
		for _, p := range all[1:] {
			result = join(result, p.holds(c))
		}
		return result
	}}
}

func randomComparison(rnd *rand.Rand, w *world) predicate {
	texts := []struct {
		name string
		of   func(crm.Customer) string
		some []string
		// exact fields tell case apart.
		exact bool
	}{
		{"name", func(c crm.Customer) string { return c.Name }, append(someNames, "al", "%", "_", "科"), false},
		{"source", func(c crm.Customer) string { return c.Source }, append(someSources, "WEB", "e"), false},
		{"phone", func(c crm.Customer) string { return deref(c.Phone) }, []string{"+8613800130001", "138", "7"}, false},
		{"email", func(c crm.Customer) string { return deref(c.Email) }, []string{"Person1@mail.example", "Person", "2@"}, true},
	}
	if rnd.IntN(3) == 0 {
		return randomCustomComparison(rnd, w)
	}
	switch rnd.IntN(8) {
	case 0, 1:
		f := pick(rnd, texts)
		value := pick(rnd, f.some)
		if value == "" {
			value = "x"
		}
		like := func(s string) string {
			if f.exact {
				return s
			}
			return strings.ToLower(s)
		}
		return pick(rnd, []predicate{
			{fmt.Sprintf("%s = %q", f.name, value), func(c crm.Customer) bool { return f.of(c) != "" && like(f.of(c)) == like(value) }},
			{fmt.Sprintf("%s != %q", f.name, value), func(c crm.Customer) bool { return like(f.of(c)) != like(value) }},
			{fmt.Sprintf("%s:%q", f.name, value), func(c crm.Customer) bool { return strings.Contains(like(f.of(c)), like(value)) }},
			{fmt.Sprintf(`%s = "%s*"`, f.name, value), func(c crm.Customer) bool { return strings.HasPrefix(like(f.of(c)), like(value)) }},
			{fmt.Sprintf(`%s = "*%s"`, f.name, value), func(c crm.Customer) bool { return strings.HasSuffix(like(f.of(c)), like(value)) }},
			{f.name + ":*", func(c crm.Customer) bool { return f.of(c) != "" }},
		})
	case 2:
		n := rnd.IntN(10)
		return ordered(rnd, "employees", fmt.Sprint(n), func(c crm.Customer) (int, bool) {
			if c.Employees == nil {
				return 0, false
			}
			return *c.Employees - n, true
		})
	case 3, 4:
		at := w.Clock.Now().Add(time.Duration(rnd.IntN(50*24)-45*24) * time.Hour)
		times := []struct {
			name string
			of   func(crm.Customer) *time.Time
		}{
			{"created_at", func(c crm.Customer) *time.Time { return &c.CreatedAt }},
			{"updated_at", func(c crm.Customer) *time.Time { return &c.UpdatedAt }},
			{"last_interaction_at", func(c crm.Customer) *time.Time { return c.LastInteractionAt }},
			{"next_follow_up_at", func(c crm.Customer) *time.Time { return c.NextFollowUpAt }},
		}
		f := pick(rnd, times)
		value := fmt.Sprintf("%q", at.In(time.FixedZone("", 3600)).Format(time.RFC3339))
		if span := w.Clock.Now().Sub(at); span > 0 && rnd.IntN(2) == 0 {
			value = fmt.Sprintf(`ago("%dh")`, int(span.Hours()))
		}
		return ordered(rnd, f.name, value, func(c crm.Customer) (int, bool) {
			if f.of(c) == nil {
				return 0, false
			}
			return f.of(c).Compare(at), true
		})
	case 5:
		stage, flag := pick(rnd, crm.Stages), rnd.IntN(2) == 0
		return pick(rnd, []predicate{
			{"lifecycle = " + stage, func(c crm.Customer) bool { return c.Lifecycle == stage }},
			{"lifecycle != " + stage, func(c crm.Customer) bool { return c.Lifecycle != stage }},
			{fmt.Sprint("do_not_contact = ", flag), func(c crm.Customer) bool { return c.DoNotContact == flag }},
		})
	case 6:
		owner := pick(rnd, []tenant.MemberID{w.acme.Rep, w.acme.Rep2, w.acme.Manager})
		return pick(rnd, []predicate{
			{"owner = me", func(c crm.Customer) bool { return c.OwnerID == w.acme.Admin }},
			{"owner = " + owner.String(), func(c crm.Customer) bool { return c.OwnerID == owner }},
			{"owner != " + owner.String(), func(c crm.Customer) bool { return c.OwnerID != owner }},
			{"NOT owner:*", func(c crm.Customer) bool { return c.OwnerID.IsZero() }},
		})
	}
	tag := pick(rnd, someTags)
	return pick(rnd, []predicate{
		{"tags:" + tag, func(c crm.Customer) bool { return slices.Contains(c.Tags, tag) }},
		{"tags:" + strings.ToUpper(tag), func(c crm.Customer) bool { return slices.Contains(c.Tags, tag) }},
		{"NOT tags:" + tag, func(c crm.Customer) bool { return !slices.Contains(c.Tags, tag) }},
		{"tags:*", func(c crm.Customer) bool { return len(c.Tags) > 0 }},
	})
}

// ordered compares by a random operator; compare returns the order of the customer's value, or false for unset.
func ordered(rnd *rand.Rand, name, value string, compare func(crm.Customer) (int, bool)) predicate {
	operators := map[string]func(int) bool{
		"=": func(n int) bool { return n == 0 }, "<": func(n int) bool { return n < 0 }, "<=": func(n int) bool { return n <= 0 },
		">": func(n int) bool { return n > 0 }, ">=": func(n int) bool { return n >= 0 },
	}
	operator := pick(rnd, []string{"=", "<", "<=", ">", ">=", "!=", ":*"})
	switch operator {
	case ":*":
		return predicate{name + ":*", func(c crm.Customer) bool { _, set := compare(c); return set }}
	case "!=":
		return predicate{name + " != " + value, func(c crm.Customer) bool { n, set := compare(c); return !set || n != 0 }}
	}
	return predicate{name + " " + operator + " " + value, func(c crm.Customer) bool { n, set := compare(c); return set && operators[operator](n) }}
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

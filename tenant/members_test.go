package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// manages is the naive model of the reporting tree: who reports to whom.
type manages map[tenant.MemberID]tenant.MemberID

// below reports whether the member reports to the ancestor, directly or not, and over how many levels.
func (m manages) below(member, ancestor tenant.MemberID) (depth int, ok bool) {
	for ; !member.IsZero(); member = m[member] {
		if member == ancestor {
			return depth, true
		}
		depth++
	}
	return 0, false
}

// closure writes the whole tree down as the table has it.
func (m manages) closure() []string {
	var rows []string
	for member := range m {
		for ancestor := range m {
			if depth, ok := m.below(member, ancestor); ok {
				rows = append(rows, fmt.Sprintf("%s over %s at %d", ancestor, member, depth))
			}
		}
	}
	slices.Sort(rows)
	return rows
}

func storedClosure(t *testing.T, q *tenant.Query) []string {
	t.Helper()
	var stored []struct {
		Ancestor   tenant.MemberID `db:"ancestor_id"`
		Descendant tenant.MemberID `db:"descendant_id"`
		Depth      int             `db:"depth"`
	}
	if err := q.Select(t.Context(), &stored, `SELECT ancestor_id, descendant_id, depth FROM company.member_tree`); err != nil {
		t.Fatal(err)
	}
	rows := make([]string, 0, len(stored))
	for _, s := range stored {
		rows = append(rows, fmt.Sprintf("%s over %s at %d", s.Ancestor, s.Descendant, s.Depth))
	}
	slices.Sort(rows)
	return rows
}

// TestReportingTree makes random additions and moves and compares the closure with the naive model after each.
func TestReportingTree(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	model := manages{acme.Admin: {}, acme.Manager: acme.Admin, acme.Rep: acme.Manager, acme.Rep2: acme.Manager}
	people := []tenant.MemberID{acme.Admin, acme.Manager, acme.Rep, acme.Rep2}
	random := rand.New(rand.NewPCG(1, 2))
	cycles := 0
	for step := range 150 {
		write(t, i, acme, func(tx *tenant.Tx) error {
			manager := tenant.MemberID{}
			if random.IntN(6) > 0 {
				manager = people[random.IntN(len(people))]
			}
			if random.IntN(5) == 0 {
				id := tenant.NewMemberID()
				people, model[id] = append(people, id), manager
				_, err := tenant.AddMember(t.Context(), tx, tenant.Member{ID: id, Name: "new", ManagerID: manager, Locale: "en"})
				return err
			}
			id := people[random.IntN(len(people))]
			_, cycle := model.below(manager, id)
			err := tenant.SetManager(t.Context(), tx, id, manager)
			if cycle {
				cycles++
				if !errors.Is(err, tenant.ErrCycle) {
					t.Fatalf("step %d: %s under %s: got %v, want ErrCycle", step, id, manager, err)
				}
				return nil
			}
			model[id] = manager
			return err
		})
		if err := i.Read(t.Context(), acme.Company, ptr(tenant.System()), func(q *tenant.Query) error {
			if diff := cmp.Diff(model.closure(), storedClosure(t, q)); diff != "" {
				t.Fatalf("step %d, model - table +:\n%s", step, diff)
			}
			who := people[random.IntN(len(people))]
			team, err := tenant.Team(t.Context(), q, who)
			for _, member := range people {
				if _, want := model.below(member, who); want != slices.Contains(team, member) {
					t.Errorf("step %d: team of %s: %s is %v", step, who, member, want)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if cycles == 0 {
		t.Error("no move closed a circle: the test is too tame")
	}
}

// Two moves that are harmless alone must not close a circle together, whatever their transactions have read before.
func TestMovesAtOnceCloseNoCircle(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	write(t, i, acme, func(tx *tenant.Tx) error {
		return errors.Join(tenant.SetManager(t.Context(), tx, acme.Rep, tenant.MemberID{}), tenant.SetManager(t.Context(), tx, acme.Rep2, tenant.MemberID{}))
	})
	var both sync.WaitGroup
	both.Add(2)
	var group errgroup.Group
	results := make(chan error, 2)
	for _, move := range [][2]tenant.MemberID{{acme.Rep, acme.Rep2}, {acme.Rep2, acme.Rep}} {
		group.Go(func() error {
			var met sync.Once
			results <- i.Tx(t.Context(), acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
				if _, err := tenant.ListMembers(t.Context(), tx.Query); err != nil { // the snapshot of both is from before
					return err
				}
				met.Do(func() { both.Done(); both.Wait() })
				return tenant.SetManager(t.Context(), tx, move[0], move[1])
			})
			return nil
		})
	}
	_ = group.Wait()
	one, two := <-results, <-results
	if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), tenant.ErrCycle) {
		t.Errorf("got %v and %v, want one success and one ErrCycle", one, two)
	}
}

func TestMembers(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	ctx := t.Context()
	stranger := tenant.NewMemberID()
	in := func(fn func(context.Context, *tenant.Tx) error) error {
		return i.Tx(ctx, acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error { return fn(ctx, tx) })
	}
	add := func(m tenant.Member) error {
		return in(func(ctx context.Context, tx *tenant.Tx) error { _, err := tenant.AddMember(ctx, tx, m); return err })
	}
	var dup *tenant.DuplicateError
	if err := add(tenant.Member{ID: acme.Rep, Name: "again", Locale: "en"}); !errors.As(err, &dup) {
		t.Errorf("twice: got %v", err)
	}
	if err := add(tenant.Member{ID: tenant.NewMemberID(), Name: "x", Locale: "en", ManagerID: stranger}); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("unknown manager: got %v", err)
	}
	for name, err := range map[string]error{
		"unknown member": in(func(ctx context.Context, tx *tenant.Tx) error {
			return tenant.SetManager(ctx, tx, stranger, acme.Admin)
		}),
		"unknown boss": in(func(ctx context.Context, tx *tenant.Tx) error { return tenant.SetManager(ctx, tx, acme.Rep, stranger) }),
		"name": in(func(ctx context.Context, tx *tenant.Tx) error {
			return tenant.UpdateMember(ctx, tx, tenant.Member{ID: stranger, Name: "x", Locale: "en"})
		}),
		"status": in(func(ctx context.Context, tx *tenant.Tx) error {
			return tenant.SetMemberStatus(ctx, tx, stranger, tenant.MemberActive)
		}),
	} {
		if !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
	}
	if err := in(func(ctx context.Context, tx *tenant.Tx) error { return tenant.SetManager(ctx, tx, acme.Rep, acme.Rep) }); !errors.Is(err, tenant.ErrCycle) {
		t.Errorf("own manager: got %v, want ErrCycle", err)
	}
	if err := in(func(ctx context.Context, tx *tenant.Tx) error {
		return tenant.SetMemberStatus(ctx, tx, acme.Rep, tenant.MemberDeactivated)
	}); err != nil {
		t.Fatal(err)
	}
	if err := in(func(ctx context.Context, tx *tenant.Tx) error {
		return tenant.UpdateMember(ctx, tx, tenant.Member{ID: acme.Rep, Name: "陈晨", Locale: "zh-CN"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := in(func(ctx context.Context, tx *tenant.Tx) error {
		all, err := tenant.ListMembers(ctx, tx.Query)
		var names []string
		for _, m := range all {
			names = append(names, m.Name+" "+string(m.Status))
		}
		if diff := cmp.Diff([]string{"acme admin active", "acme manager active", "acme rep 2 active", "陈晨 deactivated"}, names); diff != "" {
			t.Error(diff)
		}
		m, _ := tenant.GetMember(ctx, tx.Query, acme.Rep)
		if m.ManagerID != acme.Manager || m.Version != 3 || m.Email != nil || m.Locale != "zh-CN" {
			t.Errorf("got %+v", m)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

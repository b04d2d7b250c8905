package crm_test

import (
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestScopeDecidesEverywhere asks every function about each owner's customer, as everybody.
func TestScopeDecidesEverywhere(t *testing.T) {
	w := newWorld(t)
	owned := map[string]crm.Customer{
		"rep": w.rep.customer(t, "rep"), "rep2": w.rep2.customer(t, "rep2"), "manager": w.manager.customer(t, "manager"),
		"admin": w.admin.customer(t, "admin"), "pool": w.admin.create(t, crm.NewCustomer{Name: "pool", OwnerID: &tenant.MemberID{}}),
		"globex": w.stranger.customer(t, "globex"),
	}
	// Two roles, one of them with more: rbac gives the widest level, and the team with it.
	both := w.person(w.acme, w.acme.Manager, tenant.LevelOwn)
	both.caller.Levels["customer:read"] = tenant.LevelTeam
	onlyOwnDelete := w.person(w.acme, w.acme.Admin, tenant.LevelAll)
	onlyOwnDelete.caller.Levels["customer:delete"] = tenant.LevelOwn
	lost := w.person(w.acme, tenant.MemberID{}, tenant.LevelOwn)
	for name, c := range map[string]struct {
		person
		sees, changes, deletes []string
	}{
		"rep":            {w.rep, []string{"rep"}, []string{"rep"}, []string{"rep"}},
		"rep2":           {w.rep2, []string{"rep2"}, []string{"rep2"}, []string{"rep2"}},
		"manager":        {w.manager, []string{"manager", "rep", "rep2"}, []string{"manager", "rep", "rep2"}, []string{"manager", "rep", "rep2"}},
		"admin":          {w.admin, []string{"admin", "manager", "pool", "rep", "rep2"}, []string{"admin", "manager", "pool", "rep", "rep2"}, []string{"admin", "manager", "pool", "rep", "rep2"}},
		"stranger":       {w.stranger, []string{"globex"}, []string{"globex"}, []string{"globex"}},
		"reads wider":    {both, []string{"manager", "rep", "rep2"}, []string{"manager"}, []string{"manager"}},
		"deletes little": {onlyOwnDelete, []string{"admin", "manager", "pool", "rep", "rep2"}, []string{"admin", "manager", "pool", "rep", "rep2"}, []string{"admin"}},
		"nobody":         {lost, []string{}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.names(t, crm.ListQuery{}); !slices.Equal(got, c.sees) {
				t.Errorf("lists %v, want %v", got, c.sees)
			}
			for owner, customer := range owned {
				_, err := c.tryGet(t, customer.ID)
				wantFound(t, "get "+owner, err, slices.Contains(c.sees, owner))
				_, err = read(t, c.person, func(ctx ctx, q *tenant.Query) ([]crm.StageVisit, error) {
					return crm.LifecycleHistory(ctx, q, customer.ID)
				})
				wantFound(t, "history of "+owner, err, slices.Contains(c.sees, owner))
				_, err = c.tryUpdate(t, customer.ID, crm.CustomerPatch{Note: patch.Of(name)}, 0)
				wantFound(t, "update "+owner, err, slices.Contains(c.changes, owner))
				err = c.undone(t, func(tx *tenant.Tx) error {
					_, err := crm.MoveCustomer(t.Context(), tx, customer.ID, crm.StageChange{To: crm.Won}, 0)
					return err
				})
				wantFound(t, "move "+owner, err, slices.Contains(c.changes, owner))
				err = c.undone(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, customer.ID, 0) })
				wantFound(t, "delete "+owner, err, slices.Contains(c.deletes, owner))
			}
		})
	}
}

// undone runs fn and takes back what it did.
func (p person) undone(t *testing.T, fn func(*tenant.Tx) error) error {
	t.Helper()
	var err error
	if end := p.tx(t, func(tx *tenant.Tx) error {
		err = fn(tx)
		return errUndo
	}); end != errUndo { //nolint:errorlint // the very value is handed through
		t.Fatal(end)
	}
	return err
}

type undo struct{}

func (undo) Error() string { return "taken back" }

var errUndo error = undo{}

func wantFound(t *testing.T, what string, err error, found bool) {
	t.Helper()
	if found && err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if !found {
		if err == nil {
			t.Errorf("%s: found", what)
			return
		}
		wantError(t, err, tenant.ErrNotFound)
	}
}

func TestTaskScope(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.rep.customer(t, "mine"), w.rep2.customer(t, "theirs")
	for _, c := range []struct {
		name  string
		who   person
		in    crm.NewTask
		wrong string
	}{
		{"rep for himself", w.rep, crm.NewTask{AssigneeID: &w.acme.Rep, CustomerID: &mine.ID}, ""},
		{"rep for a colleague", w.rep, crm.NewTask{AssigneeID: &w.acme.Rep2}, "assignee_id"},
		{"rep for his manager", w.rep, crm.NewTask{AssigneeID: &w.acme.Manager}, "assignee_id"},
		{"rep about a foreign customer", w.rep, crm.NewTask{CustomerID: &theirs.ID}, "customer_id"},
		{"manager for a rep", w.manager, crm.NewTask{AssigneeID: &w.acme.Rep, CustomerID: &theirs.ID}, ""},
		{"manager upwards", w.manager, crm.NewTask{AssigneeID: &w.acme.Admin}, "assignee_id"},
		{"admin for anybody", w.admin, crm.NewTask{AssigneeID: &w.acme.Manager}, ""},
		{"admin for another company", w.admin, crm.NewTask{AssigneeID: &w.globex.Rep}, "assignee_id"},
		{"for nobody", w.admin, crm.NewTask{AssigneeID: &tenant.MemberID{}}, "assignee_id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Title = "x"
			_, err := c.who.tryTask(t, c.in)
			if c.wrong == "" && err != nil {
				t.Error(err)
			}
			if c.wrong != "" {
				wantInvalid(t, err, c.wrong)
			}
		})
	}
	task := w.rep.task(t, crm.NewTask{Title: "x"})
	for name, c := range map[string]struct {
		person
		sees bool
	}{
		"rep": {w.rep, true}, "rep2": {w.rep2, false}, "manager": {w.manager, true}, "admin": {w.admin, true}, "stranger": {w.stranger, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, c.person, func(ctx ctx, q *tenant.Query) (crm.Task, error) { return crm.GetTask(ctx, q, task.ID) })
			wantFound(t, "get", err, c.sees)
			_, err = c.tryUpdateTask(t, task.ID, crm.TaskPatch{Note: patch.Of(name)}, 0)
			wantFound(t, "update", err, c.sees)
			wantFound(t, "delete", c.undone(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }), c.sees)
		})
	}
	_, err := w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{AssigneeID: patch.Of(w.acme.Rep2)}, 0)
	wantInvalid(t, err, "assignee_id")
	_, err = w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{CustomerID: patch.Of(theirs.ID)}, 0)
	wantInvalid(t, err, "customer_id")
	if got := w.manager.updateTask(t, task.ID, crm.TaskPatch{AssigneeID: patch.Of(w.acme.Rep2)}); got.AssigneeID != w.acme.Rep2 {
		t.Error("a manager could not hand a task over")
	}
	event := w.changesOf(t, "task.updated")
	if last := event[len(event)-1]; last.OwnerBefore != w.acme.Rep || last.OwnerAfter != w.acme.Rep2 {
		t.Errorf("event %+v", last)
	}
}

// TestSameIDsInAnotherCompanyAreOthers holds every kind of id against the other company.
func TestSameIDsInAnotherCompanyAreOthers(t *testing.T) {
	w := newWorld(t)
	c := w.admin.create(t, crm.NewCustomer{Name: "x", Tags: []string{"vip"}})
	i := w.admin.logAt(t, c.ID, w.Clock.Now())
	task := w.admin.task(t, crm.NewTask{Title: "x"})
	rule := w.builtIn(t, "survey")
	tags := must[[]crm.Tag](t)(read(t, w.admin, crm.ListTags))
	for name, err := range map[string]error{
		"interaction":        w.stranger.deleteInteraction(t, i.ID, 0),
		"task":               w.stranger.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }),
		"customer":           w.stranger.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }),
		"tag":                w.stranger.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTag(t.Context(), tx, tags[0].ID) }),
		"rule":               second(read(t, w.stranger, func(ctx ctx, q *tenant.Query) (crm.Rule, error) { return crm.GetRule(ctx, q, rule.ID) })),
		"rule to change":     second(w.stranger.tryUpdateRule(t, rule.ID, crm.RulePatch{Enabled: patch.Of(false)}, 0)),
		"customer's history": second(w.stranger.tryInteractions(t, c.ID, crm.ListQuery{})),
	} {
		t.Run(name, func(t *testing.T) { wantError(t, err, tenant.ErrNotFound) })
	}
	if got := must[[]crm.Tag](t)(read(t, w.stranger, crm.ListTags)); len(got) != 0 {
		t.Errorf("tags of another company: %+v", got)
	}
}

func second[T any](_ T, err error) error { return err }

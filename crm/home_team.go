package crm

import (
	"context"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// HomePerson is one member's day.
type HomePerson struct {
	ID           tenant.MemberID `db:"id" json:"id" doc:"The member."`
	Name         string          `db:"name" json:"name" doc:"Display name." example:"陈晨"`
	Interactions int             `db:"-" json:"interactions" doc:"What they logged for today." example:"5"`
	NewCustomers int             `db:"-" json:"new_customers" doc:"Customers of theirs that were made today."`
	Wins         int             `db:"-" json:"wins" doc:"Customers of theirs that were won today."`
	OverdueTasks int             `db:"-" json:"overdue_tasks" doc:"Their open tasks whose time has passed."`
}

func (p HomePerson) activity() int { return p.Interactions + p.NewCustomers + p.Wins }

// peopleListed bounds how many people one home names.
const peopleListed = 200

// teamToday returns the day of the active members within the caller's reach, those with the least activity first
// and of them those with the most overdue.
func teamToday(ctx context.Context, q *tenant.Query) ([]HomePerson, error) {
	visible, args := q.Scope(interactionRead).Where("id", "")
	people := []HomePerson{}
	if err := q.Select(ctx, &people, `SELECT id, name FROM company.members WHERE status = 'active' AND id <> ? AND `+visible+` ORDER BY name, id LIMIT 5000`,
		append([]any{q.Caller.Member}, args...)...); err != nil {
		return nil, err
	}
	zone := q.Company.Location()
	from, to := today(q).In(zone).UTC(), today(q).AddDays(1).In(zone).UTC()
	for _, figure := range []struct {
		into       func(*HomePerson) *int
		permission tenant.Permission
		by, owner  string
		from       string
		args       []any
	}{
		{func(p *HomePerson) *int { return &p.Interactions }, interactionRead, "i.author_id", "c.owner_id",
			`company.interactions i JOIN company.customers c ON c.id = i.customer_id
			WHERE i.occurred_at >= ? AND i.occurred_at < ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL`, []any{from, to}},
		{func(p *HomePerson) *int { return &p.NewCustomers }, customerRead, "c.owner_id", "c.owner_id",
			`company.customers c WHERE c.created_at >= ? AND c.deleted_at IS NULL`, []any{from}},
		{func(p *HomePerson) *int { return &p.Wins }, customerRead, "c.owner_id", "c.owner_id",
			`company.customers c FORCE INDEX (customers_lifecycle_since) WHERE c.lifecycle = 'won' AND c.lifecycle_since >= ? AND c.deleted_at IS NULL`, []any{from}},
		{func(p *HomePerson) *int { return &p.OverdueTasks }, taskRead, "t.assignee_id", "t.assignee_id",
			`company.tasks t FORCE INDEX (tasks_open) WHERE t.status = 'open' AND t.due_sort < ? AND t.deleted_at IS NULL`, []any{q.Now}},
	} {
		counts, err := countBy(ctx, q, figure.by, figure.from, q.Scope(figure.permission), figure.owner, figure.args)
		if err != nil {
			return nil, err
		}
		for i := range people {
			*figure.into(&people[i]) = counts[people[i].ID]
		}
	}
	slices.SortStableFunc(people, func(a, b HomePerson) int {
		if c := a.activity() - b.activity(); c != 0 {
			return c
		}
		return b.OverdueTasks - a.OverdueTasks
	})
	return people[:min(len(people), peopleListed)], nil
}

// countBy counts rows by member, under the scope.
func countBy(ctx context.Context, q *tenant.Query, by, from string, scope tenant.Scope, owner string, args []any) (map[tenant.MemberID]int, error) {
	visible, more := scope.Where(owner, "")
	var rows []struct {
		Member tenant.MemberID `db:"member"`
		Count  int             `db:"n"`
	}
	statement := []string{"SELECT", by, "AS member, COUNT(*) AS n FROM", from, "AND", visible, "GROUP BY", by}
	if err := q.Select(ctx, &rows, strings.Join(statement, " "), append(args, more...)...); err != nil {
		return nil, err
	}
	counts := make(map[tenant.MemberID]int, len(rows))
	for _, r := range rows {
		counts[r.Member] = r.Count
	}
	return counts, nil
}

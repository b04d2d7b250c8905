package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Activity says what each person did in a period.
type Activity struct {
	From   string           `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To     string           `json:"to" doc:"Last day." example:"2026-03-31"`
	People []PersonalFigure `json:"people" nullable:"false" doc:"Active members within your reach, also those who did nothing; the busiest first, at most 500."`
}

// PersonalFigure is what one member did. Amounts stop at 2^53.
type PersonalFigure struct {
	ID             tenant.MemberID `db:"id" json:"id" doc:"The member."`
	Name           string          `db:"name" json:"name" doc:"Display name." example:"陈晨"`
	Interactions   int64           `json:"interactions" doc:"Interactions they logged, by when these happened." example:"42"`
	Customers      int64           `json:"customers" doc:"With how many different customers." example:"23"`
	TasksCompleted int64           `json:"tasks_completed" doc:"Tasks of theirs that were completed." example:"17"`
	NewCustomers   int64           `json:"new_customers" doc:"Customers of theirs that were made." example:"6"`
	NewDeals       int64           `json:"new_deals" doc:"Deals of theirs that began." example:"4"`
	Wins           int64           `json:"wins" doc:"Deals of theirs that were won." example:"2"`
	WonAmount      int64           `json:"won_amount" doc:"What those are worth, in minor units of the company's currency." example:"4800000"`
}

func (p PersonalFigure) sum() int64 {
	return p.Interactions + p.TasksCompleted + p.NewCustomers + p.NewDeals + p.Wins
}

// figure is one number of every member.
type figure struct {
	into func(*PersonalFigure) *int64
	// value is reckoned over the rows of from, of which member is the column of whose they are, and owner the one that
	// the reader's reach is about.
	value, member, owner, from string
	args                       []any
}

// GetActivity reckons what the members within the caller's reach did. Owner narrows the members, the filter is the
// customers' and leaves out what is about others or about none.
func GetActivity(ctx context.Context, q *tenant.Query, in Query) (Activity, error) {
	out := Activity{People: []PersonalFigure{}}
	out.From, out.To = in.days()
	within, err := in.within(ctx, q, "m.id")
	if err != nil {
		return Activity{}, err
	}
	if err := q.Select(ctx, &out.People, `SELECT m.id, m.name FROM company.members m WHERE m.status = 'active' AND `+within.SQL+` ORDER BY m.name, m.id LIMIT ?`,
		append(within.Args, peopleListed)...); err != nil {
		return Activity{}, err
	}
	people := make([]*PersonalFigure, len(out.People))
	for i := range out.People {
		people[i] = &out.People[i]
	}
	if err := in.readFigures(ctx, q, people, in.figures(q)...); err != nil {
		return Activity{}, err
	}
	slices.SortStableFunc(out.People, func(a, b PersonalFigure) int { return cmp.Compare(b.sum(), a.sum()) })
	return out, nil
}

func (in Query) figures(q *tenant.Query) []figure {
	from, to := in.bounds(q.Company.Location())
	span := []any{from, to}
	customers := in.interactions(q)
	customers.into, customers.value = func(p *PersonalFigure) *int64 { return &p.Customers }, "COUNT(DISTINCT i.customer_id)"
	return []figure{
		in.interactions(q), customers, in.wins(), in.wonAmount(),
		{func(p *PersonalFigure) *int64 { return &p.TasksCompleted }, "COUNT(*)", "t.assignee_id", "t.assignee_id",
			`company.tasks t LEFT JOIN company.customers c ON c.id = t.customer_id WHERE t.completed_at >= ? AND t.completed_at < ? AND t.deleted_at IS NULL`, span},
		{func(p *PersonalFigure) *int64 { return &p.NewCustomers }, "COUNT(*)", "c.owner_id", "c.owner_id",
			`company.customers c WHERE c.created_at >= ? AND c.created_at < ? AND c.deleted_at IS NULL`, span},
		{func(p *PersonalFigure) *int64 { return &p.NewDeals }, "COUNT(*)", "d.owner_id", "d.owner_id",
			`company.deals d LEFT JOIN company.customers c ON c.id = d.customer_id WHERE d.created_at >= ? AND d.created_at < ? AND d.deleted_at IS NULL`, span},
	}
}

func (in Query) interactions(q *tenant.Query) figure {
	from, to := in.bounds(q.Company.Location())
	return figure{
		func(p *PersonalFigure) *int64 { return &p.Interactions }, "COUNT(*)", "i.author_id", "c.owner_id",
		`company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.occurred_at >= ? AND i.occurred_at < ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL`, []any{from, to},
	}
}

func (in Query) wins() figure {
	first, last := in.days()
	return figure{
		func(p *PersonalFigure) *int64 { return &p.Wins }, "COUNT(*)", "d.owner_id", "d.owner_id",
		`company.deals d LEFT JOIN company.customers c ON c.id = d.customer_id
		WHERE d.closed_on BETWEEN ? AND ? AND d.status = 'won' AND d.deleted_at IS NULL`, []any{first, last},
	}
}

func (in Query) wonAmount() figure {
	f := in.wins()
	f.into, f.value = func(p *PersonalFigure) *int64 { return &p.WonAmount }, crm.SumOf("d.amount_base")
	return f
}

// readFigures fills figures in for all of the people. The filter leaves out what is about other customers.
func (in Query) readFigures(ctx context.Context, q *tenant.Query, people []*PersonalFigure, figures ...figure) error {
	about, err := crm.CustomersMatching(ctx, q, in.Filter)
	if err != nil {
		return err
	}
	for _, f := range figures {
		if err := f.read(ctx, q, people, in.Filter != "", about); err != nil {
			return err
		}
	}
	return nil
}

// read fills the number in for all members by one statement.
func (f figure) read(ctx context.Context, q *tenant.Query, people []*PersonalFigure, filtered bool, about list.Condition) error {
	visible, args := q.Scope(reportRead).Where(f.owner, "")
	where := list.Condition{SQL: visible, Args: args}
	if filtered {
		where = list.All(where, about)
	}
	var rows []struct {
		Member tenant.MemberID `db:"member"`
		Value  int64           `db:"value"`
	}
	statement := []string{"SELECT", f.member, "AS member,", f.value, "AS value FROM", f.from, "AND", where.SQL, "GROUP BY", f.member}
	if err := q.Select(ctx, &rows, strings.Join(statement, " "), append(slices.Clone(f.args), where.Args...)...); err != nil {
		return err
	}
	values := make(map[tenant.MemberID]int64, len(rows))
	for _, r := range rows {
		values[r.Member] = r.Value
	}
	for i := range people {
		*f.into(people[i]) = values[people[i].ID]
	}
	return nil
}

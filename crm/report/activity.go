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

// figures are numbers of every member that are reckoned over the same rows.
type figures struct {
	numbers []number
	// from are the rows, of which member is the column of whose they are, and owner the one that the reader's reach is about.
	member, owner, from string
	args                []any
}

// number is one of them, and where it goes.
type number struct {
	into  func(*PersonalFigure) *int64
	value string
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
	if err := in.countInteractions(ctx, q, people); err != nil {
		return Activity{}, err
	}
	slices.SortStableFunc(out.People, func(a, b PersonalFigure) int { return cmp.Compare(b.sum(), a.sum()) })
	return out, nil
}

func (in Query) figures(q *tenant.Query) []figures {
	from, to := in.bounds(q.Company.Location())
	span := []any{from, to}
	counting := func(into func(*PersonalFigure) *int64) []number { return []number{{into, "COUNT(*)"}} }
	return []figures{
		in.wins(),
		{counting(func(p *PersonalFigure) *int64 { return &p.TasksCompleted }), "t.assignee_id", "t.assignee_id",
			`company.tasks t LEFT JOIN company.customers c ON c.id = t.customer_id WHERE t.completed_at >= ? AND t.completed_at < ? AND t.deleted_at IS NULL`, span},
		{counting(func(p *PersonalFigure) *int64 { return &p.NewCustomers }), "c.owner_id", "c.owner_id",
			`company.customers c WHERE c.created_at >= ? AND c.created_at < ? AND c.deleted_at IS NULL`, span},
		{counting(func(p *PersonalFigure) *int64 { return &p.NewDeals }), "d.owner_id", "d.owner_id",
			`company.deals d LEFT JOIN company.customers c ON c.id = d.customer_id WHERE d.created_at >= ? AND d.created_at < ? AND d.deleted_at IS NULL`, span},
	}
}

// countInteractions counts what each member logged, and with how many customers: a database that counts what is different
// sorts it all, and here it comes customer by customer.
func (in Query) countInteractions(ctx context.Context, q *tenant.Query, people []*PersonalFigure) error {
	where, err := in.reach(ctx, q, "c.owner_id")
	if err != nil {
		return err
	}
	byID, last := peopleByID(people), map[tenant.MemberID]tenant.RecordID{}
	from, to := in.bounds(q.Company.Location())
	return in.eachSaid(ctx, q, from, to, list.All(list.Condition{SQL: "c.deleted_at IS NULL"}, where), func(s said) {
		p := byID[s.Author]
		if p == nil {
			return
		}
		p.Interactions++
		if last[s.Author] != s.Customer {
			p.Customers++
		}
		last[s.Author] = s.Customer
	})
}

func peopleByID(people []*PersonalFigure) map[tenant.MemberID]*PersonalFigure {
	byID := make(map[tenant.MemberID]*PersonalFigure, len(people))
	for _, p := range people {
		byID[p.ID] = p
	}
	return byID
}

func (in Query) interactions(q *tenant.Query) figures {
	from, to := in.bounds(q.Company.Location())
	return figures{
		[]number{{func(p *PersonalFigure) *int64 { return &p.Interactions }, "COUNT(*)"}}, "i.author_id", "c.owner_id",
		in.withCustomers(q) + ` WHERE i.occurred_at >= ? AND i.occurred_at < ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL`, []any{from, to},
	}
}

// wins are how many, and what they are worth.
func (in Query) wins() figures {
	first, last := in.days()
	return figures{
		[]number{{func(p *PersonalFigure) *int64 { return &p.Wins }, "COUNT(*)"}, {func(p *PersonalFigure) *int64 { return &p.WonAmount }, crm.SumOf("d.amount_base")}},
		"d.owner_id", "d.owner_id", `company.deals d LEFT JOIN company.customers c ON c.id = d.customer_id
		WHERE d.closed_on BETWEEN ? AND ? AND d.status = 'won' AND d.deleted_at IS NULL`, []any{first, last},
	}
}

// readFigures fills figures in for all of the people. The filter leaves out what is about other customers.
func (in Query) readFigures(ctx context.Context, q *tenant.Query, people []*PersonalFigure, all ...figures) error {
	byID := peopleByID(people)
	for _, f := range all {
		where, err := in.reach(ctx, q, f.owner)
		if err != nil {
			return err
		}
		if err := f.read(ctx, q, byID, where); err != nil {
			return err
		}
	}
	return nil
}

// reach holds for what is within the caller's reach by its owner and about customers that the filter leaves.
func (in Query) reach(ctx context.Context, q *tenant.Query, owner string) (list.Condition, error) {
	visible, args := q.Scope(reportRead).Where(owner, "")
	where := list.Condition{SQL: visible, Args: args}
	if in.Filter == "" {
		return where, nil
	}
	about, err := crm.CustomersMatching(ctx, q, in.Filter)
	return list.All(where, about), err
}

// read fills the numbers in for all members by one statement.
func (f figures) read(ctx context.Context, q *tenant.Query, people map[tenant.MemberID]*PersonalFigure, where list.Condition) error {
	columns := []string{f.member}
	for _, n := range f.numbers {
		columns = append(columns, n.value)
	}
	rows, err := q.Rows(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+f.from+` AND `+where.SQL+` GROUP BY `+f.member, append(slices.Clone(f.args), where.Args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var member tenant.MemberID
		var p PersonalFigure
		into := []any{&member}
		for _, n := range f.numbers {
			into = append(into, n.into(&p))
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if of := people[member]; of != nil {
			for _, n := range f.numbers {
				*n.into(of) = *n.into(&p)
			}
		}
	}
	return rows.Err()
}

package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Home is what somebody looks at first in the morning. Every figure counts exactly what the list that it opens
// shows, because it is counted by that list's own filter.
type Home struct {
	Date           string      `json:"date" format:"date" doc:"Today, in the company's time zone." example:"2026-03-31"`
	OverdueTasks   HomeFigure  `json:"overdue_tasks" doc:"Your open tasks whose time has passed."`
	TodayTasks     HomeFigure  `json:"today_tasks" doc:"Your open tasks that are due later today."`
	QuietCustomers HomeFigure  `json:"quiet_customers" doc:"Your customers whom nobody has contacted for as long as the silence rules say."`
	Interactions   HomeFigure  `json:"interactions" doc:"What you logged for today."`
	NewCustomers   HomeFigure  `json:"new_customers" doc:"Customers of yours that were made today."`
	Wins           HomeFigure  `json:"wins" doc:"Customers of yours that were won today."`
	Stages         []HomeStage `json:"stages" nullable:"false" doc:"Customers within your reach by stage, in the stages' order."`
	// Team is nil for whoever reaches no records but their own.
	Team *HomeTeam `json:"team,omitempty" doc:"For managers and admins: everybody within reach."`
}

// HomeFigure is a number with the list that it opens.
type HomeFigure struct {
	Count  int    `json:"count" doc:"How many, counted up to 1000." example:"3"`
	Capped bool   `json:"capped" doc:"Whether there are more than count says."`
	List   string `json:"list" enum:"customers,interactions,tasks" doc:"The list that shows them." example:"tasks"`
	Filter string `json:"filter" doc:"That list's filter." example:"assignee = me AND status = \"open\""`
}

// HomeStage counts the customers in one stage.
type HomeStage struct {
	Stage string `db:"lifecycle" json:"stage" enum:"potential,interested,won,lost" doc:"The stage."`
	Count int    `db:"n" json:"count" doc:"Customers in it." example:"12"`
}

// HomeTeam is what a manager looks at.
type HomeTeam struct {
	OverdueTasks   HomeFigure   `json:"overdue_tasks" doc:"Open tasks whose time has passed, of everybody within reach."`
	QuietCustomers HomeFigure   `json:"quiet_customers" doc:"Quiet customers of everybody within reach."`
	People         []HomePerson `json:"people" nullable:"false" doc:"Active members below you, or all others where you reach everybody: those with the least activity today first, at most 200."`
}

// homeFigures are all figures by the permission whose scope they are under. The words TODAY and TOMORROW stand
// for those days, which the filter language takes as midnights in the company's time zone.
var (
	overdueTasks   = figure{"tasks", taskRead, `assignee = me AND status = "open" AND due_at < ago("0m")`}
	todayTasks     = figure{"tasks", taskRead, `assignee = me AND status = "open" AND due_at >= ago("0m") AND due_at < "TOMORROW"`}
	quietCustomers = figure{"customers", customerRead, `owner = me AND quiet = true`}
	todayLogged    = figure{"interactions", interactionRead, `author = me AND occurred_at >= "TODAY" AND occurred_at < "TOMORROW"`}
	todayCustomers = figure{"customers", customerRead, `owner = me AND created_at >= "TODAY"`}
	todayWins      = figure{"customers", customerRead, `owner = me AND lifecycle = "won" AND lifecycle_since >= "TODAY"`}
	teamOverdue    = figure{"tasks", taskRead, `status = "open" AND due_at < ago("0m")`}
	teamQuiet      = figure{"customers", customerRead, `owner:* AND quiet = true`}
)

// GetHome returns the caller's home. What the caller may not read counts as nothing.
func GetHome(ctx context.Context, q *tenant.Query) (Home, error) {
	home := Home{Date: today(q).Date(), Stages: []HomeStage{}}
	if err := countAll(ctx, q, map[*HomeFigure]figure{
		&home.OverdueTasks: overdueTasks, &home.TodayTasks: todayTasks, &home.QuietCustomers: quietCustomers,
		&home.Interactions: todayLogged, &home.NewCustomers: todayCustomers, &home.Wins: todayWins,
	}); err != nil {
		return Home{}, err
	}
	visible, args := q.Scope(customerRead).Where("owner_id", "id")
	if err := q.Select(ctx, &home.Stages, `SELECT lifecycle, COUNT(*) AS n FROM company.customers FORCE INDEX (customers_stages)
		WHERE deleted_at IS NULL AND `+visible+` GROUP BY lifecycle ORDER BY FIELD(lifecycle, 'potential', 'interested', 'won', 'lost')`, args...); err != nil {
		return Home{}, err
	}
	if q.Scope(interactionRead).Level() < tenant.LevelTeam {
		return home, nil
	}
	home.Team = &HomeTeam{}
	if err := countAll(ctx, q, map[*HomeFigure]figure{&home.Team.OverdueTasks: teamOverdue, &home.Team.QuietCustomers: teamQuiet}); err != nil {
		return Home{}, err
	}
	var err error
	home.Team.People, err = teamToday(ctx, q)
	return home, err
}

// today returns the caller's day, in the company's time zone.
func today(q *tenant.Query) recurrence.Wall {
	return recurrence.WallOf(q.Now, q.Company.Location()).Midnight()
}

func onDays(filter string, q *tenant.Query) string {
	return strings.NewReplacer("TODAY", today(q).Date(), "TOMORROW", today(q).AddDays(1).Date()).Replace(filter)
}

// figure says how to count.
type figure struct {
	list       string
	permission tenant.Permission
	filter     string
}

func countAll(ctx context.Context, q *tenant.Query, figures map[*HomeFigure]figure) error {
	for into, f := range figures {
		var err error
		if *into, err = f.count(ctx, q); err != nil {
			return fmt.Errorf("%s of %s: %w", f.filter, f.list, err)
		}
	}
	return nil
}

func (f figure) count(ctx context.Context, q *tenant.Query) (HomeFigure, error) {
	out := HomeFigure{List: f.list, Filter: onDays(f.filter, q)}
	in := ListQuery{Filter: out.Filter}
	var p *list.Plan
	var err error
	switch f.list {
	case "tasks":
		p, err = list.New(q, tasks, in, q.Scope(f.permission))
	case "interactions":
		p, err = planInteractions(q, CustomerID{}, in, inOrder)
	default:
		p, err = planCustomers(ctx, q, in)
	}
	if err != nil {
		return HomeFigure{}, err
	}
	p.UseIndex("") // it would give an order, which counting has no use for
	out.Count, out.Capped, err = p.Count(ctx, q)
	return out, err
}

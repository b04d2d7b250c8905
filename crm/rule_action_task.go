package crm

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

var createTaskAction = actionKind{
	keep: func(a RuleAction) RuleAction {
		return RuleAction{
			Title: a.Title, Note: a.Note, Kind: a.Kind, Priority: a.Priority, DueInDays: a.DueInDays, Hour: a.Hour, To: a.To, MemberID: a.MemberID,
		}
	},
	needs: needs(taskCreate),
	check: func(c *actionCheck, a RuleAction) error {
		c.checkText("title", a.Title, maxTitle)
		c.checkText("note", a.Note, 10_000)
		if a.Kind != "" {
			checkWord(c.invalid, c.at+".kind", a.Kind, taskKinds)
		}
		if a.Priority != "" {
			checkWord(c.invalid, c.at+".priority", a.Priority, priorities)
		}
		checkNumber(c.invalid, c.at+".due_in_days", a.DueInDays, 0, maxRuleDays)
		checkNumber(c.invalid, c.at+".hour", a.Hour, 0, 23)
		return c.checkTo(a, "owner", "manager", "member")
	},
	prepare: prepareTask,
}

// taskTitles name a task after its kind, for rules that give it no title.
var taskTitles = map[string]phrase{
	"survey": {"满意度调查：%s", "Satisfaction survey: %s"}, "follow_up": {"跟进：%s", "Follow up: %s"}, "todo": {"处理：%s", "See to: %s"},
}

func prepareTask(ctx context.Context, r *acting, a RuleAction) (deed, error) {
	assignee, err := r.person(ctx, a)
	if err != nil {
		return deed{}, err
	}
	if assignee.ID.IsZero() {
		return r.nobody(), nil
	}
	kind := a.Kind
	if kind == "" {
		kind = "follow_up"
	}
	title, note, err := r.wording(ctx, a.Title, a.Note)
	if err != nil {
		return deed{}, err
	}
	if isBlank(title) {
		title = r.say(taskTitles[kind], r.record.named())
	}
	in := NewTask{
		Passing: true, Title: search.Cut(oneLine(title), maxTitle), Note: search.Cut(note, 10_000), Kind: kind, Priority: a.Priority,
		AssigneeID: &assignee.ID, DueAt: r.due(a),
	}
	if !r.record.Customer.IsZero() {
		in.CustomerID = &r.record.Customer
	}
	if in.DealID, err = r.deal(ctx); err != nil {
		return deed{}, err
	}
	text := r.say(phrase{"为 %s 新建任务“%s”", "Create for %s the task “%s”"}, assignee.Name, in.Title)
	if in.DueAt != nil {
		text += r.say(phrase{"，截止 %s", ", due %s"}, r.show(in.DueAt.Format(time.RFC3339)))
	}
	return deed{text, func(ctx context.Context, tx *tenant.Tx) error {
		_, err := CreateTask(ctx, tx, in)
		return err
	}}, nil
}

// deal returns the deal that the record is, or that set the rule off, within the editor's reach; nil for none.
func (r *acting) deal(ctx context.Context) (*DealID, error) {
	id := DealID(r.record.ID)
	if r.noun.name != "deal" {
		var of []DealID
		if err := r.q.Select(ctx, &of, `SELECT record_id FROM company.changes WHERE event_id = ? AND resource = 'deal'`, r.run.EventID); err != nil || len(of) == 0 {
			return nil, err
		}
		id = of[0]
	}
	_, err := findDeal(ctx, r.q, id, dealRead, "")
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, nil //nolint:nilnil // a task without a deal
	}
	return &id, err
}

// due is when a task of the run is due: so many days after it was set off, at an hour of the company's day. An hour that
// has passed is tomorrow's, so that rules that set each other off by tasks that fall due do so once a day at most.
func (r *acting) due(a RuleAction) *time.Time {
	if a.DueInDays == nil {
		return nil
	}
	hour := usualHour
	if a.Hour != nil {
		hour = *a.Hour
	}
	zone := r.q.Company.Location()
	due := recurrence.WallOf(r.run.SetOffAt, zone).Midnight().AddDays(*a.DueInDays).Add(time.Duration(hour) * time.Hour)
	at := due.In(zone).UTC()
	if !at.After(r.q.Now) {
		at = due.AddDays(1).In(zone).UTC()
	}
	return &at
}

// named is what texts call the record by: its customer, and itself when there is none.
func (r ruleRecord) named() string {
	if name, ok := r.fields["customer"]["name"].(string); ok {
		return name
	}
	return r.Title
}

// wording fills texts with the record's values.
func (r *acting) wording(ctx context.Context, first, second string) (string, string, error) {
	owner, err := r.member(ctx, r.record.Owner)
	return r.fill(first, owner.Name), r.fill(second, owner.Name), err
}

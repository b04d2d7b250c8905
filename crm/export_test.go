package crm

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// selecting returns the statement by which a list reads these columns, unless it could not be planned.
func selecting(columns string) func(*list.Plan, error) (string, []any, error) {
	return func(p *list.Plan, err error) (string, []any, error) {
		if err != nil {
			return "", nil, err
		}
		statement, args := p.Statement(columns)
		return statement, args, nil
	}
}

// settled is selecting once the plan has looked at the data, as lists do.
func settled(q *tenant.Query, columns string) func(*list.Plan, error) (string, []any, error) {
	return func(p *list.Plan, err error) (string, []any, error) {
		if err == nil {
			err = p.Settle(context.Background(), q)
		}
		return selecting(columns)(p, err)
	}
}

// CustomerStatement returns the statement of a list of customers, for looking at its plan.
func CustomerStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(customerColumns)(planCustomers(context.Background(), q, in))
}

// FewCustomers is CustomerStatement of a list that finds few.
func FewCustomers(q *tenant.Query, in ListQuery) (string, []any, error) {
	return settled(q, customerColumns)(planCustomers(context.Background(), q, in))
}

// SearchStatement is CustomerStatement of a list of any of the kinds that GET /v1/search looks for, as it looks for them.
func SearchStatement(q *tenant.Query, table string, in ListQuery) (string, []any, error) {
	ctx := context.Background()
	switch table {
	case "customers":
		return settled(q, customerColumns)(planCustomers(ctx, q, in))
	case "contacts":
		return settled(q, contactColumns)(planContacts(ctx, q, CustomerID{}, in))
	case "deals":
		return settled(q, dealColumns)(planDeals(ctx, q, in))
	case "tasks":
		return settled(q, taskColumns)(planTasks(ctx, q, in))
	}
	route, err := chooseRoute(ctx, q, CustomerID{})
	if err != nil {
		return "", nil, err
	}
	return settled(q, interactionColumns)(planInteractions(q, CustomerID{}, in, route))
}

// CommentStatement is CustomerStatement for the comments on a record.
func CommentStatement(q *tenant.Query, record RecordRef, in ListQuery) (string, []any, error) {
	return selecting(commentColumns)(planComments(q, record, in))
}

// FormStatement is CustomerStatement for forms.
func FormStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(formColumns)(list.New(q, forms, in, everybodys()))
}

// SubmissionStatement is CustomerStatement for what was sent in by a form.
func SubmissionStatement(q *tenant.Query, id FormID, in ListQuery) (string, []any, error) {
	return selecting(submissionColumns)(planSubmissions(q, in, "form_submissions_form", list.Condition{SQL: "s.form_id = ?", Args: []any{id}}))
}

// ContactStatement is CustomerStatement for contacts, of one customer or of all.
func ContactStatement(q *tenant.Query, customer CustomerID, in ListQuery) (string, []any, error) {
	return selecting(contactColumns)(planContacts(context.Background(), q, customer, in))
}

// TrashStatement is CustomerStatement for a noun's deleted records.
func TrashStatement(q *tenant.Query, noun string, in ListQuery) (string, []any, error) {
	b, _ := binOf(noun)
	return selecting(b.list.Alias + ".id")(b.plan(q, in))
}

// PoolStatement is CustomerStatement for the public pool.
func PoolStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(pooledColumns)(planPool(q, in))
}

// TaskStatement is CustomerStatement for tasks.
func TaskStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(taskColumns)(planTasks(context.Background(), q, in))
}

// InteractionStatement is CustomerStatement for interactions, of one customer or of all.
func InteractionStatement(q *tenant.Query, customer CustomerID, in ListQuery) (string, []any, error) {
	return selecting(interactionColumns)(planInteractions(q, customer, in, inOrder))
}

// NotificationStatement is CustomerStatement for notifications.
func NotificationStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(notificationColumns)(list.New(q, notifications, in, own(q.Caller)))
}

// SharedValuesStatement returns the statement that looks for what several customers share: by "phone", "email" or "name".
func SharedValuesStatement(q *tenant.Query, by, after string) (string, []any) {
	part := slices.IndexFunc(identityColumns, func(c identityColumn) bool { return c.by == by })
	return sharedValuesStatement(q, groupCursor{Part: part, After: after}, groupValues)
}

// AgendaStatement is CustomerStatement for a part of the caller's own agenda, or of everybody's.
func AgendaStatement(q *tenant.Query, in AgendaQuery, from, to time.Time) (string, []any, error) {
	filter, err := in.filter()
	if err != nil {
		return "", nil, err
	}
	p, _, err := planAgenda(context.Background(), q, filter, from, to, 50)
	return selecting(taskColumns)(p, err)
}

// CalendarEventStatement is CustomerStatement for calendar events.
func CalendarEventStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(calendarEventColumns)(planCalendarEvents(q, in))
}

// CalendarStatements are those that read the events and the tasks of a calendar.
func CalendarStatements(q *tenant.Query, in CalendarQuery) (events, tasks string, eventArgs, taskArgs []any, err error) {
	s, err := in.read(q, longestCalendar, "370 days")
	if err != nil {
		return "", "", nil, nil, err
	}
	events, eventArgs = s.eventsStatement(q, calendarEventRead)
	tasks, taskArgs = s.tasksStatement(q, calendarCap)
	return events, tasks, eventArgs, taskArgs, nil
}

// NextHour lets the tests ask for any moment and zone.
var NextHour = nextHour

// AttachmentStatement is CustomerStatement for the files of a record.
func AttachmentStatement(q *tenant.Query, record RecordRef, in ListQuery) (string, []any, error) {
	return selecting(attachmentColumns)(planAttachments(q, record, false, in))
}

// CleanFileName and Sniff are what an upload does to a name and finds in the beginning of a content.
var (
	CleanFileName = cleanFileName
	Sniff         = sniff
	PictureSize   = pictureSize
)

// TargetStatement is CustomerStatement for targets.
func TargetStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(targetColumns)(list.New(q, targets, in, q.Scope(targetRead)))
}

// BoardStatement is CustomerStatement for a column of the board.
func BoardStatement(q *tenant.Query, stage StageID, in ListQuery) (string, []any, error) {
	return selecting(dealColumns)(planColumn(q, boardDeals, stage, in))
}

// DealSumsStatement returns the statement that sums the deals of a list up, by stage.
func DealSumsStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	from, where, err := dealsWithin(q, deals, in)
	return "SELECT d.stage_id, " + dealSums + " FROM " + from + " WHERE " + where.SQL + " GROUP BY d.stage_id, d.currency", where.Args, err
}

// DealStatement is CustomerStatement for deals.
func DealStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(dealColumns)(planDeals(context.Background(), q, in))
}

// The tests look at ranks without a database.
var (
	TopRank     = topRank
	RankBetween = rankBetween
)

// NextStatement returns the statement that looks for the next matter in the queue.
func NextStatement(q *tenant.Query, few bool) (string, []any) { return nextStatement(q, few) }

// FewInteractionsStatement is InteractionStatement for somebody who has few customers.
func FewInteractionsStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	return selecting(interactionColumns)(planInteractions(q, CustomerID{}, in, byCustomers))
}

// TimelineStatements returns the statement of each kind of a timeline's items, on the first page and on a later one.
func TimelineStatements(q *tenant.Query, id CustomerID) map[string][]list.Condition {
	all := map[string][]list.Condition{}
	for _, s := range timelineSources() {
		for _, before := range []moment{theEnd, {q.Now, lastTie}} {
			c := s.statement(q, subject{customer: id}, before)
			c.SQL += " LIMIT 21"
			all[s.kind] = append(all[s.kind], c)
		}
	}
	return all
}

// References are the columns that are known to name records, as table.column.
func References() []string {
	var all []string
	for _, r := range references {
		all = append(all, r.table+"."+r.column)
	}
	return all
}

// RuleRunStatement is CustomerStatement for the runs of a rule for customers.
func RuleRunStatement(q *tenant.Query, id RuleID, in ListQuery) (string, []any, error) {
	return selecting(ruleRunColumns)(planRuns(context.Background(), q, id, customerRules(), in))
}

// AuditStatement returns the statement of a page of the audit log.
func AuditStatement(q *tenant.Query, in AuditQuery) (list.Condition, error) { return in.statement(q) }

// ImportHeadings are the fields of each resource that is imported, with what exported files call them.
func ImportHeadings() map[string][][3]string {
	all := map[string][][3]string{}
	for _, n := range importNouns {
		for _, f := range n.fields {
			all[n.resource] = append(all[n.resource], [3]string{f.key, f.zh, f.en})
		}
	}
	return all
}

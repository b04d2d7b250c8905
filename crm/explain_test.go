package crm_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// step is one line of EXPLAIN. MySQL 8 has more columns than MariaDB, so only those that both have are kept.
type step struct{ table, kind, key, extra string }

func explain(ctx context.Context, t *testing.T, q *tenant.Query, statement string, args []any) []step {
	t.Helper()
	rows, err := q.Rows(ctx, "EXPLAIN "+statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var steps []step
	for rows.Next() {
		columns := map[string]any{}
		if err := rows.MapScan(columns); err != nil {
			t.Fatal(err)
		}
		text := func(name string) string {
			if raw, ok := columns[name].([]byte); ok {
				return string(raw)
			}
			return ""
		}
		steps = append(steps, step{text("table"), text("type"), text("key"), text("Extra")})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// TestListsReadTheirOrderFromAnIndex looks at the plan of every order of every list over thousands of rows, on
// the first page and on a later one.
func TestListsReadTheirOrderFromAnIndex(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 6000)
	w.fillAround(t)
	type statement func(*tenant.Query, crm.ListQuery) (string, []any, error)
	customers, tasks, notifications := statement(crm.CustomerStatement), statement(crm.TaskStatement), statement(crm.NotificationStatement)
	one := w.rep.list(t, crm.ListQuery{Limit: 1}).Data[0].ID
	interactions := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.InteractionStatement(q, crm.CustomerID{}, in)
	}
	comments := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.CommentStatement(q, refOf(t, one), in)
	}
	trash := func(noun string) statement {
		return func(q *tenant.Query, in crm.ListQuery) (string, []any, error) { return crm.TrashStatement(q, noun, in) }
	}
	timeline := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.InteractionStatement(q, one, in)
	}
	contacts := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.ContactStatement(q, crm.CustomerID{}, in)
	}
	files := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.AttachmentStatement(q, refTo(t, one.String()), in)
	}
	rule := w.builtIn(t, "survey").ID
	runs := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.RuleRunStatement(q, rule, in)
	}
	form := w.admin.form(t, crm.FormAssignment{Rule: crm.ToNobody})
	w.fillForm(t, form)
	submissions := func(q *tenant.Query, in crm.ListQuery) (string, []any, error) {
		return crm.SubmissionStatement(q, form.ID, in)
	}
	alone := person{w, w.acme, w.acme.As(w.acme.Rep2, tenant.LevelTeam, everything...)}
	for _, c := range []struct {
		name   string
		who    person
		list   statement
		filter string
		order  string
		key    string
	}{
		{"own updated", w.rep, customers, "", "updated_at", "customers_owner_updated"},
		{"own created", w.rep, customers, "", "created_at", "customers_owner_created"},
		{"own name", w.rep, customers, "", "name", "customers_owner_name"},
		{"own contact", w.rep, customers, "", "last_interaction_at", "customers_owner_last_interaction"},
		{"own follow-up", w.rep, customers, "", "next_follow_up_at", "customers_owner_next_follow_up"},
		{"all updated", w.admin, customers, "", "updated_at", "customers_updated"},
		{"all created", w.admin, customers, "", "created_at", "customers_created"},
		{"all name", w.admin, customers, "", "name", "customers_name"},
		{"all contact", w.admin, customers, "", "last_interaction_at", "customers_last_interaction"},
		{"all follow-up", w.admin, customers, "", "next_follow_up_at", "customers_next_follow_up"},
		{"team", w.manager, customers, "", "updated_at", "customers_updated"},
		{"a team of one", alone, customers, "", "updated_at", "customers_owner_updated"},
		{"own stage", w.rep, customers, "lifecycle = won", "updated_at", "customers_owner_lifecycle_updated"},
		{"all stage", w.admin, customers, "lifecycle = won AND tags:x", "updated_at", "customers_lifecycle_updated"},
		{"some stages", w.admin, customers, "lifecycle = won OR lifecycle = lost", "updated_at", "customers_updated"},
		{"stage by name", w.admin, customers, "lifecycle = won", "name", "customers_name"},
		{"one owner's", w.admin, customers, "owner = " + w.acme.Rep.String(), "name", "customers_owner_name"},
		{"tagged", w.admin, customers, "tags:x", "updated_at", "customers_updated"},
		{"with any other filter", w.rep, customers, `industry = it AND created_at > ago("7d")`, "updated_at", "customers_owner_updated"},
		{"own contacts", w.rep, contacts, "", "updated_at", "contacts_owner_updated"},
		{"own contacts by age", w.rep, contacts, "", "created_at", "contacts_owner_created"},
		{"own contacts by name", w.rep, contacts, "", "name", "contacts_owner_name"},
		{"all contacts", w.admin, contacts, "", "updated_at", "contacts_updated"},
		{"all contacts by age", w.admin, contacts, "", "created_at", "contacts_created"},
		{"all contacts by name", w.admin, contacts, "title = x", "name", "contacts_name"},
		{"contacts of a customer", w.admin, contacts, "customer = " + one.String(), "name", "contacts_customer"},
		{"own tasks", w.rep, tasks, "", "due_at", "tasks_assignee_due"},
		{"own tasks by age", w.rep, tasks, "status = open", "created_at", "tasks_assignee_created"},
		{"all tasks", w.admin, tasks, "", "due_at", "tasks_due"},
		{"all tasks by age", w.admin, tasks, "", "created_at", "tasks_created"},
		{"targets", w.targetPerson(w.acme.Admin, tenant.LevelAll), crm.TargetStatement, "measure = wins", "month", "targets_month"},
		{"notifications", w.rep, notifications, "", "created_at", "notifications_member"},
		{"interactions", w.admin, interactions, "", "occurred_at", "interactions_time"},
		{"own interactions", w.rep, interactions, "", "occurred_at", "interactions_time"},
		{"runs of a rule", w.admin, runs, "", "set_off_at", "rule_runs_rule"},
		{"runs for own records", w.rep, runs, "", "set_off_at", "rule_runs_rule"},
		{"runs that failed", w.admin, runs, "outcome = failed", "set_off_at", "rule_runs_outcome"},
		{"files of a record", w.rep, files, "size > 1", "created_at", "attachments_record"},
		{"comments", w.rep, comments, "", "created_at", "comments_record"},
		{"pool", w.rep, crm.PoolStatement, "", "updated_at", "customers_owner_updated"},
		{"deleted customers", w.rep, trash("customer"), "", "deleted_at", "customers_deleted"},
		{"deleted contacts", w.rep, trash("contact"), "", "deleted_at", "contacts_deleted"},
		{"deleted deals", w.manager, trash("deal"), "", "deleted_at", "deals_deleted"},
		{"deleted tasks", w.admin, trash("task"), "", "deleted_at", "tasks_deleted"},
		{"timeline", w.rep, timeline, "", "occurred_at", "interactions_customer"},
		{"unresolved", w.admin, interactions, "resolved = false", "occurred_at", "interactions_unresolved"},
		{"own queue", w.rep, interactions, "resolved = false AND assignee = me", "occurred_at", "interactions_queue"},
		{"forms", w.admin, crm.FormStatement, "", "updated_at", "forms_updated"},
		{"forms by age", w.admin, crm.FormStatement, "", "created_at", "forms_created"},
		{"forms by name", w.admin, crm.FormStatement, "active = true", "name", "forms_name"},
		{"sent in by a form", w.admin, submissions, "", "created_at", "form_submissions_form"},
		{"sent in by own customers", w.rep, submissions, "known = true", "created_at", "form_submissions_form"},
		{"timeline by filter", w.admin, interactions, "customer = " + one.String(), "occurred_at", "interactions_customer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, direction := range []string{"", " desc"} {
				in := crm.ListQuery{Filter: c.filter, OrderBy: c.order + direction, Limit: 20}
				if err := w.Read(t.Context(), c.who.company.Company, c.who.caller, func(q *tenant.Query) error {
					first, args, err := c.list(q, in)
					if err != nil {
						return err
					}
					wantIndex(t, explain(t.Context(), t, q, first, args), c.key)
					later, laterArgs := afterFirstPage(first, args, c.order, direction)
					wantIndex(t, explain(t.Context(), t, q, later, laterArgs), c.key)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	for filter, key := range map[string]string{`phone = "+8613800138000"`: "customers_phone", `email = "a@b.example"`: "customers_email", `id = ` + one.String(): "PRIMARY", `parent = ` + one.String(): "customers_parent"} {
		if err := w.Read(t.Context(), w.acme.Company, w.admin.caller, func(q *tenant.Query) error {
			statement, args, err := crm.CustomerStatement(q, crm.ListQuery{Filter: filter})
			if err != nil {
				return err
			}
			if steps := explain(t.Context(), t, q, statement, args); steps[0].key != key && !strings.Contains(steps[0].extra, "Impossible WHERE") {
				t.Errorf("%s: %+v, want %s", filter, steps, key)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSharedValuesComeFromAnIndex looks at how duplicates are looked for.
func TestSharedValuesComeFromAnIndex(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 6000)
	for by, key := range map[string]string{"phone": "customers_phone", "email": "customers_email", "name": "customers_name_core"} {
		for _, who := range []person{w.admin, w.manager} {
			if err := w.Read(t.Context(), w.acme.Company, who.caller, func(q *tenant.Query) error {
				statement, args := crm.SharedValuesStatement(q, by, "")
				wantIndex(t, explain(t.Context(), t, q, statement, args), key)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// afterFirstPage gives a statement the condition that a cursor adds.
func afterFirstPage(statement string, args []any, order, direction string) (string, []any) {
	column := map[string]string{
		"name": "name_sort", "last_interaction_at": "last_interaction_sort", "next_follow_up_at": "next_follow_up_sort", "due_at": "due_sort",
	}[order]
	alias := statement[len("SELECT "):][:1]
	column = alias + "." + cmp.Or(column, order)
	beyond, value := ">", any(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	if direction != "" {
		beyond = "<"
	}
	if order == "name" {
		value = "customer 003000"
	}
	where := fmt.Sprintf("%[1]s %[2]s= ? AND (%[1]s %[2]s ? OR %[3]s.id %[2]s ?)", column, beyond, alias)
	return strings.Replace(statement, " ORDER BY ", " AND "+where+" ORDER BY ", 1), append(args, value, value, make([]byte, 16))
}

func wantIndex(t *testing.T, steps []step, key string) {
	t.Helper()
	// Tables of which one row is read beforehand do not count.
	steps = slices.DeleteFunc(steps, func(s step) bool { return s.kind == "const" })
	for _, s := range steps {
		if strings.Contains(s.extra, "filesort") || strings.Contains(s.extra, "temporary") || s.kind == "ALL" {
			t.Errorf("the plan sorts or reads everything: %+v", steps)
		}
	}
	if len(steps) == 0 || steps[0].key != key {
		t.Errorf("the plan is %+v, want %s first", steps, key)
	}
}

// fillForm lets some hundred customers send a form in.
func (w *world) fillForm(t *testing.T, f crm.Form) {
	t.Helper()
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		for n, c := range w.admin.list(t, crm.ListQuery{Limit: 200}).Data {
			id := tenant.NewEventID()
			if _, err := tx.Exec(t.Context(), `INSERT INTO company.form_submissions (id, form_id, customer_id, known, name, contact_name, region, note, custom, source, campaign,
				consent_text, stamp, created_at) VALUES (?, ?, ?, 1, 'x', '', '', '', '{}', '', '', '', ?, ?)`, id, f.ID, c.ID, id, tx.Now.Add(time.Duration(n)*time.Minute)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.analyse(t, "form_submissions", "forms")
}

// fillAround gives every customer a contact, the first of them interactions, everybody tasks and notifications, and the
// server its statistics.
func (w *world) fillAround(t *testing.T) {
	t.Helper()
	page := w.admin.list(t, crm.ListQuery{Limit: 200}).Data
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		for i, c := range page {
			at := tx.Now.Add(-time.Duration(i) * time.Hour)
			for n := range 5 {
				if _, err := tx.Exec(t.Context(), `INSERT INTO company.comments (id, noun, record_id, body, mentions, version, created_at, updated_at)
					VALUES (?, 'customer', ?, 'x', '[]', 1, ?, ?)`, tenant.NewEventID(), c.ID, at.Add(time.Duration(n)*time.Minute), at); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `INSERT INTO company.interactions (id, customer_id, kind, direction, outcome, occurred_at, place, summary, search_text, contacts, links,
					resolved, resolution, next_step, version, created_at, updated_at) VALUES (?, ?, 'call', 'out', '', ?, '', 'x', 'x', '[]', '[]', ?, '', '', 1, ?, ?)`,
					tenant.NewEventID(), c.ID, at.Add(time.Duration(n)*time.Minute), n > 0, at, at); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO company.attachments (id, noun, record_id, name, content_type, size, sha256, status, created_at)
				VALUES (?, 'customer', ?, 'x', 'x', 1, '', 'ready', ?)`, tenant.NewEventID(), c.ID, at); err != nil {
				return err
			}
			for n, assignee := range []tenant.MemberID{w.acme.Rep, w.acme.Rep2, w.acme.Manager} {
				if _, err := tx.Exec(t.Context(), `INSERT INTO company.tasks (id, title, search_text, note, kind, priority, status, customer_id, assignee_id, due_at, time_zone, checklist, usual, custom,
					version, created_at, updated_at) VALUES (?, 'x', 'x', '', 'todo', 'normal', 'open', ?, ?, ?, 'UTC', '[]', '{}', '{}', 1, ?, ?)`, tenant.NewEventID(), c.ID, assignee, at.Add(time.Duration(n)*time.Minute), at, at); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `INSERT INTO company.notifications (id, member_id, kind, event_id, title, body, link, created_at)
					VALUES (?, ?, 'task.due', ?, 'x', '', '', ?)`, tenant.NewEventID(), assignee, tenant.NewEventID(), at); err != nil {
					return err
				}
			}
		}
		tag, err := crm.CreateTag(t.Context(), tx, crm.NewTag{Name: "x"})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `INSERT INTO company.contacts (id, customer_id, owner_id, name, name_sort, search_text, title, department, role, is_primary,
			phones, emails, wechat, addresses, language, do_not_contact, consents, source, note, custom, version, created_at, updated_at, deleted_along)
			SELECT id, id, owner_id, name, name_sort, '', '', '', '', 1, '[]', '[]', '', '[]', '', 0, '{}', '', '', '{}', 1, created_at, updated_at, 0 FROM company.customers`); err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `INSERT INTO company.record_tags (record_id, tag_id) SELECT id, ? FROM company.customers WHERE lifecycle = 'won'`, tag.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.analyse(t, "customers", "contacts", "tasks", "interactions", "notifications", "record_tags", "attachments")
}

// analyse gives the server the statistics of tables.
func (w *world) analyse(t *testing.T, tables ...string) {
	t.Helper()
	for _, table := range tables {
		if err := w.Read(t.Context(), w.acme.Company, w.admin.caller, func(q *tenant.Query) error {
			rows, err := q.Rows(t.Context(), "ANALYZE TABLE company."+table)
			if err != nil {
				return err
			}
			return rows.Close()
		}); err != nil {
			t.Fatal(err)
		}
	}
}

package crm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// FuzzFilter feeds every list with filters, searches, orders and cursors. Whatever comes in, the list runs or
// says in an *InvalidError what is wrong; it never panics and the database never refuses the statement.
func FuzzFilter(f *testing.F) {
	w := newWorld(f)
	w.fieldsOfEveryType(f, "customer")
	c := w.rep.create(f, crm.NewCustomer{Name: "云帆 Ltd", Phone: "13800138000", Employees: ptr(5), Tags: []string{"vip"}, Custom: fewValues(1)})
	w.rep.logAt(f, c.ID, w.Clock.Now())
	w.rep.task(f, crm.NewTask{Title: "x", DueAt: ptr(w.Clock.Now())})
	for _, seed := range []string{
		`lifecycle = "won" AND last_interaction_at < ago("7d") AND tags:"vip" AND owner = me`,
		`phone = "中文" OR email:"💩" OR created_at > "9999-12-31T23:59:59.9999999Z"`, `employees = 1e400`, `employees > "NaN"`, `revenue < "0x1p1023"`,
		`employees = 9223372036854775807 OR revenue = -9223372036854775808`, `employees = 0xffffffffffffffff`, `employees > .5`, `employees = -.0`,
		`name = "\x00" OR name:"\xff" OR name = "\ud800"`, "name = \"\x00\"", "name:\"\xc3\x28\"", `name = "\U0010FFFF"`, `name = '\''`, `name = "\\"`, `name = "\`,
		`created_at > "0000-00-00"`, `created_at = "1000-01-01T00:00:00+14:00"`, `created_at > ago("4294967295w")`, `created_at > ago(ago("7d"))`,
		`phone = "*" OR phone = "*é*"`, `tags:"` + strings.Repeat("ﷺ", 64) + `"`, `tags:""`, `name:""`, `name = ""`, `NOT NOT name = x`, `- name:*`, `((((`, `a.b.c = "d"`,
		`id = cus_00000000000000000000000000`, `id:"` + c.ID.String() + `"`, `owner = usr_7zzzzzzzzzzzzzzzzzzzzzzzzz`, `(name = a) = b`, `name = (NOT a)`, `f(g(h(`,
		"name = a\nAND\u3000name = b", `kind = call AND occurred_at > "2026-01-01"`, `status = open AND NOT due_at:*`, `read_at:* AND kind:task`, `:`, `name:`, `= x`,
		`custom.choice = "IT" AND custom.money > 1000 AND custom.date < ago("30d") AND custom.number:* AND custom.choices:edu`, `custom.date > "9999-12-31T23:59:59Z"`, `custom.date < "1000-01-01T00:00:00+14:00"`,
		`custom.text = "\x00" OR custom.long_text:"\xff"`, `custom.number = 1e400 OR custom.money = 9223372036854775807`, `custom.number < -1e300 OR custom.number = 0.0000001`, `custom.yes_no = true`, `custom.yes_no:1`,
		`custom.member = me`, `custom.member = usr_7zzzzzzzzzzzzzzzzzzzzzzzzz`, `custom.choice:IT OR custom.choices = IT`, `custom.choices:*`, `custom.nosuch = 1`, `custom.text.text = x`, `custom = x`, `custom.* = x`, `custom.text:""`,
		`contact_name ＝ x`, `me`, `true`, `name = true`, `do_not_contact:true`, `name = "a" "b"`, strings.Repeat("NOT ", 300) + "name = x",
	} {
		f.Add(seed, "zs %_! ' \\ \x00", "name desc", "eyJ2IjoieCIsImkiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBPT0iLCJwIjoiIn0")
	}
	f.Add("", "\xff\xfe", "updated_at  desc", "%%%")
	for _, order := range []string{"custom.number", "custom.date desc", "custom.choices", "custom.text asc", "custom.nosuch desc"} {
		f.Add("custom.text:*", "", order, "eyJ2IjoieCIsImkiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBPT0iLCJwIjoiIiwibiI6MX0")
	}
	f.Add("", strings.Repeat("长", 200), "created_at asc asc", "")
	f.Fuzz(func(t *testing.T, filter, search, order, cursor string) {
		run := func(list string, err error) {
			var invalid *tenant.InvalidError
			if err != nil && !errors.As(err, &invalid) {
				t.Errorf("%s: filter %q, q %q, order %q, cursor %q: %v", list, filter, search, order, cursor, err)
			}
		}
		_ = w.Read(t.Context(), w.acme.Company, w.rep.caller, func(q *tenant.Query) error {
			for _, in := range []crm.ListQuery{
				{Filter: filter, Count: true}, {Q: search, Count: true}, {OrderBy: order, Cursor: cursor}, {Filter: filter, Q: search, OrderBy: order, Cursor: cursor, Count: true},
			} {
				_, err := crm.ListCustomers(t.Context(), q, in)
				run("customers", err)
				_, err = crm.ListInteractions(t.Context(), q, crm.CustomerID{}, in)
				run("interactions", err)
				_, err = crm.ListTasks(t.Context(), q, in)
				run("tasks", err)
				_, err = crm.ListNotifications(t.Context(), q, in)
				run("notifications", err)
			}
			return nil
		})
	})
}

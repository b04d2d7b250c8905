package crm_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// filterCast makes customers that differ in every field a filter can name.
func filterCast(t *testing.T) *world {
	w := newWorld(t)
	day := 24 * time.Hour
	w.Clock.Set(tenanttest.Start.Add(-30 * day))
	w.admin.create(t, crm.NewCustomer{
		Name: "Alpha 100%", ContactName: "王志强", Phone: "13800138000", Email: "wang@alpha.example", Industry: "IT", Employees: ptr(120),
		Revenue: ptr(int64(-5)), Source: "fair_1", Tags: []string{"VIP", "old"}, OwnerID: &w.acme.Rep, Note: `say "hi"`, Website: "https://alpha.example", Address: "世纪大道 100 号",
		District: "浦东新区", City: "上海市", Region: "华东", PostalCode: "200120", Country: "CN",
	})
	w.Clock.Set(tenanttest.Start.Add(-10 * day))
	beta := w.admin.create(t, crm.NewCustomer{Name: "Beta_x", Industry: "Steel", Employees: ptr(5), DoNotContact: true, Lifecycle: crm.Interested, OwnerID: &w.acme.Rep2})
	w.Clock.Set(tenanttest.Start)
	w.admin.create(t, crm.NewCustomer{Name: "Gamma!", ParentID: &beta.ID, Lifecycle: crm.Won, Tags: []string{"vip"}, OwnerID: &tenant.MemberID{}, Source: "fairx1"})
	w.rep2.logAt(t, beta.ID, tenanttest.Start.Add(-2*day))
	w.rep2.task(t, crm.NewTask{Title: "call", CustomerID: &beta.ID, DueAt: ptr(tenanttest.Start.Add(3 * day))})
	return w
}

func TestFilterFindsRows(t *testing.T) {
	w := filterCast(t)
	alpha := w.admin.list(t, crm.ListQuery{Filter: `name = "Alpha 100%"`}).Data[0]
	beta := w.admin.list(t, crm.ListQuery{Filter: `name = "Beta_x"`}).Data[0]
	const a, b, g = "Alpha 100%", "Beta_x", "Gamma!"
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"", []string{a, b, g}},
		{"   ", []string{a, b, g}},
		// Text: equality knows neither case nor width of accents, : looks for a part, * is a wildcard at the ends.
		{`name = "beta_x"`, []string{b}},
		{`name = Beta_x`, []string{b}},
		{`name:"%"`, []string{a}},
		{`name:"_"`, []string{b}},
		{`name:"!"`, []string{g}},
		{`name:amm`, []string{g}},
		{`source = "fair_1"`, []string{a}},
		{`source:"r_1"`, []string{a}},
		{`name = "Al*"`, []string{a}},
		{`name = "*_x"`, []string{b}},
		{`name = "*mm*"`, []string{g}},
		{`name = "**"`, []string{a, b, g}},
		{`name = "*"`, []string{}},
		{`name != "Al*"`, []string{b, g}},
		{`name != "Alpha 100%"`, []string{b, g}},
		{`note = "say \"hi\""`, []string{a}},
		{`contact_name = "王志强"`, []string{a}},
		{`address:世纪`, []string{a}},
		{`country = "CN" AND region = "华东" AND city:"上海" AND district:* AND postal_code = "2001*"`, []string{a}},
		{`NOT region:*`, []string{b, g}},
		{`parent = "` + beta.ID.String() + `"`, []string{g}},
		{`parent = "` + alpha.ID.String() + `"`, []string{}},
		{`NOT parent:*`, []string{a, b}},
		{`phone = "+8613800138000"`, []string{a}},
		{`phone != "+8613800138000"`, []string{b, g}},
		{`phone:"0138"`, []string{a}},
		{`email = "wang@alpha.example"`, []string{a}},
		{`industry = "IT" OR industry = "Steel"`, []string{a, b}},
		// Unset.
		{`phone:*`, []string{a}},
		{`NOT phone:*`, []string{b, g}},
		{`NOT email:"alpha"`, []string{b, g}},
		{`-phone:*`, []string{b, g}},
		{`industry:*`, []string{a, b}},
		{`NOT industry:*`, []string{g}},
		{`name:*`, []string{a, b, g}},
		{`id:*`, []string{a, b, g}},
		{`owner:*`, []string{a, b}},
		{`NOT owner:*`, []string{g}},
		{`employees:*`, []string{a, b}},
		{`last_interaction_at:*`, []string{b}},
		{`tags:*`, []string{a, g}},
		{`NOT tags:*`, []string{b}},
		// Enumerations, booleans, tags.
		{`lifecycle = "potential"`, []string{a}},
		{`lifecycle = won`, []string{g}},
		{`lifecycle:won`, []string{g}},
		{`lifecycle != won`, []string{a, b}},
		{`do_not_contact = true`, []string{b}},
		{`do_not_contact != true`, []string{a, g}},
		{`do_not_contact = false`, []string{a, g}},
		{`tags:"vip"`, []string{a, g}},
		{`tags:ＶＩＰ`, []string{a, g}},
		{`NOT tags:vip`, []string{b}},
		{`tags:vip AND tags:old`, []string{a}},
		{`tags:nosuch`, []string{}},
		// Numbers.
		{`employees = 120`, []string{a}},
		{`employees = "120"`, []string{a}},
		{`employees:120`, []string{a}},
		{`employees = 120.5`, []string{}},
		{`employees > 4.5 AND employees < 6`, []string{b}},
		{`employees >= 5`, []string{a, b}},
		{`employees <= 5`, []string{b}},
		{`employees != 5`, []string{a, g}},
		{`NOT employees > 100`, []string{b, g}},
		{`revenue = -5`, []string{a}},
		{`revenue < 0`, []string{a}},
		{`revenue > 9999999999999999`, []string{}},
		// People.
		{`owner = me`, []string{}},
		{`owner:me`, []string{}},
		{`owner = "` + w.acme.Rep.String() + `"`, []string{a}},
		{`owner = ` + w.acme.Rep2.String(), []string{b}},
		{`owner != ` + w.acme.Rep2.String(), []string{a, g}},
		{`created_by = me`, []string{a, b, g}},
		{`id = "` + alpha.ID.String() + `"`, []string{a}},
		{`id != ` + alpha.ID.String(), []string{b, g}},
		// Times; the company is in Shanghai, and the clock stands at 09:00 there on 2 March.
		{`created_at > ago("1d")`, []string{g}},
		{`created_at < ago("2w")`, []string{a}},
		{`created_at < ago("240h")`, []string{a}},
		{`created_at <= ago("240h")`, []string{a, b}},
		{`created_at <= ago("14400m")`, []string{a, b}},
		{`next_follow_up_at < ahead("4d")`, []string{b}},
		{`next_follow_up_at < ahead("2d")`, []string{}},
		{`created_at = "2026-03-02T01:00:00Z"`, []string{g}},
		{`created_at = "2026-03-02T09:00:00+08:00"`, []string{g}},
		{`created_at = timestamp("2026-03-02T09:00:00+08:00")`, []string{g}},
		{`created_at >= "2026-03-02"`, []string{g}},
		{`created_at >= 2026-03-02`, nil},
		{`created_at >= "2026-03-02T01:00:00.000001Z"`, []string{}},
		{`created_at >= "2026-03-02T01:00:00.0000001Z"`, []string{g}},
		{`last_interaction_at >= "2026-02-28" AND last_interaction_at < "2026-03-01"`, []string{b}},
		{`last_interaction_at != "2026-03-01"`, []string{a, b, g}},
		{`updated_at > "1000-01-01T00:00:00Z" AND updated_at < "9999-12-31T23:59:59Z"`, []string{a, b, g}},
		// Joining: OR binds tighter than AND.
		{`name = Beta_x OR name = "Gamma!" AND lifecycle = won`, []string{g}},
		{`lifecycle = won AND name = Beta_x OR name = "Gamma!"`, []string{g}},
		{`name = Beta_x OR (name = "Gamma!" AND lifecycle = won)`, []string{b, g}},
		{`NOT (name = Beta_x OR name = "Gamma!")`, []string{a}},
		{`NOT name = Beta_x AND NOT name = "Gamma!"`, []string{a}},
		{`NOT (employees > 1 AND employees < 200)`, []string{g}},
	} {
		page, err := w.admin.tryList(t, crm.ListQuery{Filter: c.filter})
		if c.want == nil {
			wantInvalid(t, err, "filter")
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		got := []string{}
		for _, customer := range page.Data {
			got = append(got, customer.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.filter, diff)
		}
	}
	if got := w.rep.names(t, crm.ListQuery{Filter: `owner = me`}); !slices.Equal(got, []string{a}) {
		t.Errorf("me is somebody else: %v", got)
	}
}

func TestFilterCountsDaysInTheCompanysZone(t *testing.T) {
	w := newWorld(t)
	c := w.admin.customer(t, "Midnight")
	edge := time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC) // 1 March, 00:00 in Shanghai
	for at, want := range map[time.Time]int{edge: 1, edge.Add(-time.Microsecond): 0} {
		i := w.admin.logAt(t, c.ID, at)
		if got := len(w.admin.list(t, crm.ListQuery{Filter: `last_interaction_at >= "2026-03-01"`}).Data); got != want {
			t.Errorf("contact at %v: found %d, want %d", at, got, want)
		}
		if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteInteraction(t.Context(), tx, i.ID, 0) }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilterLimits(t *testing.T) {
	w := newWorld(t)
	w.rep.customer(t, "One")
	chain := strings.TrimSuffix(strings.Repeat("name:n AND ", 200), " AND ")
	for _, filter := range []string{
		chain, strings.ReplaceAll(chain, "AND", "OR"),
		strings.Repeat("(", 19) + "name:n" + strings.Repeat(")", 19),
		"NOT (NOT (NOT (NOT name:n)))",
		`name:"` + strings.Repeat("é", 2000) + `" OR name:n`,
	} {
		page, err := w.rep.tryList(t, crm.ListQuery{Filter: filter})
		if err != nil || len(page.Data) != 1 {
			t.Errorf("%.40s…: %d rows, %v", filter, len(page.Data), err)
		}
	}
	deep := "name:n"
	for range 21 {
		deep = "(NOT " + deep + ")"
	}
	for filter, code := range map[string]string{
		strings.Repeat("(", 300) + "name:n" + strings.Repeat(")", 300): "too_deep",
		deep: "too_deep",
		strings.TrimSuffix(strings.Repeat("name:nn AND ", 342), " AND "): "too_long",
	} {
		_, err := w.rep.tryList(t, crm.ListQuery{Filter: filter})
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[0].Code != code {
			t.Errorf("%.40s…: %v, want %s", filter, err, code)
		}
	}
}

func TestFilterSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	const secret = "hunter2"
	for _, c := range []struct{ filter, code, says string }{
		{`name = `, "syntax", "character 7"},
		{`name = "` + secret, "syntax", "character 8"},
		{"  名 AND (name = x", "syntax", "character 18: expected )"},
		{"name = x)", "syntax", "character 9"},
		{"name =\n  = x", "syntax", "character 10"},
		{`name = x AND`, "syntax", "character"},
		{"name = \"\xff\"", "syntax", "UTF-8"},
		{`name = "\xff" OR nope = "` + secret + `"`, "unknown_field", ""},
		{`nope = "` + secret + `"`, "unknown_field", "known are: address, campaign, city, contact_name, country, created_at"},
		{`custom.industry = "` + secret + `"`, "unknown_field", "known are"},
		{`"` + secret + `"`, "value_alone", "stands alone"},
		{secret, "value_alone", "stands alone"},
		{`name = a name = ` + secret, "side_by_side", "side by side"},
		{`ago("7d")`, "function_alone", "function"},
		{`lower(name) = ` + secret, "no_field", "left side"},
		{`5 = 5`, "no_field", "left side"},
		{`name > ` + secret, "no_order", "orders name"},
		{`lifecycle > won`, "no_order", "orders lifecycle"},
		{`owner < me`, "no_order", "orders owner"},
		{`lifecycle = ` + secret, "unknown_word", "potential, interested, won, lost"},
		{`do_not_contact = ` + secret, "not_boolean", "true or false"},
		{`do_not_contact = 1`, "not_text", "not text"},
		{`employees = ` + secret, "not_number", "not a number"},
		{`employees = NaN`, "not_number", "not a number"},
		{`employees > Inf`, "not_number", "not a number"},
		{`employees > "-Infinity"`, "not_number", "not a number"},
		{`employees > "1e400"`, "not_number", "not a number"},
		{`employees > 99999999999999999999`, "syntax", "character"},
		{`employees = ago("7d")`, "not_number", "not a number"},
		{`created_at > ` + secret, "unreadable_time", "cannot be read"},
		{`created_at > "2026-02-30"`, "unreadable_time", "cannot be read"},
		{`created_at > 5`, "not_time", "not a time"},
		{`created_at > ago("` + secret + `")`, "bad_span", "90m"},
		{`created_at > ago("99999999999d")`, "bad_span", "90m"},
		{`created_at > ago("-7d")`, "bad_span", "90m"},
		{`created_at > ago("7")`, "bad_span", "90m"},
		{`created_at > ago(7)`, "bad_span", "90m"},
		{`created_at > ago("7d", "8d")`, "not_time", "not a time"},
		{`created_at > soon("7d")`, "unknown_function", "ago, ahead"},
		{`created_at > "0999-12-31T23:59:59Z"`, "time_range", "years"},
		{`created_at > "0001-01-01T00:00:00Z"`, "time_range", "years"},
		{`created_at > "9999-12-31T23:59:59-14:00"`, "time_range", "years"},
		{`owner = ` + secret, "not_member", "member's id"},
		{`owner = ""`, "not_member", "member's id"},
		{`owner = "usr_0"`, "not_member", "member's id"},
		{`id = ` + secret, "not_id", "an id"},
		{`id = ""`, "not_id", "an id"},
		{`tags = ` + secret, "needs_has", `tags:"name"`},
		{`name = 010`, "not_text", "quotes"},
		{`name:5`, "not_text", "quotes"},
		{`name = ago("7d")`, "not_text", "quotes"},
		{`name = (a AND b)`, "not_text", "quotes"},
	} {
		_, err := w.rep.tryList(t, crm.ListQuery{Filter: c.filter})
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		f := invalid.Fields[0]
		if f.Field != "filter" || f.Code != c.code || !strings.Contains(f.Message, c.says) {
			t.Errorf("%s: %+v, want %s with %q", c.filter, f, c.code, c.says)
		}
		if strings.Contains(f.Message, secret) || strings.Contains(f.Message, "nope") {
			t.Errorf("%s: the error repeats the value: %s", c.filter, f.Message)
		}
	}
}

func TestFilterSaysWhereAndAboutWhat(t *testing.T) {
	w := newWorld(t)
	for filter, want := range map[string]tenant.FieldError{
		`nope = 1`:                                      {Code: "unknown_field", At: 1},
		` 名称 = "x" AND nope = 1`:                        {Code: "unknown_field", At: 2},
		`owner = me AND lifecycle = sold`:               {Code: "unknown_word", At: 28, Name: "lifecycle", Known: []string{"potential", "interested", "won", "lost"}},
		`owner = me AND (name = "甲乙" OR employees = x)`: {Code: "not_number", At: 44, Name: "employees"},
		`created_at > ago("7")`:                         {Code: "bad_span", At: 14, Name: "created_at"},
		`name > x`:                                      {Code: "no_order", At: 1, Name: "name"},
		`owner = me won`:                                {Code: "side_by_side", At: 1},
		`owner = me AND won`:                            {Code: "value_alone", At: 16},
		`owner = me AND (name = x`:                      {Code: "syntax", At: 25},
	} {
		_, err := w.rep.tryList(t, crm.ListQuery{Filter: filter})
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		got := invalid.Fields[0]
		if got.Code == "unknown_field" {
			got.Known = nil // the fields, of which there are many
		}
		want.Field, want.Message = "filter", got.Message
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
}

func TestOtherListsFilter(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("x")})
	w.rep.logAt(t, c.ID, w.Clock.Now())
	w.rep.task(t, crm.NewTask{Title: "Call back", CustomerID: &c.ID, DueAt: ptr(w.Clock.Now())})
	w.rep.task(t, crm.NewTask{Title: "Tidy up", Priority: "high"})
	for filter, want := range map[string]int{
		`status = open`: 2, `due_at:*`: 1, `NOT due_at:*`: 1, `customer = ` + c.ID.String(): 1, `assignee = me`: 2,
		`assignee = me AND customer = ` + c.ID.String() + ` AND status = open`: 1, `priority = high`: 1, `kind = todo`: 2, `title:"call"`: 1,
	} {
		if got := w.rep.tasks(t, filter); len(got) != want {
			t.Errorf("tasks %s: %d, want %d", filter, len(got), want)
		}
	}
	for filter, want := range map[string]int{
		`kind = call`: 1, `kind = note`: 0, `owner = me`: 1, `author = me`: 1, `resolved = true`: 1, `customer = ` + c.ID.String(): 1,
		`occurred_at <= ahead("1m")`: 1, `summary:talk`: 1, `direction = in`: 0,
	} {
		if got := w.rep.interactions(t, crm.CustomerID{}, crm.ListQuery{Filter: filter}).Data; len(got) != want {
			t.Errorf("interactions %s: %d, want %d", filter, len(got), want)
		}
	}
	if _, err := w.rep.tryInteractions(t, crm.CustomerID{}, crm.ListQuery{Filter: "name = x"}); err == nil {
		t.Error("a customer's field filtered interactions")
	}
	if fmt.Sprint(w.rep.names(t, crm.ListQuery{Filter: `note = x`})) != "[Acme]" {
		t.Error("an updated note is not found")
	}
}

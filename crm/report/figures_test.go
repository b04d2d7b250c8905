package report_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func between(from, to string) report.Query {
	return report.Query{Period: report.Period{From: day(from), To: day(to)}}
}

// ask reads a report as one of the cast.
func ask[T any](t *testing.T, c *company, who string, work func(context.Context, *tenant.Query) (T, error)) T {
	t.Helper()
	out, err := tryAsk(t, c, who, work)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryAsk[T any](t *testing.T, c *company, who string, work func(context.Context, *tenant.Query) (T, error)) (out T, err error) {
	t.Helper()
	err = c.Read(t.Context(), c.Company.Company, c.callers[who], func(q *tenant.Query) (err error) {
		out, err = work(t.Context(), q)
		return err
	})
	return out, err
}

// at is a moment in Shanghai.
func (c *company) at(text string) *time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, c.Location())
	if err != nil {
		panic(err)
	}
	return &at
}

// customer makes a customer of somebody's.
func (c *company) customer(t *testing.T, owner tenant.MemberID, name string) (made crm.Customer) {
	t.Helper()
	c.tx(t, func(tx *tenant.Tx) (err error) {
		made, err = crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: name, OwnerID: &owner, Source: "fair"})
		return err
	})
	return made
}

// say logs an interaction with a customer as the member who had it.
func (c *company) say(t *testing.T, who string, customer crm.Customer, kind, direction, at string) {
	t.Helper()
	if err := c.Tx(t.Context(), c.Company.Company, c.callers[who], func(tx *tenant.Tx) error {
		_, err := crm.LogInteraction(t.Context(), tx, crm.NewInteraction{CustomerID: customer.ID, Kind: kind, Direction: direction, Summary: "x", OccurredAt: c.at(at)}, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestFunnelAgainstAnotherCount compares every point of the funnel with a count over the same stories.
func TestFunnelAgainstAnotherCount(t *testing.T) {
	c := newCompany(t)
	stories := c.randomStories(rand.New(rand.NewPCG(5, 6)), 200)
	c.tx(t, func(tx *tenant.Tx) error {
		for _, s := range stories {
			if err := c.tell(t.Context(), tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	for _, zone := range []string{"Asia/Shanghai", "America/New_York"} {
		c.TimeZone = zone
		for _, who := range []string{"rep", "manager", "admin", "nobody"} {
			for _, by := range []string{report.ByWeek, report.ByMonth} {
				in := between("2026-01-14", "2026-06-20") // a Wednesday; today is the 15th of June
				got := ask(t, c, who, func(ctx context.Context, q *tenant.Query) (report.Funnel, error) {
					return report.GetFunnel(ctx, q, in, by)
				})
				name := zone + " " + who + " " + by
				if n := map[string]int{report.ByWeek: 24, report.ByMonth: 7}[by]; len(got.Points) != n || got.Points[0].On != "2026-01-13" || got.Points[n-1].On != c.Clock.Now().In(c.Location()).Format(time.DateOnly) {
					t.Fatalf("%s: %d points from %s to %s", name, len(got.Points), got.Points[0].On, got.Points[len(got.Points)-1].On)
				}
				for _, p := range got.Points {
					if diff := gocmp.Diff(c.inStages(who, stories, p.On), p.Counts); diff != "" {
						t.Errorf("%s on %s: -want +got\n%s", name, p.On, diff)
					}
				}
				for _, s := range got.Stages {
					want := report.FunnelStage{
						Stage: s.Stage, Before: got.Points[0].Counts[s.Stage], Count: got.Points[len(got.Points)-1].Counts[s.Stage],
						Entered: c.entered(who, s.Stage, stories, in.Period),
					}
					want.Change = want.Count - want.Before
					if s != want {
						t.Errorf("%s: %+v, want %+v", name, s, want)
					}
				}
			}
		}
	}
}

// inStages counts by days of the calendar where the stories stand at the end of one.
func (c *company) inStages(who string, stories []story, on string) map[string]int {
	counts := map[string]int{crm.Potential: 0, crm.Interested: 0, crm.Won: 0, crm.Lost: 0}
	for _, s := range stories {
		stage := ""
		for _, v := range s.visits {
			if v.at.In(c.Location()).Format(time.DateOnly) <= on {
				stage = v.stage
			}
		}
		if stage != "" && !s.deleted && c.sees(who, s.owner) {
			counts[stage]++
		}
	}
	return counts
}

func (c *company) entered(who, stage string, stories []story, p report.Period) (n int) {
	for _, s := range stories {
		for _, v := range s.visits {
			if !s.deleted && c.sees(who, s.owner) && v.stage == stage && within(p, v.at, c.Location()) {
				n++
			}
		}
	}
	return n
}

// TestFunnelHint goes over each of the thresholds.
func TestFunnelHint(t *testing.T) {
	c := newCompany(t)
	now := c.Clock.Now()
	tell := func(n int, visits ...visit) {
		c.tx(t, func(tx *tenant.Tx) error {
			for range n {
				if err := c.tell(t.Context(), tx, story{owner: c.Rep, created: visits[0].at, visits: visits}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	hint := func() report.FunnelHint {
		return ask(t, c, "rep", func(ctx context.Context, q *tenant.Query) (report.Funnel, error) {
			return report.GetFunnel(ctx, q, between("2026-06-01", "2026-06-01"), report.ByDay)
		}).Hint
	}
	before := now.AddDate(0, 0, -91)
	tell(10, visit{crm.Interested, before})
	tell(8, visit{crm.Potential, before})
	tell(1, visit{crm.Potential, before}, visit{crm.Won, before})
	tell(5, visit{crm.Interested, before}, visit{crm.Lost, before}) // who is lost counts for nothing
	if h := hint(); h.WorkOnConversion || h.Active != 19 || h.Interested != 10 || h.Won != 0 {
		t.Errorf("of 19: %+v", h)
	}
	tell(1, visit{crm.Potential, before}, visit{crm.Won, now.AddDate(0, 0, -90)})
	if h := hint(); h.WorkOnConversion || h.InterestedRate != 0.5 || h.WonRate != 0.05 {
		t.Errorf("half of 20: %+v", h)
	}
	tell(2, visit{crm.Interested, before})
	if h := hint(); !h.WorkOnConversion || h.Active != 22 || h.Interested != 12 || h.Won != 1 {
		t.Errorf("12 of 22: %+v", h)
	}
	tell(2, visit{crm.Potential, before}, visit{crm.Won, now})
	if h := hint(); h.WorkOnConversion || h.Won != 3 {
		t.Errorf("3 won of 24: %+v", h)
	}
	c.tx(t, func(tx *tenant.Tx) error {
		return report.WriteFunnelSettings(t.Context(), tx, report.FunnelSettings{InterestedPercent: 49, WonPercent: 20, WonDays: 90, LeastCustomers: 24})
	})
	if h := hint(); !h.WorkOnConversion || h.Thresholds.WonPercent != 20 {
		t.Errorf("with other thresholds: %+v", h)
	}
	err := c.Tx(t.Context(), c.Company.Company, c.callers["admin"], func(tx *tenant.Tx) error {
		return report.WriteFunnelSettings(t.Context(), tx, report.FunnelSettings{InterestedPercent: 101, WonPercent: 0, WonDays: 90, LeastCustomers: 1})
	})
	var invalid *tenant.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 2 {
		t.Errorf("bad settings: %v", err)
	}
}

func TestContactsAndResponses(t *testing.T) {
	c := newCompany(t)
	a, b, foreign := c.customer(t, c.Rep, "a"), c.customer(t, c.Rep, "b"), c.customer(t, c.Admin, "foreign")
	for _, s := range []struct {
		who             string
		customer        crm.Customer
		kind, direction string
		at              string
	}{
		{"rep", a, "wechat", "in", "2026-05-29 09:00"},  // before the period, and answered in it: no wait of the period
		{"rep", a, "wechat", "in", "2026-05-31 20:00"},  // is waiting already, since before the period
		{"rep", a, "call", "out", "2026-05-31 23:59"},   // the last minute of May, a Sunday
		{"rep", a, "wechat", "in", "2026-06-01 00:00"},  // waits
		{"rep", a, "wechat", "in", "2026-06-01 03:00"},  // is waiting already
		{"rep", a, "note", "none", "2026-06-01 04:00"},  // no answer
		{"rep", a, "call", "out", "2026-06-01 06:00"},   // after 6 hours
		{"rep", b, "wechat", "in", "2026-06-03 10:00"},  // waits
		{"rep", b, "wechat", "out", "2026-06-03 12:00"}, // 2 hours
		{"rep", b, "email", "in", "2026-06-08 10:00"},   // waits, and until after the period
		{"rep", b, "email", "out", "2026-06-15 10:00"},  // 168 hours
		{"rep", a, "email", "in", "2026-06-09 08:00"},   // waits still
		{"admin", foreign, "visit", "in", "2026-06-02 10:00"},
	} {
		c.say(t, s.who, s.customer, s.kind, s.direction, s.at)
	}
	in := between("2026-05-31", "2026-06-14")
	contacts := func(who string, in report.Query) report.Contacts {
		return ask(t, c, who, func(ctx context.Context, q *tenant.Query) (report.Contacts, error) {
			return report.GetContacts(ctx, q, in)
		})
	}
	want := report.Contacts{From: "2026-05-31", To: "2026-06-14", Total: 10, Channels: map[string]int{"call": 2, "wechat": 5, "note": 1, "email": 2}, Weeks: []report.ContactWeek{
		{From: "2026-05-31", Total: 2, Customers: 1, Channels: map[string]int{"call": 1, "wechat": 1}},
		{From: "2026-06-01", Total: 6, Customers: 2, Channels: map[string]int{"call": 1, "wechat": 4, "note": 1}},
		{From: "2026-06-08", Total: 2, Customers: 2, Channels: map[string]int{"email": 2}},
	}}
	if diff := gocmp.Diff(want, contacts("rep", in)); diff != "" {
		t.Errorf("contacts: -want +got\n%s", diff)
	}
	if got := contacts("admin", in); got.Total != 11 || contacts("nobody", in).Total != 0 {
		t.Errorf("contacts of everybody: %+v", got)
	}
	in.Filter = `name = "b"`
	if got := contacts("admin", in); got.Total != 3 {
		t.Errorf("contacts with one: %+v", got)
	}
	in.Filter = ""
	gap := ask(t, c, "rep", func(ctx context.Context, q *tenant.Query) (report.ResponseGap, error) {
		return report.GetResponseGap(ctx, q, in)
	})
	wantGap := report.ResponseGap{
		From: "2026-05-31", To: "2026-06-14", Total: report.Waits{Count: 4, Answered: 3, MedianHours: 6, P90Hours: 168, AverageHours: 58.67},
		Channels: []report.Waiting{
			{Channel: "email", Waits: report.Waits{Count: 2, Answered: 1, MedianHours: 168, P90Hours: 168, AverageHours: 168}},
			{Channel: "wechat", Waits: report.Waits{Count: 2, Answered: 2, MedianHours: 2, P90Hours: 6, AverageHours: 4}},
		},
	}
	if diff := gocmp.Diff(wantGap, gap); diff != "" {
		t.Errorf("responses: -want +got\n%s", diff)
	}
}

// TestInteractionsAreReadOffAKey looks at how everybody's interactions are gone through.
func TestInteractionsAreReadOffAKey(t *testing.T) {
	c := newCompany(t)
	plan := ask(t, c, "admin", func(ctx context.Context, q *tenant.Query) (steps []map[string]any, err error) {
		statement, args, err := report.SaidStatement(ctx, q, between("2026-01-01", "2026-06-30"))
		if err != nil {
			return nil, err
		}
		rows, err := q.Rows(ctx, "EXPLAIN "+statement, args...)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			step := map[string]any{}
			if err := rows.MapScan(step); err != nil {
				return nil, err
			}
			steps = append(steps, step)
		}
		return steps, rows.Err()
	})
	first := fmt.Sprintf("%s %s %s", plan[0]["table"], plan[0]["key"], plan[0]["Extra"])
	if len(plan) != 2 || !strings.HasPrefix(first, "i interactions_customer ") || !strings.Contains(first, "Using index") || strings.Contains(first, "filesort") {
		t.Errorf("the plan begins with %s", first)
	}
}

// TestDaysWhoseMidnightIsLeftOut counts around a day that begins at one o'clock.
func TestDaysWhoseMidnightIsLeftOut(t *testing.T) {
	c := newCompany(t)
	c.TimeZone = "America/Santiago"
	for _, at := range []string{"2026-09-05 23:30", "2026-09-06 01:30", "2026-09-06 23:30"} {
		c.Clock.Set(*c.at(at))
		c.customer(t, c.Rep, at)
	}
	if got := c.conversion(t, "rep", report.Period{From: day("2026-09-06"), To: day("2026-09-06")}); got.Total.Created != 2 {
		t.Errorf("on the day itself %d began", got.Total.Created)
	}
	c.Clock.Set(*c.at("2026-09-07 12:00"))
	in := between("2026-09-05", "2026-09-07")
	f := ask(t, c, "rep", func(ctx context.Context, q *tenant.Query) (report.Funnel, error) {
		return report.GetFunnel(ctx, q, in, report.ByDay)
	})
	var points []string
	for _, p := range f.Points {
		points = append(points, fmt.Sprint(p.On, " ", p.Counts[crm.Potential]))
	}
	if diff := gocmp.Diff([]string{"2026-09-04 0", "2026-09-05 1", "2026-09-06 3", "2026-09-07 3"}, points); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNewCustomers(t *testing.T) {
	c := newCompany(t)
	made := func(owner tenant.MemberID, source, at string) {
		c.tx(t, func(tx *tenant.Tx) error {
			created := c.at(at).UTC()
			return c.tell(t.Context(), tx, story{owner: owner, source: source, created: created, visits: []visit{{crm.Potential, created}}})
		})
	}
	made(c.Rep, "fair", "2026-05-31 23:59")
	made(c.Rep, "fair", "2026-06-01 00:00")
	made(c.Rep, "Fair", "2026-06-07 23:59")
	made(c.Rep2, "fair", "2026-06-08 00:00")
	made(tenant.MemberID{}, "", "2026-06-08 00:00")
	for _, row := range []struct {
		who, by, owner string
		want           report.NewCustomers
	}{
		{"rep", report.ByWeek, "", report.NewCustomers{
			Total: 2, Steps: []report.StepCount{{From: "2026-06-01", Count: 2}, {From: "2026-06-08"}},
			Sources: []report.SourceCount{{Source: "Fair", Count: 1}, {Source: "fair", Count: 1}}, People: []report.PersonCount{{ID: c.Rep, Count: 2}},
		}},
		{"manager", report.ByMonth, c.Rep2.String(), report.NewCustomers{
			Total: 1, Steps: []report.StepCount{{From: "2026-06-01", Count: 1}}, Sources: []report.SourceCount{{Source: "fair", Count: 1}}, People: []report.PersonCount{{ID: c.Rep2, Count: 1}},
		}},
		{"rep", report.ByMonth, c.Rep2.String(), report.NewCustomers{
			Steps: []report.StepCount{{From: "2026-06-01"}}, Sources: []report.SourceCount{}, People: []report.PersonCount{},
		}},
	} {
		in := between("2026-06-01", "2026-06-10")
		in.Owner = row.owner
		got := ask(t, c, row.who, func(ctx context.Context, q *tenant.Query) (report.NewCustomers, error) {
			return report.GetNewCustomers(ctx, q, in, row.by)
		})
		row.want.From, row.want.To = "2026-06-01", "2026-06-10"
		if diff := gocmp.Diff(row.want, got, cmpopts.IgnoreFields(report.PersonCount{}, "Name"), cmpopts.SortSlices(func(a, b report.SourceCount) bool { return a.Source < b.Source })); diff != "" {
			t.Errorf("%s: -want +got\n%s", row.who, diff)
		}
	}
	all := ask(t, c, "admin", func(ctx context.Context, q *tenant.Query) (report.NewCustomers, error) {
		return report.GetNewCustomers(ctx, q, between("2026-05-01", "2026-06-10"), report.ByDay)
	})
	if all.Total != 5 || len(all.Steps) != 41 || all.Steps[30].Count != 1 || all.Steps[31].Count != 1 || all.Steps[38].Count != 2 || len(all.People) != 3 {
		t.Errorf("all: %+v", all)
	}
	if _, err := tryAsk(t, c, "admin", func(ctx context.Context, q *tenant.Query) (report.NewCustomers, error) {
		return report.GetNewCustomers(ctx, q, between("2016-05-01", "2026-06-10"), report.ByDay)
	}); !isInvalid(err) {
		t.Errorf("ten years of days: %v", err)
	}
}

func TestCustomerActivity(t *testing.T) {
	c := newCompany(t) // it is the 15th of June 2026, noon in Shanghai
	since := func(owner tenant.MemberID, stage, at string) {
		customer := c.customer(t, owner, "x")
		c.tx(t, func(tx *tenant.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE company.customers SET lifecycle = ?, silence_from = ? WHERE id = ?`, stage, c.at(at).UTC(), customer.ID)
			return err
		})
	}
	since(c.Rep, crm.Potential, "2026-06-09 00:00") // six days ago
	since(c.Rep, crm.Potential, "2026-06-08 23:59") // seven
	since(c.Rep, crm.Won, "2026-05-17 00:00")       // 29
	since(c.Rep2, crm.Won, "2026-05-16 23:59")      // 30
	since(c.Rep2, crm.Lost, "2020-01-01 00:00")
	get := func(who string, days report.ActivityDays) (report.CustomerActivity, error) {
		return tryAsk(t, c, who, func(ctx context.Context, q *tenant.Query) (report.CustomerActivity, error) {
			return report.GetCustomerActivity(ctx, q, report.Query{}, days)
		})
	}
	got, err := get("manager", report.ActivityDays{Quiet: 7, Silent: 30})
	if err != nil {
		t.Fatal(err)
	}
	want := report.CustomerActivity{
		Date: "2026-06-15", QuietDays: 7, SilentDays: 30, Total: report.ActivityCount{Active: 1, Quiet: 2, Silent: 1},
		Stages: []report.StageActivity{
			{Stage: crm.Potential, ActivityCount: report.ActivityCount{Active: 1, Quiet: 1}}, {Stage: crm.Won, ActivityCount: report.ActivityCount{Quiet: 1, Silent: 1}},
		},
		People: []report.PersonActivity{
			{ID: c.Rep2, ActivityCount: report.ActivityCount{Silent: 1}}, {ID: c.Rep, ActivityCount: report.ActivityCount{Active: 1, Quiet: 2}},
		},
	}
	if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(report.PersonActivity{}, "Name")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got, err = get("rep", report.ActivityDays{Quiet: 6, Silent: 7}); err != nil || got.Total != (report.ActivityCount{Quiet: 1, Silent: 2}) {
		t.Errorf("other days: %+v, %v", got, err)
	}
	if _, err := get("rep", report.ActivityDays{Quiet: 7, Silent: 7}); !isInvalid(err) {
		t.Errorf("no days between quiet and silent: %v", err)
	}
}

func isInvalid(err error) bool {
	var invalid *tenant.InvalidError
	return errors.As(err, &invalid)
}

// deals makes deals that ended, and one that did not.
func (c *company) deals(t *testing.T) {
	t.Helper()
	vip := c.customer(t, c.Rep, "vip")
	amount := func(n int64) *int64 { return &n }
	c.tx(t, func(tx *tenant.Tx) error {
		if err := crm.Seed(t.Context(), tx); err != nil {
			return err
		}
		reasons, err := crm.ListLostReasons(t.Context(), tx.Query)
		if err != nil {
			return err
		}
		for _, in := range []crm.NewDeal{
			{OwnerID: &c.Rep, Amount: amount(100), Status: "won", CustomerID: &vip.ID, CreatedAt: c.at("2026-05-01 12:00"), ClosedAt: c.at("2026-05-31 12:00"), Source: "web"},
			{OwnerID: &c.Rep, Amount: amount(30), Status: "won", CreatedAt: c.at("2026-06-01 00:00"), ClosedAt: c.at("2026-06-02 12:00"), Source: "Web"},
			{OwnerID: &c.Rep, Amount: amount(7), Status: "lost", LostReasonID: &reasons[0].ID, ClosedAt: c.at("2026-06-03 12:00")},
			{OwnerID: &c.Rep2, Amount: amount(5), Status: "lost", LostReason: "in words", ClosedAt: c.at("2026-06-03 12:00")},
			{OwnerID: &c.Rep2, Status: "lost", LostReasonID: &reasons[0].ID, ClosedAt: c.at("2026-06-04 12:00"), Currency: "USD"},
			{OwnerID: &c.Rep, Amount: amount(1000), Status: "won", ClosedAt: c.at("2026-04-30 23:59")},
			{OwnerID: &c.Admin, Amount: amount(500), Status: "won", ClosedAt: c.at("2026-06-01 00:00")},
			{OwnerID: &c.Rep, Amount: amount(9)},
		} {
			in.Name = "x"
			if _, err := crm.CreateDeal(t.Context(), tx, in); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestWonLost(t *testing.T) {
	c := newCompany(t)
	c.deals(t)
	number := func(n float64) *float64 { return &n }
	get := func(who string, in report.Query) report.WonLost {
		return ask(t, c, who, func(ctx context.Context, q *tenant.Query) (report.WonLost, error) {
			return report.GetWonLost(ctx, q, in)
		})
	}
	got := get("manager", between("2026-05-01", "2026-06-30"))
	first := got.Reasons[0]
	want := report.WonLost{
		From: "2026-05-01", To: "2026-06-30",
		Total: report.Endings{Won: 2, Lost: 3, WonAmount: 130, LostAmount: 12, WonRate: number(0.4), WonDays: number(15.8)},
		Months: []report.MonthEndings{
			{Month: "2026-05", Endings: report.Endings{Won: 1, WonAmount: 100, WonRate: number(1), WonDays: number(30)}},
			{Month: "2026-06", Endings: report.Endings{Won: 1, Lost: 3, WonAmount: 30, LostAmount: 12, WonRate: number(0.25), WonDays: number(1.5)}},
		},
		Reasons: []report.LossReason{{ID: first.ID, Name: first.Name, Count: 2, Amount: 7}, {Count: 1, Amount: 5}},
		People: []report.PersonResult{
			{ID: c.Rep, Endings: report.Endings{Won: 2, Lost: 1, WonAmount: 130, LostAmount: 7, WonRate: number(2. / 3), WonDays: number(15.8)}},
			{ID: c.Rep2, Endings: report.Endings{Lost: 2, LostAmount: 5, WonRate: number(0)}},
		},
		Sources: []report.SourceResult{
			{Source: "Web", Endings: report.Endings{Won: 1, WonAmount: 30, WonRate: number(1), WonDays: number(1.5)}},
			{Source: "web", Endings: report.Endings{Won: 1, WonAmount: 100, WonRate: number(1), WonDays: number(30)}},
			{Endings: report.Endings{Lost: 3, LostAmount: 12, WonRate: number(0)}},
		},
	}
	bySource := cmpopts.SortSlices(func(a, b report.SourceResult) bool { return a.Source > b.Source })
	if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(report.PersonResult{}, "Name"), bySource); diff != "" || first.Name == "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for name, row := range map[string]struct {
		who       string
		in        func(*report.Query)
		won, lost int
	}{
		"own":                 {"rep", func(*report.Query) {}, 2, 1},
		"nobody's":            {"nobody", func(*report.Query) {}, 0, 0},
		"everybody's":         {"admin", func(*report.Query) {}, 3, 3},
		"mine":                {"admin", func(in *report.Query) { in.Owner = "me" }, 1, 0},
		"of one":              {"manager", func(in *report.Query) { in.Owner = c.Rep2.String() }, 0, 2},
		"of one out of reach": {"manager", func(in *report.Query) { in.Owner = c.Admin.String() }, 0, 0},
		"filtered":            {"admin", func(in *report.Query) { in.Filter = "amount > 30" }, 2, 0},
		"before":              {"admin", func(in *report.Query) { in.Period = report.Period{From: day("2020-01-01"), To: day("2020-02-01")} }, 0, 0},
	} {
		in := between("2026-05-01", "2026-06-30")
		row.in(&in)
		if got := get(row.who, in); got.Total.Won != row.won || got.Total.Lost != row.lost {
			t.Errorf("%s: %+v, want %d won and %d lost", name, got.Total, row.won, row.lost)
		}
	}
	for _, in := range []report.Query{{Owner: "somebody"}, {Owner: "tea_01h455vb4pex5vsknk084sn02q"}, {Filter: "x"}, {Filter: "lifecycle = won"}} {
		if _, err := tryAsk(t, c, "admin", func(ctx context.Context, q *tenant.Query) (report.WonLost, error) {
			return report.GetWonLost(ctx, q, in)
		}); !isInvalid(err) {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

func TestActivity(t *testing.T) {
	c := newCompany(t)
	c.deals(t)
	a, b := c.customer(t, c.Rep, "a"), c.customer(t, c.Rep2, "b")
	c.say(t, "rep", a, "call", "out", "2026-06-01 00:00")
	c.say(t, "rep", a, "call", "out", "2026-06-10 00:00")
	c.say(t, "manager", b, "call", "out", "2026-06-10 00:00")
	c.say(t, "rep", a, "call", "out", "2026-05-31 23:59")
	var team crm.Team
	c.tx(t, func(tx *tenant.Tx) error {
		made, err := crm.CreateTask(t.Context(), tx, crm.NewTask{Title: "x", AssigneeID: &c.Rep})
		if err != nil {
			return err
		}
		if _, err := crm.UpdateTask(t.Context(), tx, made.ID, crm.TaskPatch{Status: patch.Of("done")}, 0); err != nil {
			return err
		}
		team, err = crm.CreateTeam(t.Context(), tx, crm.NewTeam{Name: "north", MemberIDs: []tenant.MemberID{c.Rep}})
		return err
	})
	// figures by person: interactions, customers, tasks, new customers, new deals, wins, amount
	get := func(who string, in report.Query) map[tenant.MemberID]string {
		all := map[tenant.MemberID]string{}
		for _, p := range ask(t, c, who, func(ctx context.Context, q *tenant.Query) (report.Activity, error) {
			return report.GetActivity(ctx, q, in)
		}).People {
			all[p.ID] = fmt.Sprint(p.Interactions, p.Customers, p.TasksCompleted, p.NewCustomers, p.NewDeals, p.Wins, p.WonAmount)
		}
		return all
	}
	june := between("2026-06-01", "2026-06-30")
	rep, rep2, manager, admin := "2 1 1 2 3 1 30", "0 0 0 1 2 0 0", "1 1 0 0 0 0 0", "0 0 0 0 1 1 500"
	mine, teams, filtered := june, june, june
	mine.Owner, teams.Owner, filtered.Filter = "me", team.ID.String(), `name = "a"`
	for _, row := range []struct {
		who  string
		in   report.Query
		want map[tenant.MemberID]string
	}{
		{"rep", june, map[tenant.MemberID]string{c.Rep: rep}},
		{"manager", june, map[tenant.MemberID]string{c.Rep: rep, c.Rep2: rep2, c.Manager: manager}},
		{"admin", june, map[tenant.MemberID]string{c.Rep: rep, c.Rep2: rep2, c.Manager: manager, c.Admin: admin}},
		{"admin", mine, map[tenant.MemberID]string{c.Admin: admin}},
		{"admin", teams, map[tenant.MemberID]string{c.Rep: rep}},
		{"rep", filtered, map[tenant.MemberID]string{c.Rep: "2 1 0 1 0 0 0"}},
		{"nobody", june, map[tenant.MemberID]string{}},
	} {
		got := get(row.who, row.in)
		maps.DeleteFunc(got, func(id tenant.MemberID, figures string) bool {
			_, wanted := row.want[id]
			return !wanted && figures == "0 0 0 0 0 0 0" && row.who == "admin" && row.in.Owner == ""
		})
		if diff := gocmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s %+v: -want +got\n%s", row.who, row.in, diff)
		}
	}
}

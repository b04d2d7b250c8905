package api

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) reportRoutes(r *routes) {
	register(r, get("/reports/conversion", "Conversion by stage and source"), rbac.Report.Read, billing.Free, s.conversion)
	register(r, get("/reports/funnel", "How many customers are in each stage, and how that changed", describe("With a hint to work on conversion, and its numbers.")),
		rbac.Report.Read, billing.Free, s.funnel)
	register(r, get("/reports/new-customers", "New customers by time, source and owner"), rbac.Report.Read, billing.Free, s.newCustomers)
	register(r, get("/reports/contacts", "Contacts a week by channel"), rbac.Report.Read, billing.Free, s.contacts)
	register(r, get("/reports/response-gap", "How long customers wait for an answer"), rbac.Report.Read, billing.Free, s.responseGap)
	register(r, get("/reports/customer-activity", "Active, quiet and silent customers", describe("As of today.")), rbac.Report.Read, billing.Free, s.customerActivity)
	register(r, get("/reports/activity", "What each person did"), rbac.Report.Read, billing.Free, s.activity)
	register(r, get("/reports/won-lost", "Deals won and lost, and why"), rbac.Report.Read, billing.Free, s.wonLost)
	register(r, get("/reports/targets", "What was reached against targets", describe("By member, rolled up the reporting tree, and by team. Whole months: those that the period touches.")),
		rbac.Report.Read, billing.Free, s.targetReport)
	register(r, get("/reports/cohorts", "Cohorts by month of creation and source"), rbac.Report.Read, billing.AdvancedReports, s.cohorts)
}

// ReportInput is what every report takes. It is exported to be embedded.
type ReportInput struct {
	From   string `query:"from" format:"date" doc:"First day, in the company's time zone; a year ago when left out." example:"2026-01-01"`
	To     string `query:"to" format:"date" doc:"Last day; today when left out." example:"2026-03-31"`
	Owner  string `query:"owner" maxLength:"64" doc:"Only what belongs to one member (an id, or me) or to a team's members (the team's id); everybody within your reach when left out." example:"me"`
	Filter string `query:"filter" maxLength:"4096" doc:"Only what meets this filter: that of the list of customers, or for reports on deals of the list of deals." example:"industry = \"software\""`
}

// StepInput is taken by reports that go through their period in steps.
type StepInput struct {
	By string `query:"by" enum:"day,week,month" default:"week" doc:"How long a step is. Weeks begin on Mondays."`
}

// longestPeriod bounds what one report reads.
const longestPeriod = 10 * 366 * 24 * time.Hour

func (in ReportInput) query(q *tenant.Query) (report.Query, error) {
	now := q.Now.In(q.Company.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC) // as the bounds are read
	out := report.Query{Period: report.Period{From: today.AddDate(-1, 0, 1), To: today}, Owner: in.Owner, Filter: in.Filter}
	invalid := &tenant.InvalidError{}
	for _, bound := range []struct {
		name, text string
		into       *time.Time
	}{{"from", in.From, &out.From}, {"to", in.To, &out.To}} {
		if bound.text == "" {
			continue
		}
		day, err := crm.ParseDate(bound.text)
		if err != nil {
			invalid.Add(bound.name, "invalid", "must be a date between 1900 and 2200, as 2026-03-31")
			continue
		}
		*bound.into = day.In(time.UTC)
	}
	if len(invalid.Fields) == 0 && (out.To.Before(out.From) || out.To.Sub(out.From) > longestPeriod) {
		invalid.Add("to", "out_of_range", "must not be before from, nor more than ten years after it")
	}
	return out, invalid.Err()
}

type (
	funnelInput struct {
		ReportInput
		StepInput
	}
	newCustomersInput struct {
		ReportInput
		StepInput
	}
	customerActivityInput struct {
		ReportInput
		QuietDays  int `query:"quiet_days" minimum:"1" maximum:"3650" default:"7" doc:"After how many days without contact a customer is quiet."`
		SilentDays int `query:"silent_days" minimum:"2" maximum:"3650" default:"30" doc:"And after how many silent."`
	}
)

func (s *Server) conversion(ctx context.Context, in *ReportInput) (*figures[report.Conversion], error) {
	return reckon(ctx, s, "conversion", in, in.query, report.GetConversion)
}

func (s *Server) funnel(ctx context.Context, in *funnelInput) (*figures[report.Funnel], error) {
	return reckon(ctx, s, "funnel", in, in.query, func(ctx context.Context, q *tenant.Query, asked report.Query) (report.Funnel, error) {
		return report.GetFunnel(ctx, q, asked, in.By)
	})
}

func (s *Server) newCustomers(ctx context.Context, in *newCustomersInput) (*figures[report.NewCustomers], error) {
	return reckon(ctx, s, "new-customers", in, in.query, func(ctx context.Context, q *tenant.Query, asked report.Query) (report.NewCustomers, error) {
		return report.GetNewCustomers(ctx, q, asked, in.By)
	})
}

func (s *Server) contacts(ctx context.Context, in *ReportInput) (*figures[report.Contacts], error) {
	return reckon(ctx, s, "contacts", in, in.query, report.GetContacts)
}

func (s *Server) responseGap(ctx context.Context, in *ReportInput) (*figures[report.ResponseGap], error) {
	return reckon(ctx, s, "response-gap", in, in.query, report.GetResponseGap)
}

func (s *Server) customerActivity(ctx context.Context, in *customerActivityInput) (*figures[report.CustomerActivity], error) {
	return reckon(ctx, s, "customer-activity", in, in.query, func(ctx context.Context, q *tenant.Query, asked report.Query) (report.CustomerActivity, error) {
		return report.GetCustomerActivity(ctx, q, asked, report.ActivityDays{Quiet: in.QuietDays, Silent: in.SilentDays})
	})
}

func (s *Server) activity(ctx context.Context, in *ReportInput) (*figures[report.Activity], error) {
	return reckon(ctx, s, "activity", in, in.query, report.GetActivity)
}

func (s *Server) wonLost(ctx context.Context, in *ReportInput) (*figures[report.WonLost], error) {
	return reckon(ctx, s, "won-lost", in, in.query, report.GetWonLost)
}

func (s *Server) targetReport(ctx context.Context, in *ReportInput) (*figures[report.Targets], error) {
	return reckon(ctx, s, "targets", in, in.query, report.GetTargets)
}

func (s *Server) cohorts(ctx context.Context, in *ReportInput) (*all[report.Cohort], error) {
	out, err := reckon(ctx, s, "cohorts", in, in.query, report.GetCohorts)
	if err != nil {
		return nil, err
	}
	return allOf(out.Body), nil
}

package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) companyRoutes(r *routes) {
	register(r, get("/company", "Get my company"), rbac.Company.Read, billing.Free, s.getCompany)
	register(r, patchOp("/company", "Change my company's name, time zone or language", describe(updateCompanyDoc)), rbac.Company.Update, billing.Free, s.updateCompany)
	register(r, get("/company/settings", "Get the company's settings"), rbac.Company.Read, billing.Free, s.getSettings)
	register(r, patchOp("/company/settings", "Change the company's settings", describe("Each group that is sent replaces the whole group.")),
		rbac.Company.Update, billing.Free, s.updateSettings)
}

const updateCompanyDoc = `Days, dates and the daily checks count in the new time zone from now on; what is stored as a moment stays that moment.`

type companyOutput struct{ Body auth.Summary }

func (s *Server) getCompany(ctx context.Context, _ *struct{}) (*companyOutput, error) {
	return &companyOutput{auth.Summarize(principalOf(ctx).company)}, nil
}

type updateCompanyInput struct {
	Body struct {
		Name     patch.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"The company's name." example:"Acme"`
		TimeZone patch.Field[string] `json:"timezone,omitzero" maxLength:"64" doc:"IANA name of the zone in which days are counted." example:"Asia/Shanghai"`
		Locale   patch.Field[string] `json:"locale,omitzero" enum:"zh-CN,en" doc:"Language of the company's own texts; people choose theirs." example:"zh-CN"`
	}
}

// details checks the change of a company and fills in what stays.
func (in *updateCompanyInput) details(c tenant.Company) (tenant.CompanyDetails, error) {
	name, err := auth.ParseName("name", in.Body.Name.Or(c.Name))
	if err != nil {
		return tenant.CompanyDetails{}, err
	}
	zone, err := auth.ParseTimeZone("timezone", in.Body.TimeZone.Or(c.TimeZone))
	if err != nil {
		return tenant.CompanyDetails{}, err
	}
	locale, err := auth.ParseLocale("locale", in.Body.Locale.Or(c.Locale))
	return tenant.CompanyDetails{Name: name, TimeZone: zone, Locale: locale}, err
}

func (s *Server) updateCompany(ctx context.Context, in *updateCompanyInput) (*companyOutput, error) {
	p := principalOf(ctx)
	if err := s.tenants.Tx(ctx, p.company, p.caller, func(tx *tenant.Tx) error { return rememberTold(ctx, tx) }); err != nil {
		return nil, err
	}
	// The control database first: an event of a change that did not happen would be worse than the reverse.
	if err := s.tenants.SetDetails(ctx, p.company.ID, in.details); err != nil {
		return nil, err
	}
	s.changed(ctx)
	company, err := s.tenants.Company(ctx, p.company.ID)
	if err != nil {
		return nil, err
	}
	return &companyOutput{auth.Summarize(company)}, s.tenants.Tx(ctx, company, p.caller, func(tx *tenant.Tx) error { return s.tellDetails(ctx, tx) })
}

// companySettings are all groups, each kept by the package that acts by it.
type companySettings struct {
	Pool          crm.PoolSettings         `json:"pool" doc:"Sharing out customers whom nobody looks after: the public pool."`
	Customers     crm.CustomerSettings     `json:"customers" doc:"Working on customers."`
	Lifecycle     crm.LifecycleSettings    `json:"lifecycle" doc:"The way that customers go through the stages."`
	Security      auth.SecuritySettings    `json:"security" doc:"What is asked of members' accounts."`
	Funnel        report.FunnelSettings    `json:"funnel" doc:"When the funnel says to work on conversion."`
	Notifications crm.NotificationSettings `json:"notifications" doc:"How people are told."`
}

func readSettings(ctx context.Context, q *tenant.Query) (companySettings, error) {
	var all companySettings
	var err error
	if all.Customers, err = crm.ReadCustomerSettings(ctx, q); err != nil {
		return all, err
	}
	if all.Pool, err = crm.ReadPoolSettings(ctx, q); err != nil {
		return all, err
	}
	if all.Lifecycle, err = crm.ReadLifecycleSettings(ctx, q); err != nil {
		return all, err
	}
	if all.Security, err = auth.ReadSecuritySettings(ctx, q); err != nil {
		return all, err
	}
	if all.Notifications, err = crm.ReadNotificationSettings(ctx, q); err != nil {
		return all, err
	}
	all.Funnel, err = report.ReadFunnelSettings(ctx, q)
	return all, err
}

type settingsOutput struct{ Body companySettings }

func (s *Server) getSettings(ctx context.Context, _ *struct{}) (*settingsOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*settingsOutput, error) {
		all, err := readSettings(ctx, q)
		return &settingsOutput{all}, err
	})
}

type updateSettingsInput struct {
	Body struct {
		Pool          patch.Field[crm.PoolSettings]         `json:"pool,omitzero" doc:"Sharing out customers whom nobody looks after: the public pool."`
		Customers     patch.Field[crm.CustomerSettings]     `json:"customers,omitzero" doc:"Working on customers."`
		Lifecycle     patch.Field[crm.LifecycleSettings]    `json:"lifecycle,omitzero" doc:"The way that customers go through the stages."`
		Security      patch.Field[auth.SecuritySettings]    `json:"security,omitzero" doc:"What is asked of members' accounts."`
		Funnel        patch.Field[report.FunnelSettings]    `json:"funnel,omitzero" doc:"When the funnel says to work on conversion."`
		Notifications patch.Field[crm.NotificationSettings] `json:"notifications,omitzero" doc:"How people are told."`
	}
}

func (s *Server) updateSettings(ctx context.Context, in *updateSettingsInput) (*settingsOutput, error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*settingsOutput, error) {
		if err := tenant.LockSettings(ctx, tx); err != nil {
			return nil, err
		}
		before, err := readSettings(ctx, tx.Query)
		if err != nil {
			return nil, err
		}
		after := before
		after.Customers = in.Body.Customers.Or(before.Customers)
		after.Pool = in.Body.Pool.Or(before.Pool)
		after.Lifecycle = in.Body.Lifecycle.Or(before.Lifecycle)
		after.Security = in.Body.Security.Or(before.Security)
		after.Funnel = in.Body.Funnel.Or(before.Funnel)
		after.Notifications = in.Body.Notifications.Or(before.Notifications)
		previous, err := tenant.Differences(before, after)
		if err != nil || len(previous) == 0 {
			return &settingsOutput{before}, err
		}
		if err := s.writeSettings(ctx, tx, after, previous); err != nil {
			return nil, err
		}
		return &settingsOutput{after}, tx.Emit(ctx, tenant.Event{
			Type: "company.settings_changed", Resource: "company", Record: tenant.RecordID(tx.Company.ID), Data: after, Previous: previous,
		})
	})
	if err == nil {
		s.changed(ctx)
	}
	return out, err
}

// writeSettings keeps the groups that have changed. The others stay untouched: to write them sets work off, and unchanged
// they may name a bot that is gone by now.
func (s *Server) writeSettings(ctx context.Context, tx *tenant.Tx, all companySettings, changed map[string]any) error {
	for _, group := range []struct {
		name  string
		write func() error
	}{
		{"customers", func() error { return crm.WriteCustomerSettings(ctx, tx, all.Customers) }},
		{"pool", func() error { return crm.WritePoolSettings(ctx, tx, all.Pool) }},
		{"lifecycle", func() error { return crm.WriteLifecycleSettings(ctx, tx, all.Lifecycle) }},
		{"security", func() error { return s.auth.WriteSecuritySettings(ctx, tx, all.Security) }},
		{"funnel", func() error { return report.WriteFunnelSettings(ctx, tx, all.Funnel) }},
		{"notifications", func() error {
			return crm.WriteNotificationSettings(ctx, tx, all.Notifications, plugins.Outlets{})
		}},
	} {
		if _, ok := changed[group.name]; !ok {
			continue
		}
		if err := group.write(); err != nil {
			return err
		}
	}
	return nil
}

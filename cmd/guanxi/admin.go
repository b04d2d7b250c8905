package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/tenant"
)

type adminCommand struct {
	Create    adminCreateCommand    `cmd:"" help:"Make somebody a platform admin."`
	Companies adminCompaniesCommand `cmd:"" help:"List the companies."`
	Suspend   adminSuspendCommand   `cmd:"" help:"Suspend a company: its requests are refused, its work waits."`
	Resume    adminResumeCommand    `cmd:"" help:"Resume a suspended company."`
	ResetLink adminResetLinkCommand `cmd:"" name:"reset-link" help:"Print a link by which somebody chooses a new password."`
	Feedback  adminFeedbackCommand  `cmd:"" help:"Print what people say about the product, as JSON lines."`
}

type adminCreateCommand struct {
	databases
	services
	Email    string `arg:"" help:"E-mail to sign in by."`
	Name     string `help:"Name." default:"Platform admin"`
	Password string `env:"GUANXI_ADMIN_PASSWORD" required:"" help:"Password; give it by the environment, so that it stays out of the shell's history."`
}

// Run makes the admin, or makes an existing person one.
func (c *adminCreateCommand) Run(ctx context.Context) error {
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	id, err := p.auth.CreatePlatformAdmin(ctx, c.Email, c.Password, c.Name)
	if err != nil {
		return err
	}
	fmt.Printf("%s is a platform admin (%s)\n", c.Email, id)
	return nil
}

type adminResetLinkCommand struct {
	databases
	services
	Identifier string `arg:"" help:"E-mail or phone number of the account."`
}

// Run makes the link.
func (c *adminResetLinkCommand) Run(ctx context.Context) error {
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	link, err := p.auth.OperatorResetLink(ctx, c.Identifier)
	if err != nil {
		return err
	}
	fmt.Printf("%s\nIt works until %s and once.\n", link.Link, link.ExpiresAt.Format(time.RFC3339))
	return nil
}

type adminCompaniesCommand struct{ databases }

// Run prints all companies, page by page.
func (c *adminCompaniesCommand) Run(ctx context.Context) error {
	d, err := open(ctx, c.databases)
	if err != nil {
		return err
	}
	defer d.Close()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tNAME\tSTATUS\tPLAN\tCLUSTER\tCREATED")
	const page = 500
	for after := (tenant.CompanyID{}); ; {
		companies, err := d.Companies(ctx, after, page)
		if err != nil {
			return err
		}
		for _, co := range companies {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", co.ID, co.Name, co.Status, co.Plan, co.Cluster, co.CreatedAt.Format(time.DateOnly))
			after = co.ID
		}
		if len(companies) < page {
			return table.Flush()
		}
	}
}

type adminSuspendCommand struct {
	databases
	services
	Company string `arg:"" help:"The company's id (com_…)."`
}

// Run suspends the company.
func (c *adminSuspendCommand) Run(ctx context.Context) error {
	return setStatus(ctx, c.databases, c.services, c.Company, tenant.Suspended)
}

type adminResumeCommand struct {
	databases
	services
	Company string `arg:"" help:"The company's id (com_…)."`
}

// Run resumes the company.
func (c *adminResumeCommand) Run(ctx context.Context) error {
	return setStatus(ctx, c.databases, c.services, c.Company, tenant.Active)
}

func setStatus(ctx context.Context, db databases, s services, text string, status tenant.Status) error {
	id, err := tenant.ParseCompanyID(text)
	if err != nil {
		return err
	}
	d, err := open(ctx, db)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.SetStatus(ctx, id, status); err != nil {
		return err
	}
	// The servers hear of it at once; without Redis their caches need five seconds.
	if r, err := s.redis(); err == nil {
		api.AnnounceChange(ctx, r, id)
		_ = r.Close()
	}
	fmt.Printf("%s is %s\n", id, status)
	return nil
}

func open(ctx context.Context, d databases) (*tenant.Directory, error) {
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	return tenant.Open(ctx, cfg)
}

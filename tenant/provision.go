package tenant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// NewCompany is what a company starts with.
type NewCompany struct {
	Name, TimeZone, Locale, Currency, Plan string
}

// Create makes a company: all of it or nothing that stands in the way of another try. prepare fills its
// schema (roles, first member, defaults); activate writes the people who may sign in, in the one control
// transaction that also makes the company active. Until that commits, the company does not exist for
// anybody; what a kill leaves behind is removed by [Directory.RemoveAbandoned].
func (d *Directory) Create(ctx context.Context, in NewCompany,
	prepare func(*Tx) error, activate func(*Platform, *Company) error,
) (*Company, error) {
	now := d.now()
	company := &Company{
		ID: NewID[companyKind](), Name: in.Name, Cluster: mainCluster, Status: Active, Plan: in.Plan,
		TimeZone: in.TimeZone, Locale: in.Locale, Currency: in.Currency, CreatedAt: now, UpdatedAt: now,
	}
	company.Schema = d.cfg.Prefix + "_" + encodeID(company.ID)
	if _, err := d.platform.Exec(ctx, `
		INSERT INTO platform.companies (`+companyColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		company.ID, company.Name, company.Schema, company.Cluster, Provisioning, company.Plan,
		company.TimeZone, company.Locale, company.Currency, now, now); err != nil {
		return nil, err
	}
	err := d.finish(ctx, company, prepare, activate)
	switch {
	case err == nil:
		return company, nil
	case errors.Is(err, ErrOutcomeUnknown):
		// The company may be alive. If it is not, it is removed as abandoned.
		return nil, err
	}
	// The caller may be gone; what was made must go all the same.
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if undo := d.remove(cleanup, company); undo != nil {
		err = errors.Join(err, fmt.Errorf("clean up: %w", undo))
	}
	return nil, err
}

func (d *Directory) finish(ctx context.Context, company *Company, prepare func(*Tx) error, activate func(*Platform, *Company) error) error {
	cluster, err := d.Cluster(ctx, company.Cluster)
	if err != nil {
		return err
	}
	if err := cluster.provision(ctx, company.Schema); err != nil {
		return fmt.Errorf("provision %s: %w", company.Schema, err)
	}
	caller := System()
	if err := cluster.tx(ctx, company, &caller, func(tx *Tx) error {
		if err := prepare(tx); err != nil {
			return err
		}
		return ScheduleHousekeeping(ctx, tx)
	}); err != nil {
		return err
	}
	return d.platform.Tx(ctx, func(p *Platform) error {
		if err := activate(p, company); err != nil {
			return err
		}
		res, err := p.Exec(ctx, `UPDATE platform.companies SET status = ? WHERE id = ? AND status = ?`, Active, company.ID, Provisioning)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("company %s took too long to make and was removed", company.ID))
		}
		return nil
	})
}

// provision makes the schema with all tables in one round trip, from the embedded migrations.
func (c *Cluster) provision(ctx context.Context, schema string) error {
	if !schemaPattern.MatchString(schema) {
		return fmt.Errorf("schema name %q is not allowed", schema)
	}
	pool, err := c.migrationPool()
	if err != nil {
		return err
	}
	script, err := baseline()
	if err != nil {
		return err
	}
	// Not cut off halfway: the server would go on with the script while the schema is being removed.
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	_, err = pool.ExecContext(whole, "CREATE DATABASE `"+schema+"` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;\nUSE `"+schema+"`;\n"+script)
	return translate(err)
}

// remove drops the schema of a company that was not made to the end, and every trace of it outside. The row
// is marked first, so that a slow maker cannot bring the company to life while its schema goes.
func (d *Directory) remove(ctx context.Context, company *Company) error {
	res, err := d.platform.Exec(ctx, `UPDATE platform.companies SET status = ? WHERE id = ? AND status IN (?, ?)`,
		removing, company.ID, Provisioning, removing)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // it lives, or somebody else has removed it
	}
	cluster, err := d.Cluster(ctx, company.Cluster)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(company.Schema, d.cfg.Prefix+"_") || !schemaPattern.MatchString(company.Schema) {
		return fmt.Errorf("schema name %q is not one of this installation", company.Schema)
	}
	pool, err := cluster.migrationPool()
	if err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, "DROP DATABASE IF EXISTS `"+company.Schema+"`"); err != nil {
		return translate(err)
	}
	for _, table := range []string{"outbox", "due"} {
		if err := inTransaction(ctx, cluster.pool, func(t *attempt) error {
			_, err := t.ExecContext(ctx, cluster.names.qualify(`DELETE FROM cluster.`+table+` WHERE company_id = ?`), company.ID)
			return err
		}); err != nil {
			return err
		}
	}
	_, err = d.platform.Exec(ctx, `DELETE FROM platform.companies WHERE id = ? AND status = ?`, company.ID, removing)
	return err
}

// RemoveAbandoned removes companies whose making was cut off longer ago than the given age, and returns how
// many. One that cannot be removed does not keep the others; it is tried again the next time.
func (d *Directory) RemoveAbandoned(ctx context.Context, age time.Duration) (int, error) {
	var abandoned []Company
	if err := d.platform.Select(ctx, &abandoned, `SELECT `+companyColumns+`
		FROM platform.companies WHERE status IN (?, ?) AND created_at < ? ORDER BY created_at LIMIT 1000`,
		Provisioning, removing, d.now().Add(-age)); err != nil {
		return 0, err
	}
	removed := 0
	var failed error
	for i := range abandoned {
		if err := d.remove(ctx, &abandoned[i]); err != nil {
			failed = errors.Join(failed, fmt.Errorf("company %s: %w", abandoned[i].ID, err))
			continue
		}
		removed++
	}
	return removed, failed
}

// SetStatus suspends or resumes a company: status is Suspended or Active. Other processes notice within
// five seconds.
func (d *Directory) SetStatus(ctx context.Context, id CompanyID, status Status) error {
	if status != Active && status != Suspended {
		return fmt.Errorf("status %q: want %s or %s", status, Active, Suspended)
	}
	res, err := d.platform.Exec(ctx, `UPDATE platform.companies SET status = ?, updated_at = ? WHERE id = ? AND `+usable,
		status, d.now(), id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("company %s: %w", id, ErrNotFound))
	}
	d.Forget(id)
	return nil
}

// CompanyDetails are what a company may change of itself.
type CompanyDetails struct {
	Name     string `json:"name"`
	TimeZone string `json:"timezone"`
	Locale   string `json:"locale"`
}

// Details returns what the company may change of itself.
func (c *Company) Details() CompanyDetails { return CompanyDetails{c.Name, c.TimeZone, c.Locale} }

// SetDetails changes a company's name, time zone and locale to what change, which checks them, makes of the company as it
// is now. Other processes notice within five seconds.
func (d *Directory) SetDetails(ctx context.Context, id CompanyID, change func(Company) (CompanyDetails, error)) error {
	err := d.platform.Tx(ctx, func(p *Platform) error {
		var c Company
		if err := p.Get(ctx, &c, `SELECT `+companyColumns+` FROM platform.companies WHERE id = ? AND `+usable+` FOR UPDATE`, id); err != nil {
			return fmt.Errorf("company %s: %w", id, err)
		}
		in, err := change(c)
		if err != nil || in == c.Details() {
			return err
		}
		_, err = p.Exec(ctx, `UPDATE platform.companies SET name = ?, timezone = ?, locale = ?, updated_at = ? WHERE id = ?`,
			in.Name, in.TimeZone, in.Locale, p.Now(), id)
		return err
	})
	if err == nil {
		d.Forget(id)
	}
	return err
}

// Companies returns at most limit companies in the order of their ids, after the given one.
func (d *Directory) Companies(ctx context.Context, after CompanyID, limit int) ([]Company, error) {
	var all []Company
	err := d.platform.Select(ctx, &all, `SELECT `+companyColumns+`
		FROM platform.companies WHERE `+usable+` AND id > ? ORDER BY id LIMIT ?`, after[:], limit)
	return all, err
}

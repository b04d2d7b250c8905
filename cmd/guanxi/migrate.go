package main

import (
	"context"
	"fmt"
	"os"

	"github.com/guanxi-crm/guanxi/tenant"
)

type migrateCommand struct{ databases }

// Run migrates everything and reports what could not be migrated with a non-zero exit.
func (c *migrateCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	report, err := tenant.Migrate(ctx, cfg, os.Stdout)
	fmt.Printf("%d companies, %d changed, %d broken\n", report.Companies, report.Changed, len(report.Broken))
	return err
}

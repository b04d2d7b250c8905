package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type adminFeedbackCommand struct {
	databases
	Days  int `default:"30" help:"How many days to look back."`
	Limit int `default:"1000" help:"Print at most so many, the latest first."`
}

// Run prints one JSON object a line, so that it can be searched and counted by the usual tools.
func (c *adminFeedbackCommand) Run(ctx context.Context) error {
	d, err := open(ctx, c.databases)
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := tenant.ListFeedback(ctx, d.Platform(), time.Now().UTC().AddDate(0, 0, -c.Days), c.Limit)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, f := range all {
		if err := out.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

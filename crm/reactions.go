package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// React does what the company's own rules ask for after changes were committed: tasks and notifications.
// It runs in the transaction that relays the changes, and a change that is relayed again does nothing new.
func React(ctx context.Context, tx *tenant.Tx, changes []tenant.Change, callerOf CallerOf) error {
	readers := newAudience(callerOf)
	for _, c := range changes {
		if c.Quiet {
			continue
		}
		if err := react(ctx, tx, c, readers); err != nil {
			return fmt.Errorf("event %s (%s): %w", c.EventID, c.Type, err)
		}
	}
	return nil
}

func react(ctx context.Context, tx *tenant.Tx, c tenant.Change, readers *audience) error {
	// A customer may also be created as won; both are the entry into the stage.
	if c.Type == "customer.lifecycle_changed" || c.Type == "customer.created" {
		if err := surveyWin(ctx, tx, c); err != nil {
			return err
		}
	}
	return notify(ctx, tx, c, readers)
}

var surveyTitle = phrase{"满意度调查：%s", "Satisfaction survey: %s"}

// surveyWin makes the satisfaction-survey task of a win, exactly one for each.
func surveyWin(ctx context.Context, tx *tenant.Tx, c tenant.Change) error {
	var customer Customer
	if err := json.Unmarshal(c.Data, &customer); err != nil {
		return err
	}
	if customer.Lifecycle != Won {
		return nil
	}
	rules, err := enabledRules(ctx, tx.Query, SurveyRule)
	if err != nil || len(rules) == 0 {
		return err
	}
	assignee := customer.OwnerID
	if assignee.IsZero() {
		assignee = c.Actor
	}
	if assignee.IsZero() {
		return nil // nobody to ask
	}
	origin := "win:" + c.EventID.String()
	var made int
	if err := tx.Get(ctx, &made, `SELECT COUNT(*) FROM company.tasks WHERE origin = ?`, origin); err != nil || made > 0 {
		return err
	}
	won := c.CreatedAt.In(tx.Company.Location())
	due := time.Date(won.Year(), won.Month(), won.Day()+rules[0].Settings.Days, silenceHour, 0, 0, 0, won.Location()).UTC()
	survey := Task{
		ID: tenant.NewID[taskKind](), Title: search.Cut(language(tx.Company.Locale).say(surveyTitle, customer.Name), 300), Kind: "survey", Priority: "normal", Status: taskOpen,
		CustomerID: customer.ID, AssigneeID: assignee, DueAt: &due, TimeZone: zoneOf(tx.Query).String(), Checklist: checklist{}, Origin: &origin,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	survey.Reminders = planReminders(usualReminders(false), nil, &due, tx.Now)
	err = insertTasks(ctx, tx, []Task{survey})
	var conflict *tenant.ConflictError
	if errors.As(err, &conflict) {
		return nil // another relay was faster
	}
	return err
}

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
	switch c.Type {
	// A customer may also be created as won; both are the entry into the stage.
	case "customer.lifecycle_changed", "customer.created":
		if err := surveyCustomer(ctx, tx, c); err != nil {
			return err
		}
	case "deal.won", "deal.created":
		if err := surveyDeal(ctx, tx, c); err != nil {
			return err
		}
	}
	return notify(ctx, tx, c, readers)
}

var surveyTitle = phrase{"满意度调查：%s", "Satisfaction survey: %s"}

// surveyCustomer surveys a customer that has become won.
func surveyCustomer(ctx context.Context, tx *tenant.Tx, c tenant.Change) error {
	var customer Customer
	if err := json.Unmarshal(c.Data, &customer); err != nil {
		return err
	}
	if customer.Lifecycle != Won {
		return nil
	}
	return surveyWin(ctx, tx, c, win{customer: customer.ID, name: customer.Name, owner: customer.OwnerID})
}

// surveyDeal surveys a customer that was won already when a deal of theirs was won. A deal that has made them won is
// surveyed by that, so that there is one survey for one win.
func surveyDeal(ctx context.Context, tx *tenant.Tx, c tenant.Change) error {
	var deal Deal
	if err := json.Unmarshal(c.Data, &deal); err != nil {
		return err
	}
	if deal.Status != DealWon || deal.CustomerID.IsZero() {
		return nil
	}
	var before []string
	if err := tx.Select(ctx, &before, `SELECT to_stage FROM company.lifecycle_history
		WHERE customer_id = ? AND entered_at < ? ORDER BY entered_at DESC, id DESC LIMIT 1`, deal.CustomerID, c.CreatedAt); err != nil {
		return err
	}
	if len(before) == 0 || before[0] != Won {
		return nil
	}
	var name []string
	if err := tx.Select(ctx, &name, `SELECT name FROM company.customers WHERE id = ? AND deleted_at IS NULL`, deal.CustomerID); err != nil || len(name) == 0 {
		return err
	}
	return surveyWin(ctx, tx, c, win{customer: deal.CustomerID, name: name[0], owner: deal.OwnerID, deal: deal.ID})
}

// win is a customer who was won: with the first deal, or again with another one.
type win struct {
	customer CustomerID
	name     string
	// owner is whose win it is, deal the one that was won again.
	owner tenant.MemberID
	deal  DealID
}

// surveyWin makes the satisfaction-survey task of a win, exactly one for each. The owner does it, and where there is
// none, whoever made the change.
func surveyWin(ctx context.Context, tx *tenant.Tx, c tenant.Change, w win) error {
	rules, err := enabledRules(ctx, tx.Query, SurveyRule)
	if err != nil || len(rules) == 0 {
		return err
	}
	assignee := w.owner
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
		ID: tenant.NewID[taskKind](), Title: search.Cut(language(tx.Company.Locale).say(surveyTitle, w.name), 300), Kind: "survey", Priority: "normal", Status: taskOpen,
		CustomerID: w.customer, DealID: w.deal, AssigneeID: assignee, DueAt: &due, TimeZone: zoneOf(tx.Query).String(), Checklist: checklist{}, Origin: &origin,
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

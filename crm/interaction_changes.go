package crm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	maxParticipants = 50
	maxLinks        = 20
	maxMinutes      = 7 * 24 * 60
)

// LogInteraction records a contact with a customer within the caller's scope, restarts the customer's
// silence clock and, when asked, makes a task of the next step.
func LogInteraction(ctx context.Context, tx *tenant.Tx, in NewInteraction) (Interaction, error) {
	customer, err := lockCustomer(ctx, tx, in.CustomerID, interactionCreate, 0)
	if errors.Is(err, tenant.ErrNotFound) {
		return Interaction{}, tenant.Invalid("customer_id", "unknown", "is not a customer whom you can see")
	}
	if err != nil {
		return Interaction{}, err
	}
	i, err := in.interaction(ctx, tx, customer)
	if err != nil {
		return Interaction{}, err
	}
	if in.NextStepDueAt != nil {
		task, err := CreateTask(ctx, tx, NewTask{Title: in.NextStep, DueAt: in.NextStepDueAt, CustomerID: &customer.ID, Kind: "follow_up"})
		if err != nil {
			return Interaction{}, err
		}
		i.TaskID = task.ID
	}
	record := RecordRef{"interaction", tenant.RecordID(i.ID)}
	if i.Files, err = attachWaiting(ctx, tx, "attachment_ids", in.AttachmentIDs, record, customer.OwnerID); err != nil {
		return Interaction{}, err
	}
	if err := insertInteraction(ctx, tx, i); err != nil {
		return Interaction{}, err
	}
	return i, recountContact(ctx, tx, customer)
}

// interaction checks the input and fills in what it leaves open.
func (in NewInteraction) interaction(ctx context.Context, tx *tenant.Tx, customer Customer) (Interaction, error) {
	i := Interaction{
		ID: tenant.NewID[interactionKind](), CustomerID: customer.ID, Kind: in.Kind, Direction: in.Direction,
		OccurredAt: tx.Now, Minutes: in.Minutes, Summary: in.Summary,
		Contacts: append(stringList{}, in.Contacts...), Links: append(linkList{}, in.Links...),
		Resolved: in.Resolved == nil || *in.Resolved, NextStep: in.NextStep, AuthorID: tx.Caller.Member,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1, OwnerID: customer.OwnerID,
	}
	if in.ID != nil && !in.ID.IsZero() {
		i.ID = *in.ID
	}
	if in.OccurredAt != nil {
		i.OccurredAt = in.OccurredAt.UTC().Truncate(time.Microsecond)
	}
	if i.Direction == "" {
		i.Direction = "out"
		if i.Kind == "note" {
			i.Direction = "none"
		}
	}
	invalid := &tenant.InvalidError{}
	i.check(invalid)
	if in.NextStepDueAt != nil {
		checkRequired(invalid, "next_step", in.NextStep, maxTitle)
		checkTime(invalid, "next_step_due_at", in.NextStepDueAt)
	}
	if err := checkMembers(ctx, tx.Query, invalid, in.MemberIDs); err != nil {
		return Interaction{}, err
	}
	i.MemberIDs = participants(in.MemberIDs)
	return i, invalid.Err()
}

func (i *Interaction) check(invalid *tenant.InvalidError) {
	checkWord(invalid, "kind", i.Kind, interactionKinds)
	checkWord(invalid, "direction", i.Direction, directions)
	checkRequired(invalid, "summary", i.Summary, 10_000)
	checkText(invalid, "next_step", i.NextStep, maxTitle)
	checkTime(invalid, "occurred_at", &i.OccurredAt)
	checkNumber(invalid, "minutes", i.Minutes, 0, maxMinutes)
	if len(i.Contacts) > maxParticipants {
		invalid.Add("contacts", "too_many", fmt.Sprintf("names more than %d people", maxParticipants))
	}
	for n, name := range i.Contacts {
		checkRequired(invalid, fmt.Sprintf("contacts[%d]", n), name, 200)
	}
	if len(i.Links) > maxLinks {
		invalid.Add("attachments", "too_many", fmt.Sprintf("holds more than %d links", maxLinks))
	}
	for n, l := range i.Links {
		l.check(invalid, fmt.Sprintf("attachments[%d]", n))
	}
}

func (l Link) check(invalid *tenant.InvalidError, name string) {
	checkRequired(invalid, name+".name", l.Name, 200)
	checkText(invalid, name+".url", l.URL, 2000)
	if u, err := url.Parse(l.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		invalid.Add(name+".url", "invalid", "must be a link that begins with http:// or https://")
	}
}

func insertInteraction(ctx context.Context, tx *tenant.Tx, i Interaction) error {
	var dup *tenant.DuplicateError
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.interactions (id, customer_id, kind, direction, occurred_at, minutes, summary, contacts, attachments,
			resolved, next_step, task_id, author_id, version, created_at, updated_at)
		VALUES (:id, :customer_id, :kind, :direction, :occurred_at, :minutes, :summary, :contacts, :attachments,
			:resolved, :next_step, :task_id, :author_id, :version, :created_at, :updated_at)`, i)
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	if err != nil {
		return err
	}
	if err := writeMembers(ctx, tx, i); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "interaction.created", Resource: "interaction", Record: tenant.RecordID(i.ID), OwnerAfter: i.OwnerID, Data: i,
	})
}

// UpdateInteraction changes the fields that are set. version, when not 0, must be the record's, else ErrStale.
// A change that changes nothing writes nothing.
func UpdateInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, in InteractionPatch, version int64) (Interaction, error) {
	before, err := lockInteraction(ctx, tx, id, interactionUpdate, version)
	if err != nil {
		return Interaction{}, err
	}
	after, err := in.apply(before)
	if err != nil {
		return Interaction{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.interactions SET kind = :kind, direction = :direction, occurred_at = :occurred_at, minutes = :minutes,
			summary = :summary, contacts = :contacts, attachments = :attachments, resolved = :resolved, next_step = :next_step,
			version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return Interaction{}, err
	}
	if err := tx.Emit(ctx, tenant.Event{
		Type: "interaction.updated", Resource: "interaction", Record: tenant.RecordID(id),
		OwnerBefore: before.OwnerID, OwnerAfter: before.OwnerID, Data: after, Previous: previous,
	}); err != nil {
		return Interaction{}, err
	}
	customer, err := lockCustomer(ctx, tx, after.CustomerID, interactionUpdate, 0)
	if err != nil {
		return Interaction{}, err
	}
	return after, recountContact(ctx, tx, customer)
}

func (in InteractionPatch) apply(i Interaction) (Interaction, error) {
	i.Kind, i.Direction, i.Summary = in.Kind.Or(i.Kind), in.Direction.Or(i.Direction), in.Summary.Or(i.Summary)
	i.OccurredAt = in.OccurredAt.Or(i.OccurredAt).UTC().Truncate(time.Microsecond)
	i.Minutes, i.Resolved, i.NextStep = in.Minutes.OrNull(i.Minutes), in.Resolved.Or(i.Resolved), in.NextStep.Or(i.NextStep)
	i.Contacts = append(stringList{}, in.Contacts.Or(i.Contacts)...)
	i.Links = append(linkList{}, in.Links.Or(i.Links)...)
	invalid := &tenant.InvalidError{}
	i.check(invalid)
	return i, invalid.Err()
}

// DeleteInteraction removes an interaction from the timeline and recomputes the customer's last contact.
func DeleteInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, version int64) error {
	i, err := lockInteraction(ctx, tx, id, interactionDelete, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.interactions SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?`, tx.Now, tx.Now, id); err != nil {
		return err
	}
	if err := tx.Emit(ctx, tenant.Event{
		Type: "interaction.deleted", Resource: "interaction", Record: tenant.RecordID(id), OwnerBefore: i.OwnerID, Data: i,
	}); err != nil {
		return err
	}
	customer, err := lockCustomer(ctx, tx, i.CustomerID, interactionDelete, 0)
	if err != nil {
		return err
	}
	return recountContact(ctx, tx, customer)
}

// lockInteraction is GetInteraction for a change: it and its customer stay locked until the transaction ends.
func lockInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, p tenant.Permission, version int64) (Interaction, error) {
	i, err := findInteraction(ctx, tx.Query, interactionColumns, id, p, "FOR UPDATE")
	if err == nil && version != 0 && version != i.Version {
		err = fmt.Errorf("interaction %s: %w", id, tenant.ErrStale)
	}
	return i, err
}

package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// LogInteraction records a contact with a customer within the caller's scope, restarts the customer's silence clock
// and, when asked, makes a task of the next step and gives the matter to somebody. callerOf says what that member may.
func LogInteraction(ctx context.Context, tx *tenant.Tx, in NewInteraction, callerOf CallerOf) (Interaction, error) {
	invalid := &tenant.InvalidError{}
	customer, err := hangOn(ctx, tx, invalid, "customer_id", in.CustomerID, interactionCreate)
	if err != nil {
		return Interaction{}, err
	}
	if err := invalid.Err(); err != nil {
		return Interaction{}, err
	}
	i, err := in.interaction(ctx, tx, customer)
	if err != nil {
		return Interaction{}, err
	}
	if in.NextStepDueAt != nil {
		task, err := CreateTask(ctx, tx, NewTask{Passing: true, Title: in.NextStep, DueAt: in.NextStepDueAt, CustomerID: &customer.ID, Kind: "follow_up"})
		if err != nil {
			return Interaction{}, err
		}
		i.TaskID = task.ID
	}
	record := Record{RecordRef: RecordRef{"interaction", tenant.RecordID(i.ID)}, Owner: customer.OwnerID}
	if i.Files, err = attachWaiting(ctx, tx, "attachment_ids", in.AttachmentIDs, record); err != nil {
		return Interaction{}, err
	}
	if err := insertInteractions(ctx, tx, []Interaction{i}, false); err != nil {
		return Interaction{}, err
	}
	if err := recountContact(ctx, tx, customer); err != nil {
		return Interaction{}, err
	}
	if assignee := deref(in.AssigneeID); !assignee.IsZero() {
		if i, err = assign(ctx, tx, i, assignee, callerOf); err != nil {
			return Interaction{}, err
		}
	}
	// What has happened is recorded; that it should not have is said.
	if customer.DoNotContact && i.isApproach() {
		i.Warnings = []string{warnDoNotContact}
	}
	return i, nil
}

// interaction checks the input and fills in what it leaves open.
func (in NewInteraction) interaction(ctx context.Context, tx *tenant.Tx, customer Customer) (Interaction, error) {
	i := Interaction{
		ID: tenant.NewID[interactionKind](), CustomerID: customer.ID, Kind: in.Kind, Direction: in.Direction, Outcome: in.Outcome,
		OccurredAt: tx.Now, Minutes: in.Minutes, Place: in.Place, Latitude: in.Latitude, Longitude: in.Longitude, Summary: in.Summary,
		MemberIDs: in.MemberIDs, ContactIDs: in.ContactIDs,
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
	i.settleDirection()
	invalid := &tenant.InvalidError{}
	i.check(invalid)
	if err := i.checkParticipants(ctx, tx.Query, invalid); err != nil {
		return Interaction{}, err
	}
	if in.NextStepDueAt != nil {
		checkRequired(invalid, "next_step", in.NextStep, maxTitle)
		checkTime(invalid, "next_step_due_at", in.NextStepDueAt)
	}
	if in.AssigneeID != nil && !in.AssigneeID.IsZero() && i.Resolved {
		invalid.Add("assignee_id", "invalid", "has nothing to settle: send resolved as false with it")
	}
	return i, invalid.Err()
}

// searchText is what an interaction is found by.
func (i *Interaction) searchText() string {
	return search.Prose(append([]string{i.Summary, i.NextStep, i.Resolution, i.Place}, i.Contacts...)...)
}

// settleDirection says who began, where nobody has said.
func (i *Interaction) settleDirection() {
	switch {
	case i.Direction != "":
	case i.Kind == "note":
		i.Direction = "none"
	default:
		i.Direction = "out"
	}
}

// warnDoNotContact is the warning of an interaction with somebody who does not want any.
const warnDoNotContact = "do_not_contact"

// isApproach reports whether it was us who got in touch.
func (i *Interaction) isApproach() bool { return i.Direction == "out" && i.Kind != "note" }

// UpdateInteraction changes the fields that are set. version, when not 0, must be the record's, else ErrStale.
// A change that changes nothing writes nothing.
func UpdateInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, in InteractionPatch, version int64) (Interaction, error) {
	before, err := lockInteraction(ctx, tx, id, interactionUpdate, version)
	if err != nil {
		return Interaction{}, err
	}
	after, err := in.apply(ctx, tx, before)
	if err != nil {
		return Interaction{}, err
	}
	event := "interaction.updated"
	if after.Resolved && !before.Resolved {
		event = "interaction.resolved"
	}
	changed, err := saveInteraction(ctx, tx, before, after, event)
	if err != nil || changed.Version == before.Version {
		return changed, err
	}
	customer, err := lockCustomer(ctx, tx, after.CustomerID, interactionUpdate, 0)
	if err != nil {
		return Interaction{}, err
	}
	return changed, recountContact(ctx, tx, customer)
}

// saveInteraction writes a changed interaction under its next version and tells of it; one that has not changed it
// returns as it was.
func saveInteraction(ctx context.Context, tx *tenant.Tx, before, after Interaction, event string) (Interaction, error) {
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	row := struct {
		Interaction
		SearchText string `db:"search_text"`
	}{after, after.searchText()}
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.interactions SET kind = :kind, direction = :direction, outcome = :outcome, occurred_at = :occurred_at, minutes = :minutes,
			place = :place, latitude = :latitude, longitude = :longitude, summary = :summary, search_text = :search_text,
			contacts = :contacts, links = :links, resolved = :resolved, assignee_id = :assignee_id, resolution = :resolution,
			resolved_at = :resolved_at, resolved_by = :resolved_by, next_step = :next_step, task_id = :task_id,
			version = :version, updated_at = :updated_at WHERE id = :id`, row); err != nil {
		return Interaction{}, err
	}
	if err := search.Replace(ctx, tx, search.Interactions, tenant.RecordID(after.ID), before.searchText(), row.SearchText); err != nil {
		return Interaction{}, err
	}
	if err := rewriteParticipants(ctx, tx, before, after); err != nil {
		return Interaction{}, err
	}
	return after, tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "interaction", Record: tenant.RecordID(after.ID),
		OwnerBefore: before.OwnerID, OwnerAfter: before.OwnerID, Data: after, Previous: previous,
	})
}

func (in InteractionPatch) apply(ctx context.Context, tx *tenant.Tx, i Interaction) (Interaction, error) {
	i.Kind, i.Direction, i.Summary = in.Kind.Or(i.Kind), in.Direction.Or(i.Direction), in.Summary.Or(i.Summary)
	i.Outcome, i.Place = in.Outcome.Or(i.Outcome), in.Place.Or(i.Place)
	i.OccurredAt = in.OccurredAt.Or(i.OccurredAt).UTC().Truncate(time.Microsecond)
	i.Minutes, i.Latitude, i.Longitude = in.Minutes.OrNull(i.Minutes), in.Latitude.OrNull(i.Latitude), in.Longitude.OrNull(i.Longitude)
	i.MemberIDs, i.ContactIDs = in.MemberIDs.Or(i.MemberIDs), in.ContactIDs.Or(i.ContactIDs)
	i.Contacts = append(stringList{}, in.Contacts.Or(i.Contacts)...)
	i.Links = append(linkList{}, in.Links.Or(i.Links)...)
	i.Resolution, i.NextStep = in.Resolution.Or(i.Resolution), in.NextStep.Or(i.NextStep)
	i.settle(tx, in.Resolved.Or(i.Resolved))
	invalid := &tenant.InvalidError{}
	i.check(invalid)
	if in.MemberIDs.Set || in.ContactIDs.Set { // those who are named already stay, whatever has become of them
		if err := i.checkParticipants(ctx, tx.Query, invalid); err != nil {
			return Interaction{}, err
		}
	}
	return i, invalid.Err()
}

// settle notes when and by whom the matter was settled, or opens it again.
func (i *Interaction) settle(tx *tenant.Tx, resolved bool) {
	switch {
	case resolved && !i.Resolved:
		i.ResolvedAt, i.ResolvedBy = &tx.Now, tx.Caller.Member
	case !resolved:
		i.ResolvedAt, i.ResolvedBy = nil, tenant.MemberID{}
	}
	i.Resolved = resolved
}

// DeleteInteraction removes an interaction from the timeline and recomputes the customer's last contact.
func DeleteInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, version int64) error {
	i, err := lockInteraction(ctx, tx, id, interactionDelete, version)
	if err != nil {
		return err
	}
	return trashInteractions(ctx, tx, []Interaction{i}, false)
}

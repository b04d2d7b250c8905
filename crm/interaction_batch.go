package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

const insertIntoInteractions = `INSERT INTO company.interactions (id, customer_id, kind, direction, outcome, occurred_at, minutes, place, latitude, longitude,
	summary, search_text, contacts, links, resolved, assignee_id, resolution, resolved_at, resolved_by, next_step, task_id,
	author_id, version, created_at, updated_at) VALUES`

func (i *Interaction) written(text string) []any {
	return []any{
		i.ID, i.CustomerID, i.Kind, i.Direction, i.Outcome, i.OccurredAt, i.Minutes, i.Place, i.Latitude, i.Longitude,
		i.Summary, text, i.Contacts, i.Links, i.Resolved, i.AssigneeID, i.Resolution, i.ResolvedAt, i.ResolvedBy, i.NextStep, i.TaskID,
		i.AuthorID, i.Version, i.CreatedAt, i.UpdatedAt,
	}
}

// insertInteractions writes checked interactions with all that belongs to them, in a few statements for all of them. It
// returns *tenant.ConflictError for an id in use.
func insertInteractions(ctx context.Context, tx *tenant.Tx, all []Interaction, quiet bool) error {
	rows := tx.Bulk(insertIntoInteractions, 25, "")
	index, events := make([]search.Row, len(all)), make([]tenant.Event, len(all))
	for n := range all {
		i := &all[n]
		text := i.searchText()
		if err := rows.Add(ctx, i.written(text)...); err != nil {
			return err
		}
		index[n] = search.RowOf(tenant.RecordID(i.ID), text)
		events[n] = tenant.Event{Type: "interaction.created", Resource: "interaction", Record: tenant.RecordID(i.ID), OwnerAfter: i.OwnerID, Data: *i}
	}
	var dup *tenant.DuplicateError
	if err := rows.Flush(ctx); errors.As(err, &dup) {
		return errIDInUse
	} else if err != nil {
		return err
	}
	if err := search.Insert(ctx, tx, search.Interactions, index); err != nil {
		return err
	}
	if err := writeParticipants(ctx, tx, all...); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

// trashInteractions is DeleteInteraction for many that are locked.
func trashInteractions(ctx context.Context, tx *tenant.Tx, all []Interaction, quiet bool) error {
	ids, customers, events := make([]InteractionID, len(all)), make([]CustomerID, len(all)), make([]tenant.Event, len(all))
	for n, i := range all {
		ids[n], customers[n] = i.ID, i.CustomerID
		events[n] = tenant.Event{Type: "interaction.deleted", Resource: "interaction", Record: tenant.RecordID(i.ID), OwnerBefore: i.OwnerID, Data: i}
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.interactions SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id IN (?)`, tx.Now, tx.Now, ids); err != nil {
		return err
	}
	if err := tx.EmitAll(ctx, events, quiet); err != nil {
		return err
	}
	return recountContacts(ctx, tx, customers)
}

package crm

import (
	"context"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// leaveInteractions takes a contact out of the communication that they took part in, by their record or by their name.
// That of a customer goes as a whole.
func (e *erasure) leaveInteractions(ctx context.Context, tx *tenant.Tx) error {
	if e.bin.noun != "contact" {
		return nil
	}
	where := e.communication()
	var with []Interaction
	if err := tx.SelectIn(ctx, &with, `SELECT `+interactionColumns+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE `+where.SQL+` ORDER BY i.id FOR UPDATE`, where.Args...); err != nil {
		return err
	}
	if err := fillParticipants(ctx, tx.Query, with); err != nil {
		return err
	}
	for _, before := range with {
		after := before
		after.Contacts = slices.DeleteFunc(slices.Clone(before.Contacts), func(name string) bool { return slices.Contains(e.names, name) })
		after.ContactIDs = slices.DeleteFunc(slices.Clone(before.ContactIDs), func(id ContactID) bool { return slices.Contains(e.ids, tenant.RecordID(id)) })
		if _, err := saveInteraction(ctx, tx, before, after, "interaction.updated"); err != nil {
			return err
		}
	}
	return nil
}

// leaveInvitations takes the person off the guests of calendar events.
func (e *erasure) leaveInvitations(ctx context.Context, tx *tenant.Tx) error {
	where := e.invitations()
	var ids []CalendarEventID
	if err := tx.Select(ctx, &ids, `SELECT e.id FROM company.calendar_events e WHERE `+where.SQL+` ORDER BY e.id`, where.Args...); err != nil {
		return err
	}
	for _, id := range ids {
		before, err := readCalendarEvent(ctx, tx.Query, "e.id = ?", []any{id}, "FOR UPDATE")
		if err != nil {
			return err
		}
		after := before
		after.Guests = slices.DeleteFunc(slices.Clone(before.Guests), e.isGuest)
		if _, err := updateCalendarEvent(ctx, tx, before, after, true); err != nil {
			return err
		}
	}
	return nil
}

// forgetNotifications removes those of the events that had something of the person, and those that lead to their page:
// they may be older than the change log. They are looked for first: what deletes locks all it looks at.
func (e *erasure) forgetNotifications(ctx context.Context, tx *tenant.Tx) error {
	var links []string
	for _, id := range e.ids {
		links = append(links, RecordRef{e.bin.noun, id}.link())
	}
	for r := range e.whose {
		links = append(links, r.link())
	}
	ids, err := selectParts[tenant.RecordID](ctx, tx.Query, `SELECT id FROM company.notifications WHERE link IN (?)`, links)
	if err != nil {
		return err
	}
	byEvent, err := selectParts[tenant.RecordID](ctx, tx.Query, `SELECT id FROM company.notifications WHERE event_id IN (?)`, e.told)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(append(ids, byEvent...), 500) {
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.notifications WHERE id IN (?)`, some); err != nil {
			return err
		}
	}
	return nil
}

package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// leaveInteractions takes a contact out of the communication that they took part in, by their record or by their name.
// That of a customer goes as a whole.
func (e *erasure) leaveInteractions(ctx context.Context, tx *tenant.Tx) error {
	if e.bin.noun != "contact" {
		return nil
	}
	var with []Interaction
	if err := tx.SelectIn(ctx, &with, `SELECT `+interactionColumns+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.id IN (SELECT interaction_id FROM company.interaction_contacts WHERE contact_id IN (?))
			OR i.customer_id IN (SELECT customer_id FROM company.contacts WHERE id IN (?)) AND JSON_CONTAINS(i.contacts, JSON_ARRAY(?))
		ORDER BY i.id FOR UPDATE`, e.ids, e.ids, e.names); err != nil {
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
		e.touched = append(e.touched, tenant.RecordID(before.ID))
	}
	return nil
}

// leaveInvitations takes the person off the guests of calendar events.
func (e *erasure) leaveInvitations(ctx context.Context, tx *tenant.Tx) error {
	for _, address := range e.addresses {
		var ids []CalendarEventID
		if err := tx.Select(ctx, &ids, `SELECT id FROM company.calendar_events
			WHERE JSON_SEARCH(guests, 'one', ?, NULL, '$[*].email') IS NOT NULL ORDER BY id`, address); err != nil {
			return err
		}
		for _, id := range ids {
			before, err := readCalendarEvent(ctx, tx.Query, "e.id = ?", []any{id}, "FOR UPDATE")
			if err != nil {
				return err
			}
			after := before
			after.Guests = slices.DeleteFunc(slices.Clone(before.Guests), func(g Guest) bool { return g.Email == address })
			if _, err := updateCalendarEvent(ctx, tx, before, after, true); err != nil {
				return err
			}
			e.touched = append(e.touched, tenant.RecordID(id))
		}
	}
	return nil
}

// forgetNotifications removes those that tell of the records. They are looked for first: what deletes locks all it looks at.
func (e *erasure) forgetNotifications(ctx context.Context, tx *tenant.Tx) error {
	for part := range slices.Chunk(e.held, 500) {
		var ids []tenant.RecordID
		if err := tx.SelectIn(ctx, &ids, `SELECT n.id FROM company.changes l JOIN company.notifications n ON n.event_id = l.event_id
			WHERE l.record_id IN (?)`, part); err != nil {
			return err
		}
		for some := range slices.Chunk(ids, 500) {
			if _, err := tx.ExecIn(ctx, `DELETE FROM company.notifications WHERE id IN (?)`, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetImports empties the rows of imports that made or changed the records, and leaves that there were such rows. The
// first values of each column, which an import shows, go too.
func (e *erasure) forgetImports(ctx context.Context, tx *tenant.Tx) error {
	imports := map[ImportID]bool{}
	for part := range slices.Chunk(e.held, 500) {
		var rows []struct {
			Import ImportID `db:"import_id"`
			Line   int      `db:"line"`
		}
		if err := tx.SelectIn(ctx, &rows, `SELECT import_id, line FROM company.import_rows WHERE record_id IN (?)`, part); err != nil {
			return err
		}
		for _, r := range rows {
			imports[r.Import] = true
			if _, err := tx.Exec(ctx, `UPDATE company.import_rows SET name = '', problems = '[]', cells = NULL, changes = NULL
				WHERE import_id = ? AND line = ?`, r.Import, r.Line); err != nil {
				return err
			}
		}
	}
	for id := range imports {
		if err := forgetSamples(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

func forgetSamples(ctx context.Context, tx *tenant.Tx, id ImportID) error {
	var text []byte
	if err := tx.Get(ctx, &text, `SELECT columns FROM company.imports WHERE id = ? FOR UPDATE`, id); err != nil {
		return err
	}
	var columns []ImportColumn
	if err := json.Unmarshal(text, &columns); err != nil {
		return err
	}
	for n := range columns {
		columns[n].Samples = []string{}
	}
	text, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE company.imports SET columns = ? WHERE id = ?`, text, id)
	return err
}

// forgetChanges leaves of the records' history that there were changes, when and by whom; and of that of records that
// stay all but the person.
func (e *erasure) forgetChanges(ctx context.Context, tx *tenant.Tx) error {
	for part := range slices.Chunk(e.held, 500) {
		if _, err := tx.ExecIn(ctx, `UPDATE company.changes SET data = '{"erased":true}', previous = 'null' WHERE record_id IN (?)`, part); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(e.touched, 100) {
		var logged []tenant.Change
		if err := tx.SelectIn(ctx, &logged, `SELECT id, data, previous FROM company.changes WHERE record_id IN (?)`, part); err != nil {
			return err
		}
		for _, c := range logged {
			data, err := e.without(c.Data)
			if err != nil {
				return err
			}
			previous, err := e.without(c.Previous)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE company.changes SET data = ?, previous = ? WHERE id = ?`, data, previous, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// without takes the person out of the lists of a record, as participants and guests are.
func (e *erasure) without(record json.RawMessage) ([]byte, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(record))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(e.cut(value))
}

func (e *erasure) cut(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			v[name] = e.cut(field)
		}
	case []any:
		kept := slices.DeleteFunc(v, e.isPerson)
		for i := range kept {
			kept[i] = e.cut(kept[i])
		}
		return kept
	}
	return value
}

// isPerson reports whether an element of a list is the person: a name, the id of their record, or a guest with an address.
func (e *erasure) isPerson(element any) bool {
	switch v := element.(type) {
	case string:
		return slices.Contains(e.names, v) || slices.ContainsFunc(e.ids, func(id tenant.RecordID) bool { return RecordRef{e.bin.noun, id}.String() == v })
	case map[string]any:
		email, ok := v["email"].(string)
		return ok && slices.Contains(e.addresses, email)
	}
	return false
}

package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// forgotten is all that is left of what a change said.
	forgotten = `{"erased":true}`
	// changesPage bounds how much of the change log is in memory.
	changesPage = 500
)

// companions are the kinds of records that a purge takes along with what they hang on, with the key of their data that
// names it.
var companions = map[string]string{"attachment": "record_id", "comment": "record_id", "contact": "customer_id", "interaction": "customer_id"}

// forgetChanges goes through the change log, for it knows more than the tables: what was removed before, and who was
// taken off something before. Of what goes with the person, or would have, it leaves that there were changes, when and by
// whom. Of everything else the person is cut out.
func (e *erasure) forgetChanges(ctx context.Context, tx *tenant.Tx) error {
	gone := map[tenant.RecordID]bool{}
	for part := range slices.Chunk(e.held, 500) {
		for _, id := range part {
			gone[id] = true
		}
		var told []tenant.EventID
		if err := tx.SelectIn(ctx, &told, `SELECT event_id FROM company.changes WHERE record_id IN (?)`, part); err != nil {
			return err
		}
		e.told = append(e.told, told...)
		if _, err := tx.ExecIn(ctx, `UPDATE company.changes SET data = ?, previous = 'null' WHERE record_id IN (?)`, forgotten, part); err != nil {
			return err
		}
	}
	where, args := e.suspects()
	for last := int64(0); ; {
		var page []tenant.Change
		if err := tx.Select(ctx, &page, fmt.Sprintf(`SELECT id, event_id, resource, record_id, data, previous FROM company.changes
			WHERE id > ? AND data <> ? AND (%s) ORDER BY id LIMIT %d`, where, changesPage), append([]any{last, forgotten}, args...)...); err != nil {
			return err
		}
		for _, c := range page {
			if err := e.forget(ctx, tx, c, gone); err != nil {
				return fmt.Errorf("change %d: %w", c.ID, err)
			}
			last = c.ID
		}
		if len(page) < changesPage {
			return nil
		}
	}
}

// suspects is the condition for changes that may have something of the person: those that name the record, or the
// customer among whose people they are, and those of kinds that name people or records by other means.
func (e *erasure) suspects() (where string, args []any) {
	texts := e.texts()
	if e.bin.noun == "contact" {
		for _, id := range e.at {
			texts = append(texts, id.String())
		}
	}
	for _, text := range texts {
		args = append(args, "%"+text+"%", "%"+text+"%")
	}
	return `resource IN ('attachment', 'comment', 'calendar_event')` + strings.Repeat(` OR data LIKE ? OR previous LIKE ?`, len(texts)), args
}

// texts are the ids as events have them.
func (e *erasure) texts() []string {
	all := make([]string, len(e.ids))
	for i, id := range e.ids {
		all[i] = RecordRef{e.bin.noun, id}.String()
	}
	return all
}

// forget takes the person out of one change. gone are the records that went, and those that are found to have gone before.
func (e *erasure) forget(ctx context.Context, tx *tenant.Tx, c tenant.Change, gone map[tenant.RecordID]bool) error {
	data, err := decodeAny(c.Data)
	if err != nil {
		return err
	}
	previous, err := decodeAny(c.Previous)
	if err != nil {
		return err
	}
	record, _ := data.(map[string]any)
	along, err := wentAlong(ctx, tx.Query, c, record, gone)
	if err != nil {
		return err
	}
	person := e.cutter(c, record)
	if along {
		gone[c.Record] = true
		data, previous = json.RawMessage(forgotten), nil
	} else if data, previous = person.cut(data), person.cut(previous); !person.found {
		return nil
	}
	e.told = append(e.told, c.EventID)
	dataText, err := json.Marshal(data)
	if err != nil {
		return err
	}
	previousText, err := json.Marshal(previous)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE company.changes SET data = ?, previous = ? WHERE id = ?`, dataText, previousText, c.ID)
	return err
}

// decodeAny keeps numbers as they are written.
func decodeAny(text json.RawMessage) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// wentAlong reports whether a change is of a record that hung on one that is gone, and is gone as well: a contact may have
// moved on to another customer.
func wentAlong(ctx context.Context, q *tenant.Query, c tenant.Change, record map[string]any, gone map[tenant.RecordID]bool) (bool, error) {
	var on RecordRef
	text, _ := record[companions[c.Resource]].(string)
	if on.UnmarshalText([]byte(text)) != nil || !gone[on.ID] {
		return false, nil
	}
	b, ok := binOf(c.Resource)
	if !ok {
		return true, nil
	}
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM `+b.table+` WHERE id = ?`, c.Record)
	return n == 0, err
}

// cutter takes a person out of what a change says.
type cutter struct {
	// ids, names and addresses are what tells the person.
	ids, names, addresses []string
	// found says that the person was there.
	found bool
}

// cutter goes by the name only in communication with those whose person it is: elsewhere somebody else may be called so.
func (e *erasure) cutter(c tenant.Change, record map[string]any) *cutter {
	k := &cutter{ids: e.texts(), addresses: e.addresses}
	customer, _ := record["customer_id"].(string)
	if c.Resource == "interaction" && slices.ContainsFunc(e.at, func(id CustomerID) bool { return id.String() == customer }) {
		k.names = e.names
	}
	return k
}

// cut takes the person out of the lists in a value, as participants and guests are.
func (k *cutter) cut(value any) any {
	switch v := value.(type) {
	case string:
		k.found = k.found || slices.Contains(k.ids, v) // the record stays named by its id, which says nothing any more
	case map[string]any:
		for name, field := range v {
			v[name] = k.cut(field)
		}
	case []any:
		kept := slices.DeleteFunc(v, k.isPerson)
		for i := range kept {
			kept[i] = k.cut(kept[i])
		}
		return kept
	}
	return value
}

// isPerson reports whether an element of a list is the person: a name, the id of their record, or an object with that id,
// as a silent customer has, or with an address, as a guest.
func (k *cutter) isPerson(element any) bool {
	is := false
	switch v := element.(type) {
	case string:
		is = slices.Contains(k.names, v) || slices.Contains(k.ids, v)
	case map[string]any:
		id, _ := v["id"].(string)
		email, _ := v["email"].(string)
		is = slices.Contains(k.ids, id) || slices.ContainsFunc(k.addresses, func(a string) bool { return strings.EqualFold(a, email) })
	}
	k.found = k.found || is
	return is
}

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

// trail is the way of a person through the change log, which knows more than the tables: what was removed before, and who
// was taken off something before.
type trail struct {
	*erasure
	// ids are their records as events have them; words are these and the addresses, in small letters as JSON has them.
	ids   []string
	words [][]byte
	// gone are the records that went, and those that are found to have gone before.
	gone map[tenant.RecordID]bool
}

// forgetChanges leaves of what goes with the person, or would have, that there were changes, when and by whom. Of everything
// else the person is cut out.
func (e *erasure) forgetChanges(ctx context.Context, tx *tenant.Tx) error {
	t := &trail{erasure: e, gone: map[tenant.RecordID]bool{}}
	for _, id := range e.ids {
		t.ids = append(t.ids, RecordRef{e.bin.noun, id}.String())
	}
	for _, word := range slices.Concat(t.ids, e.addresses) {
		text, err := json.Marshal(strings.ToLower(word))
		if err != nil {
			return err
		}
		t.words = append(t.words, bytes.Trim(text, `"`))
	}
	if err := t.forgetHeld(ctx, tx); err != nil {
		return err
	}
	where, args := t.suspects()
	for last := int64(0); ; {
		var page []tenant.Change
		if err := tx.Select(ctx, &page, fmt.Sprintf(`SELECT id, event_id, resource, record_id, data, previous FROM company.changes
			WHERE id > ? AND data <> ? AND (%s) ORDER BY id LIMIT %d`, where, changesPage), append([]any{last, forgotten}, args...)...); err != nil {
			return err
		}
		for _, c := range page {
			if err := t.forget(ctx, tx, c); err != nil {
				return fmt.Errorf("change %d: %w", c.ID, err)
			}
			last = c.ID
		}
		if len(page) < changesPage {
			return nil
		}
	}
}

// forgetHeld empties the changes of the records that went.
func (t *trail) forgetHeld(ctx context.Context, tx *tenant.Tx) error {
	for part := range slices.Chunk(t.held, 500) {
		for _, id := range part {
			t.gone[id] = true
		}
		var told []tenant.EventID
		if err := tx.SelectIn(ctx, &told, `SELECT event_id FROM company.changes WHERE record_id IN (?)`, part); err != nil {
			return err
		}
		t.told = append(t.told, told...)
		if _, err := tx.ExecIn(ctx, `UPDATE company.changes SET data = ?, previous = 'null' WHERE record_id IN (?)`, forgotten, part); err != nil {
			return err
		}
	}
	return nil
}

// suspects is the condition for changes that may have something of the person: those that name the record, or the
// customer among whose people they are, and those of kinds that name people or records by other means.
func (t *trail) suspects() (where string, args []any) {
	texts := slices.Clone(t.ids)
	if t.bin.noun == "contact" {
		for _, id := range t.at {
			texts = append(texts, id.String())
		}
	}
	for _, text := range texts {
		args = append(args, "%"+text+"%", "%"+text+"%")
	}
	return `resource IN ('attachment', 'comment', 'calendar_event')` + strings.Repeat(` OR data LIKE ? OR previous LIKE ?`, len(texts)), args
}

// forget takes the person out of one change.
func (t *trail) forget(ctx context.Context, tx *tenant.Tx, c tenant.Change) error {
	var keys changeKeys
	if err := json.Unmarshal(c.Data, &keys); err != nil {
		keys = changeKeys{} // of a kind that has none of them
	}
	along, err := t.wentAlong(ctx, tx.Query, c, keys)
	if err != nil {
		return err
	}
	if along {
		t.gone[c.Record] = true
		return t.write(ctx, tx, c, json.RawMessage(forgotten), nil)
	}
	// Only in communication with those whose person it is they are known by the name: elsewhere it is somebody else's too.
	person := &cutter{ids: t.ids, addresses: t.addresses}
	if c.Resource == "interaction" && slices.Contains(t.at, keys.CustomerID) {
		person.names = t.names
	} else if !t.crosses(c.Data) && !t.crosses(c.Previous) {
		return nil
	}
	data, err := decodeAny(c.Data)
	if err != nil {
		return err
	}
	previous, err := decodeAny(c.Previous)
	if err != nil {
		return err
	}
	if data, previous = person.cut(data), person.cut(previous); !person.found {
		return nil
	}
	return t.write(ctx, tx, c, data, previous)
}

// crosses reports whether a text has one of the words.
func (t *trail) crosses(text []byte) bool {
	small := bytes.ToLower(text)
	return slices.ContainsFunc(t.words, func(word []byte) bool { return bytes.Contains(small, word) })
}

// wentAlong reports whether a change is of a record that hung on one that is gone, and is gone as well: a contact may have
// moved on to another customer.
func (t *trail) wentAlong(ctx context.Context, q *tenant.Query, c tenant.Change, keys changeKeys) (bool, error) {
	var on tenant.RecordID
	switch c.Resource {
	case "attachment", "comment":
		on = keys.on().ID
	case "contact", "interaction":
		on = tenant.RecordID(keys.CustomerID)
	}
	if !t.gone[on] {
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

// write leaves of a change what is given.
func (t *trail) write(ctx context.Context, tx *tenant.Tx, c tenant.Change, data, previous any) error {
	t.told = append(t.told, c.EventID)
	texts := make([][]byte, 2)
	for i, value := range []any{data, previous} {
		var err error
		if texts[i], err = json.Marshal(value); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE company.changes SET data = ?, previous = ? WHERE id = ?`, texts[0], texts[1], c.ID)
	return err
}

// decodeAny keeps numbers as they are written.
func decodeAny(text json.RawMessage) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// cutter takes a person out of what a change says.
type cutter struct {
	// ids, names and addresses are what tells the person.
	ids, names, addresses []string
	// found says that the person was there.
	found bool
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

package tenant

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Event is one change that others may want to know of.
type Event struct {
	// Type is the event's name, as customer.created.
	Type string
	// Record is the id of what changed, Resource its noun ("customer").
	Resource string
	Record   RecordID
	// OwnerBefore and OwnerAfter tell a feed when a record enters or leaves somebody's scope.
	OwnerBefore, OwnerAfter MemberID
	// Data is the record after the change, Previous the changed fields before it; nil when there are none.
	Data, Previous any
}

// Change is an event as the company's change log keeps it.
type Change struct {
	ID      int64   `db:"id"`
	EventID EventID `db:"event_id"`
	// Seq is the event's gap-free place in the company's history; 0 until the relay has stamped it.
	Seq         int64      `db:"seq"`
	Type        string     `db:"type"`
	Resource    string     `db:"resource"`
	Record      RecordID   `db:"record_id"`
	OwnerBefore MemberID   `db:"owner_before"`
	OwnerAfter  MemberID   `db:"owner_after"`
	Actor       MemberID   `db:"actor_id"`
	ActorKind   CallerKind `db:"actor_kind"`
	// Cause are the rules that led to the change, the last one last.
	Cause     Cause           `db:"cause"`
	Quiet     bool            `db:"quiet"`
	Data      json.RawMessage `db:"data"`
	Previous  json.RawMessage `db:"previous"`
	CreatedAt time.Time       `db:"created_at"`
}

const changeColumns = `id, event_id, COALESCE(seq, 0) AS seq, type, resource, record_id, owner_before, owner_after,
	actor_id, actor_kind, cause, quiet, data, previous, created_at`

// Emit writes the event to the company's change log and a pointer to it to the outbox. Both commit with
// the change itself.
func (tx *Tx) Emit(ctx context.Context, e Event) error { return tx.emit(ctx, e, false) }

// EmitQuiet records the event without running rules or sending anything: for imports and for erasure.
func (tx *Tx) EmitQuiet(ctx context.Context, e Event) error { return tx.emit(ctx, e, true) }

// EmitFor records an event that is for one receiver and nobody's rules, and returns its id.
func (tx *Tx) EmitFor(ctx context.Context, e Event) (EventID, error) {
	id := NewEventID()
	return id, tx.emitAs(ctx, id, e, true)
}

const insertChanges = `INSERT INTO company.changes
	(event_id, type, resource, record_id, owner_before, owner_after, actor_id, actor_kind, cause,
	credential, request_id, quiet, data, previous, created_at) VALUES`

const changeWidth = 15

func (tx *Tx) emit(ctx context.Context, e Event, quiet bool) error {
	return tx.emitAs(ctx, NewEventID(), e, quiet)
}

func (tx *Tx) emitAs(ctx context.Context, id EventID, e Event, quiet bool) error {
	values, err := tx.changeOf(e, id, quiet)
	if err != nil {
		return err
	}
	res, err := tx.Exec(ctx, insertChanges+` (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, values...)
	if err != nil {
		return err
	}
	change, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return tx.clusterExec(ctx, `INSERT INTO cluster.outbox (company_id, change_id) VALUES (?, ?)`, tx.Company.ID, change)
}

// changeOf returns the values of an event's row.
func (tx *Tx) changeOf(e Event, id EventID, quiet bool) ([]any, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.Type, err)
	}
	previous := []byte("null")
	if e.Previous != nil {
		if previous, err = json.Marshal(e.Previous); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.Type, err)
		}
	}
	return []any{
		id, e.Type, e.Resource, e.Record, e.OwnerBefore, e.OwnerAfter,
		tx.Caller.Author(), tx.Caller.Kind, tx.Caller.Cause, orNull(tx.Caller.Source), orNull(tx.Caller.RequestID), quiet, data, previous, tx.Now,
	}, nil
}

// orNull keeps a text that says nothing as NULL.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// EmitAll is Emit for many events in few statements; quiet is as for EmitQuiet.
func (tx *Tx) EmitAll(ctx context.Context, events []Event, quiet bool) error {
	bulk := tx.Bulk(insertChanges, changeWidth, "")
	ids := make([]EventID, len(events))
	for i, e := range events {
		ids[i] = NewEventID()
		values, err := tx.changeOf(e, ids[i], quiet)
		if err != nil {
			return err
		}
		if err := bulk.Add(ctx, values...); err != nil {
			return err
		}
	}
	if err := bulk.Flush(ctx); err != nil {
		return err
	}
	return tx.pointTo(ctx, ids)
}

// pointTo puts pointers to the events into the outbox. Auto-increments of one statement need not follow each
// other on a Galera node, so the ids are read and not reckoned; and read apart from the insert, because
// INSERT … SELECT would lock the log and keep everybody else from writing until a long import commits.
func (tx *Tx) pointTo(ctx context.Context, events []EventID) error {
	outbox := newBulk(tx, tx.cluster.names.qualify(`INSERT INTO cluster.outbox (company_id, change_id) VALUES`), 2, "")
	for part := range slices.Chunk(events, bulkRows) {
		var ids []int64
		if err := tx.SelectIn(ctx, &ids, `SELECT id FROM company.changes WHERE event_id IN (?) ORDER BY id`, part); err != nil {
			return err
		}
		for _, id := range ids {
			if err := outbox.Add(ctx, tx.Company.ID, id); err != nil {
				return err
			}
		}
	}
	return outbox.Flush(ctx)
}

// ChangeByEvent returns the change of an event, or ErrNotFound once it is past its retention.
func ChangeByEvent(ctx context.Context, q *Query, id EventID) (Change, error) {
	var c Change
	if err := q.Get(ctx, &c, `SELECT `+changeColumns+` FROM company.changes WHERE event_id = ?`, id); err != nil {
		return Change{}, fmt.Errorf("event %s: %w", id, err)
	}
	return c, nil
}

// ChangesAfter returns at most limit stamped changes that follow seq, in order.
func ChangesAfter(ctx context.Context, q *Query, seq int64, limit int) ([]Change, error) {
	var all []Change
	err := q.Select(ctx, &all, `SELECT `+changeColumns+` FROM company.changes WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
	return all, err
}

// LastSeq returns the number of the latest stamped change.
func LastSeq(ctx context.Context, q *Query) (int64, error) {
	var last int64
	err := q.Get(ctx, &last, `SELECT value FROM company.counters WHERE name = 'seq'`)
	return last, err
}

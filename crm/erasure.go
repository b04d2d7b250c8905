package crm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Erasure says what became of a person's data.
type Erasure struct {
	Records  int   `json:"records" doc:"How many records went for good: the one asked for, and what was purged with it." example:"14"`
	Mentions []Hit `json:"mentions" nullable:"false" doc:"Records whose texts, or comments, still have the name, a number or an address of whoever was erased, in the trash or not. Whether that is them is for people to judge. At most 50."`
	// Told are the events that had something of the person, which other logs may tell of.
	Told []tenant.EventID `json:"-"`
}

// Erase removes a contact or a customer for good, in the trash or not, with all that a purge takes along: PIPL article
// 47, GDPR article 17. What the purge leaves of them goes too: what the change log, imports and notifications say, their
// names among those who took part in communication, and their invitations. The change log keeps that there was a change
// and when. There is no way back. Of somebody who was purged before, it is these traces that go.
func Erase(ctx context.Context, tx *tenant.Tx, r RecordRef) (Erasure, error) {
	e, err := beginErasure(ctx, tx, r)
	if err != nil {
		return Erasure{}, err
	}
	for _, step := range []func(context.Context, *tenant.Tx) error{
		e.leaveInteractions, e.leaveInvitations, e.remove, e.forgetImports, e.forgetChanges, e.forgetNotifications, e.tell,
	} {
		if err := step(ctx, tx); err != nil {
			return Erasure{}, err
		}
	}
	mentions, err := e.mentions(ctx, tx.Query)
	return Erasure{Records: len(e.held), Mentions: mentions, Told: e.told}, err
}

// erasure is somebody on the way out.
type erasure struct {
	bin bin
	// whose says whose the record, and each contact that goes with it, was.
	record RecordRef
	whose  map[RecordRef]tenant.MemberID
	// ids are the record and those that went up in it; held are these and all records that a purge takes along.
	ids, held []tenant.RecordID
	// at are the customers whose person a contact is or was: their communication may have them by name.
	at []CustomerID
	// names and addresses are what the person is or was known by: addresses are numbers too.
	names, addresses []string
	// told are the events that had something of the person.
	told []tenant.EventID
}

// beginErasure finds somebody within the caller's scope, alive or in the trash, and locks their record. What went up in
// another customer is that one's.
func beginErasure(ctx context.Context, tx *tenant.Tx, r RecordRef) (*erasure, error) {
	b, _ := binOf(r.Noun)
	if r.Noun != "contact" && r.Noun != "customer" {
		return nil, fmt.Errorf("%s is nobody: %w", r, tenant.ErrNotFound)
	}
	e := &erasure{bin: b, record: r, whose: map[RecordRef]tenant.MemberID{}}
	visible, args := tx.Scope(personalDataDelete).Where(b.list.OwnerColumn, b.list.CustomerColumn)
	var owner tenant.MemberID
	err := tx.Get(ctx, &owner, fmt.Sprintf(`SELECT %[2]s FROM %[1]s %[3]s WHERE %[3]s.id = ? AND %[4]s
		AND NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = %[3]s.id) FOR UPDATE`, b.table, b.list.OwnerColumn, b.list.Alias, visible),
		append([]any{r.ID}, args...)...)
	if errors.Is(err, tenant.ErrNotFound) {
		err = findPurged(ctx, tx.Query, r)
	}
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", r, err)
	}
	e.whose[r] = owner
	if err := tx.Select(ctx, &e.ids, `SELECT loser_id FROM company.merges WHERE winner_id = ?`, r.ID); err != nil {
		return nil, err
	}
	e.ids = append(e.ids, r.ID)
	if e.held, err = belonging(ctx, tx.Query, e.ids); err != nil {
		return nil, err
	}
	return e, e.readNames(ctx, tx.Query)
}

// findPurged finds somebody of whom only the change log knows. Whose they were is known no more, so it takes a caller who
// reaches everybody.
func findPurged(ctx context.Context, q *tenant.Query, r RecordRef) error {
	if q.Scope(personalDataDelete).Level() != tenant.LevelAll {
		return tenant.ErrNotFound
	}
	var known tenant.RecordID
	return q.Get(ctx, &known, `SELECT l.record_id FROM company.changes l WHERE l.record_id = ? AND l.resource = ? AND l.type NOT IN (?, ?) AND l.data <> ?
		AND NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = l.record_id) LIMIT 1`, r.ID, r.Noun, r.Noun+".purged", r.Noun+".erased", forgotten)
}

// belonging returns records and all that a purge takes along and that has events of its own.
func belonging(ctx context.Context, q *tenant.Query, ids []tenant.RecordID) ([]tenant.RecordID, error) {
	all := slices.Clone(ids)
	for _, r := range references {
		if r.onPurge != follows && !r.told {
			continue
		}
		for part := range slices.Chunk(ids, 500) {
			var found []tenant.RecordID
			if err := q.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id FROM company.%s WHERE %s IN (?)`, r.table, r.column), part); err != nil {
				return nil, err
			}
			if len(found) == 0 {
				continue
			}
			with, err := belonging(ctx, q, found)
			if err != nil {
				return nil, err
			}
			all = append(all, with...)
		}
	}
	return all, nil
}

func (e *erasure) remove(ctx context.Context, tx *tenant.Tx) error {
	return e.bin.remove(ctx, tx, e.ids)
}

// tell emits that the person is erased, and so are the contacts who went with them.
func (e *erasure) tell(ctx context.Context, tx *tenant.Tx) error {
	var events []tenant.Event
	for r, owner := range e.whose {
		events = append(events, tenant.Event{Type: r.Noun + ".erased", Resource: r.Noun, Record: r.ID, OwnerBefore: owner, Data: purged{r}})
	}
	slices.SortFunc(events, func(a, b tenant.Event) int { return bytes.Compare(a.Record[:], b.Record[:]) })
	return tx.EmitAll(ctx, events, false)
}

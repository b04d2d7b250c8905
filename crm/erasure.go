package crm

import (
	"bytes"
	"context"
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
	dataSubject
	// told are the events that had something of the person.
	told []tenant.EventID
}

// beginErasure finds somebody within the caller's scope and locks their record.
func beginErasure(ctx context.Context, tx *tenant.Tx, r RecordRef) (*erasure, error) {
	s, err := findDataSubject(ctx, tx.Query, r, personalDataDelete, "FOR UPDATE")
	if isUnknown(err) {
		s, err = findPurged(ctx, tx.Query, r)
	}
	return &erasure{dataSubject: s}, err
}

// findPurged finds somebody of whom only the change log knows. Whose they were is known no more, so it takes a caller who
// reaches everybody.
func findPurged(ctx context.Context, q *tenant.Query, r RecordRef) (dataSubject, error) {
	b, _ := binOf(r.Noun)
	s := dataSubject{record: r, bin: b, whose: map[RecordRef]tenant.MemberID{r: {}}}
	err := tenant.ErrNotFound
	if q.Scope(personalDataDelete).Level() == tenant.LevelAll && (r.Noun == "contact" || r.Noun == "customer") {
		var known tenant.RecordID
		err = q.Get(ctx, &known, `SELECT l.record_id FROM company.changes l WHERE l.record_id = ? AND l.resource = ? AND l.type NOT IN (?, ?) AND l.data <> ?
			AND NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = l.record_id) LIMIT 1`, r.ID, r.Noun, r.Noun+".purged", r.Noun+".erased", forgotten)
	}
	if err != nil {
		return s, fmt.Errorf("record %s: %w", r, err)
	}
	return s, s.read(ctx, q)
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

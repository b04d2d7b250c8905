package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// What a row comes to.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowDuplicate = "duplicate"
	RowRejected  = "rejected"
)

// result is what an entry came to.
type result struct {
	*entry
	outcome  string
	id       tenant.RecordID
	problems []ImportProblem
	// change is set for an updated record.
	change importChange
}

// importChange is a record after a change, with the fields that differ as they were.
type importChange interface {
	changed() (after importable, previous map[string]any)
}

// known is a record that was there before the batch, or that a row of the batch makes.
type known struct {
	id    tenant.RecordID
	owner tenant.MemberID
	// line is the row that makes the record; 0 for one that was there.
	line int
}

// matcher finds the records that rows could be about.
type matcher interface {
	// byKey returns the records that a key finds, duplicate one that is the same as the entry's, and by what.
	byKey(key, value string) []known
	duplicate(e *entry) (known, string)
	// create looks over the record that a row makes, once it is known to be new; later rows see it too.
	create(ctx context.Context, e *entry) ([]ImportProblem, error)
	// update lays the row's values over a record that the caller may change.
	update(ctx context.Context, e *entry, id tenant.RecordID) (result, error)
}

// batch decides about entries against what is stored now. Nothing is written by deciding.
type batch struct {
	parser  *rowParser
	q       *tenant.Query
	matches matcher
}

// found returns the records that the key of the options finds for a record.
func (p *rowParser) found(m matcher, record importable) []known {
	key := p.options.Key
	f := p.noun.field(key)
	if f == nil || f.custom == nil {
		return m.byKey(key, record.keyed(key))
	}
	u, _ := f.custom.uniqueValueOf(record)
	if holder, ok := p.holders[u]; ok {
		return []known{holder}
	}
	return nil
}

// keyOf is what the key of the options has in a record; empty for nothing.
func (p *rowParser) keyOf(record importable) string {
	f := p.noun.field(p.options.Key)
	if f == nil || f.custom == nil {
		return record.keyed(p.options.Key)
	}
	u, ok := f.custom.uniqueValueOf(record)
	if !ok {
		return ""
	}
	return string(u.hash[:])
}

// changeable are those of the records that the caller may change.
func changeable(q *tenant.Query, n *importNoun, found []known) []known {
	scope := q.Scope(n.permission("update"))
	var mine []known
	for _, k := range found {
		if k.line == 0 && scope.Includes(k.owner) {
			mine = append(mine, k)
		}
	}
	return mine
}

// toChange are the records that the entries' keys find and the caller may change.
func (p *rowParser) toChange(q *tenant.Query, m matcher, entries []entry) []tenant.RecordID {
	ids := []tenant.RecordID{{}} // never an empty list
	for i := range entries {
		if found := changeable(q, p.noun, p.found(m, entries[i].record)); len(found) == 1 {
			ids = append(ids, found[0].id)
		}
	}
	return ids
}

// decideAll decides about the entries in the order of the file.
func decideAll(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) ([]result, error) {
	if err := p.findHolders(ctx, tx.Query, entries); err != nil {
		return nil, err
	}
	matches, err := p.noun.match(ctx, tx, p, entries, lock)
	if err != nil {
		return nil, err
	}
	b := &batch{p, tx.Query, matches}
	results := make([]result, len(entries))
	for i := range entries {
		if results[i], err = b.decide(ctx, &entries[i]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func onlyRejected(results []result) []result {
	var bad []result
	for _, r := range results {
		if r.outcome == RowRejected {
			bad = append(bad, r)
		}
	}
	return bad
}

// decide says what an entry comes to.
func (b *batch) decide(ctx context.Context, e *entry) (result, error) {
	options, name := b.parser.options, b.parser.noun.name
	if len(e.problems) > 0 {
		return rejected(e, e.problems...), nil
	}
	if options.Mode == ModeCreate {
		return b.create(ctx, e)
	}
	key := b.parser.keyOf(e.record)
	if key == "" {
		if options.Mode == ModeUpsert {
			return b.create(ctx, e)
		}
		return rejected(e, ImportProblem{Field: options.Key, Code: "key_empty", Message: "the " + options.Key + " is empty, by which the " + name + " is to be found"}), nil
	}
	found := b.parser.found(b.matches, e.record)
	mine := changeable(b.q, b.parser.noun, found)
	switch {
	case len(mine) <= 1 && b.parser.ahead.keys[key]:
		return b.again(ctx, e, mine)
	case len(mine) == 1:
		return b.update(ctx, e, mine[0].id)
	case len(mine) > 1:
		return rejected(e, ImportProblem{Field: options.Key, Code: "several_found", Message: "several " + b.parser.noun.resource + " have this " + options.Key + "; merge them, or choose another key"}), nil
	case len(found) > 0:
		return b.repeats(e, found[0], options.Key), nil
	case options.Mode == ModeUpdate:
		return rejected(e, ImportProblem{Field: options.Key, Code: "not_found", Message: "no " + name + " has this " + options.Key}), nil
	}
	return b.create(ctx, e)
}

func rejected(e *entry, problems ...ImportProblem) result {
	return result{entry: e, outcome: RowRejected, problems: problems}
}

func (b *batch) create(ctx context.Context, e *entry) (result, error) {
	if problems := append(e.unlessThere, b.parser.missing(e.record, nil)...); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	if k, by := b.matches.duplicate(e); by != "" {
		return b.repeats(e, k, by), nil
	}
	if problems := b.taken(e, tenant.RecordID{}); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	if problems, err := b.matches.create(ctx, e); err != nil || len(problems) > 0 {
		return rejected(e, problems...), err
	}
	b.claim(e, tenant.RecordID{})
	return result{entry: e, outcome: RowCreated, id: e.record.recordID(), problems: e.warnings}, nil
}

func (b *batch) update(ctx context.Context, e *entry, id tenant.RecordID) (result, error) {
	if problems := b.taken(e, id); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	r, err := b.matches.update(ctx, e, id)
	if err == nil && r.outcome == RowUpdated {
		b.claim(e, id)
	}
	return r, err
}

// repeats makes a duplicate. Of a record that the importer cannot see it tells only that there is one.
func (b *batch) repeats(e *entry, k known, by string) result {
	n := b.parser.noun
	r := result{entry: e, outcome: RowDuplicate, id: k.id}
	problem := ImportProblem{Field: by, Code: "exists_already", Message: "one of the " + n.resource + " has this " + by + " already"}
	switch {
	case k.line > 0:
		problem.Code, problem.Message = "repeats_line", fmt.Sprintf("the row has the same %s as line %d", by, k.line)
	case !b.q.Scope(n.permission("read")).Includes(k.owner):
		r.id = tenant.RecordID{}
		problem.Code, problem.Message = "colleagues_record", "one of a colleague's "+n.resource+" has this "+by
	}
	r.problems = []ImportProblem{problem}
	return r
}

// createdIn are the new records of a batch.
func createdIn[R any, P pointerTo[R]](results []result) []R {
	var created []R
	for _, r := range results {
		if r.outcome == RowCreated {
			created = append(created, *recordAs[P](r.record))
		}
	}
	return created
}

// changesIn are the changes of a batch, those of one record as one: several rows may find it.
func changesIn[C any, P followed[C]](results []result) ([]C, error) {
	var changes []C
	at := map[tenant.RecordID]int{}
	for _, r := range results {
		if r.outcome != RowUpdated {
			continue
		}
		next := *recordAs[P](r.change)
		n, again := at[r.id]
		if !again {
			at[r.id] = len(changes)
			changes = append(changes, next)
		} else if err := P(&changes[n]).follow(next); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// followed is a change that becomes one with the next of the same record.
type followed[C any] interface {
	*C
	importChange
	follow(next C) error
}

// updated is what a change of a record comes to that finds nothing wrong.
func (p *rowParser) updated(e *entry, id tenant.RecordID, change importChange) result {
	if _, previous := change.changed(); len(previous) == 0 {
		return result{entry: e, outcome: RowDuplicate, id: id, problems: []ImportProblem{
			{Field: p.options.Key, Code: "nothing_new", Message: "the row says nothing new of the " + p.noun.name},
		}}
	}
	return result{entry: e, outcome: RowUpdated, id: id, change: change}
}

// gone rejects a row whose record was deleted since the matches were read.
func (p *rowParser) gone(e *entry) result {
	return rejected(e, ImportProblem{Field: p.options.Key, Code: "not_found", Message: "the " + p.noun.name + " was just deleted"})
}

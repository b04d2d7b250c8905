package crm

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// uniqueValue is a value of a field of which no two records may have the same.
type uniqueValue struct {
	field CustomFieldID
	hash  [sha256.Size]byte
}

// uniqueValueOf returns what a record holds of a unique field; ok is false when it has no value.
func (c *customColumn) uniqueValueOf(record importable) (u uniqueValue, ok bool) {
	value, ok := (*recordAs[customHolder](record).customValues())[c.Key]
	return uniqueValue{c.ID, uniqueHash(value)}, ok
}

// claimant is the row of the file that a unique value goes to.
type claimant struct {
	line int
	id   tenant.RecordID
	// key finds the same record again, where rows find records.
	key string
}

// isSame reports whether both rows are about one record.
func (c claimant) isSame(other claimant) bool {
	return c.line == other.line || c.id == other.id || c.key != "" && c.key == other.key
}

// findHolders finds the records that have the unique values of a batch's entries now.
func (p *rowParser) findHolders(ctx context.Context, q *tenant.Query, entries []entry) error {
	p.holders = map[uniqueValue]known{}
	of := customNounNamed(p.noun.name).resource
	for _, f := range p.uniques {
		var hashes [][]byte
		for i := range entries {
			if u, ok := f.custom.uniqueValueOf(entries[i].record); ok {
				hashes = append(hashes, u.hash[:])
			}
		}
		if len(hashes) == 0 {
			continue
		}
		var found []struct {
			Hash  []byte          `db:"value_hash"`
			ID    tenant.RecordID `db:"record_id"`
			Owner tenant.MemberID `db:"owner_id"`
		}
		if err := q.SelectIn(ctx, &found, fmt.Sprintf(`SELECT u.value_hash, u.record_id, %s AS owner_id FROM company.field_uniques u
			JOIN %s %s ON %[3]s.id = u.record_id WHERE u.field_id = ? AND u.value_hash IN (?)`, of.OwnerColumn, of.Table, of.Alias), f.custom.ID, hashes); err != nil {
			return err
		}
		for _, h := range found {
			p.holders[uniqueValue{f.custom.ID, [sha256.Size]byte(h.Hash)}] = known{id: h.ID, owner: h.Owner}
		}
	}
	return nil
}

// taken are the unique values of an entry that another record has, or gets by a row before. id is the record that the
// entry is about.
func (b *batch) taken(e *entry, id tenant.RecordID) (problems []ImportProblem) {
	p := b.parser
	for _, f := range p.uniques {
		u, ok := f.custom.uniqueValueOf(e.record)
		if !ok || !id.IsZero() && f.custom.isMasked(p.caller) {
			continue // what a role masks stays as it is
		}
		problem := ImportProblem{Column: p.columnOf(f.key), Field: f.key}
		if holder, held := p.holders[u]; held {
			if holder.id == id {
				continue
			}
			problem.Code, problem.Message = "value_taken", "another "+p.noun.name+" has this value, which only one may have"
		} else if first, claimed := p.claimed[u]; claimed && !first.isSame(b.claimant(e, id)) {
			problem.Code, problem.Message = "value_repeated", fmt.Sprintf("line %d has the same value, which only one %s may have", first.line, p.noun.name)
		} else {
			continue
		}
		problems = append(problems, problem)
	}
	return problems
}

// claim keeps an entry's unique values for its record, so that rows behind do not get them.
func (b *batch) claim(e *entry, id tenant.RecordID) {
	for _, f := range b.parser.uniques {
		if u, ok := f.custom.uniqueValueOf(e.record); ok {
			b.parser.claimed[u] = b.claimant(e, id)
		}
	}
}

func (b *batch) claimant(e *entry, id tenant.RecordID) claimant {
	c := claimant{line: e.row.Line, id: id}
	if b.parser.options.Mode != ModeCreate {
		c.key = b.parser.keyOf(e.record)
	}
	if id.IsZero() {
		c.id = e.record.recordID()
	}
	return c
}

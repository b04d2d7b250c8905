package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// importReader reads the rows of an import's file in batches.
type importReader struct {
	*sheet.Reader
	parser *rowParser
	// first is how many rows stood before the batch, count how many have been read.
	first, count int
	// held was read and belongs to the next batch.
	held *entry
}

// openImport opens the file behind the position.
func openImport(ctx context.Context, q *tenant.Query, imp Import) (*importReader, error) {
	noun, err := imp.noun().withCustom(ctx, q)
	if err != nil {
		return nil, err
	}
	owners, err := readOwnerBook(ctx, q, noun, imp.Options.Mode)
	if err != nil {
		return nil, err
	}
	file, err := openUpload(ctx, q, imp.UploadID)
	if err != nil {
		return nil, err
	}
	rd, err := sheet.Open(imp.FileName, file, file.size, imp.Reading.options())
	if err != nil {
		return nil, err
	}
	r := &importReader{Reader: rd, parser: newRowParser(q, rd.Columns(), imp, noun, owners)}
	if r.parser.noun.learn != nil {
		if err := r.parser.noun.learn(ctx, q, r.parser); err != nil {
			return nil, err
		}
	}
	return r, r.skip(imp.Position, q.Caller)
}

func (r *importReader) skip(position int, caller *tenant.Caller) error {
	for position > 0 && r.Next() {
		row := r.Row()
		r.count++
		if row.Line > position {
			e := r.parser.parse(row, caller)
			r.held = &e
			return nil
		}
	}
	return r.Err()
}

// batch returns the next rows, and whether the file has no more. Where a key finds records, no two rows of a
// batch have the same: the second must see what the first has changed.
func (r *importReader) batch(caller *tenant.Caller) (entries []entry, over bool, err error) {
	keys := map[string]bool{}
	if r.held != nil {
		entries, r.held = append(entries, *r.held), nil
		keys[r.keyOf(&entries[0])] = true
	}
	r.first = r.count - len(entries)
	for len(entries) < importBatch {
		if !r.Next() {
			return entries, r.Err() == nil, r.Err()
		}
		r.count++
		e := r.parser.parse(r.Row(), caller)
		key := r.keyOf(&e)
		if key != "" && keys[key] {
			r.held = &e
			return entries, false, nil
		}
		keys[key] = true
		entries = append(entries, e)
	}
	return entries, false, nil
}

// keyOf is empty for rows that no key finds.
func (r *importReader) keyOf(e *entry) string {
	if r.parser.options.Mode == ModeCreate {
		return ""
	}
	return r.parser.keyOf(e.record)
}

package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// check finds the rejected rows of a batch without taking any row in. Being repeated after a kill it finds
// the same again.
func (r *importRun) check(ctx context.Context, rd *importReader, entries []entry, over bool) error {
	results, err := r.inBatch(ctx, rd, entries, "", func(tx *tenant.Tx, imp Import, results []result) error {
		bad := onlyRejected(results)
		if err := writeImportRows(ctx, tx, r.imp.ID, bad); err != nil {
			return err
		}
		if rd.first == 0 {
			imp.Rejected = 0
		}
		imp.Status, imp.Rejected = ImportRunning, imp.Rejected+len(bad)
		if over {
			imp.RowsTotal, imp.Notices = rd.count, fileNotices(rd.Notices())
		}
		if over && imp.Rejected > 0 {
			imp.RowsDone = rd.count
			imp.Error = fmt.Sprintf("nothing was imported: %d of %d rows have problems, and all or nothing was asked for", imp.Rejected, rd.count)
			return endImport(ctx, tx, imp, ImportFailed)
		}
		_, err := saveImport(ctx, tx, imp)
		return err
	})
	rd.parser.expect(results)
	return err
}

// take takes a batch in; rows and progress commit together.
func (r *importRun) take(ctx context.Context, rd *importReader, entries []entry, over bool) error {
	_, err := r.inBatch(ctx, rd, entries, "FOR UPDATE", func(tx *tenant.Tx, imp Import, results []result) error {
		imp.Status = ImportRunning
		if bad := onlyRejected(results); len(bad) > 0 && imp.Options.OnError == AllOrNothing {
			imp.Rejected += len(bad)
			imp.Error = "nothing was imported: a row that was good when the file was checked cannot be taken any more, and all or nothing was asked for"
			if err := writeImportRows(ctx, tx, imp.ID, bad); err != nil {
				return err
			}
			return beginUndo(ctx, tx, imp, ImportFailed)
		}
		if err := imp.noun().store(ctx, tx, imp, results); err != nil {
			return err
		}
		if err := writeImportRows(ctx, tx, imp.ID, results); err != nil {
			return err
		}
		imp.count(results)
		if over {
			imp.RowsTotal, imp.Notices = imp.RowsDone, fileNotices(rd.Notices())
			return endImport(ctx, tx, imp, ImportFinished)
		}
		_, err := saveImport(ctx, tx, imp)
		return err
	})
	if err == nil && len(entries) > 0 {
		r.imp.Position = entries[len(entries)-1].row.Line
	}
	return err
}

// inBatch decides about a batch, does what comes of it and returns that. Deciding fills in what rows leave open, so a
// transaction that is run again reads them anew.
func (r *importRun) inBatch(ctx context.Context, rd *importReader, entries []entry, lock string,
	do func(*tenant.Tx, Import, []result) error,
) (results []result, err error) {
	again := false
	err = r.inTx(ctx, func(tx *tenant.Tx) error {
		imp, err := r.hold(ctx, tx, ImportQueued, ImportRunning)
		if err != nil {
			return err
		}
		for i := 0; again && i < len(entries); i++ {
			entries[i] = rd.parser.parse(entries[i].row, r.caller)
		}
		again = true
		if results, err = decideAll(ctx, tx, rd.parser, entries, lock); err != nil {
			return err
		}
		return do(tx, imp, results)
	})
	return results, err
}

// count adds what a batch came to.
func (i *Import) count(results []result) {
	for _, res := range results {
		switch res.outcome {
		case RowCreated:
			i.Created++
		case RowUpdated:
			i.Updated++
		case RowDuplicate:
			i.Duplicates++
		case RowRejected:
			i.Rejected++
		}
		i.Position = res.row.Line
	}
	i.RowsDone += len(results)
	i.RowsTotal = max(i.RowsTotal, i.RowsDone)
}

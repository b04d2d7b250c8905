package crm

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// sampledRows is how far samples are looked for, sampleCount how many of a column are shown.
	sampledRows  = 50
	sampleCount  = 3
	sampleLength = 100
	// maxImportColumns is more than any list of records has.
	maxImportColumns = 1000
)

// examine finds out what the file is when it is read as the importer said.
func (i *Import) examine(ctx context.Context, q *tenant.Query) error {
	file, err := openUpload(ctx, q, i.UploadID)
	if err != nil {
		return err
	}
	options := i.Reading.options()
	options.Language = q.Caller.Locale
	rd, err := sheet.Open(i.FileName, file, file.size, options)
	if err != nil {
		return unreadable(err)
	}
	defer func() { _ = rd.Close() }()
	if rd.Format().Kind == sheet.KindVCard && i.Resource != contacts.Name {
		return tenant.Invalid("resource", "cards_are_contacts", "must be contacts: a vCard file holds people")
	}
	columns := rd.Columns()
	if len(columns) > maxImportColumns {
		return tenant.Invalid("file", "too_wide", "has more than 1000 columns; keep those that are needed and upload it again")
	}
	i.File = importFile(rd.Format(), file.size)
	i.Columns = make([]ImportColumn, len(columns))
	for n, c := range columns {
		i.Columns[n] = ImportColumn{Key: c.Key, Heading: c.Header, Samples: []string{}}
	}
	noun, err := i.noun().withCustom(ctx, q)
	if err != nil {
		return err
	}
	if err := i.suggest(ctx, q, noun, columns); err != nil {
		return err
	}
	if i.RowsTotal, err = i.survey(rd); err != nil {
		return unreadable(err)
	}
	i.Notices = fileNotices(rd.Notices())
	return nil
}

// suggest takes the saved mapping that fits, or looks at the headings themselves.
func (i *Import) suggest(ctx context.Context, q *tenant.Query, n *importNoun, columns []sheet.Column) error {
	saved, filled, err := i.fitting(ctx, q, n)
	if len(filled) > 0 {
		i.SavedMapping, i.Suggested = &MappingCard{saved.ID, saved.Name}, filled
	} else {
		i.SavedMapping, i.Suggested = nil, n.suggest(columns)
	}
	return err
}

// survey collects samples and counts the rows. A workbook says itself how many it has; reading all of it only
// for that would take long.
func (i *Import) survey(rd *sheet.Reader) (int, error) {
	rows := 0
	for rd.Next() {
		if rows++; rows <= sampledRows {
			i.sample(rd.Row().Cells)
		} else if rd.Format().Kind == sheet.KindXLSX {
			break
		}
	}
	if format := rd.Format(); rows > sampledRows {
		for _, s := range format.Sheets {
			if s.Name == format.Sheet {
				rows = max(rows, s.Rows-format.HeaderRows)
			}
		}
	}
	return rows, rd.Err()
}

func (i *Import) sample(cells []string) {
	for n, cell := range cells {
		if c := &i.Columns[n]; !isBlank(cell) && len(c.Samples) < sampleCount {
			c.Samples = append(c.Samples, search.Cut(cell, sampleLength))
		}
	}
}

func importFile(f sheet.Format, size int64) ImportFile {
	file := ImportFile{
		Kind: string(f.Kind), Size: size, Encoding: f.Encoding, Sheets: []ImportSheet{}, Sheet: f.Sheet, HeaderLine: f.HeaderLine,
	}
	if f.Delimiter != 0 {
		file.Delimiter = string(f.Delimiter)
	}
	for _, s := range f.Sheets {
		file.Sheets = append(file.Sheets, ImportSheet{s.Name, s.Hidden, s.Rows})
	}
	return file
}

func fileNotices(all []sheet.Notice) []ImportNotice {
	notices := make([]ImportNotice, len(all))
	for i, n := range all {
		notices[i] = ImportNotice{n.Code, n.Message, n.Count, append([]int{}, n.Lines...)}
	}
	return notices
}

// unreadable turns what is wrong with a file into what is wrong with the request.
func unreadable(err error) error {
	e, ok := errors.AsType[*sheet.FileError](err)
	if !ok {
		return err
	}
	field := "file"
	switch e.Code {
	case sheet.NoSheet:
		field = "sheet"
	case sheet.NoHeading:
		field = "header_line"
	case sheet.BadOption:
		field = "encoding" // the other choices were checked before
	}
	return tenant.Invalid(field, e.Code, e.Message)
}

// ImportPreview shows what the first rows of an import will come to.
type ImportPreview struct {
	Import Import       `json:"import" doc:"The import."`
	Rows   []PreviewRow `json:"rows" nullable:"false" doc:"The first rows, at most 20."`
	// Checked rows are counted by what they will come to.
	Checked    int `json:"checked" doc:"How many rows were looked at, at most 1000."`
	Created    int `json:"created" doc:"How many of them will make a record."`
	Updated    int `json:"updated" doc:"How many will change one."`
	Duplicates int `json:"duplicates" doc:"How many will be left out because the record is there already."`
	Rejected   int `json:"rejected" doc:"How many have problems."`
}

// PreviewRow is one row and what it will come to.
type PreviewRow struct {
	Line     int        `json:"line" doc:"Line of the file."`
	Outcome  string     `json:"outcome" enum:"created,updated,duplicate,rejected" doc:"What it will come to."`
	RecordID *RecordRef `json:"record_id" doc:"The record that will be changed or is there already; null when there is none or it is a colleague's." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Customer *Customer  `json:"customer,omitempty" doc:"Of an import of customers, the customer as it will be stored. Of a rejected row, what could be read."`
	Contact  *Contact   `json:"contact,omitempty" doc:"The same for contacts."`
	// NewCustomer is empty unless the import makes customers.
	NewCustomer string `json:"new_customer,omitempty" doc:"Name of the customer that the contact's row will make." example:"云帆科技"`
	Deal        *Deal  `json:"deal,omitempty" doc:"The same for deals."`
	Task        *Task  `json:"task,omitempty" doc:"The same for tasks."`
	// Interaction has its customer's name.
	Interaction *Interaction    `json:"interaction,omitempty" doc:"The same for interactions."`
	Problems    []ImportProblem `json:"problems" nullable:"false" doc:"Everything that is wrong with the row, or why it will be left out."`
}

const (
	previewRows    = 20
	previewChecked = 1000
)

// preview decides about the first rows as the run will, and stores nothing.
func preview(ctx context.Context, tx *tenant.Tx, imp Import) (ImportPreview, error) {
	p := ImportPreview{Import: imp, Rows: []PreviewRow{}}
	rd, err := openImport(ctx, tx.Query, imp)
	if err != nil {
		return p, unreadable(err)
	}
	defer func() { _ = rd.Close() }()
	for over := false; !over && p.Checked < previewChecked; {
		var entries []entry
		if entries, over, err = rd.batch(tx.Caller); err != nil {
			return p, unreadable(err)
		}
		results, err := decideAll(ctx, tx, rd.parser, entries, "")
		if err != nil {
			return p, err
		}
		rd.parser.expect(results)
		p.add(results, tx.Query)
	}
	return p, fillCards(ctx, tx.Query, p.Rows, (*PreviewRow).carded)
}

func (p *ImportPreview) add(results []result, q *tenant.Query) {
	var counts Import
	counts.count(results)
	p.Checked += len(results)
	p.Created += counts.Created
	p.Updated += counts.Updated
	p.Duplicates += counts.Duplicates
	p.Rejected += counts.Rejected
	for _, r := range results[:min(len(results), previewRows-len(p.Rows))] {
		p.Rows = append(p.Rows, r.preview(q, p.Import.noun()))
	}
}

func (r *result) preview(q *tenant.Query, n *importNoun) PreviewRow {
	row := PreviewRow{Line: r.row.Line, Outcome: r.outcome, RecordID: n.ref(r.id), Problems: append([]ImportProblem{}, r.problems...)}
	record := r.record
	if r.change != nil {
		record, _ = r.change.changed()
	}
	if r.outcome == RowCreated {
		row.RecordID = nil // the id is made anew when the import runs
	}
	row.show(record, r.change == nil, q.Now)
	if said, ok := r.record.(*Contact); ok && (r.outcome == RowCreated || r.outcome == RowUpdated) {
		row.announce(said)
	}
	return row
}

func (row *PreviewRow) carded() (CustomerID, **CustomerCard) {
	switch {
	case row.Contact != nil:
		return row.Contact.carded()
	case row.Deal != nil:
		return row.Deal.carded()
	case row.Task != nil:
		return row.Task.carded()
	}
	return CustomerID{}, nil
}

// show puts the record where its kind belongs. A new one has neither id nor times yet.
func (row *PreviewRow) show(record importable, fresh bool, now time.Time) {
	switch shown := record.(type) {
	case *Customer:
		c := *shown
		if fresh {
			c.stampNew(now)
			c.ID = CustomerID{}
		}
		row.Customer = &c
	case *Contact:
		p := *shown
		if fresh {
			p.stampNew(now)
			p.ID = ContactID{}
		}
		p.Customer = nil // filled in for the whole page
		row.Contact = &p
	case *Deal:
		d := *shown
		if fresh {
			d.ID, d.CreatedAt, d.UpdatedAt = DealID{}, cmp.Or(d.CreatedAt, now), now
		}
		d.Customer = nil
		row.Deal = &d
	case *Task:
		t := *shown
		if fresh {
			t.ID, t.CreatedAt, t.UpdatedAt = TaskID{}, cmp.Or(t.CreatedAt, now), now
		}
		t.Customer = nil
		row.Task = &t
	case *Interaction:
		i := *shown
		i.ID, i.TaskID, i.CreatedAt, i.UpdatedAt = InteractionID{}, TaskID{}, now, now
		row.Interaction = &i
	}
}

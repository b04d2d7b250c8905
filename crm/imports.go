package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type importKind struct{}

func (importKind) Prefix() string { return "imp" }

// ImportID identifies an import (imp_…).
type ImportID = tenant.ID[importKind]

// ParseImportID reads an import's id.
func ParseImportID(s string) (ImportID, error) { return tenant.ParseID[importKind](s) }

const (
	importCreate tenant.Permission = "import:create"
	importRead   tenant.Permission = "import:read"
)

// The states of an import.
const (
	ImportMapping   = "mapping"   // waits for its columns to be mapped and to be run
	ImportQueued    = "queued"    // waits for a worker
	ImportRunning   = "running"   // a worker is at it
	ImportFinished  = "finished"  // every row has come to something
	ImportFailed    = "failed"    // error says why; with all_or_nothing nothing of it is stored
	ImportCancelled = "cancelled" // stopped by somebody; what was stored until then stays
	ImportUndoing   = "undoing"   // a worker takes back what was stored
	ImportUndone    = "undone"    // everything that could be taken back was
)

// Import brings the rows of one file in as records of one kind.
type Import struct {
	ID       ImportID        `db:"id" json:"id" doc:"The import's id." example:"imp_01h455vb4pex5vsknk084sn02q"`
	Resource string          `db:"resource" json:"resource" enum:"customers,contacts,deals,tasks,interactions" doc:"What kind of records the rows become." example:"customers"`
	FileName string          `db:"file_name" json:"file_name" doc:"Name of the file that was sent." example:"customers.csv"`
	MemberID tenant.MemberID `db:"member_id" json:"member_id" doc:"Who sent it."`
	ActorID  tenant.MemberID `db:"actor_id" json:"actor_id" nullable:"true" doc:"Who ran it, or undid it; the work is done with this member's rights; null before."`
	Status   string          `db:"status" json:"status" enum:"mapping,queued,running,finished,failed,cancelled,undoing,undone" doc:"How far it is."`
	// File, Columns, Suggested and Notices are what was found out about the file.
	File      ImportFile      `db:"-" json:"file" doc:"What the file is."`
	Columns   []ImportColumn  `db:"-" json:"columns" nullable:"false" doc:"The columns in the order of the file."`
	Suggested []ColumnMapping `db:"-" json:"suggested" nullable:"false" doc:"Which field each heading seems to mean."`
	// SavedMapping is none where the headings themselves were looked at.
	SavedMapping *MappingCard    `db:"-" json:"saved_mapping,omitempty" doc:"The saved mapping that is suggested, because the file has all its headings; left out when none fits."`
	Mapping      []ColumnMapping `db:"-" json:"mapping" nullable:"false" doc:"Which field each column fills; the others are ignored."`
	Options      ImportOptions   `db:"-" json:"options" doc:"How rows become records."`
	Notices      []ImportNotice  `db:"-" json:"notices" nullable:"false" doc:"What was done to the file without asking."`
	Error        string          `db:"error" json:"error" doc:"Why it failed; empty otherwise." example:""`
	RowsTotal    int             `db:"rows_total" json:"rows_total" doc:"Rows of the file; an estimate until the import has read them all."`
	RowsDone     int             `db:"rows_done" json:"rows_done" doc:"Rows that have come to something."`
	Created      int             `db:"created" json:"created" doc:"Records made."`
	Updated      int             `db:"updated" json:"updated" doc:"Records changed."`
	Duplicates   int             `db:"duplicates" json:"duplicates" doc:"Rows left out because the record is there already and the row says nothing new of it."`
	Rejected     int             `db:"rejected" json:"rejected" doc:"Rows that could not be taken."`
	Undone       int             `db:"undone" json:"undone" doc:"Records that were taken back."`
	Percent      int             `db:"-" json:"percent" doc:"How much of the present work is done."`
	CreatedAt    time.Time       `db:"created_at" json:"created_at" doc:"When the file was sent (UTC)."`
	UpdatedAt    time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	StartedAt    *time.Time      `db:"started_at" json:"started_at" doc:"When it was run (UTC)."`
	FinishedAt   *time.Time      `db:"finished_at" json:"finished_at" doc:"When it came to its end (UTC)."`
	Version      int64           `db:"version" json:"-"`

	UploadID UploadID      `db:"upload_id" json:"-"`
	Reading  importReading `db:"-" json:"-"`
	// StatusAfter is what an undo ends in, Position the line up to which the present pass has come.
	StatusAfter string `db:"status_after" json:"-"`
	Position    int    `db:"position" json:"-"`
}

// MappingCard names a mapping that was kept.
type MappingCard struct {
	ID   ImportMappingID `json:"id" doc:"The mapping." example:"map_01h455vb4pex5vsknk084sn02q"`
	Name string          `json:"name" doc:"What it was called when the file was sent." example:"Fair"`
}

// importRecord is an import as its table keeps it.
type importRecord struct {
	Import
	FileText      []byte `db:"file"`
	ColumnsText   []byte `db:"columns"`
	ReadingText   []byte `db:"reading"`
	SuggestedText []byte `db:"suggested"`
	SavedText     []byte `db:"saved_mapping"`
	MappingText   []byte `db:"mapping"`
	OptionsText   []byte `db:"options"`
	NoticesText   []byte `db:"notices"`
}

const importColumns = `i.id, i.upload_id, i.resource, i.file_name, i.member_id, i.actor_id, i.status, i.status_after, i.file, i.columns, i.reading,
	i.suggested, i.saved_mapping, i.mapping, i.options, i.notices, i.error, i.position, i.rows_total, i.rows_done, i.created, i.updated, i.duplicates,
	i.rejected, i.undone, i.version, i.created_at, i.updated_at, i.started_at, i.finished_at`

// parts pairs what is kept as JSON with its text.
func (r *importRecord) parts() []struct {
	text  *[]byte
	value any
} {
	return []struct {
		text  *[]byte
		value any
	}{
		{&r.FileText, &r.File}, {&r.ColumnsText, &r.Columns}, {&r.ReadingText, &r.Reading}, {&r.SuggestedText, &r.Suggested}, {&r.SavedText, &r.SavedMapping},
		{&r.MappingText, &r.Mapping}, {&r.OptionsText, &r.Options}, {&r.NoticesText, &r.Notices},
	}
}

func (r *importRecord) decode() (Import, error) {
	for _, p := range r.parts() {
		if err := json.Unmarshal(*p.text, p.value); err != nil {
			return Import{}, fmt.Errorf("import %s: %w", r.ID, err)
		}
	}
	r.Percent = r.percent()
	return r.Import, nil
}

func (i Import) record() (importRecord, error) {
	r := importRecord{Import: i}
	for _, p := range r.parts() {
		text, err := json.Marshal(p.value)
		if err != nil {
			return r, err
		}
		*p.text = text
	}
	return r, nil
}

// noun is the kind of the records. One that is not known any more was imported by another version of the product.
func (i *Import) noun() *importNoun { return importNounOf(i.Resource) }

// percent never says 100 before the end: the number of rows is an estimate.
func (i *Import) percent() int {
	done, total := i.RowsDone, i.RowsTotal
	switch i.Status {
	case ImportMapping, ImportQueued:
		return 0
	case ImportUndoing:
		done, total = i.Undone, i.Created+i.Updated
	case ImportRunning:
	default:
		return 100
	}
	return min(99, 100*done/max(total, 1))
}

var imports = &list.Resource{
	Name: "imports", Table: "company.imports", Alias: "i", OwnerColumn: "i.member_id", Owner: "member", Order: "created_at desc", Live: "1=1",
	Fields: map[string]list.Field{
		"id":         {Kind: list.ID, Column: "i.id", Parse: func(s string) (any, error) { return ParseImportID(s) }},
		"resource":   {Kind: list.Enum, Column: "i.resource", Values: importResources()},
		"file_name":  {Kind: list.Text, Column: "i.file_name"},
		"member":     {Kind: list.Member, Column: "i.member_id"},
		"status":     {Kind: list.Enum, Column: "i.status", Values: importStates},
		"created_at": {Kind: list.Time, Column: "i.created_at", Sort: "i.created_at", Indexes: []list.Index{list.By("imports_created"), list.By("imports_member_created", "member")}},
	},
}

var importStates = []string{
	ImportMapping, ImportQueued, ImportRunning, ImportFinished, ImportFailed, ImportCancelled, ImportUndoing, ImportUndone,
}

func (r importRecord) sortKey(string) (any, [16]byte) { return r.CreatedAt, r.ID }

// ListImports returns one page of the imports of those whom the caller reaches with import:read.
func ListImports(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Import], error) {
	if in.Q != "" {
		return Page[Import]{}, tenant.Invalid("q", "unknown", "imports are not searched; filter by file_name")
	}
	p, err := list.New(q, imports, in, q.Scope(importRead))
	if err != nil {
		return Page[Import]{}, err
	}
	records, err := list.Read(ctx, q, p, importColumns, in.Count, importRecord.sortKey)
	if err != nil {
		return Page[Import]{}, err
	}
	page := Page[Import]{Data: []Import{}, NextCursor: records.NextCursor, Total: records.Total, TotalCapped: records.TotalCapped}
	for i := range records.Data {
		imp, err := records.Data[i].decode()
		if err != nil {
			return Page[Import]{}, err
		}
		page.Data = append(page.Data, imp)
	}
	return page, nil
}

// GetImport returns an import of somebody whom the caller reaches with import:read, else ErrNotFound.
func GetImport(ctx context.Context, q *tenant.Query, id ImportID) (Import, error) {
	return findImport(ctx, q, id, importRead, "")
}

// lockImport is GetImport for a change: the row stays locked until the transaction ends. version, when not 0,
// must be the import's, else ErrStale.
func lockImport(ctx context.Context, tx *tenant.Tx, id ImportID, version int64) (Import, error) {
	imp, err := findImport(ctx, tx.Query, id, importCreate, "FOR UPDATE")
	if err == nil && version != 0 && version != imp.Version {
		err = fmt.Errorf("import %s: %w", id, tenant.ErrStale)
	}
	return imp, err
}

func findImport(ctx context.Context, q *tenant.Query, id ImportID, permission tenant.Permission, lock string) (Import, error) {
	visible, args := q.Scope(permission).Where("i.member_id", "")
	imp, err := selectImport(ctx, q, `i.id = ? AND `+visible, append([]any{id}, args...), lock)
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	return imp, nil
}

func selectImport(ctx context.Context, q *tenant.Query, where string, args []any, lock string) (Import, error) {
	var r importRecord
	if err := q.Get(ctx, &r, `SELECT `+importColumns+` FROM company.imports i WHERE `+where+` `+lock, args...); err != nil {
		return Import{}, err
	}
	return r.decode()
}

// saveImport writes everything that can change of an import, under the next version.
func saveImport(ctx context.Context, tx *tenant.Tx, imp Import) (Import, error) {
	imp.Version, imp.UpdatedAt, imp.Percent = imp.Version+1, tx.Now, imp.percent()
	r, err := imp.record()
	if err != nil {
		return Import{}, err
	}
	_, err = tx.NamedExec(ctx, `
		UPDATE company.imports SET actor_id = :actor_id, status = :status, status_after = :status_after, file = :file, columns = :columns,
			reading = :reading, suggested = :suggested, saved_mapping = :saved_mapping, mapping = :mapping, options = :options, notices = :notices, error = :error,
			position = :position, rows_total = :rows_total, rows_done = :rows_done, created = :created, updated = :updated,
			duplicates = :duplicates, rejected = :rejected, undone = :undone, version = :version, updated_at = :updated_at,
			started_at = :started_at, finished_at = :finished_at
		WHERE id = :id`, r)
	return imp, err
}

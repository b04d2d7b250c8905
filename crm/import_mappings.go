package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type importMappingKind struct{}

func (importMappingKind) Prefix() string { return "map" }

// ImportMappingID identifies a saved mapping (map_…).
type ImportMappingID = tenant.ID[importMappingKind]

// SavedMapping is kept under a name for files that come again: which field each heading means, and how rows become
// records. Whether somebody may import such records is not decided by it.
type SavedMapping struct {
	ID        ImportMappingID `db:"id" json:"id" doc:"The mapping's id." example:"map_01h455vb4pex5vsknk084sn02q"`
	Name      string          `db:"name" json:"name" doc:"What it is called. Nobody has two of one name." example:"Fair"`
	Resource  string          `db:"resource" json:"resource" doc:"What kind of records the rows become." example:"customers"`
	Fields    headingFields   `db:"fields" json:"fields" nullable:"false" doc:"Which field each heading means. It fits files that have all the headings, in any order and among others."`
	Options   ImportOptions   `db:"options" json:"options" doc:"How rows become records."`
	Shared    bool            `db:"shared" json:"shared" doc:"Whether everybody in the company has it, or its owner alone."`
	OwnerID   tenant.MemberID `db:"owner_id" json:"owner_id" doc:"Who made it."`
	UsedAt    *time.Time      `db:"used_at" json:"used_at" doc:"When an import that it was suggested for was last run (UTC); null before."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64           `db:"version" json:"-"`
}

// HeadingField says what a heading means.
type HeadingField struct {
	Heading string `json:"heading" minLength:"1" maxLength:"200" doc:"The heading; upper and lower case, spaces and signs make no difference." example:"手机"`
	Field   string `json:"field" maxLength:"64" doc:"The field of the record; custom.<key> for one that the company has added." example:"phone"`
}

type headingFields []HeadingField

// Value implements driver.Valuer.
func (l headingFields) Value() (driver.Value, error) { return jsonColumn([]HeadingField(l)) }

// Scan implements sql.Scanner.
func (l *headingFields) Scan(src any) error { return scanJSON(src, (*[]HeadingField)(l)) }

// Value implements driver.Valuer.
func (o ImportOptions) Value() (driver.Value, error) {
	text, err := json.Marshal(o)
	return string(text), err
}

// Scan implements sql.Scanner.
func (o *ImportOptions) Scan(src any) error { return scanJSON(src, o) }

// NewSavedMapping is what a saved mapping is made of.
type NewSavedMapping struct {
	ID       *ImportMappingID `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name     string           `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"Fair"`
	Resource string           `json:"resource" doc:"What kind of records the rows become." example:"customers"`
	Fields   []HeadingField   `json:"fields" minItems:"1" maxItems:"1000" doc:"Which field each heading means."`
	Options  ImportOptions    `json:"options,omitzero" doc:"How rows become records."`
	Shared   bool             `json:"shared,omitempty" doc:"Whether everybody in the company has it."`
}

// SavedMappingPatch changes some fields.
type SavedMappingPatch struct {
	Name    patch.Field[string]         `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What it is called." example:"Fair"`
	Fields  patch.Field[[]HeadingField] `json:"fields,omitzero" maxItems:"1000" doc:"Replaces which field each heading means."`
	Options patch.Field[ImportOptions]  `json:"options,omitzero" doc:"Replaces all options."`
	Shared  patch.Field[bool]           `json:"shared,omitzero" doc:"Whether everybody in the company has it." example:"true"`
}

const (
	importMappingColumns = `m.id, m.name, m.resource, m.fields, m.options, m.shared, m.owner_id, m.used_at, m.version, m.created_at, m.updated_at`
	maxImportMappings    = 500
)

// ListImportMappings returns the caller's own mappings and the shared ones, the last used first: of one kind of records, or
// of all when resource is empty.
func ListImportMappings(ctx context.Context, q *tenant.Query, resource string) ([]SavedMapping, error) {
	all := []SavedMapping{}
	err := q.Select(ctx, &all, `SELECT `+importMappingColumns+` FROM company.import_mappings m
		WHERE (m.shared = 1 OR m.owner_id = ?) AND (? = '' OR m.resource = ?)
		ORDER BY COALESCE(m.used_at, m.created_at) DESC, m.id DESC LIMIT 2000`, q.Caller.Member, resource, resource)
	return all, err
}

// GetImportMapping returns a mapping of the caller's own or a shared one, else ErrNotFound.
func GetImportMapping(ctx context.Context, q *tenant.Query, id ImportMappingID) (SavedMapping, error) {
	return findImportMapping(ctx, q, id, "")
}

func findImportMapping(ctx context.Context, q *tenant.Query, id ImportMappingID, lock string) (SavedMapping, error) {
	var m SavedMapping
	err := q.Get(ctx, &m, `SELECT `+importMappingColumns+` FROM company.import_mappings m WHERE m.id = ? AND (m.shared = 1 OR m.owner_id = ?) `+lock,
		id, q.Caller.Member)
	if err != nil {
		return SavedMapping{}, fmt.Errorf("import mapping %s: %w", id, err)
	}
	return m, nil
}

// fitting returns the mapping that was used last of those that fit a file, with the columns it fills.
func (i *Import) fitting(ctx context.Context, q *tenant.Query, n *importNoun) (SavedMapping, []ColumnMapping, error) {
	all, err := ListImportMappings(ctx, q, i.Resource)
	for _, m := range all {
		if filled := m.fill(n, i.Columns); len(filled) > 0 {
			return m, filled, err
		}
	}
	return SavedMapping{}, nil, err
}

// fill returns which columns of a file the mapping fills, none when the file lacks a heading. Fields that are out of use
// are left out. Of a heading that repeats each column is another one.
func (m *SavedMapping) fill(n *importNoun, columns []ImportColumn) []ColumnMapping {
	at := map[string][]string{}
	for _, c := range columns {
		key := search.NameKey(c.Heading)
		at[key] = append(at[key], c.Key)
	}
	filled := []ColumnMapping{}
	for _, f := range m.Fields {
		key := search.NameKey(f.Heading)
		if len(at[key]) == 0 {
			return nil
		}
		if n.field(f.Field) != nil {
			filled = append(filled, ColumnMapping{Column: at[key][0], Field: f.Field, Sure: true})
		}
		at[key] = at[key][1:]
	}
	return filled
}

// takeOptions takes over the options of the saved mapping that is suggested, where they are right for the caller.
func (i *Import) takeOptions(ctx context.Context, tx *tenant.Tx) error {
	if i.SavedMapping == nil {
		return nil
	}
	m, err := GetImportMapping(ctx, tx.Query, i.SavedMapping.ID)
	if err != nil {
		return err
	}
	noun, err := i.noun().withCustom(ctx, tx.Query)
	if err != nil {
		return err
	}
	invalid := &tenant.InvalidError{}
	if err := m.Options.check(ctx, tx, noun, invalid); err != nil {
		return err
	}
	if len(invalid.Fields) == 0 {
		i.Options = m.Options
	}
	return nil
}

// useMapping notes that the saved mapping is of use, so that it is suggested before others.
func (i *Import) useMapping(ctx context.Context, tx *tenant.Tx) error {
	if i.SavedMapping == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE company.import_mappings SET used_at = ? WHERE id = ?`, tx.Now, i.SavedMapping.ID)
	return err
}

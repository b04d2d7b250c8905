package crm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateImportMapping keeps a mapping for the caller. It returns *tenant.InvalidError for fields and options that such
// records do not have, and tenant.ErrDenied when the caller may not import them at all.
func CreateImportMapping(ctx context.Context, tx *tenant.Tx, in NewSavedMapping) (SavedMapping, error) {
	m := SavedMapping{
		ID: tenant.NewID[importMappingKind](), Name: in.Name, Resource: in.Resource, Fields: append(headingFields{}, in.Fields...), Options: in.Options,
		Shared: in.Shared, OwnerID: tx.Caller.Member, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		m.ID = *in.ID
	}
	if err := m.check(ctx, tx); err != nil {
		return SavedMapping{}, err
	}
	var mine int
	if err := tx.Get(ctx, &mine, `SELECT COUNT(*) FROM company.import_mappings WHERE owner_id = ?`, m.OwnerID); err != nil {
		return SavedMapping{}, err
	}
	if mine >= maxImportMappings {
		return SavedMapping{}, &tenant.ConflictError{Code: "too_many_mappings", Message: fmt.Sprintf("You keep %d mappings already. Delete some first.", maxImportMappings)}
	}
	_, err := tx.Exec(ctx, `INSERT INTO company.import_mappings (id, resource, name, name_key, fields, options, shared, owner_id, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.Resource, m.Name, m.nameKey(), m.Fields, m.Options, m.Shared, m.OwnerID, m.Version, m.CreatedAt, m.UpdatedAt)
	if err != nil {
		return SavedMapping{}, m.taken(err)
	}
	return m, m.emit(ctx, tx, "import_mapping.created", nil)
}

// SaveMapping keeps the mapping and the options of an import under a name. Columns without a heading cannot be found
// again and are left out.
func SaveMapping(ctx context.Context, tx *tenant.Tx, id ImportID, in MappingName) (SavedMapping, error) {
	imp, err := findImport(ctx, tx.Query, id, importCreate, "")
	if err != nil {
		return SavedMapping{}, err
	}
	m := NewSavedMapping{Name: in.Name, Resource: imp.Resource, Options: imp.Options, Shared: in.Shared}
	for _, c := range imp.Columns {
		for _, mapped := range imp.Mapping {
			if mapped.Column == c.Key && search.NameKey(c.Heading) != "" {
				m.Fields = append(m.Fields, HeadingField{search.Cut(c.Heading, maxHeading), mapped.Field})
			}
		}
	}
	if len(m.Fields) == 0 {
		return SavedMapping{}, &tenant.ConflictError{Code: "nothing_mapped", Message: "No column with a heading fills a field. Map one first."}
	}
	return CreateImportMapping(ctx, tx, m)
}

// MappingName says how an import's mapping is kept.
type MappingName struct {
	Name   string `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"Fair"`
	Shared bool   `json:"shared,omitempty" doc:"Whether everybody in the company has it."`
}

// maxHeading is how many characters of a heading are kept.
const maxHeading = 200

func (m *SavedMapping) nameKey() string {
	return search.Cut(strings.TrimSpace(search.Fold(m.Name)), 100)
}

// taken says which of its unique values a mapping shares with another.
func (m *SavedMapping) taken(err error) error {
	var dup *tenant.DuplicateError
	switch {
	case !errors.As(err, &dup):
		return err
	case dup.Key == "import_mappings_name":
		return &tenant.ConflictError{Code: "mapping_exists", Message: "You keep a mapping of that name already. Change that one, or choose another name."}
	}
	return errIDInUse
}

func (m *SavedMapping) emit(ctx context.Context, tx *tenant.Tx, event string, previous any) error {
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "import", Record: tenant.RecordID(m.ID), OwnerBefore: m.OwnerID, OwnerAfter: m.OwnerID, Data: *m, Previous: previous,
	})
}

// check examines a mapping and completes its options. No two headings may fill a field that holds one value.
func (m *SavedMapping) check(ctx context.Context, tx *tenant.Tx) error {
	noun := importNounOf(m.Resource)
	if noun == nil {
		return tenant.Invalid("resource", "unknown", "must be one of: "+strings.Join(importResources(), ", "))
	}
	if !tx.Caller.May(noun.permission("create")) && !tx.Caller.May(noun.permission("update")) {
		return fmt.Errorf("%s: %w", noun.permission("create"), tenant.ErrDenied)
	}
	noun, err := noun.withCustom(ctx, tx.Query)
	if err != nil {
		return err
	}
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", m.Name, 100)
	if len(m.Fields) == 0 || len(m.Fields) > maxImportColumns {
		invalid.Add("fields", "required", "needs 1 to 1000 headings")
	}
	used := map[string]bool{}
	for i, f := range m.Fields {
		path := fmt.Sprintf("fields[%d].", i)
		checkRequired(invalid, path+"heading", f.Heading, maxHeading)
		if search.NameKey(f.Heading) == "" && !isBlank(f.Heading) {
			invalid.Add(path+"heading", "invalid", "needs a letter or a digit")
		}
		noun.checkFilled(invalid, path+"field", f.Field, used)
	}
	m.Options = m.Options.withDefaults(noun)
	if err := m.Options.check(ctx, tx, noun, invalid); err != nil {
		return err
	}
	return invalid.Err()
}

// UpdateImportMapping changes the fields that are set. version, when not 0, must be the mapping's, else ErrStale.
func UpdateImportMapping(ctx context.Context, tx *tenant.Tx, id ImportMappingID, in SavedMappingPatch, version int64) (SavedMapping, error) {
	before, err := lockImportMapping(ctx, tx, id, version)
	if err != nil {
		return SavedMapping{}, err
	}
	after := before
	after.Name, after.Options, after.Shared = in.Name.Or(before.Name), in.Options.Or(before.Options), in.Shared.Or(before.Shared)
	after.Fields = append(headingFields{}, in.Fields.Or(before.Fields)...)
	if err := after.check(ctx, tx); err != nil {
		return SavedMapping{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.import_mappings SET name = ?, name_key = ?, fields = ?, options = ?, shared = ?, version = ?, updated_at = ?
		WHERE id = ?`, after.Name, after.nameKey(), after.Fields, after.Options, after.Shared, after.Version, after.UpdatedAt, id); err != nil {
		return SavedMapping{}, after.taken(err)
	}
	return after, after.emit(ctx, tx, "import_mapping.updated", previous)
}

// lockImportMapping returns a mapping for a change. Whose it is decides who may change it, shared or not.
func lockImportMapping(ctx context.Context, tx *tenant.Tx, id ImportMappingID, version int64) (SavedMapping, error) {
	m, err := findImportMapping(ctx, tx.Query, id, "FOR UPDATE")
	switch {
	case err != nil:
		return SavedMapping{}, err
	case !tx.Scope(importCreate).Includes(m.OwnerID):
		return SavedMapping{}, fmt.Errorf("import mapping %s: %w", id, tenant.ErrDenied)
	case version != 0 && version != m.Version:
		return SavedMapping{}, fmt.Errorf("import mapping %s: %w", id, tenant.ErrStale)
	}
	return m, nil
}

// DeleteImportMapping removes a mapping, a shared one for everybody.
func DeleteImportMapping(ctx context.Context, tx *tenant.Tx, id ImportMappingID, version int64) error {
	m, err := lockImportMapping(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.import_mappings WHERE id = ?`, id); err != nil {
		return fmt.Errorf("import mapping %s: %w", id, err)
	}
	return m.emit(ctx, tx, "import_mapping.deleted", nil)
}

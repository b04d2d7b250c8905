package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateImport begins the import of an uploaded file as the records of a resource, with what was found out about it. A file
// that cannot be read is a *tenant.InvalidError that says what it is and what to do.
func CreateImport(ctx context.Context, tx *tenant.Tx, resource string, file Upload) (Import, error) {
	noun := importNounOf(resource)
	if noun == nil {
		return Import{}, tenant.Invalid("resource", "unknown", "must be one of: "+strings.Join(importResources(), ", "))
	}
	imp := Import{
		ID: tenant.NewID[importKind](), Resource: resource, FileName: file.FileName, MemberID: tx.Caller.Member, Status: ImportMapping, UploadID: file.ID,
		Options: ImportOptions{}.withDefaults(noun), CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if err := imp.examine(ctx, tx.Query); err != nil {
		return Import{}, err
	}
	imp.Mapping = unsure(imp.Suggested)
	if err := imp.takeOptions(ctx, tx); err != nil {
		return Import{}, err
	}
	r, err := imp.record()
	if err != nil {
		return Import{}, err
	}
	_, err = tx.NamedExec(ctx, `
		INSERT INTO company.imports (id, upload_id, resource, file_name, member_id, status, status_after, file, columns, reading, suggested, saved_mapping, mapping,
			options, notices, error, position, rows_total, rows_done, created, updated, duplicates, rejected, undone, version, created_at, updated_at)
		VALUES (:id, :upload_id, :resource, :file_name, :member_id, :status, :status_after, :file, :columns, :reading, :suggested, :saved_mapping, :mapping,
			:options, :notices, :error, :position, :rows_total, :rows_done, :created, :updated, :duplicates, :rejected, :undone, :version, :created_at, :updated_at)`, r)
	return imp, err
}

// unsure takes a mapping as chosen: how sure a suggestion was does not matter any more.
func unsure(mapping []ColumnMapping) []ColumnMapping {
	chosen := make([]ColumnMapping, len(mapping))
	for i, m := range mapping {
		chosen[i] = ColumnMapping{Column: m.Column, Field: m.Field}
	}
	return chosen
}

// UpdateImport changes how an import is read and mapped, and shows what its first rows will come to. When the
// file is read in another way, the mapping becomes the suggested one unless it is given too. version, when not
// 0, must be the import's, else ErrStale; an import that was started is a *tenant.ConflictError.
func UpdateImport(ctx context.Context, tx *tenant.Tx, id ImportID, in ImportPatch, version int64) (ImportPreview, error) {
	imp, err := lockImport(ctx, tx, id, version)
	if err != nil {
		return ImportPreview{}, err
	}
	if imp.Status != ImportMapping {
		return ImportPreview{}, started(imp)
	}
	if err := in.apply(ctx, tx, &imp); err != nil {
		return ImportPreview{}, err
	}
	if imp, err = saveImport(ctx, tx, imp); err != nil {
		return ImportPreview{}, err
	}
	return preview(ctx, tx, imp)
}

func started(imp Import) error {
	return &tenant.ConflictError{Code: "import_started", Message: fmt.Sprintf("The import is %s; upload the file again to import it in another way.", imp.Status)}
}

func (in ImportPatch) apply(ctx context.Context, tx *tenant.Tx, imp *Import) error {
	reading, err := in.reading(imp.Reading)
	if err != nil {
		return err
	}
	if reading != imp.Reading {
		imp.Reading = reading
		if err := imp.examine(ctx, tx.Query); err != nil {
			return err
		}
		imp.Mapping = unsure(imp.Suggested)
	}
	noun, err := imp.noun().withCustom(ctx, tx.Query)
	if err != nil {
		return err
	}
	invalid := &tenant.InvalidError{}
	if in.Mapping.Set {
		imp.Mapping = unsure(in.Mapping.Value)
		imp.checkMapping(noun, invalid)
	}
	if in.Options.Set {
		imp.Options = in.Options.Value.withDefaults(noun)
		if err := imp.Options.check(ctx, tx, noun, invalid); err != nil {
			return err
		}
	}
	return invalid.Err()
}

// StartImport queues an import for a worker, who does it with the caller's rights. It returns
// *tenant.InvalidError when a field is not mapped that has to be, ErrDenied when the caller may not make or
// change such records, and *tenant.ConflictError when the import was started before.
func StartImport(ctx context.Context, tx *tenant.Tx, id ImportID, version int64) (Import, error) {
	imp, err := lockImport(ctx, tx, id, version)
	if err != nil {
		return Import{}, err
	}
	if imp.Status != ImportMapping {
		return Import{}, started(imp)
	}
	for _, p := range imp.noun().needs(imp.Options.Mode) {
		if !tx.Caller.May(p) {
			return Import{}, fmt.Errorf("import %s: %s: %w", id, p, tenant.ErrDenied)
		}
	}
	noun, err := imp.noun().withCustom(ctx, tx.Query)
	if err != nil {
		return Import{}, err
	}
	invalid := &tenant.InvalidError{}
	imp.checkMapping(noun, invalid) // custom fields come and go
	imp.requireMapping(noun, invalid)
	if err := imp.Options.check(ctx, tx, noun, invalid); err != nil {
		return Import{}, err
	}
	if err := invalid.Err(); err != nil {
		return Import{}, err
	}
	imp.Status, imp.ActorID, imp.StartedAt = ImportQueued, tx.Caller.Member, &tx.Now
	if imp, err = saveImport(ctx, tx, imp); err != nil {
		return Import{}, err
	}
	if err := imp.useMapping(ctx, tx); err != nil {
		return Import{}, err
	}
	return imp, scheduleImport(ctx, tx, id)
}

func scheduleImport(ctx context.Context, tx *tenant.Tx, id ImportID) error {
	return tx.Schedule(ctx, ImportWork, tenant.RecordID(id), tenant.RecordID{}, tx.Now)
}

// requireMapping sees to it that new records get a name and that the key can find those that are there.
func (i *Import) requireMapping(n *importNoun, invalid *tenant.InvalidError) {
	mapped := func(field string) bool {
		return slices.ContainsFunc(i.Mapping, func(m ColumnMapping) bool { return m.Field == field })
	}
	if i.Options.Mode != ModeUpdate && !mapped(n.required) {
		invalid.Add("mapping", n.required+"_missing", "has no column for the "+n.required+", which every new "+n.name+" needs")
	}
	if i.Options.Mode != ModeCreate && !mapped(i.Options.Key) {
		invalid.Add("mapping", "key_missing", "has no column for "+i.Options.Key+", by which "+n.resource+" are to be found")
	}
}

// CancelImport stops an import between two batches. What was stored until then stays, and can be undone; of an
// all-or-nothing import it is taken back. One that has ended is a *tenant.ConflictError.
func CancelImport(ctx context.Context, tx *tenant.Tx, id ImportID) (Import, error) {
	imp, err := lockImport(ctx, tx, id, 0)
	if err != nil {
		return Import{}, err
	}
	switch imp.Status {
	case ImportMapping:
		imp.Status, imp.FinishedAt = ImportCancelled, &tx.Now
		return saveImport(ctx, tx, imp)
	case ImportQueued, ImportRunning:
	default:
		return Import{}, &tenant.ConflictError{Code: "import_ended", Message: fmt.Sprintf("The import is %s; there is nothing to stop.", imp.Status)}
	}
	if err := breakOff(ctx, tx, imp, ImportCancelled); err != nil {
		return Import{}, err
	}
	return GetImport(ctx, tx.Query, id)
}

// breakOff ends an import that has not come to its end. What is stored stays; where that is a part of all or nothing, it is
// taken back first.
func breakOff(ctx context.Context, tx *tenant.Tx, imp Import, status string) error {
	if imp.Options.OnError == AllOrNothing && imp.Created+imp.Updated > 0 {
		return beginUndo(ctx, tx, imp, status)
	}
	return endImport(ctx, tx, imp, status)
}

// UndoImport has a worker take back what an import has stored: made records go to the trash, changed fields
// get their previous values where nobody has changed them since. It is done with the caller's rights; what is
// out of their reach stays.
func UndoImport(ctx context.Context, tx *tenant.Tx, id ImportID) (Import, error) {
	imp, err := lockImport(ctx, tx, id, 0)
	if err != nil {
		return Import{}, err
	}
	switch imp.Status {
	case ImportFinished, ImportCancelled, ImportFailed:
	default:
		return Import{}, &tenant.ConflictError{Code: "import_not_ended", Message: fmt.Sprintf("The import is %s; only one that has ended can be undone.", imp.Status)}
	}
	if imp.Created+imp.Updated-imp.Undone <= 0 {
		return Import{}, &tenant.ConflictError{Code: "nothing_to_undo", Message: "The import has stored nothing, or all of it was taken back."}
	}
	for action, n := range map[string]int{"delete": imp.Created, "update": imp.Updated} {
		if p := imp.noun().permission(action); n > 0 && !tx.Caller.May(p) {
			return Import{}, fmt.Errorf("import %s: %s: %w", id, p, tenant.ErrDenied)
		}
	}
	imp.ActorID = tx.Caller.Member
	if err := beginUndo(ctx, tx, imp, ImportUndone); err != nil {
		return Import{}, err
	}
	return GetImport(ctx, tx.Query, id)
}

// beginUndo makes taking back what was stored the work to do; after is the state it ends in.
func beginUndo(ctx context.Context, tx *tenant.Tx, imp Import, after string) error {
	imp.Status, imp.StatusAfter, imp.Position, imp.Undone, imp.FinishedAt = ImportUndoing, after, 0, 0, nil
	if _, err := saveImport(ctx, tx, imp); err != nil {
		return err
	}
	return scheduleImport(ctx, tx, imp.ID)
}

// endImport ends an import, tells of it and takes it off the work to do.
func endImport(ctx context.Context, tx *tenant.Tx, imp Import, status string) error {
	imp.Status, imp.StatusAfter, imp.FinishedAt = status, "", &tx.Now
	if _, err := saveImport(ctx, tx, imp); err != nil {
		return err
	}
	if err := tx.Unschedule(ctx, ImportWork, tenant.RecordID(imp.ID)); err != nil {
		return err
	}
	kind := "import.finished"
	if status == ImportUndone {
		kind = "import.undone"
	}
	return tx.Emit(ctx, tenant.Event{
		Type: kind, Resource: "import", Record: tenant.RecordID(imp.ID), OwnerBefore: imp.ActorID, OwnerAfter: imp.ActorID,
		Data: ImportSummary{
			ID: imp.ID.String(), Resource: imp.Resource, FileName: imp.FileName, Status: imp.Status, Error: imp.Error,
			Created: imp.Created, Updated: imp.Updated, Duplicates: imp.Duplicates, Rejected: imp.Rejected, Undone: imp.Undone,
		},
	})
}

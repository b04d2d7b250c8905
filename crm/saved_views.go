package crm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type savedViewKind struct{}

func (savedViewKind) Prefix() string { return "viw" }

// SavedViewID identifies a saved view (viw_…).
type SavedViewID = tenant.ID[savedViewKind]

const (
	savedViewUpdate tenant.Permission = "saved_view:update"
	savedViewDelete tenant.Permission = "saved_view:delete"
)

// SavedView is a list kept under a name: 视图. It is a way of looking only: whoever opens it sees what their own scope
// has of it.
type SavedView struct {
	ID      SavedViewID `db:"id" json:"id" doc:"The view's id." example:"viw_01h455vb4pex5vsknk084sn02q"`
	List    string      `db:"list" json:"list" doc:"Of which list it is." example:"customers"`
	Name    string      `db:"name" json:"name" doc:"What it is called." example:"Big customers without a next step"`
	Filter  string      `db:"filter" json:"filter" doc:"The list's filter; me is whoever opens the view." example:"owner = me AND NOT next_follow_up_at:*"`
	OrderBy string      `db:"order_by" json:"order_by" doc:"The list's order; empty for its usual one." example:"updated_at desc"`
	Columns stringList  `db:"columns" json:"columns" nullable:"false" doc:"Which columns to show, in this order; none for the usual ones." example:"[\"name\",\"next_follow_up_at\"]"`
	Shared  bool        `db:"shared" json:"shared" doc:"Whether everybody in the company has it, or its owner alone."`
	// BuiltIn names a view that every company begins with, so that clients can call it in the reader's language.
	BuiltIn   *string         `db:"built_in" json:"built_in" doc:"Key of a view that the company began with; null for those that people made." example:"no_next_step"`
	Position  int             `db:"position" json:"position" doc:"Its place among the views of its list, lowest first." example:"10"`
	OwnerID   tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"Who made it; null for those that the company began with."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64           `db:"version" json:"-"`
}

// NewSavedView is what a view is made of.
type NewSavedView struct {
	ID       *SavedViewID `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	List     string       `json:"list" doc:"Of which list it is." example:"customers"`
	Name     string       `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"Big customers"`
	Filter   string       `json:"filter,omitempty" maxLength:"4096" doc:"The list's filter." example:"employees > 500"`
	OrderBy  string       `json:"order_by,omitempty" maxLength:"100" doc:"The list's order." example:"updated_at desc"`
	Columns  []string     `json:"columns,omitempty" maxItems:"50" doc:"Which columns to show." example:"[\"name\",\"employees\"]"`
	Shared   bool         `json:"shared,omitempty" doc:"Whether everybody in the company has it."`
	Position int          `json:"position,omitempty" minimum:"0" maximum:"100000" doc:"Its place among the views of its list." example:"10"`
}

// SavedViewPatch changes some fields.
type SavedViewPatch struct {
	Name     patch.Field[string]   `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What it is called." example:"Big customers"`
	Filter   patch.Field[string]   `json:"filter,omitzero" maxLength:"4096" doc:"The list's filter." example:"employees > 500"`
	OrderBy  patch.Field[string]   `json:"order_by,omitzero" maxLength:"100" doc:"The list's order." example:"updated_at desc"`
	Columns  patch.Field[[]string] `json:"columns,omitzero" maxItems:"50" doc:"Which columns to show." example:"[\"name\",\"employees\"]"`
	Shared   patch.Field[bool]     `json:"shared,omitzero" doc:"Whether everybody in the company has it." example:"true"`
	Position patch.Field[int]      `json:"position,omitzero" minimum:"0" maximum:"100000" doc:"Its place among the views of its list." example:"20"`
}

const (
	savedViewColumns = `v.id, v.list, v.name, v.filter, v.order_by, v.columns, v.shared, v.built_in, v.position, v.owner_id, v.version, v.created_at, v.updated_at`
	maxSavedViews    = 500
)

// viewable are the lists that views can be kept of. It is a function for the sake of the order in which Go makes variables.
func viewable() map[string]*list.Resource {
	return map[string]*list.Resource{
		customers.Name: customers, contacts.Name: contacts, deals.Name: deals, products.Name: products, interactions.Name: interactions, tasks.Name: tasks,
	}
}

// ListSavedViews returns the caller's own views and the shared ones: of one list, or of all when it is empty.
func ListSavedViews(ctx context.Context, q *tenant.Query, of string) ([]SavedView, error) {
	all := []SavedView{}
	err := q.Select(ctx, &all, `SELECT `+savedViewColumns+` FROM company.saved_views v
		WHERE (v.shared = 1 OR v.owner_id = ?) AND (? = '' OR v.list = ?) ORDER BY v.list, v.position, v.name, v.id LIMIT 2000`,
		q.Caller.Member, of, of)
	return all, err
}

// GetSavedView returns a view of the caller's own or a shared one, else ErrNotFound.
func GetSavedView(ctx context.Context, q *tenant.Query, id SavedViewID) (SavedView, error) {
	return findSavedView(ctx, q, id, "")
}

func findSavedView(ctx context.Context, q *tenant.Query, id SavedViewID, lock string) (SavedView, error) {
	var v SavedView
	err := q.Get(ctx, &v, `SELECT `+savedViewColumns+` FROM company.saved_views v WHERE v.id = ? AND (v.shared = 1 OR v.owner_id = ?) `+lock, id, q.Caller.Member)
	if err != nil {
		return SavedView{}, fmt.Errorf("saved view %s: %w", id, err)
	}
	return v, nil
}

// lockSavedView returns a view for a change. Whose view it is decides who may change it, shared or not.
func lockSavedView(ctx context.Context, tx *tenant.Tx, id SavedViewID, p tenant.Permission, version int64) (SavedView, error) {
	v, err := findSavedView(ctx, tx.Query, id, "FOR UPDATE")
	switch {
	case err != nil:
		return SavedView{}, err
	case !tx.Scope(p).Includes(v.OwnerID):
		return SavedView{}, fmt.Errorf("saved view %s: %w", id, tenant.ErrDenied)
	case version != 0 && version != v.Version:
		return SavedView{}, fmt.Errorf("saved view %s: %w", id, tenant.ErrStale)
	}
	return v, nil
}

// CreateSavedView keeps a view for the caller. It returns *tenant.InvalidError for a list, filter or order that does
// not exist.
func CreateSavedView(ctx context.Context, tx *tenant.Tx, in NewSavedView) (SavedView, error) {
	v := SavedView{
		ID: tenant.NewID[savedViewKind](), List: in.List, Name: in.Name, Filter: in.Filter, OrderBy: in.OrderBy,
		Columns: append(stringList{}, in.Columns...), Shared: in.Shared, Position: in.Position, OwnerID: tx.Caller.Member,
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		v.ID = *in.ID
	}
	if err := v.check(ctx, tx.Query, true); err != nil {
		return SavedView{}, err
	}
	var mine int
	if err := tx.Get(ctx, &mine, `SELECT COUNT(*) FROM company.saved_views WHERE owner_id = ?`, v.OwnerID); err != nil {
		return SavedView{}, err
	}
	if mine >= maxSavedViews {
		return SavedView{}, &tenant.ConflictError{Code: "too_many_views", Message: fmt.Sprintf("You keep %d views already. Delete some first.", maxSavedViews)}
	}
	return v, insertSavedView(ctx, tx, v)
}

func insertSavedView(ctx context.Context, tx *tenant.Tx, v SavedView) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.saved_views (id, list, name, filter, order_by, columns, shared, built_in, position, owner_id, version, created_at, updated_at)
		VALUES (:id, :list, :name, :filter, :order_by, :columns, :shared, :built_in, :position, :owner_id, :version, :created_at, :updated_at)`, v)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	if err != nil {
		return err
	}
	return v.emit(ctx, tx, "saved_view.created", nil)
}

func (v SavedView) emit(ctx context.Context, tx *tenant.Tx, event string, previous any) error {
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "saved_view", Record: tenant.RecordID(v.ID), OwnerBefore: v.OwnerID, OwnerAfter: v.OwnerID, Data: v, Previous: previous,
	})
}

// check examines a view, what it selects when that is new: fields of it may have gone out of use since, and the view can be
// renamed all the same.
func (v *SavedView) check(ctx context.Context, q *tenant.Query, selectsAnew bool) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", v.Name, 100)
	checkNumber(invalid, "position", &v.Position, 0, 100_000)
	if len(v.Columns) > 50 {
		invalid.Add("columns", "too_many", "names more than 50 columns")
	}
	for i, column := range v.Columns {
		checkRequired(invalid, fmt.Sprintf("columns[%d]", i), column, 100)
	}
	resource, ok := viewable()[v.List]
	if !ok {
		invalid.Add("list", "unknown", "must be one of "+strings.Join(slices.Sorted(maps.Keys(viewable())), ", "))
		return invalid
	}
	if err := invalid.Err(); err != nil || !selectsAnew {
		return err
	}
	in := list.Query{Filter: v.Filter, OrderBy: v.OrderBy}
	resource, err := customised(ctx, q, resource, in)
	if err != nil {
		return err
	}
	_, err = list.New(q, resource, in, tenant.Scope{})
	return err
}

// UpdateSavedView changes the fields that are set. version, when not 0, must be the view's, else ErrStale.
func UpdateSavedView(ctx context.Context, tx *tenant.Tx, id SavedViewID, in SavedViewPatch, version int64) (SavedView, error) {
	before, err := lockSavedView(ctx, tx, id, savedViewUpdate, version)
	if err != nil {
		return SavedView{}, err
	}
	after := before
	after.Name, after.Filter, after.OrderBy = in.Name.Or(before.Name), in.Filter.Or(before.Filter), in.OrderBy.Or(before.OrderBy)
	after.Shared, after.Position = in.Shared.Or(before.Shared), in.Position.Or(before.Position)
	after.Columns = append(stringList{}, in.Columns.Or(before.Columns)...)
	if err := after.check(ctx, tx.Query, in.Filter.Set || in.OrderBy.Set); err != nil {
		return SavedView{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `UPDATE company.saved_views SET name = :name, filter = :filter, order_by = :order_by, columns = :columns,
		shared = :shared, position = :position, version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return SavedView{}, err
	}
	return after, after.emit(ctx, tx, "saved_view.updated", previous)
}

// DeleteSavedView removes a view, shared ones for everybody.
func DeleteSavedView(ctx context.Context, tx *tenant.Tx, id SavedViewID, version int64) error {
	v, err := lockSavedView(ctx, tx, id, savedViewDelete, version)
	if err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.saved_views WHERE id = ?`, id); err != nil {
		return fmt.Errorf("saved view %s: %w", id, err)
	}
	return v.emit(ctx, tx, "saved_view.deleted", nil)
}

// builtInViews are what every company begins with. Names are by language, in the order of the views.
var builtInViews = []struct{ key, zh, en, filter, orderBy string }{
	{"no_next_step", "没有下一步", "No next step", `(lifecycle = potential OR lifecycle = interested) AND NOT next_follow_up_at:*`, "updated_at"},
	{"overdue", "跟进已逾期", "Follow-up overdue", `next_follow_up_at < ago("0m")`, "next_follow_up_at"},
	{"quiet", "久未联系", "Quiet", `quiet = true`, "last_interaction_at"},
}

// seedViews gives a new company its views.
func seedViews(ctx context.Context, tx *tenant.Tx) error {
	for i, b := range builtInViews {
		name := b.en
		if tx.Company.Locale == "zh-CN" {
			name = b.zh
		}
		if err := insertSavedView(ctx, tx, SavedView{
			ID: tenant.NewID[savedViewKind](), List: customers.Name, Name: name, Filter: b.filter, OrderBy: b.orderBy, Columns: stringList{},
			Shared: true, BuiltIn: &b.key, Position: 10 * (i + 1), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}); err != nil {
			return err
		}
	}
	return nil
}

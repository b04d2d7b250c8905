package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// importNoun is what imports know of one kind of records. Reading files, batches, progress and undoing are the same for
// all of them.
type importNoun struct {
	// resource is the kind as the API's lists call it, name one of them; zh is 客户.
	resource, name, zh string
	// fields lists what can be imported, in the order of an exported file. A field that another depends on stands before it.
	fields []importField
	// keys are the fields by which update and upsert find records; the first when nothing is said, and none of records that
	// are only made. required is the one that every new record needs.
	keys     []string
	required string
	// begin makes the record that a row fills; complete sees to what its fields have to do with each other.
	begin    func(p *rowParser, caller *tenant.Caller) importable
	complete func(p *rowParser, record importable) []ImportProblem
	// learn, where there is one, reads what the fields need to know besides the members.
	learn func(ctx context.Context, q *tenant.Query, p *rowParser) error
	// match reads what is needed to decide about entries; lock is FOR UPDATE when they are to be carried out.
	match func(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error)
	// store writes what rows came to. trash and revert take it back, and count what they took back.
	store  func(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error
	trash  func(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error)
	revert func(ctx context.Context, tx *tenant.Tx, imp Import, changes map[tenant.RecordID][][]byte) (int, error)
}

// importable is a record that a row can become.
type importable interface {
	recordID() tenant.RecordID
	// recordTitle is the field that every record needs, keyed what a key of the options finds the record by.
	recordTitle() string
	keyed(key string) string
}

// recordAs gives a record, or a change of one, as what its kind's own functions know it to be.
func recordAs[R any](record any) R {
	r, ok := record.(R)
	if !ok {
		panic(fmt.Sprintf("%T is taken for %T", record, r))
	}
	return r
}

// importNouns are the kinds of records that are imported.
var importNouns = []*importNoun{customerImports(), contactImports(), dealImports(), taskImports(), interactionImports()}

// importNounOf returns the kind of records that a resource of the API holds, or nil.
func importNounOf(resource string) *importNoun {
	for _, n := range importNouns {
		if n.resource == resource {
			return n
		}
	}
	return nil
}

// findable lists by what records can be found; of those that are only made it is nothing.
func (n *importNoun) findable() []string {
	if len(n.keys) == 0 {
		return []string{""}
	}
	return n.keys
}

// modes are what an import of the kind can do.
func (n *importNoun) modes() []string {
	if len(n.keys) == 0 {
		return []string{ModeCreate}
	}
	return []string{ModeCreate, ModeUpdate, ModeUpsert}
}

func (n *importNoun) permission(action string) tenant.Permission {
	return tenant.Permission(n.name + ":" + action)
}

// needs returns the permissions that a mode takes.
func (n *importNoun) needs(mode string) []tenant.Permission {
	switch mode {
	case ModeUpdate:
		return []tenant.Permission{n.permission("update")}
	case ModeUpsert:
		return []tenant.Permission{n.permission("create"), n.permission("update")}
	}
	return []tenant.Permission{n.permission("create")}
}

// masked reports whether a key is a field that is masked for the caller.
func (n *importNoun) masked(caller *tenant.Caller, key string) bool {
	if f := n.field(key); f != nil && f.custom != nil {
		return f.custom.isMasked(caller)
	}
	return caller.Masked[n.name+"."+key]
}

// ref names a record of the kind; nil for none.
func (n *importNoun) ref(id tenant.RecordID) *RecordRef {
	if id.IsZero() {
		return nil
	}
	return &RecordRef{n.name, id}
}

// importResources lists the resources that are imported.
func importResources() []string {
	var all []string
	for _, n := range importNouns {
		all = append(all, n.resource)
	}
	return all
}

package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// interactionImports has no keys: what has happened is told once, and changed by hand.
func interactionImports() *importNoun {
	return &importNoun{
		resource: "interactions", name: "interaction", zh: "沟通记录", fields: interactionFields(), required: "summary",
		begin: func(p *rowParser, caller *tenant.Caller) importable {
			return &Interaction{
				ID: tenant.NewID[interactionKind](), AuthorID: p.owner(caller), Contacts: stringList{}, Links: linkList{}, MemberIDs: []tenant.MemberID{},
				ContactIDs: []ContactID{}, Files: []FileCard{}, Resolved: true, Version: 1,
			}
		},
		complete: func(p *rowParser, record importable) []ImportProblem {
			return p.completeInteraction(recordAs[*Interaction](record))
		},
		match: matchInteractions, store: storeImportedInteractions, trash: trashImportedInteractions,
		revert: func(context.Context, *tenant.Tx, Import, map[tenant.RecordID][][]byte) (int, error) { return 0, nil },
	}
}

func (i *Interaction) recordID() tenant.RecordID { return tenant.RecordID(i.ID) }

func (i *Interaction) recordTitle() string { return i.Summary }

func (i *Interaction) keyed(string) string { return "" }

func (i *Interaction) customerCalled() string { return i.CustomerName }

func (i *Interaction) hang(c *namedCustomer) {
	i.CustomerID, i.CustomerName, i.OwnerID = c.ID, c.Name, c.OwnerID
	if c.DoNotContact && i.isApproach() {
		i.Warnings = []string{warnDoNotContact}
	}
}

// completeInteraction fills in what logging fills in, and names what a row lacks.
func (p *rowParser) completeInteraction(i *Interaction) (problems []ImportProblem) {
	i.settleDirection()
	if isBlank(i.CustomerName) {
		problems = append(problems, ImportProblem{Field: "customer", Code: "customer_missing", Message: "the customer is empty; write with whom it was"})
	}
	if i.OccurredAt.IsZero() {
		problems = append(problems, ImportProblem{Field: "occurred_at", Code: "time_missing", Message: "the time is empty; write when it was"})
	}
	if i.NextTask != nil && isBlank(i.NextStep) {
		i.NextStep = language(p.company.Locale).say(phrase{"跟进", "Follow up"})
	}
	return problems
}

// storeImportedInteractions logs the interactions of a batch, with the tasks of their next steps.
func storeImportedInteractions(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error {
	created, quiet := createdIn[Interaction](results), !imp.Options.RunRules
	var steps []Task
	customers := make([]CustomerID, len(created))
	for n := range created {
		i := &created[n]
		customers[n], i.CustomerName, i.Warnings = i.CustomerID, "", nil // which events leave out
		if i.NextTask != nil {
			steps = append(steps, *i.NextTask)
		}
	}
	if err := insertTasks(ctx, tx, steps, quiet); err != nil {
		return err
	}
	if err := insertInteractions(ctx, tx, created, quiet); err != nil {
		return err
	}
	return recountContacts(ctx, tx, customers)
}

// trashImportedInteractions takes along the tasks of next steps that nobody has touched.
func trashImportedInteractions(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	where, args := imp.within(tx, interactionDelete, "c.owner_id", "c.id")
	var all []Interaction
	if err := tx.SelectIn(ctx, &all, `SELECT `+interactionColumns+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.id IN (?) AND i.deleted_at IS NULL AND c.deleted_at IS NULL AND `+where+` ORDER BY i.id FOR UPDATE`, append([]any{ids}, args...)...); err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, nil
	}
	if err := fillInteractions(ctx, tx.Query, all); err != nil {
		return 0, err
	}
	if err := trashInteractions(ctx, tx, all, !imp.Options.RunRules); err != nil {
		return 0, err
	}
	steps := []tenant.RecordID{{}} // never an empty list
	for i := range all {
		steps = append(steps, tenant.RecordID(all[i].TaskID))
	}
	untouched, err := readTasks(ctx, tx, steps, "t.version = 1 AND t.status = ?", []any{taskOpen}, "FOR UPDATE")
	if err != nil {
		return 0, err
	}
	return len(all), trashTasks(ctx, tx, untouched, !imp.Options.RunRules)
}

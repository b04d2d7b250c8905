package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// interactionMatches decides about interactions.
type interactionMatches struct {
	parser *rowParser
	tx     *tenant.Tx
	book   map[string][]known
	// people are the contacts of customers by name; of two of one name nobody knows who it was.
	people map[string][]ContactID
	// fields are those of the tasks that next steps become.
	fields []CustomField
}

// sameMoment is by what interactions are taken for one: with whom, when, how, and what was said. Many tables know no time of
// day, so the words have to be the same too.
func (i *Interaction) sameMoment() string {
	return fmt.Sprintln(i.CustomerID, i.OccurredAt.UnixMicro(), i.Kind, folded(i.Summary))
}

func (m *interactionMatches) byKey(string, string) []known { return nil }

func (m *interactionMatches) duplicate(e *entry) (known, string) {
	if found := m.book[recordAs[*Interaction](e.record).sameMoment()]; len(found) > 0 {
		return found[0], "occurred_at"
	}
	return known{}, ""
}

func matchInteractions(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error) {
	m := &interactionMatches{parser: p, tx: tx, book: map[string][]known{}, people: map[string][]ContactID{}}
	customers, err := placeRows(ctx, tx.Query, p, entries, lock, interactionCreate)
	if err != nil {
		return nil, err
	}
	if m.fields, err = readFields(ctx, tx.Query, "task", lock != ""); err != nil {
		return nil, err
	}
	if err := m.readKnown(ctx, entries, customers); err != nil {
		return nil, err
	}
	return m, m.readPeople(ctx, entries, customers)
}

func (m *interactionMatches) readKnown(ctx context.Context, entries []entry, customers []CustomerID) error {
	times := []any{m.tx.Now} // never an empty list
	for i := range entries {
		times = append(times, recordAs[*Interaction](entries[i].record).OccurredAt)
	}
	var found []Interaction
	if err := m.tx.SelectIn(ctx, &found, fmt.Sprintf(`SELECT i.id, i.customer_id, i.occurred_at, i.kind, i.summary, c.owner_id
		FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.customer_id IN (?) AND i.occurred_at IN (?) AND i.deleted_at IS NULL LIMIT %d`, matchLimit), customers, times); err != nil {
		return err
	}
	for _, i := range found {
		m.book[i.sameMoment()] = append(m.book[i.sameMoment()], known{id: i.recordID(), owner: i.OwnerID})
	}
	return nil
}

// readPeople reads those people of the customers whom rows name.
func (m *interactionMatches) readPeople(ctx context.Context, entries []entry, customers []CustomerID) error {
	names := []string{""} // never an empty list
	for i := range entries {
		for _, name := range recordAs[*Interaction](entries[i].record).Contacts {
			names = append(names, search.NameSort(name))
		}
	}
	var found []Contact
	if err := m.tx.SelectIn(ctx, &found, `SELECT p.id, p.customer_id, p.name FROM company.contacts p
		WHERE p.customer_id IN (?) AND p.name_sort IN (?) AND p.deleted_at IS NULL`, customers, names); err != nil {
		return err
	}
	for _, p := range found {
		key := keyWithin(search.NameKey(p.Name), p.CustomerID, nil)
		m.people[key] = append(m.people[key], p.ID)
	}
	return nil
}

func (m *interactionMatches) create(ctx context.Context, e *entry) ([]ImportProblem, error) {
	i, invalid := recordAs[*Interaction](e.record), &tenant.InvalidError{}
	i.CreatedAt, i.UpdatedAt = m.tx.Now, m.tx.Now
	i.check(invalid)
	m.meet(i)
	if err := m.plan(ctx, invalid, i); err != nil {
		return nil, err
	}
	if problems := m.parser.problemsOf(invalid); len(problems) > 0 {
		return problems, nil
	}
	if len(i.Warnings) > 0 {
		e.warnings = []ImportProblem{{Field: "customer", Code: warnDoNotContact, Message: "the customer does not want to be contacted; it is logged all the same"}}
	}
	m.book[i.sameMoment()] = append(m.book[i.sameMoment()], known{i.recordID(), i.OwnerID, e.row.Line})
	return nil, nil
}

// meet finds the records of the people who took part; the others stay names.
func (m *interactionMatches) meet(i *Interaction) {
	names := stringList{}
	for _, name := range i.Contacts {
		if found := m.people[keyWithin(search.NameKey(name), i.CustomerID, nil)]; len(found) == 1 {
			i.ContactIDs = append(i.ContactIDs, found[0])
		} else {
			names = append(names, name)
		}
	}
	i.Contacts, i.ContactIDs = names, unique(i.ContactIDs)
}

// plan makes a task of the next step for the author, unless its time has passed.
func (m *interactionMatches) plan(ctx context.Context, invalid *tenant.InvalidError, i *Interaction) error {
	if i.NextTask == nil {
		return nil
	}
	t := NewTask{Title: i.NextStep, DueAt: i.NextTask.DueAt, DueOn: i.NextTask.DueOn, CustomerID: &i.CustomerID, AssigneeID: &i.AuthorID, Kind: "follow_up"}.task(m.tx)
	t.checkAlone(invalid)
	if t.DueAt != nil && t.DueAt.Before(m.tx.Now) {
		i.NextTask = nil
		return nil
	}
	if !m.tx.Scope(taskCreate).Includes(i.AuthorID) {
		invalid.Add("author", "out_of_scope", "is not a member to whom you may give the task of the next step")
	}
	var err error
	t.Custom, err = freshCustom(ctx, m.tx, invalid, m.fields, nil, false)
	t.remindAsUsual(m.tx.Now)
	i.NextTask, i.TaskID = &t, t.ID
	return err
}

// update is not asked for, because interactions have no key.
func (m *interactionMatches) update(_ context.Context, e *entry, _ tenant.RecordID) (result, error) {
	return m.parser.gone(e), nil
}

package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// dataSubject is the person whose data it is, a contact or a customer.
type dataSubject struct {
	record RecordRef
	bin    bin
	// whose says whose the record, and each contact that goes with it, is.
	whose map[RecordRef]tenant.MemberID
	// ids are the record and those that went up in it; held are these and all records that a purge takes along.
	ids, held []tenant.RecordID
	// at are the customers whose person a contact is or was: their communication may have them by name.
	at []CustomerID
	// names and addresses are what the person is or was known by: addresses are numbers too.
	names, addresses []string
}

// findDataSubject finds somebody within the caller's scope, alive or in the trash. What went up in another customer is that
// one's: *MergedError. lock is for the record.
func findDataSubject(ctx context.Context, q *tenant.Query, r RecordRef, p tenant.Permission, lock string) (dataSubject, error) {
	b, _ := binOf(r.Noun)
	if r.Noun != "contact" && r.Noun != "customer" {
		return dataSubject{}, fmt.Errorf("%s is nobody: %w", r, tenant.ErrNotFound)
	}
	s := dataSubject{record: r, bin: b, whose: map[RecordRef]tenant.MemberID{}}
	visible, args := q.Scope(p).Where(b.list.OwnerColumn, b.list.CustomerColumn)
	var owner tenant.MemberID
	err := q.Get(ctx, &owner, fmt.Sprintf(`SELECT %[2]s FROM %[1]s %[3]s WHERE %[3]s.id = ? AND %[4]s
		AND NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = %[3]s.id) %[5]s`, b.table, b.list.OwnerColumn, b.list.Alias, visible, lock),
		append([]any{r.ID}, args...)...)
	if errors.Is(err, tenant.ErrNotFound) && r.Noun == "customer" {
		err = whereMerged(ctx, q, CustomerID(r.ID), p, err)
	}
	if err != nil {
		return dataSubject{}, fmt.Errorf("record %s: %w", r, err)
	}
	s.whose[r] = owner
	return s, s.read(ctx, q)
}

// read reads what there is of the person.
func (s *dataSubject) read(ctx context.Context, q *tenant.Query) error {
	if err := q.Select(ctx, &s.ids, `SELECT loser_id FROM company.merges WHERE winner_id = ?`, s.record.ID); err != nil {
		return err
	}
	s.ids = append(s.ids, s.record.ID)
	var err error
	if s.held, err = belonging(ctx, q, s.ids); err != nil {
		return err
	}
	return s.readNames(ctx, q)
}

// belonging returns records and all that a purge takes along and that has events of its own.
func belonging(ctx context.Context, q *tenant.Query, ids []tenant.RecordID) ([]tenant.RecordID, error) {
	all := slices.Clone(ids)
	for _, r := range references {
		if r.onPurge != follows && !r.told {
			continue
		}
		found, err := selectParts[tenant.RecordID](ctx, q, fmt.Sprintf(`SELECT id FROM company.%s WHERE %s IN (?)`, r.table, r.column), ids)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		with, err := belonging(ctx, q, found)
		if err != nil {
			return nil, err
		}
		all = append(all, with...)
	}
	return all, nil
}

// communication is the condition for interactions i that a contact took part in, by their record or by their name, or
// that a customer has.
func (s *dataSubject) communication() list.Condition {
	if s.bin.noun == "customer" {
		return list.Condition{SQL: "i.customer_id IN (?)", Args: []any{s.ids}}
	}
	at, names := append([]CustomerID{{}}, s.at...), append([]string{""}, s.names...) // never empty lists
	return list.Condition{SQL: `(i.id IN (SELECT interaction_id FROM company.interaction_contacts WHERE contact_id IN (?))
		OR i.customer_id IN (?) AND JSON_OVERLAPS(i.contacts, JSON_ARRAY(?)))`, Args: []any{s.ids, at, names}}
}

// exactly makes a text stand for itself in JSON_SEARCH.
var exactly = strings.NewReplacer("%", `\%`, "_", `\_`)

// invitations is the condition for calendar events e that have the person among their guests.
func (s *dataSubject) invitations() list.Condition {
	where := list.Condition{SQL: "(1=0"}
	for _, address := range s.addresses {
		where.SQL += ` OR JSON_SEARCH(LOWER(e.guests), 'one', ?, NULL, '$[*].email') IS NOT NULL`
		where.Args = append(where.Args, exactly.Replace(strings.ToLower(address)))
	}
	where.SQL += ")"
	return where
}

// isGuest reports whether a guest is the person.
func (s *dataSubject) isGuest(g Guest) bool {
	return slices.ContainsFunc(s.addresses, func(address string) bool { return strings.EqualFold(g.Email, address) })
}

package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// knownCustomer is a customer by what it is recognised.
type knownCustomer struct {
	known
	identity
}

// matchBook finds the customers that rows could be about.
type matchBook map[string][]knownCustomer

func (b matchBook) add(k knownCustomer) {
	for _, part := range []string{"p" + k.phone, "e" + k.email, "n" + k.name} {
		if len(part) > 1 {
			b[part] = append(b[part], k)
		}
	}
}

// same returns the customer that is the same as i, and by what.
func (b matchBook) same(i identity) (known, string) {
	for _, part := range []string{"p" + i.phone, "e" + i.email, "n" + i.name} {
		for _, k := range b[part] {
			if by := i.sameAs(k.identity); by != "" {
				return k.known, by
			}
		}
	}
	return known{}, ""
}

// byKey returns the customers that the key finds.
func (b matchBook) byKey(key, value string) []known {
	var found []known
	for _, k := range b[key[:1]+value] {
		found = append(found, k.known)
	}
	return found
}

// matchLimit bounds one look-up: a name that thousands share recognises nobody anyway.
const matchLimit = 20_000

// findMatches looks for customers of the whole company, for a duplicate is one whoever owns it. Fields that are masked
// for the caller recognise nobody.
func findMatches(ctx context.Context, q *tenant.Query, rows []identity) (matchBook, error) {
	book := matchBook{}
	seen := map[CustomerID]bool{}
	for _, part := range identityColumns {
		if q.Caller.Masked[part.mask] {
			continue // whether a row is a duplicate would tell whose number it holds
		}
		wanted := map[string]bool{}
		var values []string
		for _, i := range rows {
			if v := part.of(i); v != "" && !wanted[v] {
				wanted[v], values = true, append(values, v)
			}
		}
		if len(values) == 0 {
			continue
		}
		var found []struct {
			ID    CustomerID      `db:"id"`
			Owner tenant.MemberID `db:"owner_id"`
			Phone *string         `db:"phone"`
			Email *string         `db:"email"`
			Name  string          `db:"name_key"`
		}
		if err := q.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id, owner_id, phone, email, name_key FROM company.customers
			WHERE %s IN (?) AND deleted_at IS NULL LIMIT %d`, part.column, matchLimit), values); err != nil {
			return nil, err
		}
		for _, f := range found {
			if seen[f.ID] {
				continue
			}
			seen[f.ID] = true
			book.add(knownCustomer{known{id: tenant.RecordID(f.ID), owner: f.Owner}, identity{deref(f.Phone), strings.ToLower(deref(f.Email)), f.Name}.seenBy(q.Caller)})
		}
	}
	return book, nil
}

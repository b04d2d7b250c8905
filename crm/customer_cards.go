package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomerCard is what somebody needs to get in touch with a customer.
type CustomerCard struct {
	ID           CustomerID `db:"id" json:"id" doc:"The customer." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Name         string     `db:"name" json:"name" doc:"Company or person." example:"云帆科技"`
	ContactName  string     `db:"contact_name" json:"contact_name" doc:"Main contact person." example:"王志强"`
	Phone        *string    `db:"phone" json:"phone" mask:"customer.phone" doc:"E.164; in part where a role masks it." example:"+8613800138000"`
	DoNotContact bool       `db:"do_not_contact" json:"do_not_contact" doc:"The customer does not want to be contacted."`
}

// fillCards gives the records of a page the customers that the caller may read, in one statement. of returns a record's
// customer and where its card goes.
func fillCards[T any](ctx context.Context, q *tenant.Query, page []T, of func(*T) (CustomerID, **CustomerCard)) error {
	at := map[CustomerID][]**CustomerCard{}
	var ids []CustomerID
	for i := range page {
		id, card := of(&page[i])
		if id.IsZero() {
			continue
		}
		if at[id] == nil {
			ids = append(ids, id)
		}
		at[id] = append(at[id], card)
	}
	if len(ids) == 0 {
		return nil
	}
	visible, args := q.Scope(customerRead).Where("c.owner_id", "c.id")
	var cards []CustomerCard
	if err := q.SelectIn(ctx, &cards, `SELECT c.id, c.name, c.contact_name, c.phone, c.do_not_contact FROM company.customers c
		WHERE c.id IN (?) AND c.deleted_at IS NULL AND `+visible, append([]any{ids}, args...)...); err != nil {
		return err
	}
	for i := range cards {
		for _, card := range at[cards[i].ID] {
			*card = &cards[i]
		}
	}
	return nil
}

package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// winCustomer moves the customer of a deal that was won to won, where the deal's pipeline says so and the customer is
// not there yet. What the lifecycle allows people does not matter: the deal is the proof. Nor does who reaches the
// customer: the company has decided.
func winCustomer(ctx context.Context, tx *tenant.Tx, p Pipeline, d Deal) error {
	if p.OnWon != WinCustomer || d.CustomerID.IsZero() {
		return nil
	}
	found, err := lockCustomers(ctx, tx, []CustomerID{d.CustomerID}, "1=1", nil)
	if err != nil || len(found) == 0 || found[0].Lifecycle == Won {
		return err
	}
	_, err = enterLifecycle(ctx, tx, found[0], StageChange{To: Won})
	return err
}

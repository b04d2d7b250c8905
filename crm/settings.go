package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomerSettings say how the company works on its customers.
type CustomerSettings struct {
	// Collaborators lets owners share customers with colleagues.
	Collaborators bool `json:"collaborators" doc:"Whether owners may share customers with colleagues (协作人). Switched off, what was shared is out of their reach at once, and back when it is switched on again." example:"false"`
}

const customerSettings = "customers"

// ReadCustomerSettings returns the company's settings for customers.
func ReadCustomerSettings(ctx context.Context, q *tenant.Query) (CustomerSettings, error) {
	var s CustomerSettings
	err := tenant.ReadSettings(ctx, q, customerSettings, &s)
	return s, err
}

// WriteCustomerSettings changes them.
func WriteCustomerSettings(ctx context.Context, tx *tenant.Tx, s CustomerSettings) error {
	return tenant.WriteSettings(ctx, tx, customerSettings, s)
}

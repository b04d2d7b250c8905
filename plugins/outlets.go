package plugins

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Outlets are the company's bots and endpoints for those who know no more of them than their ids.
type Outlets struct{}

// Name returns a bot's name or an endpoint's address, else tenant.ErrNotFound.
func (Outlets) Name(ctx context.Context, q *tenant.Query, id string) (string, error) {
	kind, target, err := outlet(ctx, q, id)
	if err != nil {
		return "", err
	}
	column := "name"
	if kind == WebhookTarget {
		column = "url"
	}
	var name string
	err = q.Get(ctx, &name, `SELECT `+column+` FROM `+targetTable(kind)+` WHERE id = ?`, target)
	return name, err
}

// Send delivers an event to one bot or endpoint and to nobody else, whatever types it takes. It returns
// *tenant.ConflictError for one that is switched off.
func (Outlets) Send(ctx context.Context, tx *tenant.Tx, id string, e tenant.Event) error {
	kind, target, err := outlet(ctx, tx.Query, id)
	if err == nil {
		_, err = sendTo(ctx, tx, kind, target, e)
	}
	return err
}

// outlet tells from an id what kind of target it is.
func outlet(ctx context.Context, q *tenant.Query, id string) (kind string, target tenant.RecordID, err error) {
	prefix, target, err := tenant.SplitID(id)
	switch {
	case err != nil:
	case prefix == endpointKind{}.Prefix():
		return WebhookTarget, target, nil
	case prefix == installKind{}.Prefix():
		err = q.Get(ctx, &kind, `SELECT vendor FROM company.plugins WHERE id = ?`, target)
		return kind, target, err
	}
	return "", target, fmt.Errorf("outlet: %w", tenant.ErrNotFound)
}

package auth

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// emitMember records what happened to a member.
func emitMember(ctx context.Context, tx *tenant.Tx, event string, m tenant.Member) error {
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "member", Record: tenant.RecordID(m.ID),
		OwnerBefore: m.ID, OwnerAfter: m.ID, Data: m,
	})
}

package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) notificationPreferenceRoutes(r *routes) {
	register(r, get("/me/notification-preferences", "How I am told"), rbac.SignedIn, billing.Free, s.getNotificationPreferences)
	register(r, patchOp("/me/notification-preferences", "Change how I am told", describe(notificationPreferencesDoc)),
		rbac.SignedIn, billing.Free, s.updateNotificationPreferences)
}

const notificationPreferencesDoc = `Each kind of notice is listed in the product, mailed, said by the company's bot, or none of these. What falls into the quiet hours leaves when these are over,
unless the notification was read or its record went out of reach in the meantime. Hours are those of your time zone, else of the company's.`

type notificationPreferencesOutput struct{ Body crm.NotificationPreferences }

func (s *Server) getNotificationPreferences(ctx context.Context, _ *struct{}) (*notificationPreferencesOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*notificationPreferencesOutput, error) {
		p, err := crm.GetNotificationPreferences(ctx, q)
		return &notificationPreferencesOutput{p}, err
	})
}

type updateNotificationPreferencesInput struct {
	Body crm.NotificationPreferencesPatch
}

func (s *Server) updateNotificationPreferences(ctx context.Context, in *updateNotificationPreferencesInput) (*notificationPreferencesOutput, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*notificationPreferencesOutput, error) {
		p, err := crm.UpdateNotificationPreferences(ctx, tx, in.Body)
		return &notificationPreferencesOutput{p}, err
	})
}

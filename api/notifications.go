package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) notificationRoutes(r *routes) {
	register(r, get("/notifications", "List my notifications", describe("`filter=NOT read_at:*` asks for the unread ones.")), rbac.SignedIn, billing.Free, s.listNotifications)
	register(r, get("/notifications/unread-count", "Count my unread notifications"), rbac.SignedIn, billing.Free, s.unreadNotifications)
	register(r, post("/notifications/read", "Mark my notifications as read", answers(204)), rbac.SignedIn, billing.Free, s.readNotifications)
}

func (s *Server) listNotifications(ctx context.Context, in *ListInput) (*list[crm.Notification], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Notification], error) {
		page, err := crm.ListNotifications(ctx, q, in.query())
		return &list[crm.Notification]{page}, err
	})
}

type unreadOutput struct {
	Body struct {
		Unread int `json:"unread" doc:"How many are unread." example:"3"`
	}
}

func (s *Server) unreadNotifications(ctx context.Context, _ *struct{}) (*unreadOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*unreadOutput, error) {
		out := &unreadOutput{}
		var err error
		out.Body.Unread, err = crm.UnreadNotifications(ctx, q)
		return out, err
	})
}

type readNotificationsInput struct {
	Body struct {
		IDs []crm.NotificationID `json:"ids,omitempty" maxItems:"200" doc:"Which; all unread ones when left out."`
	}
}

func (s *Server) readNotifications(ctx context.Context, in *readNotificationsInput) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.ReadNotifications(ctx, tx, in.Body.IDs)
	})
}

package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) deliveryRoutes(r *routes) {
	register(r, get("/deliveries", "List deliveries", describe("Newest first, kept for 30 days.")), rbac.Delivery.Read, billing.Free, s.listDeliveries)
	register(r, get("/deliveries/{id}", "Get a delivery with its attempts"), rbac.Delivery.Read, billing.Free, s.getDelivery)
	register(r, post("/deliveries/{id}/retry", "Try a delivery again", answers(http.StatusAccepted),
		describe("At once and with a fresh schedule, whatever became of it before.")), rbac.Delivery.Update, billing.Free, s.retryDelivery)
}

// accepted is the answer to what is done later; Location is where to see how it went.
type accepted[T any] struct {
	Location string `header:"Location" doc:"Where to see what came of it."`
	Body     T
}

type listDeliveriesInput struct {
	EndpointID plugins.EndpointID `query:"endpoint_id" doc:"Only those to this webhook endpoint." example:"whe_01h455vb4pex5vsknk084sn02q"`
	PluginID   plugins.InstallID  `query:"plugin_id" doc:"Only those to this plugin." example:"plg_01h455vb4pex5vsknk084sn02q"`
	Status     string             `query:"status" enum:"pending,delivered,failed,cancelled" doc:"Only those in this state."`
	EventType  string             `query:"event_type" maxLength:"64" doc:"Only those of this type." example:"customer.created"`
	Limit      int                `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"How many a page holds."`
	Cursor     string             `query:"cursor" maxLength:"64" doc:"next_cursor of the page before."`
}

func (s *Server) listDeliveries(ctx context.Context, in *listDeliveriesInput) (*list[plugins.DeliveryRecord], error) {
	before, err := plugins.ParseDeliveryID(in.Cursor)
	if err != nil {
		return nil, tenant.Invalid("cursor", "invalid", "does not belong to this list; start again without it")
	}
	if !in.EndpointID.IsZero() && !in.PluginID.IsZero() {
		return nil, tenant.Invalid("plugin_id", "conflict", "give endpoint_id or plugin_id, not both")
	}
	return read(ctx, s, func(q *tenant.Query) (*list[plugins.DeliveryRecord], error) {
		page, more, err := plugins.ListDeliveries(ctx, q, plugins.DeliveryQuery{
			Endpoint: in.EndpointID, Plugin: in.PluginID, Status: plugins.DeliveryStatus(in.Status), EventType: in.EventType,
			Before: before, Limit: in.Limit,
		})
		out := &list[plugins.DeliveryRecord]{crm.Page[plugins.DeliveryRecord]{Data: append([]plugins.DeliveryRecord{}, page...)}}
		if more {
			next := page[len(page)-1].ID.String()
			out.Body.NextCursor = &next
		}
		return out, err
	})
}

type deliveryPath struct {
	ID plugins.DeliveryID `path:"id" doc:"The delivery's id." example:"del_01h455vb4pex5vsknk084sn02q"`
}

// delivery is the answer that holds one delivery; it has no version, for only the product changes it.
type delivery[T any] struct{ Body T }

func (s *Server) getDelivery(ctx context.Context, in *deliveryPath) (*delivery[plugins.DeliveryWithAttempts], error) {
	return read(ctx, s, func(q *tenant.Query) (*delivery[plugins.DeliveryWithAttempts], error) {
		d, err := plugins.GetDelivery(ctx, q, in.ID)
		return &delivery[plugins.DeliveryWithAttempts]{d}, err
	})
}

func (s *Server) retryDelivery(ctx context.Context, in *deliveryPath) (*accepted[plugins.DeliveryRecord], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*accepted[plugins.DeliveryRecord], error) {
		d, err := plugins.RetryDelivery(ctx, tx, in.ID)
		return &accepted[plugins.DeliveryRecord]{"/v1/deliveries/" + d.ID.String(), d}, err
	})
}

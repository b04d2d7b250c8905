package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) webhookEndpointRoutes(r *routes) {
	p := rbac.WebhookEndpoint
	register(r, get("/webhook-endpoints", "List webhook endpoints"), p.Read, billing.Free, s.listWebhookEndpoints)
	register(r, post("/webhook-endpoints", "Create a webhook endpoint", alsoAnswers(http.StatusPaymentRequired), describe(createEndpointDoc)), p.Create, billing.Free, s.createWebhookEndpoint)
	register(r, get("/webhook-endpoints/event-types", "List event types", describe("All types that an endpoint or a bot can take.")),
		p.Read, billing.Free, s.listEventTypes)
	register(r, get("/webhook-endpoints/{id}", "Get a webhook endpoint"), p.Read, billing.Free, s.getWebhookEndpoint)
	register(r, patchOp("/webhook-endpoints/{id}", "Change a webhook endpoint"), p.Update, billing.Free, s.updateWebhookEndpoint)
	register(r, del("/webhook-endpoints/{id}", "Delete a webhook endpoint", describe("What was still to be sent to it is cancelled.")),
		p.Delete, billing.Free, s.deleteWebhookEndpoint)
	register(r, post("/webhook-endpoints/{id}/rotate-secret", "Give it a fresh secret", answers(http.StatusOK),
		describe("The secret before it signs along for 24 hours, so that receivers can change over.")), p.Update, billing.Free, s.rotateWebhookSecret)
	register(r, post("/webhook-endpoints/{id}/test", "Send a test event", answers(http.StatusAccepted),
		describe("Sends a webhook.test event, whatever types the endpoint takes. Read the delivery to see what came of it.")),
		p.Update, billing.Free, s.testWebhookEndpoint)
	register(r, post("/webhook-endpoints/{id}/replay", "Send a window of the past again", answers(http.StatusAccepted), describe(replayDoc)),
		p.Update, billing.Free, s.replayWebhookEndpoint)
}

const createEndpointDoc = `Events are posted as JSON by [Standard Webhooks](https://www.standardwebhooks.com): verify the signature with any of its libraries,
answer 2xx within 15 seconds, and drop repeats by the webhook-id header. What fails is tried again for 76 hours. The order is not promised.`

const replayDoc = `Plans the events of the window that the endpoint takes as new deliveries, oldest first, with the same webhook-id as before.
One request plans at most 5,000; when there are more, next_after_seq continues.`

// WebhookEndpointPath names an endpoint in the path.
// WebhookEndpointPath names a webhook endpoint in the path.
type WebhookEndpointPath struct {
	ID plugins.EndpointID `path:"id" doc:"The endpoint's id." example:"whe_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listWebhookEndpoints(ctx context.Context, _ *struct{}) (*all[plugins.Endpoint], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[plugins.Endpoint], error) {
		endpoints, err := plugins.ListEndpoints(ctx, q)
		return allOf(endpoints), err
	})
}

func (s *Server) listEventTypes(context.Context, *struct{}) (*all[string], error) {
	return allOf(eventTypes), nil
}

type createWebhookEndpointInput struct{ Body plugins.NewEndpoint }

func (s *Server) createWebhookEndpoint(ctx context.Context, in *createWebhookEndpointInput) (*created[plugins.EndpointWithSecret], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[plugins.EndpointWithSecret], error) {
		e, err := plugins.CreateEndpoint(ctx, tx, in.Body, s.pluginRules())
		return &created[plugins.EndpointWithSecret]{"/v1/webhook-endpoints/" + e.ID.String(), etag(e.Version), e}, err
	})
}

func (s *Server) getWebhookEndpoint(ctx context.Context, in *WebhookEndpointPath) (*item[plugins.Endpoint], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[plugins.Endpoint], error) {
		e, err := plugins.GetEndpoint(ctx, q, in.ID)
		return &item[plugins.Endpoint]{etag(e.Version), e}, err
	})
}

type updateWebhookEndpointInput struct {
	WebhookEndpointPath
	IfMatch
	Body plugins.EndpointPatch
}

func (s *Server) updateWebhookEndpoint(ctx context.Context, in *updateWebhookEndpointInput) (*item[plugins.Endpoint], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[plugins.Endpoint], error) {
		e, err := plugins.UpdateEndpoint(ctx, tx, in.ID, in.Body, s.pluginRules(), version)
		return &item[plugins.Endpoint]{etag(e.Version), e}, err
	})
}

type deleteWebhookEndpointInput struct {
	WebhookEndpointPath
	IfMatch
}

func (s *Server) deleteWebhookEndpoint(ctx context.Context, in *deleteWebhookEndpointInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, plugins.DeleteEndpoint(ctx, tx, in.ID, version)
	})
}

func (s *Server) rotateWebhookSecret(ctx context.Context, in *WebhookEndpointPath) (*item[plugins.EndpointWithSecret], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[plugins.EndpointWithSecret], error) {
		e, err := plugins.RotateSecret(ctx, tx, in.ID)
		return &item[plugins.EndpointWithSecret]{etag(e.Version), e}, err
	})
}

func (s *Server) testWebhookEndpoint(ctx context.Context, in *WebhookEndpointPath) (*accepted[plugins.DeliveryRecord], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*accepted[plugins.DeliveryRecord], error) {
		d, err := plugins.TestEndpoint(ctx, tx, in.ID)
		return &accepted[plugins.DeliveryRecord]{"/v1/deliveries/" + d.ID.String(), d}, err
	})
}

type replayInput struct {
	WebhookEndpointPath
	Body plugins.Replay
}

// replayed is the answer to a replay.
type replayed struct{ Body plugins.Replayed }

func (s *Server) replayWebhookEndpoint(ctx context.Context, in *replayInput) (*replayed, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*replayed, error) {
		out, err := plugins.ReplayEndpoint(ctx, tx, in.ID, in.Body)
		return &replayed{out}, err
	})
}

package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) interactionRoutes(r *routes) {
	register(r, get("/interactions", "List interactions"), rbac.Interaction.Read, billing.Free, s.listInteractions)
	register(r, post("/interactions", "Log an interaction", describe("Restarts the customer's silence clock. With next_step_due_at the next step becomes a task in the same call.")),
		rbac.Interaction.Create, billing.Free, s.logInteraction)
	register(r, get("/interactions/{id}", "Get an interaction"), rbac.Interaction.Read, billing.Free, s.getInteraction)
	register(r, patchOp("/interactions/{id}", "Change an interaction"), rbac.Interaction.Update, billing.Free, s.updateInteraction)
	register(r, del("/interactions/{id}", "Delete an interaction"), rbac.Interaction.Delete, billing.Free, s.deleteInteraction)
	register(r, post("/interactions/{id}/assign", "Give a customer's matter to somebody", answers(http.StatusOK), describe(
		"To a member who may settle it, or to nobody. They are notified.")), rbac.Interaction.Update, billing.Free, s.assignInteraction)
	register(r, post("/interactions/{id}/resolve", "Settle a customer's matter", answers(http.StatusOK)), rbac.Interaction.Update, billing.Free, s.resolveInteraction)
	register(r, post("/interactions/queue/next", "Take the next matter from the queue", answers(http.StatusOK), alsoAnswers(http.StatusNoContent), describe(
		"Gives you the oldest open interaction within your reach that nobody has, never one that a colleague gets at the same time. "+
			"204 when there is none.")), rbac.Interaction.Update, billing.Free, s.nextInteraction)
	register(r, post("/interactions/{id}/task", "Make a task of the next step"), rbac.Interaction.Update, billing.Free, s.nextStepTask)
	register(r, get("/customers/{id}/contact-check", "Know before you call", describe(
		"Whether the customer wants to be contacted, and which colleagues have been in contact within a day, also with another customer "+
			"of the same phone number. It forbids nothing, and logging is never refused.")), rbac.Customer.Read, billing.Free, s.contactCheck)
	register(r, get("/customers/{id}/interactions", "List a customer's interactions"), rbac.Interaction.Read, billing.Free, s.customerInteractions)
}

// InteractionPath names an interaction in the path.
type InteractionPath struct {
	ID crm.InteractionID `path:"id" doc:"The interaction's id." example:"int_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listInteractions(ctx context.Context, in *ListInput) (*list[crm.Interaction], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Interaction], error) {
		page, err := crm.ListInteractions(ctx, q, crm.CustomerID{}, in.query())
		return &list[crm.Interaction]{page}, err
	})
}

type customerInteractionsInput struct {
	CustomerPath
	ListInput
}

func (s *Server) customerInteractions(ctx context.Context, in *customerInteractionsInput) (*list[crm.Interaction], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Interaction], error) {
		page, err := crm.ListInteractions(ctx, q, in.ID, in.query())
		return &list[crm.Interaction]{page}, err
	})
}

func (s *Server) getInteraction(ctx context.Context, in *InteractionPath) (*item[crm.Interaction], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Interaction], error) {
		i, err := crm.GetInteraction(ctx, q, in.ID)
		return &item[crm.Interaction]{etag(i.Version), i}, err
	})
}

type logInteractionInput struct{ Body crm.NewInteraction }

func (s *Server) logInteraction(ctx context.Context, in *logInteractionInput) (*created[crm.Interaction], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Interaction], error) {
		i, err := crm.LogInteraction(ctx, tx, in.Body, callerOf)
		return &created[crm.Interaction]{"/v1/interactions/" + i.ID.String(), etag(i.Version), i}, err
	})
}

type updateInteractionInput struct {
	InteractionPath
	IfMatch
	Body crm.InteractionPatch
}

func (s *Server) updateInteraction(ctx context.Context, in *updateInteractionInput) (*item[crm.Interaction], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Interaction], error) {
		i, err := crm.UpdateInteraction(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Interaction]{etag(i.Version), i}, err
	})
}

type deleteInteractionInput struct {
	InteractionPath
	IfMatch
}

func (s *Server) deleteInteraction(ctx context.Context, in *deleteInteractionInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteInteraction(ctx, tx, in.ID, version)
	})
}

type assignInteractionInput struct {
	InteractionPath
	IfMatch
	Body crm.Assignment
}

func (s *Server) assignInteraction(ctx context.Context, in *assignInteractionInput) (*item[crm.Interaction], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Interaction], error) {
		i, err := crm.AssignInteraction(ctx, tx, in.ID, in.Body, version, callerOf)
		return &item[crm.Interaction]{etag(i.Version), i}, err
	})
}

type resolveInteractionInput struct {
	InteractionPath
	IfMatch
	Body crm.Resolution
}

func (s *Server) resolveInteraction(ctx context.Context, in *resolveInteractionInput) (*item[crm.Interaction], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Interaction], error) {
		i, err := crm.ResolveInteraction(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Interaction]{etag(i.Version), i}, err
	})
}

// nextInteractionOutput has no body when the queue is empty.
type nextInteractionOutput struct {
	Status int
	ETag   string `header:"ETag" doc:"The record's version."`
	Body   *crm.Interaction
}

func (s *Server) nextInteraction(ctx context.Context, _ *struct{}) (*nextInteractionOutput, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nextInteractionOutput, error) {
		i, ok, err := crm.TakeNextInteraction(ctx, tx)
		if err != nil || !ok {
			return &nextInteractionOutput{Status: http.StatusNoContent}, err
		}
		return &nextInteractionOutput{http.StatusOK, etag(i.Version), &i}, nil
	})
}

type nextStepTaskInput struct {
	InteractionPath
	Body crm.NextStepTask
}

func (s *Server) nextStepTask(ctx context.Context, in *nextStepTaskInput) (*created[crm.Task], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Task], error) {
		t, err := crm.CreateNextStepTask(ctx, tx, in.ID, in.Body)
		return &created[crm.Task]{"/v1/tasks/" + t.ID.String(), etag(t.Version), t}, err
	})
}

type contactCheckOutput struct{ Body crm.ContactCheck }

func (s *Server) contactCheck(ctx context.Context, in *CustomerPath) (*contactCheckOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*contactCheckOutput, error) {
		check, err := crm.CheckContact(ctx, q, in.ID)
		return &contactCheckOutput{check}, err
	})
}

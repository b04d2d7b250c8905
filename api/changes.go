package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) changeRoutes(r *routes) {
	register(r, get("/changes", "Follow what changes", alsoAnswers(http.StatusGone), describe(
		"The changes within your reach, in the order in which they were committed. Keep next_cursor, and go on from it at any time: "+
			"nothing is missed. Of each noun you see the changes of the records that you may read.")), rbac.Change.Read, billing.Sync, s.listChanges)
}

type listChangesInput struct {
	Cursor string   `query:"cursor" maxLength:"20" doc:"next_cursor of the page before. Without it the feed begins with the oldest change that is kept, with now after the latest." example:"4711"`
	Types  []string `query:"types" maxItems:"100" doc:"Leaves only these event types, comma-separated; customer.* are all of a resource." example:"[\"customer.*\",\"task.completed\"]"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"How many items a page may hold."`
}

type listChangesOutput struct{ Body crm.Feed }

func (s *Server) listChanges(ctx context.Context, in *listChangesInput) (*listChangesOutput, error) {
	types := plugins.EventTypes(in.Types)
	if err := types.Check("types", eventTypes); err != nil {
		return nil, err
	}
	takes := func(eventType string) bool { return slices.Contains(eventTypes, eventType) && types.Take(eventType) }
	return read(ctx, s, func(q *tenant.Query) (*listChangesOutput, error) {
		feed, err := crm.ReadFeed(ctx, q, crm.FeedQuery{Cursor: in.Cursor, Limit: in.Limit, Takes: takes})
		return &listChangesOutput{feed}, err
	})
}

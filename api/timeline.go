package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) timelineRoutes(r *routes) {
	register(r, get("/customers/{id}/timeline", "Read what happened with a customer", describe(
		"Interactions, tasks, deals, stages, edits, merges, comments and files, newest first. Each kind is shown to those who may read it.")),
		rbac.Customer.Read, billing.Free, s.customerTimeline)
}

type customerTimelineInput struct {
	CustomerPath
	Kinds  []string `query:"kinds" maxItems:"20" doc:"Leaves only items of these kinds, comma-separated." example:"[\"interaction\",\"stage\"]"`
	Limit  int      `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many items a page holds."`
	Cursor string   `query:"cursor" maxLength:"500" doc:"next_cursor of the page before. It fits only the same customer and kinds."`
}

func (s *Server) customerTimeline(ctx context.Context, in *customerTimelineInput) (*list[crm.TimelineItem], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.TimelineItem], error) {
		page, err := crm.ReadTimeline(ctx, q, in.ID, crm.TimelineQuery{Kinds: in.Kinds, Limit: in.Limit, Cursor: in.Cursor})
		return &list[crm.TimelineItem]{page}, err
	})
}

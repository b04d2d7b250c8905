package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) searchRoutes(r *routes) {
	register(r, get("/search", "Search everything", describe(searchDoc)), rbac.Customer.Read, billing.Free, s.search)
}

const searchDoc = "Customers, contacts, deals, tasks and communication records within your reach, each searched as its own list does. What is called like that comes first, " +
	"then what begins so, then what has it in its name, then the rest; of each kind the latest 100 matches are weighed. For all matches of a kind ask its list with the same `q`."

type searchInput struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Any part of a name or text; pinyin and initials find Chinese names, digits phone numbers." example:"yunfan"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20" doc:"How many to answer."`
}

func (s *Server) search(ctx context.Context, in *searchInput) (*all[crm.Hit], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Hit], error) {
		hits, err := crm.Find(ctx, q, in.Q, in.Limit)
		return allOf(hits), err
	})
}

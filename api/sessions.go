package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
)

func (s *Server) sessionRoutes(r *routes) {
	register(r, get("/sessions", "List my sessions", describe("Every device on which you are signed in, in all your companies.")),
		rbac.SignedIn, billing.Free, s.listSessions)
	register(r, del("/sessions/{id}", "End one of my sessions"), rbac.SignedIn, billing.Free, s.endSession)
	register(r, post("/sessions/end-others", "End all my other sessions", answers(http.StatusOK)), rbac.SignedIn, billing.Free, s.endOtherSessions)
}

func (s *Server) listSessions(ctx context.Context, _ *struct{}) (*all[auth.Session], error) {
	sessions, err := s.auth.ListSessions(ctx, principalOf(ctx).identity)
	return allOf(sessions), err
}

type sessionPath struct {
	ID auth.SessionID `path:"id" doc:"The session's id." example:"ses_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) endSession(ctx context.Context, in *sessionPath) (*nothing, error) {
	return &nothing{}, s.auth.EndSession(ctx, principalOf(ctx).identity, in.ID)
}

type endedSessions struct {
	Body struct {
		Ended int `json:"ended" doc:"How many sessions were ended." example:"2"`
	}
}

func (s *Server) endOtherSessions(ctx context.Context, _ *struct{}) (*endedSessions, error) {
	n, err := s.auth.EndOtherSessions(ctx, principalOf(ctx).identity)
	out := &endedSessions{}
	out.Body.Ended = n
	return out, err
}

package api

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// changedChannel carries the ids of companies whose plan, status, roles or members changed.
const changedChannel = "guanxi:company_changed"

// AnnounceChange makes this and every other process forget what they remember of a company. A lost
// announcement only means that the caches' few seconds have to pass.
func AnnounceChange(ctx context.Context, r redis.UniversalClient, company tenant.CompanyID) {
	_ = r.Publish(ctx, changedChannel, company.String()).Err()
}

// changed is for handlers that changed something other requests remember. It is called after the commit.
func (s *Server) changed(ctx context.Context) { s.companyChanged(ctx, principalOf(ctx).company.ID) }

// companyChanged is changed for a company that the request has not signed in to.
func (s *Server) companyChanged(ctx context.Context, company tenant.CompanyID) {
	s.callers.forget(company)
	AnnounceChange(context.WithoutCancel(ctx), s.cfg.Redis, company)
}

func (s *Server) followAnnouncements(ctx context.Context) {
	subscription := s.cfg.Redis.Subscribe(ctx, changedChannel)
	defer func() { _ = subscription.Close() }()
	messages := subscription.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, open := <-messages:
			if !open {
				return
			}
			if id, err := tenant.ParseCompanyID(m.Payload); err == nil {
				s.callers.forget(id)
			}
		}
	}
}

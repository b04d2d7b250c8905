package auth

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Refresh exchanges a refresh token for new tokens. A token that was exchanged before ends its whole
// session, except within a few seconds: then it gets the same successor. It returns an error that wraps
// ErrUnauthenticated, *TooManyAttemptsError, tenant.ErrSuspended or ErrUnavailable.
func (s *Service) Refresh(ctx context.Context, text string, client Client) (Tokens, error) {
	if err := s.attempts.refresh(ctx, client.IP); err != nil {
		return Tokens{}, err
	}
	presented, ok := s.refresher.read(text)
	if !ok {
		return Tokens{}, errSessionEnded
	}
	owner, err := s.sessions.owner(ctx, presented.session)
	if err != nil {
		return Tokens{}, err
	}
	// What can fail comes before the exchange, so that a failure does not use the token up.
	company, member, err := s.mayContinue(ctx, presented.session, owner)
	if err != nil {
		return Tokens{}, err
	}
	client = client.cut()
	now, successor := s.now(), s.refresher.successor(presented)
	outcome, err := s.sessions.rotate(ctx, presented, successor, now, client)
	if err != nil {
		return Tokens{}, err
	}
	switch outcome {
	case "rotated":
		// A retired session lives again and must stand in the index for as long.
		if _, err := s.sessions.list(ctx, presented.session, owner.member, now); err != nil {
			return Tokens{}, err
		}
		s.live.Invalidate(presented.session)
		if member.LastActiveAt == nil || now.Sub(*member.LastActiveAt) > activeEvery {
			s.noteEntry(ctx, company, member, presented.session, "", client)
		}
	case "repeated":
	case "reused":
		return Tokens{}, s.endReused(ctx, owner.member, presented.session)
	default:
		return Tokens{}, errSessionEnded
	}
	return s.tokens(successor, owner)
}

// mayContinue ends the session of somebody who is not an active member any more.
func (s *Service) mayContinue(ctx context.Context, id SessionID, owner sessionOwner) (*tenant.Company, tenant.Member, error) {
	var member tenant.Member
	company, err := s.openCompany(ctx, owner.company)
	if err == nil {
		member, err = s.activeMember(ctx, company, owner.member)
	}
	if isRefusal(err) {
		if end := s.end(ctx, owner.member, id); end != nil {
			return nil, member, end
		}
	}
	return company, member, err
}

func (s *Service) endReused(ctx context.Context, member tenant.MemberID, id SessionID) error {
	if err := s.end(ctx, member, id); err != nil {
		return err
	}
	return errRefreshReuse
}

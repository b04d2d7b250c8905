package crm

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CallerOf builds the caller that a member is for work in the background, with the rights of now. It returns an
// error that wraps tenant.ErrNotFound for somebody who may not act any more. The edge supplies it, because roles
// are not known here.
type CallerOf func(ctx context.Context, q *tenant.Query, member tenant.MemberID) (*tenant.Caller, error)

// audience decides who is told of events, and remembers for a turn of the relay what each reader may see.
type audience struct {
	callerOf CallerOf
	known    map[tenant.MemberID]*tenant.Caller
	// choices are how the readers want to be told.
	choices map[tenant.MemberID]*preferences
	// mails is asked once whether mail can leave at all, and bots whether the company has a bot that tells people.
	mails, bots func() (bool, error)
}

func newAudience(callerOf CallerOf, mails, bots func() (bool, error)) *audience {
	return &audience{
		callerOf: callerOf, known: map[tenant.MemberID]*tenant.Caller{}, choices: map[tenant.MemberID]*preferences{},
		mails: sync.OnceValues(mails), bots: sync.OnceValues(bots),
	}
}

// of returns the members whom a notice concerns and who may see what it tells of, as callers. A place in the
// reporting tree is not enough: a manager without the right to read the team's customers is not told of them.
func (a *audience) of(ctx context.Context, q *tenant.Query, n notice, c tenant.Change) ([]*tenant.Caller, error) {
	if n.audience == nil {
		return nil, nil
	}
	ids, err := n.audience(ctx, q, c)
	if err != nil {
		return nil, err
	}
	var readers []*tenant.Caller
	for _, id := range ids {
		reader, err := a.caller(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if reader == nil {
			continue
		}
		seen, err := n.seen(ctx, q.As(reader), c)
		if err != nil {
			return nil, err
		}
		if seen {
			readers = append(readers, reader)
		}
	}
	return readers, nil
}

// seen reports whether the query's caller may see what a change tells of.
func (n notice) seen(ctx context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
	if n.visible == nil {
		return true, nil
	}
	return n.visible(ctx, q, c)
}

// caller returns nil for somebody who may not act any more.
func (a *audience) caller(ctx context.Context, q *tenant.Query, id tenant.MemberID) (*tenant.Caller, error) {
	if caller, ok := a.known[id]; ok {
		return caller, nil
	}
	caller, err := a.callerOf(ctx, q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		caller, err = nil, nil
	}
	if err == nil {
		a.known[id] = caller
	}
	return caller, err
}

// preferences returns how a reader wants to be told.
func (a *audience) preferences(ctx context.Context, q *tenant.Query, id tenant.MemberID) (*preferences, error) {
	if p, ok := a.choices[id]; ok {
		return p, nil
	}
	p, err := readPreferences(ctx, q, id, "")
	if err == nil {
		a.choices[id] = &p
	}
	return &p, err
}

// ways returns the channels by which a notice is to be told to somebody, and can be.
func (a *audience) ways(p *preferences, n notice) ([]Channel, error) {
	var ways []Channel
	for _, by := range p.channels(n) {
		open, err := true, error(nil)
		switch by {
		case ByEmail:
			open, err = a.mails()
		case ByBot:
			open, err = a.bots()
		}
		if err != nil {
			return nil, err
		}
		if open {
			ways = append(ways, by)
		}
	}
	return ways, nil
}

// changedHands reports whether the change gave the record to somebody else than whoever made it.
func changedHands(c tenant.Change) bool {
	return !c.OwnerAfter.IsZero() && c.OwnerAfter != c.OwnerBefore && c.OwnerAfter != c.Actor
}

// ownerWithin makes a notice visible to those whose permission reaches the record by its owner.
func ownerWithin(p tenant.Permission) func(context.Context, *tenant.Query, tenant.Change) (bool, error) {
	return func(_ context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
		return q.Scope(p).Includes(c.OwnerAfter), nil
	}
}

// recordWithin makes a notice visible to those who reach the event's record now, by whatever way.
func recordWithin(ctx context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
	return reaches(ctx, q, RecordRef{c.Resource, c.Record})
}

func reaches(ctx context.Context, q *tenant.Query, r RecordRef) (bool, error) {
	_, err := FindRecord(ctx, q, r, "read")
	if errors.Is(err, tenant.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// toOwner tells the record's owner or assignee.
func toOwner(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	if c.OwnerAfter.IsZero() {
		return nil, nil
	}
	return []tenant.MemberID{c.OwnerAfter}, nil
}

// toOwnerAndManager tells the owner and whom the owner reports to, but not who made the change.
func toOwnerAndManager(ctx context.Context, q *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	if c.OwnerAfter.IsZero() {
		return nil, nil
	}
	owner, err := tenant.GetMember(ctx, q, c.OwnerAfter)
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return nil, err
	}
	return slices.DeleteFunc([]tenant.MemberID{c.OwnerAfter, owner.ManagerID}, func(id tenant.MemberID) bool {
		return id.IsZero() || id == c.Actor
	}), nil
}

// toAdmins tells the company's admins.
func toAdmins(ctx context.Context, q *tenant.Query, _ tenant.Change) ([]tenant.MemberID, error) {
	var admins []tenant.MemberID
	err := q.Select(ctx, &admins, `SELECT member_id FROM company.member_roles WHERE role_id = 'admin' ORDER BY member_id LIMIT 100`)
	return admins, err
}

package crm

import (
	"context"
	"errors"
	"slices"

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
}

func newAudience(callerOf CallerOf) *audience {
	return &audience{callerOf: callerOf, known: map[tenant.MemberID]*tenant.Caller{}}
}

// of returns the members whom a notice concerns and who may see what it tells of, as callers. A place in the
// reporting tree is not enough: a manager without the right to read the team's customers is not told of them.
func (a *audience) of(ctx context.Context, q *tenant.Query, n notice, c tenant.Change) ([]*tenant.Caller, error) {
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
		if reader == nil || n.visible != nil && !n.visible(reader, c) {
			continue
		}
		reached, err := n.reaches(ctx, q.As(reader), c)
		if err != nil {
			return nil, err
		}
		if reached {
			readers = append(readers, reader)
		}
	}
	return readers, nil
}

// reaches reports whether the caller of the query reaches the record that a notice names.
func (n notice) reaches(ctx context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
	if n.record == nil {
		return true, nil
	}
	record, err := n.record(c)
	if err != nil {
		return false, err
	}
	_, err = FindRecord(ctx, q, record, "read")
	if errors.Is(err, tenant.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
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

// changedHands reports whether the change gave the record to somebody else than whoever made it.
func changedHands(c tenant.Change) bool {
	return !c.OwnerAfter.IsZero() && c.OwnerAfter != c.OwnerBefore && c.OwnerAfter != c.Actor
}

// ownerWithin makes a notice visible to those whose permission reaches the record by its owner.
func ownerWithin(p tenant.Permission) func(*tenant.Caller, tenant.Change) bool {
	return func(reader *tenant.Caller, c tenant.Change) bool { return reader.Scope(p).Includes(c.OwnerAfter) }
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

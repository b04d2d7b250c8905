package crm

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

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

// of returns the members whom an event concerns and who may see what it tells, as callers. A place in the
// reporting tree is not enough: a manager without the right to read the team's customers is not told of them.
func (a *audience) of(ctx context.Context, q *tenant.Query, c tenant.Change) ([]*tenant.Caller, error) {
	ids, err := readersOf(ctx, q, c)
	if err != nil {
		return nil, err
	}
	var readers []*tenant.Caller
	for _, id := range ids {
		reader, err := a.caller(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if reader != nil && maySee(reader, c) {
			readers = append(readers, reader)
		}
	}
	return readers, nil
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

// maySee reports whether the records that an event tells of are within a reader's scope.
func maySee(reader *tenant.Caller, c tenant.Change) bool {
	switch {
	case c.Type == "customer.silent_escalated":
		// The event is the manager's; the customers in it are the owner's.
		var found SilentCustomers
		return json.Unmarshal(c.Data, &found) == nil && reader.Scope(customerRead).Includes(found.OwnerID)
	case c.Type == "customer.shared":
		return reader.May(customerRead) // whom it is shared with
	case strings.HasPrefix(c.Type, "customer."):
		return reader.Scope(customerRead).Includes(c.OwnerAfter)
	case strings.HasPrefix(c.Type, "task."):
		return reader.Scope(taskRead).Includes(c.OwnerAfter)
	}
	return true
}

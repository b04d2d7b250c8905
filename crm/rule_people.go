package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// checkTo checks whom an action is for.
func (c *actionCheck) checkTo(a RuleAction, allowed ...string) error {
	if !slices.Contains(allowed, a.To) {
		c.add("to", "unknown", "must be one of "+strings.Join(allowed, ", "))
		return nil
	}
	for _, other := range []struct {
		field, to string
		set       bool
	}{
		{"member_id", "member", a.MemberID != nil}, {"role", "role", a.Role != ""},
		{"member_ids", "round_robin", len(a.MemberIDs) > 0}, {"team_id", "round_robin", a.TeamID != nil},
	} {
		if other.set && other.to != a.To {
			c.add(other.field, "invalid", "belongs to the value "+other.to+" of to")
		}
	}
	switch a.To {
	case "member":
		if a.MemberID == nil {
			c.add("member_id", "required", "say who")
			return nil
		}
		return c.checkMember("member_id", *a.MemberID)
	case "role":
		return c.checkRole(a.Role)
	case "round_robin":
		return c.checkRoundRobin(a)
	}
	return nil
}

func (c *actionCheck) checkMember(field string, id tenant.MemberID) error {
	active, err := isActive(c.ctx, c.q, id)
	if err == nil && !active {
		c.add(field, "unknown", "is not an active member of this company")
	}
	return err
}

func (c *actionCheck) checkRole(role string) error {
	var n int
	if err := c.q.Get(c.ctx, &n, `SELECT COUNT(*) FROM company.roles WHERE id = ?`, role); err != nil {
		return err
	}
	if n == 0 {
		c.add("role", "unknown", "is not a role of this company")
	}
	return nil
}

func (c *actionCheck) checkRoundRobin(a RuleAction) error {
	if (a.TeamID == nil) == (len(a.MemberIDs) == 0) {
		c.add("member_ids", "required", "name the members or a team, one of the two")
		return nil
	}
	for i, id := range a.MemberIDs {
		if err := c.checkMember(fmt.Sprintf("member_ids[%d]", i), id); err != nil {
			return err
		}
	}
	if a.TeamID == nil {
		return nil
	}
	_, err := GetTeam(c.ctx, c.q, *a.TeamID)
	if errors.Is(err, tenant.ErrNotFound) {
		c.add("team_id", "unknown", "is not a team of this company")
		err = nil
	}
	return err
}

// person returns the one member for whom an action is: the zero id when there is nobody.
func (r *acting) person(ctx context.Context, a RuleAction) (tenant.Member, error) {
	id := r.record.Owner
	switch a.To {
	case "member":
		id = *a.MemberID
	case "manager":
		owner, err := r.member(ctx, r.record.Owner)
		if err != nil {
			return tenant.Member{}, err
		}
		id = owner.ManagerID
	default:
		if id.IsZero() {
			id = r.run.ActorID // a record without an owner is the business of whoever set the rule off
		}
	}
	return r.member(ctx, id)
}

// member returns an active member, or the zero Member.
func (r *acting) member(ctx context.Context, id tenant.MemberID) (tenant.Member, error) {
	m, err := tenant.GetMember(ctx, r.q, id)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && m.Status != tenant.MemberActive {
		return tenant.Member{}, nil
	}
	return m, err
}

// nobody is the deed of an action that finds nobody to go to.
func (r *acting) nobody() deed {
	return deed{text: r.say(phrase{"没有可以交给的人", "There is nobody to turn to"})}
}

// candidates returns the members between whom the action goes in turn. Who has left is passed over.
func (r *acting) candidates(ctx context.Context, a RuleAction) ([]tenant.Member, error) {
	ids := a.MemberIDs
	if a.TeamID != nil {
		team, err := GetTeam(ctx, r.q, *a.TeamID)
		if err != nil && !errors.Is(err, tenant.ErrNotFound) {
			return nil, err
		}
		ids = team.MemberIDs
	}
	var active []tenant.Member
	for _, id := range ids {
		m, err := r.member(ctx, id)
		if err != nil {
			return nil, err
		}
		if !m.ID.IsZero() {
			active = append(active, m)
		}
	}
	return active, nil
}

// nextTurn counts one further in a rule's round and returns the place of whose turn it is. Runs that meet here wait for
// each other, so that nobody is passed over.
func nextTurn(ctx context.Context, tx *tenant.Tx, rule RuleID, n int) (int, error) {
	name := "turn:" + strings.TrimPrefix(rule.String(), ruleKind{}.Prefix()+"_")
	if _, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES (?, 1) ON DUPLICATE KEY UPDATE value = value + 1`, name); err != nil {
		return 0, err
	}
	var turn int
	err := tx.Get(ctx, &turn, `SELECT value FROM company.counters WHERE name = ? FOR UPDATE`, name)
	return (turn - 1) % n, err
}

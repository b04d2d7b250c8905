package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

// checkOwner sees to it that the caller may give a record to the owner.
func checkOwner(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, name string, owner tenant.MemberID, p tenant.Permission) error {
	if owner.IsZero() {
		if tx.Scope(p).Level() != tenant.LevelAll {
			invalid.Add(name, "out_of_scope", "only those who reach every record may leave one without an owner")
		}
		return nil
	}
	if !tx.Scope(p).Includes(owner) {
		invalid.Add(name, "out_of_scope", "is not a member whom you may give this to")
		return nil
	}
	if owner == tx.Caller.Member {
		return nil
	}
	active, err := isActive(ctx, tx.Query, owner)
	if err == nil && !active {
		invalid.Add(name, "unknown", "is not an active member of this company")
	}
	return err
}

// isActive reports whether there is such a member, who has not left.
func isActive(ctx context.Context, q *tenant.Query, id tenant.MemberID) (bool, error) {
	member, err := tenant.GetMember(ctx, q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return false, nil
	}
	return member.Status == tenant.MemberActive, err
}

// checkHandOver sees to it that the caller may give a record from one owner to another. A collaborator may not: it is
// not theirs.
func checkHandOver(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, p tenant.Permission, from, to tenant.MemberID) error {
	if !tx.Scope(p).Includes(from) {
		invalid.Add("owner_id", "out_of_scope", "the record is only shared with you; its owner can hand it over")
		return nil
	}
	return checkOwner(ctx, tx, invalid, "owner_id", to, p)
}

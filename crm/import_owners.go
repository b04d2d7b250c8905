package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ownerBook finds members by what files call them.
type ownerBook struct {
	byWord   map[string][]tenant.MemberID
	resource string
	// scopes are whose records the importer may make and change; an owner has to be within all of them.
	scopes []tenant.Scope
}

// readOwnerBook reads the active members of the company.
func readOwnerBook(ctx context.Context, q *tenant.Query, n *importNoun, mode string) (ownerBook, error) {
	b := ownerBook{resource: n.resource, byWord: map[string][]tenant.MemberID{}}
	for _, p := range n.needs(mode) {
		b.scopes = append(b.scopes, q.Scope(p))
	}
	members, err := tenant.ListMembers(ctx, q)
	for _, m := range members {
		if m.Status != tenant.MemberActive {
			continue
		}
		for _, word := range []string{m.Name, deref(m.Email)} {
			if word = strings.TrimSpace(search.Fold(word)); word != "" {
				b.byWord[word] = append(b.byWord[word], m.ID)
			}
		}
	}
	return b, err
}

// find returns the member of that name or e-mail address, if records may be given to them.
func (b *ownerBook) find(cell string) (tenant.MemberID, error) {
	found := b.called(cell)
	switch {
	case len(found) == 0:
		return tenant.MemberID{}, badValue("unknown_owner", "the owner is not an active member of this company; write a member's name or e-mail address")
	case len(found) > 1:
		return tenant.MemberID{}, badValue("ambiguous_owner", "several members have the owner's name; write the e-mail address")
	case slices.ContainsFunc(b.scopes, func(s tenant.Scope) bool { return !s.Includes(found[0]) }):
		return tenant.MemberID{}, badValue("owner_out_of_scope", "the owner is not a member whom you may give %s to", b.resource)
	}
	return found[0], nil
}

func (b *ownerBook) called(cell string) []tenant.MemberID {
	return b.byWord[strings.TrimSpace(search.Fold(cell))]
}

// member returns the member of that name or e-mail address, whoever it is.
func (b *ownerBook) member(cell string) (tenant.MemberID, error) {
	switch found := b.called(cell); len(found) {
	case 0:
		return tenant.MemberID{}, badValue("unknown_member", "nobody of this name is an active member of this company; write a member's name or e-mail address")
	case 1:
		return found[0], nil
	}
	return tenant.MemberID{}, badValue("ambiguous_member", "several members have this name; write the e-mail address")
}

func badValue(code, format string, args ...any) error {
	return &sheet.ValueError{Code: code, Message: fmt.Sprintf(format, args...)}
}

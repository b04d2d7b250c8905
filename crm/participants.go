package crm

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// participants drops repeats and sorts, as lists show them.
func participants(ids []tenant.MemberID) []tenant.MemberID {
	all := append([]tenant.MemberID{}, ids...)
	slices.SortFunc(all, func(a, b tenant.MemberID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// checkMembers sees to it that everybody named is a member of the company.
func checkMembers(ctx context.Context, q *tenant.Query, invalid *tenant.InvalidError, ids []tenant.MemberID) error {
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > maxParticipants {
		invalid.Add("member_ids", "too_many", fmt.Sprintf("names more than %d members", maxParticipants))
		return nil
	}
	var known []tenant.MemberID
	if err := q.SelectIn(ctx, &known, `SELECT id FROM company.members WHERE id IN (?)`, ids); err != nil {
		return err
	}
	for n, id := range ids {
		if !slices.Contains(known, id) {
			invalid.Add(fmt.Sprintf("member_ids[%d]", n), "unknown", "is not a member of this company")
		}
	}
	return nil
}

func writeMembers(ctx context.Context, tx *tenant.Tx, i Interaction) error {
	if len(i.MemberIDs) == 0 {
		return nil
	}
	args := make([]any, 0, 2*len(i.MemberIDs))
	for _, m := range i.MemberIDs {
		args = append(args, i.ID, m)
	}
	_, err := tx.Exec(ctx, `INSERT INTO company.interaction_members (interaction_id, member_id) VALUES (?, ?)`+
		strings.Repeat(`, (?, ?)`, len(i.MemberIDs)-1), args...)
	return err
}

// fillMembers reads the participants of a page in one statement.
func fillMembers(ctx context.Context, q *tenant.Query, page []Interaction) error {
	if len(page) == 0 {
		return nil
	}
	at := map[InteractionID]int{}
	ids := make([]InteractionID, len(page))
	for n := range page {
		page[n].MemberIDs = []tenant.MemberID{}
		at[page[n].ID], ids[n] = n, page[n].ID
	}
	var rows []struct {
		Interaction InteractionID   `db:"interaction_id"`
		Member      tenant.MemberID `db:"member_id"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT interaction_id, member_id FROM company.interaction_members
		WHERE interaction_id IN (?) ORDER BY member_id`, ids); err != nil {
		return err
	}
	for _, r := range rows {
		i := &page[at[r.Interaction]]
		i.MemberIDs = append(i.MemberIDs, r.Member)
	}
	return nil
}

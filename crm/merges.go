package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Merge is a customer that went up in another one.
type Merge struct {
	LoserID   CustomerID        `json:"loser_id" doc:"The customer that went up; its id leads to the other one."`
	Loser     *Customer         `json:"loser" doc:"That customer as it was; null after 30 days."`
	Fields    map[string]string `json:"fields" doc:"Whose value each field got: winner, loser or both."`
	Moved     map[string]int    `json:"moved" doc:"How many records of each kind moved."`
	MergedBy  tenant.MemberID   `json:"merged_by" nullable:"true" doc:"Who merged them; null for the system."`
	CreatedAt time.Time         `json:"created_at" doc:"When (UTC)."`
}

// ListMerges returns what went up in a customer within the caller's scope, the latest first.
func ListMerges(ctx context.Context, q *tenant.Query, id CustomerID) ([]Merge, error) {
	if _, err := GetCustomer(ctx, q, id); err != nil {
		return nil, err
	}
	var rows []struct {
		LoserID   CustomerID      `db:"loser_id"`
		Loser     []byte          `db:"loser"`
		Fields    []byte          `db:"fields"`
		Moved     []byte          `db:"moved"`
		MergedBy  tenant.MemberID `db:"member_id"`
		CreatedAt time.Time       `db:"created_at"`
	}
	if err := q.Select(ctx, &rows, `SELECT loser_id, loser, fields, moved, member_id, created_at FROM company.merges
		WHERE winner_id = ? ORDER BY created_at DESC, loser_id LIMIT 200`, id); err != nil {
		return nil, err
	}
	all := make([]Merge, len(rows))
	for i, r := range rows {
		m := Merge{LoserID: r.LoserID, MergedBy: r.MergedBy, CreatedAt: r.CreatedAt}
		texts := map[any][]byte{&m.Fields: r.Fields, &m.Moved: r.Moved}
		if r.Loser != nil {
			texts[&m.Loser] = r.Loser
		}
		for into, text := range texts {
			if err := json.Unmarshal(text, into); err != nil {
				return nil, fmt.Errorf("merge of %s: %w", r.LoserID, err)
			}
		}
		all[i] = m
	}
	return all, nil
}

// toFormerOwners is for those whose customers were merged, each of the two.
func toFormerOwners(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var merged CustomerMerged
	if err := json.Unmarshal(c.Data, &merged); err != nil {
		return nil, err
	}
	var readers []tenant.MemberID
	for _, owner := range []tenant.MemberID{c.OwnerAfter, merged.Loser.OwnerID} {
		if !owner.IsZero() && owner != c.Actor && (len(readers) == 0 || readers[0] != owner) {
			readers = append(readers, owner)
		}
	}
	return readers, nil
}

// describeMerge tells whoever has lost a customer by it only whom to ask.
func describeMerge(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var merged CustomerMerged
	if err := json.Unmarshal(c.Data, &merged); err != nil {
		return Message{}, err
	}
	if q.Scope(customerRead).Includes(c.OwnerAfter) {
		return Message{
			Title: l.say(phrase{"客户已合并：%s → %s", "Customers merged: %s → %s"}, merged.Loser.Name, merged.Name), Link: "/customers/" + merged.ID.String(),
		}, nil
	}
	owner, err := memberName(ctx, q, c.OwnerAfter)
	return Message{Title: l.say(phrase{"客户 %s 已并入 %s 的客户", "Customer %s was merged into one of %s"}, merged.Loser.Name, owner)}, err
}

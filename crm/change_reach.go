package crm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

// viewer decides what a caller sees of changes, by whose the record was before and after each.
type viewer struct {
	q *tenant.Query
	// shared are the customers that colleagues share with the caller.
	shared map[CustomerID]bool
}

func newViewer(ctx context.Context, q *tenant.Query) (*viewer, error) {
	v := &viewer{q: q, shared: map[CustomerID]bool{}}
	if !q.Caller.Shared {
		return v, nil
	}
	var ids []CustomerID
	if err := q.Select(ctx, &ids, `SELECT customer_id FROM company.collaborators WHERE member_id = ?`, q.Caller.Member); err != nil {
		return nil, err
	}
	for _, id := range ids {
		v.shared[id] = true
	}
	return v, nil
}

// The effects of a change on what somebody sees.
const (
	effectAdded   = "added"
	effectChanged = "changed"
	effectRemoved = "removed"
)

// changeKeys are what the data of events of any kind may say of their record.
type changeKeys struct {
	ID         string          `json:"id"`
	CustomerID CustomerID      `json:"customer_id"`
	RecordID   string          `json:"record_id"`
	MemberID   tenant.MemberID `json:"member_id"`
}

// on returns the record that something hangs on, none where none is named.
func (k changeKeys) on() RecordRef {
	var on RecordRef
	if err := on.UnmarshalText([]byte(k.RecordID)); err != nil {
		return RecordRef{}
	}
	return on
}

// show returns the change as the caller sees it, and whether they do.
func (v *viewer) show(ctx context.Context, c tenant.Change) (FeedItem, bool, error) {
	var keys changeKeys
	if err := json.Unmarshal(c.Data, &keys); err != nil {
		keys = changeKeys{} // of a kind that has none of them
	}
	effect, err := v.effect(ctx, c, keys)
	if err != nil || effect == "" {
		return FeedItem{}, false, err
	}
	item := FeedItem{
		Seq: c.Seq, ID: c.EventID, Type: c.Type, Resource: c.Resource, RecordID: keys.ID, Effect: effect, OccurredAt: c.CreatedAt, ActorID: c.Actor,
		Data: json.RawMessage("null"), Previous: json.RawMessage("null"),
	}
	if id := (RecordRef{c.Resource, c.Record}).String(); id != "" {
		item.RecordID = id
	}
	if effect != effectRemoved {
		item.Data = orNull(mask.Data(c.Resource, c.Data, v.q.Caller.Masked))
		item.Previous = orNull(mask.Data(c.Resource, c.Previous, v.q.Caller.Masked))
	}
	return item, true, nil
}

// effect returns what the change is to the caller, nothing when it is beyond their reach.
func (v *viewer) effect(ctx context.Context, c tenant.Change, keys changeKeys) (string, error) {
	scope, ok := v.scope(c, keys)
	if !ok {
		return "", nil
	}
	before, after := scope.Includes(c.OwnerBefore), scope.Includes(c.OwnerAfter)
	if !before || !after {
		shared, err := v.isShared(ctx, c, keys)
		if err != nil {
			return "", err
		}
		before, after = before || shared, after || shared
	}
	if mine := keys.MemberID == v.q.Caller.Member && !scope.Includes(c.OwnerAfter); mine {
		switch c.Type {
		case "customer.shared":
			before = false // by this
		case "customer.unshared":
			before, after = true, false
		}
	}
	switch {
	case !before && !after:
		return "", nil
	case !after || strings.HasSuffix(c.Type, ".deleted") || strings.HasSuffix(c.Type, ".purged") || strings.HasSuffix(c.Type, ".erased"):
		return effectRemoved, nil
	case !before || strings.HasSuffix(c.Type, ".created") || strings.HasSuffix(c.Type, ".restored"):
		return effectAdded, nil
	}
	return effectChanged, nil
}

// membersEvents are those about members that whoever reads members sees; others are about their accounts, and are for
// those who read everybody's.
var membersEvents = []string{"member.created", "member.updated", "member.deactivated", "member.reactivated"}

// scope returns whose records of the change's kind the caller reads. What hangs on records of any noun is read by those
// who read the record, and why deals are lost by those who read pipelines.
func (v *viewer) scope(c tenant.Change, keys changeKeys) (tenant.Scope, bool) {
	noun := c.Resource
	if noun == "lost_reason" {
		noun = "pipeline"
	}
	scope := v.q.Scope(tenant.Permission(noun + ":read"))
	if scope.Level() == tenant.LevelNone || c.Resource == "member" && scope.Level() != tenant.LevelAll && !slices.Contains(membersEvents, c.Type) {
		return scope, false
	}
	if c.Resource != "attachment" && c.Resource != "comment" {
		return scope, true
	}
	scope = v.q.Scope(keys.on().permission("read"))
	return scope, scope.Level() != tenant.LevelNone
}

// isShared reports whether the record is, or hangs on, a customer that is shared with the caller now.
func (v *viewer) isShared(ctx context.Context, c tenant.Change, keys changeKeys) (bool, error) {
	switch c.Resource {
	case "customer":
		return v.shared[CustomerID(c.Record)], nil
	case "interaction", "deal", "contact":
		return v.shared[keys.CustomerID], nil
	case "attachment", "comment":
		if len(v.shared) == 0 {
			return false, nil
		}
		_, err := FindRecord(ctx, v.q, keys.on(), "read")
		if errors.Is(err, tenant.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

// reachOf names how far a caller reaches, so that it differs when that does.
func reachOf(c *tenant.Caller) string {
	var parts []string
	for _, p := range slices.Sorted(maps.Keys(c.Levels)) {
		parts = append(parts, fmt.Sprint(p, c.Levels[p]))
	}
	parts = append(parts, slices.Sorted(maps.Keys(c.Masked))...)
	team := make([]string, len(c.Team))
	for n, m := range c.Team {
		team[n] = m.String()
	}
	slices.Sort(team)
	sum := sha256.Sum256([]byte(strings.Join(append(parts, team...), "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

const interactionColumns = `i.id, i.customer_id, i.kind, i.direction, i.outcome, i.occurred_at, i.minutes, i.place, i.latitude, i.longitude,
	i.summary, i.contacts, i.links, i.resolved, i.assignee_id, i.resolution, i.resolved_at, i.resolved_by, i.next_step, i.task_id,
	i.author_id, i.created_at, i.updated_at, i.version, c.owner_id`

// namedInteraction are the columns for readers, who want to know with whom without asking again.
const namedInteraction = interactionColumns + `, c.name AS customer_name`

var interactions = &list.Resource{
	Name: "interactions", Table: "company.interactions", Alias: "i", OwnerColumn: "c.owner_id", CustomerColumn: "c.id",
	Order: "occurred_at desc", Live: "i.deleted_at IS NULL AND c.deleted_at IS NULL", Trash: "interactions_deleted",
	Fields: map[string]list.Field{
		"customer": {Kind: list.ID, Column: "i.customer_id", Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"contact": {Kind: list.ID, Column: "k.contact_id", Rare: true, Parse: func(s string) (any, error) { return ParseContactID(s) },
			Within: "EXISTS (SELECT 1 FROM company.interaction_contacts k WHERE k.interaction_id = i.id AND %s)"},
		"kind":        {Kind: list.Enum, Column: "i.kind", Values: interactionKinds},
		"direction":   {Kind: list.Enum, Column: "i.direction", Values: directions},
		"outcome":     {Kind: list.Enum, Column: "i.outcome", Values: outcomes},
		"minutes":     {Kind: list.Number, Column: "i.minutes", Nullable: true},
		"place":       {Kind: list.Text, Column: "i.place"},
		"author":      {Kind: list.Member, Column: "i.author_id", Nullable: true},
		"owner":       {Kind: list.Member, Column: "c.owner_id", Nullable: true},
		"resolved":    {Kind: list.Bool, Column: "i.resolved"},
		"assignee":    {Kind: list.Member, Column: "i.assignee_id", Nullable: true},
		"resolved_at": {Kind: list.Time, Column: "i.resolved_at", Nullable: true},
		"resolved_by": {Kind: list.Member, Column: "i.resolved_by", Nullable: true},
		"summary":     {Kind: list.Text, Column: "i.summary"},
		"next_step":   {Kind: list.Text, Column: "i.next_step"},
		"occurred_at": {Kind: list.Time, Column: "i.occurred_at", Sort: "i.occurred_at", Indexes: []list.Index{
			list.By("interactions_time"), list.By("interactions_customer", "customer"),
			list.By("interactions_unresolved", "resolved"), list.By("interactions_queue", "resolved", "assignee"),
		}},
		"created_at": {Kind: list.Time, Column: "i.created_at"},
	},
}

func (i Interaction) sortKey(string) (any, [16]byte) { return i.OccurredAt, i.ID }

// ListInteractions returns one page of the interactions with customers within the caller's scope: with one
// customer, or with all when it is the zero id.
func ListInteractions(ctx context.Context, q *tenant.Query, customer CustomerID, in ListQuery) (Page[Interaction], error) {
	if !customer.IsZero() {
		if _, err := GetCustomer(ctx, q, customer); err != nil {
			return Page[Interaction]{}, err
		}
	}
	route, err := chooseRoute(ctx, q, customer)
	if err != nil {
		return Page[Interaction]{}, err
	}
	p, err := planInteractions(q, customer, in, route)
	if err != nil {
		return Page[Interaction]{}, err
	}
	page, err := list.Read(ctx, q, p, namedInteraction, in.Count, Interaction.sortKey)
	if err != nil {
		return Page[Interaction]{}, err
	}
	return page, fillInteractions(ctx, q, page.Data)
}

// interactionRoute is how a list finds its rows.
type interactionRoute int

const (
	inOrder     interactionRoute = iota // from a key with the list's order, until a page is full, or by the words searched for
	byCustomers                         // from the caller's few customers, sorting what there is with them
)

// fewCustomers is how many the caller may own for their interactions to be few enough to sort: somebody new would
// wait until the whole company's had been looked at.
const fewCustomers = 200

func chooseRoute(ctx context.Context, q *tenant.Query, customer CustomerID) (interactionRoute, error) {
	if !customer.IsZero() {
		return inOrder, nil
	}
	if few, err := ownsFew(ctx, q, q.Scope(interactionRead)); err != nil || few {
		return byCustomers, err
	}
	return inOrder, nil
}

// ownsFew reports whether the scope is one member's who has few customers.
func ownsFew(ctx context.Context, q *tenant.Query, scope tenant.Scope) (bool, error) {
	if !scope.IsOneMember() {
		return false, nil
	}
	visible, args := scope.Where("owner_id", "")
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM company.customers WHERE `+visible+` LIMIT ?) some`, append(args, fewCustomers)...)
	return n < fewCustomers, err
}

func planInteractions(q *tenant.Query, customer CustomerID, in ListQuery, route interactionRoute) (*list.Plan, error) {
	var extra []list.Condition
	if !customer.IsZero() {
		extra = append(extra, list.Condition{SQL: "i.customer_id = ?", Args: []any{customer}})
	}
	p, err := list.New(q, interactions, in, q.Scope(interactionRead), extra...)
	if err != nil {
		return nil, err
	}
	words := search.Words(search.Interactions, "i", in.Q, false)
	if route == byCustomers || !customer.IsZero() {
		p.UseIndex("interactions_customer")
		p.Narrow(words.Read)
	} else {
		p.Search(words)
	}
	if route == inOrder {
		p.Join("STRAIGHT_JOIN company.customers c ON c.id = i.customer_id") // whose key comes first gives the order
	} else {
		p.Join("JOIN company.customers c ON c.id = i.customer_id")
	}
	return p, nil
}

// GetInteraction returns an interaction with a customer within the caller's scope, else ErrNotFound.
func GetInteraction(ctx context.Context, q *tenant.Query, id InteractionID) (Interaction, error) {
	return findInteraction(ctx, q, namedInteraction, id, interactionRead, "")
}

// lockInteraction is GetInteraction for a change: it and its customer stay locked until the transaction ends.
func lockInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, p tenant.Permission, version int64) (Interaction, error) {
	i, err := findInteraction(ctx, tx.Query, interactionColumns, id, p, "FOR UPDATE")
	if err == nil && version != 0 && version != i.Version {
		err = fmt.Errorf("interaction %s: %w", id, tenant.ErrStale)
	}
	return i, err
}

func findInteraction(ctx context.Context, q *tenant.Query, columns string, id InteractionID, p tenant.Permission, lock string) (Interaction, error) {
	visible, args := q.Scope(p).Where("c.owner_id", "c.id")
	var i Interaction
	err := q.Get(ctx, &i, `SELECT `+columns+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.id = ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...)
	if err != nil {
		return Interaction{}, fmt.Errorf("interaction %s: %w", id, err)
	}
	one := []Interaction{i}
	err = fillInteractions(ctx, q, one)
	return one[0], err
}

// fillInteractions reads what stands in other tables, in a few statements for a whole page.
func fillInteractions(ctx context.Context, q *tenant.Query, page []Interaction) error {
	if err := fillParticipants(ctx, q, page); err != nil {
		return err
	}
	ids := make([]tenant.RecordID, len(page))
	for n := range page {
		ids[n] = tenant.RecordID(page[n].ID)
	}
	found, err := filesOf(ctx, q, ids)
	for n := range page {
		page[n].Files = append([]FileCard{}, found[ids[n]]...)
	}
	return err
}

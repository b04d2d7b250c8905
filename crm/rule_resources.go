package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

func customerRules() ruleNoun {
	ofCustomer := func(name string) ruleEvent { return ruleEvent{name: name, record: customerIn} }
	return ruleNoun{
		name: "customer",
		events: []ruleEvent{
			{name: "customer.created"},
			{name: "customer.updated"},
			{name: "customer.lifecycle_changed", moves: "lifecycle"},
			{name: "customer.won", types: []string{"customer.created", "customer.lifecycle_changed", "deal.created", "deal.won"}, record: wonCustomer},
			{name: "customer.shared"},
			{name: "form.submitted"},
			ofCustomer("interaction.created"), ofCustomer("task.created"), ofCustomer("task.completed"),
			ofCustomer("deal.created"), ofCustomer("deal.won"), ofCustomer("deal.lost"),
		},
		plan: planCustomers, column: "c.id",
		ofStage: func(stage string) list.Condition { return list.Condition{SQL: "c.lifecycle = ?", Args: []any{stage}} },
		load: func(ctx context.Context, q *tenant.Query, id tenant.RecordID) (ruleRecord, error) {
			c, err := findCustomer(ctx, q, CustomerID(id), customerRead, "")
			if err != nil {
				return ruleRecord{}, err
			}
			return newRuleRecord(Record{RecordRef: RecordRef{"customer", id}, Title: c.Name, Owner: c.OwnerID, Customer: c.ID}, c, nil)
		},
		readable: readable[CustomerPatch], owner: "owner_id", tagged: true,
		change: func(ctx context.Context, tx *tenant.Tx, id tenant.RecordID, fields json.RawMessage) error {
			in, err := decodePatch[CustomerPatch](fields)
			if err == nil {
				_, err = UpdateCustomer(ctx, tx, CustomerID(id), in, 0)
			}
			return err
		},
	}
}

func dealRules() ruleNoun {
	moved := func(name string) ruleEvent { return ruleEvent{name: name, moves: "stage_id"} }
	return ruleNoun{
		name: "deal",
		events: []ruleEvent{
			{name: "deal.created"}, {name: "deal.updated"}, moved("deal.stage_changed"), moved("deal.won"), moved("deal.lost"), moved("deal.reopened"),
		},
		plan: func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
			return planDeals(ctx, q, in)
		},
		column: "d.id",
		ofStage: func(stage string) list.Condition {
			return list.Condition{SQL: `EXISTS (SELECT 1 FROM company.customers c
				WHERE c.id = d.customer_id AND c.lifecycle = ? AND c.deleted_at IS NULL)`, Args: []any{stage}}
		},
		load: func(ctx context.Context, q *tenant.Query, id tenant.RecordID) (ruleRecord, error) {
			d, err := findDeal(ctx, q, DealID(id), dealRead, "")
			if err != nil {
				return ruleRecord{}, err
			}
			customer, err := customerBehind(ctx, q, d.CustomerID)
			if err != nil {
				return ruleRecord{}, err
			}
			return newRuleRecord(Record{RecordRef: RecordRef{"deal", id}, Title: d.Name, Owner: d.OwnerID, Customer: d.CustomerID}, d, customer)
		},
		readable: readable[DealPatch], owner: "owner_id", tagged: true,
		change: func(ctx context.Context, tx *tenant.Tx, id tenant.RecordID, fields json.RawMessage) error {
			in, err := decodePatch[DealPatch](fields)
			if err == nil {
				_, err = UpdateDeal(ctx, tx, DealID(id), in, 0)
			}
			return err
		},
	}
}

func interactionRules() ruleNoun {
	return ruleNoun{
		name:   "interaction",
		events: []ruleEvent{{name: "interaction.created"}, {name: "interaction.updated"}},
		plan: func(_ context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
			return planInteractions(q, CustomerID{}, in, inOrder)
		},
		column:  "i.id",
		ofStage: func(stage string) list.Condition { return list.Condition{SQL: "c.lifecycle = ?", Args: []any{stage}} },
		load: func(ctx context.Context, q *tenant.Query, id tenant.RecordID) (ruleRecord, error) {
			i, err := findInteraction(ctx, q, interactionColumns, InteractionID(id), interactionRead, "")
			if err != nil {
				return ruleRecord{}, err
			}
			customer, err := customerBehind(ctx, q, i.CustomerID)
			if err != nil {
				return ruleRecord{}, err
			}
			return newRuleRecord(Record{RecordRef: RecordRef{"interaction", id}, Title: i.Summary, Owner: i.OwnerID, Customer: i.CustomerID}, i, customer)
		},
		readable: readable[InteractionPatch],
		change: func(ctx context.Context, tx *tenant.Tx, id tenant.RecordID, fields json.RawMessage) error {
			in, err := decodePatch[InteractionPatch](fields)
			if err == nil {
				_, err = UpdateInteraction(ctx, tx, InteractionID(id), in, 0)
			}
			return err
		},
	}
}

func taskRules() ruleNoun {
	return ruleNoun{
		name:   "task",
		events: []ruleEvent{{name: "task.created"}, {name: "task.updated"}, {name: "task.completed"}, {name: "task.due"}},
		plan:   planTasks, column: "t.id",
		ofStage: func(stage string) list.Condition {
			return list.Condition{SQL: `EXISTS (SELECT 1 FROM company.customers c
				WHERE c.id = t.customer_id AND c.lifecycle = ? AND c.deleted_at IS NULL)`, Args: []any{stage}}
		},
		load: func(ctx context.Context, q *tenant.Query, id tenant.RecordID) (ruleRecord, error) {
			t, err := findTask(ctx, q, TaskID(id), taskRead, "")
			if err != nil {
				return ruleRecord{}, err
			}
			customer, err := customerBehind(ctx, q, t.CustomerID)
			if err != nil {
				return ruleRecord{}, err
			}
			return newRuleRecord(Record{RecordRef: RecordRef{"task", id}, Title: t.Title, Owner: t.AssigneeID, Customer: t.CustomerID}, t, customer)
		},
		readable: readable[TaskPatch], owner: "assignee_id",
		change: func(ctx context.Context, tx *tenant.Tx, id tenant.RecordID, fields json.RawMessage) error {
			in, err := decodePatch[TaskPatch](fields)
			if err == nil {
				_, err = UpdateTask(ctx, tx, TaskID(id), in, 0)
			}
			return err
		},
	}
}

// customerIn returns the customer of what has changed.
func customerIn(_ context.Context, _ *tenant.Query, c tenant.Change) (tenant.RecordID, error) {
	var data struct {
		CustomerID CustomerID `json:"customer_id"`
	}
	err := json.Unmarshal(c.Data, &data)
	return tenant.RecordID(data.CustomerID), err
}

// wonCustomer returns the customer of a win: the entry into the stage, also of one that is created in it, or a deal that
// is won of a customer who was won before. A deal that has made its customer won is a win by that, and counts once.
func wonCustomer(ctx context.Context, q *tenant.Query, c tenant.Change) (tenant.RecordID, error) {
	var data struct {
		Lifecycle  string     `json:"lifecycle"`
		Status     string     `json:"status"`
		CustomerID CustomerID `json:"customer_id"`
	}
	if err := json.Unmarshal(c.Data, &data); err != nil {
		return tenant.RecordID{}, err
	}
	if c.Resource == "customer" {
		if data.Lifecycle != Won {
			return tenant.RecordID{}, nil
		}
		return c.Record, nil
	}
	if data.Status != DealWon || data.CustomerID.IsZero() {
		return tenant.RecordID{}, nil
	}
	var before []string
	err := q.Select(ctx, &before, `SELECT to_stage FROM company.lifecycle_history
		WHERE customer_id = ? AND entered_at < ? ORDER BY entered_at DESC, id DESC LIMIT 1`, data.CustomerID, c.CreatedAt)
	if err != nil || len(before) == 0 || before[0] != Won {
		return tenant.RecordID{}, err
	}
	return tenant.RecordID(data.CustomerID), nil
}

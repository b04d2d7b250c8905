package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

// FieldChange is one field of a record before and after an edit.
type FieldChange struct {
	Field  string          `json:"field" doc:"The field, as the record has it; custom fields as custom.key." example:"industry"`
	Before json.RawMessage `json:"before" doc:"What it was, as the record would show it."`
	After  json.RawMessage `json:"after" doc:"What it is since."`
}

// Changes of these follow from others, which say more.
var derivedFields = []string{"quiet_since", "updated_at"}

// changeStatement reads in order for a customer who was always one. What was edited of those that went up in it is
// sorted in; the log is kept for 90 days, so that there is little of it.
func changeStatement(_ *tenant.Query, of subject, before moment) list.Condition {
	records := []any{of.customer}
	for _, id := range of.merged {
		records = append(records, id)
	}
	where := list.All(
		list.Condition{SQL: "record_id IN (?" + strings.Repeat(", ?", len(of.merged)) + ") AND type IN ('customer.updated', 'customer.merged') AND previous NOT IN ('null', '{}')", Args: records},
		before.numberedCondition("created_at", "id"))
	return list.Condition{SQL: `SELECT created_at AS at, actor_id, id, data, previous
		FROM company.changes FORCE INDEX (changes_record) WHERE ` + where.SQL + ` ORDER BY created_at DESC, id DESC`, Args: where.Args}
}

// readChanges shows what was edited, from the change log, in part where the caller's roles mask it.
func readChanges(ctx context.Context, q *tenant.Query, statement string, args []any) ([]TimelineItem, error) {
	var rows []struct {
		timelineRow
		ID       int64           `db:"id"`
		Data     json.RawMessage `db:"data"`
		Previous json.RawMessage `db:"previous"`
	}
	if err := q.Select(ctx, &rows, statement, args...); err != nil {
		return nil, err
	}
	items := make([]TimelineItem, len(rows))
	for n, r := range rows {
		items[n] = r.numbered(r.ID)
		var err error
		if items[n].Changes, err = fieldChanges(mask.Data("customer", r.Previous, q.Caller.Masked), mask.Data("customer", r.Data, q.Caller.Masked)); err != nil {
			return nil, fmt.Errorf("change %d: %w", r.ID, err)
		}
	}
	return items, nil
}

// fieldChanges pairs what was before with what is since, in the order of the fields' names.
func fieldChanges(previous, data json.RawMessage) ([]FieldChange, error) {
	var before, after map[string]json.RawMessage
	if err := json.Unmarshal(previous, &before); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &after); err != nil {
		return nil, err
	}
	changes := []FieldChange{}
	for _, field := range slices.Sorted(maps.Keys(before)) {
		switch {
		case slices.Contains(derivedFields, field):
		case field == "custom":
			changes = append(changes, customChanges(before[field], after[field])...)
		default:
			changes = append(changes, FieldChange{field, before[field], orNull(after[field])})
		}
	}
	return changes, nil
}

// customChanges are those of the custom fields that the change touched.
func customChanges(previous, data json.RawMessage) []FieldChange {
	var before, after map[string]json.RawMessage
	if json.Unmarshal(previous, &before) != nil || json.Unmarshal(data, &after) != nil {
		return nil // it was not an object then
	}
	var changes []FieldChange
	for _, key := range slices.Sorted(maps.Keys(before)) {
		changes = append(changes, FieldChange{"custom." + key, before[key], orNull(after[key])})
	}
	return changes
}

func orNull(value json.RawMessage) json.RawMessage {
	if len(value) == 0 {
		return json.RawMessage("null")
	}
	return value
}

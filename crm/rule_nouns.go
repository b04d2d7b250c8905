package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ruleNoun is what rules can be about.
type ruleNoun struct {
	name   string
	events []ruleEvent
	// plan makes the noun's list, column is that of the id in it, and ofStage holds the list to customers in a stage.
	plan    planner
	column  string
	ofStage func(stage string) list.Condition
	// load reads a record within the caller's scope, else tenant.ErrNotFound.
	load func(ctx context.Context, q *tenant.Query, id tenant.RecordID) (ruleRecord, error)
	// change changes fields of a record, readable reports what is wrong with them before that, and owner is the field of
	// whose it is; empty for what belongs to its customer's owner.
	change   func(ctx context.Context, tx *tenant.Tx, id tenant.RecordID, fields json.RawMessage) error
	readable func(fields json.RawMessage) error
	owner    string
	// tagged nouns have tags of their own; those of others are their customer's.
	tagged bool
}

// ruleEvent is something that can set a rule off.
type ruleEvent struct {
	// name is what triggers call it, and types are the events that may be it; none means the one of that name.
	name  string
	types []string
	// moves is the field whose values before and after are from and to; empty for what moves nothing.
	moves string
	// record returns the record that it is about, or the zero id when it is not that after all; nil means the event's.
	record func(ctx context.Context, q *tenant.Query, c tenant.Change) (tenant.RecordID, error)
}

// ruleRecord is a record as actions know it.
type ruleRecord struct {
	Record
	// fields are the record's own and its customer's, by noun, as texts may name them.
	fields map[string]map[string]any
}

// ruleNouns is the table of them. It is a function for the sake of the order in which Go makes variables.
func ruleNouns() []ruleNoun {
	return []ruleNoun{customerRules(), dealRules(), interactionRules(), taskRules()}
}

func ruleNounOf(name string) (ruleNoun, bool) {
	nouns := ruleNouns()
	i := slices.IndexFunc(nouns, func(n ruleNoun) bool { return n.name == name })
	if i < 0 {
		return ruleNoun{}, false
	}
	return nouns[i], true
}

func ruleNounNames() string {
	var names []string
	for _, n := range ruleNouns() {
		names = append(names, n.name)
	}
	return strings.Join(names, ", ")
}

func (n ruleNoun) event(name string) (ruleEvent, bool) {
	i := slices.IndexFunc(n.events, func(e ruleEvent) bool { return e.name == name })
	if i < 0 {
		return ruleEvent{}, false
	}
	return n.events[i], true
}

func (n ruleNoun) eventNames() []string {
	var names []string
	for _, e := range n.events {
		names = append(names, e.name)
	}
	return names
}

// typesOf returns the events that may be this one.
func (e ruleEvent) typesOf() []string {
	if len(e.types) == 0 {
		return []string{e.name}
	}
	return e.types
}

// permission returns the noun's permission for an action, as "customer:read".
func (n ruleNoun) permission(action string) tenant.Permission {
	return RecordRef{Noun: n.name}.permission(action)
}

// newRuleRecord makes a record of what was read. customer is nil for a customer itself and where there is none.
func newRuleRecord(r Record, own any, customer *Customer) (ruleRecord, error) {
	fields, err := fieldsOf(own)
	if err != nil {
		return ruleRecord{}, err
	}
	found := ruleRecord{r, map[string]map[string]any{r.Noun: fields}}
	if customer != nil {
		if found.fields["customer"], err = fieldsOf(customer); err != nil {
			return ruleRecord{}, err
		}
	}
	return found, nil
}

// customerBehind returns the customer that a record hangs on, or nil when there is none within the caller's scope.
func customerBehind(ctx context.Context, q *tenant.Query, id CustomerID) (customer *Customer, err error) {
	c, err := findCustomer(ctx, q, id, customerRead, "")
	switch {
	case err == nil:
		customer = &c
	case errors.Is(err, tenant.ErrNotFound):
		err = nil
	}
	return customer, err
}

// decodePatch reads the fields that a rule changes.
func decodePatch[T any](fields json.RawMessage) (T, error) {
	var in T
	d := json.NewDecoder(bytes.NewReader(fields))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	return in, err
}

func readable[T any](fields json.RawMessage) error {
	_, err := decodePatch[T](fields)
	return err
}

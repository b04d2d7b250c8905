package plugins

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// EventTypes is which events a target takes: exact names such as "customer.created" or whole resources such
// as "customer.*". None means all.
type EventTypes []string

// maxEventTypes bounds a list; a longer one is better written with stars.
const maxEventTypes = 100

// The events that this package emits itself.
const (
	eventEndpointCreated  = "webhook_endpoint.created"
	eventEndpointUpdated  = "webhook_endpoint.updated"
	eventEndpointDeleted  = "webhook_endpoint.deleted"
	eventEndpointDisabled = "webhook_endpoint.disabled"
	eventPluginCreated    = "plugin.created"
	eventPluginUpdated    = "plugin.updated"
	eventPluginDeleted    = "plugin.deleted"
	eventPluginDisabled   = "plugin.disabled"
)

// Tests are sent to one target on request and cannot be subscribed to.
const (
	// WebhookTestEvent is what an endpoint gets when somebody tries it out.
	WebhookTestEvent = "webhook.test"
	// PluginTestEvent is what a bot gets when somebody tries it out.
	PluginTestEvent = "plugin.test"
)

// OwnEventTypes lists the events that this package emits. The edge adds those of its siblings.
func OwnEventTypes() []string {
	return []string{
		eventEndpointCreated, eventEndpointUpdated, eventEndpointDeleted, eventEndpointDisabled,
		eventPluginCreated, eventPluginUpdated, eventPluginDeleted, eventPluginDisabled,
	}
}

// Rules is what the edge knows and this package does not: the event types of the whole product, the targets
// that this installation allows and the channels that it has.
type Rules struct {
	Known      []string
	Guard      Guard
	Connectors Connectors
}

// Take reports whether an event of that type is wanted.
func (e EventTypes) Take(eventType string) bool {
	return len(e) == 0 || slices.ContainsFunc(e, func(want string) bool { return covers(want, eventType) })
}

func covers(want, eventType string) bool {
	if resource, all := strings.CutSuffix(want, "*"); all {
		return strings.HasPrefix(eventType, resource)
	}
	return want == eventType
}

// Check returns *tenant.InvalidError unless all of the list are types that exist; field is what the request calls it.
func (e EventTypes) Check(field string, known []string) error {
	invalid := &tenant.InvalidError{}
	e.check(invalid, field, known)
	return invalid.Err()
}

func (e EventTypes) check(invalid *tenant.InvalidError, field string, known []string) {
	if len(e) > maxEventTypes {
		invalid.Add(field, "too_many", fmt.Sprintf("must name at most %d types; write customer.* for all of a resource", maxEventTypes))
		return
	}
	for i, want := range e {
		if !exists(want, known) {
			invalid.Add(fmt.Sprintf("%s[%d]", field, i), "unknown",
				"is not an event type; leave the list empty for all, or use these or a resource followed by .*: "+strings.Join(known, ", "))
		}
	}
}

// clean checks the list against the types that exist and returns it sorted, each once.
func (e EventTypes) clean(invalid *tenant.InvalidError, known []string) EventTypes {
	e.check(invalid, "event_types", known)
	sorted := slices.Sorted(slices.Values(e))
	return slices.Compact(sorted)
}

func exists(want string, known []string) bool {
	if resource, all := strings.CutSuffix(want, "*"); all && !strings.HasSuffix(resource, ".") {
		return false
	}
	return slices.ContainsFunc(known, func(k string) bool { return covers(want, k) })
}

// Value implements driver.Valuer.
func (e EventTypes) Value() (driver.Value, error) {
	if e == nil {
		return "[]", nil
	}
	text, err := json.Marshal([]string(e))
	return string(text), err
}

// Scan implements sql.Scanner.
func (e *EventTypes) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*e = EventTypes{}
		return nil
	case []byte:
		return json.Unmarshal(v, e)
	case string:
		return json.Unmarshal([]byte(v), e)
	}
	return fmt.Errorf("event types: cannot scan %T", src)
}

// where returns the types as an SQL condition that begins with AND, or nothing for all types.
func (e EventTypes) where(column string) (string, []any) {
	if len(e) == 0 {
		return "", nil
	}
	var either []string
	var args []any
	for _, want := range e {
		if resource, all := strings.CutSuffix(want, "*"); all {
			either = append(either, "LEFT("+column+", CHAR_LENGTH(?)) = ?")
			args = append(args, resource, resource)
		} else {
			either = append(either, column+" = ?")
			args = append(args, want)
		}
	}
	return " AND (" + strings.Join(either, " OR ") + ")", args
}

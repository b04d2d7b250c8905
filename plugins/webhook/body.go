package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// MaxBodyBytes is the size that Standard Webhooks advises a payload to stay below.
const MaxBodyBytes = 20_000

// maxIDBytes bounds what a thin body takes for an id.
const maxIDBytes = 200

var eventType = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$`)

// envelope is what stands before the data.
type envelope struct {
	Type      string           `json:"type"`
	Timestamp time.Time        `json:"timestamp"`
	Company   *plugins.Company `json:"company,omitempty"`
	// Thin says that data holds ids alone because the whole was too large; the rest is had from the API.
	Thin bool `json:"thin,omitempty"`
}

// Body returns the bytes that are sent and signed: type, event time, company, e.Data and e.Previous as they are. An
// event that would be larger than [MaxBodyBytes] is sent thin: of the data, only the fields id and *_id. The same
// event always gives the same bytes. It returns an error when the event has no valid id, type or data.
func Body(e plugins.Event) ([]byte, error) {
	switch {
	case e.ID == "" || strings.ContainsAny(e.ID, ".\r\n"):
		return nil, fmt.Errorf("event id %q must be set and have no dot", e.ID)
	case !eventType.MatchString(e.Type):
		return nil, fmt.Errorf("event type %q must be words of letters, digits and _ joined by dots", e.Type)
	case !json.Valid(e.Data) || len(e.Previous) > 0 && !json.Valid(e.Previous):
		return nil, errors.New("event data must be JSON")
	}
	head := envelope{Type: e.Type, Timestamp: e.Time.UTC()}
	if e.Company.ID != "" {
		head.Company = &e.Company
	}
	body, err := head.with(e.Data, e.Previous)
	if err != nil || len(body) <= MaxBodyBytes {
		return body, err
	}
	head.Thin = true
	ids, err := thin(e.Data)
	if err != nil {
		return nil, err
	}
	return head.with(ids, nil)
}

// with appends the data by hand: encoding/json would compact and escape it.
func (h envelope) with(data, previous json.RawMessage) ([]byte, error) {
	out, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("event time: %w", err)
	}
	out = append(out[:len(out)-1], `,"data":`...)
	out = append(out, data...)
	if len(previous) > 0 && string(previous) != "null" {
		out = append(append(out, `,"previous":`...), previous...)
	}
	return append(out, '}'), nil
}

// thin keeps the ids of an object; anything else becomes null.
func thin(data json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return json.RawMessage("null"), nil //nolint:nilerr // data that is no object has no ids
	}
	for name, value := range fields {
		isID := name == "id" || strings.HasSuffix(name, "_id")
		if !isID || len(name)+len(value) > maxIDBytes || value[0] == '{' || value[0] == '[' {
			delete(fields, name)
		}
	}
	return json.Marshal(fields)
}

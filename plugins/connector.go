package plugins

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Connector carries one event or message to one kind of receiver. It holds no state of any install, so that
// one value serves all companies at once.
type Connector interface {
	// Describe says what the connector is called, carries and needs.
	Describe() Description
	// Validate checks an install's settings. It returns a *[SettingsError] that names every wrong field.
	Validate(settings json.RawMessage) error
	// Request builds the request of one attempt at d.Now. The body is the same bytes for every attempt of
	// one event; signatures are fresh. It returns a *[Rejected] when the settings or the content cannot
	// make a request.
	Request(ctx context.Context, d Delivery) (*http.Request, error)
	// Judge reads the answer that came at now: nil means delivered; otherwise the error is, or wraps, a
	// *[Throttled], *[Rejected] or *[Failed].
	Judge(r Response, now time.Time) error
}

// Form is what a connector carries.
type Form string

// A connector carries one of these.
const (
	Events   Form = "events"   // for programs: [Delivery.Event] is set
	Messages Form = "messages" // for people: [Delivery.Message] is set
)

// Description is what the edges must know of a connector without knowing its vendor.
type Description struct {
	// Kind names the connector in installs and URLs, for example "dingtalk".
	Kind    string `json:"kind"`
	Carries Form   `json:"carries"`
	// Settings lists the fields of an install's settings in the order a form shows them.
	Settings []Setting `json:"settings"`
	// Rates are the vendor's limits per install; all of them hold at once.
	Rates []Rate `json:"-"`
}

// Setting is one field of an install's settings.
type Setting struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	// Secret fields are stored encrypted and never shown again; see [Description.Redact].
	Secret bool `json:"secret"`
}

// Rate is a vendor's limit of Count requests in any window of Per.
type Rate struct {
	Count int
	Per   time.Duration
}

// Delivery is what one attempt carries.
type Delivery struct {
	// Event is set for connectors that carry [Events], Message for those that carry [Messages].
	Event   *Event
	Message *Message
	// Settings are the install's own, decrypted.
	Settings json.RawMessage
	// Now is the time of this attempt, which vendors sign.
	Now time.Time
}

// Event is something that happened in a company, as programs read it.
type Event struct {
	// ID stays the same over all attempts and endpoints, so that receivers can drop repeats. It has no dot.
	ID string
	// Type is dot-separated, for example "customer.created".
	Type string
	// Time is when it happened, not when it is sent.
	Time    time.Time
	Company Company
	// Data is the record after the change, Previous what its changed fields were before, empty or null when there
	// are none. Both are sent byte for byte.
	Data, Previous json.RawMessage
}

// Company says whose event it is, for receivers that serve several.
type Company struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// ErrUnknownConnector is returned for a kind that is not wired.
var ErrUnknownConnector = errors.New("unknown connector")

// Connectors are the channels of this installation by kind.
type Connectors map[string]Connector

// NewConnectors collects connectors under their kinds; it returns an error when two share one.
func NewConnectors(all ...Connector) (Connectors, error) {
	cs := make(Connectors, len(all))
	for _, c := range all {
		kind := c.Describe().Kind
		if _, taken := cs[kind]; taken {
			return nil, fmt.Errorf("two connectors are called %q", kind)
		}
		cs[kind] = c
	}
	return cs, nil
}

// Get returns the connector of a kind, or an error that wraps [ErrUnknownConnector] and names the known ones.
func (cs Connectors) Get(kind string) (Connector, error) {
	if c, ok := cs[kind]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("%w %q: want one of %s", ErrUnknownConnector, kind, strings.Join(cs.Kinds(), ", "))
}

// Kinds lists the known kinds in alphabetical order.
func (cs Connectors) Kinds() []string { return slices.Sorted(maps.Keys(cs)) }

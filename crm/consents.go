package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Channels are the ways by which people are contacted.
var Channels = []string{"phone", "sms", "email", "wechat", "post"}

// Consents are what somebody has said of being contacted, by channel.
type Consents map[string]Consent

// Value implements driver.Valuer.
func (c Consents) Value() (driver.Value, error) {
	text, err := c.MarshalJSON()
	return string(text), err
}

// Scan implements sql.Scanner.
func (c *Consents) Scan(src any) error {
	*c = Consents{}
	return scanJSON(src, (*map[string]Consent)(c))
}

// MarshalJSON implements json.Marshaler: none are {}.
func (c Consents) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]Consent(c))
}

// Consent is what somebody has said of being contacted by one channel.
type Consent struct {
	Status string     `json:"status" enum:"granted,withdrawn,unknown" doc:"What they have said; unknown takes an earlier word back." example:"granted"`
	At     *time.Time `json:"at,omitempty" doc:"When they said so (UTC); now when left out." example:"2026-03-02T01:00:00Z"`
	Source string     `json:"source,omitempty" maxLength:"200" doc:"How it is known." example:"Form at the fair"`
}

// consentWithdrawn is the status of an objection, consentUnknown takes a word back.
const (
	consentWithdrawn = "withdrawn"
	consentUnknown   = "unknown"
)

var consentStatuses = []string{"granted", consentWithdrawn, consentUnknown}

// with returns the consents with some changed.
func (c Consents) with(invalid *tenant.InvalidError, change Consents, now time.Time) Consents {
	after := Consents{}
	maps.Copy(after, c)
	for channel, consent := range change {
		path := "consents." + channel
		if !slices.Contains(Channels, channel) {
			invalid.Add(path, "unknown", "is not a channel; known are phone, sms, email, wechat and post")
			continue
		}
		checkWord(invalid, path+".status", consent.Status, consentStatuses)
		checkText(invalid, path+".source", consent.Source, 200)
		checkTime(invalid, path+".at", consent.At)
		if consent.Status == consentUnknown {
			delete(after, channel)
			continue
		}
		if consent.At = utc(consent.At); consent.At == nil {
			consent.At = &now
			// Said again, it was still said when it was said first.
			if before, said := c[channel]; said && before.Status == consent.Status {
				consent.At = before.At
			}
		}
		after[channel] = consent
	}
	return after
}

// and returns what both say who turn out to be one: an objection of either stands.
func (c Consents) and(other Consents) Consents {
	both := Consents{}
	maps.Copy(both, other)
	for channel, consent := range c {
		if said, there := both[channel]; !there || said.Status != consentWithdrawn || consent.Status == consentWithdrawn {
			both[channel] = consent
		}
	}
	return both
}

// Wishes are what somebody has said of being contacted.
type Wishes struct {
	DoNotContact bool     `db:"do_not_contact"`
	Consents     Consents `db:"consents"`
}

// Wisher is a person or a firm with wishes.
type Wisher interface{ wishes() Wishes }

func (p Contact) wishes() Wishes  { return Wishes{p.DoNotContact, p.Consents} }
func (c Customer) wishes() Wishes { return Wishes{c.DoNotContact, c.Consents} }
func (w Wishes) wishes() Wishes   { return w }

// MayContact reports whether somebody may be contacted by a channel: neither they nor anybody they belong to, as their
// customer, has objected. Whatever sends something to a person asks here first.
func MayContact(channel string, all ...Wisher) bool {
	return !slices.ContainsFunc(all, func(w Wisher) bool {
		wishes := w.wishes()
		return wishes.DoNotContact || wishes.Consents[channel].Status == consentWithdrawn
	})
}

func channelsTo(all ...Wisher) []string {
	open := []string{}
	for _, channel := range Channels {
		if MayContact(channel, all...) {
			open = append(open, channel)
		}
	}
	return open
}

// fillMayContact says of the contacts of a page by which channels they may be contacted. What a customer has said holds
// for its people, whether the reader may see the customer or not.
func fillMayContact(ctx context.Context, q *tenant.Query, page []Contact) error {
	ids := make([]CustomerID, 0, len(page))
	for i := range page {
		if !page[i].CustomerID.IsZero() {
			ids = append(ids, page[i].CustomerID)
		}
	}
	var rows []struct {
		ID CustomerID `db:"id"`
		Wishes
	}
	if len(ids) > 0 {
		if err := q.SelectIn(ctx, &rows, `SELECT id, do_not_contact, consents FROM company.customers WHERE id IN (?)`, ids); err != nil {
			return err
		}
	}
	of := make(map[CustomerID]Wishes, len(rows))
	for _, r := range rows {
		of[r.ID] = r.Wishes
	}
	for i := range page {
		page[i].MayContact = channelsTo(page[i], of[page[i].CustomerID])
	}
	return nil
}

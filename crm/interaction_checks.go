package crm

import (
	"fmt"
	"math"
	"net/url"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	maxParticipants = 50
	maxLinks        = 20
	maxMinutes      = 7 * 24 * 60
	maxPlace        = 300
	maxResolution   = 2000
)

// check examines what logging and changing have in common.
func (i *Interaction) check(invalid *tenant.InvalidError) {
	checkWord(invalid, "kind", i.Kind, interactionKinds)
	checkWord(invalid, "direction", i.Direction, directions)
	i.checkOutcome(invalid)
	checkRequired(invalid, "summary", i.Summary, 10_000)
	checkText(invalid, "next_step", i.NextStep, maxTitle)
	checkText(invalid, "place", i.Place, maxPlace)
	checkText(invalid, "resolution", i.Resolution, maxResolution)
	checkTime(invalid, "occurred_at", &i.OccurredAt)
	checkNumber(invalid, "minutes", i.Minutes, 0, maxMinutes)
	i.checkPosition(invalid)
	if len(i.Contacts) > maxParticipants {
		invalid.Add("contacts", "too_many", fmt.Sprintf("names more than %d people", maxParticipants))
	}
	for n, name := range i.Contacts {
		checkRequired(invalid, fmt.Sprintf("contacts[%d]", n), name, 200)
	}
	if len(i.Links) > maxLinks {
		invalid.Add("attachments", "too_many", fmt.Sprintf("holds more than %d links", maxLinks))
	}
	for n, l := range i.Links {
		l.check(invalid, fmt.Sprintf("attachments[%d]", n))
	}
}

func (i *Interaction) checkOutcome(invalid *tenant.InvalidError) {
	if i.Outcome == "" {
		return
	}
	checkWord(invalid, "outcome", i.Outcome, outcomes)
	if i.Kind != "call" {
		invalid.Add("outcome", "invalid", "is for calls only; leave it out")
	}
}

// checkPosition rounds to what is kept: a sixth digit is ten centimetres.
func (i *Interaction) checkPosition(invalid *tenant.InvalidError) {
	checkDegrees(invalid, "latitude", &i.Latitude, 90)
	checkDegrees(invalid, "longitude", &i.Longitude, 180)
	switch {
	case i.Latitude != nil && i.Longitude == nil:
		invalid.Add("longitude", "required", "is required with latitude")
	case i.Latitude == nil && i.Longitude != nil:
		invalid.Add("latitude", "required", "is required with longitude")
	}
}

func checkDegrees(invalid *tenant.InvalidError, name string, degrees **float64, most float64) {
	if *degrees == nil {
		return
	}
	rounded := math.Round(**degrees*1e6) / 1e6
	if math.IsNaN(rounded) || math.Abs(rounded) > most {
		invalid.Add(name, "out_of_range", fmt.Sprintf("must be -%[1]g to %[1]g degrees", most))
	}
	*degrees = &rounded
}

func (l Link) check(invalid *tenant.InvalidError, name string) {
	checkRequired(invalid, name+".name", l.Name, 200)
	checkText(invalid, name+".url", l.URL, 2000)
	if u, err := url.Parse(l.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		invalid.Add(name+".url", "invalid", "must be a link that begins with http:// or https://")
	}
}

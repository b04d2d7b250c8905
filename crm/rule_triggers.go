package crm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The kinds of trigger.
const (
	// EventTrigger is a change of a record.
	EventTrigger = "event"
	// SilenceTrigger is a customer whom nobody has contacted for some days.
	SilenceTrigger = "silence"
	// DateTrigger is a day that stands in a field of the record.
	DateTrigger = "date"
	// ScheduleTrigger is the calendar.
	ScheduleTrigger = "schedule"
)

var triggerKinds = []string{EventTrigger, SilenceTrigger, DateTrigger, ScheduleTrigger}

// RuleTrigger is what sets a rule off. Which fields apply depends on its type.
type RuleTrigger struct {
	Type string `json:"type" enum:"event,silence,date,schedule" doc:"event: something has happened. silence: nobody has contacted the customer for days. date: a day of the record's has come. schedule: the calendar says so, for all records that meet the condition."`

	Events []string `json:"events,omitempty" maxItems:"20" doc:"event: the types, any of them." example:"[\"customer.lifecycle_changed\"]"`
	// From and To hold a move to its ends: stages of the lifecycle, or of a pipeline.
	From    []string `json:"from,omitempty" maxItems:"50" doc:"event: only moves from one of these stages." example:"[\"potential\"]"`
	To      []string `json:"to,omitempty" maxItems:"50" doc:"event: only moves to one of these stages." example:"[\"interested\"]"`
	Changed []string `json:"changed,omitempty" maxItems:"50" doc:"event: only when one of these fields has changed." example:"[\"owner_id\",\"custom.budget\"]"`

	// Days are calendar days in the company's time zone.
	Days              int  `json:"days,omitempty" minimum:"1" maximum:"365" doc:"silence: calendar days without interaction." example:"7"`
	EscalateToManager bool `json:"escalate_to_manager,omitempty" doc:"silence: remind the owner's manager too."`
	QuietWhilePlanned bool `json:"quiet_while_planned,omitempty" doc:"silence: not while a future follow-up is planned."`

	Field      string `json:"field,omitempty" maxLength:"100" doc:"date: the field of the list that holds the day or time." example:"custom.contract_ends"`
	OffsetDays int    `json:"offset_days,omitempty" minimum:"-365" maximum:"365" doc:"date: how many days after it; before it when negative." example:"-30"`

	RRule string `json:"rrule,omitempty" maxLength:"500" doc:"schedule: on which days (RFC 5545 RRULE), counted from the day on which the rule was made." example:"FREQ=WEEKLY;BYDAY=MO"`
	Hour  *int   `json:"hour,omitempty" minimum:"0" maximum:"23" doc:"date and schedule: at which hour of the company's day; 9 when left out." example:"9"`
}

const (
	maxRuleDays = 365
	// usualHour is when in the company's day what is not asked for at another hour takes place.
	usualHour = 9
)

func (t RuleTrigger) hour() int {
	if t.Hour != nil {
		return *t.Hour
	}
	return usualHour
}

// check refuses what the type of trigger does not have. What depends on the company's own fields is left to the rule.
func (t RuleTrigger) check(invalid *tenant.InvalidError, noun ruleNoun) {
	checkWord(invalid, "trigger.type", t.Type, triggerKinds)
	blank := RuleTrigger{Type: t.Type}
	switch t.Type {
	case EventTrigger:
		blank.Events, blank.From, blank.To, blank.Changed = t.Events, t.From, t.To, t.Changed
		t.checkEvents(invalid, noun)
	case SilenceTrigger:
		blank.Days, blank.EscalateToManager, blank.QuietWhilePlanned = t.Days, t.EscalateToManager, t.QuietWhilePlanned
		checkNumber(invalid, "trigger.days", &t.Days, 1, maxRuleDays)
		if noun.name != "customer" {
			invalid.Add("trigger.type", "invalid", "silence is for the resource customer")
		}
	case DateTrigger:
		blank.Field, blank.OffsetDays, blank.Hour = t.Field, t.OffsetDays, t.Hour
		checkRequired(invalid, "trigger.field", t.Field, 100)
		checkNumber(invalid, "trigger.offset_days", &t.OffsetDays, -maxRuleDays, maxRuleDays)
	case ScheduleTrigger:
		blank.RRule, blank.Hour = t.RRule, t.Hour
		t.checkSchedule(invalid)
	}
	checkNumber(invalid, "trigger.hour", t.Hour, 0, 23)
	t.checkBlank(invalid, blank)
}

// checkBlank names the fields that are set and do not belong to the type.
func (t RuleTrigger) checkBlank(invalid *tenant.InvalidError, allowed RuleTrigger) {
	extra, err := differences(t, allowed)
	if err != nil {
		invalid.Add("trigger", "invalid", "cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		invalid.Add("trigger."+name, "invalid", "does not belong to a trigger of type "+t.Type)
	}
}

func (t RuleTrigger) checkEvents(invalid *tenant.InvalidError, noun ruleNoun) {
	if len(t.Events) == 0 {
		invalid.Add("trigger.events", "required", "name at least one of "+strings.Join(noun.eventNames(), ", "))
	}
	var moves []string
	for i, name := range t.Events {
		e, ok := noun.event(name)
		if !ok {
			invalid.Add(fmt.Sprintf("trigger.events[%d]", i), "unknown", "must be one of "+strings.Join(noun.eventNames(), ", "))
		}
		moves = append(moves, e.moves)
	}
	for name, stages := range map[string][]string{"from": t.From, "to": t.To} {
		if len(stages) > 0 && slices.Contains(moves, "") {
			invalid.Add("trigger."+name, "invalid", "is for events that move a record between stages, as customer.lifecycle_changed")
			continue
		}
		for i, stage := range stages {
			checkStage(invalid, fmt.Sprintf("trigger.%s[%d]", name, i), stage, moves)
		}
	}
	for i, field := range t.Changed {
		checkRequired(invalid, fmt.Sprintf("trigger.changed[%d]", i), field, 100)
	}
}

// checkStage checks one end of a move: a word of the lifecycle, or the id of a pipeline's stage.
func checkStage(invalid *tenant.InvalidError, name, stage string, moves []string) {
	if slices.Contains(moves, "lifecycle") {
		checkWord(invalid, name, stage, Stages)
		return
	}
	if id, err := tenant.ParseID[stageKind](stage); err != nil || id.IsZero() {
		invalid.Add(name, "invalid", "must be the id of a pipeline's stage")
	}
}

func (t RuleTrigger) checkSchedule(invalid *tenant.InvalidError) {
	rule, err := recurrence.ParseRule(t.RRule)
	switch {
	case err != nil:
		invalid.Add("trigger.rrule", "invalid", err.Error())
	case !rule.AtMostDaily():
		invalid.Add("trigger.rrule", "invalid", "may give one time a day at most; leave the hour to the field hour")
	}
}

// next returns when the clock sets the rule off after an instant; nil for never. Days are the company's.
func (r *Rule) next(after time.Time, zone *time.Location) *time.Time {
	if !r.Enabled {
		return nil
	}
	start := recurrence.WallOf(r.CreatedAt, zone).Midnight().Add(time.Duration(r.Trigger.hour()) * time.Hour)
	daily := recurrence.Series{Start: start, Zone: zone}
	switch r.Trigger.Type {
	case DateTrigger:
		every, err := recurrence.ParseRule("FREQ=DAILY")
		if err != nil {
			return nil
		}
		daily.Rule = &every
	case ScheduleTrigger:
		rule, err := recurrence.ParseRule(r.Trigger.RRule)
		if err != nil {
			return nil
		}
		daily.Rule = &rule
	default:
		return nil
	}
	instance, ok := daily.Next(after)
	if !ok {
		return nil
	}
	at := instance.Start.UTC()
	return &at
}

package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

var calendarNotices = []notice{
	{
		kind: "calendar_event.due", label: phrase{"日程即将开始", "An event is about to begin"}, events: []string{"calendar_event.due"},
		audience: toWhoComes, visible: hasCalendar, words: aboutEvent(phrase{"日程提醒：%s", "Event: %s"}), channels: everywhere, urgent: true,
	},
	{
		kind: "calendar_event.invited", label: phrase{"被邀请参加日程", "I am invited to an event"},
		events: []string{"calendar_event.created", "calendar_event.updated", "calendar_event.restored"}, when: brings(eventChange.invites),
		audience: toInvited, visible: hasCalendar, words: aboutEvent(phrase{"日程邀请：%s", "Invitation: %s"}), channels: everywhere,
	},
	{
		kind: "calendar_event.changed", label: phrase{"我的日程有变更", "An event of mine is changed"},
		events: []string{"calendar_event.created", "calendar_event.updated"}, when: brings(eventChange.changes),
		audience: toKept, visible: hasCalendar, words: aboutEvent(phrase{"日程变更：%s", "Event changed: %s"}), channels: everywhere,
	},
	{
		kind: "calendar_event.cancelled", label: phrase{"我的日程被取消", "An event of mine is cancelled"},
		events: []string{"calendar_event.deleted", "calendar_event.created", "calendar_event.updated"}, when: brings(eventChange.cancels),
		audience: toGone, visible: hasCalendar, words: aboutCancelled, channels: everywhere, parting: true,
	},
	{
		kind: "calendar_event.responded", label: phrase{"有人答复了我的邀请", "Somebody answers my invitation"}, events: []string{"calendar_event.responded"},
		audience: toOrganizer, visible: hasCalendar, words: aboutAnswer, channels: inAppOnly,
	},
}

// hasCalendar makes what takes part in visible to whoever may see calendars: only they are in the audience.
func hasCalendar(_ context.Context, q *tenant.Query, _ tenant.Change) (bool, error) {
	return q.Caller.May(calendarEventRead), nil
}

// eventChange is a change of a calendar event as the change log has it.
type eventChange struct {
	tenant.Change
	event CalendarEvent
	// before holds the fields that have changed, as they were.
	before map[string]json.RawMessage
}

func readEventChange(c tenant.Change) (eventChange, error) {
	read := eventChange{Change: c}
	if err := json.Unmarshal(c.Data, &read.event); err != nil {
		return eventChange{}, err
	}
	if len(c.Previous) == 0 {
		return read, nil
	}
	return read, json.Unmarshal(c.Previous, &read.before)
}

// brings makes a condition of a notice. Of what is over nobody has to know anything.
func brings(condition func(eventChange) bool) func(tenant.Change) bool {
	return func(change tenant.Change) bool {
		c, err := readEventChange(change)
		over := c.event.RRule == nil && c.event.EndsAt.Before(change.CreatedAt)
		return err == nil && !over && condition(c)
	}
}

// invites reports whether the change asks somebody to come who was not asked before.
func (c eventChange) invites() bool { return len(c.invited()) > 0 }

// changes reports whether those who come have to know: when it is, where it is or what it is.
func (c eventChange) changes() bool {
	if _, ok := c.left(); ok {
		return false
	}
	for _, name := range []string{"title", "place", "starts_at", "ends_at", "starts_on", "ends_on", "time_zone", "rrule", "except", "organizer_id"} {
		if _, changed := c.before[name]; changed {
			return true
		}
	}
	return false
}

// cancels reports whether somebody need not come any more.
func (c eventChange) cancels() bool {
	_, left := c.left()
	return c.Type == "calendar_event.deleted" || left || len(c.gone()) > 0
}

// invitedBefore returns who was invited before, if that has changed.
func (c eventChange) invitedBefore() (was []Attendee, changed bool) {
	text, changed := c.before["attendees"]
	return was, changed && json.Unmarshal(text, &was) == nil
}

// invited are those whom the change asks to come: to what is new everybody, else who was not asked before.
func (c eventChange) invited() []tenant.MemberID {
	if c.Type == "calendar_event.updated" || len(c.before) > 0 { // what is new and was something takes the place of a part of a series
		return c.newcomers()
	}
	return c.everybody()
}

// newcomers are those who were not invited before, gone those who were and are no more.
func (c eventChange) newcomers() []tenant.MemberID {
	was, changed := c.invitedBefore()
	if !changed {
		return nil
	}
	return slices.DeleteFunc(c.event.attendeeIDs(), func(m tenant.MemberID) bool { return invitedTo(was, m) })
}

func (c eventChange) gone() []tenant.MemberID {
	was, _ := c.invitedBefore()
	var gone []tenant.MemberID
	for _, a := range was {
		if c.event.attendee(a.MemberID) == nil && a.MemberID != c.event.OrganizerID {
			gone = append(gone, a.MemberID)
		}
	}
	return gone
}

func invitedTo(all []Attendee, member tenant.MemberID) bool {
	return slices.ContainsFunc(all, func(a Attendee) bool { return a.MemberID == member })
}

// everybody are the organiser and all who are invited.
func (c eventChange) everybody() []tenant.MemberID {
	return append([]tenant.MemberID{c.event.OrganizerID}, c.event.attendeeIDs()...)
}

// left returns the occurrence that a series has lost, when that is all that has changed of its times.
func (c eventChange) left() (recurrence.Instance, bool) {
	text, changed := c.before["except"]
	var was []string
	if !changed || c.before["rrule"] != nil || json.Unmarshal(text, &was) != nil || len(c.event.Except) != len(was)+1 {
		return recurrence.Instance{}, false
	}
	e := c.event
	for _, name := range e.Except {
		if id, ok := e.named(name); ok && !slices.Contains(was, name) {
			start := id.In(e.location())
			return recurrence.Instance{ID: id, Start: start, End: start.Add(e.EndsAt.Sub(e.StartsAt))}, true
		}
	}
	return recurrence.Instance{}, false
}

// audienceOf makes an audience of what a change says, without who made it.
func audienceOf(members func(eventChange) []tenant.MemberID) func(context.Context, *tenant.Query, tenant.Change) ([]tenant.MemberID, error) {
	return func(_ context.Context, _ *tenant.Query, change tenant.Change) ([]tenant.MemberID, error) {
		c, err := readEventChange(change)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(members(c), func(m tenant.MemberID) bool { return m == change.Actor }), nil
	}
}

var (
	toWhoComes  = audienceOf(func(c eventChange) []tenant.MemberID { return c.event.people() })
	toOrganizer = audienceOf(func(c eventChange) []tenant.MemberID { return []tenant.MemberID{c.event.OrganizerID} })
	toInvited   = audienceOf(eventChange.invited)
	toKept      = audienceOf(func(c eventChange) []tenant.MemberID {
		fresh := c.newcomers()
		return slices.DeleteFunc(c.everybody(), func(m tenant.MemberID) bool { return slices.Contains(fresh, m) })
	})
	toGone = audienceOf(func(c eventChange) []tenant.MemberID {
		if _, left := c.left(); left || c.Type == "calendar_event.deleted" {
			return c.everybody()
		}
		return c.gone()
	})
)

// asReadBy returns the event of a change as its reader may know it: what is private is no secret to those who take part.
func (c eventChange) asReadBy(ctx context.Context, q *tenant.Query) (CalendarEvent, error) {
	if !c.event.Masked || !c.event.isOf(q.Caller.Member) {
		return c.event, nil
	}
	whole, err := readCalendarEvent(ctx, q, "e.id = ?", []any{c.event.ID}, "")
	if errors.Is(err, tenant.ErrNotFound) {
		return c.event, nil
	}
	whole.StartsAt, whole.EndsAt, whole.StartsOn, whole.EndsOn = c.event.StartsAt, c.event.EndsAt, c.event.StartsOn, c.event.EndsOn
	return whole, err
}

// aboutEvent names the event, when and where it is.
func aboutEvent(title phrase) func(context.Context, *tenant.Query, tenant.Change, language) (Message, error) {
	return func(ctx context.Context, q *tenant.Query, change tenant.Change, l language) (Message, error) {
		c, err := readEventChange(change)
		if err != nil {
			return Message{}, err
		}
		e, err := c.asReadBy(ctx, q)
		return e.message(l.say(title, e.name(l)), q.Location()), err
	}
}

func aboutCancelled(ctx context.Context, q *tenant.Query, change tenant.Change, l language) (Message, error) {
	c, err := readEventChange(change)
	if err != nil {
		return Message{}, err
	}
	e, err := c.asReadBy(ctx, q)
	if i, ok := c.left(); ok {
		e = e.on(i)
	}
	return e.message(l.say(phrase{"日程取消：%s", "Event cancelled: %s"}, e.name(l)), q.Location()), err
}

var answers = map[string]phrase{
	accepted:  {"%s 接受邀请：%s", "%s accepted: %s"},
	declined:  {"%s 谢绝邀请：%s", "%s declined: %s"},
	tentative: {"%s 暂定参加：%s", "%s may come: %s"},
}

// aboutAnswer says who has answered what.
func aboutAnswer(ctx context.Context, q *tenant.Query, change tenant.Change, l language) (Message, error) {
	c, err := readEventChange(change)
	if err != nil {
		return Message{}, err
	}
	e, err := c.asReadBy(ctx, q)
	if err != nil {
		return Message{}, err
	}
	was, _ := c.invitedBefore()
	for _, a := range c.event.Attendees {
		if a.Response == needsAction || slices.ContainsFunc(was, func(before Attendee) bool { return before.MemberID == a.MemberID && before.Response == a.Response }) {
			continue
		}
		name, err := memberName(ctx, q, a.MemberID)
		return e.message(l.say(answers[a.Response], name, e.name(l)), q.Location()), err
	}
	return Message{}, fmt.Errorf("event %s: nobody has answered", change.EventID)
}

var privateEvent = phrase{"私人日程", "Private event"}

// name is what the event is called, also where that is a secret.
func (e *CalendarEvent) name(l language) string {
	if e.Masked {
		return l.say(privateEvent)
	}
	return e.Title
}

func (e *CalendarEvent) message(title string, zone *time.Location) Message {
	m := Message{Title: title, Link: "/calendar/" + e.ID.String()}
	m.add(e.when(zone))
	if e.Place != "" {
		m.add(e.Place)
	}
	return m
}

// when writes from when until when an event takes place, as clocks in a zone show it.
func (e *CalendarEvent) when(zone *time.Location) string {
	switch {
	case e.AllDay && e.StartsOn != nil && *e.StartsOn != *e.EndsOn:
		return string(*e.StartsOn) + " – " + string(*e.EndsOn)
	case e.AllDay && e.StartsOn != nil:
		return string(*e.StartsOn)
	}
	start, end := e.StartsAt.In(zone), e.EndsAt.In(zone)
	if start.Format(time.DateOnly) == end.Format(time.DateOnly) {
		return start.Format("2006-01-02 15:04") + " – " + end.Format("15:04")
	}
	return start.Format("2006-01-02 15:04") + " – " + end.Format("2006-01-02 15:04")
}

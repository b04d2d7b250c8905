package crm

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Attendee is a member who is invited to an event.
type Attendee struct {
	MemberID    tenant.MemberID `db:"member_id" json:"member_id" doc:"Who."`
	Response    string          `db:"response" json:"response" enum:"needs_action,accepted,declined,tentative" doc:"What they answered." example:"accepted"`
	RespondedAt *time.Time      `db:"responded_at" json:"responded_at" doc:"When they answered (UTC)."`
}

// Guest is somebody outside the company who is invited to an event.
type Guest struct {
	Email    string `json:"email" maxLength:"254" mask:"customer.email" doc:"Where to reach them." example:"wang@yunfan.example"`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"What to call them." example:"王志强"`
	Response string `json:"response,omitempty" enum:"needs_action,accepted,declined,tentative" doc:"What they answered; needs_action when left out." example:"accepted"`
}

// The answers to an invitation, by the words of iCalendar.
const (
	needsAction = "needs_action"
	accepted    = "accepted"
	declined    = "declined"
	tentative   = "tentative"
)

var responses = []string{needsAction, accepted, declined, tentative}

// guests and wallList are kept as JSON columns.
type (
	guests   []Guest
	wallList []recurrence.Wall
)

// Value implements driver.Valuer.
func (l guests) Value() (driver.Value, error) { return jsonColumn([]Guest(l)) }

// Scan implements sql.Scanner.
func (l *guests) Scan(src any) error { return scanJSON(src, (*[]Guest)(l)) }

// Value implements driver.Valuer.
func (l wallList) Value() (driver.Value, error) { return jsonColumn([]recurrence.Wall(l)) }

// Scan implements sql.Scanner.
func (l *wallList) Scan(src any) error { return scanJSON(src, (*[]recurrence.Wall)(l)) }

// clean checks the guests, and makes none of them an empty list.
func (l guests) clean(invalid *tenant.InvalidError) guests {
	if len(l) > maxParticipants {
		invalid.Add("guests", "too_many", fmt.Sprintf("names more than %d people", maxParticipants))
		return l
	}
	clean := guests{}
	for i, g := range l {
		name := fmt.Sprintf("guests[%d]", i)
		checkText(invalid, name+".name", g.Name, 200)
		email := cleanEmail(invalid, name+".email", g.Email)
		switch {
		case isBlank(g.Email):
			invalid.Add(name+".email", "required", "is required")
		case email != nil:
			g.Email = *email
		}
		if g.Response == "" {
			g.Response = needsAction
		}
		checkWord(invalid, name+".response", g.Response, responses)
		if !slices.ContainsFunc(clean, func(other Guest) bool { return other.Email == g.Email }) {
			clean = append(clean, g)
		}
	}
	return clean
}

// isOf reports whether a member organises the event or is invited to it.
func (e *CalendarEvent) isOf(member tenant.MemberID) bool {
	return !member.IsZero() && (e.OrganizerID == member || e.attendee(member) != nil)
}

func (e *CalendarEvent) attendee(member tenant.MemberID) *Attendee {
	for i := range e.Attendees {
		if e.Attendees[i].MemberID == member {
			return &e.Attendees[i]
		}
	}
	return nil
}

// people are the members whom it concerns: the organiser and those invited who have not declined.
func (e *CalendarEvent) people() []tenant.MemberID {
	all := []tenant.MemberID{e.OrganizerID}
	for _, a := range e.Attendees {
		if a.Response != declined && a.MemberID != e.OrganizerID {
			all = append(all, a.MemberID)
		}
	}
	return all
}

// invite makes these the members who are invited. Who was before keeps the answer; the organiser needs no invitation.
func (e *CalendarEvent) invite(ids []tenant.MemberID) {
	invited := []Attendee{}
	for _, id := range unique(ids) {
		switch known := e.attendee(id); {
		case id == e.OrganizerID:
		case known != nil:
			invited = append(invited, *known)
		default:
			invited = append(invited, Attendee{MemberID: id, Response: needsAction})
		}
	}
	e.Attendees = invited
}

// askAgain takes back the answers to an invitation whose time has changed.
func (e *CalendarEvent) askAgain() {
	asked := make([]Attendee, len(e.Attendees))
	for i, a := range e.Attendees {
		asked[i] = Attendee{MemberID: a.MemberID, Response: needsAction}
	}
	e.Attendees = asked
}

func (e *CalendarEvent) attendeeIDs() []tenant.MemberID {
	ids := make([]tenant.MemberID, len(e.Attendees))
	for i, a := range e.Attendees {
		ids[i] = a.MemberID
	}
	return ids
}

// checkInvited sees to it that those who are newly invited are active members.
func checkInvited(ctx context.Context, q *tenant.Query, invalid *tenant.InvalidError, ids, before []tenant.MemberID) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id tenant.MemberID) bool { return slices.Contains(before, id) })
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > maxParticipants {
		invalid.Add("attendee_ids", "too_many", fmt.Sprintf("names more than %d members", maxParticipants))
		return nil
	}
	var active []tenant.MemberID
	if err := q.SelectIn(ctx, &active, `SELECT id FROM company.members WHERE id IN (?) AND status = 'active'`, ids); err != nil {
		return err
	}
	if slices.ContainsFunc(ids, func(id tenant.MemberID) bool { return !slices.Contains(active, id) }) {
		invalid.Add("attendee_ids", "unknown", "names somebody who is not an active member of this company")
	}
	return nil
}

// fillPeople reads the participants and the reminders of events, and derives what is shown from what is stored.
func fillPeople(ctx context.Context, q *tenant.Query, page []CalendarEvent, lock string) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[CalendarEventID]*CalendarEvent, len(page))
	ids := make([]CalendarEventID, len(page))
	for i := range page {
		e := &page[i]
		e.derive()
		e.Attendees = []Attendee{}
		at[e.ID], ids[i] = e, e.ID
	}
	var rows []struct {
		Attendee
		Event CalendarEventID `db:"event_id"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT event_id, member_id, response, responded_at FROM company.calendar_participants
		WHERE event_id IN (?) AND organizer = 0 ORDER BY event_id, member_id `+lock, ids); err != nil {
		return err
	}
	for _, row := range rows {
		e := at[row.Event]
		e.Attendees = append(e.Attendees, row.Attendee)
	}
	return fillReminders(ctx, q, page, (*CalendarEvent).reminded, lock)
}

// writePeople replaces the participants of an event.
func writePeople(ctx context.Context, tx *tenant.Tx, e CalendarEvent) error {
	if _, err := tx.Exec(ctx, `DELETE FROM company.calendar_participants WHERE event_id = ?`, e.ID); err != nil {
		return err
	}
	rows := tx.Bulk(`INSERT INTO company.calendar_participants (event_id, member_id, organizer, response, responded_at, starts_at, until_at) VALUES`, 7, "")
	if err := rows.Add(ctx, e.ID, e.OrganizerID, true, accepted, nil, e.StartsAt, e.UntilAt); err != nil {
		return err
	}
	for _, a := range e.Attendees {
		if err := rows.Add(ctx, e.ID, a.MemberID, false, a.Response, a.RespondedAt, e.StartsAt, e.UntilAt); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type calendarEventKind struct{}

func (calendarEventKind) Prefix() string { return "cal" }

// CalendarEventID identifies a calendar event (cal_…).
type CalendarEventID = tenant.ID[calendarEventKind]

// ParseCalendarEventID reads a calendar event's id.
func ParseCalendarEventID(s string) (CalendarEventID, error) {
	return tenant.ParseID[calendarEventKind](s)
}

// CalendarEvent is something that takes place, once or again and again: 日程.
type CalendarEvent struct {
	ID          CalendarEventID `db:"id" json:"id" doc:"The event's id."`
	UID         string          `db:"uid" json:"uid" doc:"What calendar programs know it by; the occurrences of a series share it."`
	Sequence    int             `db:"sequence" json:"sequence" doc:"Rises with every change, for calendar programs."`
	Title       string          `db:"title" json:"title" doc:"What takes place." example:"Visit at Yunfan"`
	Description string          `db:"description" json:"description" doc:"Free text."`
	Place       string          `db:"place" json:"place" doc:"Where; a place or a link." example:"上海市浦东新区"`
	Kind        string          `db:"kind" json:"kind" enum:"meeting,visit,call,other" doc:"meeting 会议, visit 拜访, call 电话." example:"visit"`
	Colour      string          `db:"colour" json:"colour" enum:"grey,red,orange,yellow,green,blue,purple" doc:"What it is shown in." example:"blue"`
	Private     bool            `db:"private" json:"private" doc:"Whether others see only that its people are busy."`
	Masked      bool            `db:"-" json:"masked" doc:"Whether this is all that you may know: the event is private, and somebody else's."`
	AllDay      bool            `db:"all_day" json:"all_day" doc:"Whether it takes whole days."`
	StartsAt    time.Time       `db:"starts_at" json:"starts_at" doc:"When it begins (UTC); of a series, its first occurrence."`
	EndsAt      time.Time       `db:"ends_at" json:"ends_at" doc:"When it ends (UTC), exclusive."`
	StartsOn    *Date           `db:"-" json:"starts_on" format:"date" doc:"First day of an all-day event, else null."`
	EndsOn      *Date           `db:"-" json:"ends_on" format:"date" doc:"Last day of an all-day event, inclusive, else null."`
	TimeZone    string          `db:"time_zone" json:"time_zone" doc:"IANA zone in which its days begin and a series keeps its time of day." example:"Asia/Shanghai"`
	RRule       *string         `db:"rrule" json:"rrule" doc:"How it takes place again (RFC 5545 RRULE); null for once." example:"FREQ=WEEKLY;BYDAY=MO"`
	// Except names the occurrences that do not take place as the rule says, as Occurrence does.
	Except []string `db:"-" json:"except" nullable:"false" doc:"Occurrences of the rule that do not take place, or stand elsewhere as events of their own."`
	// SeriesID and Occurrence tell which occurrence of which series this is, where it is one.
	SeriesID    CalendarEventID `db:"series_id" json:"series_id" nullable:"true" doc:"The series of which this is an occurrence that was changed; null otherwise."`
	Occurrence  *string         `db:"occurrence" json:"occurrence" doc:"Which occurrence of the series this is: the time at which the rule has it, or its day; null for an event that takes place once and for a whole series." example:"2026-03-09T01:00:00Z"`
	OrganizerID tenant.MemberID `db:"organizer_id" json:"organizer_id" doc:"Whose event it is."`
	Attendees   []Attendee      `db:"-" json:"attendees" nullable:"false" doc:"Members who are invited, and what they answered."`
	Guests      guests          `db:"guests" json:"guests" nullable:"false" doc:"People outside the company."`
	CustomerID  CustomerID      `db:"customer_id" json:"customer_id" nullable:"true" doc:"The customer it is about; null for none."`
	// Customer is filled in where events are read, under the reader's scope, and left out of the change log.
	Customer      *CustomerCard   `db:"-" json:"customer,omitempty" doc:"The customer it is about, unless that is out of your reach."`
	Reminders     []Reminder      `db:"-" json:"reminders" nullable:"false" doc:"When its people are reminded, in order; of a series, of the occurrence that comes next."`
	InteractionID InteractionID   `db:"interaction_id" json:"interaction_id" nullable:"true" doc:"The communication record that was made of it; null for none."`
	CreatedBy     tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt     time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt     time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version       int64           `db:"version" json:"-"`

	// StartsLocal is the clock time at which it begins, Seconds how long it takes.
	StartsLocal recurrence.Wall `db:"starts_local" json:"-"`
	Seconds     int64           `db:"seconds" json:"-"`
	// UntilAt is when the last of it is over.
	UntilAt time.Time `db:"until_at" json:"-"`
	// Dates are occurrences besides the rule's (RDATE), ExceptDates those that do not take place as it says.
	Dates       wallList `db:"dates" json:"-"`
	ExceptDates wallList `db:"except_dates" json:"-"`
	// ICSExtra holds the properties of iCalendar that this product does not know.
	ICSExtra *string `db:"ics_extra" json:"-"`
}

// NewCalendarEvent is what a calendar event is made of.
type NewCalendarEvent struct {
	ID          *CalendarEventID  `json:"id,omitempty" doc:"An id made by the client, for creating offline; it may be used once."`
	Title       string            `json:"title" minLength:"1" maxLength:"300" doc:"What takes place." example:"Visit at Yunfan"`
	Description string            `json:"description,omitempty" maxLength:"10000" doc:"Free text."`
	Place       string            `json:"place,omitempty" maxLength:"500" doc:"Where; a place or a link." example:"上海市浦东新区"`
	Kind        string            `json:"kind,omitempty" enum:"meeting,visit,call,other" doc:"meeting when left out." example:"visit"`
	Colour      string            `json:"colour,omitempty" enum:"grey,red,orange,yellow,green,blue,purple" doc:"What it is shown in; grey when left out." example:"blue"`
	Private     bool              `json:"private,omitempty" doc:"Whether others see only that its people are busy."`
	StartsAt    *time.Time        `json:"starts_at,omitempty" doc:"When it begins." example:"2026-03-09T01:00:00Z"`
	EndsAt      *time.Time        `json:"ends_at,omitempty" doc:"When it ends; an hour later when left out." example:"2026-03-09T02:00:00Z"`
	StartsOn    *Date             `json:"starts_on,omitempty" format:"date" doc:"Instead of the times: first day of an all-day event." example:"2026-03-09"`
	EndsOn      *Date             `json:"ends_on,omitempty" format:"date" doc:"Last day of an all-day event, inclusive; the first when left out." example:"2026-03-10"`
	TimeZone    string            `json:"time_zone,omitempty" maxLength:"64" doc:"IANA zone in which its days begin and a series keeps its time of day; your own when left out." example:"Asia/Shanghai"`
	RRule       string            `json:"rrule,omitempty" maxLength:"500" doc:"How it takes place again, at most daily. The first occurrence is the first that the rule gives from the start on." example:"FREQ=WEEKLY;BYDAY=MO"`
	OrganizerID *tenant.MemberID  `json:"organizer_id,omitempty" doc:"Whose event it is: yours when left out, or that of a member below you."`
	AttendeeIDs []tenant.MemberID `json:"attendee_ids,omitempty" maxItems:"50" doc:"Members to invite."`
	Guests      []Guest           `json:"guests,omitempty" maxItems:"50" doc:"People outside the company."`
	CustomerID  *CustomerID       `json:"customer_id,omitempty" doc:"The customer it is about."`
	// Reminders tells leaving them out (nil) from none.
	Reminders []NewReminder `json:"reminders,omitempty" maxItems:"5" doc:"When to remind its people. When left out: 15 minutes before, or at nine in the morning of a whole day; none when empty."`
}

// CalendarEventPatch changes some fields.
type CalendarEventPatch struct {
	Title       patch.Field[string]            `json:"title,omitzero" minLength:"1" maxLength:"300" doc:"What takes place." example:"Visit at Yunfan"`
	Description patch.Field[string]            `json:"description,omitzero" maxLength:"10000" doc:"Free text."`
	Place       patch.Field[string]            `json:"place,omitzero" maxLength:"500" doc:"Where; a place or a link." example:"上海市浦东新区"`
	Kind        patch.Field[string]            `json:"kind,omitzero" enum:"meeting,visit,call,other" doc:"What sort of event." example:"visit"`
	Colour      patch.Field[string]            `json:"colour,omitzero" enum:"grey,red,orange,yellow,green,blue,purple" doc:"What it is shown in." example:"blue"`
	Private     patch.Field[bool]              `json:"private,omitzero" doc:"Whether others see only that its people are busy."`
	StartsAt    patch.Field[time.Time]         `json:"starts_at,omitzero" doc:"When it begins; alone it moves the event. With a rule that names days, send a rule that gives the new day." example:"2026-03-09T01:00:00Z"`
	EndsAt      patch.Field[time.Time]         `json:"ends_at,omitzero" doc:"When it ends." example:"2026-03-09T02:00:00Z"`
	StartsOn    patch.Field[Date]              `json:"starts_on,omitzero" format:"date" doc:"First day of an all-day event; takes the place of the times." example:"2026-03-09"`
	EndsOn      patch.Field[Date]              `json:"ends_on,omitzero" format:"date" doc:"Last day of an all-day event, inclusive." example:"2026-03-10"`
	TimeZone    patch.Field[string]            `json:"time_zone,omitzero" maxLength:"64" doc:"IANA zone." example:"Asia/Shanghai"`
	RRule       patch.Field[string]            `json:"rrule,omitzero" maxLength:"500" doc:"How it takes place again; null for once." example:"FREQ=WEEKLY;BYDAY=MO"`
	OrganizerID patch.Field[tenant.MemberID]   `json:"organizer_id,omitzero" doc:"Hands the event over to a member within your reach."`
	AttendeeIDs patch.Field[[]tenant.MemberID] `json:"attendee_ids,omitzero" doc:"Replaces the members who are invited; who stays keeps the answer."`
	Guests      patch.Field[[]Guest]           `json:"guests,omitzero" doc:"Replaces the people outside the company."`
	CustomerID  patch.Field[CustomerID]        `json:"customer_id,omitzero" doc:"The customer it is about; null for none."`
	Reminders   patch.Field[[]NewReminder]     `json:"reminders,omitzero" doc:"Replaces all reminders."`
}

var calendarEventKinds = []string{"meeting", "visit", "call", "other"}

const calendarEventColumns = `e.id, e.uid, e.sequence, e.title, e.description, e.place, e.kind, e.colour, e.private, e.all_day, e.time_zone,
	e.starts_local, e.seconds, e.starts_at, e.ends_at, e.until_at, e.rrule, e.dates, e.except_dates, e.series_id, e.occurrence,
	e.organizer_id, e.guests, e.customer_id, e.interaction_id, e.ics_extra, e.version, e.created_by, e.created_at, e.updated_at`

var calendarEvents = &list.Resource{
	Name: "calendar_events", Table: "company.calendar_events", Alias: "e", OwnerColumn: "e.organizer_id", Order: "starts_at", Live: "e.deleted_at IS NULL", Trash: "calendar_events_deleted",
	Fields: map[string]list.Field{
		"title":      {Kind: list.Text, Column: "e.title"},
		"place":      {Kind: list.Text, Column: "e.place"},
		"kind":       {Kind: list.Enum, Column: "e.kind", Values: calendarEventKinds},
		"private":    {Kind: list.Bool, Column: "e.private"},
		"all_day":    {Kind: list.Bool, Column: "e.all_day"},
		"repeats":    {Kind: list.Bool, Derive: func(*tenant.Query) list.Condition { return list.Condition{SQL: "e.rrule IS NOT NULL"} }},
		"series":     {Kind: list.ID, Column: "e.series_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseCalendarEventID(s) }},
		"customer":   {Kind: list.ID, Column: "e.customer_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"organizer":  {Kind: list.Member, Column: "e.organizer_id"},
		"created_by": {Kind: list.Member, Column: "e.created_by", Nullable: true},
		"starts_at":  {Kind: list.Time, Column: "e.starts_at", Sort: "e.starts_at", Indexes: []list.Index{list.By("calendar_events_starts")}},
		"until":      {Kind: list.Time, Column: "e.until_at"},
		"updated_at": {Kind: list.Time, Column: "e.updated_at", Sort: "e.updated_at", Indexes: []list.Index{list.By("calendar_events_updated")}},
	},
}

func (e CalendarEvent) sortKey(column string) (any, [16]byte) {
	if column == "e.updated_at" {
		return e.UpdatedAt, e.ID
	}
	return e.StartsAt, e.ID
}

// ListCalendarEvents returns one page of the events of members within the caller's scope: those that they organise and
// those to which they are invited, but for other people's private ones. A series is one of them, by its first occurrence.
func ListCalendarEvents(ctx context.Context, q *tenant.Query, in ListQuery) (Page[CalendarEvent], error) {
	p, err := planCalendarEvents(q, in)
	if err != nil {
		return Page[CalendarEvent]{}, err
	}
	page, err := list.Read(ctx, q, p, calendarEventColumns, in.Count, CalendarEvent.sortKey)
	if err != nil {
		return Page[CalendarEvent]{}, err
	}
	return page, fillCalendarEvents(ctx, q, page.Data)
}

func planCalendarEvents(q *tenant.Query, in ListQuery) (*list.Plan, error) {
	scope := q.Scope(calendarEventRead)
	// What is private is in nobody's list but its people's: a filter would tell what it is about.
	extra := []list.Condition{visibleEvents(scope), openEvents(q)}
	if in.Q != "" {
		extra = append(extra, list.Contains("e.title", in.Q))
	}
	// Whose events these are is asked of the participants, so the engine is given none to ask of the organiser.
	everybody := tenant.System()
	p, err := list.New(q, calendarEvents, in, everybody.Scope(calendarEventRead), extra...)
	if err == nil && scope.Level() != tenant.LevelAll {
		p.UseIndex("") // few are in reach, and sorting those is cheaper than reading the company in order
	}
	return p, err
}

// visibleEvents holds events e to those of people within a scope.
func visibleEvents(scope tenant.Scope) list.Condition {
	if scope.Level() == tenant.LevelAll {
		return list.Always()
	}
	visible, args := scope.Where("v.member_id", "")
	return list.Condition{SQL: "EXISTS (SELECT 1 FROM company.calendar_participants v WHERE v.event_id = e.id AND " + visible + ")", Args: args}
}

// openEvents leaves out other people's private events e.
func openEvents(q *tenant.Query) list.Condition {
	return list.Condition{
		SQL:  "(e.private = 0 OR EXISTS (SELECT 1 FROM company.calendar_participants m WHERE m.event_id = e.id AND m.member_id = ?))",
		Args: []any{q.Caller.Member},
	}
}

// GetCalendarEvent returns an event of people within the caller's scope, else ErrNotFound. Of a series, occurrence asks
// for one of its occurrences, in the form of [CalendarEvent.Occurrence]; one that was changed is found too.
func GetCalendarEvent(ctx context.Context, q *tenant.Query, id CalendarEventID, occurrence string) (CalendarEvent, error) {
	e, err := findCalendarEvent(ctx, q, id, calendarEventRead, "")
	if err == nil && occurrence != "" && e.RRule != nil {
		e, err = findOccurrence(ctx, q, e, occurrence)
	}
	if err != nil {
		return CalendarEvent{}, err
	}
	one := []CalendarEvent{e}
	err = finishCalendarEvents(ctx, q, one)
	return one[0], err
}

// findCalendarEvent returns the event with its people and reminders, unmasked.
func findCalendarEvent(ctx context.Context, q *tenant.Query, id CalendarEventID, p tenant.Permission, lock string) (CalendarEvent, error) {
	visible := visibleEvents(q.Scope(p))
	return readCalendarEvent(ctx, q, "e.id = ? AND e.deleted_at IS NULL AND "+visible.SQL, append([]any{id}, visible.Args...), lock)
}

func readCalendarEvent(ctx context.Context, q *tenant.Query, where string, args []any, lock string) (CalendarEvent, error) {
	var e CalendarEvent
	if err := q.Get(ctx, &e, `SELECT `+calendarEventColumns+` FROM company.calendar_events e WHERE `+where+` `+lock, args...); err != nil {
		return CalendarEvent{}, fmt.Errorf("calendar event: %w", err)
	}
	one := []CalendarEvent{e}
	err := fillPeople(ctx, q, one, lock)
	return one[0], err
}

// fillCalendarEvents gives events what stands in other tables, as the caller may see it.
func fillCalendarEvents(ctx context.Context, q *tenant.Query, page []CalendarEvent) error {
	if err := fillPeople(ctx, q, page, ""); err != nil {
		return err
	}
	return finishCalendarEvents(ctx, q, page)
}

// finishCalendarEvents masks what the caller may not know, and adds the customers that the caller may read.
func finishCalendarEvents(ctx context.Context, q *tenant.Query, page []CalendarEvent) error {
	for i := range page {
		if page[i].Private && !page[i].isOf(q.Caller.Member) {
			page[i] = page[i].masked()
		}
	}
	return fillCards(ctx, q, page, (*CalendarEvent).carded)
}

// masked is what others see of a private event: when its people are busy.
func (e CalendarEvent) masked() CalendarEvent {
	e.Masked, e.Title, e.Description, e.Place, e.Kind, e.Colour = true, "", "", "", "other", defaultColour
	e.CustomerID, e.Customer, e.Guests, e.Reminders, e.InteractionID = CustomerID{}, nil, guests{}, []Reminder{}, InteractionID{}
	return e
}

func (e *CalendarEvent) carded() (CustomerID, **CustomerCard) { return e.CustomerID, &e.Customer }

func (e *CalendarEvent) reminded() (tenant.RecordID, *[]Reminder) {
	return tenant.RecordID(e.ID), &e.Reminders
}

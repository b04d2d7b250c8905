package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// NotificationPreferences are how a member wants to be told.
type NotificationPreferences struct {
	Kinds      []NoticeKind `json:"kinds" nullable:"false" doc:"All that people are told of, and by which channels you are."`
	QuietHours *QuietHours  `json:"quiet_hours" doc:"When neither mail nor bot disturbs you; null for none."`
	DigestHour *int         `json:"digest_hour" minimum:"0" maximum:"23" doc:"At which hour of your day you get one mail with what is unread and what is due; null for none." example:"8"`
}

// NoticeKind is one kind of notice, with the channels by which a member is told.
type NoticeKind struct {
	Kind   string `json:"kind" doc:"What it tells of." example:"task.due"`
	Label  string `json:"label" doc:"What it is called, in your language." example:"A task of mine is due"`
	Urgent bool   `json:"urgent" doc:"Whether it loses its use when it waits; such may pass through quiet hours."`
	InApp  bool   `json:"in_app" doc:"Whether it is listed in the product."`
	Email  bool   `json:"email" doc:"Whether it is mailed."`
	Bot    bool   `json:"bot" doc:"Whether the company's bot says in its chat that one waits for you."`
}

// QuietHours are a part of the day in which mails and bots are held. What they have to say goes out when it is over.
type QuietHours struct {
	From         string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"When they begin, in your time zone." example:"22:00"`
	Until        string `json:"until" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"When they end; before from means the next day." example:"08:00"`
	UrgentPasses bool   `json:"urgent_passes,omitempty" doc:"Whether urgent kinds, as reminders, are sent all the same."`
}

// NotificationPreferencesPatch changes some of them.
type NotificationPreferencesPatch struct {
	Kinds      map[string]ChannelChoice `json:"kinds,omitempty" doc:"The channels to switch, by kind; what is left out stays."`
	QuietHours patch.Field[QuietHours]  `json:"quiet_hours,omitzero" doc:"Replaces the quiet hours; null for none."`
	DigestHour patch.Field[int]         `json:"digest_hour,omitzero" minimum:"0" maximum:"23" doc:"The hour of the daily mail; null for none." example:"8"`
}

// ChannelChoice switches channels of one kind.
type ChannelChoice struct {
	InApp *bool `json:"in_app,omitempty" doc:"Whether it is listed in the product."`
	Email *bool `json:"email,omitempty" doc:"Whether it is mailed."`
	Bot   *bool `json:"bot,omitempty" doc:"Whether the company's bot says in its chat that one waits for you."`
}

// preferences are what the database keeps of a member's choices.
type preferences struct {
	TimeZone     *string    `db:"timezone"`
	Channels     chosen     `db:"channels"`
	QuietFrom    string     `db:"quiet_from"`
	QuietUntil   string     `db:"quiet_until"`
	UrgentPasses bool       `db:"urgent_passes"`
	DigestHour   *int       `db:"digest_hour"`
	DigestedAt   *time.Time `db:"digested_at"`
}

// chosen are the channels chosen, by kind of notice.
type chosen map[string][]Channel

// Value implements driver.Valuer.
func (c chosen) Value() (driver.Value, error) {
	text, err := json.Marshal(c)
	return string(text), err
}

// Scan implements sql.Scanner.
func (c *chosen) Scan(src any) error { return scanJSON(src, (*map[string][]Channel)(c)) }

// readPreferences returns a member's choices, those of somebody who has made none too. lock is FOR UPDATE or empty.
func readPreferences(ctx context.Context, q *tenant.Query, member tenant.MemberID, lock string) (preferences, error) {
	var p preferences
	err := q.Get(ctx, &p, `SELECT m.timezone, COALESCE(p.channels, '{}') AS channels, COALESCE(p.quiet_from, '') AS quiet_from,
		COALESCE(p.quiet_until, '') AS quiet_until, COALESCE(p.urgent_passes, 0) AS urgent_passes, p.digest_hour, p.digested_at
		FROM company.members m LEFT JOIN company.notification_preferences p ON p.member_id = m.id WHERE m.id = ? `+lock, member)
	if err != nil {
		return preferences{}, fmt.Errorf("member %s: %w", member, err)
	}
	return p, nil
}

// GetNotificationPreferences returns how the caller is told.
func GetNotificationPreferences(ctx context.Context, q *tenant.Query) (NotificationPreferences, error) {
	p, err := readPreferences(ctx, q, q.Caller.Member, "")
	return p.shown(language(q.Caller.Locale)), err
}

// UpdateNotificationPreferences changes how the caller is told. What waits already stays due when it was, but for the digest
// whose hour changes.
func UpdateNotificationPreferences(ctx context.Context, tx *tenant.Tx, in NotificationPreferencesPatch) (NotificationPreferences, error) {
	p, err := readPreferences(ctx, tx.Query, tx.Caller.Member, "FOR UPDATE")
	if err != nil {
		return NotificationPreferences{}, err
	}
	hour := p.DigestHour
	if err := p.apply(in); err != nil {
		return NotificationPreferences{}, err
	}
	if err := p.save(ctx, tx, tx.Caller.Member); err != nil {
		return NotificationPreferences{}, err
	}
	if !samePointer(hour, p.DigestHour) {
		err = p.scheduleDigest(ctx, tx, tx.Caller.Member)
	}
	return p.shown(language(tx.Caller.Locale)), err
}

func (p *preferences) save(ctx context.Context, tx *tenant.Tx, member tenant.MemberID) error {
	_, err := tx.Exec(ctx, `INSERT INTO company.notification_preferences
		(member_id, channels, quiet_from, quiet_until, urgent_passes, digest_hour, digested_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE channels = VALUES(channels), quiet_from = VALUES(quiet_from), quiet_until = VALUES(quiet_until),
			urgent_passes = VALUES(urgent_passes), digest_hour = VALUES(digest_hour), digested_at = VALUES(digested_at), updated_at = VALUES(updated_at)`,
		member, p.Channels, p.QuietFrom, p.QuietUntil, p.UrgentPasses, p.DigestHour, p.DigestedAt, tx.Now)
	return err
}

// apply makes the changes, or says what is wrong with them.
func (p *preferences) apply(in NotificationPreferencesPatch) error {
	invalid := &tenant.InvalidError{}
	for _, kind := range slices.Sorted(maps.Keys(in.Kinds)) {
		i := slices.IndexFunc(notices(), func(n notice) bool { return n.kind == kind && n.audience != nil })
		if i < 0 {
			invalid.Add("kinds."+kind, "unknown", "is not a kind of notice; GET lists them")
			continue
		}
		n, choice := notices()[i], in.Kinds[kind]
		if n.unmailed && choice.Email != nil && *choice.Email {
			invalid.Add("kinds."+kind+".email", "invalid", "cannot be mailed: it tells that no mail leaves")
			continue
		}
		p.choose(n, choice)
	}
	if in.QuietHours.Set {
		quiet := in.QuietHours.Value
		p.QuietFrom, p.QuietUntil, p.UrgentPasses = quiet.From, quiet.Until, quiet.UrgentPasses
		if !in.QuietHours.Null {
			quiet.check(invalid)
		}
	}
	if in.DigestHour.Set {
		p.DigestHour = in.DigestHour.OrNull(nil)
		checkNumber(invalid, "digest_hour", p.DigestHour, 0, 23)
	}
	return invalid.Err()
}

func (h QuietHours) check(invalid *tenant.InvalidError) {
	for name, text := range map[string]string{"from": h.From, "until": h.Until} {
		if _, err := time.Parse(clock, text); err != nil || len(text) != len(clock) {
			invalid.Add("quiet_hours."+name, "invalid", "must be a time of day, as 22:00")
		}
	}
	if h.From == h.Until {
		invalid.Add("quiet_hours.until", "invalid", "must differ from the beginning; to be told nothing at all switch the kinds off")
	}
}

// choose switches channels of one kind.
func (p *preferences) choose(n notice, in ChannelChoice) {
	now := slices.Clone(p.channels(n))
	for channel, on := range map[Channel]*bool{InApp: in.InApp, ByEmail: in.Email, ByBot: in.Bot} {
		if on == nil {
			continue
		}
		now = slices.DeleteFunc(now, func(c Channel) bool { return c == channel })
		if *on {
			now = append(now, channel)
		}
	}
	slices.Sort(now)
	p.Channels[n.kind] = now
}

// channels are those by which the member is told of a kind.
func (p *preferences) channels(n notice) []Channel {
	if chosen, ok := p.Channels[n.kind]; ok {
		return chosen
	}
	return n.channels
}

func (p *preferences) shown(l language) NotificationPreferences {
	shown := NotificationPreferences{Kinds: []NoticeKind{}, DigestHour: p.DigestHour}
	for _, n := range notices() {
		if n.audience == nil {
			continue
		}
		by := p.channels(n)
		shown.Kinds = append(shown.Kinds, NoticeKind{n.kind, l.say(n.label), n.urgent, slices.Contains(by, InApp), slices.Contains(by, ByEmail), slices.Contains(by, ByBot)})
	}
	if p.QuietFrom != "" {
		shown.QuietHours = &QuietHours{p.QuietFrom, p.QuietUntil, p.UrgentPasses}
	}
	return shown
}

// clock is how times of day are written.
const clock = "15:04"

// zone is where the member lives.
func (p *preferences) zone(q *tenant.Query) *time.Location {
	if p.TimeZone != nil {
		if zone, err := time.LoadLocation(*p.TimeZone); err == nil {
			return zone
		}
	}
	return q.Company.Location()
}

// heldUntil returns when a mail or a bot's word may leave that is written now: at once, or when the quiet hours are over.
func (p *preferences) heldUntil(q *tenant.Query, urgent bool) time.Time {
	if p.QuietFrom == "" || urgent && p.UrgentPasses {
		return q.Now
	}
	zone := p.zone(q)
	now, overnight := q.Now.In(zone).Format(clock), p.QuietUntil < p.QuietFrom
	end := recurrence.WallOf(q.Now, zone).Midnight()
	switch {
	case overnight && now >= p.QuietFrom:
		end = end.AddDays(1)
	case overnight && now < p.QuietUntil, !overnight && now >= p.QuietFrom && now < p.QuietUntil:
	default:
		return q.Now
	}
	until, err := time.Parse(clock, p.QuietUntil)
	if err != nil {
		return q.Now
	}
	return end.Add(time.Duration(until.Hour())*time.Hour + time.Duration(until.Minute())*time.Minute).In(zone).UTC()
}

package tenant

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Permission is what a role allows, as "customer:read". Packages declare theirs beside the noun.
type Permission string

// Resource returns the part before the colon.
func (p Permission) Resource() string { r, _, _ := strings.Cut(string(p), ":"); return r }

// Action returns the part after the colon.
func (p Permission) Action() string { _, a, _ := strings.Cut(string(p), ":"); return a }

// Level says whose records a permission reaches. Higher levels contain the lower ones.
type Level int

// The levels, in rising order.
const (
	LevelNone Level = iota // nobody's
	LevelOwn               // the caller's own
	LevelTeam              // the caller's and those of everyone below in the reporting tree
	LevelAll               // everyone's in the company
)

var levelNames = []string{"none", "own", "team", "all"}

func (l Level) String() string {
	if l < LevelNone || l > LevelAll {
		return "none"
	}
	return levelNames[l]
}

// ParseLevel reads a level's name; anything unknown is LevelNone, so that a mistake closes rather than opens.
func ParseLevel(s string) Level { return Level(max(0, slices.Index(levelNames, s))) }

// Quota names something a plan limits by number, such as "seats".
type Quota string

// CallerKind says by what means somebody acts.
type CallerKind string

// The kinds of caller.
const (
	ByMember CallerKind = "member"  // a signed-in person
	ByAPIKey CallerKind = "api_key" // a program with a key, within the rights of the key's owner
	ByImport CallerKind = "import"  // an import, within the rights of whoever began it
	ByRule   CallerKind = "rule"    // a rule of the company's, within the rights of whoever saved it last
	BySystem CallerKind = "system"  // the product itself: sweepers, migrations, rules that nobody has changed
)

// Caller is who acts in a transaction and how far they reach. The edges build it, for requests and for
// background work alike; the zero Caller reaches nothing.
type Caller struct {
	Kind   CallerKind
	Member MemberID
	Name   string
	Locale string
	// Zone is where the caller lives; nil for the company's.
	Zone *time.Location
	// Team holds the caller and everyone below them in the reporting tree.
	Team []MemberID
	// Levels holds, for each permission, the widest level among all rules that allow it.
	Levels map[Permission]Level
	// Shared says that colleagues have shared customers of theirs with the caller.
	Shared bool
	// Masked holds the fields, as "customer.phone", that the caller sees in part only. Such a field cannot be
	// filtered, sorted, searched or changed by them either: probing would reveal it.
	Masked map[string]bool
	// Limits holds the plan's numbers; a missing quota is zero, a negative one is unlimited.
	Limits map[Quota]int64
	// Source is the credential, for the audit trail and for idempotency: a session or key id.
	Source string
	// RequestID is the id under which the edge logged the request.
	RequestID string
	// Cause are the rules that led here, each set off by what the one before it changed.
	Cause Cause
}

// System returns the caller for work that nobody asked for: it reaches everything in its one company.
func System() Caller { return Caller{Kind: BySystem, Source: "system"} }

// Author returns the member who is answerable for what is written: nobody for the product itself and for rules, in
// whose rights a member lends only the reach.
func (c *Caller) Author() MemberID {
	if c.Kind == ByRule {
		return MemberID{}
	}
	return c.Member
}

// May reports whether the caller has the permission at all, at whatever level.
func (c *Caller) May(p Permission) bool { return c.level(p) > LevelNone }

func (c *Caller) level(p Permission) Level {
	if c.Kind == BySystem {
		return LevelAll
	}
	return c.Levels[p]
}

// Scope says whose records a statement may touch. It becomes SQL only in [Scope.Where].
type Scope struct {
	level  Level
	member MemberID
	team   []MemberID
	shared sharing
}

// sharing is what a member may do with the customers that colleagues have shared with them.
type sharing int

const (
	sharingNothing sharing = iota
	sharingReading
	sharingWriting
)

// Scope returns how far the caller reaches with the permission. A customer that is shared with the caller is within
// it, with all that hangs on the customer, as far as the sharing goes: nobody deletes what is only shared.
func (c *Caller) Scope(p Permission) Scope {
	s := Scope{level: c.level(p), member: c.Member, team: c.Team}
	if c.Shared {
		switch p.Action() {
		case "read":
			s.shared = sharingReading
		case "create", "update":
			s.shared = sharingWriting
		}
	}
	return s
}

// Level returns the scope's level, for choosing an index; rights are decided by Where and Includes only.
func (s Scope) Level() Level { return s.level }

// IsOneMember reports whether the scope holds a list to the records of one member, for choosing an index.
func (s Scope) IsOneMember() bool {
	return s.shared == sharingNothing && (s.level == LevelOwn || s.level == LevelTeam && len(s.team) <= 1)
}

// Includes reports whether a record of that owner is within the scope by its owner; what is shared needs Where.
// Records without an owner are within LevelAll only.
func (s Scope) Includes(owner MemberID) bool {
	switch s.level {
	case LevelAll:
		return true
	case LevelTeam:
		return !owner.IsZero() && (owner == s.member || slices.Contains(s.team, owner))
	case LevelOwn:
		return !owner.IsZero() && owner == s.member
	}
	return false
}

// Where returns the scope as a predicate, and its arguments. ownerColumn holds the record's owner, customerColumn the
// customer that the record is or hangs on; it is empty for records that are not shared with their customer. An unknown
// level becomes "1=0".
func (s Scope) Where(ownerColumn, customerColumn string) (string, []any) {
	owned, args := s.whereOwner(ownerColumn)
	if customerColumn == "" || s.shared == sharingNothing || s.level != LevelOwn && s.level != LevelTeam || s.member.IsZero() {
		return owned, args
	}
	writing := ""
	if s.shared == sharingWriting {
		writing = " AND may_write = 1"
	}
	return "(" + owned + " OR " + customerColumn + " IN (SELECT customer_id FROM company.collaborators WHERE member_id = ?" + writing + "))",
		append(args, s.member)
}

func (s Scope) whereOwner(column string) (string, []any) {
	switch s.level {
	case LevelAll:
		return "1=1", nil
	case LevelTeam:
		if len(s.team) > 1 {
			args := make([]any, len(s.team))
			for i, m := range s.team {
				args[i] = m
			}
			return column + " IN (?" + strings.Repeat(",?", len(args)-1) + ")", args
		}
		fallthrough
	case LevelOwn:
		if !s.member.IsZero() {
			return column + " = ?", []any{s.member}
		}
	}
	return "1=0", nil
}

// Fingerprint changes whenever the scope does. Cursors carry it, so that one made under wider rights
// cannot be continued under narrower ones.
func (s Scope) Fingerprint() string {
	if s.level == LevelAll {
		return "all"
	}
	return fmt.Sprintf("%s:%s:%d", s.level, s.member, s.shared)
}

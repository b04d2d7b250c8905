package crm

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineItem is one thing that happened with a customer. What it was stands in the one field that its kind has.
type TimelineItem struct {
	// Key tells the items of a timeline apart; one record may be the subject of several.
	Key     string          `json:"key" doc:"Unique within the timeline." example:"task_completed:tsk_01h455vb4pex5vsknk084sn02q"`
	Kind    string          `json:"kind" enum:"interaction,task_created,task_completed,deal_stage,stage,merge,change,comment,file" doc:"What happened." example:"interaction"`
	At      time.Time       `json:"at" doc:"When (UTC)."`
	ActorID tenant.MemberID `json:"actor_id" nullable:"true" doc:"Who did it; null for the system."`

	Interaction *TimelineInteraction `json:"interaction,omitempty" doc:"With interaction."`
	Task        *TimelineTask        `json:"task,omitempty" doc:"With task_created and task_completed."`
	Deal        *TimelineDeal        `json:"deal,omitempty" doc:"With deal_stage: a deal was made or entered another stage."`
	Stage       *TimelineStage       `json:"stage,omitempty" doc:"With stage: the customer entered it."`
	Merge       *TimelineMerge       `json:"merge,omitempty" doc:"With merge: another customer went up in this one, with all of its history."`
	Changes     []FieldChange        `json:"changes,omitempty" doc:"With change: fields of the customer that were edited. They are kept for 90 days."`
	Comment     *TimelineComment     `json:"comment,omitempty" doc:"With comment: a colleague said something about the customer itself."`
	File        *FileCard            `json:"file,omitempty" doc:"With file: one was attached to the customer itself."`

	// tie orders what happened at the same moment.
	tie [16]byte
}

// TimelineQuery says which part of a timeline is wanted.
type TimelineQuery struct {
	// Kinds leaves only items of these kinds; none means all.
	Kinds []string
	// Limit is the page size, 1 to 100; 0 means 20.
	Limit int
	// Cursor continues after the page that gave it. It fits only the same customer and kinds.
	Cursor string
}

const (
	maxTimeline     = 100
	defaultTimeline = 20
)

// moment is a place in a timeline, or in one source of it: what happened before it follows.
type moment struct {
	at  time.Time
	tie [16]byte
}

var (
	// lastTie is after everything that happened at a moment, firstTie before.
	lastTie  = [16]byte(bytes.Repeat([]byte{0xff}, 16))
	firstTie = [16]byte{}
	// theEnd is after everything that can happen.
	theEnd = moment{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), lastTie}
)

// condition is true for rows before the moment, by a column with the time and one that breaks ties. It reads their key
// from the moment on.
func (m moment) condition(at, tie string) list.Condition {
	return list.Condition{SQL: fmt.Sprintf("%[1]s <= ? AND (%[1]s < ? OR %[2]s < ?)", at, tie), Args: []any{m.at, m.at, m.tie[:]}}
}

// timeline is one that is ready to be read.
type timeline struct {
	sources []timelineSource
	limit   int
	print   []byte
	// after is where the page before ended: the moment, and which source the item was of.
	after  moment
	source int
}

// timelinePosition is a cursor.
type timelinePosition struct {
	At    time.Time `json:"a"`
	Kind  string    `json:"k"`
	Tie   []byte    `json:"i"`
	Print []byte    `json:"p"`
}

// ReadTimeline returns one page of what happened with a customer within the caller's scope, newest first. Each kind of
// item is under its own scope: who reads no deals sees none.
func ReadTimeline(ctx context.Context, q *tenant.Query, id CustomerID, in TimelineQuery) (Page[TimelineItem], error) {
	of, err := findSubject(ctx, q, id)
	if err != nil {
		return Page[TimelineItem]{}, err
	}
	t, err := newTimeline(q, of.customer, in)
	if err != nil {
		return Page[TimelineItem]{}, err
	}
	var found []placed
	for n, s := range t.sources {
		// One more than the page holds, of each: all of the page may be of one kind.
		from := s.statement(q, of, t.before(n))
		items, err := s.read(ctx, q, fmt.Sprintf("%s LIMIT %d", from.SQL, t.limit+1), from.Args)
		if err != nil {
			return Page[TimelineItem]{}, fmt.Errorf("timeline, %s: %w", s.kind, err)
		}
		for _, item := range items {
			item.Kind, item.Key = s.kind, s.kind+":"+item.Key
			found = append(found, placed{item, n})
		}
	}
	slices.SortFunc(found, newestFirst)
	return t.page(found)
}

// placed is an item with the place of its source in the table.
type placed struct {
	TimelineItem
	source int
}

func newestFirst(a, b placed) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.source, b.source), bytes.Compare(b.tie[:], a.tie[:]))
}

func newTimeline(q *tenant.Query, customer CustomerID, in TimelineQuery) (*timeline, error) {
	t := &timeline{limit: cmp.Or(in.Limit, defaultTimeline), after: theEnd}
	if t.limit < 1 || t.limit > maxTimeline {
		return nil, tenant.Invalid("limit", "out_of_range", fmt.Sprintf("must be 1 to %d", maxTimeline))
	}
	var names []string
	for _, s := range timelineSources() {
		names = append(names, s.kind)
		if len(in.Kinds) == 0 || slices.Contains(in.Kinds, s.kind) {
			t.sources = append(t.sources, s)
		}
	}
	for n, kind := range in.Kinds {
		if !slices.Contains(names, kind) {
			return nil, tenant.Invalid(fmt.Sprintf("kinds[%d]", n), "unknown", "must be one of "+strings.Join(names, ", "))
		}
	}
	parts := []string{q.Company.ID.String(), customer.String()}
	for _, s := range t.sources {
		parts = append(parts, s.kind)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	t.print = sum[:12]
	return t, t.continueAfter(in.Cursor)
}

func (t *timeline) continueAfter(cursor string) error {
	if cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at timelinePosition
	if err != nil || json.Unmarshal(raw, &at) != nil || string(at.Print) != string(t.print) || len(at.Tie) != 16 || at.At.Year() < 1000 || at.At.After(theEnd.at) {
		return tenant.Invalid("cursor", "invalid", "does not belong to this timeline; start again without it")
	}
	t.after = moment{at.At.UTC(), [16]byte(at.Tie)}
	t.source = slices.IndexFunc(t.sources, func(s timelineSource) bool { return s.kind == at.Kind })
	return nil
}

// before returns from where a source goes on. Of what happened at the very moment, the sources before the one that the
// page ended with have given everything, and those after it nothing.
func (t *timeline) before(source int) moment {
	m := t.after
	switch {
	case source < t.source:
		m.tie = firstTie
	case source > t.source:
		m.tie = lastTie
	}
	return m
}

func (t *timeline) page(found []placed) (Page[TimelineItem], error) {
	page := Page[TimelineItem]{Data: []TimelineItem{}}
	for _, p := range found[:min(len(found), t.limit)] {
		page.Data = append(page.Data, p.TimelineItem)
	}
	if len(found) <= t.limit {
		return page, nil
	}
	last := found[t.limit-1]
	raw, err := json.Marshal(timelinePosition{last.At, last.Kind, last.tie[:], t.print})
	if err != nil {
		return Page[TimelineItem]{}, err
	}
	cursor := base64.RawURLEncoding.EncodeToString(raw)
	page.NextCursor = &cursor
	return page, nil
}

package crm

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

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
	Changes     []FieldChange        `json:"changes,omitempty" doc:"With change: fields of the customer that were edited. They are kept as long as the audit log, and 90 days at least."`
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

// timeline is one that is ready to be read.
type timeline struct {
	sources []timelineSource
	limit   int
	print   []byte
	// after is where the page before ended: the moment, and which source the item was of.
	after  moment
	source int
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
	after, kind, err := momentOf(cursor, t.print)
	if err != nil {
		return err
	}
	t.after = after
	t.source = slices.IndexFunc(t.sources, func(s timelineSource) bool { return s.kind == kind })
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
	var err error
	page.NextCursor, err = (moment{last.At, last.tie}).cursor(last.Kind, t.print)
	return page, err
}

package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ErrChangesGone is returned for a place in the company's history after which changes are not kept any more.
var ErrChangesGone = errors.New("the changes after this cursor are not kept any more")

// FeedItem is one change as somebody sees it whose reach it touches.
type FeedItem struct {
	Seq        int64           `json:"seq" doc:"Its place in the company's history; it rises from item to item." example:"4711"`
	ID         tenant.EventID  `json:"id" doc:"The event's id, as webhooks carry it." example:"evt_01h455vb4pex5vsknk084sn02q"`
	Type       string          `json:"type" doc:"What happened." example:"customer.updated"`
	Resource   string          `json:"resource" doc:"The noun of the record." example:"customer"`
	RecordID   string          `json:"record_id" doc:"The record." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Effect     string          `json:"effect" enum:"added,changed,removed" doc:"What it is to you: added came within your reach, removed was deleted or has left it." example:"changed"`
	OccurredAt time.Time       `json:"occurred_at" doc:"When (UTC)."`
	ActorID    tenant.MemberID `json:"actor_id" nullable:"true" doc:"Who did it; null for the system and for rules."`
	Data       json.RawMessage `json:"data" doc:"The record after the change, as the event has it; null when it was removed."`
	Previous   json.RawMessage `json:"previous" doc:"The fields that changed, as they were before; null where there is nothing to compare."`
}

// Feed is one page of changes.
type Feed struct {
	Data       []FeedItem `json:"data" nullable:"false" doc:"The changes within your reach, in the order in which they were committed."`
	NextCursor string     `json:"next_cursor" doc:"Where to go on, at once or later." example:"4711"`
	HasMore    bool       `json:"has_more" doc:"Whether there is more by now. A page may be empty and yet have more after it."`
	Reach      string     `json:"reach" doc:"Changes when your roles, your team or your masks do. What has come within your reach by that has no changes: read everything anew." example:"Zk3vQ1xU2bM"`
}

// FeedQuery says which part of the feed is wanted.
type FeedQuery struct {
	// Cursor is next_cursor of the page before; empty begins with the oldest change that is kept, "now" after the latest.
	Cursor string
	// Limit is how many items a page may have.
	Limit int
	// Takes reports whether an event type is wanted.
	Takes func(eventType string) bool
}

const (
	// maxScan is how many changes a page looks at, scanBatch how many at once.
	maxScan   = 1000
	scanBatch = 200
	// FromNow is the cursor after the latest change.
	FromNow = "now"
)

// ReadFeed returns the next changes within the caller's reach. Whoever goes on from each page's cursor misses none:
// the relay numbers changes in the order in which it commits them, and without gaps, so that a gap says that changes
// have been purged, which is ErrChangesGone.
func ReadFeed(ctx context.Context, q *tenant.Query, in FeedQuery) (Feed, error) {
	latest, err := tenant.LastSeq(ctx, q) // before the changes: what is numbered meanwhile comes as well
	if err != nil {
		return Feed{}, err
	}
	f := &feed{FeedQuery: in, Feed: Feed{Data: []FeedItem{}, Reach: reachOf(q.Caller)}, latest: latest}
	if f.viewer, err = newViewer(ctx, q); err != nil {
		return Feed{}, err
	}
	if err := f.begin(); err != nil {
		return Feed{}, err
	}
	for scanned := 0; scanned < maxScan && !f.full(); scanned += scanBatch {
		changes, err := tenant.ChangesAfter(ctx, q, f.seq, scanBatch)
		if err != nil {
			return Feed{}, err
		}
		if err := f.take(ctx, changes); err != nil {
			return Feed{}, err
		}
		if len(changes) < scanBatch {
			break
		}
	}
	f.NextCursor, f.HasMore = strconv.FormatInt(f.seq, 10), f.seq < latest
	return f.Feed, nil
}

// feed is a page that is being filled.
type feed struct {
	FeedQuery
	Feed
	viewer *viewer
	latest int64
	// seq is the last change that was looked at; started says that the next one has to follow it.
	seq     int64
	started bool
}

func (f *feed) full() bool { return len(f.Data) >= f.Limit }

func (f *feed) begin() (err error) {
	switch f.Cursor {
	case "":
		return nil
	case FromNow:
		f.seq = f.latest
	default:
		if f.seq, err = strconv.ParseInt(f.Cursor, 10, 64); err != nil || f.seq < 0 || f.seq > f.latest {
			return tenant.Invalid("cursor", "invalid", "must be next_cursor of an earlier page, or now; start again without it")
		}
	}
	f.started = true
	return nil
}

// take adds what is to be seen of the changes that follow, until the page is full.
func (f *feed) take(ctx context.Context, changes []tenant.Change) error {
	if len(changes) == 0 {
		if f.started && f.seq < f.latest {
			return ErrChangesGone
		}
		f.seq = max(f.seq, f.latest)
	}
	for _, c := range changes {
		if f.started && c.Seq != f.seq+1 {
			return ErrChangesGone
		}
		f.seq, f.started = c.Seq, true
		if f.Takes != nil && !f.Takes(c.Type) {
			continue
		}
		item, ok, err := f.viewer.show(ctx, c)
		if err != nil {
			return fmt.Errorf("change %d: %w", c.Seq, err)
		}
		if !ok {
			continue
		}
		if f.Data = append(f.Data, item); f.full() {
			return nil
		}
	}
	return nil
}

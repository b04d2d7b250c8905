package crm

import (
	"context"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// subject is whose timeline it is: a customer whom the caller may read, and those that went up in it.
type subject struct {
	customer CustomerID
	merged   []CustomerID
}

func findSubject(ctx context.Context, q *tenant.Query, id CustomerID) (subject, error) {
	c, err := GetCustomer(ctx, q, id)
	if err != nil {
		return subject{}, err
	}
	of := subject{customer: c.ID}
	return of, q.Select(ctx, &of.merged, `SELECT loser_id FROM company.merges WHERE winner_id = ?`, c.ID)
}

// timelineSource gives one kind of item.
type timelineSource struct {
	kind string
	// statement reads what was before the moment, newest first, by a key that gives that order. What the caller may not
	// read of this kind it leaves out.
	statement func(q *tenant.Query, of subject, before moment) list.Condition
	// read makes items of its rows. Their Key is the record's id.
	read func(ctx context.Context, q *tenant.Query, statement string, args []any) ([]TimelineItem, error)
}

// timelineSources is the table of them. A new kind is one entry here, a field of [TimelineItem] and a word of its enum.
func timelineSources() []timelineSource {
	return []timelineSource{
		{"interaction", interactionStatement, readInteractions},
		{"task_completed", completedTasks, timelineItems(taskRow.item)},
		{"task_created", createdTasks, timelineItems(taskRow.item)},
		{"deal_stage", dealStatement, timelineItems(dealRow.item)},
		{"stage", stageStatement, timelineItems(stageRow.item)},
		{"merge", mergeStatement, timelineItems(mergeRow.item)},
		{"change", changeStatement, readChanges},
		{"comment", commentStatement, timelineItems(commentRow.item)},
		{"file", fileStatement, timelineItems(fileRow.item)},
	}
}

// timelineItems reads rows that hold all that an item shows.
func timelineItems[R any](item func(R) TimelineItem) func(context.Context, *tenant.Query, string, []any) ([]TimelineItem, error) {
	return func(ctx context.Context, q *tenant.Query, statement string, args []any) ([]TimelineItem, error) {
		var rows []R
		if err := q.Select(ctx, &rows, statement, args...); err != nil {
			return nil, err
		}
		items := make([]TimelineItem, len(rows))
		for n, r := range rows {
			items[n] = item(r)
		}
		return items, nil
	}
}

// timelineRow is what the rows of all sources begin with.
type timelineRow struct {
	At    time.Time       `db:"at"`
	Actor tenant.MemberID `db:"actor_id"`
}

func (r timelineRow) item(id string, tie [16]byte) TimelineItem {
	return TimelineItem{Key: id, At: r.At, ActorID: r.Actor, tie: tie}
}

// numbered is item for a row whose id is a number.
func (r timelineRow) numbered(id int64) TimelineItem {
	var tie [16]byte
	binary.BigEndian.PutUint64(tie[8:], uint64(id))
	return r.item(strconv.FormatInt(id, 10), tie)
}

package tenant

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// Due is a piece of work that has to be done at a time. The row is the truth: it commits with whatever
// makes the work necessary and goes only when the work is done, so a queue that forgets loses nothing.
type Due struct {
	Company CompanyID `db:"company_id"`
	// Kind chooses the handler and its queue, as "reminder".
	Kind string `db:"kind"`
	// Ref is the record that the work is about; together with company and kind it is unique.
	Ref RecordID `db:"ref"`
	// Lane bounds parallel work within a company: an endpoint's id for deliveries, zero where it does not matter.
	Lane RecordID `db:"lane"`
	// At is when the work is due, in UTC.
	At time.Time `db:"due_at"`
	// Generation rises each time the row is handed out. A task of an older generation is dropped on arrival.
	Generation int64 `db:"generation"`
}

// Schedule makes work due, or moves it when it is scheduled already.
func (tx *Tx) Schedule(ctx context.Context, kind string, ref, lane RecordID, at time.Time) error {
	// Generations begin at a random number: a task that is left over from work which was unscheduled must
	// not fit the same work scheduled anew.
	return tx.clusterExec(ctx, `
		INSERT INTO cluster.due (company_id, kind, ref, lane, due_at, claimed, expires_at, generation) VALUES (?, ?, ?, ?, ?, 0, ?, ?)
		ON DUPLICATE KEY UPDATE lane = VALUES(lane), due_at = VALUES(due_at), claimed = 0, generation = generation + 1`,
		tx.Company.ID, kind, ref, laneValue(lane), at, at, rand.Int64N(1<<62)) //nolint:gosec // needs to differ, not to be secret
}

// ScheduleAll is Schedule for many records of one kind in few statements. Of each Due, Ref, Lane and At count.
func (tx *Tx) ScheduleAll(ctx context.Context, kind string, work []Due) error {
	bulk := newBulk(tx, tx.cluster.names.qualify(`
		INSERT INTO cluster.due (company_id, kind, ref, lane, due_at, claimed, expires_at, generation) VALUES`), 8,
		`ON DUPLICATE KEY UPDATE lane = VALUES(lane), due_at = VALUES(due_at), claimed = 0, generation = generation + 1`)
	for _, d := range work {
		if err := bulk.Add(ctx, tx.Company.ID, kind, d.Ref, laneValue(d.Lane), d.At, 0, d.At, rand.Int64N(1<<62)); err != nil { //nolint:gosec // as in Schedule
			return err
		}
	}
	return bulk.Flush(ctx)
}

// Unschedule removes work that is done or not wanted any more.
func (tx *Tx) Unschedule(ctx context.Context, kind string, ref RecordID) error {
	return tx.clusterExec(ctx, `DELETE FROM cluster.due WHERE company_id = ? AND kind = ? AND ref = ?`, tx.Company.ID, kind, ref)
}

// UnscheduleAll is Unschedule for many records of one kind in one statement.
func (tx *Tx) UnscheduleAll(ctx context.Context, kind string, refs []RecordID) error {
	if len(refs) == 0 {
		return nil
	}
	statement, args, err := sqlx.In(`DELETE FROM cluster.due WHERE company_id = ? AND kind = ? AND ref IN (?)`, tx.Company.ID, kind, refs)
	if err != nil {
		return err
	}
	return tx.clusterExec(ctx, statement, args...)
}

// Begin locks the work's row for this transaction and reports whether this generation is still the one to
// do it. A handler calls it first, so that a repeated or late task does nothing.
func (tx *Tx) Begin(ctx context.Context, d Due) (bool, error) {
	var generation []int64
	err := tx.tx.SelectContext(ctx, &generation, tx.cluster.names.qualify(
		`SELECT generation FROM cluster.due WHERE company_id = ? AND kind = ? AND ref = ? FOR UPDATE`), tx.Company.ID, d.Kind, d.Ref)
	if err != nil {
		return false, translate(err)
	}
	return len(generation) == 1 && generation[0] == d.Generation, nil
}

// BeginAll is Begin for many rows of one kind in one statement. It returns those that are still to be done.
func (tx *Tx) BeginAll(ctx context.Context, kind string, work []Due) ([]Due, error) {
	if len(work) == 0 {
		return nil, nil
	}
	refs := make([]RecordID, len(work))
	for i, d := range work {
		refs[i] = d.Ref
	}
	// In the order of the key, so that two who lock the same rows do not wait for each other in a circle.
	statement, args, err := sqlx.In(`SELECT ref, generation FROM cluster.due
		WHERE company_id = ? AND kind = ? AND ref IN (?) ORDER BY ref FOR UPDATE`, tx.Company.ID, kind, refs)
	if err != nil {
		return nil, err
	}
	var rows []Due
	if err := tx.tx.SelectContext(ctx, &rows, tx.cluster.names.qualify(statement), args...); err != nil {
		return nil, translate(err)
	}
	current := make(map[RecordID]int64, len(rows))
	for _, r := range rows {
		current[r.Ref] = r.Generation
	}
	var mine []Due
	for _, d := range work {
		if generation, ok := current[d.Ref]; ok && generation == d.Generation {
			mine = append(mine, d)
		}
	}
	return mine, nil
}

// Extend keeps long work from being handed out again before the given time.
func (tx *Tx) Extend(ctx context.Context, d Due, until time.Time) error {
	return tx.clusterExec(ctx, `
		UPDATE cluster.due SET expires_at = ? WHERE company_id = ? AND kind = ? AND ref = ? AND generation = ?`,
		until, tx.Company.ID, d.Kind, d.Ref, d.Generation)
}

// laneValue keeps "no lane" apart from NULL, which would never be equal to itself.
func laneValue(lane RecordID) []byte { return lane[:] }

// Window bounds how much of a kind's due work is handed out at a time.
type Window struct {
	// PerCompany and PerLane bound the rows in flight.
	PerCompany, PerLane int
	// Visible is how long handed-out work stays invisible; then it counts as lost and is handed out again.
	Visible time.Duration
}

// Claim hands out work of one kind that is due at now, fairly: every company and lane with due work gets
// at most its window. Work of a suspended company waits. What was handed out before an error is returned
// beside it. The caller should hold the cluster's dispatch lease; two who claim at once share the work.
func (c *Cluster) Claim(ctx context.Context, kind string, now time.Time, w Window) ([]Due, error) {
	if err := c.takeBack(ctx, kind, now); err != nil {
		return nil, err
	}
	companies, err := c.dueLanes(ctx, kind, now)
	if err != nil {
		return nil, err
	}
	flying, err := c.inFlight(ctx, kind)
	if err != nil {
		return nil, err
	}
	var all []Due
	for id, lanes := range companies {
		if !c.serves(ctx, id) {
			continue
		}
		free := w.PerCompany - flying.company[id]
		// The lanes with the least under way come first, so that none waits for ever behind busy ones.
		slices.SortFunc(lanes, func(a, b dueLane) int {
			return cmp.Or(cmp.Compare(flying.lane[a.key()], flying.lane[b.key()]), a.First.Compare(b.First))
		})
		for i, l := range lanes {
			left := len(lanes) - i
			share := min(w.PerLane-flying.lane[l.key()], (free+left-1)/left)
			if share <= 0 {
				continue
			}
			rows, err := c.claimLane(ctx, kind, now, w, l, share)
			if err != nil {
				return all, err
			}
			free -= len(rows)
			all = append(all, rows...)
		}
	}
	return all, nil
}

// takeBack makes lost work wait again: handed out, and neither done nor extended in time. A turn takes back
// a bounded number, oldest first; the rest follows with the next.
func (c *Cluster) takeBack(ctx context.Context, kind string, now time.Time) error {
	return inTransaction(ctx, c.pool, func(t *attempt) error {
		_, err := t.ExecContext(ctx, c.names.qualify(`UPDATE cluster.due SET claimed = 0
			WHERE kind = ? AND claimed = 1 AND expires_at <= ? ORDER BY expires_at LIMIT 1000`), kind, now)
		return err
	})
}

// dueLane is a lane of a company with the time of its first work that waits.
type dueLane struct {
	Company CompanyID `db:"company_id"`
	Lane    []byte    `db:"lane"`
	First   time.Time `db:"first"`
}

func (l dueLane) key() laneKey { return laneKey{l.Company, string(l.Lane)} }

// dueLanes finds the lanes that have due work. It is a loose index scan over due_by_lane, so its cost grows
// with lanes and not with rows; that takes naming the whole beginning of the index in GROUP BY.
func (c *Cluster) dueLanes(ctx context.Context, kind string, now time.Time) (map[CompanyID][]dueLane, error) {
	var lanes []dueLane
	if err := c.pool.SelectContext(ctx, &lanes, c.names.qualify(dueLanesStatement), kind); err != nil {
		return nil, translate(err)
	}
	companies := map[CompanyID][]dueLane{}
	for _, l := range lanes {
		if !l.First.After(now) {
			companies[l.Company] = append(companies[l.Company], l)
		}
	}
	return companies, nil
}

const dueLanesStatement = `SELECT company_id, lane, MIN(due_at) AS first
	FROM cluster.due WHERE kind = ? AND claimed = 0 GROUP BY kind, claimed, company_id, lane`

// serves reports whether the company's work may run now.
func (c *Cluster) serves(ctx context.Context, id CompanyID) bool {
	company, err := c.directory.Company(ctx, id)
	return err == nil && company.Status == Active
}

type laneKey struct {
	company CompanyID
	lane    string
}

type flight struct {
	company map[CompanyID]int
	lane    map[laneKey]int
}

// inFlight counts what is handed out and not done; the windows keep that number small.
func (c *Cluster) inFlight(ctx context.Context, kind string) (flight, error) {
	f := flight{company: map[CompanyID]int{}, lane: map[laneKey]int{}}
	var rows []struct {
		Company CompanyID `db:"company_id"`
		Lane    []byte    `db:"lane"`
		Count   int       `db:"n"`
	}
	err := c.pool.SelectContext(ctx, &rows, c.names.qualify(`
		SELECT company_id, lane, COUNT(*) AS n FROM cluster.due
		WHERE kind = ? AND claimed = 1 GROUP BY company_id, lane`), kind)
	for _, r := range rows {
		f.company[r.Company] += r.Count
		f.lane[laneKey{r.Company, string(r.Lane)}] += r.Count
	}
	return f, translate(err)
}

// claimLane marks at most limit rows of a lane as handed out, oldest first.
func (c *Cluster) claimLane(ctx context.Context, kind string, now time.Time, w Window, l dueLane, limit int) ([]Due, error) {
	var rows []Due
	err := inTransaction(ctx, c.pool, func(t *attempt) error {
		rows = nil
		if err := t.SelectContext(ctx, &rows, c.names.qualify(`
			SELECT company_id, kind, ref, lane, due_at, generation FROM cluster.due
			WHERE kind = ? AND claimed = 0 AND company_id = ? AND lane = ? AND due_at <= ?
			ORDER BY due_at LIMIT ? FOR UPDATE`), kind, l.Company, l.Lane, now, limit); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		refs := make([]RecordID, len(rows))
		for i := range rows {
			rows[i].Generation++
			refs[i] = rows[i].Ref
		}
		statement, args, err := sqlx.In(`UPDATE cluster.due SET claimed = 1, generation = generation + 1, expires_at = ?
			WHERE company_id = ? AND kind = ? AND ref IN (?)`, now.Add(w.Visible), l.Company, kind, refs)
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, c.names.qualify(statement), args...)
		return err
	})
	return rows, err
}

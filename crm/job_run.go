package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// JobWork is the kind of due work that carries out a job; its reference is the job.
const JobWork = "job"

const (
	// jobBatch is how many records one transaction of a job changes.
	jobBatch = 200
	// maxFailures is how many failures a job remembers.
	maxFailures = 100
)

// JobMember returns who started a job; the work is done as them.
func JobMember(ctx context.Context, q *tenant.Query, id JobID) (tenant.MemberID, error) {
	j, err := selectJob(ctx, q, `j.id = ?`, []any{id}, "")
	return j.MemberID, err
}

// RunJob carries out a job to its end, batch by batch. as returns the member who started it (see [JobMember]) with the
// rights of now, and is asked before each batch; heartbeat, called after each, may be nil, and ends the turn with
// [ErrTurnOver]. The progress commits with the changes, so after an error or a kill the next call goes on where this one
// stopped. The work's due row goes with the last transaction.
func RunJob(ctx context.Context, d *tenant.Directory, company *tenant.Company, as func(context.Context) (*tenant.Caller, error), id JobID, heartbeat func(context.Context) error) error {
	for {
		caller, err := as(ctx)
		if err != nil {
			return err
		}
		over := false
		err = d.Tx(ctx, company, caller, func(tx *tenant.Tx) (err error) {
			over, err = stepJob(ctx, tx, id)
			return err
		})
		if invalid, ok := errors.AsType[*tenant.InvalidError](err); ok { // what was right when the job was started
			return d.Tx(ctx, company, caller, func(tx *tenant.Tx) error { return FailJob(ctx, tx, id, invalid.Error()) })
		}
		if err != nil {
			return fmt.Errorf("job %s: %w", id, err)
		}
		if over {
			return nil
		}
		if heartbeat != nil {
			if err := heartbeat(ctx); err != nil {
				return err
			}
		}
	}
}

// stepJob carries out one batch. The lock on the job keeps two workers from doing the same.
func stepJob(ctx context.Context, tx *tenant.Tx, id JobID) (over bool, err error) {
	j, err := selectJob(ctx, tx.Query, `j.id = ?`, []any{id}, "FOR UPDATE")
	if err != nil {
		return false, err
	}
	if j.isOver() {
		return true, tx.Unschedule(ctx, JobWork, tenant.RecordID(id))
	}
	work, err := j.Task.work(tx.Now)
	if err != nil {
		return false, err
	}
	if !tx.Caller.May(work.permission) {
		return true, j.end(ctx, tx, JobFailed, "whoever started the job may no longer do this; ask for the permission "+string(work.permission))
	}
	if j.Pass == len(work.passes) {
		return true, j.end(ctx, tx, JobFinished, "")
	}
	p := work.passes[j.Pass]
	rows, err := p.batch(ctx, tx.Query, j)
	if err != nil {
		return false, err
	}
	if len(rows) > 0 {
		result, err := p.run(ctx, tx, rows)
		if err != nil {
			return false, err
		}
		j.count(result, len(rows))
		j.Position = rows[len(rows)-1].ID
	}
	if len(rows) < jobBatch {
		j.Pass, j.Position = j.Pass+1, tenant.RecordID{}
	}
	j.Status = JobRunning
	return false, j.save(ctx, tx)
}

// count adds what a batch came to.
func (j *Job) count(r BulkResult, rows int) {
	j.Done += rows
	j.Total = max(j.Total, j.Done)
	j.Changed, j.Unchanged, j.NotFound, j.Refused = j.Changed+r.Changed, j.Unchanged+r.Unchanged, j.NotFound+r.NotFound, j.Refused+r.Refused
	j.Failures = append(j.Failures, r.Failures[:min(len(r.Failures), maxFailures-len(j.Failures))]...)
}

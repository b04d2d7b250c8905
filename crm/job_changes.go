package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// JobTask is what a job does: one of these.
type JobTask struct {
	Customers *BulkChange  `json:"customers,omitempty" doc:"Changes all customers that matching finds, however many."`
	Contacts  *ContactBulk `json:"contacts,omitempty" doc:"Changes all contacts that matching finds, however many."`
	Deals     *DealBulk    `json:"deals,omitempty" doc:"Changes all deals that matching finds, however many."`
	Tasks     *TaskBulk    `json:"tasks,omitempty" doc:"Changes all tasks that matching finds, however many."`
	Trash     *TrashChange `json:"trash,omitempty" doc:"Restores or purges all that matching finds in the trash, however many; matching {} with purge empties it."`
	HandOver  *HandOver    `json:"hand_over,omitempty" doc:"What POST /v1/members/{id}/hand-over was asked for; it is started there."`
}

// NewJob is what a job is made of.
type NewJob struct {
	ID *JobID `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	JobTask
}

// CreateJob checks a change of many and has a worker carry it out with the caller's rights. It returns
// *tenant.InvalidError for a bad change and tenant.ErrDenied for one that the caller may not make at all.
func CreateJob(ctx context.Context, tx *tenant.Tx, in NewJob) (Job, error) {
	if in.HandOver != nil {
		return Job{}, tenant.Invalid("hand_over", "invalid", "is started with POST /v1/members/{id}/hand-over")
	}
	return startJob(ctx, tx, in)
}

func startJob(ctx context.Context, tx *tenant.Tx, in NewJob) (Job, error) {
	work, err := in.work(tx.Now)
	if err != nil {
		return Job{}, err
	}
	if err := work.check(ctx, tx); err != nil {
		return Job{}, err
	}
	j := Job{
		ID: tenant.NewID[jobKind](), Kind: work.kind, Task: in.JobTask, MemberID: tx.Caller.Member, Status: JobQueued, Failures: bulkFailures{},
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		j.ID = *in.ID
	}
	for _, p := range work.passes {
		n, err := p.count(ctx, tx.Query, j)
		if err != nil {
			return Job{}, err
		}
		j.Total += n
	}
	_, err = tx.NamedExec(ctx, `INSERT INTO company.jobs (id, kind, task, member_id, status, error, pass, position, total, done, changed, unchanged,
			not_found, refused, failures, version, created_at, updated_at)
		VALUES (:id, :kind, :task, :member_id, :status, :error, :pass, :position, :total, :done, :changed, :unchanged,
			:not_found, :refused, :failures, :version, :created_at, :updated_at)`, j)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return Job{}, errIDInUse
	}
	if err != nil {
		return Job{}, err
	}
	if err := tx.Schedule(ctx, JobWork, tenant.RecordID(j.ID), tenant.RecordID{}, tx.Now); err != nil {
		return Job{}, err
	}
	return j, j.tell(ctx, tx, "job.created")
}

// CancelJob stops a job between two batches. What was changed until then stays. One that has ended is a
// *tenant.ConflictError.
func CancelJob(ctx context.Context, tx *tenant.Tx, id JobID) (Job, error) {
	visible, args := tx.Scope(jobCreate).Where("j.member_id", "")
	j, err := selectJob(ctx, tx.Query, `j.id = ? AND `+visible, append([]any{id}, args...), "FOR UPDATE")
	if err != nil {
		return Job{}, err
	}
	if j.isOver() {
		return Job{}, &tenant.ConflictError{Code: "job_ended", Message: fmt.Sprintf("The job is %s; there is nothing to stop.", j.Status)}
	}
	return j, j.end(ctx, tx, JobCancelled, "")
}

// FailJob ends a job that cannot go on, with a reason that people read. What was changed stays.
func FailJob(ctx context.Context, tx *tenant.Tx, id JobID, reason string) error {
	j, err := selectJob(ctx, tx.Query, `j.id = ?`, []any{id}, "FOR UPDATE")
	if err != nil || j.isOver() {
		return err
	}
	return j.end(ctx, tx, JobFailed, reason)
}

// end brings a job to its end, tells of it and takes its work away.
func (j *Job) end(ctx context.Context, tx *tenant.Tx, status, reason string) error {
	j.Status, j.Error, j.FinishedAt = status, search.Cut(reason, 1000), &tx.Now
	if err := j.save(ctx, tx); err != nil {
		return err
	}
	if err := tx.Unschedule(ctx, JobWork, tenant.RecordID(j.ID)); err != nil {
		return err
	}
	return j.tell(ctx, tx, "job.finished")
}

// save writes everything that can change of a job.
func (j *Job) save(ctx context.Context, tx *tenant.Tx) error {
	j.Version, j.UpdatedAt = j.Version+1, tx.Now
	j.settle()
	_, err := tx.NamedExec(ctx, `UPDATE company.jobs SET status = :status, error = :error, pass = :pass, position = :position, done = :done,
		changed = :changed, unchanged = :unchanged, not_found = :not_found, refused = :refused, failures = :failures, version = :version,
		updated_at = :updated_at, finished_at = :finished_at WHERE id = :id`, j)
	return err
}

func (j *Job) tell(ctx context.Context, tx *tenant.Tx, event string) error {
	e := tenant.Event{Type: event, Resource: "job", Record: tenant.RecordID(j.ID), OwnerBefore: j.MemberID, OwnerAfter: j.MemberID, Data: *j}
	if event == "job.created" {
		e.OwnerBefore = tenant.MemberID{}
	}
	return tx.Emit(ctx, e)
}

// Value implements driver.Valuer.
func (t JobTask) Value() (driver.Value, error) {
	text, err := json.Marshal(t)
	return string(text), err
}

// Scan implements sql.Scanner.
func (t *JobTask) Scan(src any) error {
	*t = JobTask{}
	return scanJSON(src, t)
}

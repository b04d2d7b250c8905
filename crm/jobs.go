package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type jobKind struct{}

func (jobKind) Prefix() string { return "job" }

// JobID identifies a job (job_…).
type JobID = tenant.ID[jobKind]

const (
	jobRead   tenant.Permission = "job:read"
	jobCreate tenant.Permission = "job:create"
)

// The states of a job.
const (
	JobQueued    = "queued"    // waits for a worker
	JobRunning   = "running"   // a worker is at it
	JobFinished  = "finished"  // every record has come to something
	JobFailed    = "failed"    // error says why; what was changed until then stays
	JobCancelled = "cancelled" // stopped by somebody; what was changed until then stays
)

var jobStates = []string{JobQueued, JobRunning, JobFinished, JobFailed, JobCancelled}

// Job is a change of very many records, which a worker carries out some at a time.
type Job struct {
	ID         JobID           `db:"id" json:"id" doc:"The job's id." example:"job_01h455vb4pex5vsknk084sn02q"`
	Kind       string          `db:"kind" json:"kind" enum:"customers,contacts,deals,tasks,trash,hand_over" doc:"What it changes."`
	Task       JobTask         `db:"task" json:"task" doc:"What was asked for."`
	MemberID   tenant.MemberID `db:"member_id" json:"member_id" doc:"Who started it; the work is done with this member's rights at each moment."`
	Status     string          `db:"status" json:"status" enum:"queued,running,finished,failed,cancelled" doc:"How far it is."`
	Error      string          `db:"error" json:"error" doc:"Why it failed; empty otherwise."`
	Total      int             `db:"total" json:"total" doc:"Records that there were to change when it was started." example:"12000"`
	Done       int             `db:"done" json:"done" doc:"Records that have come to something." example:"4200"`
	Changed    int             `db:"changed" json:"changed" doc:"Records that were changed or deleted."`
	Unchanged  int             `db:"unchanged" json:"unchanged" doc:"Records that were so already."`
	NotFound   int             `db:"not_found" json:"not_found" doc:"Records that are gone or not yours to change."`
	Refused    int             `db:"refused" json:"refused" doc:"Records that cannot be changed so."`
	Failures   bulkFailures    `db:"failures" json:"failures" nullable:"false" doc:"The first 100 that were not found or refused."`
	Percent    int             `db:"-" json:"percent" doc:"How much is done."`
	CreatedAt  time.Time       `db:"created_at" json:"created_at" doc:"When it was started (UTC)."`
	UpdatedAt  time.Time       `db:"updated_at" json:"updated_at" doc:"Last progress (UTC)."`
	FinishedAt *time.Time      `db:"finished_at" json:"finished_at" doc:"When it came to its end (UTC)."`
	Version    int64           `db:"version" json:"-"`

	// Pass and Position are how far it has come: Position is the last record of the present pass that was looked at.
	Pass     int             `db:"pass" json:"-"`
	Position tenant.RecordID `db:"position" json:"-"`
}

const jobColumns = `j.id, j.kind, j.task, j.member_id, j.status, j.error, j.pass, j.position, j.total, j.done, j.changed, j.unchanged, j.not_found,
	j.refused, j.failures, j.version, j.created_at, j.updated_at, j.finished_at`

var jobs = &list.Resource{
	Name: "jobs", Table: "company.jobs", Alias: "j", OwnerColumn: "j.member_id", Owner: "member", Order: "created_at desc", Live: "1=1",
	Fields: map[string]list.Field{
		"kind":       {Kind: list.Enum, Column: "j.kind", Values: []string{"customers", "contacts", "deals", "tasks", "trash", "hand_over"}},
		"member":     {Kind: list.Member, Column: "j.member_id"},
		"status":     {Kind: list.Enum, Column: "j.status", Values: jobStates},
		"created_at": {Kind: list.Time, Column: "j.created_at", Sort: "j.created_at", Indexes: []list.Index{list.By("jobs_created"), list.By("jobs_member_created", "member")}},
	},
}

func (j Job) sortKey(string) (any, [16]byte) { return j.CreatedAt, j.ID }

// isOver reports whether nothing more will come of it.
func (j *Job) isOver() bool { return j.Status != JobQueued && j.Status != JobRunning }

// settle fills in what follows from the rest. Records that were changed meanwhile make the total an estimate.
func (j *Job) settle() {
	j.Percent = min(99, 100*j.Done/max(j.Total, 1))
	if j.isOver() {
		j.Percent = 100
	}
}

// ListJobs returns one page of the jobs of those whom the caller reaches with job:read.
func ListJobs(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Job], error) {
	if in.Q != "" {
		return Page[Job]{}, tenant.Invalid("q", "unknown", "jobs are not searched; filter by kind or status")
	}
	p, err := list.New(q, jobs, in, q.Scope(jobRead))
	if err != nil {
		return Page[Job]{}, err
	}
	page, err := list.Read(ctx, q, p, jobColumns, in.Count, Job.sortKey)
	for i := range page.Data {
		page.Data[i].settle()
	}
	return page, err
}

// GetJob returns a job of somebody whom the caller reaches with job:read, else ErrNotFound.
func GetJob(ctx context.Context, q *tenant.Query, id JobID) (Job, error) {
	visible, args := q.Scope(jobRead).Where("j.member_id", "")
	return selectJob(ctx, q, `j.id = ? AND `+visible, append([]any{id}, args...), "")
}

// jobLife is how long a job is kept that has come to its end.
const jobLife = 30 * 24 * time.Hour

// PurgeJobs removes at most limit jobs that are past their retention and returns how many it removed.
func PurgeJobs(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	before := tx.Now.Add(-jobLife)
	res, err := tx.Exec(ctx, `DELETE FROM company.jobs WHERE created_at < ? AND finished_at < ? ORDER BY created_at LIMIT ?`, before, before, limit)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func selectJob(ctx context.Context, q *tenant.Query, where string, args []any, lock string) (Job, error) {
	var j Job
	if err := q.Get(ctx, &j, `SELECT `+jobColumns+` FROM company.jobs j WHERE `+where+` `+lock, args...); err != nil {
		return Job{}, fmt.Errorf("job: %w", err)
	}
	j.settle()
	return j, nil
}

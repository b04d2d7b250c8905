package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// retention is how long the id of a task that is done keeps refusing another like it.
const retention = time.Minute

// queue writes tasks to Redis.
type queue struct {
	redis  redis.UniversalClient
	client *asynq.Client
	log    *slog.Logger
	down   atomic.Bool
}

func newQueue(r redis.UniversalClient, log *slog.Logger) *queue {
	return &queue{redis: r, client: asynq.NewClientFromRedisClient(r), log: log}
}

// payload is what a task carries: ids alone. The handler reads the rest.
type payload struct {
	Company tenant.CompanyID `json:"company"`
	Rows    []row            `json:"rows"`
}

type row struct {
	Ref        tenant.RecordID `json:"ref"`
	Lane       tenant.RecordID `json:"lane"`
	Generation int64           `json:"generation"`
}

// enqueue hands due work of one company and kind to whichever process is free, as one task. asynq never
// repeats a task: our rows do.
func (q *queue) enqueue(ctx context.Context, k kind, due []tenant.Due) error {
	task, err := newTask(due)
	if err != nil {
		return err
	}
	_, err = q.client.EnqueueContext(ctx, task, asynq.Queue(k.queue), asynq.TaskID(taskID(due)),
		asynq.MaxRetry(0), asynq.Retention(retention), asynq.Timeout(k.timeout))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) && ctx.Err() == nil && !q.down.Swap(true) {
		q.log.ErrorContext(ctx, "Redis does not answer; work waits", slog.Any("error", err))
	}
	return err
}

// taskID is the same for the same rows handed out once, and another each time they are handed out again.
func taskID(due []tenant.Due) string {
	id := fmt.Sprintf("%s:%s:%s:%d", due[0].Kind, due[0].Company, due[0].Ref, due[0].Generation)
	if len(due) > 1 {
		id += fmt.Sprintf("+%d", len(due)-1)
	}
	return id
}

func newTask(due []tenant.Due) (*asynq.Task, error) {
	p := payload{Company: due[0].Company, Rows: make([]row, len(due))}
	for i, d := range due {
		p.Rows[i] = row{d.Ref, d.Lane, d.Generation}
	}
	body, err := json.Marshal(p)
	return asynq.NewTask(due[0].Kind, body), err
}

// dueOf reads a task back.
func dueOf(t *asynq.Task) ([]tenant.Due, error) {
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return nil, fmt.Errorf("task %s: payload: %w", t.Type(), err)
	}
	due := make([]tenant.Due, len(p.Rows))
	for i, r := range p.Rows {
		due[i] = tenant.Due{Company: p.Company, Kind: t.Type(), Ref: r.Ref, Lane: r.Lane, Generation: r.Generation}
	}
	return due, nil
}

// ready reports whether Redis answers. It is asked only after it failed to.
func (q *queue) ready(ctx context.Context) bool {
	if !q.down.Load() {
		return true
	}
	if q.redis.Ping(ctx).Err() != nil {
		return false
	}
	if q.down.Swap(false) {
		q.log.InfoContext(ctx, "Redis answers again")
	}
	return true
}

// failures counts how often a piece of work has failed in a row. The count may be lost with Redis; then the
// pauses begin anew.
func (q *queue) failures(ctx context.Context, d tenant.Due) int {
	n, err := q.redis.Incr(ctx, failuresKey(d)).Result()
	if err != nil {
		return 1
	}
	q.redis.Expire(ctx, failuresKey(d), 2*longestPause)
	return int(n)
}

// succeeded forgets failures: those that follow are in a row of their own.
func (q *queue) succeeded(ctx context.Context, d tenant.Due) { q.redis.Del(ctx, failuresKey(d)) }

func failuresKey(d tenant.Due) string {
	return fmt.Sprintf("guanxi:failures:%s:%s:%s", d.Kind, d.Company, d.Ref)
}

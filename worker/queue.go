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
	Company    tenant.CompanyID `json:"company"`
	Ref        tenant.RecordID  `json:"ref"`
	Lane       tenant.RecordID  `json:"lane"`
	Generation int64            `json:"generation"`
}

// enqueue hands one row of due work to whichever process is free. asynq never repeats a task: our row does.
func (q *queue) enqueue(ctx context.Context, k kind, d tenant.Due) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	_, err = q.client.EnqueueContext(ctx, asynq.NewTask(k.name, body), asynq.Queue(k.queue), asynq.TaskID(taskID(d)),
		asynq.MaxRetry(0), asynq.Retention(retention), asynq.Timeout(k.timeout))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) && ctx.Err() == nil && !q.down.Swap(true) {
		q.log.ErrorContext(ctx, "Redis does not answer; work waits", slog.Any("error", err))
	}
	return err
}

// taskID is the same for the same row handed out once, and another each time it is handed out again.
func taskID(d tenant.Due) string {
	return fmt.Sprintf("%s:%s:%s:%d", d.Kind, d.Company, d.Ref, d.Generation)
}

func encode(d tenant.Due) ([]byte, error) {
	return json.Marshal(payload{Company: d.Company, Ref: d.Ref, Lane: d.Lane, Generation: d.Generation})
}

// dueOf reads a task back.
func dueOf(t *asynq.Task) (tenant.Due, error) {
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return tenant.Due{}, fmt.Errorf("task %s: payload: %w", t.Type(), err)
	}
	return tenant.Due{Company: p.Company, Kind: t.Type(), Ref: p.Ref, Lane: p.Lane, Generation: p.Generation}, nil
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
	key := fmt.Sprintf("guanxi:failures:%s:%s:%s", d.Kind, d.Company, d.Ref)
	n, err := q.redis.Incr(ctx, key).Result()
	if err != nil {
		return 1
	}
	q.redis.Expire(ctx, key, 2*longestPause)
	return int(n)
}

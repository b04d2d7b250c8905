package auth

import (
	"context"
	"log/slog"
	"sync"

	"golang.org/x/sync/semaphore"
)

// background does what an answer must not wait for: how long it takes would tell whether an account exists.
type background struct {
	log     *slog.Logger
	turns   *semaphore.Weighted
	running sync.WaitGroup
}

// maxBackground bounds what is under way. What comes on top is dropped: a person asks again, an attacker need not.
const maxBackground = 64

func newBackground(log *slog.Logger) *background {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &background{log: log, turns: semaphore.NewWeighted(maxBackground)}
}

// do runs fn after the answer. Its error is logged.
func (b *background) do(ctx context.Context, what string, fn func(context.Context) error) {
	ctx = context.WithoutCancel(ctx)
	if !b.turns.TryAcquire(1) {
		b.log.WarnContext(ctx, "too much at once; dropped", slog.String("work", what))
		return
	}
	b.running.Go(func() {
		defer b.turns.Release(1)
		if err := fn(ctx); err != nil {
			b.log.ErrorContext(ctx, "background work failed", slog.String("work", what), slog.Any("error", err))
		}
	})
}

// wait returns when nothing is under way any more.
func (b *background) wait() { b.running.Wait() }

package worker

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// mostTogether bounds how many pieces of work share a transaction.
	mostTogether = 100
	// togetherTimeout bounds one such transaction. It outlives the tasks it serves.
	togetherTimeout = 30 * time.Second
)

// together lets pieces of work of one company share a transaction. Nothing waits for company: while one
// transaction is under way the next gathers, so that a piece alone goes at once and the busier the company
// is, the more go together. What fails together is tried again each alone.
type together[I, O any] struct {
	run func(ctx context.Context, company *tenant.Company, in []I) ([]O, error)

	mu      sync.Mutex
	waiting map[tenant.CompanyID][]*piece[I, O]
}

type piece[I, O any] struct {
	in   I
	out  O
	err  error
	done chan struct{}
}

func newTogether[I, O any](run func(context.Context, *tenant.Company, []I) ([]O, error)) *together[I, O] {
	return &together[I, O]{run: run, waiting: map[tenant.CompanyID][]*piece[I, O]{}}
}

// do has one piece done and waits for it. When ctx ends first the piece may still be done.
func (t *together[I, O]) do(ctx context.Context, company *tenant.Company, in I) (O, error) {
	p := &piece[I, O]{in: in, done: make(chan struct{})}
	t.mu.Lock()
	queue, running := t.waiting[company.ID]
	t.waiting[company.ID] = append(queue, p)
	t.mu.Unlock()
	if !running {
		go t.serve(context.WithoutCancel(ctx), company)
	}
	select {
	case <-p.done:
		return p.out, p.err
	case <-ctx.Done():
		var none O
		return none, ctx.Err()
	}
}

// serve does what waits for the company until nothing does.
func (t *together[I, O]) serve(ctx context.Context, company *tenant.Company) {
	for {
		t.mu.Lock()
		queue := t.waiting[company.ID]
		if len(queue) == 0 {
			delete(t.waiting, company.ID)
			t.mu.Unlock()
			return
		}
		batch := queue[:min(len(queue), mostTogether)]
		t.waiting[company.ID] = queue[len(batch):]
		t.mu.Unlock()
		t.batch(ctx, company, batch)
	}
}

func (t *together[I, O]) batch(ctx context.Context, company *tenant.Company, batch []*piece[I, O]) {
	out, err := t.attempt(ctx, company, batch)
	if err != nil && len(batch) > 1 {
		for _, p := range batch {
			t.batch(ctx, company, []*piece[I, O]{p})
		}
		return
	}
	for i, p := range batch {
		if p.err = err; err == nil {
			p.out = out[i]
		}
		close(p.done)
	}
}

func (t *together[I, O]) attempt(ctx context.Context, company *tenant.Company, batch []*piece[I, O]) (out []O, err error) {
	ctx, cancel := context.WithTimeout(ctx, togetherTimeout)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	in := make([]I, len(batch))
	for i, p := range batch {
		in[i] = p.in
	}
	return t.run(ctx, company, in)
}

package plugintest

import (
	"sync"
	"time"
)

// window allows count requests in any span; one more shuts the sender out for penalty.
type window struct {
	count   int
	span    time.Duration
	penalty time.Duration
}

// limiter enforces several windows at once.
type limiter struct {
	windows []window

	mu        sync.Mutex
	taken     []time.Time
	shutUntil time.Time
}

func (l *limiter) allow(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.shutUntil) {
		return false
	}
	for _, w := range l.windows {
		if l.since(now.Add(-w.span)) >= w.count {
			l.shutUntil = now.Add(w.penalty)
			return false
		}
	}
	l.taken = append(l.taken, now)
	return true
}

func (l *limiter) since(t time.Time) int {
	n := 0
	for _, at := range l.taken {
		if at.After(t) {
			n++
		}
	}
	return n
}

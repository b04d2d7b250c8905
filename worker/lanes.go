package worker

import (
	"sync"

	"github.com/guanxi-crm/guanxi/tenant"
)

// lanes keeps slow receivers from filling a process. While half of it is free anybody may enter; then a lane
// may use up to an eighth of what is still free, so that n slow lanes leave 8 of every 8+n places to others.
type lanes struct {
	mu       sync.Mutex
	capacity int
	total    int
	active   map[tenant.RecordID]int
}

func newLanes(capacity int) *lanes {
	return &lanes{capacity: capacity, active: map[tenant.RecordID]int{}}
}

// enter takes a place for an attempt, or reports that the lane has its share already.
func (l *lanes) enter(lane tenant.RecordID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.capacity/2 && l.active[lane] > 0 && l.active[lane] >= (l.capacity-l.total)/8 {
		return false
	}
	l.active[lane]++
	l.total++
	return true
}

// leave gives the place back.
func (l *lanes) leave(lane tenant.RecordID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.active[lane]--; l.active[lane] == 0 {
		delete(l.active, lane)
	}
}

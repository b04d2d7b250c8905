package plugins_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

func TestRetryDelay(t *testing.T) {
	noJitter := func() float64 { return 0 }
	mostJitter := func() float64 { return 0.999 }
	want := []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
	if len(want) != plugins.MaxAttempts {
		t.Fatalf("MaxAttempts = %d, want %d", plugins.MaxAttempts, len(want))
	}
	var total time.Duration
	for failed, wait := range want {
		got, ok := plugins.RetryDelay(failed, noJitter)
		if got != wait || !ok {
			t.Errorf("RetryDelay(%d) = %v, %v, want %v", failed, got, ok, wait)
		}
		late, _ := plugins.RetryDelay(failed, mostJitter)
		if late < wait || late > wait+wait/10 {
			t.Errorf("RetryDelay(%d) with jitter = %v, want %v to a tenth more", failed, late, wait)
		}
		total += got
	}
	if total <= 72*time.Hour {
		t.Errorf("last attempt after %v: a receiver that is down for 72 h would miss the event", total)
	}
	for _, failed := range []int{-1, plugins.MaxAttempts} {
		if _, ok := plugins.RetryDelay(failed, noJitter); ok {
			t.Errorf("RetryDelay(%d) gives another attempt", failed)
		}
	}
}

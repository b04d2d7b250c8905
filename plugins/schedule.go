package plugins

import "time"

// schedule holds the waits before each attempt: about 76 hours in all, so that a receiver that was down for
// 72 hours still gets every event.
var schedule = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// MaxAttempts is how often a delivery is tried before it counts as lost and waits for a replay by hand.
const MaxAttempts = 10

// maxJitter is the share of a wait by which it may grow. Jitter only ever adds: taking away would let the
// last attempt fall within the 72 hours.
const maxJitter = 0.1

// RetryDelay returns how long after the attempt before it the next attempt of a delivery is due, when failed
// attempts have failed so far. The wait grows by up to a tenth, by random in [0, 1), so that receivers that
// failed together are not called together. It returns false when no attempt is left.
func RetryDelay(failed int, random func() float64) (time.Duration, bool) {
	if failed < 0 || failed >= len(schedule) {
		return 0, false
	}
	wait := schedule[failed]
	return wait + time.Duration(float64(wait)*maxJitter*random()), true
}

package local

import (
	"fmt"
	"io"
	"time"
)

// step says what begins, and returns a function that says how long it took and whether it failed.
func step(log io.Writer, what string) func(error) {
	began := time.Now()
	printf(log, "%s ... ", what)
	return func(err error) {
		outcome := "done"
		if err != nil {
			outcome = "failed"
		}
		printf(log, "%s (%.1f s)\n", outcome, time.Since(began).Seconds())
	}
}

// printf shows progress. A reader that is gone must not stop the work.
func printf(log io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(log, format, args...)
}

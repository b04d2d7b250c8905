package plugins_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"30":                            30 * time.Second,
		"0":                             time.Second,
		"86400":                         time.Hour,
		"99999999999999999999":          0,
		"-5":                            0,
		"soon":                          0,
		"":                              0,
		"Sun, 01 Mar 2026 09:02:00 GMT": 2 * time.Minute,
		"Sun, 01 Mar 2026 08:00:00 GMT": time.Second,
		"Mon, 02 Mar 2026 09:00:00 GMT": time.Hour,
	} {
		got, ok := plugins.RetryAfter(http.Header{"Retry-After": {header}}, now)
		if got != want || ok != (want != 0) {
			t.Errorf("RetryAfter(%q) = %v, %v, want %v", header, got, ok, want)
		}
	}
}

func TestVerdictsMatchWhenWrapped(t *testing.T) {
	for _, verdict := range []error{
		&plugins.Throttled{After: time.Minute, Reason: "r"},
		&plugins.Rejected{Code: plugins.CodeGone, Reason: "r", Disable: true},
		&plugins.Failed{Code: plugins.CodeTimeout, Reason: "r", Err: io.EOF},
	} {
		wrapped := fmt.Errorf("delivery dlv_1: %w", verdict)
		var (
			throttled *plugins.Throttled
			rejected  *plugins.Rejected
			failed    *plugins.Failed
		)
		matches := 0
		for _, target := range []any{&throttled, &rejected, &failed} {
			if errors.As(wrapped, target) {
				matches++
			}
		}
		if matches != 1 {
			t.Errorf("%T matches %d verdicts, want its own alone", verdict, matches)
		}
	}
	if !errors.Is(&plugins.Failed{Err: io.EOF}, io.EOF) {
		t.Error("Failed hides its cause")
	}
}

package plugins

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Codes say in a stable word why an attempt did not deliver. The delivery log keeps them, and screens
// translate them.
const (
	CodeThrottled   = "throttled"           // the receiver asked us to slow down
	CodeStatus      = "unexpected_status"   // an HTTP status that means failure
	CodeTimeout     = "timeout"             // no complete answer in time
	CodeUnreachable = "unreachable"         // no connection, or it broke
	CodeTarget      = "target_refused"      // our own guard refused the address
	CodeAnswer      = "unreadable_answer"   // not what the vendor documents
	CodeBusy        = "vendor_error"        // the vendor says it could not do it now
	CodeGone        = "gone"                // endpoint, group or robot no longer exists
	CodeToken       = "invalid_token"       // the access token or URL is not known to the vendor
	CodeSignature   = "signature_rejected"  // wrong secret, or the clocks differ too much
	CodeKeyword     = "keyword_missing"     // the robot only takes messages with its keyword
	CodeSenderIP    = "sender_ip_rejected"  // our address is not on the robot's list
	CodeContent     = "content_rejected"    // the vendor refuses what the message says or its shape
	CodeSettings    = "invalid_settings"    // the install's settings cannot make a request
	CodeAborted     = "aborted_by_receiver" // the receiver told us not to repeat this one
)

// MaxThrottle bounds how long one answer may make us wait.
const MaxThrottle = time.Hour

// Throttled says that the receiver asked us to slow down. It is no failure and uses up no attempt; the
// caller bounds how long a delivery may be put off in all, because a receiver can throttle for ever.
type Throttled struct {
	// After is how long to wait from the time of the answer: more than 0, at most [MaxThrottle] when the
	// receiver chose it.
	After  time.Duration
	Reason string
}

func (e *Throttled) Error() string {
	return fmt.Sprintf("throttled for %s: %s", e.After.Round(time.Second), e.Reason)
}

// Rejected says that repeating the same delivery cannot succeed.
type Rejected struct {
	// Code is one of the Code constants; Reason is fit for the company to read and says the mend.
	Code, Reason string
	// Disable is true when the destination itself is gone, so that nothing more should be sent to it until
	// a person has looked.
	Disable bool
}

func (e *Rejected) Error() string { return "rejected: " + e.Reason }

// Failed says that the delivery did not arrive and may be repeated by [RetryDelay].
type Failed struct {
	// Code is one of the Code constants; Reason is fit for the company to read.
	Code, Reason string
	// Err is the cause for our own log, possibly nil. It may name inner addresses.
	Err error
}

func (e *Failed) Error() string { return "failed: " + e.Reason }
func (e *Failed) Unwrap() error { return e.Err }

// RetryAfter reads the Retry-After header in both its forms, seconds and HTTP date. It returns a wait between
// a second and [MaxThrottle], and false when the header is absent or unreadable.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := h.Get("Retry-After")
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return ClampThrottle(time.Duration(seconds) * time.Second), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return ClampThrottle(at.Sub(now)), true
	}
	return 0, false
}

// ClampThrottle keeps a wait that a receiver asked for between a second and [MaxThrottle].
func ClampThrottle(d time.Duration) time.Duration { return min(max(d, time.Second), MaxThrottle) }

// StatusFailed is the verdict on an HTTP status that is not a success and has no better meaning.
func StatusFailed(status int) *Failed {
	reason := fmt.Sprintf("the receiver answered with status %d", status)
	if status >= 300 && status < 400 {
		reason += ", a redirect, which is never followed; give the final URL"
	}
	return &Failed{Code: CodeStatus, Reason: reason}
}

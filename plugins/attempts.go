package plugins

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Outcome is what one attempt came to, as [Outbound.Send] returned it.
type Outcome struct {
	// At is when the attempt began.
	At       time.Time
	Response Response
	Err      error
}

// ended is when the answer came, in the precision that the database keeps.
func (o Outcome) ended() time.Time {
	return o.At.Add(o.Response.Duration).UTC().Truncate(time.Microsecond)
}

// verdict is an outcome in the words of the delivery log.
type verdict struct {
	delivered bool
	// final says that another attempt could not succeed.
	final bool
	// pause is how long the target wants to be left alone; 0 means that it did not ask.
	pause time.Duration
	// disable is why nothing more should be sent to the target.
	disable      string
	code, reason string
}

func judge(err error) verdict {
	var (
		throttled *Throttled
		rejected  *Rejected
		failed    *Failed
	)
	switch {
	case err == nil:
		return verdict{delivered: true}
	case errors.As(err, &throttled):
		return verdict{pause: throttled.After, code: CodeThrottled, reason: throttled.Reason}
	case errors.As(err, &rejected):
		v := verdict{final: true, code: rejected.Code, reason: rejected.Reason}
		if rejected.Disable {
			v.disable = rejected.Reason
		}
		return v
	case errors.As(err, &failed):
		return verdict{code: failed.Code, reason: failed.Reason}
	}
	return verdict{code: CodeUnreachable, reason: "the attempt broke off"}
}

// Result is how a delivery stands after an attempt, for the metrics.
type Result string

// The results of an attempt.
const (
	ResultDelivered Result = "delivered"
	ResultRetried   Result = "retried"
	ResultThrottled Result = "throttled"
	ResultFailed    Result = "failed"
	ResultRepeated  Result = "repeated" // somebody else had written down this attempt before
)

// RecordAttempt writes down an attempt and what follows from it: the delivery is over, or due again by the
// retry schedule or when its target's pause ends. An attempt that was recorded before changes nothing.
func RecordAttempt(ctx context.Context, tx *tenant.Tx, o *Outgoing, out Outcome) (Result, error) {
	v := judge(out.Err)
	next := o.next(v, out)
	// The number of attempts tells whether another run of the same work was faster.
	err := tx.MustChange(ctx, `UPDATE company.deliveries SET status = ?, attempts = attempts + 1, failures = ?, next_attempt_at = ?,
		last_status = ?, last_error = ?, updated_at = ? WHERE id = ? AND status = ? AND attempts = ?`,
		next.status, next.failures, next.at, out.Response.Status, cut(v.reason, 500), tx.Now, o.Record.ID, Pending, o.Record.Attempts)
	if errors.Is(err, tenant.ErrNotFound) {
		return ResultRepeated, nil
	}
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, insertAttempts+` (?, ?, ?, ?, ?, ?, ?, ?, ?)`, Attempted{o, out}.row(v)...); err != nil {
		return "", err
	}
	if err := o.health(ctx, tx, v, out.ended()); err != nil {
		return "", err
	}
	kind, ref := WorkKind(o.Record.TargetKind), tenant.RecordID(o.Record.ID)
	if next.at == nil {
		return next.result, tx.Unschedule(ctx, kind, ref)
	}
	return next.result, tx.Schedule(ctx, kind, ref, o.Record.TargetID, *next.at)
}

const insertAttempts = `INSERT INTO company.delivery_attempts (delivery_id, number, target_id, at, duration_ms, status, code, error, body) VALUES`

func (a Attempted) row(v verdict) []any {
	return []any{
		a.Record.ID, a.Record.Attempts + 1, a.Record.TargetID, a.At, a.Response.Duration.Milliseconds(), a.Response.Status,
		v.code, cut(v.reason, 1000), text(a.Response.Body),
	}
}

// step is what becomes of a delivery.
type step struct {
	status   DeliveryStatus
	failures int
	at       *time.Time
	result   Result
}

// next decides by the retry schedule, counted from the end of the attempt.
func (o *Outgoing) next(v verdict, out Outcome) step {
	ended := out.ended()
	later := func(wait time.Duration) *time.Time { at := ended.Add(wait).Truncate(time.Microsecond); return &at }
	switch {
	case v.delivered:
		return step{status: Delivered, failures: o.Record.Failures, result: ResultDelivered}
	case v.pause > 0 && ended.Before(o.Record.ExpiresAt):
		return step{status: Pending, failures: o.Record.Failures, at: later(v.pause), result: ResultThrottled}
	case v.pause > 0 || v.final:
		return step{status: GivenUp, failures: o.Record.Failures + 1, result: ResultFailed}
	}
	failures := o.Record.Failures + 1
	if wait, more := RetryDelay(failures, rand.Float64); more {
		return step{status: Pending, failures: failures, at: later(wait), result: ResultRetried}
	}
	return step{status: GivenUp, failures: failures, result: ResultFailed}
}

// text makes an answer fit for the log: valid UTF-8 of at most 20,000 bytes.
func text(body []byte) string {
	s := strings.ToValidUTF8(string(body), "\uFFFD")
	if len(s) <= maxResponseBytes {
		return s
	}
	end := maxResponseBytes
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// cut shortens a reason to what its column holds.
func cut(s string, runes int) string {
	if s == "" {
		return ""
	}
	return OneLine(s, runes)
}

// GiveUp ends a delivery that cannot even be attempted, for a fault of ours.
func GiveUp(ctx context.Context, tx *tenant.Tx, id DeliveryID, work string) error {
	if _, err := tx.Exec(ctx, `UPDATE company.deliveries SET status = ?, next_attempt_at = NULL, last_error = ?, updated_at = ?
		WHERE id = ? AND status = ?`, GivenUp, "an internal error kept it from being sent; retry it later", tx.Now, id, Pending); err != nil {
		return err
	}
	return tx.Unschedule(ctx, work, tenant.RecordID(id))
}

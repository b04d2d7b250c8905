package plugins

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// maxReplay bounds how many events one replay sends again. The answer says where the next one goes on.
const maxReplay = 5000

// Replay asks for a window of the past to be sent again.
type Replay struct {
	Since      time.Time  `json:"since" doc:"Events from then on (UTC); at most 90 days back." example:"2026-03-01T00:00:00Z"`
	Until      *time.Time `json:"until,omitempty" doc:"Events before then (UTC); now when left out."`
	OnlyFailed bool       `json:"only_failed,omitempty" doc:"Only events that were to go to this endpoint and never arrived."`
	AfterSeq   int64      `json:"after_seq,omitempty" minimum:"0" doc:"Continues a replay: next_after_seq of the answer before."`
}

// Replayed says what a replay will send.
type Replayed struct {
	Deliveries int `json:"deliveries" doc:"How many deliveries were planned."`
	// NextAfterSeq is set when the window holds more than one replay sends.
	NextAfterSeq *int64 `json:"next_after_seq" doc:"When the window holds more: after_seq of the next request. Null when it was all."`
}

// ReplayEndpoint plans the events of a window anew for one endpoint, those that it takes, oldest first.
// Receivers see the same webhook-id as before. It returns *tenant.InvalidError for a window that ends before it begins
// and *tenant.ConflictError for an endpoint that is switched off.
func ReplayEndpoint(ctx context.Context, tx *tenant.Tx, id EndpointID, in Replay) (Replayed, error) {
	e, err := lockEndpoint(ctx, tx, id, 0)
	if err != nil {
		return Replayed{}, err
	}
	if err := mustBeEnabled(ctx, tx.Query, WebhookTarget, tenant.RecordID(id)); err != nil {
		return Replayed{}, err
	}
	until := tx.Now
	if in.Until != nil {
		until = *in.Until
	}
	if !in.Since.Before(until) {
		return Replayed{}, tenant.Invalid("since", "out_of_range", "must be before until, which is now when left out")
	}
	changes, err := replayable(ctx, tx.Query, e, in, until)
	if err != nil {
		return Replayed{}, err
	}
	var out Replayed
	if len(changes) > maxReplay {
		changes = changes[:maxReplay]
		out.NextAfterSeq = &changes[maxReplay-1].Seq
	}
	planned := make([]DeliveryRecord, len(changes))
	for i, c := range changes {
		planned[i] = newDelivery(tx, WebhookTarget, tenant.RecordID(id), c)
	}
	out.Deliveries = len(planned)
	return out, insertDeliveries(ctx, tx, planned)
}

// replayable returns the events of the window that the endpoint takes, one more than a replay sends.
func replayable(ctx context.Context, q *tenant.Query, e Endpoint, in Replay, until time.Time) ([]tenant.Change, error) {
	args := []any{in.Since.UTC(), until.UTC(), in.AfterSeq}
	missed := ""
	if in.OnlyFailed {
		missed = ` AND c.event_id IN (SELECT d.event_id FROM company.deliveries d WHERE d.target_id = ?
			GROUP BY d.event_id HAVING SUM(d.status IN ('delivered', 'pending')) = 0)`
		args = append(args, e.ID)
	}
	types, typeArgs := e.EventTypes.where("c.type")
	args = append(append(args, typeArgs...), maxReplay+1)
	var changes []tenant.Change
	err := q.Select(ctx, &changes, `SELECT c.event_id, c.type, c.seq, c.created_at FROM company.changes c
		WHERE c.created_at >= ? AND c.created_at < ? AND c.seq > ? AND c.quiet = 0`+missed+types+`
		ORDER BY c.seq LIMIT ?`, args...)
	return changes, err
}

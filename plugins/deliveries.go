package plugins

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type deliveryKind struct{}

func (deliveryKind) Prefix() string { return "del" }

// DeliveryID identifies one event's way to one target (del_…).
type DeliveryID = tenant.ID[deliveryKind]

// ParseDeliveryID reads a delivery's id.
func ParseDeliveryID(s string) (DeliveryID, error) { return tenant.ParseID[deliveryKind](s) }

// DeliveryStatus is how far a delivery has come.
type DeliveryStatus string

// The states of a delivery.
const (
	Pending   DeliveryStatus = "pending"
	Delivered DeliveryStatus = "delivered"
	GivenUp   DeliveryStatus = "failed"
	Cancelled DeliveryStatus = "cancelled" // its target was switched off or removed first
)

// maxPutOff bounds how long a receiver may put a delivery off by throttling.
const maxPutOff = 5 * 24 * time.Hour

// WebhookTarget is the target kind of webhook endpoints; a bot's is its vendor.
const WebhookTarget = "webhook"

// DeliveryRecord is one event on its way to one target, as the log shows it.
type DeliveryRecord struct {
	ID         DeliveryID      `db:"id" json:"id" doc:"The delivery's id." example:"del_01h455vb4pex5vsknk084sn02q"`
	TargetKind string          `db:"target_kind" json:"target_kind" doc:"webhook, or the bot's vendor." example:"webhook"`
	TargetID   tenant.RecordID `db:"target_id" json:"-"`
	// Target is TargetID in the form of its kind.
	Target        string         `db:"-" json:"target_id" doc:"The webhook endpoint or plugin." example:"whe_01h455vb4pex5vsknk084sn02q"`
	EventID       tenant.EventID `db:"event_id" json:"event_id" doc:"The event; receivers see it as webhook-id and drop repeats by it." example:"evt_01h455vb4pex5vsknk084sn02q"`
	EventType     string         `db:"event_type" json:"event_type" doc:"The event's type." example:"customer.created"`
	Seq           int64          `db:"seq" json:"seq" doc:"The event's place in the company's history; 0 for a test."`
	Status        DeliveryStatus `db:"status" json:"status" enum:"pending,delivered,failed,cancelled" doc:"How far it has come."`
	Attempts      int            `db:"attempts" json:"attempts" doc:"How often it was tried."`
	Failures      int            `db:"failures" json:"-"`
	NextAttemptAt *time.Time     `db:"next_attempt_at" json:"next_attempt_at" doc:"When it is tried next (UTC); null when it is over."`
	ExpiresAt     time.Time      `db:"expires_at" json:"-"`
	LastStatus    int            `db:"last_status" json:"last_status" doc:"HTTP status of the last attempt; 0 without an answer."`
	LastError     string         `db:"last_error" json:"last_error" doc:"What went wrong last; empty when nothing did."`
	CreatedAt     time.Time      `db:"created_at" json:"created_at" doc:"When it was planned (UTC)."`
	UpdatedAt     time.Time      `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
}

const deliveryColumns = `id, target_kind, target_id, event_id, event_type, seq, status, attempts, failures,
	next_attempt_at, expires_at, last_status, last_error, created_at, updated_at`

// show writes the target's id in the form of its kind.
func (d *DeliveryRecord) show() {
	if d.TargetKind == WebhookTarget {
		d.Target = EndpointID(d.TargetID).String()
	} else {
		d.Target = InstallID(d.TargetID).String()
	}
}

// DeliveryQuery is what the log can be asked. Zero fields do not restrict.
type DeliveryQuery struct {
	Endpoint  EndpointID
	Plugin    InstallID
	Status    DeliveryStatus
	EventType string
	// Before continues a list: deliveries older than that one.
	Before DeliveryID
	// Limit is the page size, 1 to 200.
	Limit int
}

// ListDeliveries returns a page of the log, newest first, and whether there is more.
func ListDeliveries(ctx context.Context, q *tenant.Query, in DeliveryQuery) ([]DeliveryRecord, bool, error) {
	where, args := []string{"1=1"}, []any{}
	add := func(present bool, condition string, arg any) {
		if present {
			where, args = append(where, condition), append(args, arg)
		}
	}
	add(!in.Endpoint.IsZero(), "target_id = ?", in.Endpoint)
	add(!in.Plugin.IsZero(), "target_id = ?", in.Plugin)
	add(in.Status != "", "status = ?", in.Status)
	add(in.EventType != "", "event_type = ?", in.EventType)
	add(!in.Before.IsZero(), "id < ?", in.Before)
	var page []DeliveryRecord
	err := q.Select(ctx, &page, `SELECT `+deliveryColumns+` FROM company.deliveries WHERE `+strings.Join(where, " AND ")+`
		ORDER BY id DESC LIMIT ?`, append(args, in.Limit+1)...)
	if err != nil {
		return nil, false, err
	}
	more := len(page) > in.Limit
	page = page[:min(len(page), in.Limit)]
	for i := range page {
		page[i].show()
	}
	return page, more, nil
}

// Attempt is one try of a delivery.
type Attempt struct {
	Number     int       `db:"number" json:"number" doc:"Counts from 1."`
	At         time.Time `db:"at" json:"at" doc:"When it began (UTC)."`
	DurationMS int       `db:"duration_ms" json:"duration_ms" doc:"How long it took, in milliseconds."`
	Status     int       `db:"status" json:"status" doc:"HTTP status; 0 without an answer."`
	Code       string    `db:"code" json:"code" doc:"Stable word for what went wrong; empty when it arrived." example:"timeout"`
	Error      string    `db:"error" json:"error" doc:"What went wrong in words; empty when it arrived."`
	Body       string    `db:"body" json:"response_body" doc:"The beginning of the answer, at most 20,000 bytes."`
}

// DeliveryWithAttempts is a delivery with all its tries.
type DeliveryWithAttempts struct {
	DeliveryRecord
	Log []Attempt `json:"attempt_log" nullable:"false" doc:"Every try, oldest first."`
}

// GetDelivery returns a delivery with its attempts, or ErrNotFound.
func GetDelivery(ctx context.Context, q *tenant.Query, id DeliveryID) (DeliveryWithAttempts, error) {
	d, err := findDelivery(ctx, q, id, "")
	if err != nil {
		return DeliveryWithAttempts{}, err
	}
	out := DeliveryWithAttempts{DeliveryRecord: d, Log: []Attempt{}}
	err = q.Select(ctx, &out.Log, `SELECT number, at, duration_ms, status, code, error, body
		FROM company.delivery_attempts WHERE delivery_id = ? ORDER BY number LIMIT 1000`, id)
	return out, err
}

func findDelivery(ctx context.Context, q *tenant.Query, id DeliveryID, lock string) (DeliveryRecord, error) {
	var d DeliveryRecord
	if err := q.Get(ctx, &d, `SELECT `+deliveryColumns+` FROM company.deliveries WHERE id = ? `+lock, id); err != nil {
		return DeliveryRecord{}, fmt.Errorf("delivery %s: %w", id, err)
	}
	d.show()
	return d, nil
}

// RetryDelivery makes a delivery due now with a fresh schedule, whatever became of it before.
// It returns *tenant.ConflictError when its target is gone or switched off.
func RetryDelivery(ctx context.Context, tx *tenant.Tx, id DeliveryID) (DeliveryRecord, error) {
	d, err := findDelivery(ctx, tx.Query, id, "FOR UPDATE")
	if err != nil {
		return DeliveryRecord{}, err
	}
	if err := mustBeEnabled(ctx, tx.Query, d.TargetKind, d.TargetID); err != nil {
		return DeliveryRecord{}, err
	}
	d.Status, d.Failures, d.NextAttemptAt, d.UpdatedAt = Pending, 0, &tx.Now, tx.Now
	if err := tx.MustChange(ctx, `UPDATE company.deliveries SET status = ?, failures = 0, next_attempt_at = ?, expires_at = ?, updated_at = ?
		WHERE id = ?`, Pending, tx.Now, tx.Now.Add(maxPutOff), tx.Now, id); err != nil {
		return DeliveryRecord{}, fmt.Errorf("delivery %s: %w", id, err)
	}
	return d, tx.Schedule(ctx, WorkKind(d.TargetKind), tenant.RecordID(id), d.TargetID, tx.Now)
}

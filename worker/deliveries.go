package worker

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// crowdedPause is how long a delivery waits whose receiver has its share of this process already.
const crowdedPause = 2 * time.Second

// deliver makes one attempt of a delivery: read, send outside of any transaction, write down.
func (w *Worker) deliver(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	out, content, err := w.loadDelivery(ctx, company, d)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return tx.Unschedule(ctx, d.Kind, d.Ref) })
	case err != nil:
		return err
	case out.Hold != plugins.HoldNone:
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return out.Put(ctx, tx) })
	case content.Event == nil && content.Message == nil:
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return out.Drop(ctx, tx) })
	}
	connector, err := w.cfg.Connectors.Get(out.Record.TargetKind)
	if err != nil {
		return err
	}
	if !w.lanes.enter(d.Lane) {
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error {
			return tx.Schedule(ctx, d.Kind, d.Ref, d.Lane, tx.Now.Add(crowdedPause))
		})
	}
	response, verdict := w.outbound.Send(ctx, connector, content)
	w.lanes.leave(d.Lane)
	if err := ctx.Err(); err != nil {
		return err // we gave up, which says nothing about the receiver
	}
	return w.recordAttempt(ctx, company, out, plugins.Outcome{At: content.Now, Response: response, Err: verdict})
}

// loadDelivery reads what an attempt needs, without a transaction: a task that is late or comes twice is told
// by the delivery's own state, and what it finds is checked again when the attempt is written down.
func (w *Worker) loadDelivery(ctx context.Context, company *tenant.Company, d tenant.Due) (*plugins.Outgoing, plugins.Delivery, error) {
	var (
		out     *plugins.Outgoing
		content plugins.Delivery
	)
	caller := tenant.System()
	err := w.cfg.Tenants.Read(ctx, company, &caller, func(q *tenant.Query) (err error) {
		out, err = plugins.LoadOutgoing(ctx, q, plugins.DeliveryID(d.Ref), d.Kind, w.rates)
		if err != nil || out.Hold != plugins.HoldNone {
			return err
		}
		content = plugins.Delivery{Settings: out.Settings, Now: q.Now}
		if d.Kind == plugins.EventWork {
			content.Event = out.Event(company)
			return nil
		}
		content.Message, err = w.message(ctx, q, out)
		return err
	})
	return out, content, err
}

func (w *Worker) recordAttempt(ctx context.Context, company *tenant.Company, out *plugins.Outgoing, outcome plugins.Outcome) error {
	var result plugins.Result
	caller := tenant.System()
	err := w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) (err error) {
		result, err = plugins.RecordAttempt(ctx, tx, out, outcome)
		return err
	})
	if err == nil {
		w.metrics.deliveries.WithLabelValues(out.Record.TargetKind, string(result)).Inc()
	}
	return err
}

// rates returns a vendor's limits; an unknown vendor has none and fails later with a better word.
func (w *Worker) rates(vendor string) []plugins.Rate {
	c, err := w.cfg.Connectors.Get(vendor)
	if err != nil {
		return nil
	}
	return c.Describe().Rates
}

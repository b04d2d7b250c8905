package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// crowdedPause is how long a delivery waits whose receiver has its share of this process already.
const crowdedPause = 2 * time.Second

// deliver makes one attempt of a delivery: read, send outside of any transaction, write down. Reading takes
// no lock: a task that is late or comes twice is told by the delivery's own state, which is checked again
// when the attempt is written down.
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
	response, verdict := w.send(ctx, d.Lane, connector, content)
	if err := ctx.Err(); err != nil {
		return err // we gave up, which says nothing about the receiver
	}
	attempt := plugins.Attempted{Outgoing: out, Outcome: plugins.Outcome{At: content.Now, Response: response, Err: verdict}}
	return w.record(ctx, company, d, attempt)
}

// send makes the call in the lane's place, which it gives back whatever a connector does.
func (w *Worker) send(ctx context.Context, lane tenant.RecordID, c plugins.Connector, content plugins.Delivery) (plugins.Response, error) {
	defer w.lanes.leave(lane)
	return w.outbound.Send(ctx, c, content)
}

func (w *Worker) loadDelivery(ctx context.Context, company *tenant.Company, d tenant.Due) (*plugins.Outgoing, plugins.Delivery, error) {
	id := plugins.DeliveryID(d.Ref)
	if d.Kind == plugins.MessageWork {
		return w.loadMessage(ctx, company, id)
	}
	out, err := w.loads.do(ctx, company, id)
	if err == nil && out == nil {
		err = fmt.Errorf("delivery %s: %w", id, tenant.ErrNotFound)
	}
	if err != nil || out.Hold != plugins.HoldNone {
		return out, plugins.Delivery{}, err
	}
	return out, plugins.Delivery{Event: out.Event(company), Settings: out.Settings, Now: w.cfg.Tenants.Now()}, nil
}

// loadEvents reads the deliveries to endpoints that one company wants at the same moment.
func (w *Worker) loadEvents(ctx context.Context, company *tenant.Company, ids []plugins.DeliveryID) (all []*plugins.Outgoing, err error) {
	caller := tenant.System()
	err = w.cfg.Tenants.Read(ctx, company, &caller, func(q *tenant.Query) error {
		all, err = plugins.LoadEvents(ctx, q, ids)
		return err
	})
	return all, err
}

func (w *Worker) loadMessage(ctx context.Context, company *tenant.Company, id plugins.DeliveryID) (out *plugins.Outgoing, content plugins.Delivery, err error) {
	caller := tenant.System()
	err = w.cfg.Tenants.Read(ctx, company, &caller, func(q *tenant.Query) error {
		if out, err = plugins.LoadMessage(ctx, q, id, w.rates); err != nil || out.Hold != plugins.HoldNone {
			return err
		}
		content = plugins.Delivery{Settings: out.Settings, Now: q.Now}
		content.Message, err = w.message(ctx, q, out)
		return err
	})
	return out, content, err
}

// record writes an attempt down; those that went well go together.
func (w *Worker) record(ctx context.Context, company *tenant.Company, d tenant.Due, a plugins.Attempted) error {
	result := plugins.ResultDelivered
	var err error
	if d.Kind == plugins.EventWork && a.Plain() {
		_, err = w.records.do(ctx, company, a)
	} else {
		err = plugins.ErrRepeated
	}
	if errors.Is(err, plugins.ErrRepeated) {
		caller := tenant.System()
		err = w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) (err error) {
			result, err = plugins.RecordAttempt(ctx, tx, a.Outgoing, a.Outcome)
			return err
		})
	}
	if err == nil {
		w.metrics.deliveries.WithLabelValues(a.Record.TargetKind, string(result)).Inc()
	}
	return err
}

// recordPlain writes down the attempts that ended well at the same moment in one company.
func (w *Worker) recordPlain(ctx context.Context, company *tenant.Company, all []plugins.Attempted) ([]struct{}, error) {
	caller := tenant.System()
	err := w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) error {
		return plugins.RecordPlain(ctx, tx, plugins.EventWork, all)
	})
	return make([]struct{}, len(all)), err
}

// rates returns a vendor's limits; an unknown vendor has none and fails later with a better word.
func (w *Worker) rates(vendor string) []plugins.Rate {
	c, err := w.cfg.Connectors.Get(vendor)
	if err != nil {
		return nil
	}
	return c.Describe().Rates
}

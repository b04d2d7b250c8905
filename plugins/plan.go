package plugins

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Plan turns changes into deliveries, one for each enabled target that takes the type, and makes them due at
// once. Quiet changes go nowhere, and no target is told of changes to itself. It costs the same few statements for
// one change as for hundreds.
func Plan(ctx context.Context, tx *tenant.Tx, changes []tenant.Change) error {
	targets, err := subscribers(ctx, tx.Query)
	if err != nil || len(targets) == 0 {
		return err
	}
	var planned []DeliveryRecord
	for _, c := range changes {
		if c.Quiet {
			continue
		}
		for _, t := range targets {
			if t.EventTypes.Take(c.Type) && t.ID != c.Record {
				planned = append(planned, newDelivery(tx, t.Kind, t.ID, c))
			}
		}
	}
	return insertDeliveries(ctx, tx, planned)
}

func newDelivery(tx *tenant.Tx, kind string, target tenant.RecordID, c tenant.Change) DeliveryRecord {
	d := DeliveryRecord{
		ID: tenant.NewID[deliveryKind](), TargetKind: kind, TargetID: target, EventID: c.EventID, EventType: c.Type, Seq: c.Seq,
		Status: Pending, NextAttemptAt: &tx.Now, ExpiresAt: tx.Now.Add(maxPutOff), CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	d.show()
	return d
}

func insertDeliveries(ctx context.Context, tx *tenant.Tx, all []DeliveryRecord) error {
	rows := tx.Bulk(`INSERT INTO company.deliveries (`+deliveryColumns+`) VALUES`, 15, "")
	work := map[string][]tenant.Due{}
	for _, d := range all {
		if err := rows.Add(ctx, d.ID, d.TargetKind, d.TargetID, d.EventID, d.EventType, d.Seq, d.Status, d.Attempts, d.Failures,
			d.NextAttemptAt, d.ExpiresAt, d.LastStatus, d.LastError, d.CreatedAt, d.UpdatedAt); err != nil {
			return err
		}
		kind := WorkKind(d.TargetKind)
		work[kind] = append(work[kind], tenant.Due{Ref: tenant.RecordID(d.ID), Lane: d.TargetID, At: tx.Now})
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	for kind, due := range work {
		if err := tx.ScheduleAll(ctx, kind, due); err != nil {
			return err
		}
	}
	return nil
}

// TestEndpoint sends the endpoint a webhook.test event, whatever types it takes, and returns its delivery.
// It returns *tenant.ConflictError for an endpoint that is switched off.
func TestEndpoint(ctx context.Context, tx *tenant.Tx, id EndpointID) (DeliveryRecord, error) {
	e, err := GetEndpoint(ctx, tx.Query, id)
	if err != nil {
		return DeliveryRecord{}, err
	}
	return sendTo(ctx, tx, WebhookTarget, tenant.RecordID(id), tenant.Event{
		Type: WebhookTestEvent, Resource: "webhook_endpoint", Record: tenant.RecordID(id),
		Data: map[string]string{"id": e.ID.String(), "message": "This is a test from Guanxi."},
	})
}

// TestInstall sends the bot a test message and returns its delivery.
// It returns *tenant.ConflictError for a bot that is switched off.
func TestInstall(ctx context.Context, tx *tenant.Tx, id InstallID) (DeliveryRecord, error) {
	i, err := findInstall(ctx, tx.Query, id, "")
	if err != nil {
		return DeliveryRecord{}, err
	}
	return sendTo(ctx, tx, i.Vendor, tenant.RecordID(id), tenant.Event{
		Type: PluginTestEvent, Resource: "plugin", Record: tenant.RecordID(id),
		Data: map[string]string{"id": i.ID.String(), "name": i.Name},
	})
}

// sendTo delivers an event to one target and to nobody else.
func sendTo(ctx context.Context, tx *tenant.Tx, kind string, target tenant.RecordID, event tenant.Event) (DeliveryRecord, error) {
	if err := mustBeEnabled(ctx, tx.Query, kind, target); err != nil {
		return DeliveryRecord{}, err
	}
	id, err := tx.EmitFor(ctx, event)
	if err != nil {
		return DeliveryRecord{}, err
	}
	d := newDelivery(tx, kind, target, tenant.Change{EventID: id, Type: event.Type})
	return d, insertDeliveries(ctx, tx, []DeliveryRecord{d})
}

// TestMessage is what a bot says when somebody tries it out.
func TestMessage(company, locale string) Message {
	if (Message{Locale: locale}).Chinese() {
		return Message{Title: "关系 Guanxi 测试消息", Lines: []Line{{Label: "公司", Text: company}, {Text: "机器人已连接。"}}, Locale: locale}
	}
	return Message{Title: "Guanxi test message", Lines: []Line{{Label: "Company", Text: company}, {Text: "The bot is connected."}}, Locale: locale}
}

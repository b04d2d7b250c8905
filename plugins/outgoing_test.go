package plugins_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// load reads all deliveries to an endpoint for an attempt.
func (s *store) load(e plugins.EndpointID) (all []plugins.Attempted) {
	s.t.Helper()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e})
	ids := make([]plugins.DeliveryID, len(page))
	for i, d := range page {
		ids[i] = d.ID
	}
	s.must(func(tx *tenant.Tx) error {
		loaded, err := plugins.LoadEvents(context.Background(), tx.Query, ids)
		for _, o := range loaded {
			all = append(all, plugins.Attempted{Outgoing: o, Outcome: plugins.Outcome{At: tx.Now, Response: plugins.Response{Status: 204}}})
		}
		return err
	})
	return all
}

func TestAttemptsThatWentWellAreRecordedTogether(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 5)
	s.relay()
	all := s.load(e.ID)
	all[2].Response = plugins.Response{Status: 200, Body: []byte("thanks"), Duration: 30 * time.Millisecond}
	for _, a := range all {
		if !a.Plain() {
			t.Errorf("not plain: %+v", a)
		}
	}
	record := func() error {
		return s.as(1, func(tx *tenant.Tx) error { return plugins.RecordPlain(t.Context(), tx, plugins.EventWork, all) })
	}
	if err := record(); err != nil {
		t.Fatal(err)
	}
	if err := record(); !errors.Is(err, plugins.ErrRepeated) {
		t.Errorf("recorded twice: %v", err)
	}
	s.must(func(tx *tenant.Tx) error {
		d, err := plugins.GetDelivery(t.Context(), tx.Query, all[2].Record.ID)
		if d.Status != plugins.Delivered || d.LastStatus != 200 || len(d.Log) != 1 || d.Log[0].Body != "thanks" || d.Log[0].DurationMS != 30 {
			t.Errorf("%+v", d)
		}
		return err
	})
	page, _ := s.deliveries(plugins.DeliveryQuery{Status: plugins.Delivered})
	if len(page) != 5 || page[0].LastStatus != 204 || page[0].NextAttemptAt != nil {
		t.Errorf("%d delivered, the first %+v", len(page), page[0])
	}
	failed := all[0]
	failed.Err = plugins.StatusFailed(500)
	if failed.Plain() {
		t.Error("a failure is plain")
	}
}

func TestTheBodyOfAnEventStays(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 1)
	s.relay()
	o := s.load(e.ID)[0]
	renamed := *s.acme.Company
	renamed.Name = "another"
	first, _ := json.Marshal(o.Event(s.acme.Company))
	second, _ := json.Marshal(o.Event(&renamed))
	if string(first) != string(second) || o.Event(&renamed).Company.Name != "" {
		t.Errorf("%s and %s", first, second)
	}
	if o.Event(&renamed).ID != o.Record.EventID.String() || string(o.Event(&renamed).Data) != `{"name":"云帆"}` {
		t.Errorf("event %+v", o.Event(&renamed))
	}
}

func TestATargetThatIsGoneIsSwitchedOffOnce(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 2)
	s.relay()
	gone := plugins.Outcome{Response: plugins.Response{Status: 410}, Err: &plugins.Rejected{Code: plugins.CodeGone, Reason: "moved", Disable: true}}
	for _, a := range s.load(e.ID) {
		s.must(func(tx *tenant.Tx) error {
			gone.At = tx.Now
			_, err := plugins.RecordAttempt(t.Context(), tx, a.Outgoing, gone)
			return err
		})
	}
	var told int
	s.must(func(tx *tenant.Tx) error {
		again, err := plugins.GetEndpoint(t.Context(), tx.Query, e.ID)
		if again.Enabled || again.DisabledReason != "moved" {
			t.Errorf("endpoint %+v", again)
		}
		return errors.Join(err, tx.Get(t.Context(), &told, `SELECT COUNT(*) FROM company.changes WHERE type = 'webhook_endpoint.disabled'`))
	})
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestTestsGoThroughTheLog(t *testing.T) {
	s := newStore(t)
	e, i := s.endpoint("task.due"), s.install("task.due")
	var event, message plugins.DeliveryRecord
	s.must(func(tx *tenant.Tx) (err error) {
		if event, err = plugins.TestEndpoint(t.Context(), tx, e.ID); err != nil {
			return err
		}
		message, err = plugins.TestInstall(t.Context(), tx, i.ID)
		return err
	})
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{EventType: plugins.WebhookTestEvent})
	if len(page) != 1 || page[0].ID != event.ID || page[0].Target != e.ID.String() || page[0].Seq != 0 {
		t.Errorf("%+v", page)
	}
	if message.EventType != plugins.PluginTestEvent || message.TargetKind != "dingtalk" {
		t.Errorf("%+v", message)
	}
	if zh := plugins.TestMessage("云帆", "zh-CN"); zh.Lines[0].Label != "公司" || plugins.TestMessage("Acme", "en").Lines[0].Text != "Acme" {
		t.Errorf("message %+v", zh)
	}
}

func TestABotIsPacedByItsVendorsRate(t *testing.T) {
	s := newStore(t)
	i := s.install("customer.created")
	s.emit("customer.created", 4)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Plugin: i.ID})
	two := func(string) []plugins.Rate {
		return []plugins.Rate{{Count: 2, Per: time.Minute}, {Count: 100, Per: time.Hour}}
	}
	load := func(n int) (o *plugins.Outgoing) {
		s.must(func(tx *tenant.Tx) (err error) {
			o, err = plugins.LoadMessage(t.Context(), tx.Query, page[n].ID, two)
			return err
		})
		return o
	}
	for n := range 2 {
		o := load(n)
		if o.Hold != plugins.HoldNone || o.Locale != "en" || len(o.Settings) == 0 {
			t.Fatalf("message %d is held for %d", n, o.Hold)
		}
		s.must(func(tx *tenant.Tx) error {
			_, err := plugins.RecordAttempt(t.Context(), tx, o, plugins.Outcome{At: tx.Now, Response: plugins.Response{Status: 200}})
			return err
		})
		s.Clock.Advance(10 * time.Second)
	}
	o := load(2)
	if wait := o.Until.Sub(s.Clock.Now()); o.Hold != plugins.HoldPaused || wait < 40*time.Second || wait > 44*time.Second {
		t.Errorf("the third is held for %d until %s from now", o.Hold, wait)
	}
	s.must(func(tx *tenant.Tx) error { return o.Put(t.Context(), tx) })
	s.Clock.Set(o.Until)
	if o = load(2); o.Hold != plugins.HoldNone {
		t.Errorf("held for %d when the minute is over", o.Hold)
	}
	s.must(func(tx *tenant.Tx) error { return o.Drop(t.Context(), tx) })
	err := s.as(1, func(tx *tenant.Tx) error {
		_, err := plugins.LoadMessage(t.Context(), tx.Query, page[2].ID, two)
		return err
	})
	if !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("a delivery that was dropped: %v", err)
	}
}

func TestWhatThePackageEmitsCanBeSubscribedTo(t *testing.T) {
	all := plugins.EventTypes{"webhook_endpoint.*", "plugin.*"}
	for _, name := range plugins.OwnEventTypes() {
		if !all.Take(name) || !(plugins.EventTypes{}).Take(name) || (plugins.EventTypes{"customer.*"}).Take(name) {
			t.Errorf("%s is not taken as it should be", name)
		}
	}
}

package crm_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// BenchmarkReact measures how many events a second the relay's reaction takes, in turns of 200 as the relay has them:
// with the rules that a company begins with, with 50 more that wait for other events, with 50 that look at each event and
// do not take it, and with 50 of which one takes each event.
//
//	go test ./crm -run '^$' -bench React -benchtime 10000x
func BenchmarkReact(b *testing.B) {
	elsewhere := func(i int) crm.RuleTrigger {
		return crm.RuleTrigger{Type: "event", Events: []string{"task.completed"}, Changed: []string{fmt.Sprint("field", i)}}
	}
	looking := func(i int) crm.RuleTrigger {
		return crm.RuleTrigger{Type: "event", Events: []string{"customer.updated"}, Changed: []string{fmt.Sprint("field", i)}}
	}
	for _, row := range []struct {
		name    string
		trigger func(int) crm.RuleTrigger
	}{
		{"no rules of its own", nil},
		{"50 for other events", elsewhere},
		{"50 that take none", looking},
		{"50 of which one takes each", func(i int) crm.RuleTrigger {
			if i == 0 {
				return onEvent("customer.updated")
			}
			return looking(i)
		}},
	} {
		b.Run(row.name, func(b *testing.B) {
			w := newWorld(b)
			if row.trigger != nil {
				for i := range 50 {
					w.admin.rule(b, crm.NewRule{Name: fmt.Sprint("rule ", i), Trigger: row.trigger(i), Actions: tagged("x")})
				}
			}
			c := w.rep.customer(b, "x")
			data, err := json.Marshal(c)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			started := time.Now()
			for left := b.N; left > 0; left -= 200 {
				changes := make([]tenant.Change, min(left, 200))
				for i := range changes {
					changes[i] = tenant.Change{
						EventID: tenant.NewEventID(), Type: "customer.updated", Resource: "customer", Record: tenant.RecordID(c.ID), OwnerBefore: c.OwnerID, OwnerAfter: c.OwnerID,
						Actor: c.OwnerID, Data: data, Previous: json.RawMessage(`{"note":""}`), CreatedAt: w.Clock.Now(),
					}
				}
				if err := w.system(w.acme).tx(b, func(tx *tenant.Tx) error { return w.reactor.React(b.Context(), tx, changes) }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/time.Since(started).Seconds(), "events/s")
		})
	}
}

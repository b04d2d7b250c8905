package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	relayed, relayErrors, skipped *prometheus.CounterVec
	dispatched, givenUp           *prometheus.CounterVec
	work                          *prometheus.HistogramVec
	deliveries                    *prometheus.CounterVec
	held                          *prometheus.GaugeVec
	waiting                       *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		relayed:     counter("guanxi_relay_events_total", "Events that were relayed.", "cluster"),
		relayErrors: counter("guanxi_relay_errors_total", "Turns of a company that failed and are tried again.", "cluster"),
		skipped:     counter("guanxi_relay_reactions_skipped_total", "Events whose rules failed again and again and were passed over.", "cluster"),
		dispatched:  counter("guanxi_work_dispatched_total", "Due work that was handed out.", "kind"),
		givenUp:     counter("guanxi_work_given_up_total", "Due work that failed too often.", "kind"),
		deliveries:  counter("guanxi_deliveries_total", "Attempts of deliveries by what they came to.", "target", "result"),
		held:        gauge("guanxi_lease_held", "1 while this process holds the lease.", "cluster", "lease"),
		waiting:     gauge("guanxi_relay_waiting_companies", "Companies with events in the outbox.", "cluster"),
		work: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "guanxi_work_seconds", Help: "Time that a task took, by kind and outcome.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60, 600},
		}, []string{"kind", "outcome"}),
	}
	r.MustRegister(m.relayed, m.relayErrors, m.skipped, m.dispatched, m.givenUp, m.deliveries, m.held, m.waiting, m.work)
	return m
}

func (m *metrics) observe(kind, outcome string, took time.Duration) {
	m.work.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

package worker

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// message words a delivery for people, or returns nil for an event that nobody needs to be told of.
func (w *Worker) message(ctx context.Context, q *tenant.Query, out *plugins.Outgoing) (*plugins.Message, error) {
	if out.Change.Type == plugins.PluginTestEvent {
		m := plugins.TestMessage(q.Company.Name, out.Locale)
		m.Link = w.cfg.PublicURL
		return &m, nil
	}
	described, ok, err := crm.Describe(ctx, q, out.Change, out.Locale)
	if err != nil || !ok {
		return nil, err
	}
	m := &plugins.Message{Title: described.Title, Locale: out.Locale}
	for _, line := range described.Lines {
		m.Lines = append(m.Lines, plugins.Line{Text: line})
	}
	if described.Link != "" && w.cfg.PublicURL != "" {
		m.Link = w.cfg.PublicURL + described.Link
	}
	return m, nil
}

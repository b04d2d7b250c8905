package crm

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// begin puts a new deal where the row says, with the times and the reason that it says.
func (m *dealMatches) begin(ctx context.Context, invalid *tenant.InvalidError, d *Deal, line int) error {
	p, stage := m.target(invalid, d, DealOpen)
	if stage.ID.IsZero() {
		return nil
	}
	m.closeSensibly(d, cmp.Or(d.Status, stage.Kind))
	in := NewDeal{Status: d.Status, CreatedAt: said(d.CreatedAt), StageSince: said(d.StageSince), ClosedAt: d.ClosedAt}
	reason, words := m.reason(d.LostReason)
	in.stand(m.tx, invalid, d, p, stage)
	d.Rank = topRank(m.tx.Now.Add(-time.Duration(line) * time.Microsecond)) // in the order of the file
	return d.explain(ctx, m.tx, invalid, &reason, words)
}

// said is a time that a row has said; nil for none.
func said(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// reason tells a reason of the company's list, and words behind a colon as exports write them, from words alone.
func (m *dealMatches) reason(said string) (LostReasonID, string) {
	known := m.parser.sales.reasons
	if id, listed := known[lostReasonKey(said)]; listed {
		return id, said
	}
	for name := said; ; {
		at := strings.LastIndexAny(name, ":：")
		if at < 0 {
			return LostReasonID{}, said
		}
		name = said[:at]
		if id, listed := known[lostReasonKey(name)]; listed {
			return id, strings.TrimLeft(said[at:], ":： ")
		}
	}
}

// closeSensibly mends what tables say of the end of a deal: of an open one they mean the day on which it is expected, and of
// one that was closed on the day of its beginning they know no time of day.
func (m *dealMatches) closeSensibly(d *Deal, status string) {
	if d.ClosedAt == nil {
		return
	}
	day := companyDay(m.tx.Query, *d.ClosedAt)
	switch {
	case status == DealOpen:
		if d.ExpectedCloseOn == nil || m.parser.columnOf("expected_close_on") == "" {
			d.ExpectedCloseOn = &day
		}
		d.ClosedAt = nil
	case d.ClosedAt.Before(d.CreatedAt) && day == companyDay(m.tx.Query, d.CreatedAt):
		began := d.CreatedAt
		d.ClosedAt = &began
	}
}

// target is the stage that a row names, or where deals in the state that it names, or else in this one, stand in the deal's
// pipeline.
func (m *dealMatches) target(invalid *tenant.InvalidError, d *Deal, status string) (Pipeline, PipelineStage) {
	for _, p := range m.pipelines {
		if p.ID != d.PipelineID && (!p.IsDefault || !d.PipelineID.IsZero()) {
			continue
		}
		if d.StageID.IsZero() {
			return p, p.ending(cmp.Or(d.Status, status))
		}
		if stage, ok := p.stage(d.StageID); ok {
			return p, stage
		}
	}
	invalid.Add("stage", "unknown", "is gone by now, or the company has no pipeline")
	return Pipeline{}, PipelineStage{}
}

// move puts a deal where the row wants it, and leaves it where the row does not say.
func (m *dealMatches) move(ctx context.Context, invalid *tenant.InvalidError, before Deal, d *Deal) error {
	p, stage, err := m.destination(ctx, invalid, before, d)
	if err != nil {
		return err
	}
	m.closeSensibly(d, stage.Kind)
	reason, words := m.reason(d.LostReason)
	in := DealMove{LostReasonID: &reason, LostReason: words, ClosedAt: d.ClosedAt}
	d.standAs(before)
	if stage.ID != before.StageID {
		d.enter(stage, in.at(m.tx, invalid, stage, before), m.tx.Query)
		d.Rank = topRank(m.tx.Now)
		return in.explain(ctx, m.tx, invalid, p, d, true)
	}
	if reason.IsZero() && (words == "" || words == before.LostReason) || reason == before.LostReasonID && words == before.LostReason {
		return nil
	}
	return d.explain(ctx, m.tx, invalid, &reason, words)
}

// destination is the stage where the row wants the deal to be; where it does not say, the deal's own.
func (m *dealMatches) destination(ctx context.Context, invalid *tenant.InvalidError, before Deal, d *Deal) (Pipeline, PipelineStage, error) {
	stays := d.PipelineID == before.PipelineID
	status := cmp.Or(d.Status, before.Status)
	if d.StageID.IsZero() && stays && status == before.Status {
		d.StageID = before.StageID
	}
	named := !d.StageID.IsZero()
	p, stage := m.target(invalid, d, status)
	var err error
	switch {
	case stage.ID.IsZero() || d.Status == "" || d.Status == stage.Kind && named:
	case !named && stays && status == DealOpen:
		stage, err = p.stageBefore(ctx, m.tx, before)
	case stage.Kind == DealOpen:
		stage = p.ending(d.Status)
	case d.Status != stage.Kind:
		invalid.Add("status", "invalid", "does not fit the stage, where deals are "+stage.Kind)
	}
	return p, stage, err
}

package crm_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) pipelines(t testing.TB) []crm.Pipeline {
	t.Helper()
	return must[[]crm.Pipeline](t)(read(t, p, crm.ListPipelines))
}

func (p person) tryPipeline(t testing.TB, in crm.NewPipeline) (crm.Pipeline, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Pipeline, error) { return crm.CreatePipeline(ctx, tx, in) })
}

func (p person) tryAddStage(t testing.TB, id crm.PipelineID, in crm.PlacedStage) (crm.Pipeline, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Pipeline, error) {
		return crm.AddStage(ctx, tx, id, in, 0)
	})
}

func (p person) tryUpdateStage(t testing.TB, id crm.PipelineID, stage crm.StageID, in crm.StagePatch) (crm.Pipeline, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Pipeline, error) {
		return crm.UpdateStage(ctx, tx, id, stage, in, 0)
	})
}

func (p person) tryUpdatePipeline(t testing.TB, id crm.PipelineID, in crm.PipelinePatch, version int64) (crm.Pipeline, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Pipeline, error) {
		return crm.UpdatePipeline(ctx, tx, id, in, version)
	})
}

// stagesOf writes a pipeline's stages as "name probability/rotting", the two ends last.
func stagesOf(p crm.Pipeline) []string {
	var all []string
	for _, s := range append(p.Stages[:len(p.Stages):len(p.Stages)], p.Won, p.Lost) {
		rotting := "-"
		if s.RottingDays != nil {
			rotting = fmt.Sprint(*s.RottingDays)
		}
		all = append(all, fmt.Sprintf("%s %d/%s", s.Name, s.Probability, rotting))
	}
	return all
}

func TestEveryCompanyBeginsWithAPipeline(t *testing.T) {
	w := newWorld(t)
	chinese := w.Company(t, "china", func(tx *tenant.Tx) error {
		tx.Company.Locale = "zh-CN"
		return crm.Seed(t.Context(), tx)
	})
	for name, c := range map[string]struct {
		person
		pipeline string
		stages   []string
		reason   string
	}{
		"english": {w.rep, "Sales", []string{"First contact 10/30", "Needs confirmed 25/30", "Proposal 50/30", "Negotiation 75/30", "Won 100/-", "Lost 0/-"}, "Price"},
		"chinese": {w.person(chinese, chinese.Rep, tenant.LevelOwn), "销售流程", []string{"初步接触 10/30", "需求确认 25/30", "方案报价 50/30", "商务谈判 75/30", "赢单 100/-", "输单 0/-"}, "价格太高"},
	} {
		all := c.pipelines(t)
		if len(all) != 1 || all[0].Name != c.pipeline || !all[0].IsDefault || all[0].OnWon != crm.WinCustomer || !all[0].NeedsLostReason {
			t.Errorf("%s: %+v", name, all)
		}
		if diff := cmp.Diff(c.stages, stagesOf(all[0])); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if reasons := must[[]crm.LostReason](t)(read(t, c.person, crm.ListLostReasons)); len(reasons) != 5 || reasons[0].Name != c.reason || !reasons[0].Active {
			t.Errorf("%s: %+v", name, reasons)
		}
	}
}

func TestPipelines(t *testing.T) {
	w := newWorld(t)
	first := w.admin.pipelines(t)[0]
	id, stage := crm.PipelineID(tenant.NewEventID()), crm.StageID(tenant.NewEventID())
	in := crm.NewPipeline{
		ID: &id, Name: "Renewals", IsDefault: true, OnWon: crm.LeaveCustomer, NeedsLostReason: ptr(false), WonName: "Renewed", LostName: "Ended",
		Stages: []crm.NewStage{{ID: &stage, Name: "Due", Probability: 80, RottingDays: ptr(14)}, {Name: "Offered"}},
	}
	made := must[crm.Pipeline](t)(w.admin.tryPipeline(t, in))
	all := w.rep.pipelines(t)
	if len(all) != 2 || !all[0].IsDefault || all[1].IsDefault || all[1].ID != first.ID {
		t.Fatalf("the new default stands first, and alone is it: %+v", all)
	}
	if diff := cmp.Diff(made, all[0]); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if made.ID != id || made.Stages[0].ID != stage || made.CreatedBy != w.acme.Admin {
		t.Errorf("made %+v", made)
	}
	_, err := w.admin.tryPipeline(t, in)
	wantConflict(t, err, "id_in_use")
	_, err = w.admin.tryAddStage(t, id, crm.PlacedStage{NewStage: crm.NewStage{ID: &stage, Name: "again"}})
	wantConflict(t, err, "id_in_use")

	change := func(p crm.Pipeline, err error) []string {
		t.Helper()
		made = must[crm.Pipeline](t)(p, err)
		stored := w.rep.pipelines(t)[0]
		if diff := cmp.Diff(made, stored); diff != "" {
			t.Errorf("-answered +stored\n%s", diff)
		}
		return stagesOf(made)
	}
	for _, step := range []struct {
		name string
		got  []string
		want []string
	}{
		{"added last", change(w.admin.tryAddStage(t, id, crm.PlacedStage{NewStage: crm.NewStage{Name: "Signed", Probability: 90}})), []string{"Due 80/14", "Offered 0/-", "Signed 90/-", "Renewed 100/-", "Ended 0/-"}},
		{"added first", change(w.admin.tryAddStage(t, id, crm.PlacedStage{NewStage: crm.NewStage{Name: "Early"}, Position: ptr(1)})), []string{"Early 0/-", "Due 80/14", "Offered 0/-", "Signed 90/-", "Renewed 100/-", "Ended 0/-"}},
		{"moved down", change(w.admin.tryUpdateStage(t, id, stage, crm.StagePatch{Position: patch.Of(4)})), []string{"Early 0/-", "Offered 0/-", "Signed 90/-", "Due 80/14", "Renewed 100/-", "Ended 0/-"}},
		{"changed", change(w.admin.tryUpdateStage(t, id, stage, crm.StagePatch{Name: patch.Of("Soon"), Probability: patch.Of(5), RottingDays: patch.Null[int]()})), []string{"Early 0/-", "Offered 0/-", "Signed 90/-", "Soon 5/-", "Renewed 100/-", "Ended 0/-"}},
		{"an end renamed", change(w.admin.tryUpdateStage(t, id, made.Lost.ID, crm.StagePatch{Name: patch.Of("Gone")})), []string{"Early 0/-", "Offered 0/-", "Signed 90/-", "Soon 5/-", "Renewed 100/-", "Gone 0/-"}},
	} {
		if diff := cmp.Diff(step.want, step.got); diff != "" {
			t.Errorf("%s: -want +got\n%s", step.name, diff)
		}
	}
	if made.Version != 6 {
		t.Errorf("after five changes version %d", made.Version)
	}
	if same := must[crm.Pipeline](t)(w.admin.tryUpdateStage(t, id, stage, crm.StagePatch{Position: patch.Of(4)})); same.Version != 6 {
		t.Errorf("what changes nothing made version %d", same.Version)
	}
	if events := w.changesOf(t, "pipeline.updated"); len(events) != 5 || decode[crm.Pipeline](t, events[4].Data).Lost.Name != "Gone" || !strings.Contains(string(events[4].Previous), "Ended") {
		t.Errorf("%d events", len(events))
	}

	must[crm.Pipeline](t)(w.admin.tryUpdatePipeline(t, first.ID, crm.PipelinePatch{IsDefault: patch.Of(true), Name: patch.Of("New customers")}, 1))
	if all = w.rep.pipelines(t); all[0].Name != "New customers" || !all[0].IsDefault || all[1].IsDefault {
		t.Errorf("after the default was given back %+v", all)
	}
	_, err = w.admin.tryUpdatePipeline(t, first.ID, crm.PipelinePatch{Name: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
	if theirs := w.stranger.pipelines(t); len(theirs) != 1 || theirs[0].Name != "Sales" {
		t.Errorf("the other company has %+v", theirs)
	}
}

func TestPipelinesRefuseMistakes(t *testing.T) {
	w := newWorld(t)
	p := w.admin.pipelines(t)[0]
	long, one := strings.Repeat("长", 101), []crm.NewStage{{Name: "x"}}
	for name, row := range map[string]struct {
		in     crm.NewPipeline
		fields []string
	}{
		"nothing": {crm.NewPipeline{}, []string{"name", "stages"}},
		"long":    {crm.NewPipeline{Name: long, Stages: []crm.NewStage{{Name: long}}, WonName: long, LostName: long}, []string{"lost_name", "name", "stages[0].name", "won_name"}},
		"numbers": {crm.NewPipeline{Name: "x", Stages: []crm.NewStage{{Name: "x", Probability: 101}, {Name: "x", RottingDays: ptr(0)}}}, []string{"stages[0].probability", "stages[1].rotting_days"}},
		"many":    {crm.NewPipeline{Name: "x", Stages: make([]crm.NewStage, 31)}, nil},
		"on_won":  {crm.NewPipeline{Name: "x", Stages: one, OnWon: "lose"}, []string{"on_won"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.admin.tryPipeline(t, row.in)
			if row.fields == nil {
				for i := range row.in.Stages {
					row.in.Stages[i].Name = "x"
				}
				_, err = w.admin.tryPipeline(t, row.in)
				row.fields = []string{"stages"}
			}
			wantInvalid(t, err, row.fields...)
		})
	}
	for name, row := range map[string]struct {
		stage  crm.StageID
		in     crm.StagePatch
		fields []string
	}{
		"null":         {p.Stages[0].ID, crm.StagePatch{Name: patch.Null[string](), Probability: patch.Null[int]()}, []string{"name", "probability"}},
		"out of range": {p.Stages[0].ID, crm.StagePatch{Probability: patch.Of(-1), RottingDays: patch.Of(4000), Position: patch.Of(5)}, []string{"position", "probability", "rotting_days"}},
		"an end":       {p.Won.ID, crm.StagePatch{Name: patch.Of(" "), Probability: patch.Of(50), RottingDays: patch.Of(5), Position: patch.Of(1)}, []string{"name", "position", "probability", "rotting_days"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.admin.tryUpdateStage(t, p.ID, row.stage, row.in)
			wantInvalid(t, err, row.fields...)
		})
	}
	_, err := w.admin.tryUpdatePipeline(t, p.ID, crm.PipelinePatch{IsDefault: patch.Of(false)}, 0)
	wantInvalid(t, err, "is_default")
	other := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "other", Stages: one}))
	_, err = w.admin.tryUpdateStage(t, other.ID, p.Stages[0].ID, crm.StagePatch{Name: patch.Of("x")})
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.stranger.tryUpdateStage(t, p.ID, p.Stages[0].ID, crm.StagePatch{Name: patch.Of("x")})
	wantError(t, err, tenant.ErrNotFound)
	if got := w.admin.pipelines(t); len(got) != 2 || cmp.Diff(p, got[0]) != "" {
		t.Errorf("after refusals %+v", got)
	}
}

func TestLostReasons(t *testing.T) {
	w := newWorld(t)
	create := func(in crm.NewLostReason) (crm.LostReason, error) {
		return write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.LostReason, error) {
			return crm.CreateLostReason(ctx, tx, in)
		})
	}
	update := func(id crm.LostReasonID, in crm.LostReasonPatch, version int64) (crm.LostReason, error) {
		return write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.LostReason, error) {
			return crm.UpdateLostReason(ctx, tx, id, in, version)
		})
	}
	made := must[crm.LostReason](t)(create(crm.NewLostReason{Name: "Timing"}))
	if made.Position != 6 || !made.Active {
		t.Errorf("made %+v", made)
	}
	_, err := create(crm.NewLostReason{Name: "ｐｒｉｃｅ "})
	wantConflict(t, err, "reason_exists")
	_, err = update(made.ID, crm.LostReasonPatch{Name: patch.Of("PRICE")}, 0)
	wantConflict(t, err, "reason_exists")
	changed := must[crm.LostReason](t)(update(made.ID, crm.LostReasonPatch{Name: patch.Of("Not now"), Active: patch.Of(false), Position: patch.Of(1)}, 1))
	if reasons := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons)); len(reasons) != 6 || cmp.Diff(changed, reasons[0]) != "" || changed.Version != 2 {
		t.Errorf("changed %+v, stored %+v", changed, reasons)
	}
	must[crm.LostReason](t)(update(made.ID, crm.LostReasonPatch{Position: patch.Of(1)}, 0)) // which changes nothing
	_, err = update(made.ID, crm.LostReasonPatch{Active: patch.Of(true)}, 1)
	wantError(t, err, tenant.ErrStale)
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteLostReason(t.Context(), tx, made.ID) }); err != nil {
		t.Fatal(err)
	}
	for kind, name := range map[string]string{"lost_reason.created": "Timing", "lost_reason.updated": "Not now", "lost_reason.deleted": "Not now"} {
		if told := w.changesOf(t, kind); len(told) != 1 || decode[crm.LostReason](t, told[0].Data).Name != name {
			t.Errorf("%s: %+v", kind, told)
		}
	}
	for field, in := range map[string]crm.NewLostReason{"name": {Name: strings.Repeat("ﷺ", 10)}, "position": {Name: "x", Position: ptr(0)}} {
		_, err = create(in)
		wantInvalid(t, err, field)
	}
}

func TestStagesAndPipelinesGo(t *testing.T) {
	w := newWorld(t)
	p := w.admin.pipelines(t)[0]
	other := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "other", Stages: []crm.NewStage{{Name: "only"}}}))
	deleteStage := func(id crm.PipelineID, stage, moveTo crm.StageID) (crm.Pipeline, error) {
		return write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.Pipeline, error) {
			return crm.DeleteStage(ctx, tx, id, stage, moveTo, 0)
		})
	}
	deletePipeline := func(id crm.PipelineID, moveTo crm.StageID) error {
		return w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeletePipeline(t.Context(), tx, id, moveTo, 0) })
	}
	first, second := p.Stages[0].ID, p.Stages[1].ID
	open, gone := w.rep.deal(t, crm.NewDeal{Name: "open", StageID: &second}), w.rep.deal(t, crm.NewDeal{Name: "gone", StageID: &second})
	if err := w.rep.deleteDeal(t, gone.ID); err != nil {
		t.Fatal(err)
	}
	_, err := deleteStage(p.ID, second, crm.StageID{})
	wantConflict(t, err, "stage_in_use")
	for _, bad := range []crm.StageID{second, p.Won.ID, w.stranger.pipelines(t)[0].Stages[0].ID} {
		_, err = deleteStage(p.ID, second, bad)
		wantInvalid(t, err, "move_to")
	}
	_, err = deleteStage(p.ID, p.Won.ID, first)
	wantConflict(t, err, "pipeline_end")
	_, err = deleteStage(other.ID, other.Stages[0].ID, first)
	wantConflict(t, err, "last_stage")
	_, err = deleteStage(other.ID, first, first)
	wantError(t, err, tenant.ErrNotFound)
	w.Clock.Advance(time.Hour)
	left := must[crm.Pipeline](t)(deleteStage(p.ID, second, first))
	if got := stagesOf(left); len(got) != 5 || got[1] != "Proposal 50/30" || cmp.Diff(left, w.rep.pipelines(t)[0]) != "" {
		t.Errorf("left %v", got)
	}
	if d := w.rep.getDeal(t, open.ID); d.StageID != first || d.Version != 2 || !d.StageSince.Equal(w.Clock.Now()) {
		t.Errorf("the deal stands %+v", d)
	}
	if history := w.rep.dealHistory(t, open.ID); len(history) != 2 || history[0].ToName != "Needs confirmed" || history[1].From != second {
		t.Errorf("history %+v", history)
	}
	if events := w.changesOf(t, "deal.stage_changed"); len(events) != 1 || len(w.changesOf(t, "pipeline.updated")) != 1 {
		t.Errorf("%d deals were told of", len(events))
	}

	// What leaves the stage while the change reads stays where it has gone.
	third := left.Stages[1].ID
	trashed, taken := w.rep.deal(t, crm.NewDeal{Name: "trashed", StageID: &third}), w.rep.deal(t, crm.NewDeal{Name: "taken", StageID: &third})
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		if _, err := crm.ListPipelines(t.Context(), tx.Query); err != nil {
			return err
		}
		if err := w.rep.deleteDeal(t, trashed.ID); err != nil {
			return err
		}
		w.rep.moveDeal(t, taken.ID, crm.DealMove{StageID: &other.Stages[0].ID})
		_, err := crm.DeleteStage(t.Context(), tx, p.ID, third, first, 0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if d := w.rep.getDeal(t, taken.ID); d.StageID != other.Stages[0].ID {
		t.Errorf("the deal that was taken elsewhere stands %+v", d)
	}
	if err := w.rep.deleteDeal(t, taken.ID); err != nil {
		t.Fatal(err)
	}

	// A pipeline goes with all its deals, closed ones too; that is no second win.
	won := w.rep.deal(t, crm.NewDeal{Name: "won", PipelineID: &other.ID, Status: "won"})
	w.rep.deal(t, crm.NewDeal{Name: "another", PipelineID: &other.ID})
	wantConflict(t, deletePipeline(p.ID, other.Stages[0].ID), "default_pipeline")
	wantConflict(t, deletePipeline(other.ID, crm.StageID{}), "stage_in_use")
	wantInvalid(t, deletePipeline(other.ID, other.Stages[0].ID), "move_to")
	if err := deletePipeline(other.ID, first); err != nil {
		t.Fatal(err)
	}
	if d := w.rep.getDeal(t, won.ID); d.PipelineID != p.ID || d.StageID != p.Won.ID || d.Status != "won" || !d.ClosedAt.Equal(*won.ClosedAt) {
		t.Errorf("the won deal stands %+v", d)
	}
	if names := w.rep.dealNames(t, crm.ListQuery{Filter: "stage = " + first.String()}); len(names) != 2 || len(w.changesOf(t, "deal.won")) != 0 {
		t.Errorf("in the first stage %v", names)
	}
	wantError(t, deletePipeline(other.ID, first), tenant.ErrNotFound)
	if all := w.rep.pipelines(t); len(all) != 1 || len(w.changesOf(t, "pipeline.deleted")) != 1 {
		t.Errorf("left %+v", all)
	}
	_, err = w.rep.tryDeal(t, crm.NewDeal{Name: "x", StageID: &other.Stages[0].ID})
	wantInvalid(t, err, "stage_id")

	reasons := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons))
	w.rep.deal(t, crm.NewDeal{Name: "lost", Status: "lost", LostReasonID: &reasons[0].ID})
	remove := func(id crm.LostReasonID) error {
		return w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteLostReason(t.Context(), tx, id) })
	}
	wantConflict(t, remove(reasons[0].ID), "reason_in_use")
	if err := remove(reasons[1].ID); err != nil {
		t.Error(err)
	}
	wantError(t, remove(reasons[1].ID), tenant.ErrNotFound)
}

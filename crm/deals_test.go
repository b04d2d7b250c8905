package crm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// exactly compares decimals by their value.
var exactly = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Cmp(b) == 0 })

func TestDealKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	c := w.rep.customer(t, "云帆科技")
	w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse("7.1184"), ValidFrom: ptr(crm.Date("2026-03-01"))})
	id := crm.DealID(tenant.NewEventID())
	in := crm.NewDeal{
		ID: &id, Name: "华信 ERP 二期", CustomerID: &c.ID, StageID: &p.Stages[1].ID, OwnerID: &w.acme.Rep, Amount: ptr(int64(12_345)), Currency: "USD",
		OwnProbability: ptr(60), ExpectedCloseOn: ptr(crm.Date("2026-06-30")), Source: "exhibition", Note: "n", Tags: []string{"vip", "Old"},
	}
	made := w.manager.deal(t, in)
	rate := decimal.MustParse("7.1184")
	want := crm.Deal{
		ID: id, Name: "华信 ERP 二期", CustomerID: c.ID, PipelineID: p.ID, StageID: p.Stages[1].ID, StageSince: tenanttest.Start, Rank: made.Rank, Status: "open",
		OwnerID: w.acme.Rep, Amount: ptr(int64(12_345)), Currency: "USD", AmountBase: ptr(int64(87_877)), Rate: &rate, RateOn: ptr(crm.Date("2026-03-01")),
		OwnProbability: ptr(60), Probability: 60, ExpectedCloseOn: ptr(crm.Date("2026-06-30")), Source: "exhibition", Note: "n", Tags: []string{"Old", "vip"},
		CreatedBy: w.acme.Manager, CreatedAt: tenanttest.Start, UpdatedAt: tenanttest.Start, Version: 1, NameSort: "hua xin  erp er qi ",
		StageProbability: 25, RottingDays: ptr(30), Custom: crm.CustomValues{},
	}
	if diff := cmp.Diff(want, made, exactly); diff != "" {
		t.Errorf("made: -want +got\n%s", diff)
	}
	stored := w.rep.getDeal(t, id)
	want.AmountSort, want.ExpectedSort, want.ClosedSort = 87_877, "2026-06-30", stored.ClosedSort
	want.NextTaskSort, want.LastActivitySort = stored.NextTaskSort, stored.LastActivitySort
	want.Customer = &crm.CustomerCard{ID: c.ID, Name: "云帆科技"}
	if diff := cmp.Diff(want, stored, exactly); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	if page := must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{Q: "erqi"})); len(page.Data) != 1 || cmp.Diff(stored, page.Data[0], exactly) != "" {
		t.Errorf("listed: %+v", page.Data)
	}
	event := w.changesOf(t, "deal.created")[0]
	if event.Record != tenant.RecordID(id) || event.OwnerAfter != w.acme.Rep || event.Actor != w.acme.Manager || event.Quiet || decode[crm.Deal](t, event.Data).Probability != 60 {
		t.Errorf("event %+v", event)
	}
	_, err := w.rep.tryDeal(t, in)
	wantConflict(t, err, "id_in_use")
}

func TestDealDefaults(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	d := w.rep.deal(t, crm.NewDeal{Name: "x", ID: &crm.DealID{}})
	if d.ID.IsZero() || d.OwnerID != w.acme.Rep || d.PipelineID != p.ID || d.StageID != p.Stages[0].ID || d.Status != "open" || d.Probability != 10 ||
		d.Amount != nil || d.AmountBase != nil || d.Currency != "CNY" || d.Rate != nil || d.ClosedAt != nil || d.Tags == nil || !d.CustomerID.IsZero() {
		t.Errorf("defaults %+v", d)
	}
	d = w.rep.deal(t, crm.NewDeal{Name: "x", Status: "won", Amount: ptr(int64(0))})
	if d.StageID != p.Won.ID || d.Probability != 100 || !d.ClosedAt.Equal(tenanttest.Start) || *d.ClosedOn != "2026-03-02" || *d.AmountBase != 0 || d.Rate.String() != "1" || d.RateOn != nil {
		t.Errorf("won %+v", d)
	}
	d = w.rep.deal(t, crm.NewDeal{Name: "x", StageID: &p.Lost.ID, LostReason: "price", OwnProbability: ptr(50)})
	if d.Status != "lost" || d.Probability != 0 || d.OwnProbability == nil {
		t.Errorf("lost %+v", d)
	}
	if nobody := w.admin.deal(t, crm.NewDeal{Name: "x", OwnerID: &tenant.MemberID{}}); !nobody.OwnerID.IsZero() {
		t.Errorf("of nobody %+v", nobody)
	}
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.pipelines SET is_default = 0`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.rep.tryDeal(t, crm.NewDeal{Name: "x"})
	wantConflict(t, err, "no_pipeline")
}

// TestDealsAreBroughtIn creates deals with times of their own.
func TestDealsAreBroughtIn(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	c := w.rep.customer(t, "old customer")
	day := func(text string) *time.Time {
		at := must[time.Time](t)(time.ParseInLocation(time.DateOnly, text, w.acme.Location()))
		return &at
	}
	won := w.rep.deal(t, crm.NewDeal{Name: "won", CustomerID: &c.ID, StageID: &p.Stages[2].ID, Status: "won", CreatedAt: day("2025-11-03"), ClosedAt: day("2026-01-01")})
	if !won.CreatedAt.Equal(*day("2025-11-03")) || !won.ClosedAt.Equal(*day("2026-01-01")) || *won.ClosedOn != "2026-01-01" || !won.StageSince.Equal(*won.ClosedAt) {
		t.Errorf("won %+v", won)
	}
	ago := int64(59 * 24 * 3600) // from 3 November to 1 January
	want := []crm.DealVisit{
		{PipelineID: p.ID, To: p.Stages[2].ID, ToName: "Proposal", ToKind: "open", Currency: "CNY", Actor: w.acme.Rep, EnteredAt: day("2025-11-03").UTC(), LeftAt: ptr(day("2026-01-01").UTC()), Seconds: ago},
		{PipelineID: p.ID, From: p.Stages[2].ID, To: p.Won.ID, ToName: "Won", ToKind: "won", Currency: "CNY", Actor: w.acme.Rep, EnteredAt: day("2026-01-01").UTC(), Seconds: int64(w.Clock.Now().Sub(*day("2026-01-01")).Seconds())},
	}
	if diff := cmp.Diff(want, w.rep.dealHistory(t, won.ID)); diff != "" {
		t.Errorf("history: -want +got\n%s", diff)
	}
	lost := w.rep.deal(t, crm.NewDeal{Name: "lost", Status: "lost", ClosedAt: day("2026-02-01"), LostReason: "price"})
	if history := w.rep.dealHistory(t, lost.ID); !lost.CreatedAt.Equal(*day("2026-02-01")) || len(history) != 1 || history[0].Reason != "price" {
		t.Errorf("lost %+v, %+v", lost, history)
	}
	open := w.rep.deal(t, crm.NewDeal{Name: "open", StageSince: day("2026-01-20")})
	if !open.Stalled || !open.StageSince.Equal(*day("2026-01-20")) {
		t.Errorf("open %+v", open)
	}
	w.react(t)
	if got := w.rep.get(t, c.ID); got.Lifecycle != crm.Potential || len(w.surveys(t)) != 0 {
		t.Errorf("what was brought in has moved the customer to %s or made a survey", got.Lifecycle)
	}
	for _, event := range w.changesOf(t, "deal.created") {
		if !event.Quiet {
			t.Error("what was brought in is announced")
		}
	}
	future, slip := w.Clock.Now().Add(time.Second), time.Date(1066, 10, 14, 0, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		in     crm.NewDeal
		fields []string
	}{
		"future":          {crm.NewDeal{Status: "won", ClosedAt: &future, CreatedAt: &future}, []string{"closed_at", "created_at"}},
		"future stage":    {crm.NewDeal{StageSince: &future}, []string{"stage_since"}},
		"slip":            {crm.NewDeal{Status: "won", ClosedAt: &slip}, []string{"closed_at"}},
		"closed but open": {crm.NewDeal{ClosedAt: day("2026-01-01")}, []string{"closed_at"}},
		"since but lost":  {crm.NewDeal{Status: "lost", StageSince: day("2026-01-01")}, []string{"stage_since"}},
		"upside down":     {crm.NewDeal{Status: "lost", CreatedAt: day("2026-02-01"), ClosedAt: day("2026-01-01")}, []string{"created_at"}},
	} {
		t.Run(name, func(t *testing.T) {
			row.in.Name = "x"
			_, err := w.rep.tryDeal(t, row.in)
			wantInvalid(t, err, row.fields...)
		})
	}
}

func TestDealRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	other := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "other", Stages: []crm.NewStage{{Name: "x"}}}))
	theirs := w.rep2.customer(t, "theirs")
	d := w.rep.deal(t, crm.NewDeal{Name: "x"})
	reasons := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons))
	long := func(n int) string { return strings.Repeat("长", n+1) }
	unknown := tenant.RecordID(tenant.NewEventID())
	for name, row := range map[string]struct {
		in     crm.NewDeal
		patch  *crm.DealPatch
		fields []string
	}{
		"texts": {crm.NewDeal{Name: long(200), Source: long(64), Note: long(10_000), Tags: []string{long(64)}},
			&crm.DealPatch{Name: patch.Of(long(200)), Source: patch.Of(long(64)), Note: patch.Of("\xff"), Tags: patch.Of([]string{""})}, []string{"name", "note", "source", "tags"}},
		"numbers": {crm.NewDeal{Name: "x", Amount: ptr(int64(-1)), OwnProbability: ptr(101), Currency: "XXY"},
			&crm.DealPatch{Amount: patch.Of(int64(1<<53 + 1)), OwnProbability: patch.Of(-1), Currency: patch.Of("cny")}, []string{"amount", "currency", "own_probability"}},
		"nulls":    {crm.NewDeal{}, &crm.DealPatch{Name: patch.Null[string]()}, []string{"name"}},
		"date":     {crm.NewDeal{Name: "x", ExpectedCloseOn: ptr(crm.Date("2026-02-30"))}, &crm.DealPatch{ExpectedCloseOn: patch.Of(crm.Date("9999-01-01"))}, []string{"expected_close_on"}},
		"customer": {crm.NewDeal{Name: "x", CustomerID: &theirs.ID}, &crm.DealPatch{CustomerID: patch.Of(theirs.ID)}, []string{"customer_id"}},
		"owner":    {crm.NewDeal{Name: "x", OwnerID: &w.acme.Rep2}, &crm.DealPatch{OwnerID: patch.Null[tenant.MemberID]()}, []string{"owner_id"}},
		"reason":   {crm.NewDeal{Name: "x", LostReason: "why"}, &crm.DealPatch{LostReasonID: patch.Of(reasons[0].ID)}, []string{"lost_reason"}},
		"unknown":  {crm.NewDeal{Name: "x", StageID: ptr(crm.StageID(unknown))}, nil, []string{"stage_id"}},
		"pipeline": {crm.NewDeal{Name: "x", PipelineID: ptr(crm.PipelineID(unknown))}, nil, []string{"pipeline_id"}},
		"of two":   {crm.NewDeal{Name: "x", PipelineID: &other.ID, StageID: &p.Stages[0].ID}, nil, []string{"stage_id"}},
		"status":   {crm.NewDeal{Name: "x", StageID: &p.Won.ID, Status: "lost"}, nil, []string{"status"}},
		"word":     {crm.NewDeal{Name: "x", Status: "gone"}, nil, []string{"status"}},
		"why":      {crm.NewDeal{Name: "x", Status: "lost", LostReasonID: ptr(crm.LostReasonID(unknown)), LostReason: long(500)}, nil, []string{"lost_reason", "lost_reason_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryDeal(t, row.in)
			wantInvalid(t, err, row.fields...)
			if row.patch != nil {
				_, err = w.rep.tryUpdateDeal(t, d.ID, *row.patch, 0)
				wantInvalid(t, err, row.fields...)
			}
		})
	}
	// Where the pipeline asks why a deal was lost, nothing takes the answer away again.
	_, err := w.rep.tryDeal(t, crm.NewDeal{Name: "x", StageID: &p.Lost.ID, LostReason: " "})
	wantInvalid(t, err, "lost_reason")
	lost := w.rep.deal(t, crm.NewDeal{Name: "lost", Status: "lost", LostReasonID: &reasons[0].ID})
	_, err = w.rep.tryUpdateDeal(t, lost.ID, crm.DealPatch{LostReasonID: patch.Null[crm.LostReasonID](), LostReason: patch.Null[string]()}, 0)
	wantInvalid(t, err, "lost_reason")
	w.rep.updateDeal(t, lost.ID, crm.DealPatch{LostReasonID: patch.Null[crm.LostReasonID](), LostReason: patch.Of("in words")})
	if err := w.rep.deleteDeal(t, lost.ID); err != nil {
		t.Fatal(err)
	}
	silent := w.rep.deal(t, crm.NewDeal{Name: "silent", Status: "lost", ClosedAt: ptr(tenanttest.Start)}) // brought in as it was
	w.rep.updateDeal(t, silent.ID, crm.DealPatch{LostReason: patch.Of(""), Note: patch.Of("n")})
	if err := w.rep.deleteDeal(t, silent.ID); err != nil {
		t.Fatal(err)
	}
	if names := w.rep.dealNames(t, crm.ListQuery{}); !slices.Equal(names, []string{"x"}) || w.rep.getDeal(t, d.ID).Version != 1 {
		t.Errorf("after refusals %v", names)
	}
}

func TestDealIsChanged(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "c")
	d := w.rep.deal(t, crm.NewDeal{Name: "before", Amount: ptr(int64(100)), Tags: []string{"a"}, Source: "fair"})
	w.Clock.Advance(time.Hour)
	changed := w.rep.updateDeal(t, d.ID, crm.DealPatch{
		Name: patch.Of("after"), CustomerID: patch.Of(c.ID), Amount: patch.Of(int64(250)), OwnProbability: patch.Of(5), ExpectedCloseOn: patch.Of(crm.Date("2026-04-01")),
		Tags: patch.Of([]string{"b"}), Note: patch.Of("n"),
	})
	stored := w.rep.getDeal(t, d.ID)
	if stored.Version != 2 || !stored.UpdatedAt.Equal(w.Clock.Now()) || *stored.AmountBase != 250 || stored.Probability != 5 || stored.Customer == nil ||
		!slices.Equal(stored.Tags, []string{"b"}) || stored.Source != "fair" || changed.Version != 2 || !stored.StageSince.Equal(tenanttest.Start) {
		t.Errorf("changed %+v, stored %+v", changed, stored)
	}
	event := w.changesOf(t, "deal.updated")[0]
	previous := map[string]any{
		"name": "before", "customer_id": nil, "amount": 100., "amount_base": 100., "own_probability": nil, "probability": 10., "expected_close_on": nil, "tags": []any{"a"}, "note": "",
	}
	if diff := cmp.Diff(previous, decode[map[string]any](t, event.Previous)); diff != "" {
		t.Errorf("previous: -want +got\n%s", diff)
	}
	for q, want := range map[string][]string{"before": {}, "after": {"after"}} {
		if got := w.rep.dealNames(t, crm.ListQuery{Q: q}); !slices.Equal(got, want) {
			t.Errorf("searched %s: %v", q, got)
		}
	}
	if same := w.rep.updateDeal(t, d.ID, crm.DealPatch{Name: patch.Of("after")}); same.Version != 2 || len(w.changesOf(t, "deal.updated")) != 1 {
		t.Errorf("what changes nothing: %+v", same)
	}
	_, err := w.rep.tryUpdateDeal(t, d.ID, crm.DealPatch{Name: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
	cleared := w.rep.updateDeal(t, d.ID, crm.DealPatch{Amount: patch.Null[int64](), OwnProbability: patch.Null[int](), CustomerID: patch.Null[crm.CustomerID](), ExpectedCloseOn: patch.Null[crm.Date]()})
	if cleared.Amount != nil || cleared.AmountBase != nil || cleared.Rate != nil || cleared.Probability != 10 || !cleared.CustomerID.IsZero() || cleared.ExpectedCloseOn != nil {
		t.Errorf("cleared %+v", cleared)
	}
	// Given to a colleague, it is theirs; they are told.
	w.manager.updateDeal(t, d.ID, crm.DealPatch{OwnerID: patch.Of(w.acme.Rep2)})
	_, err = w.rep.tryGetDeal(t, d.ID)
	wantError(t, err, tenant.ErrNotFound)
	w.react(t)
	if got := w.rep2.notifications(t, "kind:deal"); len(got) != 1 || got[0].Title != "Deal given to you: after" || got[0].Link != "/deals/"+d.ID.String() {
		t.Errorf("told %+v", got)
	}
}

func TestDealIsDeletedAndRestored(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	d := w.rep.deal(t, crm.NewDeal{Name: "x", StageID: &p.Stages[3].ID, Tags: []string{"a"}})
	if err := w.rep.deleteDeal(t, d.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.rep.tryGetDeal(t, d.ID)
	wantError(t, err, tenant.ErrNotFound)
	wantError(t, w.rep.deleteDeal(t, d.ID), tenant.ErrNotFound)
	if names := w.rep.dealNames(t, crm.ListQuery{}); len(names) != 0 {
		t.Errorf("listed %v", names)
	}
	restore := func(p person) (crm.Deal, error) {
		return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Deal, error) { return crm.RestoreDeal(ctx, tx, d.ID) })
	}
	for _, who := range []person{w.rep2, w.stranger} {
		_, err = restore(who)
		wantError(t, err, tenant.ErrNotFound)
	}
	// Its stage is gone meanwhile.
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.pipeline_stages SET deleted_at = ? WHERE id = ?`, tx.Now, d.StageID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	restored := must[crm.Deal](t)(restore(w.rep))
	if stored := w.rep.getDeal(t, d.ID); stored.StageID != p.Stages[0].ID || stored.Version != 3 || restored.Version != 3 || !slices.Equal(stored.Tags, []string{"a"}) {
		t.Errorf("restored %+v, stored %+v", restored, stored)
	}
	if history := w.rep.dealHistory(t, d.ID); len(history) != 2 || history[1].From != d.StageID || history[0].LeftAt == nil {
		t.Errorf("history %+v", history)
	}
	_, err = restore(w.rep)
	wantError(t, err, tenant.ErrNotFound)
	if deleted, back := w.changesOf(t, "deal.deleted"), w.changesOf(t, "deal.restored"); len(deleted) != 1 || deleted[0].OwnerBefore != w.acme.Rep || !deleted[0].OwnerAfter.IsZero() || len(back) != 1 {
		t.Errorf("events %+v, %+v", deleted, back)
	}
}

// TestDealScope asks every function about each owner's deal, as everybody.
func TestDealScope(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	owned := map[string]crm.Deal{
		"rep": w.rep.deal(t, crm.NewDeal{Name: "rep"}), "rep2": w.rep2.deal(t, crm.NewDeal{Name: "rep2"}), "manager": w.manager.deal(t, crm.NewDeal{Name: "manager"}),
		"admin": w.admin.deal(t, crm.NewDeal{Name: "admin"}), "nobody": w.admin.deal(t, crm.NewDeal{Name: "nobody", OwnerID: &tenant.MemberID{}}),
		"globex": w.stranger.deal(t, crm.NewDeal{Name: "globex"}),
	}
	for name, c := range map[string]struct {
		person
		reaches []string
	}{
		"rep": {w.rep, []string{"rep"}}, "rep2": {w.rep2, []string{"rep2"}}, "manager": {w.manager, []string{"manager", "rep", "rep2"}},
		"admin": {w.admin, []string{"admin", "manager", "nobody", "rep", "rep2"}}, "stranger": {w.stranger, []string{"globex"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range []crm.ListQuery{{}, {Q: "e"}, {Filter: "status = open"}} {
				want := c.reaches
				if in.Q != "" {
					want = slices.DeleteFunc(slices.Clone(want), func(name string) bool { return !strings.Contains(name, "e") })
				}
				if got := c.dealNames(t, in); !slices.Equal(got, want) {
					t.Errorf("%+v lists %v, want %v", in, got, want)
				}
			}
			for owner, deal := range owned {
				reached := slices.Contains(c.reaches, owner)
				_, err := c.tryGetDeal(t, deal.ID)
				wantFound(t, "get "+owner, err, reached)
				_, err = read(t, c.person, func(ctx ctx, q *tenant.Query) ([]crm.DealVisit, error) { return crm.DealHistory(ctx, q, deal.ID) })
				wantFound(t, "history of "+owner, err, reached)
				wantFound(t, "update "+owner, c.undone(t, func(tx *tenant.Tx) error {
					_, err := crm.UpdateDeal(t.Context(), tx, deal.ID, crm.DealPatch{Note: patch.Of(name)}, 0)
					return err
				}), reached)
				wantFound(t, "move "+owner, c.undone(t, func(tx *tenant.Tx) error {
					_, err := crm.MoveDeal(t.Context(), tx, deal.ID, crm.DealMove{Status: "won"}, 0)
					return err
				}), reached)
				wantFound(t, "delete "+owner, c.undone(t, func(tx *tenant.Tx) error { return crm.DeleteDeal(t.Context(), tx, deal.ID, 0) }), reached)
			}
		})
	}
	// Next to a deal out of reach nothing is put.
	_, err := w.rep.tryMoveDeal(t, owned["rep"].ID, crm.DealMove{AfterID: ptr(owned["rep2"].ID)})
	wantInvalid(t, err, "after_id")
	_, err = w.rep.tryMoveDeal(t, owned["rep"].ID, crm.DealMove{StageID: &w.stranger.pipelines(t)[0].Stages[0].ID})
	wantInvalid(t, err, "stage_id")
	// A customer that is shared brings its deals with it; whose they are stays.
	theirs := w.rep2.customer(t, "theirs")
	deal := w.rep2.deal(t, crm.NewDeal{Name: "shared", CustomerID: &theirs.ID})
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO company.collaborators (customer_id, member_id, may_write, created_at) VALUES (?, ?, 1, ?)`, theirs.ID, w.acme.Rep, tx.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.rep.caller.Shared = true
	if got := w.rep.dealNames(t, crm.ListQuery{}); !slices.Equal(got, []string{"rep", "shared"}) {
		t.Errorf("a collaborator lists %v", got)
	}
	w.rep.moveDeal(t, deal.ID, crm.DealMove{StageID: &p.Stages[2].ID})
	_, err = w.rep.tryUpdateDeal(t, deal.ID, crm.DealPatch{OwnerID: patch.Of(w.acme.Rep)}, 0)
	wantInvalid(t, err, "owner_id")
	wantError(t, w.rep.deleteDeal(t, deal.ID), tenant.ErrNotFound)
}

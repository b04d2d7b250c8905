package crm_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestDealGoesThroughItsStages(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	first, second, fourth := p.Stages[0].ID, p.Stages[1].ID, p.Stages[3].ID
	other := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "other", Stages: []crm.NewStage{{Name: "only", Probability: 7}}}))
	reason := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons))[1]
	d := w.rep.deal(t, crm.NewDeal{Name: "x", Amount: ptr(int64(100))})
	day := 24 * time.Hour
	// Each step is a day after the one before.
	for n, step := range []struct {
		who         person
		in          crm.DealMove
		stage       crm.StageID
		status      string
		probability int
		event       string
	}{
		{w.rep, crm.DealMove{StageID: &second}, second, "open", 25, "deal.stage_changed"},
		{w.rep, crm.DealMove{StageID: &second}, second, "open", 25, ""},
		{w.manager, crm.DealMove{StageID: &fourth}, fourth, "open", 75, "deal.stage_changed"},
		{w.rep, crm.DealMove{Status: "lost", LostReasonID: &reason.ID}, p.Lost.ID, "lost", 0, "deal.lost"},
		{w.rep, crm.DealMove{Status: "lost"}, p.Lost.ID, "lost", 0, ""},
		{w.rep, crm.DealMove{Status: "open"}, fourth, "open", 75, "deal.reopened"},
		{w.rep, crm.DealMove{StageID: &p.Won.ID}, p.Won.ID, "won", 100, "deal.won"},
		{w.rep, crm.DealMove{StageID: &p.Lost.ID, LostReason: "paid nothing"}, p.Lost.ID, "lost", 0, "deal.lost"},
		{w.rep, crm.DealMove{StageID: &other.Stages[0].ID}, other.Stages[0].ID, "open", 7, "deal.reopened"},
		{w.rep, crm.DealMove{Status: "won"}, other.Won.ID, "won", 100, "deal.won"},
	} {
		w.Clock.Advance(day)
		before := len(w.changes(t, w.acme))
		moved := step.who.moveDeal(t, d.ID, step.in)
		stored := w.rep.getDeal(t, d.ID)
		if stored.StageID != step.stage || stored.Status != step.status || stored.Probability != step.probability || moved.StageID != step.stage || moved.Version != stored.Version {
			t.Fatalf("step %d: %+v", n, stored)
		}
		if closed := step.status != "open"; closed != (stored.ClosedAt != nil) || closed != (stored.ClosedOn != nil) {
			t.Errorf("step %d: closed at %v", n, stored.ClosedAt)
		}
		events := w.changes(t, w.acme)[before:]
		if step.event == "" && len(events) != 0 || step.event != "" && (len(events) != 1 || events[0].Type != step.event || !stored.StageSince.Equal(w.Clock.Now())) {
			t.Errorf("step %d: events %+v, in the stage since %v", n, events, stored.StageSince)
		}
	}
	var got []string
	for _, v := range w.rep.dealHistory(t, d.ID) {
		who := map[tenant.MemberID]string{w.acme.Rep: "rep", w.acme.Manager: "manager"}[v.Actor]
		got = append(got, fmt.Sprintf("%s %d days, %d, %s %s", v.ToName, v.Seconds/86_400, *v.Amount, who, v.Reason))
	}
	want := []string{
		"First contact 1 days, 100, rep ", "Needs confirmed 2 days, 100, rep ", "Negotiation 1 days, 100, manager ", "Lost 2 days, 100, rep Chose a competitor",
		"Negotiation 1 days, 100, rep ", "Won 1 days, 100, rep ", "Lost 1 days, 100, rep paid nothing", "only 1 days, 100, rep ", "Won 0 days, 100, rep ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history: -want +got\n%s", diff)
	}
	if last := w.rep.getDeal(t, d.ID); last.PipelineID != other.ID || last.LostReason != "" || !last.LostReasonID.IsZero() {
		t.Errorf("in the end %+v", last)
	}
	lost := w.changesOf(t, "deal.lost")[0]
	if data := decode[crm.Deal](t, lost.Data); data.LostReasonID != reason.ID || data.LostReason != "Chose a competitor" || data.Probability != 0 ||
		decode[map[string]any](t, lost.Previous)["status"] != "open" {
		t.Errorf("lost: %s, before %s", lost.Data, lost.Previous)
	}
	// The first stage is where a deal goes whose stage before is not known.
	unknown := w.rep.deal(t, crm.NewDeal{Name: "x", Status: "won"})
	if back := w.rep.moveDeal(t, unknown.ID, crm.DealMove{Status: "open"}); back.StageID != first {
		t.Errorf("opened %+v", back)
	}
}

func TestDealMoveRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	d, other := w.rep.deal(t, crm.NewDeal{Name: "x"}), w.rep.deal(t, crm.NewDeal{Name: "y", StageID: &p.Stages[1].ID})
	unknown := tenant.RecordID(tenant.NewEventID())
	past, future := tenanttest.Start.Add(-time.Hour), tenanttest.Start.Add(time.Hour)
	for name, row := range map[string]struct {
		in     crm.DealMove
		fields []string
	}{
		"nothing":         {crm.DealMove{}, []string{"stage_id"}},
		"both":            {crm.DealMove{StageID: &p.Stages[1].ID, Status: "won"}, []string{"status"}},
		"word":            {crm.DealMove{Status: "gone"}, []string{"status"}},
		"unknown stage":   {crm.DealMove{StageID: ptr(crm.StageID(unknown))}, []string{"stage_id"}},
		"no reason":       {crm.DealMove{Status: "lost", LostReason: " "}, []string{"lost_reason"}},
		"unknown reason":  {crm.DealMove{Status: "lost", LostReasonID: ptr(crm.LostReasonID(unknown)), LostReason: "x"}, []string{"lost_reason_id"}},
		"long reason":     {crm.DealMove{Status: "lost", LostReason: strings.Repeat("长", 501)}, []string{"lost_reason"}},
		"reason to win":   {crm.DealMove{Status: "won", LostReason: "x"}, []string{"lost_reason"}},
		"before it began": {crm.DealMove{Status: "won", ClosedAt: &past}, []string{"closed_at"}},
		"in the future":   {crm.DealMove{Status: "won", ClosedAt: &future}, []string{"closed_at"}},
		"closed but open": {crm.DealMove{StageID: &p.Stages[1].ID, ClosedAt: &tenanttest.Start}, []string{"closed_at"}},
		"itself":          {crm.DealMove{AfterID: &d.ID}, []string{"after_id"}},
		"another column":  {crm.DealMove{BeforeID: &other.ID}, []string{"before_id"}},
		"both sides":      {crm.DealMove{StageID: &p.Stages[1].ID, BeforeID: &other.ID, AfterID: &other.ID}, []string{"before_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryMoveDeal(t, d.ID, row.in)
			wantInvalid(t, err, row.fields...)
		})
	}
	if got := w.rep.getDeal(t, d.ID); got.Version != 1 {
		t.Errorf("after refusals %+v", got)
	}
	if _, err := w.admin.tryUpdatePipeline(t, p.ID, crm.PipelinePatch{NeedsLostReason: patch.Of(false)}, 0); err != nil {
		t.Fatal(err)
	}
	if lost := w.rep.moveDeal(t, d.ID, crm.DealMove{Status: "lost"}); lost.LostReason != "" {
		t.Errorf("lost %+v", lost)
	}
	changed := w.rep.updateDeal(t, d.ID, crm.DealPatch{LostReason: patch.Of("because")})
	if changed.LostReason != "because" {
		t.Errorf("changed %+v", changed)
	}
	reasons := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons))
	if changed = w.rep.updateDeal(t, d.ID, crm.DealPatch{LostReasonID: patch.Of(reasons[0].ID)}); changed.LostReason != "Price" || changed.LostReasonID != reasons[0].ID {
		t.Errorf("changed %+v", changed)
	}
	if changed = w.rep.updateDeal(t, d.ID, crm.DealPatch{LostReason: patch.Of("too dear"), Name: patch.Of("z")}); changed.LostReason != "too dear" || changed.LostReasonID != reasons[0].ID {
		t.Errorf("changed %+v", changed)
	}
	if changed = w.rep.updateDeal(t, d.ID, crm.DealPatch{LostReasonID: patch.Null[crm.LostReasonID]()}); changed.LostReason != "too dear" || !changed.LostReasonID.IsZero() {
		t.Errorf("changed %+v", changed)
	}
}

// TestDealIsPut moves cards within a column and between two.
func TestDealIsPut(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	ids := map[string]crm.DealID{}
	for _, name := range []string{"e", "d", "c", "b", "a"} {
		w.Clock.Advance(time.Second)
		ids[name] = w.rep.deal(t, crm.NewDeal{Name: name}).ID
	}
	column := func(stage int) string {
		t.Helper()
		page := must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{Filter: "stage = " + p.Stages[stage].ID.String(), Limit: 200})).Data
		slices.SortFunc(page, func(a, b crm.Deal) int {
			if a.Rank == b.Rank {
				return bytes.Compare(a.ID[:], b.ID[:]) // as on the board
			}
			return strings.Compare(a.Rank, b.Rank)
		})
		names := ""
		for _, d := range page {
			names += d.Name
		}
		return names
	}
	if got := column(0); got != "abcde" {
		t.Fatalf("the latest is not at the top: %s", got)
	}
	id := func(name string) *crm.DealID { return ptr(ids[name]) }
	move := func(name string, in crm.DealMove) { t.Helper(); w.rep.moveDeal(t, ids[name], in) }
	for _, step := range []struct {
		name string
		in   crm.DealMove
		want string
	}{
		{"a", crm.DealMove{AfterID: id("c")}, "bcade"},
		{"e", crm.DealMove{BeforeID: id("b")}, "ebcad"},
		{"e", crm.DealMove{AfterID: id("d")}, "bcade"},
		{"c", crm.DealMove{AfterID: id("b")}, "bcade"},
		{"d", crm.DealMove{BeforeID: id("c"), StageID: &p.Stages[0].ID}, "bdcae"},
	} {
		w.Clock.Advance(time.Second)
		move(step.name, step.in)
		if got := column(0); got != step.want {
			t.Errorf("%s %+v: %s, want %s", step.name, step.in, got, step.want)
		}
	}
	if version := w.rep.getDeal(t, ids["b"]).Version; version != 1 {
		t.Errorf("a deal that stayed has version %d", version)
	}
	w.Clock.Advance(time.Second)
	ids["f"] = w.rep.deal(t, crm.NewDeal{Name: "f"}).ID
	if got := column(0); got != "fbdcae" {
		t.Errorf("a new deal stands %s", got)
	}
	move("c", crm.DealMove{StageID: &p.Stages[1].ID})
	move("a", crm.DealMove{StageID: &p.Stages[1].ID, AfterID: id("c")})
	move("e", crm.DealMove{StageID: &p.Stages[1].ID, BeforeID: id("a")})
	if got := column(0) + " " + column(1); got != "fbd cea" {
		t.Errorf("two columns %s", got)
	}
	// Two who came to the same place, and a rank that has grown too long, put the column in order.
	near := "a" + strings.Repeat("z", 47)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		for name, rank := range map[string]string{"f": "a", "b": near + "1", "d": near + "2", "c": "b", "e": "b"} {
			if _, err := tx.Exec(t.Context(), `UPDATE company.deals SET board_rank = ?, stage_id = ? WHERE id = ?`, rank, p.Stages[0].ID, ids[name]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	move("a", crm.DealMove{StageID: &p.Stages[0].ID, AfterID: id("b")})
	if got := column(0); got != "fbadce" && got != "fbadec" {
		t.Errorf("put in order as %s", got)
	}
	for _, name := range []string{"f", "b", "a", "d", "c", "e"} {
		if rank := w.rep.getDeal(t, ids[name]).Rank; len(rank) > 12 {
			t.Errorf("%s has the rank %s", name, rank)
		}
	}
	w.Clock.Advance(time.Second)
	w.rep.deal(t, crm.NewDeal{Name: "g"})
	if got := column(0); !strings.HasPrefix(got, "gfbad") {
		t.Errorf("after that a new deal stands %s", got)
	}
	// Where all have the same rank, a deal stands next to the one that was named all the same.
	for _, step := range []struct {
		name string
		in   crm.DealMove
		want string
	}{
		{"f", crm.DealMove{AfterID: id("d")}, "edfcbag"},
		{"e", crm.DealMove{BeforeID: id("b")}, "dcebafg"},
	} {
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE company.deals SET board_rank = 'r' WHERE stage_id = ?`, p.Stages[0].ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		move(step.name, step.in)
		if got := column(0); got != step.want {
			t.Errorf("%s %+v: %s, want %s", step.name, step.in, got, step.want)
		}
	}
	// Many that come at once stand as they stood before.
	w.rep.changeDeals(t, crm.DealBulk{IDs: []crm.DealID{ids["f"], ids["e"], ids["d"], ids["c"]}, Action: "move", StageID: &p.Stages[2].ID}, 4)
	if got := column(2); got != "dcef" {
		t.Errorf("moved together they stand %s", got)
	}
}

// TestWins moves customers as the pipelines say, and surveys each win once.
func TestWins(t *testing.T) {
	w := newWorld(t)
	renewals := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "renewals", OnWon: crm.LeaveCustomer, Stages: []crm.NewStage{{Name: "x"}}}))
	surveyed := func() int {
		t.Helper()
		w.react(t)
		w.Clock.Advance(time.Minute)
		return len(w.surveys(t))
	}
	win := func(who person, customer crm.Customer, pipeline *crm.PipelineID) crm.Deal {
		t.Helper()
		d := who.deal(t, crm.NewDeal{Name: "x", CustomerID: &customer.ID, PipelineID: pipeline, Amount: ptr(int64(12_000_000))})
		return who.moveDeal(t, d.ID, crm.DealMove{Status: "won"})
	}
	c := w.rep.customer(t, "云帆")
	d := win(w.rep, c, nil)
	if got := w.rep.get(t, c.ID); got.Lifecycle != crm.Won || got.Version != 2 {
		t.Errorf("the customer is %s", got.Lifecycle)
	}
	if n := surveyed(); n != 1 {
		t.Fatalf("the first win made %d surveys", n)
	}
	// The next deal is a win of its own, although the customer stays as it is.
	again := win(w.rep, c, nil)
	changes := w.waiting(t)
	w.reactTo(t, changes...)
	w.reactTo(t, changes...)
	if n := surveyed(); n != 2 || w.rep.get(t, c.ID).Version != 2 {
		t.Errorf("after the second win %d surveys", n)
	}
	if s := w.surveys(t); s[0].DealID != again.ID && s[1].DealID != again.ID {
		t.Errorf("the second survey names no deal: %+v", s)
	}
	if s := w.surveys(t); s[0].CustomerID != c.ID || s[0].AssigneeID != w.acme.Rep || s[0].Title != "Satisfaction survey: 云帆" {
		t.Errorf("survey %+v", s[0])
	}
	win(w.rep, c, &renewals.ID)
	if n := surveyed(); n != 3 {
		t.Errorf("after a renewal %d surveys", n)
	}
	w.rep.deal(t, crm.NewDeal{Name: "x", CustomerID: &c.ID, Status: "won"})
	if n := surveyed(); n != 4 {
		t.Errorf("after a deal created as won %d surveys", n)
	}
	// Losing, and opening again, leave the customer.
	w.rep.moveDeal(t, again.ID, crm.DealMove{Status: "lost", LostReason: "x"})
	w.rep.moveDeal(t, d.ID, crm.DealMove{Status: "open"})
	if got := w.rep.get(t, c.ID); got.Lifecycle != crm.Won || surveyed() != 4 {
		t.Errorf("after a loss the customer is %s", got.Lifecycle)
	}
	left := w.rep.customer(t, "left")
	win(w.rep, left, &renewals.ID)
	if got := w.rep.get(t, left.ID); got.Lifecycle != crm.Potential || surveyed() != 4 {
		t.Errorf("a pipeline that leaves customers made one %s", got.Lifecycle)
	}
	// What people may not do follows from a win all the same: the customer is lost, and a colleague's.
	theirs := w.rep2.create(t, crm.NewCustomer{Name: "theirs", Lifecycle: crm.Lost})
	deal := w.manager.deal(t, crm.NewDeal{Name: "x", CustomerID: &theirs.ID, OwnerID: &w.acme.Rep})
	w.rep.moveDeal(t, deal.ID, crm.DealMove{Status: "won"})
	if got := w.rep2.get(t, theirs.ID); got.Lifecycle != crm.Won {
		t.Errorf("a lost customer whose deal is won is %s", got.Lifecycle)
	}
	events := w.changesOf(t, "customer.lifecycle_changed")
	if last := events[len(events)-1]; last.OwnerAfter != w.acme.Rep2 || last.Actor != w.acme.Rep {
		t.Errorf("event %+v", last)
	}
	if got := w.rep.getDeal(t, deal.ID); got.Customer != nil {
		t.Error("the customer's card is shown to who cannot see it")
	}
	w.rep.moveDeal(t, w.rep.deal(t, crm.NewDeal{Name: "without a customer"}).ID, crm.DealMove{Status: "won"})
	if n := surveyed(); n != 5 {
		t.Errorf("in the end %d surveys", n)
	}
	told := w.manager.notifications(t, `kind = "deal.won"`)
	if len(told) != 6 || !slices.ContainsFunc(told, func(n crm.Notification) bool {
		return n.Title == "Deal won: x" && n.Body == "Worth: CNY 120000.00\nOwner: acme rep"
	}) {
		t.Errorf("the manager was told %+v", told)
	}
}

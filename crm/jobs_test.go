package crm_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// workers returns the cast with the right to start jobs.
func workers(w *world) *world {
	for _, p := range []*person{&w.rep, &w.rep2, &w.manager, &w.admin, &w.stranger} {
		p.caller.Levels["job:create"], p.caller.Levels["job:read"] = p.caller.Levels["customer:read"], p.caller.Levels["customer:read"]
	}
	return w
}

func (p person) tryJob(t testing.TB, task crm.JobTask) (crm.Job, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Job, error) {
		return crm.CreateJob(ctx, tx, crm.NewJob{JobTask: task})
	})
}

func (p person) tryHandOver(t testing.TB, from tenant.MemberID, to ...tenant.MemberID) (crm.Job, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Job, error) {
		return crm.StartHandOver(ctx, tx, crm.HandOver{From: from, Receivers: crm.Receivers{To: to}})
	})
}

// runJob carries a job out and returns what came of it.
func (p person) runJob(t testing.TB, id crm.JobID, heartbeat func(ctx) error) (crm.Job, error) {
	t.Helper()
	return p.runJobAs(t, id, heartbeat, p.caller)
}

// runJobAs is runJob for somebody whose rights change: each batch finds the next of the callers, the rest the last.
func (p person) runJobAs(t testing.TB, id crm.JobID, heartbeat func(ctx) error, callers ...*tenant.Caller) (crm.Job, error) {
	t.Helper()
	as := func(ctx) (*tenant.Caller, error) {
		now := callers[0]
		callers = callers[min(1, len(callers)-1):]
		return now, nil
	}
	err := crm.RunJob(t.Context(), p.w.Directory, p.company.Company, as, id, heartbeat)
	return must[crm.Job](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Job, error) { return crm.GetJob(ctx, q, id) })), err
}

func TestJobs(t *testing.T) {
	w := workers(newWorld(t))
	w.fill(t, 1000)
	mine := w.count(t, "company.customers WHERE owner_id = ?", w.acme.Rep)
	tag := crm.JobTask{Customers: &crm.BulkChange{Matching: &crm.BulkSelection{}, Action: "tag", Tags: []string{"spring"}}}
	job := must[crm.Job](t)(w.rep.tryJob(t, tag))
	if job.Status != crm.JobQueued || job.Total != mine || job.Percent != 0 || len(w.due(t, w.acme, crm.JobWork)) != 1 || mine < 300 {
		t.Fatalf("%+v of %d", job, mine)
	}
	w.Clock.Advance(time.Second)
	w.rep.customer(t, "made later")
	killed := errors.New("killed")
	half, err := w.rep.runJob(t, job.ID, func(ctx) error { return killed })
	wantError(t, err, killed)
	if half.Done != 200 || half.Status != crm.JobRunning || half.Percent != 100*200/mine {
		t.Errorf("%d done, %s, %d %%", half.Done, half.Status, half.Percent)
	}
	done, err := w.rep.runJob(t, job.ID, nil)
	if err != nil || done.Status != crm.JobFinished || done.Changed != mine || done.Done != mine || done.Percent != 100 || done.FinishedAt == nil {
		t.Errorf("%+v %v", done, err)
	}
	if n := w.count(t, "company.record_tags"); n != mine {
		t.Errorf("%d are tagged of %d", n, mine)
	}
	if n := w.count(t, "company.changes WHERE type = 'customer.updated'"); n != mine {
		t.Errorf("%d events: some were changed twice", n)
	}
	if _, err := w.rep.runJob(t, job.ID, nil); err != nil || len(w.due(t, w.acme, crm.JobWork)) != 0 {
		t.Errorf("once more: %v", err)
	}
	// What is gone from the caller's reach by the time stays as it is.
	moving := must[crm.Job](t)(w.manager.tryJob(t, crm.JobTask{Customers: &crm.BulkChange{
		Matching: &crm.BulkSelection{Filter: `tags:"spring"`}, Action: "assign", OwnerID: patch.Of(w.acme.Rep2),
	}}))
	narrow := w.person(w.acme, w.acme.Manager, tenant.LevelAll)
	narrow.caller.Levels["customer:update"] = tenant.LevelOwn
	narrow.caller.Levels["job:read"] = tenant.LevelOwn
	refused, err := narrow.runJob(t, moving.ID, nil)
	if err != nil || refused.Status != crm.JobFailed || refused.Changed != 0 || refused.Error == "" {
		t.Errorf("%+v %v", refused, err)
	}
	// Nor is what is left touched when the right goes while the job runs.
	halfway := must[crm.Job](t)(w.manager.tryJob(t, crm.JobTask{Customers: &crm.BulkChange{Matching: &crm.BulkSelection{}, Action: "tag", Tags: []string{"autumn"}}}))
	lost := w.person(w.acme, w.acme.Manager, tenant.LevelTeam)
	delete(lost.caller.Levels, "customer:update")
	if got, err := w.manager.runJobAs(t, halfway.ID, nil, w.manager.caller, lost.caller); err != nil || got.Status != crm.JobFailed || got.Done != 200 {
		t.Errorf("%+v %v", got, err)
	}
	again := must[crm.Job](t)(w.manager.tryJob(t, crm.JobTask{Customers: &crm.BulkChange{
		Matching: &crm.BulkSelection{Filter: `tags:"spring"`}, Action: "assign", OwnerID: patch.Of(w.acme.Rep2),
	}}))
	if got, err := w.manager.runJob(t, again.ID, nil); err != nil || got.Changed != mine || w.count(t, "company.customers WHERE owner_id = ?", w.acme.Rep) != 1 {
		t.Errorf("%+v %v", got, err)
	}

	// Others' jobs, bad ones, and one that is stopped.
	for _, p := range []person{w.rep2, w.stranger} {
		_, err := read(t, p, func(ctx ctx, q *tenant.Query) (crm.Job, error) { return crm.GetJob(ctx, q, job.ID) })
		wantError(t, err, tenant.ErrNotFound)
	}
	for _, bad := range []crm.JobTask{
		{}, {Customers: tag.Customers, Tasks: &crm.TaskBulk{Matching: &crm.BulkSelection{}, Action: "complete"}}, {HandOver: &crm.HandOver{}},
		{Customers: &crm.BulkChange{IDs: []crm.CustomerID{{1}}, Action: "delete"}}, {Customers: &crm.BulkChange{Matching: &crm.BulkSelection{}, Action: "tag"}},
		{Deals: &crm.DealBulk{Matching: &crm.BulkSelection{Filter: "x"}, Action: "delete"}},
	} {
		if _, err := w.rep.tryJob(t, bad); !isInvalid(err) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	stopped := must[crm.Job](t)(w.rep2.tryJob(t, tag))
	got := must[crm.Job](t)(write(t, w.rep2, func(ctx ctx, tx *tenant.Tx) (crm.Job, error) { return crm.CancelJob(ctx, tx, stopped.ID) }))
	if got, err := w.rep2.runJob(t, stopped.ID, nil); err != nil || got.Status != crm.JobCancelled || got.Done != 0 {
		t.Errorf("%+v %v", got, err)
	}
	_, err = write(t, w.rep2, func(ctx ctx, tx *tenant.Tx) (crm.Job, error) { return crm.CancelJob(ctx, tx, got.ID) })
	wantConflict(t, err, "job_ended")
	if page := must[crm.Page[crm.Job]](t)(read(t, w.rep2, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Job], error) {
		return crm.ListJobs(ctx, q, crm.ListQuery{Filter: `status = "cancelled"`})
	})); len(page.Data) != 1 {
		t.Errorf("%+v", page)
	}
}

func TestOldJobsArePurged(t *testing.T) {
	w := workers(newWorld(t))
	w.rep.customer(t, "x")
	tag := crm.JobTask{Customers: &crm.BulkChange{Matching: &crm.BulkSelection{}, Action: "tag", Tags: []string{"spring"}}}
	purge := func() int {
		return must[int](t)(write(t, w.system(w.acme), func(ctx ctx, tx *tenant.Tx) (int, error) { return crm.PurgeJobs(ctx, tx, 100) }))
	}
	ended := must[crm.Job](t)(w.rep.tryJob(t, tag))
	waiting := must[crm.Job](t)(w.rep.tryJob(t, tag))
	w.Clock.Advance(24 * time.Hour)
	must[crm.Job](t)(w.rep.runJob(t, ended.ID, nil))
	w.Clock.Advance(30 * 24 * time.Hour)
	if n := purge(); n != 0 {
		t.Errorf("%d are gone before their time", n)
	}
	w.Clock.Advance(time.Second)
	if n := purge(); n != 1 || w.count(t, "company.jobs WHERE id = ?", waiting.ID) != 1 {
		t.Errorf("%d are gone", n)
	}
}

func isInvalid(err error) bool {
	_, ok := errors.AsType[*tenant.InvalidError](err)
	return ok
}

func TestHandOver(t *testing.T) {
	w := workers(newWorld(t))
	for _, p := range []*person{&w.rep, &w.manager, &w.admin} {
		for _, action := range []string{"create", "read", "update"} {
			p.caller.Levels[tenant.Permission("calendar_event:"+action)] = p.caller.Levels["customer:read"]
		}
	}
	for i := range 20 {
		c := w.rep.customer(t, fmt.Sprint("c", i))
		w.rep.contact(t, crm.NewContact{Name: "at", CustomerID: &c.ID})
		w.rep.task(t, crm.NewTask{Title: "open", CustomerID: &c.ID})
		w.rep.deal(t, crm.NewDeal{Name: "open", CustomerID: &c.ID})
	}
	w.rep.contact(t, crm.NewContact{Name: "alone"})
	w.rep.deal(t, crm.NewDeal{Name: "won", Status: crm.DealWon})
	at := w.Clock.Now().Add(24 * time.Hour)
	w.rep.event(t, crm.NewCalendarEvent{Title: "visit", StartsAt: &at})
	w.rep2.customer(t, "not theirs")
	for _, p := range []person{w.rep2, w.stranger} {
		_, err := p.tryHandOver(t, w.acme.Rep, w.acme.Rep2)
		wantError(t, err, tenant.ErrNotFound)
	}
	for _, to := range [][]tenant.MemberID{nil, {w.acme.Rep}, {w.acme.Admin}, {w.globex.Rep}} {
		if _, err := w.manager.tryHandOver(t, w.acme.Rep, to...); !isInvalid(err) {
			t.Errorf("to %v: %v", to, err)
		}
	}
	want := crm.HandOverCount{Customers: 20, Contacts: 1, Deals: 20, Tasks: 20, CalendarEvents: 1}
	got := must[crm.HandOverCount](t)(read(t, w.manager, func(ctx ctx, q *tenant.Query) (crm.HandOverCount, error) {
		return crm.CountHandOver(ctx, q, crm.HandOver{From: w.acme.Rep})
	}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	job := must[crm.Job](t)(w.manager.tryHandOver(t, w.acme.Rep, w.acme.Rep2, w.acme.Manager))
	done, err := w.manager.runJob(t, job.ID, nil)
	if err != nil || done.Status != crm.JobFinished || done.Changed != 62 || done.Total != 62 || len(done.Failures) > 0 {
		t.Errorf("%+v %v", done, err)
	}
	for from, left := range map[string]int{
		"company.customers WHERE owner_id": 0, "company.contacts WHERE owner_id": 0, "company.deals WHERE owner_id": 1, "company.tasks WHERE assignee_id": 0,
		"company.calendar_events WHERE organizer_id": 0,
	} {
		if n := w.count(t, from+" = ?", w.acme.Rep); n != left {
			t.Errorf("%d left in %s", n, from)
		}
	}
	// What hangs on a customer goes to one of them.
	if n := w.count(t, `company.customers c JOIN company.deals d ON d.customer_id = c.id JOIN company.tasks t ON t.customer_id = c.id
		JOIN company.contacts p ON p.customer_id = c.id WHERE c.owner_id = d.owner_id AND c.owner_id = t.assignee_id AND c.owner_id = p.owner_id`); n != 20 {
		t.Errorf("%d of 20 customers are in one hand", n)
	}
	names := w.rep2.names(t, crm.ListQuery{Limit: 200})
	if len(names) < 4 || len(names) > 18 || !slices.Contains(names, "not theirs") {
		t.Errorf("of 20 one gets %d", len(names)-1)
	}
}

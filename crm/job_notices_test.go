package crm_test

import (
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestLongWorkTellsItsEnd(t *testing.T) {
	w := importers(workers(newWorld(t)))
	w.fill(t, 600)
	start := func(p person, tag string) crm.JobID {
		return must[crm.Job](t)(p.tryJob(t, crm.JobTask{Customers: &crm.BulkChange{Matching: &crm.BulkSelection{}, Action: "tag", Tags: []string{tag}}})).ID
	}
	stop := func(p person, id crm.JobID) {
		must[crm.Job](t)(write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Job, error) { return crm.CancelJob(ctx, tx, id) }))
	}
	run := func(p person, id crm.JobID) { must[crm.Job](t)(p.runJob(t, id, nil)) }
	weak := w.acme.As(w.acme.Rep, tenant.LevelOwn, "job:create", "job:read", "import:create")
	queued := func() crm.ImportID { return w.rep.queued(t, numbered(3), crm.ImportOptions{}) }
	var done crm.ImportID
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"many", func() { run(w.admin, start(w.admin, "a")) }, []string{"admin: Change of many finished: customers"}},
		{"few", func() { run(w.rep, start(w.rep, "b")) }, nil},
		{"without the right any more", func() {
			if err := crm.RunJob(t.Context(), w.Directory, w.acme.Company, func(ctx) (*tenant.Caller, error) { return weak, nil }, start(w.rep, "c"), nil); err != nil {
				t.Error(err)
			}
		}, []string{"rep: Change of many failed: customers"}},
		{"stopped by oneself", func() { stop(w.rep, start(w.rep, "d")) }, nil},
		{"stopped by the manager", func() { stop(w.manager, start(w.rep, "d")) }, []string{"rep: Change of many was stopped: customers"}},
		{"an import", func() { done = queued(); w.rep.work(t, done) }, []string{"rep: Import finished: customers.csv"}},
		{"taken back", func() { w.rep.undo(t, done) }, []string{"rep: Import undone: customers.csv"}},
		{"an import without the right any more", func() {
			if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, weak, queued(), nil); err != nil {
				t.Error(err)
			}
		}, []string{"rep: Import failed: customers.csv"}},
		{"an import stopped by oneself", func() { w.rep.cancel(t, queued()) }, nil},
		{"an import stopped by the manager", func() { w.manager.cancel(t, queued()) }, []string{"rep: Import was stopped: customers.csv"}},
	} {
		step.do()
		w.react(t)
		if got := w.told(t); !slices.Equal(got, step.want) {
			t.Errorf("%s: told %q, want %q", step.name, got, step.want)
		}
	}
	// By the ways that they have chosen.
	w.address(t, w.acme.Rep, "rep@acme.example", "")
	w.rep.prefer(t, by("import.finished", false, true))
	w.rep.work(t, queued())
	w.react(t)
	id, _ := w.mail(t)
	if l, ok := w.letter(t, id); !ok || l.Title != "Import finished: customers.csv" || len(w.told(t)) != 0 {
		t.Errorf("the mail is %+v", l)
	}
}

package crm_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// numbered is a file of n customers, with a tag each so that every table is written.
func numbered(n int) string {
	var b strings.Builder
	b.WriteString("name,phone,tags\n")
	for i := range n {
		fmt.Fprintf(&b, "Customer %04d,138%08d,held\n", i, i)
	}
	return b.String()
}

func (p person) queued(t testing.TB, content string, options crm.ImportOptions) crm.ImportID {
	t.Helper()
	imp := p.upload(t, "customers.csv", content)
	p.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(options)})
	return must[crm.Import](t)(p.tryStart(t, imp.ID)).ID
}

func (p person) cancel(t testing.TB, id crm.ImportID) crm.Import {
	t.Helper()
	return must[crm.Import](t)(write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.CancelImport(ctx, tx, id) }))
}

func (p person) undo(t testing.TB, id crm.ImportID) crm.Import {
	t.Helper()
	must[crm.Import](t)(write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.UndoImport(ctx, tx, id) }))
	p.work(t, id)
	return p.imported(t, id)
}

// begin does something in a transaction and holds what it has locked until end is called, with the error that ends it.
func (p person) begin(t testing.TB, do func(*tenant.Tx) error) (end func(error) error) {
	t.Helper()
	done, release, ended := make(chan error, 1), make(chan error), make(chan error, 1)
	go func() {
		ended <- p.w.Tx(t.Context(), p.company.Company, p.caller, func(tx *tenant.Tx) error {
			if err := do(tx); err != nil {
				done <- err
				return err
			}
			done <- nil
			return <-release
		})
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return func(err error) error {
		release <- err
		return <-ended
	}
}

// count counts rows of one of acme's tables; from may go on with a condition.
func (w *world) count(t testing.TB, from string, args ...any) int {
	t.Helper()
	return must[int](t)(read(t, w.system(w.acme), func(ctx context.Context, q *tenant.Query) (n int, err error) {
		return n, q.Get(ctx, &n, `SELECT COUNT(*) FROM `+from, args...)
	}))
}

// wantWhole fails unless every table has what belongs to exactly n customers of an import that has ended.
func (w *world) wantWhole(t testing.TB, imp crm.Import, n int) {
	t.Helper()
	if imp.Status != crm.ImportFinished || imp.Created != n || imp.RowsDone != n || imp.RowsTotal != n || imp.Percent != 100 {
		t.Errorf("%s: %d created, %d of %d rows done", imp.Status, imp.Created, imp.RowsDone, imp.RowsTotal)
	}
	for from, want := range map[string]int{
		"company.customers": n, "(SELECT DISTINCT phone FROM company.customers) p": n, "company.record_tags": n, "company.lifecycle_history": n,
		"company.import_rows WHERE outcome = 'created'": n, "company.changes WHERE type = 'customer.created' AND quiet = 1": n,
		"company.changes WHERE type = 'import.finished' AND quiet = 0":  1,
		"(SELECT DISTINCT record_id FROM company.search_grams) indexed": n,
	} {
		if got := w.count(t, from); got != want {
			t.Errorf("%s: %d, want %d", from, got, want)
		}
	}
	if due := w.due(t, w.acme, crm.ImportWork); len(due) != 0 {
		t.Errorf("work is left: %v", due)
	}
}

func TestImportGoesOnAfterAKillBetweenBatches(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.queued(t, numbered(1203), crm.ImportOptions{})
	killed := errors.New("killed")
	for batch := 1; batch <= 2; batch++ {
		err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error { return killed })
		wantError(t, err, killed)
		imp := w.rep.imported(t, id)
		if imp.Status != crm.ImportRunning || imp.RowsDone != 500*batch || imp.Percent != 100*500*batch/1203 {
			t.Errorf("after %d batches: %s, %d rows, %d %%", batch, imp.Status, imp.RowsDone, imp.Percent)
		}
	}
	w.rep.work(t, id)
	w.wantWhole(t, w.rep.imported(t, id), 1203)
	w.rep.work(t, id) // a task that comes again does nothing
	w.wantWhole(t, w.rep.imported(t, id), 1203)
}

func TestImportGoesOnAfterAKillInsideABatch(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.queued(t, numbered(700), crm.ImportOptions{})
	// Another transaction is about to make the tag, so the batch waits with its customers half written.
	rollBack := errors.New("rolled back")
	end := w.admin.begin(t, func(tx *tenant.Tx) error {
		_, err := crm.CreateTag(t.Context(), tx, crm.NewTag{Name: "held"})
		return err
	})
	ctx, kill := context.WithCancel(t.Context())
	run := make(chan error, 1)
	go func() { run <- crm.RunImport(ctx, w.Directory, w.acme.Company, w.rep.caller, id, nil) }()
	w.WaitForLock(t, w.acme.Schema, "tags")
	kill()
	wantError(t, <-run, context.Canceled)
	wantError(t, end(rollBack), rollBack)
	if n := w.count(t, "company.customers"); n != 0 {
		t.Errorf("%d customers of the killed batch are left", n)
	}
	w.rep.work(t, id)
	w.wantWhole(t, w.rep.imported(t, id), 700)
}

// TestABatchIsTakenAgain loses the connection when all but the last of a batch is written: the transaction that is run again
// decides as the first did.
func TestABatchIsTakenAgain(t *testing.T) {
	w := importers(newWorld(t))
	w.admin.field(t, crm.NewCustomField{Key: "number", Type: "text", Label: crm.FieldLabel{EN: "Number"}, Unique: true})
	acme := w.rep.customer(t, "Acme")
	w.rep.contact(t, crm.NewContact{Name: "First", CustomerID: &acme.ID})
	w.rep.task(t, crm.NewTask{Title: "Call", CustomerID: &acme.ID})
	for _, tt := range []struct {
		resource, text string
		want           []string
	}{
		{"deals", "name,status\nWon,won\nOpen,\n", []string{"2:created", "3:created"}},
		{"tasks", "title,customer\nCall,Acme\nWrite,Acme\nTurn,Nobody\n", []string{"2:duplicate:exists_already", "3:created", "4:rejected:unknown_customer"}},
		{"contacts", "name,customer\nSecond,Acme\n", []string{"2:created"}},
		{"customers", "name,Number\nGlobex,7\n", []string{"2:created"}},
	} {
		imp := must[crm.Import](t)(w.rep.tryUploadAs(t, tt.resource, "a.csv", tt.text))
		w.rep.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{RunRules: true})})
		must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
		rollBack := errors.New("rolled back")
		end := w.admin.begin(t, func(tx *tenant.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO company.import_rows (import_id, line, outcome, name, problems) VALUES (?, 2, 'created', '', '[]')`, imp.ID)
			return err
		})
		run := make(chan error, 1)
		go func() { run <- crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, imp.ID, nil) }()
		w.CutOff(t, w.acme.Schema, "import_rows")
		wantError(t, end(rollBack), rollBack)
		if err := <-run; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, w.rep.outcomes(t, imp)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.resource, diff)
		}
	}
	for _, c := range w.changesOf(t, "deal.created") {
		if c.Quiet {
			t.Errorf("no rule has heard of %+v", c)
		}
	}
	if all := w.rep.allContacts(t); len(all) != 2 || !all[0].Primary || all[1].Primary {
		t.Errorf("who leads: %+v", all)
	}
}

// TestTagsGivenMeanwhileStay has somebody tag a record between an import's finding it and its changing it.
func TestTagsGivenMeanwhileStay(t *testing.T) {
	w := importers(newWorld(t))
	c, p, d := w.rep.customer(t, "x"), w.rep.contact(t, crm.NewContact{Name: "x"}), w.rep.deal(t, crm.NewDeal{Name: "x"})
	tags := patch.Of([]string{"meanwhile"})
	for resource, tt := range map[string]struct {
		tag  func(*tenant.Tx) error
		tags func() []string
	}{
		"customers": {func(tx *tenant.Tx) error {
			_, err := crm.UpdateCustomer(t.Context(), tx, c.ID, crm.CustomerPatch{Tags: tags}, 0)
			return err
		}, func() []string { return w.rep.get(t, c.ID).Tags }},
		"contacts": {func(tx *tenant.Tx) error {
			_, err := crm.UpdateContact(t.Context(), tx, p.ID, crm.ContactPatch{Tags: tags}, 0)
			return err
		}, func() []string { return w.rep.getContact(t, p.ID).Tags }},
		"deals": {func(tx *tenant.Tx) error {
			_, err := crm.UpdateDeal(t.Context(), tx, d.ID, crm.DealPatch{Tags: tags}, 0)
			return err
		}, func() []string { return w.rep.getDeal(t, d.ID).Tags }},
	} {
		imp := must[crm.Import](t)(w.rep.tryUploadAs(t, resource, "a.csv", "name,tags\nx,new\n"))
		w.rep.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})})
		must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
		end := w.rep.begin(t, tt.tag)
		run := make(chan error, 1)
		go func() { run <- crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, imp.ID, nil) }()
		w.WaitForLock(t, w.acme.Schema, resource)
		if err := errors.Join(end(nil), <-run); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"meanwhile", "new"}, tt.tags()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", resource, diff)
		}
	}
}

// TestImportByTwoWorkers lets the work be handed out twice: each batch is taken in by one of them.
func TestImportByTwoWorkers(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.queued(t, numbered(1600), crm.ImportOptions{})
	killed := errors.New("killed")
	beats := 0
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		beats++ // meanwhile the other does one batch more
		wantError(t, crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error { return killed }), killed)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if imp := w.rep.imported(t, id); beats != 1 || imp.Status != crm.ImportRunning || imp.RowsDone != 1000 {
		t.Errorf("%d batches of the first, %s, %d rows; want it to leave the import to the other", beats, imp.Status, imp.RowsDone)
	}
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		w.rep.work(t, id) // the other does all the rest
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.wantWhole(t, w.rep.imported(t, id), 1600)
}

func TestCancelImport(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.queued(t, numbered(1100), crm.ImportOptions{})
	beats := 0
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		beats++
		w.manager.cancel(t, id)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	imp := w.rep.imported(t, id)
	if beats != 1 || imp.Status != crm.ImportCancelled || imp.Created != 500 || w.count(t, "company.customers") != 500 || imp.Percent != 100 {
		t.Errorf("%d batches, %s, %d created", beats, imp.Status, imp.Created)
	}
	if got := len(w.changesOf(t, "import.finished")); got != 1 {
		t.Errorf("%d events", got)
	}
	if imp = w.rep.undo(t, id); imp.Status != crm.ImportUndone || imp.Undone != 500 || len(w.rep.names(t, crm.ListQuery{})) != 0 {
		t.Errorf("%s, %d undone", imp.Status, imp.Undone)
	}
	_, err := write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.CancelImport(ctx, tx, id) })
	wantConflict(t, err, "import_ended")
}

func TestAllOrNothing(t *testing.T) {
	w := importers(newWorld(t))
	bad := numbered(600) + "Customer,12,\n,13900000000,\n"
	options := crm.ImportOptions{OnError: crm.AllOrNothing}
	imp := w.rep.run(t, "bad.csv", bad, options)
	if imp.Status != crm.ImportFailed || imp.Created != 0 || imp.Rejected != 2 || imp.RowsDone != 602 || !strings.Contains(imp.Error, "2 of 602") {
		t.Errorf("%s, %q: %d created, %d rejected, %d done", imp.Status, imp.Error, imp.Created, imp.Rejected, imp.RowsDone)
	}
	if diff := cmp.Diff([]int{602, 603}, lines(w.rep.rows(t, imp.ID, crm.RowRejected))); diff != "" {
		t.Error(diff)
	}
	if n := w.count(t, "company.customers"); n != 0 {
		t.Errorf("%d customers", n)
	}
	if imp = w.rep.run(t, "good.csv", numbered(600), options); imp.Status != crm.ImportFinished || imp.Created != 600 {
		t.Errorf("%s: %d created", imp.Status, imp.Created)
	}
	w.rep.undo(t, imp.ID)

	// Stopped in the middle, everything is taken back.
	id := w.rep.queued(t, numbered(1100), options)
	beats := 0
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		if beats++; beats == 3 { // two batches of the check, one taken in
			w.rep.cancel(t, id)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if imp = w.rep.imported(t, id); imp.Status != crm.ImportCancelled || imp.Created != 500 || imp.Undone != 500 {
		t.Errorf("%s: %d created, %d undone", imp.Status, imp.Created, imp.Undone)
	}
	if names := w.rep.names(t, crm.ListQuery{}); len(names) != 0 {
		t.Errorf("%d customers are left", len(names))
	}

	// The check outlasts its turn, else it would begin anew for ever.
	id = w.rep.queued(t, numbered(1100), options)
	wantError(t, crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error { return crm.ErrTurnOver }), crm.ErrTurnOver)
	if imp = w.rep.imported(t, id); imp.Status != crm.ImportRunning || imp.Created != 500 {
		t.Errorf("after a turn %s: %d created", imp.Status, imp.Created)
	}
	w.rep.cancel(t, id)
	w.rep.work(t, id)

	// A row that turns bad after the check takes everything back too.
	id = w.rep.queued(t, numbered(1100), options)
	beats = 0
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		if beats++; beats == 3 {
			return errors.New("killed")
		}
		return nil
	}); err == nil {
		t.Fatal("not killed")
	}
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.imports SET options = JSON_SET(options, '$.tags', JSON_ARRAY('`+strings.Repeat("x", 70)+`')) WHERE id = ?`, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.rep.work(t, id)
	if imp = w.rep.imported(t, id); imp.Status != crm.ImportFailed || imp.Undone != 500 || imp.Error == "" || len(w.rep.names(t, crm.ListQuery{})) != 0 {
		t.Errorf("%s, %q: %d undone", imp.Status, imp.Error, imp.Undone)
	}
}

// TestTheCheckLooksAhead checks rows with what those of batches before will have done.
func TestTheCheckLooksAhead(t *testing.T) {
	w := importers(newWorld(t))
	w.admin.field(t, crm.NewCustomField{Key: "number", Type: "text", Label: crm.FieldLabel{EN: "Number"}, Unique: true})
	w.rep.deal(t, crm.NewDeal{Name: "D"})
	upsert := crm.ImportOptions{OnError: crm.AllOrNothing, Mode: crm.ModeUpsert}
	byNumber := upsert
	byNumber.Key = "custom.number"
	for _, tt := range []struct {
		resource, text string
		options        crm.ImportOptions
		want           string
	}{
		{"customers", "parent,name,phone,tags\n,Group,,\n" + strings.ReplaceAll(numbered(600), "\nCustomer", "\n,Customer")[len("name,phone,tags\n"):] + "Group,Part,,\n", crm.ImportOptions{OnError: crm.AllOrNothing}, "finished 602 0 0"},
		{"customers", "Number,name,note\nA-7,New,\nA-7,,second\n", byNumber, "finished 1 1 0"},
		{"customers", "Number,name,note\nB-7,Newer,\n,Other,\nB-7,,second\nA-7,,third\nB-8,,new\n", byNumber, "failed 0 0 1"},
		{"deals", "name,status,lost reason,note\nD,lost,price,\nD,lost,,second\n", upsert, "finished 0 2 0"},
	} {
		imp := must[crm.Import](t)(w.rep.tryUploadAs(t, tt.resource, "a.csv", tt.text))
		p := w.rep.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(tt.options)})
		must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
		w.rep.work(t, imp.ID)
		imp = w.rep.imported(t, imp.ID)
		if got := fmt.Sprintln(imp.Status, imp.Created, imp.Updated, imp.Rejected); got != tt.want+"\n" {
			t.Errorf("%.30q: %s%q %v", tt.text, got, imp.Error, w.rep.rows(t, imp.ID, crm.RowRejected))
		}
		if p.Rejected != imp.Rejected || imp.Rejected == 0 && (p.Created != imp.Created || p.Updated != imp.Updated) {
			t.Errorf("%.30q: the preview says %d created, %d updated, %d rejected", tt.text, p.Created, p.Updated, p.Rejected)
		}
	}
}

func TestImportThatCannotGoOn(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.queued(t, numbered(3), crm.ImportOptions{})
	weak := w.acme.As(w.acme.Rep, tenant.LevelOwn, "import:create")
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, weak, id, nil); err != nil {
		t.Fatal(err)
	}
	if imp := w.rep.imported(t, id); imp.Status != crm.ImportFailed || !strings.Contains(imp.Error, "customer:create") {
		t.Errorf("%s: %q", imp.Status, imp.Error)
	}
	// The damage of a text file shows where it stands.
	long := "name,note\nFirst,ok\nSecond,\"" + strings.Repeat("never closed\n", 200_000)
	file := must[crm.Upload](t)(crm.StoreUpload(t.Context(), w.Directory, w.acme.Company, w.rep.caller, "long.csv", strings.NewReader(long)))
	_, err := write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) {
		return crm.CreateImport(ctx, tx, "customers", file)
	})
	wantInvalid(t, err, "file")
	// A worker that gives up says so to people; what has ended stays as it is.
	id = w.rep.queued(t, numbered(3), crm.ImportOptions{})
	for range 2 {
		if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.FailImport(t.Context(), tx, id, "the database refused a row") }); err != nil {
			t.Fatal(err)
		}
	}
	if imp := w.rep.imported(t, id); imp.Status != crm.ImportFailed || imp.Error != "the database refused a row" {
		t.Errorf("%s: %q", imp.Status, imp.Error)
	}
	if actor := must[tenant.MemberID](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) (tenant.MemberID, error) {
		return crm.ImportActor(ctx, q, id)
	})); actor != w.rep.id() {
		t.Errorf("actor %s", actor)
	}
	wantError(t, crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, crm.ImportID{1}, nil), tenant.ErrNotFound)
	// Whatever ends it, of an all-or-nothing import nothing stays. What it has stored the system takes back for whoever is gone.
	system := w.system(w.acme)
	for reason, end := range map[string]person{"customer:create": {w, w.acme, weak}, "not active any more": system, "internal error": w.rep} {
		id := w.rep.queued(t, numbered(600), crm.ImportOptions{OnError: crm.AllOrNothing})
		beats, killed := 0, errors.New("killed")
		wantError(t, crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
			if beats++; beats == 2 { // a batch of the check, one taken in
				return killed
			}
			return nil
		}), killed)
		if reason == "internal error" {
			if err := system.tx(t, func(tx *tenant.Tx) error { return crm.FailImport(t.Context(), tx, id, reason) }); err != nil {
				t.Fatal(err)
			}
		}
		end.work(t, id)
		if imp := w.rep.imported(t, id); imp.Status != crm.ImportFailed || imp.Created != 500 || imp.Undone != 500 || !strings.Contains(imp.Error, reason) || len(w.rep.names(t, crm.ListQuery{})) != 0 {
			t.Errorf("%s: %s, %q: %d created, %d undone", reason, imp.Status, imp.Error, imp.Created, imp.Undone)
		}
	}
	// What a member has asked to have undone, the system does not do for them.
	imp := w.rep.run(t, "a.csv", numbered(2), crm.ImportOptions{})
	must[crm.Import](t)(write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.UndoImport(ctx, tx, imp.ID) }))
	system.work(t, imp.ID)
	if imp = w.rep.imported(t, imp.ID); imp.Status != crm.ImportFailed || imp.Undone != 0 {
		t.Errorf("%s, %d undone", imp.Status, imp.Undone)
	}
}

func TestUploadsArePurged(t *testing.T) {
	w := importers(newWorld(t))
	stray := strings.NewReader(strings.Repeat("x", 600<<10))
	must[crm.Upload](t)(crm.StoreUpload(t.Context(), w.Directory, w.acme.Company, w.rep.caller, "stray.csv", stray))
	imp := w.rep.run(t, "a.csv", "name,email\nAcme,a@acme.example\nBad,nowhere-9\n", crm.ImportOptions{})
	rejected := func() error {
		_, err := read(t, w.rep, func(ctx context.Context, q *tenant.Query) (int, error) {
			return 0, crm.WriteRejected(ctx, q, imp.ID, "csv", io.Discard)
		})
		return err
	}
	purge := func() int {
		return must[int](t)(write(t, w.system(w.acme), func(ctx context.Context, tx *tenant.Tx) (int, error) { return crm.PurgeUploads(ctx, tx, 100) }))
	}
	for _, step := range []struct {
		after  time.Duration
		purged int
		chunks int
	}{{time.Hour, 0, 3}, {24 * time.Hour, 1, 1}, {0, 0, 1}, {30 * 24 * time.Hour, 1, 0}} {
		if err := rejected(); err != nil {
			t.Error(err)
		}
		w.Clock.Advance(step.after)
		if n := purge(); n != step.purged || w.count(t, "company.upload_chunks") != step.chunks {
			t.Errorf("after %s more: purged %d, %d pieces left; want %d and %d", step.after, n, w.count(t, "company.upload_chunks"), step.purged, step.chunks)
		}
	}
	if rows := w.rep.rows(t, imp.ID, ""); len(rows) != 2 || len(rows[1].Problems) != 1 {
		t.Errorf("rows %v", rows)
	}
	if left := w.holding(t, "nowhere-9"); len(left) != 0 {
		t.Errorf("the file's values are still in %q", left)
	}
	wantConflict(t, rejected(), "file_gone")
}

package worker

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/hibiken/asynq"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// reminders makes n tasks of the rep that remind at the given time.
func (w *world) reminders(c *tenanttest.Company, n int, at time.Time) {
	w.t.Helper()
	rep := c.As(c.Rep, tenant.LevelOwn, "task:create", "task:read")
	for n > 0 {
		batch := min(n, 100)
		n -= batch
		if err := w.Tx(context.Background(), c.Company, rep, func(tx *tenant.Tx) error {
			for range batch {
				if _, err := crm.CreateTask(context.Background(), tx, crm.NewTask{Title: "call back", DueAt: &at}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// reminded counts the reminders that went off.
func (w *world) reminded(c *tenanttest.Company) (n int) {
	w.t.Helper()
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &n, `SELECT COUNT(*) FROM company.reminders WHERE fired_at IS NOT NULL`)
	})
	return n
}

func TestAReminderFiresOnceAtItsTime(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme, "task.due")
	w.reminders(acme, 5, w.Clock.Now().Add(time.Hour))
	w.worker()
	w.Clock.Advance(59 * time.Minute)
	time.Sleep(500 * time.Millisecond)
	if n := w.reminded(acme); n != 0 {
		t.Fatalf("%d reminders before their time", n)
	}
	w.Clock.Advance(time.Minute)
	r.WaitAccepted(t, 5)
	var notices int
	w.eventually("the assignee is notified", func() bool {
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &notices, `SELECT COUNT(*) FROM company.notifications WHERE member_id = ? AND kind = 'task.due'`, acme.Rep)
		})
		return notices == 5
	})
	w.Clock.Advance(24 * time.Hour)
	time.Sleep(500 * time.Millisecond)
	if seen := events(r.Accepted()); len(seen) != 5 {
		t.Errorf("%d reminders for 5 tasks", len(seen))
	}
	w.nothingDue(acme.ID, crm.ReminderWork)
}

func TestACalendarEventRemindsItsPeople(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme, "calendar_event.due")
	starts := w.Clock.Now().Add(time.Hour)
	rep := acme.As(acme.Rep, tenant.LevelOwn, "calendar_event:create", "calendar_event:read")
	if err := w.Tx(t.Context(), acme.Company, rep, func(tx *tenant.Tx) error {
		_, err := crm.CreateCalendarEvent(t.Context(), tx, crm.NewCalendarEvent{Title: "meet", StartsAt: &starts, RRule: "FREQ=DAILY;COUNT=2", AttendeeIDs: []tenant.MemberID{acme.Rep2}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.worker()
	for day := range 2 {
		w.Clock.Set(starts.Add(-15*time.Minute).AddDate(0, 0, day))
		r.WaitAccepted(t, day+1)
		w.eventually("both are notified", func() bool {
			var told int
			w.read(acme, func(q *tenant.Query) error {
				return q.Get(t.Context(), &told, `SELECT COUNT(*) FROM company.notifications WHERE kind = 'calendar_event.due' AND member_id IN (?, ?)`, acme.Rep, acme.Rep2)
			})
			return told == 2*(day+1)
		})
	}
	w.nothingDue(acme.ID, crm.ReminderWork)
}

func TestSilenceIsCheckedEveryDay(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme", func(tx *tenant.Tx) error {
		return tx.Schedule(context.Background(), crm.SilenceWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, tx.Now)
	})
	w.worker()
	w.eventually("the next check is due tomorrow", func() bool {
		at := w.dueAt(acme.ID, crm.SilenceWork)
		return at.After(w.Clock.Now()) && !at.After(w.Clock.Now().Add(24*time.Hour))
	})
}

func TestADeletedFieldGoesAfterAMonth(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	w.tx(acme, func(tx *tenant.Tx) error {
		f, err := crm.CreateCustomField(context.Background(), tx, crm.NewCustomField{Resource: "customer", Type: "text", Label: crm.FieldLabel{EN: "Old"}})
		if err != nil {
			return err
		}
		return crm.DeleteCustomField(context.Background(), tx, f.ID, 0)
	})
	w.worker("maintenance")
	w.Clock.Advance(30 * 24 * time.Hour)
	w.eventually("the field is gone", func() bool {
		var left int
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &left, `SELECT COUNT(*) FROM company.custom_fields`)
		})
		return left == 0
	})
	w.nothingDue(acme.ID, crm.CustomFieldWork)
}

// dueAt is when the company's work of a kind is due, or the zero time.
func (w *world) dueAt(company tenant.CompanyID, kind string) (at time.Time) {
	w.t.Helper()
	db := w.database()
	defer func() { _ = db.Close() }()
	err := db.QueryRow("SELECT due_at FROM `"+w.Config.Prefix+"_cluster`.due WHERE company_id = ? AND kind = ?", company[:], kind).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		w.t.Fatal(err)
	}
	return at
}

// handedOut returns the company's work of a kind that was handed out and is not done.
func (w *world) handedOut(company tenant.CompanyID, kind string) []tenant.Due {
	w.t.Helper()
	db := w.database()
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT ref, lane, generation FROM `"+w.Config.Prefix+"_cluster`.due WHERE company_id = ? AND kind = ? AND claimed = 1", company[:], kind)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []tenant.Due
	for rows.Next() {
		d := tenant.Due{Company: company, Kind: kind}
		if err := rows.Scan(&d.Ref, &d.Lane, &d.Generation); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// database opens the installation's server past the product.
func (w *world) database() *sql.DB {
	w.t.Helper()
	cfg, err := mysql.ParseDSN(w.Config.DSN)
	if err != nil {
		w.t.Fatal(err)
	}
	cfg.ParseTime = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return sql.OpenDB(connector)
}

func TestHousekeepingPurgesAndComesBack(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	e := w.endpoint(acme, "http://127.0.0.1:1/hooks", "customer.created")
	stop := w.worker()
	w.emit(acme, "customer.created", 3)
	w.eventually("planned", func() bool { return w.count(acme, plugins.Pending) == 3 })
	w.tx(acme, func(tx *tenant.Tx) error { return plugins.DeleteEndpoint(t.Context(), tx, e.ID, 0) })
	w.Clock.Advance(time.Hour)
	w.eventually("cancelled", func() bool { return w.count(acme, plugins.Cancelled) == 3 })
	stop()
	w.Clock.Advance(91 * 24 * time.Hour)
	w.worker("maintenance")
	var left int
	w.eventually("old changes and deliveries are gone", func() bool {
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &left, `SELECT (SELECT COUNT(*) FROM company.deliveries) + (SELECT COUNT(*) FROM company.changes WHERE seq IS NOT NULL)`)
		})
		return left == 0
	})
	w.eventually("the next round is due within a day", func() bool {
		at := w.dueAt(acme.ID, tenant.HousekeepingWork)
		return at.After(w.Clock.Now()) && !at.After(w.Clock.Now().Add(24*time.Hour))
	})
}

// mailing returns a service that leaves mail to the worker.
func (w *world) mailing(t *testing.T) *auth.Service {
	t.Helper()
	service, err := auth.New(auth.Config{
		Directory: w.Directory, Redis: w.redis, PublicURL: "https://crm.example", Mail: true, Hashing: auth.Hashing{MemoryKiB: 16, Passes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	return service
}

func TestInvitationsAreMailed(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	post := plugintest.NewMailServer(t)
	post.Refuse(true)
	service := w.mailing(t)
	email := "new@acme.example"
	admin := acme.As(acme.Admin, tenant.LevelAll, "invitation:create")
	admin.Limits["seats"] = 10
	if err := w.Tx(t.Context(), acme.Company, admin, func(tx *tenant.Tx) error {
		_, err := service.Invite(t.Context(), tx, auth.NewInvitation{Email: email, Roles: []string{"rep"}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.start(Config{Auth: service, Mail: post.Server})
	w.eventually("a refused mail waits", func() bool {
		n, err := w.redis.Keys(t.Context(), "guanxi:failures:invitation_mail:*").Result()
		return err == nil && len(n) == 1
	})
	post.Refuse(false)
	w.eventually("the mail arrives", func() bool {
		w.Clock.Advance(10 * time.Second)
		time.Sleep(100 * time.Millisecond)
		return len(post.All()) > 0
	})
	mail := post.All()[0]
	for _, want := range []string{"From: \"Guanxi\" <no-reply@crm.example>", "To: <" + email + ">", "text/plain", "text/html", "https://crm.example/invite/"} {
		if !strings.Contains(strings.ReplaceAll(mail, "=\r\n", ""), want) {
			t.Errorf("the mail lacks %q:\n%s", want, mail)
		}
	}
	w.nothingDue(acme.ID, auth.MailKind)
}

func TestAForgottenPasswordIsMailed(t *testing.T) {
	w := newWorld(t)
	service, post := w.mailing(t), plugintest.NewMailServer(t)
	in := auth.SignUp{Name: "陈晨", Email: "chen@acme.example", Password: "correct horse battery", Locale: "zh-CN"}
	in.Company.Name = "Acme"
	out, err := service.SignUp(t.Context(), in, auth.Client{IP: "203.0.113.7"}, "", func(context.Context, *tenant.Tx, tenant.MemberID) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Forgot(t.Context(), auth.Forgot{Identifier: in.Email}, auth.Client{IP: "203.0.113.7"}); err != nil {
		t.Fatal(err)
	}
	w.start(Config{Auth: service, Mail: post.Server})
	w.eventually("the mail arrives", func() bool { return len(post.All()) > 0 })
	mail := strings.ReplaceAll(post.All()[0], "=\r\n", "")
	_, rest, _ := strings.Cut(mail, "https://crm.example/reset/")
	token, _, _ := strings.Cut(rest, "\r\n")
	if !strings.Contains(mail, "To: <chen@acme.example>") || len(token) != 64 {
		t.Fatalf("token %q in:\n%s", token, mail)
	}
	if err := service.ResetPassword(t.Context(), auth.Reset{Token: token, Password: "another long phrase"}, auth.Client{IP: "203.0.113.7"}, nil); err != nil {
		t.Error(err)
	}
	w.eventually("they are told that it was changed", func() bool { return len(post.All()) == 2 })
	w.nothingDue(out.Company.ID, auth.AccountMailKind)
	company, err := w.Directory.Company(t.Context(), out.Company.ID)
	if err != nil {
		t.Fatal(err)
	}
	var left int
	w.eventually("nothing is left of them", func() bool {
		w.read(&tenanttest.Company{Company: company}, func(q *tenant.Query) error {
			return q.Get(t.Context(), &left, `SELECT COUNT(*) FROM company.account_mails`)
		})
		return left == 0
	})
}

func TestAPanicIsPutBackAndGivenUpInTheEnd(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	worker, err := New(Config{Tenants: w.Directory, Redis: w.redis, Connectors: w.connectors})
	if err != nil {
		t.Fatal(err)
	}
	worker.table[crm.ReminderWork] = func(context.Context, *tenant.Company, []tenant.Due) error { panic("boom") }
	ref := tenant.RecordID(tenant.NewMemberID())
	w.tx(acme, func(tx *tenant.Tx) error {
		return tx.Schedule(t.Context(), crm.ReminderWork, ref, tenant.RecordID{}, tx.Now)
	})
	cluster, err := w.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	k := kindNamed(crm.ReminderWork)
	last := time.Duration(0)
	for n := 1; n <= k.patience; n++ {
		due, err := cluster.Claim(t.Context(), k.name, w.Clock.Now().Add(2*longestPause), k.window)
		if err != nil || len(due) != 1 {
			t.Fatalf("try %d: %d rows, %v", n, len(due), err)
		}
		if n > 1 {
			if wait := due[0].At.Sub(w.Clock.Now()); wait < last || wait > longestPause {
				t.Errorf("pause after %d failures is %s, the one before %s", n-1, wait, last)
			} else {
				last = wait
			}
		}
		if err := worker.process(t.Context(), task(t, due[0])); err != nil {
			t.Errorf("asynq would repeat the task: %v", err)
		}
	}
	w.nothingDue(acme.ID, crm.ReminderWork)
	if err := worker.process(t.Context(), asynq.NewTask("reminder", []byte("{"))); err != nil {
		t.Errorf("a task that cannot be read: %v", err)
	}
}

func TestADeliveryWithoutAChannelIsGivenUpVisibly(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	w.receiver(acme)
	stop := w.worker("reminders")
	w.emit(acme, "customer.created", 1)
	w.eventually("planned", func() bool { return w.count(acme, plugins.Pending) == 1 })
	stop()
	w.wipe()
	w.connectors = plugins.Connectors{}
	w.worker()
	w.eventually("given up", func() bool {
		w.Clock.Advance(2 * time.Hour)
		time.Sleep(50 * time.Millisecond)
		return w.count(acme, plugins.GivenUp) == 1
	})
	w.nothingDue(acme.ID, plugins.EventWork)
}

func TestOnePoisonedEventDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	r, _ := w.receiver(acme, "customer.*")
	other, _ := w.receiver(globex)
	w.tx(acme, func(tx *tenant.Tx) error {
		return tx.Emit(t.Context(), tenant.Event{
			Type: "customer.lifecycle_changed", Resource: "customer", Record: tenant.RecordID(tenant.NewMemberID()), Data: "not a customer",
		})
	})
	w.emit(acme, "customer.created", 2)
	w.emit(globex, "customer.created", 1)
	w.worker()
	other.WaitAccepted(t, 1)
	r.WaitAccepted(t, 3)
}

func TestPlatformChores(t *testing.T) {
	w := newWorld(t)
	worker, err := New(Config{Tenants: w.Directory, Redis: w.redis, Billing: billing.New(billing.Config{Directory: w.Directory})})
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.doChores(t.Context(), true); err != nil {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := worker.doChores(gone, true); err == nil {
		t.Error("chores succeed without a database")
	}
}

// task is a row as the dispatcher hands it out.
func task(t *testing.T, due ...tenant.Due) *asynq.Task {
	t.Helper()
	made, err := newTask(due)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestWorkThatFailsTogetherIsDoneAlone(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	worker, err := New(Config{Tenants: w.Directory, Redis: w.redis, Connectors: w.connectors})
	if err != nil {
		t.Fatal(err)
	}
	var due []tenant.Due
	for n := range 5 {
		company := acme.ID
		if n >= 3 {
			company = globex.ID
		}
		due = append(due, tenant.Due{Company: company, Kind: crm.ReminderWork, Ref: tenant.RecordID(tenant.NewMemberID())})
	}
	tasks := grouped(due, 2)
	if len(tasks) != 3 || len(tasks[0]) != 2 || len(tasks[1]) != 1 || len(tasks[2]) != 2 {
		t.Fatalf("tasks %v", tasks)
	}
	if taskID(tasks[0]) == taskID(tasks[0][:1]) || taskID(tasks[0]) == taskID(tasks[2]) {
		t.Error("different tasks share an id")
	}
	var alone []tenant.RecordID
	worker.table[crm.ReminderWork] = func(_ context.Context, _ *tenant.Company, due []tenant.Due) error {
		if len(due) > 1 {
			return errors.New("one of us is bad")
		}
		alone = append(alone, due[0].Ref)
		return nil
	}
	if err := worker.process(t.Context(), task(t, tasks[0]...)); err != nil || len(alone) != 2 {
		t.Errorf("done alone: %v, %v", alone, err)
	}
}

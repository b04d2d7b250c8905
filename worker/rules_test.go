package worker

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// as runs fn as a member with the rights that the member has.
func (w *world) as(c *tenanttest.Company, member tenant.MemberID, fn func(*tenant.Tx) error) {
	w.t.Helper()
	w.tx(c, func(tx *tenant.Tx) error {
		caller, err := callerFor(context.Background(), tx.Query, member)
		if err != nil {
			return err
		}
		return fn(tx.As(caller))
	})
}

func (w *world) rule(c *tenanttest.Company, in crm.NewRule) (r crm.Rule) {
	w.t.Helper()
	in.Name, in.Resource = "a rule", "customer"
	w.as(c, c.Admin, func(tx *tenant.Tx) (err error) {
		r, err = crm.CreateRule(context.Background(), tx, in, plugins.Outlets{})
		return err
	})
	return r
}

func (w *world) customer(c *tenanttest.Company, name string) (made crm.Customer) {
	w.t.Helper()
	w.as(c, c.Rep, func(tx *tenant.Tx) (err error) {
		made, err = crm.CreateCustomer(context.Background(), tx, crm.NewCustomer{Name: name})
		return err
	})
	return made
}

// runs counts the company's runs with the outcome.
func (w *world) runs(c *tenanttest.Company, outcome string) (n int) {
	w.t.Helper()
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &n, `SELECT COUNT(*) FROM company.rule_runs WHERE outcome = ?`, outcome)
	})
	return n
}

func (w *world) tasksOf(c *tenanttest.Company) (n int) {
	w.t.Helper()
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &n, `SELECT COUNT(*) FROM company.tasks`)
	})
	return n
}

var onCreation = crm.RuleTrigger{Type: "event", Events: []string{"customer.created"}}

func TestRulesReachTheirOutletAlone(t *testing.T) {
	ding := plugintest.NewDingTalk(t, "")
	w := newWorld(t, vendors{dingtalk: ding.URL})
	acme := w.Company(t, "acme")
	bot := w.bot(acme, "dingtalk", ding.WebhookURL(), "", "task.due")
	r, endpoint := w.receiver(acme, "task.due")
	other, _ := w.receiver(acme)
	w.rule(acme, crm.NewRule{Trigger: onCreation, Actions: []crm.RuleAction{
		{Type: "send_to_bot", PluginID: bot.ID.String(), Text: "Welcome {{customer.name}}"}, {Type: "call_webhook", EndpointID: endpoint.String()},
	}})
	w.worker()
	c := w.customer(acme, "云帆科技")
	if got := ding.WaitAccepted(t, 1)[0]; !bytes.Contains(got.Body, []byte("Welcome 云帆科技")) || !bytes.Contains(got.Body, []byte("https://crm.example/customers/"+c.ID.String())) {
		t.Errorf("message %s", got.Body)
	}
	if got := r.WaitAccepted(t, 1)[0]; !bytes.Contains(got.Body, []byte(`"type":"rule.fired"`)) || !bytes.Contains(got.Body, []byte(`"name":"云帆科技"`)) {
		t.Errorf("event %s", got.Body)
	}
	for _, got := range other.WaitAccepted(t, 2) { // the rule's own creation, and the customer's
		if bytes.Contains(got.Body, []byte("rule.fired")) {
			t.Errorf("another endpoint got %s", got.Body)
		}
	}
}

// TestARunThatIsCutOffIsDoneOnce loses a run between its work and its commit, and repeats one that has committed.
func TestARunThatIsCutOffIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	w.rule(acme, crm.NewRule{Trigger: onCreation, Actions: []crm.RuleAction{{Type: "create_task", To: "owner", Title: "x"}}})
	stop := w.worker("mail") // relays and hands out, and does none of it
	w.customer(acme, "a")
	w.eventually("the run is handed out", func() bool { return len(w.handedOut(acme.ID, crm.RuleWork)) == 1 })
	stop()
	due := w.handedOut(acme.ID, crm.RuleWork)[0]
	system := tenant.System()
	lost := errors.New("the machine is switched off")
	err := w.Tx(t.Context(), acme.Company, &system, func(tx *tenant.Tx) error {
		if current, err := tx.Begin(t.Context(), due); err != nil || !current {
			t.Fatal(current, err)
		}
		return errors.Join(ruleRunner.Run(t.Context(), tx, crm.RuleRunID(due.Ref)), lost)
	})
	if !errors.Is(err, lost) || w.tasksOf(acme) != 0 || w.runs(acme, crm.RunPending) != 1 {
		t.Fatalf("%v; %d tasks of a run that did not commit", err, w.tasksOf(acme))
	}
	worker, err := New(Config{Tenants: w.Directory, Redis: w.redis, Connectors: w.connectors})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // the queue may hand a task out again after it was done
		if err := worker.runRules(t.Context(), acme.Company, []tenant.Due{due}); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.tasksOf(acme); n != 1 || w.runs(acme, crm.RunDone) != 1 {
		t.Errorf("%d tasks of one run", n)
	}
	w.nothingDue(acme.ID, crm.RuleWork)
}

// TestARunIsLostWithRedisAndComesBack wipes the queue while runs stand in it.
func TestARunIsLostWithRedisAndComesBack(t *testing.T) {
	const n = 40
	w := newWorld(t)
	acme := w.Company(t, "acme")
	w.rule(acme, crm.NewRule{Trigger: onCreation, Actions: []crm.RuleAction{{Type: "create_task", To: "owner", Title: "x"}}})
	stop := w.worker("mail")
	for range n {
		w.customer(acme, "a")
	}
	w.eventually("the runs are handed out", func() bool { return len(w.handedOut(acme.ID, crm.RuleWork)) == n })
	stop()
	w.wipe()
	w.worker()
	w.eventually("all are done", func() bool {
		w.Clock.Advance(10 * time.Second)
		time.Sleep(100 * time.Millisecond)
		return w.runs(acme, crm.RunDone) == n
	})
	if got := w.tasksOf(acme); got != n {
		t.Errorf("%d tasks of %d runs", got, n)
	}
}

// TestTenThousandRunsAreFair has one company with ten thousand runs and another with one.
func TestTenThousandRunsAreFair(t *testing.T) {
	const n = 10_000
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	w.tx(acme, func(tx *tenant.Tx) error { return insertCustomers(tx, acme.Rep, n) })
	for _, c := range []*tenanttest.Company{acme, globex} {
		w.rule(c, crm.NewRule{Trigger: onCreation, Actions: []crm.RuleAction{{Type: "add_tag", Tag: "x"}}})
	}
	daily := w.rule(acme, crm.NewRule{Trigger: crm.RuleTrigger{Type: "schedule", RRule: "FREQ=DAILY"}, Actions: []crm.RuleAction{{Type: "add_tag", Tag: "y"}}})
	w.Clock.Set(*daily.NextAt)
	w.worker()
	w.eventually("all runs are made", func() bool {
		return w.runs(acme, crm.RunPending) > n/2 && w.dueAt(acme.ID, crm.RuleClockWork).After(w.Clock.Now())
	})
	w.customer(globex, "waits for nobody")
	started := time.Now()
	w.eventually("the other company's run is done", func() bool { return w.runs(globex, crm.RunDone) == 1 })
	left := w.runs(acme, crm.RunPending)
	t.Logf("done after %s, while %d of %d others waited", time.Since(started), left, n)
	if left < n/2 {
		t.Errorf("it waited for %d runs of the other company", n-left)
	}
}

// insertCustomers writes customers past the product's checks, as fast as the server takes them.
func insertCustomers(tx *tenant.Tx, owner tenant.MemberID, n int) error {
	ctx := context.Background()
	rows := tx.Bulk(`INSERT INTO company.customers (id, name, name_key, name_sort, search_text, owner_id, lifecycle, lifecycle_since, silence_from,
		owner_since, created_at, updated_at, contact_name, website, address, industry, source, note, lost_reason, do_not_contact, consents, custom,
		silence_reminded, version) VALUES`, 24, "")
	for range n {
		id := tenant.RecordID(uuid.Must(uuid.NewV7()))
		if err := rows.Add(ctx, id, "x", "x", "x", "x", owner, crm.Potential, tx.Now, tx.Now, tx.Now, tx.Now, tx.Now, "", "", "", "", "", "", "", 0, "{}", "{}", 0, 1); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

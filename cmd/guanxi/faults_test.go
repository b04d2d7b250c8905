package main

import (
	"net/http"
	"testing"
	"time"
)

// ordeal is how hard the faults are.
type ordeal struct {
	*installation
	// events is how many writes each fault gets.
	events int
	// hasty lets time pass in the database where the product waits for a minute to be over.
	hasty bool
}

// TestFaults kills and wipes what the product stands on. After each fault every acknowledged write is there
// exactly once and every event was delivered at least once.
func TestFaults(t *testing.T) {
	faults(t, &ordeal{installation: install(t, "gxfaults"), events: 160, hasty: true})
}

func faults(t *testing.T, o *ordeal) {
	t.Run("worker killed in mid-delivery", o.workerKilled)
	t.Run("worker dead when reminders are due", o.remindersMissed)
	t.Run("Redis wiped and killed", o.redisWiped)
	t.Run("MariaDB killed under writes", o.databaseKilled)
	t.Run("receiver down and slow", o.receiverDown)
	t.Run("server killed between a file and its record", o.uploadCut)
	t.Run("server killed in the middle of a file", o.uploadBroken)
}

// recovery is how long work may take that was handed out and lost: it counts as lost after a minute.
const recovery = 90 * time.Second

// minute is what passes when a process that died is given up and its work is handed out again.
func (o *ordeal) minute(t testing.TB) {
	t.Helper()
	if !o.hasty {
		return
	}
	o.exec(t, `UPDATE `+o.prefix+`_cluster.due SET expires_at = expires_at - INTERVAL 1 MINUTE WHERE claimed = 1`)
	o.exec(t, `UPDATE `+o.prefix+`_cluster.leases SET expires_at = expires_at - INTERVAL 1 MINUTE`)
}

func (o *ordeal) workerKilled(t *testing.T) {
	worker := o.work(t)
	c := o.signUp(t, "killed")
	r := c.listen(t, "customer.*")
	r.feel(holding)
	w := c.write(t, o.events)
	eventually(t, "deliveries are under way", patience, func() bool { return r.held() >= 10 })
	worker.kill(t)
	interrupted := r.events()
	r.feel(up)
	w.done.Wait()
	o.minute(t)
	o.work(t)
	w.check(t, r, recovery)
	for id, times := range r.events() {
		if interrupted[id] > 0 && times < 2 {
			t.Errorf("event %s was under way when the worker died, and did not come again", id)
		}
	}
}

// remindersMissed lets reminders fall due while there is no worker: the next one makes up for them.
func (o *ordeal) remindersMissed(t *testing.T) {
	worker := o.work(t)
	c := o.signUp(t, "missed")
	r := c.listen(t, "task.due")
	n, due := o.events/8, time.Now().Add(5*time.Second)
	for range n {
		o.post(t, c.admin, "/v1/tasks", object{"title": "Call", "due_at": due}).want(t, http.StatusCreated)
	}
	worker.kill(t)
	if left := time.Until(due); left < 0 {
		t.Fatalf("the worker died %s too late", -left)
	}
	eventually(t, "they are due", 10*time.Second, func() bool { return time.Now().After(due.Add(time.Second)) })
	if early := len(r.events()); early > 0 {
		t.Errorf("%d reminders without a worker", early)
	}
	o.minute(t)
	o.work(t)
	eventually(t, "every reminder arrives", recovery, func() bool { return len(r.ofType(t, "task.due")) == n })
	if told := len(o.get(t, c.admin, "/v1/notifications?limit=200").rows(t)); told != n {
		t.Errorf("%d notifications of %d reminders", told, n)
	}
}

func (o *ordeal) redisWiped(t *testing.T) {
	o.work(t)
	c := o.signUp(t, "wiped")
	r := c.listen(t, "customer.*")
	w := c.write(t, o.events)
	eventually(t, "some events are delivered", patience, func() bool { return len(r.events()) >= o.events/8 })
	if err := o.redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	w.await(t, o.events/2)
	if err := o.servers.KillRedis(); err != nil {
		t.Fatal(err)
	}
	w.await(t, o.events*3/4) // writing goes on without Redis
	if err := o.servers.StartRedis(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.done.Wait()
	o.minute(t)
	w.check(t, r, recovery)
}

func (o *ordeal) databaseKilled(t *testing.T) {
	o.work(t)
	c := o.signUp(t, "crashed")
	r := c.listen(t, "customer.*")
	w := c.write(t, 2*o.events)
	for _, part := range []int{1, 2} {
		w.await(t, part*o.events/2)
		if err := o.servers.KillMySQL(); err != nil {
			t.Fatal(err)
		}
		if err := o.servers.StartMySQL(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.done.Wait()
	o.minute(t)
	w.check(t, r, recovery)
}

func (o *ordeal) receiverDown(t *testing.T) {
	o.work(t)
	c := o.signUp(t, "down")
	r := c.listen(t, "customer.*")
	r.feel(down)
	w := c.write(t, o.events)
	eventually(t, "every delivery has failed", recovery, func() bool {
		var tried int
		if err := o.db.Get(&tried, `SELECT COUNT(*) FROM `+c.schema+`.deliveries WHERE attempts > 0`); err != nil {
			t.Fatal(err)
		}
		return tried == o.events
	})
	if n := len(r.events()); n > 0 {
		t.Errorf("%d events came while the receiver was down", n)
	}
	r.feel(slow)
	// Some have failed twice by now, which puts them off by five minutes.
	if o.hasty {
		o.exec(t, `UPDATE `+c.schema+`.deliveries SET next_attempt_at = next_attempt_at - INTERVAL 6 MINUTE WHERE status = 'pending'`)
		o.exec(t, `UPDATE `+o.prefix+`_cluster.due SET due_at = due_at - INTERVAL 6 MINUTE WHERE company_id = ?`, c.id)
	}
	w.check(t, r, 7*time.Minute)
}

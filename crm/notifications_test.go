package crm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) notifications(t testing.TB, filter string) []crm.Notification {
	t.Helper()
	return must[crm.Page[crm.Notification]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Notification], error) {
		return crm.ListNotifications(ctx, q, crm.ListQuery{Filter: filter})
	})).Data
}

// told returns the titles of everybody's notifications, as "member: title", and marks them all as read.
func (w *world) told(t testing.TB) []string {
	t.Helper()
	all := []string{}
	for name, p := range map[string]person{"rep": w.rep, "rep2": w.rep2, "manager": w.manager, "admin": w.admin} {
		for _, n := range p.notifications(t, "NOT read_at:*") {
			all = append(all, name+": "+n.Title)
		}
		if err := p.tx(t, func(tx *tenant.Tx) error { return crm.ReadNotifications(t.Context(), tx, nil) }); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	return all
}

func TestOldNotificationsArePurged(t *testing.T) {
	w := newWorld(t)
	purge := func() int {
		return must[int](t)(write(t, w.system(w.acme), func(ctx ctx, tx *tenant.Tx) (int, error) { return crm.PurgeNotifications(ctx, tx, 100) }))
	}
	w.manager.task(t, crm.NewTask{Title: "old", AssigneeID: &w.acme.Rep})
	w.react(t)
	w.Clock.Advance(90 * 24 * time.Hour)
	w.manager.task(t, crm.NewTask{Title: "new", AssigneeID: &w.acme.Rep})
	w.react(t)
	if n := purge(); n != 0 {
		t.Errorf("%d are gone before their time", n)
	}
	w.Clock.Advance(time.Second)
	if n := purge(); n != 1 {
		t.Errorf("%d are gone", n)
	}
	if left := w.rep.notifications(t, ""); len(left) != 1 || !strings.Contains(left[0].Title, "new") {
		t.Errorf("left is %+v", left)
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	w := newWorld(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		return tenant.UpdateMember(t.Context(), tx, tenant.Member{ID: w.acme.Manager, Name: "经理", Locale: "zh-CN"})
	}); err != nil {
		t.Fatal(err)
	}
	w.setSurvey(t, 0)
	c := w.rep.customer(t, "Acme\nLtd")
	task := w.rep.task(t, crm.NewTask{Title: "Send quote", DueAt: ptr(w.Clock.Now().Add(time.Hour))})
	var foreign crm.Customer
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"nobody is told of what they did", func() {}, nil},
		{"a move by the owner", func() { w.rep.move(t, c.ID, crm.Interested) }, []string{"manager: Acme Ltd：潜在 → 意向"}},
		{"a move by the manager", func() { w.manager.move(t, c.ID, crm.Won) }, []string{"rep: Acme Ltd: Interested → Won"}},
		{"a move by the admin", func() { w.admin.move(t, c.ID, crm.Interested) }, []string{"manager: Acme Ltd：成交 → 意向", "rep: Acme Ltd: Won → Interested"}},
		{"an edit", func() { w.admin.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("x")}) }, nil},
		{"a contact", func() { w.admin.logAt(t, c.ID, w.Clock.Now()) }, nil},
		{"a hand-over", func() { w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)}) }, []string{"rep2: Customer handed to you: Acme Ltd"}},
		{"a hand-over to oneself", func() { w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Manager)}) }, nil},
		{"into the pool", func() {
			foreign = w.admin.customer(t, "y")
			w.admin.update(t, foreign.ID, crm.CustomerPatch{OwnerID: patch.Null[tenant.MemberID]()})
			w.admin.move(t, foreign.ID, crm.Won)
		}, nil},
		{"a task for oneself", func() { w.rep.task(t, crm.NewTask{Title: "mine"}) }, nil},
		{"a task for somebody", func() { w.manager.task(t, crm.NewTask{Title: "Call", AssigneeID: &w.acme.Rep2}) }, []string{"rep2: New task: Call"}},
		{"it is done", func() { w.rep2.updateTask(t, w.rep2.tasks(t, "")[0].ID, crm.TaskPatch{Status: patch.Of("done")}) }, []string{"manager: 任务已完成：Call"}},
		{"a task of one's own is done", func() {
			w.rep.updateTask(t, w.rep.tasks(t, "title = mine")[0].ID, crm.TaskPatch{Status: patch.Of("done")})
		}, nil},
		{"a task changed", func() { w.manager.updateTask(t, task.ID, crm.TaskPatch{Note: patch.Of("x")}) }, nil},
		{"a task handed over", func() { w.manager.updateTask(t, task.ID, crm.TaskPatch{AssigneeID: patch.Of(w.acme.Rep2)}) }, []string{"rep2: New task: Send quote"}},
		{"a task due", func() { w.Clock.Advance(time.Hour); w.fire(t) }, []string{"rep2: Task due: Send quote"}},
		{"silence", func() { w.Clock.Advance(8 * 24 * time.Hour); w.checkSilence(t) }, []string{"manager: 1 个客户久未联系"}},
	} {
		step.do()
		w.react(t)
		if diff := cmp.Diff(append([]string{}, step.want...), w.told(t)); diff != "" {
			t.Errorf("%s: -want +got\n%s", step.name, diff)
		}
	}
	if got := w.stranger.notifications(t, ""); len(got) != 0 {
		t.Errorf("another company was told %+v", got)
	}
}

func TestNotificationIsWrittenOnceAndOnlyToActiveMembers(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	w.admin.move(t, c.ID, crm.Interested)
	changes := w.waiting(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, w.acme.Manager, tenant.MemberDeactivated)
	}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w.reactTo(t, changes...)
	}
	if got := w.rep.notifications(t, ""); len(got) != 1 || got[0].Kind != "customer.lifecycle_changed" || got[0].Link != "/customers/"+c.ID.String() ||
		got[0].Body != "Owner: acme rep" || got[0].ReadAt != nil {
		t.Errorf("the owner has %+v", got)
	}
	if got := w.manager.notifications(t, ""); len(got) != 0 {
		t.Errorf("one who left was told %+v", got)
	}
	quiet := changes[len(changes)-1]
	quiet.Quiet, quiet.EventID = true, tenant.NewEventID()
	w.reactTo(t, quiet)
	if got := w.rep.notifications(t, ""); len(got) != 1 {
		t.Error("a quiet change was announced")
	}
}

func TestReadingNotifications(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.manager.task(t, crm.NewTask{Title: strings.Repeat("长", 300), AssigneeID: &w.acme.Rep})
		w.manager.task(t, crm.NewTask{Title: "x", AssigneeID: &w.acme.Rep2})
	}
	w.react(t)
	unread := func(p person) int {
		t.Helper()
		return must[int](t)(read(t, p, crm.UnreadNotifications))
	}
	mine := w.rep.notifications(t, "")
	if len(mine) != 3 || unread(w.rep) != 3 || unread(w.admin) != 0 || len([]rune(mine[0].Title)) != 300 {
		t.Fatalf("%d notifications, %d unread", len(mine), unread(w.rep))
	}
	mark := func(p person, ids ...crm.NotificationID) {
		t.Helper()
		if err := p.tx(t, func(tx *tenant.Tx) error { return crm.ReadNotifications(t.Context(), tx, ids) }); err != nil {
			t.Fatal(err)
		}
	}
	mark(w.rep2, mine[0].ID)
	if unread(w.rep) != 3 || unread(w.rep2) != 3 {
		t.Error("somebody marked another's notification")
	}
	w.Clock.Advance(time.Minute)
	mark(w.rep, mine[0].ID)
	first := w.Clock.Now()
	w.Clock.Advance(time.Minute)
	mark(w.rep, mine[0].ID, mine[1].ID)
	if unread(w.rep) != 1 || len(w.rep.notifications(t, "read_at:*")) != 2 || len(w.rep.notifications(t, `read_at = "`+first.Format(time.RFC3339)+`"`)) != 1 {
		t.Error("marked again, or not marked")
	}
	mark(w.rep)
	if unread(w.rep) != 0 || unread(w.rep2) != 3 {
		t.Error("marking all marked too few or too many")
	}
}

func TestNotificationsOfAdminsAndTheirPages(t *testing.T) {
	w := newWorld(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(t.Context(), `INSERT INTO company.member_roles (member_id, role_id) VALUES (?, 'admin'), (?, 'rep')`, w.acme.Admin, w.acme.Rep); err != nil {
			return err
		}
		for range 5 {
			if err := tx.Emit(t.Context(), tenant.Event{Type: "plugin.disabled", Resource: "plugin", Record: tenant.RecordID{1}, Data: map[string]string{"name": "bot"}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.react(t)
	if got := w.rep.notifications(t, ""); len(got) != 0 {
		t.Errorf("a rep was told %+v", got)
	}
	seen := map[crm.NotificationID]bool{}
	in := crm.ListQuery{Limit: 2, Count: true}
	for {
		page := must[crm.Page[crm.Notification]](t)(read(t, w.admin, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Notification], error) {
			return crm.ListNotifications(ctx, q, in)
		}))
		for _, n := range page.Data {
			seen[n.ID] = true
		}
		if *page.Total != 5 {
			t.Errorf("total %d", *page.Total)
		}
		if page.NextCursor == nil {
			break
		}
		in.Cursor = *page.NextCursor
	}
	if len(seen) != 5 {
		t.Errorf("%d different notifications on all pages", len(seen))
	}
}

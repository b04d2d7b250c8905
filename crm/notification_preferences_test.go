package crm_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryPrefer(t testing.TB, in crm.NotificationPreferencesPatch) (crm.NotificationPreferences, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.NotificationPreferences, error) {
		return crm.UpdateNotificationPreferences(ctx, tx, in)
	})
}

func (p person) prefer(t testing.TB, in crm.NotificationPreferencesPatch) crm.NotificationPreferences {
	t.Helper()
	return must[crm.NotificationPreferences](t)(p.tryPrefer(t, in))
}

// by switches the channels of one kind.
func by(kind string, inApp, email bool) crm.NotificationPreferencesPatch {
	return crm.NotificationPreferencesPatch{Kinds: map[string]crm.ChannelChoice{kind: {InApp: &inApp, Email: &email}}}
}

// address gives a member an e-mail and a time zone; empty for none.
func (w *world) address(t testing.TB, member tenant.MemberID, email, zone string) {
	t.Helper()
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.members SET email = NULLIF(?, ''), timezone = NULLIF(?, '') WHERE id = ?`, email, zone, member)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// letter returns the mail of a notification and whether there is one.
func (w *world) letter(t testing.TB, id tenant.RecordID) (crm.Letter, bool) {
	t.Helper()
	l, err := read(t, w.system(w.acme), func(ctx ctx, q *tenant.Query) (crm.Letter, error) {
		return crm.NoticeLetter(ctx, q, crm.NotificationID(id), w.callerOf)
	})
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		t.Fatal(err)
	}
	return l, err == nil
}

// mail returns the only notification that waits for its mail, and when it leaves, and forgets it.
func (w *world) mail(t testing.TB) (id tenant.RecordID, at time.Time) {
	t.Helper()
	due := w.due(t, w.acme, crm.NoticeMailWork)
	if len(due) != 1 {
		t.Fatalf("%d mails are due", len(due))
	}
	for id, at = range due {
	}
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return tx.Unschedule(t.Context(), crm.NoticeMailWork, id) }); err != nil {
		t.Fatal(err)
	}
	return id, at
}

func TestNotificationPreferences(t *testing.T) {
	w := newWorld(t)
	kinds := func(p crm.NotificationPreferences, kind string) crm.NoticeKind {
		i := slices.IndexFunc(p.Kinds, func(k crm.NoticeKind) bool { return k.Kind == kind })
		if i < 0 {
			t.Fatalf("no kind %s", kind)
		}
		return p.Kinds[i]
	}
	usual := must[crm.NotificationPreferences](t)(read(t, w.rep, crm.GetNotificationPreferences))
	if diff := cmp.Diff(crm.NoticeKind{Kind: "task.due", Label: "A task of mine is due", Urgent: true, InApp: true, Email: true, Bot: true}, kinds(usual, "task.due")); diff != "" {
		t.Error(diff)
	}
	if usual.QuietHours != nil || usual.DigestHour != nil || slices.ContainsFunc(usual.Kinds, func(k crm.NoticeKind) bool { return k.Kind == "rule.fired" }) {
		t.Errorf("usual preferences %+v", usual)
	}
	quiet := crm.QuietHours{From: "22:00", Until: "08:00", UrgentPasses: true}
	in := by("task.assigned", true, false)
	in.QuietHours, in.DigestHour = patch.Of(quiet), patch.Of(8)
	got := w.rep.prefer(t, in)
	if kinds(got, "task.assigned").Email || !kinds(got, "task.assigned").InApp || *got.QuietHours != quiet || *got.DigestHour != 8 {
		t.Errorf("after the change %+v", got)
	}
	// The next change leaves alone what it does not name; another's preferences are another's.
	got = w.rep.prefer(t, by("task.completed", false, true))
	if kinds(got, "task.assigned").Email || kinds(got, "task.completed").InApp || got.QuietHours == nil {
		t.Errorf("after the second change %+v", got)
	}
	if diff := cmp.Diff(usual, must[crm.NotificationPreferences](t)(read(t, w.rep2, crm.GetNotificationPreferences))); diff != "" {
		t.Error(diff)
	}
	for name, row := range map[string]struct {
		in     crm.NotificationPreferencesPatch
		fields []string
	}{
		"of mail itself": {by("company.mail_server_failing", true, true), []string{"kinds.company.mail_server_failing.email"}},
		"unknown kind":   {by("rule.fired", true, true), []string{"kinds.rule.fired"}},
		"no time of day": {crm.NotificationPreferencesPatch{QuietHours: patch.Of(crm.QuietHours{From: "24:00", Until: "8:00"})}, []string{"quiet_hours.from", "quiet_hours.until"}},
		"the whole day":  {crm.NotificationPreferencesPatch{QuietHours: patch.Of(crm.QuietHours{From: "08:00", Until: "08:00"})}, []string{"quiet_hours.until"}},
		"no hour":        {crm.NotificationPreferencesPatch{DigestHour: patch.Of(24)}, []string{"digest_hour"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryPrefer(t, row.in)
			wantInvalid(t, err, row.fields...)
		})
	}
	if w.due(t, w.acme, crm.DigestWork)[tenant.RecordID(w.acme.Rep)].IsZero() {
		t.Error("no digest is due")
	}
	got = w.rep.prefer(t, crm.NotificationPreferencesPatch{QuietHours: patch.Null[crm.QuietHours](), DigestHour: patch.Null[int]()})
	if got.QuietHours != nil || got.DigestHour != nil || len(w.due(t, w.acme, crm.DigestWork)) != 0 {
		t.Errorf("switched off: %+v", got)
	}
}

func TestChannelsAndQuietHours(t *testing.T) {
	w := newWorld(t)
	w.address(t, w.acme.Rep, "rep@acme.example", "America/New_York") // 20:00 of the day before
	now := w.Clock.Now()
	assign := func() { w.manager.task(t, crm.NewTask{Title: "Call", AssigneeID: &w.acme.Rep}) }
	listed := func() int { return len(w.rep.notifications(t, "NOT read_at:*")) }

	assign()
	changes := w.waiting(t)
	w.reactTo(t, changes...)
	id, at := w.mail(t)
	if l, ok := w.letter(t, id); !ok || l.To != "rep@acme.example" || l.Title != "New task: Call" || !strings.HasPrefix(l.Link, "/tasks/") || !at.Equal(now) || listed() != 1 {
		t.Errorf("letter %+v at %s, %d listed", l, at, listed())
	}
	// Relayed again, it is the same notification, and no second mail once the first has left.
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.NoticeMailed(t.Context(), tx, crm.NotificationID(id)) }); err != nil {
		t.Fatal(err)
	}
	w.reactTo(t, changes...)
	again, _ := w.mail(t)
	if _, ok := w.letter(t, again); ok || again != id || listed() != 1 {
		t.Errorf("it is mailed twice, as %v and %v", id, again)
	}

	for name, row := range map[string]struct {
		inApp, email bool
		quiet        crm.QuietHours
		mails        int
		at           time.Time
	}{
		"neither":            {false, false, crm.QuietHours{}, 0, now},
		"in the product":     {true, false, crm.QuietHours{}, 0, now},
		"by mail":            {false, true, crm.QuietHours{}, 1, now},
		"before midnight":    {true, true, crm.QuietHours{From: "19:30", Until: "08:00"}, 1, now.Add(12 * time.Hour)},
		"after midnight":     {true, true, crm.QuietHours{From: "23:00", Until: "21:00"}, 1, now.Add(time.Hour)},
		"within a day":       {true, true, crm.QuietHours{From: "20:00", Until: "20:30"}, 1, now.Add(30 * time.Minute)},
		"over":               {true, true, crm.QuietHours{From: "19:00", Until: "20:00"}, 1, now},
		"not urgent":         {true, true, crm.QuietHours{From: "19:30", Until: "21:00", UrgentPasses: true}, 1, now.Add(time.Hour)},
		"not in their hours": {true, true, crm.QuietHours{From: "21:00", Until: "08:00"}, 1, now},
	} {
		t.Run(name, func(t *testing.T) {
			in := by("task.assigned", row.inApp, row.email)
			in.QuietHours = patch.Null[crm.QuietHours]()
			if row.quiet.From != "" {
				in.QuietHours = patch.Of(row.quiet)
			}
			w.rep.prefer(t, in)
			before := listed()
			assign()
			w.react(t)
			if shown := listed() - before; shown == 1 != row.inApp {
				t.Errorf("%d more are listed", shown)
			}
			if row.mails == 0 {
				if due := w.due(t, w.acme, crm.NoticeMailWork); len(due) != 0 {
					t.Errorf("mails are due: %v", due)
				}
				return
			}
			if _, at := w.mail(t); !at.Equal(row.at) {
				t.Errorf("leaves at %s, want %s", at, row.at)
			}
		})
	}
	t.Run("urgent", func(t *testing.T) {
		w.rep.prefer(t, crm.NotificationPreferencesPatch{QuietHours: patch.Of(crm.QuietHours{From: "00:00", Until: "23:59", UrgentPasses: true})})
		w.rep.task(t, crm.NewTask{Title: "Now", DueAt: ptr(now.Add(time.Hour))})
		w.Clock.Advance(time.Hour)
		w.fire(t)
		w.react(t)
		if _, at := w.mail(t); !at.Equal(w.Clock.Now()) {
			t.Errorf("a reminder is held until %s", at)
		}
	})
}

func TestMailsThatAreNotWantedAnyMore(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, w *world, task crm.Task){
		"wanted":       func(*testing.T, *world, crm.Task) {},
		"read":         func(t *testing.T, w *world, _ crm.Task) { w.told(t) },
		"switched off": func(t *testing.T, w *world, _ crm.Task) { w.rep.prefer(t, by("task.assigned", true, false)) },
		"out of reach": func(t *testing.T, w *world, task crm.Task) {
			w.manager.updateTask(t, task.ID, crm.TaskPatch{AssigneeID: patch.Of(w.acme.Rep2)})
		},
		"without e-mail": func(t *testing.T, w *world, _ crm.Task) { w.address(t, w.acme.Rep, "", "") },
		"gone": func(t *testing.T, w *world, _ crm.Task) {
			if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
				return tenant.SetMemberStatus(t.Context(), tx, w.acme.Rep, tenant.MemberDeactivated)
			}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.address(t, w.acme.Rep, "rep@acme.example", "")
			task := w.manager.task(t, crm.NewTask{Title: "Call", AssigneeID: &w.acme.Rep})
			w.react(t)
			id, _ := w.mail(t)
			change(t, w, task)
			if l, ok := w.letter(t, id); ok != (name == "wanted") {
				t.Errorf("letter %+v, %v", l, ok)
			}
		})
	}
}

// Who has lost a record cannot reach it, and is told of that all the same, by every channel.
func TestMailsOfWhatIsLost(t *testing.T) {
	w := newWorld(t)
	w.admin.setPool(t, crm.PoolSettings{Enabled: true})
	w.address(t, w.acme.Rep2, "rep2@acme.example", "")
	invite := func() crm.CalendarEvent {
		t.Helper()
		e := w.rep.event(t, crm.NewCalendarEvent{Title: "Kick-off", StartsAt: shanghai("03-09 10:00"), AttendeeIDs: []tenant.MemberID{w.acme.Rep2}})
		w.react(t)
		w.mail(t)
		return e
	}
	for name, row := range map[string]struct {
		kind string
		lose func(t *testing.T)
	}{
		"an event deleted": {"calendar_event.cancelled", func(t *testing.T) {
			if err := w.rep.tryDeleteEvent(t, invite().ID, crm.Extent{}); err != nil {
				t.Fatal(err)
			}
		}},
		"an event without them": {"calendar_event.cancelled", func(t *testing.T) {
			w.rep.updateEvent(t, invite().ID, crm.Extent{}, crm.CalendarEventPatch{AttendeeIDs: patch.Of([]tenant.MemberID{})})
		}},
		"a customer taken back": {"customer.returned", func(t *testing.T) {
			if err := w.manager.release(t, w.rep2.customer(t, "x").ID, "no budget"); err != nil {
				t.Fatal(err)
			}
		}},
		"a customer merged": {"customer.merged", func(t *testing.T) {
			w.admin.merge(t, w.rep.customer(t, "x").ID, w.rep2.customer(t, "x").ID, nil)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w.rep2.prefer(t, by(row.kind, true, true))
			row.lose(t)
			w.react(t)
			id, _ := w.mail(t)
			if l, ok := w.letter(t, id); !ok {
				t.Errorf("no letter: %+v", l)
			}
		})
	}
}

func TestTheBotSaysThatSomethingWaits(t *testing.T) {
	w := newWorld(t)
	use := func(id string) error {
		return w.admin.tx(t, func(tx *tenant.Tx) error {
			return crm.WriteNotificationSettings(t.Context(), tx, crm.NotificationSettings{BotID: id}, w.outlets)
		})
	}
	for _, id := range []string{endpoint, "plg_01h455vb4pex5vsknk084sn02z", "x"} {
		wantInvalid(t, use(id), "notifications.bot_id")
	}
	// ping tells the rep of a task, and then lets the bot do what is due.
	ping := func(then func()) []string {
		t.Helper()
		w.outlets.sent = nil
		w.manager.task(t, crm.NewTask{Title: "Call", AssigneeID: &w.acme.Rep})
		w.react(t)
		then()
		for id := range w.due(t, w.acme, crm.NoticeBotWork) {
			for range 2 { // the queue may hand it out again
				if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
					return crm.PingNotice(t.Context(), tx, crm.NotificationID(id), w.callerOf, w.outlets)
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if due := w.due(t, w.acme, crm.NoticeBotWork); len(due) != 0 {
			t.Errorf("still due: %v", due)
		}
		return w.outlets.sent
	}
	if got := ping(func() {}); len(got) != 0 {
		t.Errorf("without a bot: %q", got)
	}
	off := false
	for name, row := range map[string]struct {
		bot  string
		then func()
		want int
	}{
		"wanted":       {bot, func() {}, 1},
		"switched off": {offBot, func() {}, 0},
		"read":         {bot, func() { w.told(t) }, 0},
		"not wanted": {bot, func() {
			w.rep.prefer(t, crm.NotificationPreferencesPatch{Kinds: map[string]crm.ChannelChoice{"task.assigned": {Bot: &off}}})
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			on := true
			w.rep.prefer(t, crm.NotificationPreferencesPatch{Kinds: map[string]crm.ChannelChoice{"task.assigned": {Bot: &on}}})
			if err := use(row.bot); err != nil {
				t.Fatal(err)
			}
			if got := ping(row.then); len(got) != row.want || row.want == 1 && !strings.HasPrefix(got[0], bot+" notification.ping") {
				t.Errorf("sent %q", got)
			}
		})
	}
}

func TestDigest(t *testing.T) {
	w := newWorld(t)
	w.address(t, w.acme.Rep, "rep@acme.example", "")
	digest := func() (crm.Letter, bool) {
		t.Helper()
		l, err := read(t, w.system(w.acme), func(ctx ctx, q *tenant.Query) (crm.Letter, error) {
			return crm.DigestLetter(ctx, q, w.acme.Rep, w.callerOf)
		})
		if err != nil && !errors.Is(err, tenant.ErrNotFound) {
			t.Fatal(err)
		}
		return l, err == nil
	}
	done := func(composed time.Time) time.Time {
		t.Helper()
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.DigestDone(t.Context(), tx, w.acme.Rep, composed) }); err != nil {
			t.Fatal(err)
		}
		return w.due(t, w.acme, crm.DigestWork)[tenant.RecordID(w.acme.Rep)]
	}
	in := by("task.assigned", true, false)
	in.DigestHour = patch.Of(10)
	w.rep.prefer(t, in)
	today := w.Clock.Now().Add(time.Hour) // it is nine
	if at := w.due(t, w.acme, crm.DigestWork)[tenant.RecordID(w.acme.Rep)]; !at.Equal(today) {
		t.Errorf("due at %s", at)
	}
	w.Clock.Set(today)
	if l, ok := digest(); ok {
		t.Errorf("a digest of nothing: %+v", l)
	}
	w.manager.task(t, crm.NewTask{Title: "Call", AssigneeID: &w.acme.Rep})
	taken := w.manager.task(t, crm.NewTask{Title: "Taken away", AssigneeID: &w.acme.Rep})
	w.react(t)
	w.manager.updateTask(t, taken.ID, crm.TaskPatch{AssigneeID: patch.Of(w.acme.Rep2)})
	w.rep.task(t, crm.NewTask{Title: "Send\nquote", DueAt: ptr(today.Add(2 * time.Hour))})
	w.rep.task(t, crm.NewTask{Title: "Late", DueAt: ptr(today.Add(-time.Hour))})
	w.rep2.task(t, crm.NewTask{Title: "Another's", DueAt: ptr(today.Add(2 * time.Hour))})
	got, _ := digest()
	if diff := cmp.Diff(crm.Message{
		Title: "2026-03-02: 1 due today, 1 overdue",
		Lines: []string{"Tasks due today:", "- Send quote", "Overdue tasks:", "- Late", "Unread notifications:", "- New task: Call"}, Link: "/",
	}, got.Message); diff != "" || got.To != "rep@acme.example" {
		t.Errorf("to %s, -want +got\n%s", got.To, diff)
	}
	if next := done(today); !next.Equal(today.AddDate(0, 0, 1)) {
		t.Errorf("the next is due at %s", next)
	}
	if l, ok := digest(); ok {
		t.Errorf("a second one on the same day: %+v", l)
	}
	w.Clock.Advance(24 * time.Hour)
	if got, ok := digest(); !ok || slices.Contains(got.Lines, "- New task: Call") || !slices.Contains(got.Lines, "- Late") {
		t.Errorf("the next day %v, %+v", ok, got)
	}
	// What comes while it is on its way is for the next, also when another hour comes round on the same day.
	composed := w.Clock.Now()
	w.Clock.Advance(time.Minute)
	w.manager.task(t, crm.NewTask{Title: "Meanwhile", AssigneeID: &w.acme.Rep})
	w.react(t)
	w.Clock.Advance(time.Minute)
	done(composed)
	w.rep.prefer(t, crm.NotificationPreferencesPatch{DigestHour: patch.Of(18)})
	w.Clock.Set(composed.Add(8 * time.Hour))
	if l, ok := digest(); ok {
		t.Errorf("at another hour of the same day: %+v", l)
	}
	w.Clock.Set(done(w.Clock.Now()))
	w.rep.prefer(t, by("task.completed", true, false))
	if at := w.due(t, w.acme, crm.DigestWork)[tenant.RecordID(w.acme.Rep)]; !at.Equal(composed.Add(32 * time.Hour)) {
		t.Errorf("a digest that is due was moved to %s by another choice", at)
	}
	if got, _ := digest(); !slices.Contains(got.Lines, "- New task: Meanwhile") {
		t.Errorf("what came meanwhile is not in %+v", got)
	}
}

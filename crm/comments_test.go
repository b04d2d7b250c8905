package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// commenters returns the cast with the right to comment.
func commenters(w *world) *world {
	for _, p := range []*person{&w.rep, &w.rep2, &w.manager, &w.admin, &w.stranger} {
		for _, action := range []tenant.Permission{"comment:create", "comment:read", "comment:update", "comment:delete"} {
			p.caller.Levels[action] = p.caller.Levels["customer:read"]
		}
	}
	return w
}

func refOf(t testing.TB, id fmt.Stringer) (ref crm.RecordRef) {
	t.Helper()
	if err := ref.UnmarshalText([]byte(id.String())); err != nil {
		t.Fatal(err)
	}
	return ref
}

func (p person) tryComment(t testing.TB, record fmt.Stringer, body string) (crm.Comment, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Comment, error) {
		return crm.CreateComment(ctx, tx, crm.NewComment{Record: refOf(t, record), Body: body}, p.w.callerOf)
	})
}

func (p person) comment(t testing.TB, record fmt.Stringer, body string) crm.Comment {
	t.Helper()
	return must[crm.Comment](t)(p.tryComment(t, record, body))
}

func (p person) tryEditComment(t testing.TB, id crm.CommentID, body string, version int64) (crm.Comment, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Comment, error) {
		return crm.UpdateComment(ctx, tx, id, crm.CommentPatch{Body: body}, version, p.w.callerOf)
	})
}

func (p person) deleteComment(t testing.TB, id crm.CommentID) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteComment(t.Context(), tx, id, 0) })
}

func (p person) comments(t testing.TB, record fmt.Stringer) ([]string, error) {
	t.Helper()
	bodies := []string{}
	for in := (crm.ListQuery{Limit: 2}); ; {
		page, err := read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Comment], error) {
			return crm.ListComments(ctx, q, refOf(t, record), in)
		})
		if err != nil {
			return nil, err
		}
		for _, c := range page.Data {
			bodies = append(bodies, c.Body)
		}
		if page.NextCursor == nil {
			return bodies, nil
		}
		in.Cursor = *page.NextCursor
	}
}

func at(p person) string { return "<@" + p.id().String() + ">" }

func TestComments(t *testing.T) {
	w := commenters(newWorld(t))
	c := w.rep.customer(t, "云帆")
	task := w.rep.task(t, crm.NewTask{Title: "call", CustomerID: &c.ID})
	talk := w.rep.logAt(t, c.ID, w.Clock.Now())
	first := w.rep.comment(t, c.ID, "one")
	w.manager.comment(t, c.ID, "two "+at(w.rep)+", "+at(w.rep)+" <@usr_nobody> <@x>")
	w.rep.comment(t, c.ID, "three")
	w.rep.comment(t, task.ID, "of the task")
	w.rep.comment(t, talk.ID, "of the talk")
	want := []string{"one", "two " + at(w.rep) + ", " + at(w.rep) + " <@usr_nobody> <@x>", "three"}
	for _, p := range []person{w.rep, w.manager, w.admin} {
		if diff := cmp.Diff(want, must[[]string](t)(p.comments(t, c.ID))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, p := range []person{w.rep2, w.stranger} {
		_, err := p.comments(t, c.ID)
		wantError(t, err, tenant.ErrNotFound)
		_, err = read(t, p, func(ctx ctx, q *tenant.Query) (crm.Comment, error) { return crm.GetComment(ctx, q, first.ID) })
		wantError(t, err, tenant.ErrNotFound)
		_, err = p.tryComment(t, c.ID, "x")
		wantInvalid(t, err, "record_id")
		_, err = p.tryEditComment(t, first.ID, "x", 0)
		wantError(t, err, tenant.ErrNotFound)
		wantError(t, p.deleteComment(t, first.ID), tenant.ErrNotFound)
	}
	for body, field := range map[string]string{"": "body", " ": "body", strings.Repeat("x", 10_001): "body", at(w.stranger): "body"} {
		_, err := w.rep.tryComment(t, c.ID, body)
		wantInvalid(t, err, field)
	}
	changed := must[crm.Comment](t)(w.rep.tryEditComment(t, first.ID, "first", first.Version))
	if changed.Body != "first" || changed.Version != 2 || !changed.CreatedAt.Equal(first.CreatedAt) {
		t.Errorf("%+v", changed)
	}
	_, err := w.rep.tryEditComment(t, first.ID, "x", first.Version)
	wantError(t, err, tenant.ErrStale)
	second := must[crm.Comment](t)(w.manager.tryComment(t, c.ID, "mine"))
	_, err = w.rep.tryEditComment(t, second.ID, "x", 0)
	wantError(t, err, tenant.ErrDenied)
	wantError(t, w.rep.deleteComment(t, second.ID), tenant.ErrDenied)
	if err := w.manager.deleteComment(t, first.ID); err != nil { // the team's
		t.Fatal(err)
	}
	if got := must[[]string](t)(w.rep.comments(t, c.ID)); slices.Contains(got, "first") || len(got) != 3 {
		t.Errorf("%q", got)
	}
	if created, deleted := w.changesOf(t, "comment.created"), w.changesOf(t, "comment.deleted"); len(created) != 6 || len(deleted) != 1 ||
		created[0].OwnerAfter != w.acme.Rep || deleted[0].OwnerBefore != w.acme.Rep || decode[crm.Comment](t, created[0].Data).RecordTitle != "云帆" {
		t.Errorf("%+v %+v", created, deleted)
	}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	_, err = w.rep.comments(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)
}

func TestMentions(t *testing.T) {
	w := commenters(newWorld(t))
	c := w.rep.customer(t, "云帆")
	_, err := w.rep.tryComment(t, c.ID, "ask "+at(w.rep2)+" and "+at(w.manager))
	wantInvalid(t, err, "body")
	if err == nil || !strings.Contains(err.Error(), "acme rep 2") || strings.Contains(err.Error(), "manager") {
		t.Errorf("%v", err)
	}
	w.waiting(t)
	said := w.rep.comment(t, c.ID, "ask "+at(w.manager)+" and "+at(w.rep))
	if !slices.Equal(said.Mentions, []tenant.MemberID{w.acme.Manager, w.acme.Rep}) {
		t.Errorf("%v", said.Mentions)
	}
	w.manager.comment(t, c.ID, "yes")
	w.react(t)
	told := func(p person) []string {
		var titles []string
		for _, n := range p.notifications(t, "") {
			titles = append(titles, n.Kind+": "+n.Title+": "+n.Body+": "+n.Link)
		}
		return titles
	}
	link := "/customers/" + c.ID.String()
	if diff := cmp.Diff([]string{"comment.mentioned: acme rep mentioned you at 云帆: ask @acme manager and @acme rep: " + link}, told(w.manager)); diff != "" {
		t.Errorf("mentioned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"comment.created: acme manager commented on 云帆: yes: " + link}, told(w.rep)); diff != "" {
		t.Errorf("the owner (-want +got):\n%s", diff)
	}
	// An edit tells only who is mentioned anew.
	must[crm.Comment](t)(w.rep.tryEditComment(t, said.ID, "ask "+at(w.manager)+"!", 0))
	must[crm.Comment](t)(w.rep.tryEditComment(t, said.ID, "ask "+at(w.manager)+" or "+at(w.admin), 0))
	w.react(t)
	if got := told(w.manager); len(got) != 1 {
		t.Errorf("the manager is told again: %q", got)
	}
	if got := told(w.admin); len(got) != 1 || !strings.HasPrefix(got[0], "comment.mentioned") {
		t.Errorf("the admin is told %q", got)
	}
	// Who has lost the record by the time is not told any more.
	w.manager.comment(t, c.ID, at(w.rep))
	changes := w.waiting(t)
	w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	w.reactTo(t, changes...)
	if got := told(w.rep); len(got) != 1 {
		t.Errorf("the former owner is told %q", got)
	}
}

func TestWhatIsSaidAtPrivateEvents(t *testing.T) {
	c := newCabinet(t, 1000)
	w := commenters(c.world)
	e := w.rep.event(t, crm.NewCalendarEvent{
		Title: "doctor", StartsAt: shanghai("03-09 10:00"), Private: true, AttendeeIDs: []tenant.MemberID{w.acme.Rep2},
	})
	w.react(t)
	w.Clock.Advance(time.Minute) // what was told comes after the invitation
	said := w.rep.comment(t, e.ID, "at the clinic, "+at(w.rep2))
	must[crm.Comment](t)(w.rep.tryEditComment(t, said.ID, "at the hospital, "+at(w.rep2), 0))
	c.attach(t, w.rep, e.ID.String(), "blood.pdf", "x")
	for _, change := range w.waiting(t) { // which admins, programs and webhooks read
		if told := string(change.Data) + string(change.Previous); strings.Contains(told, "clinic") || strings.Contains(told, "hospital") ||
			strings.Contains(told, "doctor") || strings.Contains(told, "blood") {
			t.Errorf("%s tells %s", change.Type, told)
		}
		w.reactTo(t, change)
	}
	got := w.rep2.notifications(t, "")
	if len(got) == 0 || got[0].Title != "acme rep mentioned you at doctor" || got[0].Body != "at the hospital, @acme rep 2" || got[0].Link != "/calendar/"+e.ID.String() {
		t.Errorf("who is mentioned is told %+v", got)
	}
}

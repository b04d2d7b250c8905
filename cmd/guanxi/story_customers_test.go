package main

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func (s *story) customers(t *testing.T) {
	rep := s.acme.rep
	made := s.post(t, rep, "/v1/customers", object{
		"name": "云帆科技", "contact_name": "王志强", "phone": "138 0013 9000", "email": "wang@yunfan.example", "source": "exhibition", "tags": []string{"vip"},
	}).want(t, http.StatusCreated, `"+8613800139000"`, `"lifecycle":"potential"`, `"vip"`)
	at := "/v1/customers/" + made.id(t)
	if made.header.Get("Location") != at {
		t.Errorf("location %s, want %s", made.header.Get("Location"), at)
	}
	etag := s.get(t, rep, at).want(t, http.StatusOK, "云帆科技").header.Get("ETag")
	s.patch(t, rep, at, object{"industry": "aerospace", "tags": []string{"vip", "fair"}}, "If-Match", etag).want(t, http.StatusOK, `"fair"`)
	s.patch(t, rep, at, object{"industry": "logistics"}, "If-Match", etag).refused(t, http.StatusPreconditionFailed, "stale")
	s.patch(t, rep, at, object{"name": nil}).refused(t, http.StatusUnprocessableEntity, "invalid").want(t, 422, `"name"`)
	s.patch(t, rep, at, object{"email": nil}).want(t, http.StatusOK, `"email":null`)

	body := object{"name": "星河教育"}
	first := s.post(t, rep, "/v1/customers", body, "Idempotency-Key", "k-1").want(t, http.StatusCreated)
	if again := s.post(t, rep, "/v1/customers", body, "Idempotency-Key", "k-1").want(t, http.StatusCreated); again.id(t) != first.id(t) {
		t.Errorf("a repeat made %s beside %s", again.id(t), first.id(t))
	}
	s.post(t, rep, "/v1/customers", object{"name": "another"}, "Idempotency-Key", "k-1").refused(t, 422, "idempotency_key_reused")

	s.found(t, "q=yunfan", "云帆科技")
	s.found(t, "q=yfkj", "云帆科技")
	s.found(t, "q=0013+9000", "云帆科技")
	s.found(t, `filter=tags:"vip"`, "云帆科技")
	s.found(t, `filter=industry = "aerospace" AND owner = me AND lifecycle = "potential"&order_by=name`, "云帆科技")
	s.get(t, rep, "/v1/customers?filter="+url.QueryEscape(`colour = "red"`)).refused(t, 422, "invalid").want(t, 422, "lifecycle")
	s.pages(t)

	gone := "/v1/customers/" + first.id(t)
	s.remove(t, rep, gone).want(t, http.StatusNoContent)
	s.get(t, rep, gone).refused(t, http.StatusNotFound, "not_found")
	if tags := s.get(t, rep, "/v1/tags").column(t, "name"); !slices.Contains(tags, "vip") || !slices.Contains(tags, "fair") {
		t.Errorf("tags %q", tags)
	}
	s.post(t, s.acme.admin, "/v1/tags", object{"name": "VIP"}).want(t, http.StatusConflict)
}

// list returns a page of customers; the query is written as people would.
func (s site) list(t testing.TB, who person, query string) answer {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return s.get(t, who, "/v1/customers?"+values.Encode())
}

// found checks which customers a query of the rep's finds.
func (s *story) found(t *testing.T, query string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.list(t, s.acme.rep, query).column(t, "name")); diff != "" {
		t.Errorf("%s (-want +got)\n%s", query, diff)
	}
}

// pages turns over the whole list by cursors and compares it with one long page.
func (s *story) pages(t *testing.T) {
	t.Helper()
	whole := s.list(t, s.acme.rep, "order_by=name&limit=200&count=true")
	want := whole.column(t, "name")
	if total := whole.object(t)["total"]; total != float64(len(want)) {
		t.Errorf("total %v of %d customers", total, len(want))
	}
	var got []string
	for cursor := ""; ; {
		page := s.list(t, s.acme.rep, "order_by=name&limit=7&cursor="+cursor)
		got = append(got, page.column(t, "name")...)
		next, more := page.object(t)["next_cursor"].(string)
		if !more {
			break
		}
		cursor = url.QueryEscape(next)
		s.list(t, s.acme.rep, "order_by=created_at&cursor="+cursor).refused(t, 422, "invalid").want(t, 422, `"cursor"`)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages against the whole list (-whole +pages)\n%s", diff)
	}
}

func (s *story) work(t *testing.T) {
	rep := s.acme.rep
	customer := s.post(t, rep, "/v1/customers", object{"name": "Blue Harbor"}).want(t, http.StatusCreated).id(t)
	moves := "/v1/customers/" + customer + "/lifecycle"
	s.post(t, rep, moves, object{"to": "interested"}).want(t, http.StatusOK, `"lifecycle":"interested"`)
	s.post(t, rep, moves, object{"to": "potential"}).refused(t, http.StatusConflict, "illegal_lifecycle_move").want(t, 409, "Allowed from there: won, lost")
	s.post(t, rep, moves, object{"to": "lost"}).refused(t, 422, "invalid").want(t, 422, `"reason"`)
	if history := s.get(t, rep, moves).column(t, "to"); !slices.Equal(history, []string{"potential", "interested"}) {
		t.Errorf("history %q", history)
	}

	due := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, kind := range []string{"call", "email", "wechat", "meeting", "note"} {
		s.post(t, rep, "/v1/interactions", object{"customer_id": customer, "kind": kind, "summary": "Talked of prices."}).want(t, http.StatusCreated)
	}
	logged := s.post(t, rep, "/v1/interactions", object{
		"customer_id": customer, "kind": "call", "direction": "in", "minutes": 12, "summary": "Wants a trial.", "contacts": []string{"Anna"},
		"member_ids": []string{s.acme.manager.id}, "attachments": []object{{"name": "quote.pdf", "url": "https://files.acme.example/quote.pdf"}},
		"resolved": false, "next_step": "Send quote", "next_step_due_at": due,
	}).want(t, http.StatusCreated, `"resolved":false`, "quote.pdf")
	task := s.get(t, rep, "/v1/tasks/"+logged.text(t, "task_id")).want(t, http.StatusOK, "Send quote")
	if got := task.text(t, "due_at"); got != due.Format(time.RFC3339) {
		t.Errorf("the task is due at %s, want %s", got, due.Format(time.RFC3339))
	}
	if n := len(s.get(t, rep, "/v1/customers/"+customer+"/interactions").rows(t)); n != 6 {
		t.Errorf("%d interactions, want 6", n)
	}
	s.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"last_interaction_by":"`+rep.id, `"next_follow_up_at":"`+due.Format(time.RFC3339))
	s.patch(t, rep, "/v1/tasks/"+task.id(t), object{"status": "done"}).want(t, http.StatusOK, `"completed_at":"2`)
	s.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"next_follow_up_at":null`)
}

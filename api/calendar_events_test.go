package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestCalendarEvents(t *testing.T) {
	w := newWorld(t)
	rep, rep2, manager := w.acme.rep, w.acme.rep2, w.acme.manager
	customer := w.post(t, rep, "/v1/customers", `{"name":"云帆科技"}`).want(t, http.StatusCreated).id(t)
	body := fmt.Sprintf(`{"title":"Visit","kind":"visit","place":"上海","starts_at":"2026-03-09T10:00:00+08:00","ends_at":"2026-03-09T11:30:00+08:00","rrule":"FREQ=WEEKLY",
		"attendee_ids":[%q],"guests":[{"email":"wang@yunfan.example","name":"王志强"}],"customer_id":%q,"reminders":[{"minutes_before":30}]}`, rep2.id, customer)
	made := w.post(t, rep, "/v1/calendar-events", body).want(t, http.StatusCreated, `"starts_at":"2026-03-09T02:00:00Z"`, `"response":"needs_action"`, `"at":"2026-03-09T01:30:00Z"`, `"masked":false`)
	path := "/v1/calendar-events/" + made.id(t)
	w.get(t, rep2, path).want(t, http.StatusOK, "Visit", `!"name":"云帆科技"`)
	w.get(t, rep2, path+"?occurrence=2026-03-16T02:00:00Z").want(t, http.StatusOK, `"starts_at":"2026-03-16T02:00:00Z"`, `"occurrence":"2026-03-16T02:00:00Z"`)
	w.get(t, rep2, path+"?occurrence=2026-03-17").want(t, http.StatusNotFound)
	w.get(t, manager, path).want(t, http.StatusOK, "云帆科技")
	w.get(t, w.globex.admin, path).want(t, http.StatusNotFound)

	w.patch(t, rep2, path, `{"title":"x"}`).want(t, http.StatusForbidden, `"forbidden"`)
	w.post(t, rep2, path+"/respond", `{"response":"accepted"}`).want(t, http.StatusOK, `"response":"accepted"`)
	w.post(t, rep2, path+"/respond", `{"response":"perhaps"}`).want(t, http.StatusUnprocessableEntity, "response")
	w.post(t, rep, path+"/respond", `{"response":"accepted"}`).want(t, http.StatusConflict, `"not_invited"`)
	one := w.patch(t, rep, path+"?occurrence=2026-03-16T02:00:00Z", `{"starts_at":"2026-03-17T10:00:00+08:00"}`).
		want(t, http.StatusOK, `"series_id":"`+made.id(t), `"starts_at":"2026-03-17T02:00:00Z"`, `"occurrence":"2026-03-16T02:00:00Z"`).id(t)
	w.patch(t, rep, path+"?occurrence=2026-03-30T02:00:00Z&apply=following", `{"title":"Visits"}`).want(t, http.StatusOK, "Visits", `"rrule":"FREQ=WEEKLY"`)
	w.patch(t, rep, path+"?apply=everything", `{"title":"x"}`).want(t, http.StatusUnprocessableEntity, "apply")
	w.patch(t, rep, path, `{"title":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, path, `{"rrule":"FREQ=SECONDLY"}`).want(t, http.StatusUnprocessableEntity, `"field":"rrule"`)
	w.del(t, rep, path+"?occurrence=2026-03-23T02:00:00Z").want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/calendar?from=2026-03-01&to=2026-04-12").want(t, http.StatusOK, `"starts_at":"2026-03-09T02:00:00Z"`, `"starts_at":"2026-03-17T02:00:00Z"`,
		`!"starts_at":"2026-03-23T02:00:00Z"`, `"starts_at":"2026-03-30T02:00:00Z"`, `"starts_at":"2026-04-06T02:00:00Z"`, `"capped":false`)
	w.get(t, rep, "/v1/calendar-events?filter=repeats=true&q=visit").want(t, http.StatusOK, "Visits")

	w.post(t, rep, "/v1/calendar-events/"+one+"/interaction", `{"summary":"x"}`).want(t, http.StatusConflict, `"not_begun"`)
	today := w.post(t, rep, "/v1/calendar-events", fmt.Sprintf(`{"title":"Call","kind":"call","starts_at":"2026-03-02T08:30:00+08:00","customer_id":%q}`, customer)).want(t, http.StatusCreated).id(t)
	w.post(t, rep, "/v1/calendar-events/"+today+"/interaction", `{"summary":"Price agreed","next_step":"send quote"}`).want(t, http.StatusCreated, `"kind":"call"`, `"minutes":60`, `"occurred_at":"2026-03-02T00:30:00Z"`)
	w.del(t, rep, path).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/calendar-events/"+one).want(t, http.StatusNotFound)
	w.post(t, rep2, path+"/restore", ``).want(t, http.StatusForbidden)
	w.post(t, rep, path+"/restore", ``).want(t, http.StatusOK)
	w.get(t, rep, "/v1/calendar-events/"+one).want(t, http.StatusOK)
}

func TestCalendar(t *testing.T) {
	w := newWorld(t)
	rep, rep2, manager := w.acme.rep, w.acme.rep2, w.acme.manager
	w.post(t, rep, "/v1/calendar-events", `{"title":"Doctor","place":"clinic","starts_on":"2026-03-09","ends_on":"2026-03-10","private":true}`).
		want(t, http.StatusCreated, `"starts_on":"2026-03-09"`, `"ends_on":"2026-03-10"`, `"starts_at":"2026-03-08T16:00:00Z"`)
	w.post(t, rep, "/v1/tasks", `{"title":"Report","due_on":"2026-03-06","rrule":"FREQ=WEEKLY"}`).want(t, http.StatusCreated)
	week := "?from=2026-03-09&to=2026-03-16"
	w.get(t, rep, "/v1/calendar"+week).want(t, http.StatusOK, "Doctor", "Report", `"projected":true`)
	w.get(t, rep2, "/v1/calendar"+week+"&members="+rep.id).want(t, http.StatusOK, `"events":[]`, `"tasks":[]`)
	w.get(t, manager, "/v1/calendar"+week+"&members="+rep.id+","+rep2.id).want(t, http.StatusOK, "!Doctor", "!clinic", `"masked":true`, "Report")
	w.get(t, manager, "/v1/calendar"+week+"&members=all").want(t, http.StatusOK, "!Doctor", `"masked":true`)
	w.get(t, w.globex.admin, "/v1/calendar"+week+"&members="+rep.id).want(t, http.StatusOK, `"events":[]`, `"tasks":[]`)
	w.get(t, rep2, "/v1/calendar/busy"+week+"&members="+rep.id).want(t, http.StatusOK, `"all_day":true`, rep.id, "!Doctor")
	w.get(t, w.globex.admin, "/v1/calendar/busy"+week+"&members="+rep.id).want(t, http.StatusOK, `"data":[]`)
	for query, field := range map[string]string{
		"?from=monday": "from", "?from=2026-03-09&to=2026-03-09": "to", "?from=2026-01-01&to=2027-02-01": "to", "?members=me": "members",
	} {
		w.get(t, rep, "/v1/calendar"+query).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
	}
	w.get(t, rep, "/v1/calendar/busy?except=x").want(t, http.StatusUnprocessableEntity, `"field":"except"`)
}

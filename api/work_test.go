package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestTasks(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	path := "/v1/tasks/" + w.post(t, rep, "/v1/tasks", `{"title":"Send quote","due_at":"2026-03-03T15:00:00+08:00","checklist":[{"title":"Prices"}]}`).
		want(t, http.StatusCreated, `"due_at":"2026-03-03T07:00:00Z"`, `"at":"2026-03-03T07:00:00Z"`, `"status":"open"`, `"time_zone":"Asia/Shanghai"`, `"done":false`).id(t)
	w.patch(t, rep, path, `{"status":"done"}`).want(t, http.StatusOK, `"completed_at":"2026`)
	w.patch(t, rep, path, `{"status":"open","due_at":null,"checklist":[{"title":"Prices","done":true}]}`).want(t, http.StatusOK, `"completed_at":null`, `"due_at":null`, `"done":true`)
	assign := func(to string) string { return fmt.Sprintf(`{"title":"x","assignee_id":%q}`, to) }
	w.post(t, w.acme.manager, "/v1/tasks", assign(rep.id)).want(t, http.StatusCreated)
	w.post(t, rep, "/v1/tasks", assign(w.acme.rep2.id)).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`)
	w.post(t, w.acme.manager, "/v1/tasks", assign(w.acme.admin.id)).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`)
	w.post(t, rep, "/v1/tasks", `{"title":"x","due_at":"tomorrow"}`).want(t, http.StatusUnprocessableEntity, `"field":"due_at"`)
	w.post(t, rep, "/v1/tasks", `{"title":"x","due_on":"tomorrow"}`).want(t, http.StatusUnprocessableEntity, `"field":"due_on"`)
	w.patch(t, rep, path, `{"status":null}`).want(t, http.StatusUnprocessableEntity, `"field":"status"`)
	w.del(t, rep, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
	w.post(t, w.acme.rep2, path+"/restore", ``).want(t, http.StatusNotFound)
	w.post(t, rep, path+"/restore", ``).want(t, http.StatusOK, "Send quote")
	w.get(t, rep, path).want(t, http.StatusOK)
}

func TestTasksComeAgain(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	path := "/v1/tasks/" + w.post(t, rep, "/v1/tasks", `{"title":"Report","due_on":"2026-03-06","rrule":"FREQ=WEEKLY","reminders":[{"minutes_before":-600}]}`).
		want(t, http.StatusCreated, `"due_on":"2026-03-06"`, `"due_at":"2026-03-06T15:59:59Z"`, `"at":"2026-03-06T02:00:00Z"`, `"rrule":"FREQ=WEEKLY"`).id(t)
	w.patch(t, rep, path+"?apply=this", `{"title":"Report, short"}`).want(t, http.StatusOK, "short")
	w.patch(t, rep, path+"?apply=all", `{"title":"x"}`).want(t, http.StatusUnprocessableEntity, "apply")
	w.post(t, rep, path+"/snooze", `{"minutes":30}`).want(t, http.StatusOK, `"snoozed":true`)
	w.post(t, rep, path+"/snooze", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"minutes"`)
	w.post(t, rep, path+"/skip", ``, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.post(t, rep, path+"/skip", ``).want(t, http.StatusOK, `"due_on":"2026-03-13"`, `"title":"Report"`)
	w.get(t, rep, "/v1/tasks/agenda?days=30").want(t, http.StatusOK, `"date":"2026-03-02"`, `"due_on":"2026-03-13"`, `"count":1`)
	w.get(t, w.acme.rep2, "/v1/tasks/agenda?assignee=all").want(t, http.StatusOK, "!Report")
	w.get(t, w.acme.manager, "/v1/tasks/agenda?assignee="+rep.id+"&days=30").want(t, http.StatusOK, "Report")
	w.get(t, rep, "/v1/tasks/agenda?assignee=nobody").want(t, http.StatusUnprocessableEntity, `"field":"assignee"`)
	w.post(t, rep, "/v1/tasks/bulk", `{"matching":{"filter":"status = open"},"action":"complete"}`).want(t, http.StatusOK, `"changed":1`)
	w.get(t, rep, "/v1/tasks?filter=repeats=true").want(t, http.StatusOK, `"due_on":"2026-03-20"`, `!"due_on":"2026-03-13"`)
	w.post(t, rep, "/v1/tasks", `{"title":"x","due_on":"2026-03-06","rrule":"FREQ=SECONDLY"}`).want(t, http.StatusUnprocessableEntity, `"field":"rrule"`)
}

func TestNotificationsAndReports(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	w.get(t, rep, "/v1/notifications").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/notifications/unread-count").want(t, http.StatusOK, `"unread":0`)
	w.post(t, rep, "/v1/notifications/read", `{}`).want(t, http.StatusNoContent)

	w.post(t, rep, "/v1/customers", `{"name":"x","source":"fair"}`).want(t, http.StatusCreated)
	w.get(t, rep, "/v1/reports/conversion").want(t, http.StatusOK, `"source":"fair"`, `"created":1`)
	w.get(t, w.acme.rep2, "/v1/reports/conversion").want(t, http.StatusOK, "!fair")
	w.get(t, rep, "/v1/reports/conversion?from=2026-13-01").want(t, http.StatusUnprocessableEntity, `"field":"from"`)
	w.get(t, rep, "/v1/reports/conversion?from=2026-03-02&to=2026-03-01").want(t, http.StatusUnprocessableEntity, `"field":"to"`)
	w.get(t, rep, "/v1/reports/cohorts").want(t, http.StatusPaymentRequired, `"upgrade_required"`, `"plan":"pro"`, `"feature":"advanced_reports"`)
	w.setPlan(t, w.acme, "pro")
	w.get(t, rep, "/v1/reports/cohorts").want(t, http.StatusOK, `"source":"fair"`, `"won_within":[0]`)
	w.get(t, w.acme.rep2, "/v1/reports/cohorts").want(t, http.StatusOK, "!fair")
	w.get(t, w.globex.admin, "/v1/reports/cohorts").want(t, http.StatusPaymentRequired)
}

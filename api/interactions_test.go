package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/guanxi-crm/guanxi/billing"
)

func TestInteractions(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	customer := w.post(t, rep, "/v1/customers", `{"name":"云帆科技"}`).want(t, http.StatusCreated).id(t)
	body := fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"Price agreed","contacts":["王志强"],"member_ids":[%q],
		"attachments":[{"name":"quote.pdf","url":"https://files.example/quote.pdf"}],"resolved":false,
		"next_step":"send quote","next_step_due_at":"2026-03-03T07:00:00Z"}`, customer, w.acme.manager.id)
	made := w.post(t, rep, "/v1/interactions", body).want(t, http.StatusCreated, `"direction":"out"`, `"resolved":false`, "王志强", w.acme.manager.id, "tsk_")
	path := "/v1/interactions/" + made.id(t)
	w.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"last_interaction_by":"`+rep.id, `"next_follow_up_at":"2026-03-03T07:00:00Z"`)
	w.get(t, rep, "/v1/customers/"+customer+"/interactions").want(t, http.StatusOK, "Price agreed")
	w.get(t, rep, "/v1/interactions?filter=resolved=false").want(t, http.StatusOK, "Price agreed")
	w.get(t, rep, "/v1/tasks?filter=kind=follow_up").want(t, http.StatusOK, "send quote")
	w.get(t, w.acme.rep2, path).want(t, http.StatusNotFound)
	w.get(t, w.acme.rep2, "/v1/customers/"+customer+"/interactions").want(t, http.StatusNotFound)
	w.patch(t, rep, path, `{"resolved":true}`, "If-Match", `"1"`).want(t, http.StatusOK, `"resolved":true`)
	w.patch(t, rep, path, `{"resolved":false}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.post(t, w.acme.rep2, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"x"}`, customer)).
		want(t, http.StatusUnprocessableEntity, `"field":"customer_id"`)
	w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"fax","summary":"x"}`, customer)).want(t, http.StatusUnprocessableEntity, `"field":"kind"`)
	w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"x","attachments":[{"name":"a","url":"javascript:alert(1)"}]}`, customer)).
		want(t, http.StatusUnprocessableEntity, `"field":"attachments[0].url"`)
	w.del(t, rep, path).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"last_interaction_at":null`)
}

func TestInteractionDetails(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	log := func(who person, body string) answer {
		t.Helper()
		return w.post(t, who, "/v1/interactions", fmt.Sprintf(body, customer))
	}
	visit := log(rep, `{"customer_id":%q,"kind":"visit","summary":"看了样品","place":"浦东新区","latitude":31.2359291,"longitude":121.5006}`).
		want(t, http.StatusCreated, `"kind":"visit"`, `"place":"浦东新区"`, `"latitude":31.235929`, `"outcome":""`, `"contact_ids":[]`, `"assignee_id":null`)
	log(rep, `{"customer_id":%q,"kind":"call","summary":"x","outcome":"no_answer"}`).want(t, http.StatusCreated, `"outcome":"no_answer"`)
	for body, field := range map[string]string{
		`{"customer_id":%q,"kind":"sms","summary":"x","outcome":"busy"}`:                                           `"field":"outcome"`,
		`{"customer_id":%q,"kind":"call","summary":"x","outcome":"great"}`:                                         `"field":"outcome"`,
		`{"customer_id":%q,"kind":"visit","summary":"x","latitude":91,"longitude":0}`:                              `"field":"latitude"`,
		`{"customer_id":%q,"kind":"visit","summary":"x","longitude":0}`:                                            `"field":"latitude"`,
		`{"customer_id":%q,"kind":"call","summary":"x","contact_ids":["usr_01h455vb4pex5vsknk084sn02q"]}`:          `"field":"contact_ids[0]"`,
		`{"customer_id":%q,"kind":"call","summary":"x","attachment_ids":["att_01h455vb4pex5vsknk084sn02q"]}`:       `"field":"attachment_ids[0]"`,
		`{"customer_id":%q,"kind":"call","summary":"x","resolved":true,"assignee_id":"` + w.acme.manager.id + `"}`: `"field":"assignee_id"`,
	} {
		log(rep, body).want(t, http.StatusUnprocessableEntity, field)
	}
	path := "/v1/interactions/" + visit.id(t)
	w.patch(t, rep, path, `{"latitude":null,"longitude":null,"place":null}`).want(t, http.StatusOK, `"latitude":null`, `"place":""`)
	w.get(t, rep, "/v1/interactions?q=样品").want(t, http.StatusOK, visit.id(t))
	w.get(t, w.acme.rep2, "/v1/interactions?q=样品").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/interactions?filter=outcome%20%3D%20no_answer&count=true").want(t, http.StatusOK, `"total":1`)
	w.post(t, rep, path+"/task", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"title"`)
	w.patch(t, rep, path, `{"next_step":"Send quote"}`).want(t, http.StatusOK)
	task := w.post(t, rep, path+"/task", `{"due_on":"2026-03-06"}`).want(t, http.StatusCreated, `"title":"Send quote"`, `"kind":"follow_up"`, `"customer_id":"`+customer)
	w.post(t, rep, path+"/task", `{}`).want(t, http.StatusConflict, `"task_exists"`)
	w.get(t, rep, path).want(t, http.StatusOK, `"task_id":"`+task.id(t))
}

func TestInteractionQueue(t *testing.T) {
	w := newWorld(t)
	customer := w.customer(t, w.acme.rep, `{"name":"Acme"}`)
	w.setPlan(t, w.acme, billing.ProPlan) // for the seats
	service := w.invite(t, w.acme.admin, "service@acme.example", "Service", "service", w.acme.admin.id)
	marketing := w.invite(t, w.acme.admin, "marketing@acme.example", "Marketing", "marketing", w.acme.admin.id)
	const next = "/v1/interactions/queue/next"
	w.post(t, service, next, ``).want(t, http.StatusNoContent, "!null")
	open := w.post(t, w.acme.rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"wechat","direction":"in","summary":"坏了","resolved":false}`, customer)).want(t, http.StatusCreated)
	path := "/v1/interactions/" + open.id(t)
	w.get(t, service, "/v1/interactions?filter=resolved%20%3D%20false%20AND%20NOT%20assignee%3A*").want(t, http.StatusOK, open.id(t))
	for _, who := range []person{marketing, {}} {
		status := http.StatusForbidden
		if who.token == "" {
			status = http.StatusUnauthorized
		}
		w.post(t, who, next, ``).want(t, status)
		w.post(t, who, path+"/resolve", `{}`).want(t, status)
	}
	w.post(t, w.acme.rep2, next, ``).want(t, http.StatusNoContent)
	w.post(t, w.globex.admin, next, ``).want(t, http.StatusNoContent)
	taken := w.post(t, service, next, ``, "Idempotency-Key", "once").want(t, http.StatusOK, open.id(t), `"assignee_id":"`+service.id)
	w.post(t, service, next, ``, "Idempotency-Key", "once").want(t, http.StatusOK, open.id(t))
	w.post(t, service, next, ``).want(t, http.StatusNoContent)

	assign := func(who person, body string, headers ...string) answer {
		return w.post(t, who, path+"/assign", body, headers...)
	}
	assign(service, fmt.Sprintf(`{"assignee_id":%q}`, w.acme.rep2.id)).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`, `"out_of_scope"`)
	assign(service, fmt.Sprintf(`{"assignee_id":%q}`, w.globex.rep.id)).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`, `"unknown"`)
	assign(service, fmt.Sprintf(`{"assignee_id":%q}`, marketing.id)).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`)
	assign(service, `{}`).want(t, http.StatusUnprocessableEntity, `"field":"assignee_id"`)
	assign(service, `{"assignee_id":null}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	assign(service, fmt.Sprintf(`{"assignee_id":%q}`, w.acme.rep.id), "If-Match", taken.Header().Get("ETag")).want(t, http.StatusOK, `"assignee_id":"`+w.acme.rep.id)
	w.get(t, w.acme.rep, "/v1/interactions?filter=assignee%20%3D%20me").want(t, http.StatusOK, open.id(t))
	w.post(t, w.acme.rep, path+"/resolve", `{"resolution":"换了一台"}`).want(t, http.StatusOK, `"resolved":true`, `"resolution":"换了一台"`, `"resolved_by":"`+w.acme.rep.id)
	assign(service, `{"assignee_id":null}`).want(t, http.StatusConflict, `"interaction_resolved"`)
}

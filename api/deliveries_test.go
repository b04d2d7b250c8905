package api_test

import (
	"net/http"
	"testing"
)

func TestDeliveries(t *testing.T) {
	w := newWorld(t)
	endpoint, _ := w.webhookEndpoint(t)
	tested := w.post(t, w.acme.admin, "/v1/webhook-endpoints/"+endpoint+"/test", "").
		want(t, http.StatusAccepted, `"event_type":"webhook.test"`, `"status":"pending"`, `"target_id":"`+endpoint+`"`)
	id := tested.id(t)
	if at := tested.Header().Get("Location"); at != "/v1/deliveries/"+id {
		t.Errorf("Location %q", at)
	}
	w.get(t, w.acme.admin, "/v1/deliveries/"+id).want(t, http.StatusOK, `"attempt_log":[]`)
	second := w.post(t, w.acme.admin, "/v1/webhook-endpoints/"+endpoint+"/test", "").want(t, http.StatusAccepted).id(t)
	for query, texts := range map[string][]string{
		"":                         {id, second, `"next_cursor":null`},
		"?endpoint_id=" + endpoint: {id, second},
		"?status=pending&event_type=webhook.test":   {id, second},
		"?status=delivered":                         {`"data":[]`, "!" + id},
		"?event_type=customer.created":              {`"data":[]`},
		"?plugin_id=plg_01h455vb4pex5vsknk084sn02q": {`"data":[]`},
	} {
		w.get(t, w.acme.admin, "/v1/deliveries"+query).want(t, http.StatusOK, texts...)
	}
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	w.get(t, w.acme.admin, "/v1/deliveries?limit=1").want(t, http.StatusOK, second, "!"+id).into(t, &page)
	w.get(t, w.acme.admin, "/v1/deliveries?limit=1&cursor="+page.NextCursor).want(t, http.StatusOK, id, "!"+second, `"next_cursor":null`)
	w.post(t, w.acme.admin, "/v1/deliveries/"+id+"/retry", "").want(t, http.StatusAccepted, `"status":"pending"`)
	w.post(t, w.acme.admin, "/v1/webhook-endpoints/"+endpoint+"/replay", `{"since":"2026-01-01T00:00:00Z","only_failed":true}`).
		want(t, http.StatusAccepted, `"deliveries":0`, `"next_after_seq":null`)

	for path, status := range map[string]int{
		"/v1/deliveries?cursor=nonsense":   http.StatusUnprocessableEntity,
		"/v1/deliveries?status=lost":       http.StatusUnprocessableEntity,
		"/v1/deliveries?limit=1000":        http.StatusUnprocessableEntity,
		"/v1/deliveries?endpoint_id=cus_1": http.StatusUnprocessableEntity,
		"/v1/deliveries?plugin_id=plg_01h455vb4pex5vsknk084sn02q&endpoint_id=" + endpoint: http.StatusUnprocessableEntity,
		"/v1/deliveries/del_01h455vb4pex5vsknk084sn02q":                                   http.StatusNotFound,
	} {
		w.get(t, w.acme.admin, path).want(t, status)
	}
	w.del(t, w.acme.admin, "/v1/webhook-endpoints/"+endpoint).want(t, http.StatusNoContent)
	w.post(t, w.acme.admin, "/v1/deliveries/"+id+"/retry", "").want(t, http.StatusConflict, `"code":"target_gone"`)
}

func TestDeliveriesAreForAdmins(t *testing.T) {
	w := newWorld(t)
	endpoint, _ := w.webhookEndpoint(t)
	id := w.post(t, w.acme.admin, "/v1/webhook-endpoints/"+endpoint+"/test", "").want(t, http.StatusAccepted).id(t)
	for _, row := range []struct{ method, path string }{
		{http.MethodGet, "/v1/deliveries"}, {http.MethodGet, "/v1/deliveries/" + id}, {http.MethodPost, "/v1/deliveries/" + id + "/retry"},
	} {
		w.do(t, person{}, row.method, row.path, "").want(t, http.StatusUnauthorized)
		w.do(t, w.acme.rep, row.method, row.path, "").want(t, http.StatusForbidden)
		if row.path != "/v1/deliveries" {
			w.do(t, w.globex.admin, row.method, row.path, "").want(t, http.StatusNotFound)
		}
	}
	w.get(t, w.globex.admin, "/v1/deliveries").want(t, http.StatusOK, `"data":[]`)
}

package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

func TestJobs(t *testing.T) {
	w := newWorld(t)
	w.customer(t, w.acme.rep, `{"name":"云帆"}`)
	body := `{"customers":{"matching":{"filter":"lifecycle = \"potential\""},"action":"tag","tags":["vip"]}}`
	w.post(t, person{}, "/v1/jobs", body).want(t, http.StatusUnauthorized)
	w.post(t, w.acme.rep, "/v1/jobs", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"customers"`)
	w.post(t, w.acme.rep, "/v1/jobs", `{"customers":{"ids":["cus_01h455vb4pex5vsknk084sn02q"],"action":"delete"}}`).want(t, http.StatusUnprocessableEntity, "customers.matching")
	started := w.post(t, w.acme.rep, "/v1/jobs", body).want(t, http.StatusAccepted, `"status":"queued"`, `"total":1`, `"percent":0`, `"tags":["vip"]`)
	path := "/v1/jobs/" + started.id(t)
	if started.Header().Get("Location") != path {
		t.Errorf("location %q", started.Header().Get("Location"))
	}
	w.get(t, w.acme.manager, path).want(t, http.StatusOK, `"member_id":"`+w.acme.rep.id)
	w.get(t, w.acme.rep, "/v1/jobs?count=true").want(t, http.StatusOK, started.id(t), `"total":1`)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, path).want(t, http.StatusNotFound)
		w.post(t, who, path+"/cancel", "").want(t, http.StatusNotFound)
		w.get(t, who, "/v1/jobs").want(t, http.StatusOK, `"data":[]`)
	}
	w.post(t, w.acme.rep, path+"/cancel", "").want(t, http.StatusOK, `"status":"cancelled"`, `"percent":100`)
	w.post(t, w.acme.rep, path+"/cancel", "").want(t, http.StatusConflict, `"job_ended"`)
}

func TestHandOver(t *testing.T) {
	w := newWorld(t)
	w.customer(t, w.acme.rep, `{"name":"云帆"}`)
	path := "/v1/members/" + w.acme.rep.id
	body := fmt.Sprintf(`{"to_ids":[%q]}`, w.acme.rep2.id)
	w.get(t, w.acme.manager, path+"/hand-over").want(t, http.StatusOK, `"customers":1`, `"calendar_events":0`)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, path+"/hand-over").want(t, http.StatusNotFound)
		w.post(t, who, path+"/hand-over", body).want(t, http.StatusNotFound)
	}
	w.post(t, w.acme.manager, path+"/hand-over", `{"to_ids":[]}`).want(t, http.StatusUnprocessableEntity, `"field":"to_ids"`)
	w.post(t, w.acme.manager, path+"/hand-over", fmt.Sprintf(`{"to_ids":[%q]}`, w.acme.rep.id)).want(t, http.StatusUnprocessableEntity, `"field":"to_ids"`)
	w.post(t, w.acme.manager, path+"/hand-over", body).want(t, http.StatusAccepted, `"kind":"hand_over"`, `"total":1`, w.acme.rep2.id)
	// Deactivating offers the same, and does nothing when that is wrong.
	w.post(t, w.acme.admin, path+"/deactivate", `{"hand_over":{"to_ids":["usr_01h455vb4pex5vsknk084sn02q"]}}`).want(t, http.StatusUnprocessableEntity, "to_ids[0]")
	w.post(t, w.acme.admin, path+"/deactivate", `{"hand_over":`+body+`}`).want(t, http.StatusOK, `"deactivated"`)
	w.get(t, w.acme.admin, "/v1/jobs?filter=member%20%3D%20me").want(t, http.StatusOK, `"hand_over"`, w.acme.rep.id)
	// Somebody who is deactivated already has it handed over all the same.
	w.customer(t, w.acme.manager, fmt.Sprintf(`{"name":"长风","owner_id":%q}`, w.acme.rep2.id))
	gone := "/v1/members/" + w.acme.rep2.id
	w.post(t, w.acme.admin, gone+"/deactivate", "").want(t, http.StatusOK, `"deactivated"`)
	w.post(t, w.acme.admin, gone+"/deactivate", fmt.Sprintf(`{"hand_over":{"to_ids":[%q]}}`, w.acme.manager.id)).want(t, http.StatusOK, `"deactivated"`)
	w.get(t, w.acme.admin, "/v1/jobs?filter=member%20%3D%20me").want(t, http.StatusOK, `"hand_over"`, w.acme.rep2.id)
}

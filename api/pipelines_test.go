package api_test

import (
	"net/http"
	"testing"
)

func TestPipelines(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	made := w.post(t, admin, "/v1/pipelines", `{"name":"Renewals","on_won":"leave","stages":[{"name":"Due","probability":80,"rotting_days":14}]}`).
		want(t, http.StatusCreated, `"name":"Won"`, `"is_default":false`, `"needs_lost_reason":true`)
	var pipeline struct {
		Stages    []struct{ ID string }
		Won, Lost struct{ ID string }
	}
	made.into(t, &pipeline)
	path := "/v1/pipelines/" + made.id(t)
	stage := path + "/stages/" + pipeline.Stages[0].ID
	w.get(t, rep, path).want(t, http.StatusOK, `"Renewals"`)
	w.get(t, rep, "/v1/pipelines").want(t, http.StatusOK, `"Sales"`, `"Renewals"`)
	w.get(t, w.globex.admin, "/v1/pipelines").want(t, http.StatusOK, "!Renewals")
	w.post(t, admin, path+"/stages", `{"name":"Offered","position":1}`, "If-Match", `"1"`).want(t, http.StatusCreated, `"Offered"`)
	w.post(t, admin, path+"/stages", `{"name":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, admin, stage, `{"position":1,"rotting_days":null}`).want(t, http.StatusOK, `"rotting_days":null`)
	w.patch(t, admin, stage, `{"position":3}`).want(t, http.StatusUnprocessableEntity, `"field":"position"`)
	w.patch(t, admin, stage, `{"probability":101}`).want(t, http.StatusUnprocessableEntity, `"field":"probability"`)
	w.patch(t, admin, path+"/stages/"+pipeline.Won.ID, `{"name":"Renewed"}`).want(t, http.StatusOK, `"Renewed"`)
	w.patch(t, admin, path, `{"is_default":true}`).want(t, http.StatusOK, `"is_default":true`)
	w.post(t, admin, "/v1/pipelines", `{"name":"x","stages":[]}`).want(t, http.StatusUnprocessableEntity, `"field":"stages"`)
	for _, who := range []person{rep, w.acme.manager} {
		w.post(t, who, "/v1/pipelines", `{"name":"x","stages":[{"name":"x"}]}`).want(t, http.StatusForbidden)
		w.patch(t, who, path, `{"name":"x"}`).want(t, http.StatusForbidden)
		w.patch(t, who, stage, `{"name":"x"}`).want(t, http.StatusForbidden)
	}

	deal := w.post(t, rep, "/v1/deals", `{"name":"x","stage_id":"`+pipeline.Stages[0].ID+`"}`).want(t, http.StatusCreated).id(t)
	w.del(t, admin, stage).want(t, http.StatusConflict, "stage_in_use")
	w.del(t, admin, stage+"?move_to=nowhere").want(t, http.StatusUnprocessableEntity, `"field":"move_to"`)
	w.del(t, rep, stage).want(t, http.StatusForbidden)
	other := w.pipeline(t, rep).Stages[1].ID
	w.del(t, admin, stage+"?move_to="+other).want(t, http.StatusOK, "!"+pipeline.Stages[0].ID)
	w.get(t, rep, "/v1/deals/"+deal).want(t, http.StatusOK, other)
	w.del(t, admin, path).want(t, http.StatusConflict, "default_pipeline")

	reason := "/v1/lost-reasons/" + w.post(t, admin, "/v1/lost-reasons", `{"name":"Timing"}`).want(t, http.StatusCreated).id(t)
	w.post(t, admin, "/v1/lost-reasons", `{"name":"TIMING"}`).want(t, http.StatusConflict, "reason_exists")
	w.patch(t, admin, reason, `{"active":false}`, "If-Match", `"1"`).want(t, http.StatusOK, `"active":false`)
	w.patch(t, admin, reason, `{"active":true}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.get(t, rep, "/v1/lost-reasons").want(t, http.StatusOK, "Timing")
	w.post(t, rep, "/v1/lost-reasons", `{"name":"x"}`).want(t, http.StatusForbidden)
	w.del(t, rep, reason).want(t, http.StatusForbidden)
	w.del(t, admin, reason).want(t, http.StatusNoContent)
}

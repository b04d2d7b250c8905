package api_test

import (
	"net/http"
	"testing"
	"time"
)

func TestImportMappings(t *testing.T) {
	w := newWorld(t)
	rep, rep2, manager, admin := w.acme.rep, w.acme.rep2, w.acme.manager, w.acme.admin
	for body, field := range map[string]string{
		`{"resource":"unicorns","name":"x","fields":[{"heading":"a","field":"name"}]}`:                                 "resource",
		`{"resource":"customers","name":" ","fields":[{"heading":"a","field":"name"}]}`:                                "name",
		`{"resource":"customers","name":"x","fields":[{"heading":"a","field":"colour"}]}`:                              "fields[0].field",
		`{"resource":"customers","name":"x","fields":[{"heading":"…","field":"name"}]}`:                                "fields[0].heading",
		`{"resource":"customers","name":"x","fields":[{"heading":"a","field":"name"},{"heading":"b","field":"name"}]}`: "fields[1].field",
		`{"resource":"customers","name":"x","fields":[{"heading":"a","field":"name"}],"options":{"key":"colour"}}`:     "options.key",
	} {
		w.post(t, rep, "/v1/import-mappings", body).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
	}
	w.post(t, rep, "/v1/import-mappings", `{"resource":"customers","name":"x","fields":[]}`).want(t, http.StatusUnprocessableEntity)
	fair := `{"resource":"customers","name":"Fair","fields":[{"heading":"Firm","field":"name"},{"heading":"Call","field":"phone"}],"options":{"tags":["fair"]}}`
	path := "/v1/import-mappings/" + w.post(t, rep, "/v1/import-mappings", fair).want(t, http.StatusCreated, rep.id, `"mode":"create"`, `"tags":["fair"]`).id(t)
	w.post(t, rep, "/v1/import-mappings", `{"resource":"customers","name":"FAIR ","fields":[{"heading":"a","field":"name"}]}`).want(t, http.StatusConflict, "mapping_exists")
	w.get(t, rep, path).want(t, http.StatusOK, `"heading":"Firm"`)

	// A private one is its owner's alone; of a shared one its owner, and who reaches the owner's imports, decide.
	for _, other := range []person{rep2, manager, admin, w.globex.admin} {
		w.get(t, other, path).want(t, http.StatusNotFound)
		w.get(t, other, "/v1/import-mappings").want(t, http.StatusOK, "!Fair")
		w.patch(t, other, path, `{"name":"mine"}`).want(t, http.StatusNotFound)
		w.del(t, other, path).want(t, http.StatusNotFound)
	}
	w.patch(t, rep, path, `{"shared":true}`, "If-Match", `"7"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, path, `{"shared":true}`).want(t, http.StatusOK, `"shared":true`)
	w.get(t, rep2, path).want(t, http.StatusOK, "Fair")
	w.get(t, w.globex.admin, path).want(t, http.StatusNotFound)
	w.patch(t, rep2, path, `{"name":"mine"}`).want(t, http.StatusForbidden)
	w.del(t, rep2, path).want(t, http.StatusForbidden)
	w.patch(t, rep, path, `{"fields":[]}`).want(t, http.StatusUnprocessableEntity, `"field":"fields"`)
	w.patch(t, manager, path, `{"name":"Fairs"}`).want(t, http.StatusOK, "Fairs")

	// Files with those headings get it; the one that was used last comes first.
	file := "no,CALL,firm\n1,13800138000,Yunfan\n"
	first := w.upload(t, rep2, "a.csv", file).want(t, http.StatusCreated, `"saved_mapping":{"id":"`+path[len("/v1/import-mappings/"):]+`"`,
		`"mapping":[{"column":"C","field":"name"},{"column":"B","field":"phone"}]`, `"tags":["fair"]`).id(t)
	w.upload(t, rep2, "b.csv", "firm\nYunfan\n").want(t, http.StatusCreated, `!"saved_mapping"`)
	w.upload(t, w.globex.admin, "c.csv", file).want(t, http.StatusCreated, `!"saved_mapping"`)
	w.patch(t, rep2, "/v1/imports/"+first, `{"mapping":[{"column":"C","field":"name"}]}`).want(t, http.StatusOK)
	w.post(t, rep, "/v1/imports/"+first+"/mapping", `{"name":"Names"}`).want(t, http.StatusNotFound)
	w.post(t, rep2, "/v1/imports/"+first+"/mapping", `{"name":" "}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	names := w.post(t, rep2, "/v1/imports/"+first+"/mapping", `{"name":"Names"}`).want(t, http.StatusCreated, `"fields":[{"heading":"firm","field":"name"}]`).id(t)
	w.upload(t, rep2, "d.csv", file).want(t, http.StatusCreated, `"saved_mapping":{"id":"`+names+`","name":"Names"}`)
	w.Clock.Advance(time.Minute)
	w.post(t, rep2, "/v1/imports/"+first+"/run", ``).want(t, http.StatusAccepted)
	w.upload(t, rep2, "e.csv", file).want(t, http.StatusCreated, `"name":"Fairs"`)
	w.get(t, rep2, "/v1/import-mappings?resource=customers").want(t, http.StatusOK, `"used_at":"`)
	w.get(t, rep2, "/v1/import-mappings?resource=contacts").want(t, http.StatusOK, "!Fairs")
	w.del(t, rep2, "/v1/import-mappings/"+names).want(t, http.StatusNoContent)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
}

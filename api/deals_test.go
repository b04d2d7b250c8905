package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// pipeline is the default one as clients see it.
type pipeline struct {
	ID        string
	Stages    []struct{ ID string }
	Won, Lost struct{ ID string }
}

func (w *world) pipeline(t *testing.T, who person) pipeline {
	t.Helper()
	var all struct{ Data []pipeline }
	w.get(t, who, "/v1/pipelines").want(t, http.StatusOK).into(t, &all)
	return all.Data[0]
}

func TestDeals(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	p := w.pipeline(t, rep)
	customer := w.post(t, rep, "/v1/customers", `{"name":"云帆科技"}`).want(t, http.StatusCreated).id(t)
	path := "/v1/deals/" + w.post(t, rep, "/v1/deals", fmt.Sprintf(`{"name":"ERP 二期","customer_id":%q,"amount":12000000,"expected_close_on":"2026-06-30","tags":["vip"]}`, customer)).
		want(t, http.StatusCreated, `"currency":"CNY"`, `"amount_base":12000000`, `"probability":10`, `"status":"open"`, `"rate":"1"`, p.Stages[0].ID).id(t)
	w.get(t, rep, path).want(t, http.StatusOK, `"customer":{"id":"`+customer, `"expected_close_on":"2026-06-30"`, `"own_probability":null`)
	w.get(t, rep, "/v1/deals?q=erq&filter=status=open&order_by=expected_close_on&count=true").want(t, http.StatusOK, `"total":1`)
	w.patch(t, rep, path, `{"own_probability":60,"amount":null}`, "If-Match", `"1"`).want(t, http.StatusOK, `"probability":60`, `"amount_base":null`)
	w.patch(t, rep, path, `{"amount":1}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.patch(t, rep, path, `{"name":null}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	w.patch(t, rep, path, `{"amount":1.5}`).want(t, http.StatusUnprocessableEntity, `"field":"amount"`)
	w.patch(t, rep, path, `{"expected_close_on":"30.6.2026"}`).want(t, http.StatusUnprocessableEntity, `"field":"expected_close_on"`)
	w.post(t, rep, path+"/move", fmt.Sprintf(`{"stage_id":%q}`, p.Stages[2].ID)).want(t, http.StatusOK, p.Stages[2].ID)
	w.post(t, rep, path+"/move", `{"status":"lost"}`).want(t, http.StatusUnprocessableEntity, `"field":"lost_reason"`)
	w.post(t, rep, path+"/move", `{"status":"lost","lost_reason_id":"`+firstID(t, w.get(t, rep, "/v1/lost-reasons"))+`"}`).want(t, http.StatusOK, `"lost_reason":"Price"`, `"closed_on":"`)
	w.post(t, rep, path+"/move", `{"status":"open"}`).want(t, http.StatusOK, p.Stages[2].ID, `"closed_at":null`)
	w.post(t, rep, path+"/move", `{"status":"won"}`, "If-Match", `"3"`).want(t, http.StatusPreconditionFailed)
	w.post(t, rep, path+"/move", `{"status":"won"}`, "If-Match", `"5"`).want(t, http.StatusOK, `"status":"won"`, p.Won.ID)
	w.get(t, rep, path+"/history").want(t, http.StatusOK, `"to_name":"Proposal"`, `"reason":"Price"`, `"seconds":0`)
	w.get(t, rep, "/v1/customers/"+customer).want(t, http.StatusOK, `"lifecycle":"won"`)
	w.get(t, w.acme.rep2, path).want(t, http.StatusNotFound)
	w.post(t, w.acme.rep2, path+"/move", `{"status":"open"}`).want(t, http.StatusNotFound)
	w.get(t, w.acme.manager, path).want(t, http.StatusOK)
	w.post(t, rep, "/v1/deals", fmt.Sprintf(`{"name":"x","owner_id":%q}`, w.acme.rep2.id)).want(t, http.StatusUnprocessableEntity, `"field":"owner_id"`)
	w.post(t, rep, "/v1/deals", `{"name":"x","closed_at":"2020-01-01T00:00:00Z"}`).want(t, http.StatusUnprocessableEntity, `"field":"closed_at"`)
	w.post(t, w.globex.admin, "/v1/deals", fmt.Sprintf(`{"name":"x","stage_id":%q,"customer_id":%q}`, p.Stages[0].ID, customer)).
		want(t, http.StatusUnprocessableEntity, `"field":"stage_id"`, `"field":"customer_id"`)
	w.post(t, rep, "/v1/deals/bulk", `{"matching":{"filter":"status = won"},"action":"tag","tags":["bulk"]}`).want(t, http.StatusOK, `"selected":1`, `"changed":1`)
	w.post(t, rep, "/v1/deals/bulk", `{"matching":{},"action":"untag","tags":["bulk"]}`).want(t, http.StatusOK, `"changed":1`)
	w.post(t, rep, "/v1/deals/bulk", `{"action":"delete"}`).want(t, http.StatusUnprocessableEntity, `"field":"ids"`)
	w.get(t, rep, "/v1/deals/forecast?by=quarter").want(t, http.StatusOK, `"count":1`, `-Q`)
	w.get(t, rep, "/v1/deals/forecast?from=2026-02-30").want(t, http.StatusUnprocessableEntity, `"field":"from"`)
	w.get(t, w.acme.rep2, "/v1/deals/forecast").want(t, http.StatusOK, `!"count":1`)
	w.post(t, rep, path+"/move", fmt.Sprintf(`{"stage_id":%q}`, p.Stages[2].ID)).want(t, http.StatusOK)
	w.get(t, rep, "/v1/pipelines/"+p.ID+"/board?limit=1").want(t, http.StatusOK, "ERP 二期", `"next_cursor":null`, `"count":1`)
	w.get(t, w.acme.rep2, "/v1/pipelines/"+p.ID+"/board").want(t, http.StatusOK, "!ERP")
	w.get(t, rep, "/v1/pipelines/"+p.ID+"/stages/"+p.Stages[2].ID+"/deals?count=true").want(t, http.StatusOK, "ERP 二期", `"total":1`)
	w.get(t, rep, "/v1/pipelines/"+p.ID+"/stages/"+p.Stages[1].ID+"/deals").want(t, http.StatusOK, "!ERP")
	w.post(t, rep, path+"/move", `{"status":"won"}`).want(t, http.StatusOK)
	w.del(t, rep, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
	w.post(t, w.acme.rep2, path+"/restore", "").want(t, http.StatusNotFound)
	w.post(t, rep, path+"/restore", "").want(t, http.StatusOK, `"tags":["vip"]`)
	w.get(t, rep, path).want(t, http.StatusOK, `"status":"won"`)
}

func TestExchangeRates(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	deal := "/v1/deals/" + w.post(t, rep, "/v1/deals", `{"name":"x","amount":10000,"currency":"USD"}`).want(t, http.StatusCreated, `"amount_base":null`, `"rate":null`).id(t)
	rate := "/v1/exchange-rates/" + w.post(t, admin, "/v1/exchange-rates", `{"currency":"USD","rate":"7.1184","valid_from":"2026-03-01"}`).want(t, http.StatusCreated, `"rate":"7.1184"`).id(t)
	w.get(t, rep, deal).want(t, http.StatusOK, `"amount_base":71184`, `"rate":"7.1184"`, `"rate_on":"2026-03-01"`)
	w.post(t, admin, "/v1/exchange-rates", `{"currency":"USD","rate":"7","valid_from":"2026-03-01"}`).want(t, http.StatusConflict, "rate_exists")
	w.patch(t, admin, rate, `{"rate":"7"}`, "If-Match", `"1"`).want(t, http.StatusOK, `"rate":"7"`)
	w.get(t, rep, deal).want(t, http.StatusOK, `"amount_base":70000`)
	w.post(t, admin, "/v1/exchange-rates/import", `{"rates":[{"currency":"USD","rate":"8","valid_from":"2026-03-02"},{"currency":"EUR","rate":"9","valid_from":"2026-03-02"}]}`).
		want(t, http.StatusOK, `"created":2`, `"updated":0`)
	w.get(t, rep, deal).want(t, http.StatusOK, `"amount_base":80000`)
	w.post(t, admin, "/v1/exchange-rates/import", `{"rates":[{"currency":"EUR","rate":"9"},{"currency":"EUR","rate":"much"}]}`).want(t, http.StatusUnprocessableEntity)
	w.post(t, admin, "/v1/exchange-rates", `{"currency":"CNY","rate":"1"}`).want(t, http.StatusUnprocessableEntity, `"field":"currency"`)
	w.post(t, admin, "/v1/exchange-rates", `{"currency":"EUR","rate":"0"}`).want(t, http.StatusUnprocessableEntity, `"field":"rate"`)
	w.get(t, rep, `/v1/exchange-rates?filter=currency=USD`).want(t, http.StatusOK, `"2026-03-02"`, "!EUR")
	w.get(t, rep, rate).want(t, http.StatusOK, `"USD"`)
	w.get(t, w.globex.admin, "/v1/exchange-rates").want(t, http.StatusOK, `"data":[]`)
	w.del(t, admin, rate, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.del(t, admin, rate).want(t, http.StatusNoContent)
	for _, who := range []person{rep, w.acme.manager} {
		w.post(t, who, "/v1/exchange-rates", `{"currency":"EUR","rate":"9"}`).want(t, http.StatusForbidden)
	}
}

package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestCustomFields(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	industry := w.post(t, admin, "/v1/custom-fields", `{"resource":"customer","type":"choice","label":{"zh":"行业","en":"Trade"},"options":[{"key":"IT","label":{"en":"IT"}},{"label":{"zh":"教育"}}]}`).
		want(t, http.StatusCreated, `"key":"trade"`, `"key":"jiao_yu"`, `"required":false`, `"default":null`)
	path := "/v1/custom-fields/" + industry.id(t)
	if location := industry.Header().Get("Location"); location != path {
		t.Errorf("Location %q", location)
	}
	w.post(t, admin, "/v1/custom-fields", `{"resource":"customer","key":"budget","type":"money","label":{"en":"Budget"},"default":{"amount":500}}`).
		want(t, http.StatusCreated, `"default":{"amount":500,"currency":"CNY"}`)
	w.get(t, rep, "/v1/custom-fields?resource=customer").want(t, http.StatusOK, "trade", "budget")
	w.get(t, rep, path).want(t, http.StatusOK, "trade")
	for _, c := range []struct {
		who                person
		method, path, body string
		status             int
		texts              []string
	}{
		{rep, "POST", "/v1/custom-fields", `{"resource":"customer","type":"text","label":{"en":"x"}}`, 403, nil},
		{w.acme.manager, "PATCH", path, `{"help":"x"}`, 403, nil},
		{w.acme.manager, "DELETE", path, "", 403, nil},
		{w.globex.admin, "GET", path, "", 404, nil},
		{w.globex.admin, "GET", "/v1/custom-fields", "", 200, []string{"!trade"}},
		{admin, "POST", "/v1/custom-fields", `{"resource":"customer","type":"text"}`, 422, []string{`"field":"label"`}},
		{admin, "POST", "/v1/custom-fields", `{"resource":"customer","type":"colour","label":{"en":"x"}}`, 422, []string{`"field":"type"`}},
		{admin, "POST", "/v1/custom-fields", `{"resource":"customer","key":"trade","type":"text","label":{"en":"x"}}`, 409, []string{`"field_exists"`}},
		{admin, "PATCH", path, `{"type":"text"}`, 422, []string{`"field":"type"`, "cannot change"}},
		{admin, "PATCH", path, `{"key":"other"}`, 422, []string{`"field":"key"`, "cannot change"}},
		{rep, "POST", "/v1/customers", `{"name":"x","custom":{"trade":"steel"}}`, 422, []string{`"field":"custom.trade"`, "IT, jiao_yu", "!steel"}},
		{rep, "POST", "/v1/customers", `{"name":"x","custom":{"nosuch":1}}`, 422, []string{`"field":"custom.nosuch"`, "budget, trade"}},
		{rep, "POST", "/v1/customers", `{"name":"x","custom":[]}`, 422, []string{`"field":"custom"`}},
		{rep, "GET", "/v1/customers?filter=custom.nosuch%20=%201", "", 422, []string{`"field":"filter"`, "custom.trade"}},
		{rep, "GET", "/v1/customers?order_by=custom.nosuch", "", 422, []string{`"field":"order_by"`, "custom.trade"}},
		{rep, "GET", "/v1/customers?filter=custom.trade%20=%20steel", "", 422, []string{"IT, jiao_yu"}},
	} {
		w.do(t, c.who, c.method, c.path, c.body).want(t, c.status, c.texts...)
	}
	it := w.post(t, rep, "/v1/customers", `{"name":"Software house","custom":{"trade":"IT","budget":{"amount":120000,"currency":"CNY"}}}`).
		want(t, http.StatusCreated, `"custom":{"budget":{"amount":120000,"currency":"CNY"},"trade":"IT"}`).id(t)
	school := w.post(t, rep, "/v1/customers", `{"name":"School","custom":{"trade":"jiao_yu"}}`).want(t, http.StatusCreated, `"amount":500`).id(t)
	w.get(t, rep, `/v1/customers?filter=custom.trade%20=%20"IT"%20AND%20custom.budget%20>%201000`).want(t, http.StatusOK, it, "!"+school)
	w.get(t, rep, `/v1/customers?order_by=custom.budget%20desc&limit=1`).want(t, http.StatusOK, it, "!"+school)
	w.get(t, w.acme.rep2, `/v1/customers?filter=custom.trade%20=%20"IT"`).want(t, http.StatusOK, "!"+it)
	w.patch(t, rep, "/v1/customers/"+it, `{"custom":{"budget":null}}`).want(t, http.StatusOK, `"custom":{"trade":"IT"}`)
	w.patch(t, rep, "/v1/customers/"+it, `{"custom":null}`).want(t, http.StatusOK, `"custom":{}`)
	w.patch(t, admin, path, `{"required":true}`).want(t, http.StatusConflict, `"values_missing"`, "Software house", "!School")
	w.patch(t, admin, path, `{"help":"What they do"}`, "If-Match", `"1"`).want(t, http.StatusOK, "What they do")
	w.patch(t, admin, path, `{"help":"x"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/custom-fields").want(t, http.StatusOK, "!trade")
	w.get(t, rep, "/v1/custom-fields?archived=true").want(t, http.StatusOK, "trade", `"archived":true`, `"purge_at":"2026-`)
	w.patch(t, rep, "/v1/customers/"+school, `{"custom":{"trade":"IT"}}`).want(t, http.StatusUnprocessableEntity, "out of use")
	w.patch(t, admin, path, `{"archived":false}`).want(t, http.StatusOK, `"purge_at":null`)
	w.get(t, rep, `/v1/customers?filter=custom.trade:*`).want(t, http.StatusOK, school)
	long := `{"name":"x","custom":{"` + strings.Repeat("k", 5000) + `":1}}`
	w.post(t, rep, "/v1/customers", long).want(t, http.StatusUnprocessableEntity, "budget, trade")
}

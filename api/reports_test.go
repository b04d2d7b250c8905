package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// reports are all that are free, with a number that is in the answer after one interaction with one new customer.
var reports = map[string]string{
	"conversion":        `"created":1`,
	"funnel":            `"potential":1`,
	"new-customers":     `"total":1`,
	"contacts":          `"call":1`,
	"response-gap":      `"count":1`,
	"customer-activity": `"active":1`,
	"activity":          `"interactions":1`,
	"won-lost":          `"won":1`,
	"targets":           `"actual":1`,
}

func TestReports(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	for name, number := range reports {
		w.get(t, rep, "/v1/reports/"+name).want(t, http.StatusOK, "!"+number)
	}
	// Every figure is kept now, and must be forgotten by what follows.
	customer := w.post(t, rep, "/v1/customers", `{"name":"x","industry":"it"}`).want(t, http.StatusCreated).id(t)
	w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","direction":"in","summary":"x"}`, customer)).want(t, http.StatusCreated)
	w.post(t, rep, "/v1/deals", `{"name":"x","status":"won","amount":5}`).want(t, http.StatusCreated)
	for name, number := range reports {
		path := "/v1/reports/" + name
		for range 2 {
			w.get(t, rep, path).want(t, http.StatusOK, number)
		}
		w.get(t, w.acme.manager, path+"?owner="+rep.id).want(t, http.StatusOK, number)
		w.get(t, rep, path+"?owner=me").want(t, http.StatusOK, number)
		w.get(t, w.acme.manager, path+"?owner=me").want(t, http.StatusOK, "!"+number)
		w.get(t, w.acme.rep2, path).want(t, http.StatusOK, "!"+number)
		w.get(t, w.globex.admin, path+"?owner="+rep.id).want(t, http.StatusOK, "!"+number)
		if name != "won-lost" {
			w.get(t, rep, path+"?filter=industry=it").want(t, http.StatusOK, number)
			w.get(t, rep, path+"?filter=industry=other").want(t, http.StatusOK, "!"+number)
		}
		for field, query := range map[string]string{"owner": "owner=x", "filter": "filter=x", "from": "from=0001-01-01&to=0002-01-01", "to": "from=2026-02-02&to=2026-02-01"} {
			w.get(t, rep, path+"?"+query).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
		}
	}
	reason := w.post(t, w.acme.admin, "/v1/lost-reasons", `{"name":"Timing"}`).want(t, http.StatusCreated).id(t)
	w.post(t, rep, "/v1/deals", fmt.Sprintf(`{"name":"x","status":"lost","lost_reason_id":%q}`, reason)).want(t, http.StatusCreated)
	w.get(t, rep, "/v1/reports/won-lost").want(t, http.StatusOK, "Timing")
	w.patch(t, w.acme.admin, "/v1/lost-reasons/"+reason, `{"name":"Not now"}`).want(t, http.StatusOK)
	w.get(t, rep, "/v1/reports/won-lost").want(t, http.StatusOK, "Not now", "!Timing")
	w.Clock.Set(time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC)) // it is the second of March in Shanghai already
	w.get(t, rep, "/v1/reports/contacts?from=2026-03-02").want(t, http.StatusOK, `"from":"2026-03-02","to":"2026-03-02"`)
	w.get(t, rep, "/v1/reports/contacts?from=2026-03-03").want(t, http.StatusUnprocessableEntity, `"field":"to"`)
	for _, field := range []string{"from", "to"} {
		for _, day := range []string{"2026-02-30", "1899-12-31", "2201-01-01"} {
			w.get(t, rep, "/v1/reports/contacts?"+field+"="+day).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
		}
	}
	w.get(t, rep, "/v1/reports/funnel?by=day&from=2020-01-01&to=2025-01-01").want(t, http.StatusUnprocessableEntity, `"field":"by"`)
	w.get(t, rep, "/v1/reports/customer-activity?quiet_days=8&silent_days=8").want(t, http.StatusUnprocessableEntity, `"field":"silent_days"`)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"funnel":{"interested_percent":60,"won_percent":5,"won_days":30,"least_customers":10}}`).want(t, http.StatusOK, `"won_days":30`)
	w.get(t, rep, "/v1/reports/funnel").want(t, http.StatusOK, `"won_days":30`)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"funnel":{"interested_percent":60,"won_percent":0,"won_days":30,"least_customers":10}}`).
		want(t, http.StatusUnprocessableEntity, `won_percent"`)
}

// TestFiguresAreKept looks at what is reckoned anew and what is not, by changing the data without telling of it.
func TestFiguresAreKept(t *testing.T) {
	w := newWorld(t)
	rep, path := w.acme.rep, "/v1/reports/conversion"
	customer := w.post(t, rep, "/v1/customers", `{"name":"x"}`).want(t, http.StatusCreated).id(t)
	company, err := w.Directory.Company(t.Context(), w.companyID(t, w.acme))
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	quietly := func(fn func(tx *tenant.Tx) error) {
		t.Helper()
		if err := w.Tx(t.Context(), company, &system, fn); err != nil {
			t.Fatal(err)
		}
	}
	source := func(name string) {
		quietly(func(tx *tenant.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE company.customers SET source = ?`, name)
			return err
		})
	}
	shows := func(who person, query, source string) {
		t.Helper()
		w.get(t, who, path+query).want(t, http.StatusOK, `"source":"`+source+`"`)
	}
	source("one")
	shows(rep, "", "one")
	source("two")
	shows(rep, "", "one") // nothing has told of the change
	shows(rep, "?owner=me", "two")
	shows(w.acme.manager, "", "two")
	w.patch(t, rep, "/v1/customers/"+customer, `{"note":"x"}`).want(t, http.StatusOK)
	shows(rep, "", "two")
	source("three")
	w.Clock.Advance(5 * time.Minute)
	shows(rep, "", "three")

	// A change that began before another one and is committed after it: the writer sees it at once.
	source("four")
	if err := w.Tx(t.Context(), company, &system, func(early *tenant.Tx) error {
		if _, err := early.Exec(t.Context(), `UPDATE company.customers SET source = 'five'`); err != nil {
			return err
		}
		if err := early.Emit(t.Context(), tenant.Event{Type: "customer.updated", Resource: "customer", Record: tenant.RecordID(tenant.NewEventID()), Data: struct{}{}}); err != nil {
			return err
		}
		w.post(t, rep, "/v1/tasks", `{"title":"x"}`).want(t, http.StatusCreated) // with a later number
		shows(rep, "", "four")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	shows(rep, "", "five")

	// Without Redis figures are reckoned every time.
	source("six")
	if err := w.redis.Close(); err != nil {
		t.Fatal(err)
	}
	a := w.get(t, rep, path)
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "six") {
		t.Errorf("without Redis: %d %s", a.Code, a.Body)
	}
}

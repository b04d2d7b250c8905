package api_test

import (
	"net/http"
	"testing"
)

func TestAuditLog(t *testing.T) {
	w := newWorld(t)
	rep, admin := w.acme.rep, w.acme.admin
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	w.do(t, rep, http.MethodPatch, "/v1/customers/"+customer, `{"industry":"IT"}`, "X-Request-Id", "request-0001").want(t, http.StatusOK)
	w.get(t, admin, "/v1/audit-log?record_id="+customer).want(t, http.StatusOK, `"type":"customer.updated"`, `"type":"customer.created"`, `"source":"member"`,
		`"changes":[{"field":"industry","before":"","after":"IT"}]`, `"request_id":"request-0001"`, `"credential":"ses_`, `"next_cursor":null`)
	w.get(t, admin, "/v1/audit-log?request_id=request-0001").want(t, http.StatusOK, "customer.updated", "!customer.created")
	w.get(t, admin, "/v1/audit-log?actor_id="+rep.id+"&types=customer.*&source=member&resource=customer&since=2026-01-01T00:00:00Z").want(t, http.StatusOK, customer)
	w.get(t, admin, "/v1/audit-log?source=api_key").want(t, http.StatusOK, `"data":[]`)
	w.get(t, admin, "/v1/audit-log?until=2026-01-01T00:00:00Z").want(t, http.StatusOK, `"data":[]`)
	w.get(t, w.globex.admin, "/v1/audit-log").want(t, http.StatusOK, "!"+customer, "!Acme")
	for _, who := range []person{rep, w.acme.manager} {
		w.get(t, who, "/v1/audit-log").want(t, http.StatusForbidden)
		w.get(t, who, "/v1/exports/audit-log").want(t, http.StatusForbidden)
	}
	for query, field := range map[string]string{
		"types=customer.eaten": "types[0]", "record_id=x": "record_id", "limit=0": "limit", "cursor=x": "cursor", "source=fax": "source", "since=yesterday": "since", "actor_id=x": "actor_id",
	} {
		w.get(t, admin, "/v1/audit-log?"+query).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
	}
	table := w.get(t, admin, "/v1/exports/audit-log?resource=customer").want(t, http.StatusOK, customer, "industry: ", "Acme rep")
	wantHeaders(t, table, map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="audit-log.csv"`})
	w.get(t, admin, "/v1/audit-log?types=export.created").want(t, http.StatusOK, `"resource":"audit_log"`)
}

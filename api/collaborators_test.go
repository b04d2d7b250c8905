package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestCollaborators(t *testing.T) {
	w := newWorld(t)
	rep, rep2, admin := w.acme.rep, w.acme.rep2, w.acme.admin
	id := w.customer(t, rep, `{"name":"云帆科技"}`)
	other := w.customer(t, rep, `{"name":"Not shared"}`)
	customer, shares := "/v1/customers/"+id, "/v1/customers/"+id+"/collaborators"
	logged := w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"Price agreed"}`, id)).want(t, http.StatusCreated).id(t)
	share := func(member string, write bool) string {
		return fmt.Sprintf(`{"member_id":%q,"may_write":%t}`, member, write)
	}

	w.post(t, rep, shares, share(rep2.id, false)).want(t, http.StatusConflict, `"sharing_off"`)
	w.patch(t, rep, "/v1/company/settings", `{"customers":{"collaborators":true}}`).want(t, http.StatusForbidden)
	w.patch(t, admin, "/v1/company/settings", `{"customers":{"collaborators":true}}`).want(t, http.StatusOK, `"collaborators":true`)
	w.get(t, rep2, customer).want(t, http.StatusNotFound)
	w.post(t, rep2, shares, share(rep2.id, true)).want(t, http.StatusNotFound)
	w.post(t, rep, shares, share(rep.id, true)).want(t, http.StatusUnprocessableEntity, `"field":"member_id"`)
	w.post(t, rep, shares, share(w.globex.rep.id, true)).want(t, http.StatusUnprocessableEntity, `"field":"member_id"`)
	w.post(t, rep, shares, share(rep2.id, false)).want(t, http.StatusOK, `"may_write":false`, rep.id)
	w.post(t, rep, shares, share(rep2.id, false)).want(t, http.StatusOK)

	// Reading: the customer and what hangs on it, by every channel, and nothing else.
	w.get(t, rep2, customer).want(t, http.StatusOK, "云帆科技")
	w.get(t, rep2, "/v1/customers?order_by=name&count=true").want(t, http.StatusOK, `"total":1`, "云帆科技", "!Not shared")
	w.get(t, rep2, "/v1/customers?q=yfkj").want(t, http.StatusOK, "云帆科技")
	w.get(t, rep2, "/v1/interactions").want(t, http.StatusOK, "Price agreed")
	w.get(t, rep2, "/v1/interactions/"+logged).want(t, http.StatusOK)
	w.get(t, rep2, "/v1/customers/"+other).want(t, http.StatusNotFound)
	w.get(t, w.globex.admin, customer).want(t, http.StatusNotFound)
	w.patch(t, rep2, customer, `{"note":"x"}`).want(t, http.StatusNotFound)
	w.post(t, rep2, customer+"/lifecycle", `{"to":"interested"}`).want(t, http.StatusNotFound)
	w.del(t, rep2, "/v1/interactions/"+logged).want(t, http.StatusNotFound)

	// Writing, but neither deleting, handing over nor sharing on.
	w.post(t, rep, shares, share(rep2.id, true)).want(t, http.StatusOK, `"may_write":true`)
	w.get(t, rep, shares).want(t, http.StatusOK, rep2.id, `"may_write":true`)
	w.patch(t, rep2, customer, `{"note":"from a colleague"}`).want(t, http.StatusOK, "from a colleague")
	w.post(t, rep2, customer+"/lifecycle", `{"to":"interested"}`).want(t, http.StatusOK)
	w.post(t, rep2, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"By a colleague"}`, id)).want(t, http.StatusCreated)
	w.del(t, rep2, customer).want(t, http.StatusNotFound)
	w.patch(t, rep2, customer, fmt.Sprintf(`{"owner_id":%q}`, rep2.id)).want(t, http.StatusUnprocessableEntity, `"field":"owner_id"`)
	if got := w.bulk(t, rep2, fmt.Sprintf(`{"action":"assign","owner_id":%q,"ids":[%q]}`, rep2.id, id)); got.Changed != 0 || got.Failures[0].Code != "out_of_scope" {
		t.Errorf("a collaborator takes the customer over: %+v", got)
	}
	w.post(t, rep2, shares, share(w.acme.manager.id, true)).want(t, http.StatusForbidden)
	w.del(t, rep2, shares+"/"+w.acme.manager.id).want(t, http.StatusForbidden)

	// The switch and the end of sharing hold at once.
	w.patch(t, admin, "/v1/company/settings", `{"customers":{"collaborators":false}}`).want(t, http.StatusOK)
	w.get(t, rep2, customer).want(t, http.StatusNotFound)
	w.patch(t, admin, "/v1/company/settings", `{"customers":{"collaborators":true}}`).want(t, http.StatusOK)
	w.get(t, rep2, customer).want(t, http.StatusOK)
	w.del(t, rep2, shares+"/"+rep2.id).want(t, http.StatusNoContent)
	w.get(t, rep2, customer).want(t, http.StatusNotFound)
	w.del(t, rep, shares+"/"+rep2.id).want(t, http.StatusNotFound)
}

func TestCompany(t *testing.T) {
	w := newWorld(t)
	w.get(t, w.acme.rep, "/v1/company").want(t, http.StatusOK, `"name":"Acme"`, `"timezone":"Asia/Shanghai"`)
	w.patch(t, w.acme.manager, "/v1/company", `{"name":"Mine"}`).want(t, http.StatusForbidden)
	w.patch(t, w.acme.admin, "/v1/company", `{"timezone":"Mars/Olympus"}`).want(t, http.StatusUnprocessableEntity, `"field":"timezone"`)
	w.patch(t, w.acme.admin, "/v1/company", `{"name":" "}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	w.patch(t, w.acme.admin, "/v1/company", `{"name":"Acme 云","timezone":"Pacific/Kiritimati"}`).want(t, http.StatusOK, `"name":"Acme 云"`, "Kiritimati", `"locale":"en"`)
	w.get(t, w.acme.rep, "/v1/company").want(t, http.StatusOK, `"name":"Acme 云"`, "Kiritimati")
	w.get(t, w.acme.rep, "/v1/home").want(t, http.StatusOK, `"date":"2026-03-02"`)
	w.get(t, w.globex.rep, "/v1/company").want(t, http.StatusOK, `"name":"Globex"`, "Shanghai")
	w.get(t, w.acme.rep, "/v1/company/settings").want(t, http.StatusOK, `"collaborators":false`)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"customers":{"collaborators":"yes"}}`).want(t, http.StatusUnprocessableEntity)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{}`).want(t, http.StatusOK)
}

// What is not sent is not written: another admin may be changing it.
func TestCompanySettingsAreWrittenByGroup(t *testing.T) {
	w := newWorld(t)
	w.patch(t, w.acme.admin, "/v1/company/settings", `{"customers":{"collaborators":true}}`).want(t, http.StatusOK, `"collaborators":true`)
	var written []string
	system := tenant.System()
	if err := w.Read(t.Context(), w.companyOf(t, w.acme), &system, func(q *tenant.Query) error {
		return q.Select(t.Context(), &written, `SELECT name FROM company.settings ORDER BY name`)
	}); err != nil || !slices.Equal(written, []string{"customers"}) {
		t.Errorf("written are %q, %v", written, err)
	}
}

// A change that the control database has, and the company has not been told of, is told when it is sent again. A change
// leaves alone what another has made of the rest meanwhile.
func TestCompanyDetailsAreToldOf(t *testing.T) {
	w := newWorld(t)
	admin, id := w.acme.admin, w.companyID(t, w.acme)
	w.patch(t, admin, "/v1/company", `{"name":"Acme 云"}`).want(t, http.StatusOK)
	const zone = "Pacific/Kiritimati"
	// A process that is cut off here; it does not tell the others either.
	if _, err := w.Platform().Exec(t.Context(), `UPDATE platform.companies SET timezone = ? WHERE id = ?`, zone, id); err != nil {
		t.Fatal(err)
	}
	w.patch(t, admin, "/v1/company", `{"locale":"zh-CN"}`).want(t, http.StatusOK, zone, `"locale":"zh-CN"`)
	w.patch(t, admin, "/v1/company", `{"timezone":"`+zone+`"}`).want(t, http.StatusOK, zone)
	var told []string
	system := tenant.System()
	if err := w.Read(t.Context(), w.companyOf(t, w.acme), &system, func(q *tenant.Query) error {
		return q.Select(t.Context(), &told, `
			SELECT CONCAT_WS(' ', JSON_UNQUOTE(JSON_EXTRACT(previous, '$.timezone')), JSON_UNQUOTE(JSON_EXTRACT(data, '$.timezone')))
			FROM company.changes WHERE type = 'company.updated' ORDER BY id`)
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Asia/Shanghai Asia/Shanghai", "Asia/Shanghai " + zone}, told); diff != "" {
		t.Error(diff)
	}
}

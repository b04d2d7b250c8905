package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestChanges(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	w.get(t, rep, "/v1/changes").want(t, http.StatusPaymentRequired, `"upgrade_required"`, `"plan":"pro"`, `"feature":"sync"`)
	w.setPlan(t, w.acme, "pro")
	w.setPlan(t, w.globex, "pro")
	w.get(t, person{}, "/v1/changes").want(t, http.StatusUnauthorized)
	var feed crm.Feed
	read := func(who person, cursor, more string) crm.Feed {
		t.Helper()
		feed = crm.Feed{}
		w.get(t, who, "/v1/changes?cursor="+cursor+more).want(t, http.StatusOK).into(t, &feed)
		return feed
	}
	w.relay(t, w.acme)
	start := read(rep, "now", "").NextCursor
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	w.patch(t, rep, "/v1/customers/"+customer, `{"industry":"IT"}`).want(t, http.StatusOK)
	w.post(t, rep, "/v1/tasks", `{"title":"x"}`).want(t, http.StatusCreated)
	if got := read(rep, start, ""); len(got.Data) != 0 || got.HasMore {
		t.Errorf("before they are numbered: %+v", got)
	}
	w.relay(t, w.acme)
	got := read(rep, start, "")
	if len(got.Data) != 3 || got.Data[1].Type != "customer.updated" || got.Data[1].RecordID != customer || got.Data[1].Effect != "changed" {
		t.Fatalf("got %+v", got)
	}
	w.get(t, rep, "/v1/changes?cursor="+start).want(t, http.StatusOK, `"previous":{"industry":""}`, `"actor_id":"`+rep.id+`"`, `"effect":"added"`, `"has_more":false`)
	if got := read(rep, start, "&types=customer.*&limit=1"); len(got.Data) != 1 || !got.HasMore || got.Data[0].Type != "customer.created" {
		t.Errorf("customers alone: %+v", got)
	}
	if got := read(rep, start, "&types=task.created,deal.won"); len(got.Data) != 1 || got.Data[0].Resource != "task" {
		t.Errorf("tasks and deals: %+v", got)
	}
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, "/v1/changes").want(t, http.StatusOK, "!"+customer, "!industry")
	}
	for query, field := range map[string]string{
		"types=customer.eaten": "types[0]", "types=*": "types[0]", "cursor=x": "cursor", "cursor=99999": "cursor", "limit=201": "limit", "limit=0": "limit",
	} {
		w.get(t, rep, "/v1/changes?"+query).want(t, http.StatusUnprocessableEntity, `"field":"`+field+`"`)
	}
	_, program := w.key(t, rep, `"change:read","task:read"`)
	w.get(t, program, "/v1/changes?cursor="+start).want(t, http.StatusOK, `"type":"task.created"`, "!customer.")
	_, program = w.key(t, rep, `"customer:read"`)
	w.get(t, program, "/v1/changes").want(t, http.StatusForbidden)

	system := tenant.System()
	if err := w.Tx(t.Context(), w.companyOf(t, w.acme), &system, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM company.changes WHERE seq <= ? + 1`, start)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.get(t, rep, "/v1/changes?cursor="+start).want(t, http.StatusGone, `"code":"changes_gone"`)
}

func (w *world) companyOf(t testing.TB, c *cast) *tenant.Company {
	t.Helper()
	company, err := w.Directory.Company(t.Context(), w.companyID(t, c))
	if err != nil {
		t.Fatal(err)
	}
	return company
}

// relay numbers what a company's people have changed, as the worker does.
func (w *world) relay(t testing.TB, c *cast) {
	t.Helper()
	cluster, err := w.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	lease := cluster.Lease("relay", "test", time.Hour)
	if held, err := lease.Take(t.Context()); !held || err != nil {
		t.Fatal(held, err)
	}
	for n := 1; n > 0; {
		if n, err = cluster.Relay(t.Context(), lease, w.companyOf(t, c), func(*tenant.Tx, []tenant.Change) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

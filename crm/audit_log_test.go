package crm_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryAudit(t testing.TB, in crm.AuditQuery) (crm.Page[crm.AuditEntry], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.AuditEntry], error) {
		return crm.ListAuditLog(ctx, q, in)
	})
}

// audit reads all pages.
func (p person) audit(t testing.TB, in crm.AuditQuery) (all []crm.AuditEntry) {
	t.Helper()
	for {
		page := must[crm.Page[crm.AuditEntry]](t)(p.tryAudit(t, in))
		if all = append(all, page.Data...); page.NextCursor == nil {
			return all
		}
		in.Cursor = *page.NextCursor
	}
}

// auditor is a member who may read the audit log as far as level goes, on a plan that keeps it for 30 days.
func (w *world) auditor(who tenant.MemberID, level tenant.Level) person {
	caller := w.acme.As(who, level, "audit_log:read")
	caller.Limits = map[tenant.Quota]int64{"audit_days": 30}
	return person{w, w.acme, caller}
}

func TestAuditLog(t *testing.T) {
	w := newWorld(t)
	w.Clock.Advance(time.Hour) // after what the company began with
	since := w.Clock.Now()
	program := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, everything...)}
	program.caller.Kind, program.caller.Source, program.caller.RequestID = tenant.ByAPIKey, "key_1", "request-1"
	c := w.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000"})
	w.Clock.Advance(time.Minute)
	program.update(t, c.ID, crm.CustomerPatch{Industry: patch.Of("IT"), Phone: patch.Of("13900139000")})
	w.Clock.Advance(time.Minute)
	w.rep2.task(t, crm.NewTask{Title: "t"})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	admin := w.auditor(w.acme.Admin, tenant.LevelAll)
	all := admin.audit(t, crm.AuditQuery{Since: since, Limit: 1})
	types := func(entries []crm.AuditEntry) []string {
		names := []string{}
		for _, e := range entries {
			names = append(names, e.Type)
		}
		return names
	}
	if diff := cmp.Diff([]string{"customer.deleted", "task.created", "customer.updated", "customer.created"}, types(all)); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	edit := all[2]
	if edit.ActorID != w.acme.Rep || edit.Source != tenant.ByAPIKey || edit.Credential != "key_1" || edit.RequestID != "request-1" || edit.RecordID != c.ID.String() {
		t.Errorf("%+v", edit)
	}
	want := []crm.FieldChange{
		{Field: "industry", Before: []byte(`""`), After: []byte(`"IT"`)}, {Field: "phone", Before: []byte(`"+8613800138000"`), After: []byte(`"+8613900139000"`)},
	}
	if diff := cmp.Diff(want, edit.Changes); diff != "" {
		t.Errorf("changes: -want +got\n%s", diff)
	}
	if gone := all[0]; len(gone.Changes) != 0 || !strings.Contains(string(gone.Data), `"Acme"`) {
		t.Errorf("deleted: %+v", gone)
	}
	for name, row := range map[string]struct {
		in   crm.AuditQuery
		want []string
	}{
		"actor":     {crm.AuditQuery{Actor: w.acme.Rep2}, []string{"task.created"}},
		"resource":  {crm.AuditQuery{Resource: "task"}, []string{"task.created"}},
		"record":    {crm.AuditQuery{Record: c.ID.String(), Limit: 2}, []string{"customer.deleted", "customer.updated", "customer.created"}},
		"types":     {crm.AuditQuery{Types: []string{"customer.created", "customer.deleted"}, Since: since}, []string{"customer.deleted", "customer.created"}},
		"of two":    {crm.AuditQuery{Types: []string{"customer.created", "task.created"}, Since: since}, []string{"task.created", "customer.created"}},
		"source":    {crm.AuditQuery{Source: tenant.ByAPIKey}, []string{"customer.updated"}},
		"request":   {crm.AuditQuery{RequestID: "request-1"}, []string{"customer.updated"}},
		"until":     {crm.AuditQuery{Since: since, Until: since.Add(time.Minute)}, []string{"customer.created"}},
		"all of it": {crm.AuditQuery{Actor: w.acme.Rep, Record: c.ID.String(), Source: tenant.ByMember, Until: since.Add(time.Hour)}, []string{"customer.deleted", "customer.created"}},
		"nothing":   {crm.AuditQuery{Resource: "deal", Since: since}, []string{}},
	} {
		if diff := cmp.Diff(row.want, types(admin.audit(t, row.in))); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}

	// Whoever audits some sees what those did, and nothing else.
	if got := types(w.auditor(w.acme.Rep2, tenant.LevelOwn).audit(t, crm.AuditQuery{})); !cmp.Equal(got, []string{"task.created"}) {
		t.Errorf("one's own: %v", got)
	}
	for _, who := range []person{w.rep, w.stranger} {
		if got := types(who.audit(t, crm.AuditQuery{Record: c.ID.String()})); len(got) != 0 {
			t.Errorf("without the right: %v", got)
		}
	}
	admin.caller.Masked = map[string]bool{"customer.phone": true}
	var file bytes.Buffer
	if _, err := read(t, admin, func(ctx context.Context, q *tenant.Query) (int, error) {
		return 0, crm.ExportAuditLog(ctx, q, crm.AuditQuery{Since: since}, crm.FormatCSV, &file)
	}); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	if lines := strings.Count(text, "\n"); lines != 5 || !strings.Contains(text, "industry:") || !strings.Contains(text, "acme rep 2") || strings.Contains(text, "00138000") {
		t.Errorf("%d lines: %s", lines, text)
	}
	for in, field := range map[*crm.AuditQuery]string{{Limit: 201}: "limit", {Record: "x"}: "record_id", {Cursor: "x"}: "cursor"} {
		_, err := admin.tryAudit(t, *in)
		wantInvalid(t, err, field)
	}
	w.Clock.Advance(30 * 24 * time.Hour)
	if got := types(admin.audit(t, crm.AuditQuery{Since: since})); len(got) != 2 {
		t.Errorf("30 days later: %v", got)
	}
}

// Some events are of other records than their names begin with.
func TestAuditLogFindsEventsByTheirType(t *testing.T) {
	w := newWorld(t)
	w.Clock.Advance(time.Hour)
	for kind, resource := range map[string]string{
		"customer.silent": "member", "customer.silent_escalated": "member", "form.submitted": "customer", "import_mapping.updated": "import",
		"notification.ping": "member", "webhook.test": "webhook_endpoint", "customer.claimed": "customer",
	} {
		if err := w.admin.tx(t, func(tx *tenant.Tx) error {
			return tx.Emit(t.Context(), tenant.Event{Type: kind, Resource: resource, Record: tenant.RecordID(tenant.NewEventID()), Data: struct{}{}})
		}); err != nil {
			t.Fatal(err)
		}
		if got := w.auditor(w.acme.Admin, tenant.LevelAll).audit(t, crm.AuditQuery{Types: []string{kind}}); len(got) != 1 || got[0].Type != kind {
			t.Errorf("%s: %+v", kind, got)
		}
	}
}

func TestAuditLogIsReadFromItsIndexes(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 2000)
	c := w.rep.customer(t, "one")
	for key, in := range map[string]crm.AuditQuery{
		"changes_age": {}, "changes_resource": {Resource: "customer"}, "changes_actor": {Actor: w.acme.Rep}, "changes_record": {Record: c.ID.String()},
		"changes_request": {RequestID: "request-1"},
	} {
		for _, who := range []person{w.auditor(w.acme.Admin, tenant.LevelAll), w.auditor(w.acme.Manager, tenant.LevelTeam)} {
			if err := w.Read(t.Context(), w.acme.Company, who.caller, func(q *tenant.Query) error {
				statement, err := crm.AuditStatement(q, in)
				if err != nil {
					return err
				}
				steps := explain(t.Context(), t, q, statement.SQL+" LIMIT 21", statement.Args)
				if key == "changes_request" { // sorts the few of one request
					wantKeys(t, steps, statement, key)
					return nil
				}
				wantIndex(t, steps, key)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestContactKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Resource: "contact", Key: "hobby", Type: "text"})
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆科技"})
	id := crm.ContactID(tenant.NewEventID())
	made := w.manager.contact(t, crm.NewContact{
		ID: &id, Name: "王芳", CustomerID: &c.ID, Title: "采购总监", Department: "采购部", Role: "decision_maker",
		Phones: []crm.ContactPhone{{Number: "138 0013 8000"}, {Kind: "work", Number: "+1 415 555 2671", National: "nonsense", Primary: true}},
		Emails: []crm.ContactEmail{{Address: "Fang@YunFan.Example"}}, WeChat: "wangfang_88", Birthday: ptr(crm.Date("1988-05-20")), Language: "zh-CN",
		Addresses: []crm.PostalAddress{{Country: "CN", City: "上海市", Street: "世纪大道 100 号"}, {Kind: "home", Text: "somewhere"}}, Source: "fair", Note: "n",
		DoNotContact: false, Consents: crm.Consents{"email": {Status: "granted", Source: "form"}}, Tags: []string{"vip", "Old"}, Custom: values{"hobby": "chess"},
	})
	want := crm.Contact{
		ID: id, Name: "王芳", CustomerID: c.ID, Title: "采购总监", Department: "采购部", Role: "decision_maker", Primary: true,
		Phones: []crm.ContactPhone{{Kind: "mobile", Number: "+8613800138000", National: "138 0013 8000"}, {Kind: "work", Number: "+14155552671", National: "(415) 555-2671", Primary: true}},
		Emails: []crm.ContactEmail{{Kind: "work", Address: "Fang@yunfan.example", Primary: true}}, WeChat: "wangfang_88", Birthday: ptr(crm.Date("1988-05-20")), Language: "zh-CN",
		Addresses: []crm.PostalAddress{{Kind: "work", Country: "CN", City: "上海市", Street: "世纪大道 100 号"}, {Kind: "home", Text: "somewhere"}}, Source: "fair", Note: "n",
		Consents: crm.Consents{"email": {Status: "granted", Source: "form", At: ptr(tenanttest.Start)}}, Tags: []string{"Old", "vip"}, Custom: values{"hobby": "chess"},
		OwnerID: w.acme.Rep, CreatedBy: w.acme.Manager, CreatedAt: tenanttest.Start, UpdatedAt: tenanttest.Start, Version: 1, NameSort: "wang fang ",
		Customer: &crm.CustomerCard{ID: c.ID, Name: "云帆科技"}, MayContact: crm.Channels,
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("made: -want +got\n%s", diff)
	}
	stored := w.rep.getContact(t, id)
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	if page := must[crm.Page[crm.Contact]](t)(w.rep.tryContacts(t, c.ID, crm.ListQuery{Count: true})); len(page.Data) != 1 || *page.Total != 1 || cmp.Diff(stored, page.Data[0]) != "" {
		t.Errorf("listed: %+v", page.Data)
	}
	event := w.changesOf(t, "contact.created")[0]
	if event.Record != tenant.RecordID(id) || event.OwnerAfter != w.acme.Rep || event.Actor != w.acme.Manager || event.Resource != "contact" {
		t.Errorf("event %+v", event)
	}
	for q, found := range map[string]bool{"王": true, "wf": true, "wangfang": true, "0013": true, "138-0013": true, "415555": true, "fang@yun": true, "云帆": false, "chess": false} {
		if got := w.rep.people(t, crm.CustomerID{}, crm.ListQuery{Q: q}); (len(got) == 1) != found {
			t.Errorf("%q finds %v", q, got)
		}
	}
	for filter, found := range map[string]bool{
		`phone = "+8613800138000"`: true, `phone:"5552671"`: true, `phone = "+8613800138001"`: false, `email:"FANG"`: true, `email = "fang@yunfan.example"`: true, `NOT phone:*`: false,
		`role = decision_maker AND primary = true`: true, `role:*`: true, `role = user`: false, `birthday < "1990-01-01"`: true, `tags:vip AND custom.hobby = chess`: true,
		`customer = ` + c.ID.String(): true, `title:"总监" AND department:"采购" AND language = "zh-CN" AND wechat:"88"`: true, `owner = me`: true, `do_not_contact = true`: false,
	} {
		if got := w.rep.people(t, crm.CustomerID{}, crm.ListQuery{Filter: filter}); (len(got) == 1) != found {
			t.Errorf("%s finds %v", filter, got)
		}
	}
	_, err := w.rep.tryContact(t, crm.NewContact{ID: &id, Name: "again"})
	wantConflict(t, err, "id_in_use")
	plain := w.rep.contact(t, crm.NewContact{Name: "x"})
	if plain.OwnerID != w.acme.Rep || plain.Primary || plain.Phones == nil || plain.Emails == nil || plain.Addresses == nil || plain.Consents == nil || plain.Tags == nil {
		t.Errorf("defaults %+v", plain)
	}
}

func TestContactMistakes(t *testing.T) {
	w := newWorld(t)
	c, theirs, global := w.rep.customer(t, "x"), w.rep2.customer(t, "y"), w.stranger.customer(t, "z")
	p := w.rep.contact(t, crm.NewContact{Name: "x", CustomerID: &c.ID})
	own := w.rep.contact(t, crm.NewContact{Name: "own"})
	long := func(n int) string { return strings.Repeat("长", n+1) }
	many := make([]crm.ContactEmail, 11)
	for i := range many {
		many[i].Address = fmt.Sprintf("a%d@b.example", i)
	}
	for name, row := range map[string]struct {
		in     crm.NewContact
		patch  crm.ContactPatch
		fields []string
	}{
		"name":       {crm.NewContact{Name: " "}, crm.ContactPatch{Name: patch.Null[string]()}, []string{"name"}},
		"long name":  {crm.NewContact{Name: long(200)}, crm.ContactPatch{Name: patch.Of(long(200))}, []string{"name"}},
		"texts":      {crm.NewContact{Name: "x", Title: long(100), Department: long(100), WeChat: long(64), Source: long(64), Note: long(10_000)}, crm.ContactPatch{Title: patch.Of(long(100)), Department: patch.Of(long(100)), WeChat: patch.Of(long(64)), Source: patch.Of(long(64)), Note: patch.Of(long(10_000))}, []string{"title", "department", "wechat", "source", "note"}},
		"role":       {crm.NewContact{Name: "x", Role: "boss"}, crm.ContactPatch{Role: patch.Of("boss")}, []string{"role"}},
		"phone":      {crm.NewContact{Name: "x", Phones: []crm.ContactPhone{{Number: "13800138000"}, {Number: "12"}}}, crm.ContactPatch{Phones: patch.Of([]crm.ContactPhone{{}, {Number: ""}})}, []string{"phones[0].number", "phones[1].number"}},
		"phone kind": {crm.NewContact{Name: "x", Phones: []crm.ContactPhone{{Number: "13800138000", Kind: "fax"}}}, crm.ContactPatch{Phones: patch.Of([]crm.ContactPhone{{Number: "13800138000", Kind: "fax"}})}, []string{"phones[0].kind"}},
		"twice":      {crm.NewContact{Name: "x", Phones: []crm.ContactPhone{{Number: "13800138000"}, {Number: "+86 138 0013 8000"}}}, crm.ContactPatch{Phones: patch.Of([]crm.ContactPhone{{Number: "13800138000"}, {Number: "13800138000"}})}, []string{"phones[1]"}},
		"two main":   {crm.NewContact{Name: "x", Emails: []crm.ContactEmail{{Address: "a@b.example", Primary: true}, {Address: "c@b.example", Primary: true}}}, crm.ContactPatch{Emails: patch.Of([]crm.ContactEmail{{Address: "a@b.example", Primary: true}, {Address: "c@b.example", Primary: true}})}, []string{"emails[1].primary"}},
		"email":      {crm.NewContact{Name: "x", Emails: []crm.ContactEmail{{Address: "a@b"}}}, crm.ContactPatch{Emails: patch.Of([]crm.ContactEmail{{Address: ""}})}, []string{"emails[0].address"}},
		"many":       {crm.NewContact{Name: "x", Emails: many}, crm.ContactPatch{Emails: patch.Of(many)}, []string{"emails"}},
		"address":    {crm.NewContact{Name: "x", Addresses: []crm.PostalAddress{{Country: "China"}, {}}}, crm.ContactPatch{Addresses: patch.Of([]crm.PostalAddress{{Country: "cn"}, {Kind: "home"}})}, []string{"addresses[0].country", "addresses[1]"}},
		"language":   {crm.NewContact{Name: "x", Language: "chinese!"}, crm.ContactPatch{Language: patch.Of("x_")}, []string{"language"}},
		"birthday":   {crm.NewContact{Name: "x", Birthday: ptr(crm.Date("1988-13-01"))}, crm.ContactPatch{Birthday: patch.Of(crm.Date("soon"))}, []string{"birthday"}},
		"channel":    {crm.NewContact{Name: "x", Consents: crm.Consents{"fax": {Status: "granted"}}}, crm.ContactPatch{Consents: patch.Of(crm.Consents{"fax": {Status: "unknown"}})}, []string{"consents.fax"}},
		"consent":    {crm.NewContact{Name: "x", Consents: crm.Consents{"sms": {Status: "yes"}}}, crm.ContactPatch{Consents: patch.Of(crm.Consents{"sms": {}})}, []string{"consents.sms.status"}},
		"customer":   {crm.NewContact{Name: "x", CustomerID: &theirs.ID}, crm.ContactPatch{CustomerID: patch.Of(theirs.ID)}, []string{"customer_id"}},
		"stranger":   {crm.NewContact{Name: "x", CustomerID: &global.ID}, crm.ContactPatch{CustomerID: patch.Of(global.ID)}, []string{"customer_id"}},
		"own owner":  {crm.NewContact{Name: "x", CustomerID: &c.ID, OwnerID: &w.acme.Manager}, crm.ContactPatch{OwnerID: patch.Of(w.acme.Manager)}, []string{"owner_id"}},
		"tags":       {crm.NewContact{Name: "x", Tags: []string{" "}}, crm.ContactPatch{Tags: patch.Of(manyTags(51))}, []string{"tags"}},
		"custom":     {crm.NewContact{Name: "x", Custom: values{"no": 1.0}}, crm.ContactPatch{Custom: patch.Of(values{"no": 1.0})}, []string{"custom.no"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryContact(t, row.in)
			if name == "phone" {
				wantInvalid(t, err, "phones[1].number")
			} else {
				wantInvalid(t, err, row.fields...)
			}
			_, err = w.rep.tryUpdateContact(t, p.ID, row.patch, 0)
			wantInvalid(t, err, row.fields...)
		})
	}
	_, err := w.rep.tryContact(t, crm.NewContact{Name: "x", OwnerID: &w.acme.Rep2})
	wantInvalid(t, err, "owner_id")
	_, err = w.rep.tryUpdateContact(t, own.ID, crm.ContactPatch{OwnerID: patch.Of(w.acme.Rep2)}, 0)
	wantInvalid(t, err, "owner_id")
	if got := w.rep.people(t, crm.CustomerID{}, crm.ListQuery{}); !slices.Equal(got, []string{"own", "x"}) {
		t.Errorf("after refusals: %v", got)
	}
}

func TestContactPatch(t *testing.T) {
	w := newWorld(t)
	before := w.rep.contact(t, crm.NewContact{
		Name: "Wang", Phones: []crm.ContactPhone{{Number: "13800138000"}}, Emails: []crm.ContactEmail{{Address: "a@b.example"}}, Tags: []string{"vip"}, Birthday: ptr(crm.Date("1988-05-20")),
		Consents: crm.Consents{"sms": {Status: "withdrawn"}, "email": {Status: "granted"}},
	})
	w.Clock.Advance(time.Minute)
	for _, in := range []crm.ContactPatch{
		{}, {Name: patch.Of("Wang")}, {Phones: patch.Of([]crm.ContactPhone{{Kind: "mobile", Number: "+86 138 0013 8000", Primary: true}})}, {Tags: patch.Of([]string{"VIP"})},
		{Consents: patch.Of(crm.Consents{"sms": {Status: "withdrawn"}, "post": {Status: "unknown"}})}, {Primary: patch.Of(false)}, {OwnerID: patch.Of(w.acme.Rep)},
	} {
		if got := w.rep.updateContact(t, before.ID, in); got.Version != 1 {
			t.Errorf("%+v was written", in)
		}
	}
	after := w.rep.updateContact(t, before.ID, crm.ContactPatch{
		Name: patch.Of("Wang Fang"), Phones: patch.Of([]crm.ContactPhone{{Number: "13900139000"}}), Birthday: patch.Null[crm.Date](), Tags: patch.Null[[]string](),
		Consents: patch.Of(crm.Consents{"sms": {Status: "unknown"}, "phone": {Status: "withdrawn", Source: "call"}}),
	})
	want := before
	want.Name, want.NameSort, want.Birthday, want.Tags, want.Version, want.UpdatedAt = "Wang Fang", "wang fang", nil, []string{}, 2, w.Clock.Now()
	want.Phones = []crm.ContactPhone{{Kind: "mobile", Number: "+8613900139000", National: "139 0013 9000", Primary: true}}
	want.Consents = crm.Consents{"email": {Status: "granted", At: ptr(tenanttest.Start)}, "phone": {Status: "withdrawn", Source: "call", At: ptr(w.Clock.Now())}}
	want.MayContact = []string{"sms", "email", "wechat", "post"}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(want, w.rep.getContact(t, before.ID)); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	events := w.changesOf(t, "contact.updated")
	if previous := decode[map[string]any](t, events[0].Previous); len(events) != 1 || len(previous) != 5 || previous["name"] != "Wang" {
		t.Errorf("%d events, previous %v", len(events), previous)
	}
	for filter, found := range map[string]bool{`phone:"138"`: false, `phone:"139"`: true, `email:*`: true} {
		if got := w.rep.people(t, crm.CustomerID{}, crm.ListQuery{Filter: filter}); (len(got) == 1) != found {
			t.Errorf("%s finds %v", filter, got)
		}
	}
	if got := w.rep.people(t, crm.CustomerID{}, crm.ListQuery{Q: "8000"}); len(got) != 0 {
		t.Error("found by its old number")
	}
	_, err := w.rep.tryUpdateContact(t, before.ID, crm.ContactPatch{Note: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
}

// TestContactsGoWithTheirCustomer hands customers over and moves contacts about: whoever owns the customer owns its people.
func TestContactsGoWithTheirCustomer(t *testing.T) {
	w := newWorld(t)
	a, b := w.rep.customer(t, "a"), w.rep2.customer(t, "b")
	p := w.rep.contact(t, crm.NewContact{Name: "p", CustomerID: &a.ID})
	at := func(when string, owner tenant.MemberID, customer crm.CustomerID) {
		t.Helper()
		got := w.admin.getContact(t, p.ID)
		if got.OwnerID != owner || got.CustomerID != customer {
			t.Errorf("%s: owner %s, customer %s", when, got.OwnerID, got.CustomerID)
		}
		for _, who := range []person{w.rep, w.rep2} {
			_, err := who.tryGetContact(t, p.ID)
			wantFound(t, when, err, who.id() == owner)
			if got := who.people(t, crm.CustomerID{}, crm.ListQuery{}); (len(got) == 1) != (who.id() == owner) {
				t.Errorf("%s: listed %v", when, got)
			}
		}
	}
	at("made", w.acme.Rep, a.ID)
	w.manager.update(t, a.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	at("handed over", w.acme.Rep2, a.ID)
	event := w.changesOf(t, "contact.updated")[0]
	if event.OwnerBefore != w.acme.Rep || event.OwnerAfter != w.acme.Rep2 || string(event.Previous) != fmt.Sprintf(`{"owner_id":%q}`, w.acme.Rep) {
		t.Errorf("event %+v, previous %s", event, event.Previous)
	}
	must[crm.BulkResult](t)(write(t, w.manager, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) {
		return crm.ChangeCustomers(ctx, tx, crm.BulkChange{IDs: []crm.CustomerID{a.ID}, Action: "assign", OwnerID: patch.Of(w.acme.Rep)})
	}))
	at("assigned in bulk", w.acme.Rep, a.ID)
	w.manager.updateContact(t, p.ID, crm.ContactPatch{CustomerID: patch.Of(b.ID)})
	at("moved", w.acme.Rep2, b.ID)
	w.rep2.updateContact(t, p.ID, crm.ContactPatch{CustomerID: patch.Null[crm.CustomerID]()})
	at("taken out", w.acme.Rep2, crm.CustomerID{})
	w.manager.updateContact(t, p.ID, crm.ContactPatch{OwnerID: patch.Of(w.acme.Rep)})
	at("given", w.acme.Rep, crm.CustomerID{})
	w.rep.updateContact(t, p.ID, crm.ContactPatch{CustomerID: patch.Of(a.ID)})
	at("back", w.acme.Rep, a.ID)

	// A customer takes its people to the trash and back, but not those who went there before.
	gone := w.rep.contact(t, crm.NewContact{Name: "gone", CustomerID: &a.ID})
	if err := w.rep.deleteContact(t, gone.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, a.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	_, err := w.admin.tryGetContact(t, p.ID)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.rep.restoreContact(t, p.ID)
	wantConflict(t, err, "customer_deleted")
	deleted := w.changesOf(t, "contact.deleted")
	if last := deleted[len(deleted)-1]; len(deleted) != 2 || last.OwnerBefore != w.acme.Rep || !last.OwnerAfter.IsZero() {
		t.Errorf("%d events", len(deleted))
	}
	must[crm.Customer](t)(w.rep.tryRestore(t, a.ID))
	at("restored", w.acme.Rep, a.ID)
	_, err = w.admin.tryGetContact(t, gone.ID)
	wantError(t, err, tenant.ErrNotFound)
}

func TestOneMainContact(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "c", ContactName: "Switchboard", Phone: "13800138000"})
	other := w.rep.customer(t, "other")
	first := w.rep.contact(t, crm.NewContact{Name: "first", CustomerID: &c.ID})
	second := w.rep.contact(t, crm.NewContact{Name: "second", CustomerID: &c.ID})
	main := func(want string) {
		t.Helper()
		if got := w.rep.people(t, c.ID, crm.ListQuery{Filter: "primary = true"}); fmt.Sprint(got) != want {
			t.Errorf("main contacts %v, want %s", got, want)
		}
	}
	main("[first]")
	if got := w.rep.updateContact(t, second.ID, crm.ContactPatch{Primary: patch.Of(true)}); !got.Primary || w.rep.getContact(t, first.ID).Primary || w.rep.getContact(t, first.ID).Version != 2 {
		t.Error("both are, or neither")
	}
	main("[second]")
	w.rep.contact(t, crm.NewContact{Name: "third", CustomerID: &c.ID, Primary: true})
	main("[third]")
	// Whoever moves is the main one of the new customer only if there is none, or by wish.
	w.rep.updateContact(t, second.ID, crm.ContactPatch{CustomerID: patch.Of(other.ID)})
	if !w.rep.getContact(t, second.ID).Primary {
		t.Error("the only contact of a customer is not the main one")
	}
	w.rep.updateContact(t, second.ID, crm.ContactPatch{CustomerID: patch.Of(c.ID)})
	main("[third]")
	w.rep.updateContact(t, second.ID, crm.ContactPatch{CustomerID: patch.Of(other.ID)})
	w.rep.updateContact(t, second.ID, crm.ContactPatch{CustomerID: patch.Of(c.ID), Primary: patch.Of(true)})
	main("[second]")
	if err := w.rep.deleteContact(t, second.ID); err != nil {
		t.Fatal(err)
	}
	main("[]")
	w.rep.updateContact(t, first.ID, crm.ContactPatch{Primary: patch.Of(true)})
	if back := must[crm.Contact](t)(w.rep.restoreContact(t, second.ID)); back.Primary || back.Version != 9 {
		t.Errorf("restored %+v", back)
	}
	main("[first]")
	alone := w.rep.contact(t, crm.NewContact{Name: "alone", Primary: true})
	if alone.Primary {
		t.Error("somebody without a customer is its main contact")
	}
	if got := w.rep.get(t, c.ID); got.ContactName != "Switchboard" || *got.Phone != "+8613800138000" {
		t.Errorf("the customer's own contact details have changed: %+v", got)
	}
}

func TestContactScope(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "c")
	p := w.rep.contact(t, crm.NewContact{Name: "p", CustomerID: &c.ID})
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO company.collaborators (customer_id, member_id, may_write, created_at) VALUES (?, ?, 1, ?)`, c.ID, w.acme.Rep2, tx.Now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	shared := w.person(w.acme, w.acme.Rep2, tenant.LevelOwn)
	shared.caller.Shared = true
	for name, row := range map[string]struct {
		person
		sees, changes, deletes bool
	}{
		"rep": {w.rep, true, true, true}, "rep2": {w.rep2, false, false, false}, "manager": {w.manager, true, true, true}, "admin": {w.admin, true, true, true},
		"stranger": {w.stranger, false, false, false}, "collaborator": {shared, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := row.tryGetContact(t, p.ID)
			wantFound(t, "get", err, row.sees)
			if got := row.people(t, crm.CustomerID{}, crm.ListQuery{Q: "p"}); (len(got) == 1) != row.sees {
				t.Errorf("listed %v", got)
			}
			_, err = row.tryContacts(t, c.ID, crm.ListQuery{})
			wantFound(t, "at the customer", err, row.sees)
			_, err = row.tryUpdateContact(t, p.ID, crm.ContactPatch{Note: patch.Of(name)}, 0)
			wantFound(t, "update", err, row.changes)
			wantFound(t, "delete", row.undone(t, func(tx *tenant.Tx) error { return crm.DeleteContact(t.Context(), tx, p.ID, 0) }), row.deletes)
			result, err := write(t, row.person, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) {
				return crm.ChangeContacts(ctx, tx, crm.ContactBulk{IDs: []crm.ContactID{p.ID}, Action: "tag", Tags: []string{name}})
			})
			if err != nil || (result.Changed == 1) != row.changes || (result.NotFound == 1) == row.changes {
				t.Errorf("bulk %+v, %v", result, err)
			}
		})
	}
	if made, err := shared.tryContact(t, crm.NewContact{Name: "by a collaborator", CustomerID: &c.ID}); err != nil || made.OwnerID != w.acme.Rep {
		t.Errorf("a collaborator's contact: %+v, %v", made, err)
	}
	_, err := shared.tryUpdateContact(t, p.ID, crm.ContactPatch{CustomerID: patch.Null[crm.CustomerID]()}, 0)
	wantInvalid(t, err, "customer_id")
	var ref crm.RecordRef
	if err := ref.UnmarshalText([]byte(p.ID.String())); err != nil {
		t.Fatal(err)
	}
	if got := must[crm.Record](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Record, error) { return crm.FindRecord(ctx, q, ref, "read") })); got.Title != "p" || got.Customer != c.ID || got.Owner != w.acme.Rep {
		t.Errorf("record %+v", got)
	}
}

func TestWhoMayBeContacted(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "c"})
	p := w.rep.contact(t, crm.NewContact{Name: "p", CustomerID: &c.ID, Consents: crm.Consents{"sms": {Status: "withdrawn"}, "email": {Status: "granted"}}})
	open := func(want string) {
		t.Helper()
		if got := fmt.Sprint(w.rep.getContact(t, p.ID).MayContact); got != want {
			t.Errorf("open are %s, want %s", got, want)
		}
	}
	open("[phone email wechat post]")
	w.rep.update(t, c.ID, crm.CustomerPatch{Consents: patch.Of(crm.Consents{"email": {Status: "withdrawn"}})})
	open("[phone wechat post]")
	w.rep.update(t, c.ID, crm.CustomerPatch{DoNotContact: patch.Of(true)})
	open("[]")
	w.rep.update(t, c.ID, crm.CustomerPatch{DoNotContact: patch.Of(false), Consents: patch.Null[crm.Consents]()})
	w.rep.updateContact(t, p.ID, crm.ContactPatch{DoNotContact: patch.Of(true)})
	open("[]")
	if crm.MayContact("email", p, crm.Wishes{Consents: crm.Consents{"email": {Status: "withdrawn"}}}) || !crm.MayContact("email", p, c) || crm.MayContact("sms", p) {
		t.Error("MayContact")
	}
}

func TestManyContacts(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.rep.customer(t, "a"), w.rep2.customer(t, "b"), w.rep.customer(t, "c")
	var ids []crm.ContactID
	for _, name := range []string{"1", "2", "3"} {
		ids = append(ids, w.rep.contact(t, crm.NewContact{Name: name, CustomerID: &a.ID, Tags: []string{"old"}}).ID)
	}
	theirs := w.rep2.contact(t, crm.NewContact{Name: "theirs", CustomerID: &b.ID})
	if got := w.rep.changeContacts(t, crm.ContactBulk{IDs: append(ids, theirs.ID, ids[0]), Action: "tag", Tags: []string{"OLD", "new"}}); got.Selected != 4 || got.Changed != 3 || got.NotFound != 1 || got.Failures[0].ID.String() != theirs.ID.String() {
		t.Errorf("tagged %+v", got)
	}
	if got := w.rep.changeContacts(t, crm.ContactBulk{Matching: &crm.BulkSelection{Filter: `tags:new AND name = "1"`}, Action: "untag", Tags: []string{"new", "old"}}); got.Changed != 1 {
		t.Errorf("untagged %+v", got)
	}
	if got := w.rep.changeContacts(t, crm.ContactBulk{Matching: &crm.BulkSelection{}, Action: "move", CustomerID: patch.Of(c.ID)}); got.Changed != 3 {
		t.Errorf("moved %+v", got)
	}
	if got := w.rep.people(t, c.ID, crm.ListQuery{}); !slices.Equal(got, []string{"1", "2", "3"}) || len(w.rep.people(t, c.ID, crm.ListQuery{Filter: "primary = true"})) != 0 {
		t.Errorf("at the other customer %v", got)
	}
	if got := w.manager.changeContacts(t, crm.ContactBulk{IDs: ids[:2], Action: "move", CustomerID: patch.Of(b.ID)}); got.Changed != 2 || w.rep2.getContact(t, ids[0]).OwnerID != w.acme.Rep2 {
		t.Errorf("moved to a colleague's %+v", got)
	}
	if got := w.rep2.changeContacts(t, crm.ContactBulk{Matching: &crm.BulkSelection{Q: "theirs"}, Action: "delete"}); got.Changed != 1 {
		t.Errorf("deleted %+v", got)
	}
	for name, row := range map[string]struct {
		in    crm.ContactBulk
		field string
	}{
		"nobody":    {crm.ContactBulk{Action: "delete"}, "ids"},
		"no action": {crm.ContactBulk{IDs: ids, Action: "sing"}, "action"},
		"no tags":   {crm.ContactBulk{IDs: ids, Action: "tag"}, "tags"},
		"nowhere":   {crm.ContactBulk{IDs: ids, Action: "move"}, "customer_id"},
		"not mine":  {crm.ContactBulk{IDs: ids, Action: "move", CustomerID: patch.Of(b.ID)}, "customer_id"},
		"too many":  {crm.ContactBulk{IDs: make([]crm.ContactID, 501), Action: "delete"}, "ids"},
	} {
		_, err := write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) { return crm.ChangeContacts(ctx, tx, row.in) })
		t.Run(name, func(t *testing.T) { wantInvalid(t, err, row.field) })
	}
	reader := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "contact:read", "contact:update")}
	_, err := write(t, reader, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) {
		return crm.ChangeContacts(ctx, tx, crm.ContactBulk{IDs: ids, Action: "delete"})
	})
	wantError(t, err, tenant.ErrDenied)
}

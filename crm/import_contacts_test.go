package crm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// outcomes shows each row of an import as line:outcome:codes.
func (p person) outcomes(t testing.TB, imp crm.Import) []string {
	t.Helper()
	var all []string
	for _, r := range p.rows(t, imp.ID, "") {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%d:%s:%s", r.Line, r.Outcome, strings.Join(codesOf(r), ",")), ":"))
	}
	return all
}

func (p person) allContacts(t testing.TB) []crm.Contact {
	t.Helper()
	return must[crm.Page[crm.Contact]](t)(p.tryContacts(t, crm.CustomerID{}, crm.ListQuery{OrderBy: "name", Limit: 200})).Data
}

func TestContactsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	a, b := w.rep.customer(t, "上海云帆科技有限公司"), w.rep2.customer(t, "华信软件")
	w.rep.customer(t, "Twin Ltd")
	w.rep.customer(t, "Twin (Ltd)")
	gone := w.rep.customer(t, "Gone")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	text := "姓名,公司,职务,部门,角色,手机,办公电话,邮箱,微信号,地址,生日,来源,标签,勿扰,备注,创建日期\n" +
		"王芳,云帆科技（上海）,采购总监,采购部,决策人,138 0013 8000；13900139000,021-58880000-801,wf@yunfan.example;fang@a.example,wf88,世纪大道 100 号,1958-05-20,展会,vip,是,老客户,2024-03-05\n" +
		"李雷,上海云帆科技有限公司,,,,13800138000,,,,,,,,,,\n" + // shares the switchboard: another person
		"王芳,,,,,13800138000,,,,,,,,,,\n" + // the same once more
		"张三,华信软件,,,,,,,,,,,,,,\n" +
		"张三,没有这家,,,,,,,,,,,,,,\n" +
		"张三,Twin,,,,,,,,,,,,,,\n" +
		"张三,Gone,,,,,,,,,,,,,,\n" +
		"韩梅梅,,,,老板,12,,x,,,昨天,,,也许,,\n" +
		",,,,,13600136000,,,,,,,,,,\n" +
		"韩梅梅,,,,,,,,,,,,,,,\n"
	imp := w.rep.runAs(t, "contacts", "people.csv", text, crm.ImportOptions{Tags: []string{"fair"}})
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:duplicate:repeats_line", "5:rejected:unknown_customer", "6:rejected:unknown_customer", "7:rejected:several_customers", "8:rejected:unknown_customer",
		"9:rejected:bad_role,bad_phone,bad_email,bad_date,bad_choice", "10:rejected:required", "11:created",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	got := w.rep.allContacts(t)
	want := w.rep.getContact(t, got[2].ID)
	want.Name, want.CustomerID, want.OwnerID, want.Primary, want.Title, want.Department, want.Role = "王芳", a.ID, w.acme.Rep, true, "采购总监", "采购部", "decision_maker"
	want.Phones = []crm.ContactPhone{
		{Kind: "mobile", Number: "+8613800138000", National: "138 0013 8000", Primary: true}, {Kind: "mobile", Number: "+8613900139000", National: "139 0013 9000"},
		{Kind: "work", Number: "+862158880000", National: "021 5888 0000"},
	}
	want.Emails = []crm.ContactEmail{{Kind: "work", Address: "wf@yunfan.example", Primary: true}, {Kind: "work", Address: "fang@a.example"}}
	want.WeChat, want.Addresses, want.Birthday, want.Source, want.Tags, want.DoNotContact = "wf88", []crm.PostalAddress{{Kind: "work", Text: "世纪大道 100 号"}}, ptr(crm.Date("1958-05-20")), "展会", []string{"fair", "vip"}, true
	want.Note = "老客户\n+862158880000 ext. 801"
	if diff := cmp.Diff(want, got[2]); diff != "" || got[2].CreatedAt.Year() != 2024 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Name != "李雷" || got[1].Primary || got[1].CustomerID != a.ID || got[0].OwnerID != w.acme.Rep || !got[0].CustomerID.IsZero() {
		t.Errorf("%+v", got[:2])
	}
	if events := w.changesOf(t, "contact.created"); len(events) != 3 || len(w.waiting(t)) == 0 {
		t.Errorf("%d events", len(events))
	}

	t.Run("by key", func(t *testing.T) {
		theirs := w.rep2.contact(t, crm.NewContact{Name: "theirs", CustomerID: &b.ID, Phones: []crm.ContactPhone{{Number: "13700137000"}}})
		imp := w.rep.runAs(t, "contacts", "more.csv", "email,name,title,phone,customer\nFANG@a.example,王芳,CEO,13500135000,\nnew@a.example,New,,,上海云帆科技有限公司\n,Nameless,,13700137000,\nwf@yunfan.example,,CEO,13500135000,\nwf@yunfan.example,,,13400134000,\n",
			crm.ImportOptions{Mode: crm.ModeUpsert, Key: "email"})
		if diff := cmp.Diff([]string{"2:updated", "3:created", "4:created", "5:duplicate:nothing_new", "6:updated"}, w.rep.outcomes(t, imp)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		after := w.rep.getContact(t, got[2].ID)
		if after.Title != "CEO" || len(after.Phones) != 5 || after.Phones[3].Number != "+8613500135000" || len(after.Emails) != 2 || after.CustomerID != a.ID || !after.Primary || after.Version != 3 {
			t.Errorf("%+v", after)
		}
		if imp := w.rep.runAs(t, "contacts", "theirs.csv", "phone,title\n13700137000,x\n13700137001,x\n", crm.ImportOptions{Mode: crm.ModeUpdate}); !slices.Equal(w.rep.outcomes(t, imp), []string{"2:updated", "3:rejected:not_found"}) {
			t.Errorf("%v", w.rep.outcomes(t, imp))
		}
		if w.rep2.getContact(t, theirs.ID).Title != "" {
			t.Error("a colleague's contact was changed")
		}
		if back := w.rep.undo(t, imp.ID); back.Undone != 3 {
			t.Errorf("%d undone", back.Undone)
		}
		if back := w.rep.getContact(t, got[2].ID); back.Title != "采购总监" || len(back.Phones) != 3 || back.Version != 4 {
			t.Errorf("undone %+v", back)
		}
	})
	t.Run("again", func(t *testing.T) {
		for _, format := range []string{crm.FormatCSV, crm.FormatXLSX} {
			before := w.rep.allContacts(t)
			text := w.rep.export(t, crm.Export{Resource: "contacts", Format: format})
			for _, p := range before {
				if err := w.rep.deleteContact(t, p.ID); err != nil {
					t.Fatal(err)
				}
			}
			again := w.rep.runAs(t, "contacts", "contacts."+format, text, crm.ImportOptions{})
			if again.Created != len(before) {
				t.Fatalf("%+v\n%v", again.Mapping, w.rep.outcomes(t, again))
			}
			if diff := cmp.Diff(before, w.rep.allContacts(t), cmpopts.IgnoreFields(crm.Contact{}, "ID", "Version", "UpdatedAt")); diff != "" {
				t.Errorf("%s (-before +after):\n%s", format, diff)
			}
		}
	})
}

// What people have done with the customers since stands when the import that moved contacts to others is undone.
func TestContactsMoveBack(t *testing.T) {
	w := importers(newWorld(t))
	from, to := w.rep.customer(t, "From"), w.rep.customer(t, "To")
	left, gone := w.rep.customer(t, "Left"), w.rep.customer(t, "Gone")
	at := func(name string, customer crm.CustomerID) crm.Contact {
		t.Helper()
		return w.rep.contact(t, crm.NewContact{Name: name, CustomerID: &customer})
	}
	first, handed, stays, free := at("first", from.ID), at("handed", left.ID), at("stays", gone.ID), w.rep.contact(t, crm.NewContact{Name: "free"})
	imp := w.rep.runAs(t, "contacts", "a.csv", "name,customer\nfirst,To\nhanded,To\nstays,To\nfree,To\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})
	if imp.Updated != 4 || !w.rep.getContact(t, first.ID).Primary || w.rep.getContact(t, free.ID).Primary {
		t.Fatalf("%+v %v", imp, w.rep.outcomes(t, imp))
	}
	next := at("next", from.ID)
	w.manager.update(t, left.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	w.rep.updateContact(t, free.ID, crm.ContactPatch{Primary: patch.Of(true)})
	if imp = w.rep.undo(t, imp.ID); imp.Undone != 3 {
		t.Errorf("%d undone", imp.Undone)
	}
	for name, c := range map[string]struct {
		contact  crm.Contact
		customer crm.CustomerID
		owner    tenant.MemberID
		primary  bool
	}{
		"another leads by now": {first, from.ID, w.acme.Rep, false}, "the one who leads": {next, from.ID, w.acme.Rep, true}, "handed over": {handed, left.ID, w.acme.Rep2, true},
		"in the trash": {stays, to.ID, w.acme.Rep, false}, "of nobody": {free, crm.CustomerID{}, w.acme.Rep, false},
	} {
		if got := w.admin.getContact(t, c.contact.ID); got.CustomerID != c.customer || got.OwnerID != c.owner || got.Primary != c.primary {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Companies and people stand in one file of the collection: the people find the companies.
func TestContactsOfTheCollection(t *testing.T) {
	path := filepath.Join(importData(t), "odoo_customers_contacts.csv")
	if _, err := os.Stat(path); err != nil {
		return // not part of the extract
	}
	w := importers(newWorld(t))
	for _, name := range []string{"Aurora Shelves", "House Sales Direct", "International Wood"} {
		w.rep.customer(t, name)
	}
	imp := w.rep.runAs(t, "contacts", "odoo.csv", readFile(t, path), crm.ImportOptions{})
	if imp.Created != 8 || len(imp.Suggested) < 3 {
		t.Errorf("%+v", imp)
	}
	if got := must[crm.Page[crm.Contact]](t)(w.rep.tryContacts(t, crm.CustomerID{}, crm.ListQuery{Filter: "customer:*", OrderBy: "name"})).Data; len(got) != 4 || got[0].Name != "Jack Unsworth" || got[0].Customer.Name != "House Sales Direct" {
		t.Errorf("%+v", got)
	}
}

func TestContactImportIsRefused(t *testing.T) {
	w := importers(newWorld(t))
	_, err := w.rep.tryUploadAs(t, "spaceships", "a.csv", "name\nx\n")
	wantInvalid(t, err, "resource")
	imp := must[crm.Import](t)(w.rep.tryUploadAs(t, "contacts", "a.csv", "name,industry\nx,y\n"))
	_, err = w.rep.tryMap(t, imp.ID, crm.ImportPatch{Mapping: patch.Of([]crm.ColumnMapping{{Column: "A", Field: "name"}, {Column: "B", Field: "industry"}})})
	wantInvalid(t, err, "mapping[1].field")
	reader := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "customer:create", "import:create", "import:read")}
	_, err = reader.tryStart(t, imp.ID)
	wantError(t, err, tenant.ErrDenied)
	c := w.rep.customer(t, "c")
	w.rep.contact(t, crm.NewContact{Name: "x", CustomerID: &c.ID, Phones: []crm.ContactPhone{{Number: "13800138000"}}})
	masked := must[crm.Import](t)(w.rep.tryUploadAs(t, "contacts", "a.csv", "name,phone\nx,13800138000\n"))
	if p := w.rep.mapped(t, masked.ID, crm.ImportPatch{}); p.Duplicates != 1 {
		t.Errorf("the number recognises nobody: %+v", p)
	}
	w.rep.caller.Masked = map[string]bool{"contact.phone": true}
	if p := w.rep.mapped(t, masked.ID, crm.ImportPatch{}); p.Created != 1 {
		t.Errorf("a masked number recognises somebody: %+v", p)
	}
	_, err = w.rep.tryMap(t, masked.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: crm.ModeUpdate})})
	wantInvalid(t, err, "options.key")
	// Who may make contacts for everybody, but change only their own, moves none to a colleague's customer.
	w.rep2.customer(t, "theirs")
	wide := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, append(slices.Clone(everything), "import:create")...)}
	wide.caller.Levels["contact:create"] = tenant.LevelAll
	for mode, created := range map[string]int{crm.ModeCreate: 1, crm.ModeUpsert: 0} {
		moved := must[crm.Import](t)(w.rep.tryUploadAs(t, "contacts", "a.csv", "name,customer\ny,theirs\n"))
		if p := wide.mapped(t, moved.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: mode, Key: "name"})}); p.Created != created || p.Created+p.Rejected != 1 {
			t.Errorf("%s: %+v", mode, p)
		}
	}
}

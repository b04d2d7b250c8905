package crm_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestCardsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.caller.Locale = "zh-CN"
	w.rep.customer(t, "杭州飞鸟软件有限公司")
	cards := readFile(t, filepath.Join("vcard", "testdata", "v30_multi.vcf"))
	more := "BEGIN:VCARD\nVERSION:2.1\nFN:韩梅梅\nTEL;WORK;FAX:021-00000001\nORG:没有这家\nEND:VCARD\n" +
		"BEGIN:VCARD\nTEL;CELL:13600136000\nEND:VCARD\nBEGIN:VCARD\nFN:李雷\nTEL;CELL:10086\nEND:VCARD\nBEGIN:VCARD\nFN:王五\n"
	imp := w.rep.runAs(t, "contacts", "people.vcf", cards+more, crm.ImportOptions{})
	if diff := cmp.Diff([]string{
		"1:created", "14:created", "27:created", "40:rejected:unknown_customer", "46:rejected:required", "49:rejected:bad_phone", "53:rejected:unclosed_card",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if imp.File.Kind != "vcard" || imp.RowsTotal != 7 {
		t.Errorf("%+v", imp)
	}
	got := w.rep.allContacts(t)
	first := got[0] // by the sound of the name: li, ouyang, wang
	if len(got) != 3 || first.Name != "李四" || first.Customer == nil || first.Customer.Name != "杭州飞鸟软件有限公司" || first.Department != "研发部" || first.Title != "工程师" ||
		first.Phones[0].Number != "+8619900000001" || first.Emails[0].Address != "u1@example.com" || *first.Birthday != "1990-01-01" ||
		first.Addresses[0].Text != "中国 310000 浙江 杭州 文三路 1 号" || first.Note != "第一行\n第二行, 逗号" {
		t.Errorf("%+v", first)
	}
	// What was rejected is mended as a table, whose headings say in the importer's language what the card said.
	file := w.rep.rejected(t, imp.ID)
	if !strings.Contains(file, "联系人姓名,公司,部门,职位,手机,传真,邮箱,地址,生日,备注,行号,未导入原因") || !strings.Contains(file, "韩梅梅,没有这家") || !strings.Contains(file, "名片没有结束") {
		t.Errorf("%s", file)
	}
	mended := strings.NewReplacer("没有这家", "", "10086", "13700137000").Replace(file)
	if imp = w.rep.runAs(t, "contacts", "mended.csv", mended, crm.ImportOptions{}); imp.Created != 3 || imp.Rejected != 1 {
		t.Errorf("%v", w.rep.outcomes(t, imp))
	}
}

func TestCardsAreContacts(t *testing.T) {
	w := importers(newWorld(t))
	_, err := w.rep.tryUpload(t, "people.vcf", readFile(t, filepath.Join("vcard", "testdata", "v30_multi.vcf")))
	wantInvalid(t, err, "resource")
	_, err = w.rep.tryUploadAs(t, "contacts", "lists.vcf", "BEGIN:VCARD\nKIND:group\nFN:Friends\nEND:VCARD\n")
	wantInvalid(t, err, "file")
}

// Whoever takes an address book out and brings it in elsewhere has the same people there.
func TestAnAddressBookGoesOutAndComesIn(t *testing.T) {
	w := importers(newWorld(t))
	at := w.rep.customer(t, "杭州飞鸟软件有限公司")
	w.rep.contact(t, crm.NewContact{
		Name: "王小明", CustomerID: &at.ID, Title: "工程师; 组长", Department: "研发部", WeChat: "wang_88", Birthday: ptr(crm.Date("1990-01-02")),
		Note: "第一行\n第二行, 完", Tags: []string{"vip", "展会"}, Addresses: []crm.PostalAddress{{Text: "文三路 1 号"}},
		Phones: []crm.ContactPhone{{Kind: "mobile", Number: "13800138000"}, {Kind: "work", Number: "021-58880000", Primary: true}, {Kind: "other", Number: "13900139000"}},
		Emails: []crm.ContactEmail{{Kind: "personal", Address: "a@b.example"}, {Kind: "work", Address: "b@b.example"}},
	})
	w.rep.contact(t, crm.NewContact{Name: "John Doe", Addresses: []crm.PostalAddress{{Country: "US", Province: "TX", City: "Austin", District: "Travis", Street: "5 Main St"}}})
	w.rep2.contact(t, crm.NewContact{Name: "colleague's"})
	book := w.rep.export(t, crm.Export{Resource: "contacts", Format: crm.FormatVCard})
	if strings.Contains(book, "colleague") || strings.Count(book, "BEGIN:VCARD") != 2 {
		t.Fatalf("%s", book)
	}
	here := w.rep.runAs(t, "contacts", "book.vcf", book, crm.ImportOptions{Mode: crm.ModeUpsert, Key: "name"})
	if diff := cmp.Diff([]string{"duplicate:nothing_new", "duplicate:nothing_new"}, withoutLines(w.rep.outcomes(t, here))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	there := w.stranger.runAs(t, "contacts", "book.vcf", book, crm.ImportOptions{CreateCustomers: true})
	if there.Created != 2 {
		t.Fatalf("%v", w.stranger.outcomes(t, there))
	}
	sorted := cmp.Options{
		cmpopts.IgnoreFields(crm.Contact{}, "ID", "CustomerID", "OwnerID", "CreatedBy", "CreatedAt", "UpdatedAt"), cmpopts.IgnoreFields(crm.CustomerCard{}, "ID"),
		cmpopts.SortSlices(func(a, b crm.ContactPhone) bool { return a.Number < b.Number }),
	}
	want := w.rep.allContacts(t)
	want[0].Addresses = []crm.PostalAddress{{Kind: "work", Text: "Travis 5 Main St, Austin, TX, US"}}
	if diff := cmp.Diff(want, w.stranger.allContacts(t), sorted); diff != "" {
		t.Errorf("(-here +there):\n%s", diff)
	}

	w.rep.caller.Masked = map[string]bool{"contact.phone": true}
	defer func() { w.rep.caller.Masked = nil }()
	if book := w.rep.export(t, crm.Export{Resource: "contacts", Format: crm.FormatVCard}); strings.Contains(book, "13800138000") || !strings.Contains(book, "a@b.example") {
		t.Errorf("%s", book)
	}
	_, err := w.rep.tryExport(t, crm.Export{Resource: "customers", Format: crm.FormatVCard})
	wantInvalid(t, err, "format")
}

// withoutLines leaves of outcomes what they are.
func withoutLines(outcomes []string) []string {
	for i := range outcomes {
		_, outcomes[i], _ = strings.Cut(outcomes[i], ":")
	}
	return outcomes
}

func TestContactsMakeTheirCustomers(t *testing.T) {
	c := newCabinet(t, 1<<20)
	w := importers(c.world)
	mine := w.rep.customer(t, "Mine Ltd")
	w.admin.field(t, crm.NewCustomField{Key: "from", Type: "text", Label: crm.FieldLabel{EN: "From"}, Preset: "book"})
	w.rep2.customer(t, "Theirs Ltd")
	moved := w.rep.contact(t, crm.NewContact{Name: "moved", CustomerID: &mine.ID})
	text := "name,customer,phone,owner\na,Mine,,\nb,星河科技（上海）,,\nc,上海星河科技有限公司,,\nd,Theirs,,\ne,Bad Ltd,12,\nmoved,Next Ltd,,\nf,,,\ng,Given,,acme rep 2\n"
	options := crm.ImportOptions{Mode: crm.ModeUpsert, Key: "name", CreateCustomers: true, Tags: []string{"fair"}}
	imp := must[crm.Import](t)(w.manager.tryUploadAs(t, "contacts", "a.csv", text))
	preview := w.manager.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(options)})
	if row := preview.Rows[1]; row.NewCustomer != "星河科技（上海）" || !row.Contact.CustomerID.IsZero() || preview.Rows[0].NewCustomer != "" || preview.Rows[4].NewCustomer != "" {
		t.Errorf("%+v", row)
	}
	imp = w.rep.runAs(t, "contacts", "a.csv", text, options)
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:created", "5:rejected:unknown_customer", "6:rejected:bad_phone", "7:updated", "8:created", "9:rejected:owner_out_of_scope",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Next Ltd", "星河科技（上海）"}, w.rep.names(t, crm.ListQuery{Filter: `tags:"fair"`, OrderBy: "name"})); diff != "" {
		t.Errorf("customers made (-want +got):\n%s", diff)
	}
	if made := w.rep.names(t, crm.ListQuery{Filter: `tags:"fair" AND custom.from = "book"`}); len(made) != 2 {
		t.Errorf("the default of a custom field has gone to %v", made)
	}
	all := map[string]crm.Contact{}
	for _, p := range w.rep.allContacts(t) {
		all[p.Name] = p
	}
	if b, c := all["b"], all["c"]; b.Customer == nil || b.CustomerID != c.CustomerID || !b.Primary || c.Primary || all["moved"].Customer.Name != "Next Ltd" || !all["moved"].Primary {
		t.Errorf("%+v", all)
	}
	// What somebody has done something with stays.
	next := all["moved"].CustomerID
	w.rep.contact(t, crm.NewContact{Name: "later", CustomerID: ptr(all["b"].CustomerID)})
	if imp = w.rep.undo(t, imp.ID); imp.Undone != 5 || w.rep.getContact(t, moved.ID).CustomerID != mine.ID {
		t.Errorf("%+v", imp)
	}
	if _, err := w.rep.tryGet(t, next); err == nil || w.rep.get(t, all["b"].CustomerID).Name == "" {
		t.Errorf("%v", err)
	}

	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true})
	}); err != nil {
		t.Fatal(err)
	}
	made := map[string]crm.CustomerID{}
	imp = w.rep.runAs(t, "contacts", "a.csv", "name,customer\n1,Task\n2,Trashed task\n3,Comment\n4,File\n5,Event\n6,Shared\n7,Parent\n8,Idle\n", options)
	for _, p := range w.rep.allContacts(t) {
		if p.Customer != nil {
			made[p.Customer.Name] = p.CustomerID
		}
	}
	w.rep.task(t, crm.NewTask{Title: "x", CustomerID: ptr(made["Task"])})
	trashed := w.rep.task(t, crm.NewTask{Title: "x", CustomerID: ptr(made["Trashed task"])})
	w.rep.comment(t, made["Comment"], "x")
	c.attach(t, w.rep, made["File"].String(), "a.txt", "x")
	w.rep.event(t, crm.NewCalendarEvent{Title: "x", CustomerID: ptr(made["Event"]), StartsOn: date("2026-03-09")})
	w.rep.create(t, crm.NewCustomer{Name: "Part", ParentID: ptr(made["Parent"])})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		if _, err := crm.ShareCustomer(t.Context(), tx, made["Shared"], w.acme.Rep2, false); err != nil {
			return err
		}
		return crm.DeleteTask(t.Context(), tx, trashed.ID, 0)
	}); err != nil {
		t.Fatal(err)
	}
	if imp = w.rep.undo(t, imp.ID); imp.Undone != 8 {
		t.Errorf("%+v", imp)
	}
	for name, id := range made {
		if _, err := w.rep.tryGet(t, id); (err == nil) != (name != "Idle" && name != "Trashed task") {
			t.Errorf("%s after the undo: %v", name, err)
		}
	}

	_, err := w.rep.tryMap(t, must[crm.Import](t)(w.rep.tryUpload(t, "a.csv", "name\na\n")).ID, crm.ImportPatch{Options: patch.Of(options)})
	wantInvalid(t, err, "options.create_customers")
	bare := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "contact:create", "contact:update", "contact:read", "import:create", "import:read")}
	_, err = bare.tryMap(t, must[crm.Import](t)(bare.tryUploadAs(t, "contacts", "a.csv", text)).ID, crm.ImportPatch{Options: patch.Of(options)})
	wantInvalid(t, err, "options.create_customers")
}

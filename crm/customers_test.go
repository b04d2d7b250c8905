package crm_test

import (
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

func TestCustomerKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	id := crm.CustomerID(tenant.NewEventID())
	made := w.manager.create(t, crm.NewCustomer{
		ID: &id, Name: "云帆科技", ContactName: "王志强", Phone: "138 0013 8000", Email: "Wang@YunFan.Example", Website: "https://yunfan.example",
		Address: "世纪大道 100 号", District: "浦东新区", City: "上海市", Region: "华东", PostalCode: "200120", Country: "CN", Industry: "software", Employees: ptr(120), Revenue: ptr(int64(120_000_000)), RevenueCurrency: ptr("USD"), Source: "exhibition",
		Note: "Met at the fair.", OwnerID: &w.acme.Rep, Lifecycle: crm.Interested, DoNotContact: true, Tags: []string{"vip", "Old"},
	})
	want := crm.Customer{
		ID: id, Name: "云帆科技", ContactName: "王志强", Phone: ptr("+8613800138000"), Email: ptr("Wang@yunfan.example"), Website: "https://yunfan.example",
		Address: "世纪大道 100 号", District: "浦东新区", City: "上海市", Region: "华东", PostalCode: "200120", Country: "CN", Industry: "software", Employees: ptr(120), Revenue: ptr(int64(120_000_000)), RevenueCurrency: ptr("USD"), Source: "exhibition",
		Note: "Met at the fair.", OwnerID: w.acme.Rep, Lifecycle: crm.Interested, LifecycleSince: tenanttest.Start, DoNotContact: true, Tags: []string{"Old", "vip"},
		CreatedBy: w.acme.Manager, CreatedAt: tenanttest.Start, UpdatedAt: tenanttest.Start, Version: 1, NameSort: "yun fan ke ji ", SilenceFrom: tenanttest.Start,
		OwnerSince: tenanttest.Start, Custom: crm.CustomValues{}, Consents: crm.Consents{},
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("made: -want +got\n%s", diff)
	}
	stored := w.rep.get(t, id)
	want.LastInteractionSort, want.NextFollowUpSort = stored.LastInteractionSort, stored.NextFollowUpSort
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	if page := w.rep.list(t, crm.ListQuery{}); len(page.Data) != 1 || cmp.Diff(stored, page.Data[0]) != "" {
		t.Errorf("listed: %+v", page.Data)
	}
	event := w.changesOf(t, "customer.created")[0]
	if event.Record != tenant.RecordID(id) || !event.OwnerBefore.IsZero() || event.OwnerAfter != w.acme.Rep || event.Actor != w.acme.Manager || event.Quiet {
		t.Errorf("event %+v", event)
	}
	if got := decode[crm.Customer](t, event.Data); got.Name != made.Name || !slices.Equal(got.Tags, made.Tags) || string(event.Previous) != "null" {
		t.Errorf("event data %s, previous %s", event.Data, event.Previous)
	}
	_, err := w.rep.tryCreate(t, crm.NewCustomer{ID: &id, Name: "again"})
	wantConflict(t, err, "id_in_use")
	if got := w.rep.get(t, id); got.Name != "云帆科技" {
		t.Error("the refused customer has overwritten the first")
	}
	if other := w.stranger.create(t, crm.NewCustomer{ID: &id, Name: "another company's"}); other.ID != id {
		t.Error("ids of different companies get in each other's way")
	}
}

func TestCustomerDefaults(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "x", Revenue: ptr(int64(5)), ID: &crm.CustomerID{}})
	if c.ID.IsZero() || c.OwnerID != w.acme.Rep || c.Lifecycle != crm.Potential || *c.RevenueCurrency != "CNY" || c.Phone != nil || c.Email != nil ||
		c.Employees != nil || c.LastInteractionAt != nil || c.NextFollowUpAt != nil || c.Tags == nil {
		t.Errorf("defaults %+v", c)
	}
	if c = w.rep.create(t, crm.NewCustomer{Name: "x", RevenueCurrency: ptr("USD")}); c.RevenueCurrency != nil {
		t.Error("a currency without a revenue was kept")
	}
}

func TestCustomerRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	long := func(n int) string { return strings.Repeat("长", n+1) }
	c := w.rep.customer(t, "x")
	for name, row := range map[string]struct {
		with   func(*crm.NewCustomer)
		patch  crm.CustomerPatch
		fields []string
	}{
		"no name":      {func(in *crm.NewCustomer) { in.Name = "" }, crm.CustomerPatch{Name: patch.Null[string]()}, []string{"name"}},
		"blank name":   {func(in *crm.NewCustomer) { in.Name = "\u3000\t\n" }, crm.CustomerPatch{Name: patch.Of(" ")}, []string{"name"}},
		"name":         {func(in *crm.NewCustomer) { in.Name = long(200) }, crm.CustomerPatch{Name: patch.Of(long(200))}, []string{"name"}},
		"contact_name": {func(in *crm.NewCustomer) { in.ContactName = long(200) }, crm.CustomerPatch{ContactName: patch.Of(long(200))}, []string{"contact_name"}},
		"website":      {func(in *crm.NewCustomer) { in.Website = long(500) }, crm.CustomerPatch{Website: patch.Of(long(500))}, []string{"website"}},
		"address":      {func(in *crm.NewCustomer) { in.Address = long(500) }, crm.CustomerPatch{Address: patch.Of(long(500))}, []string{"address"}},
		"district":     {func(in *crm.NewCustomer) { in.District = long(100) }, crm.CustomerPatch{District: patch.Of(long(100))}, []string{"district"}},
		"city":         {func(in *crm.NewCustomer) { in.City = long(100) }, crm.CustomerPatch{City: patch.Of(long(100))}, []string{"city"}},
		"region":       {func(in *crm.NewCustomer) { in.Region = long(100) }, crm.CustomerPatch{Region: patch.Of(long(100))}, []string{"region"}},
		"postal_code":  {func(in *crm.NewCustomer) { in.PostalCode = long(20) }, crm.CustomerPatch{PostalCode: patch.Of(long(20))}, []string{"postal_code"}},
		"country":      {func(in *crm.NewCustomer) { in.Country = "cn" }, crm.CustomerPatch{Country: patch.Of("中国")}, []string{"country"}},
		"industry":     {func(in *crm.NewCustomer) { in.Industry = long(100) }, crm.CustomerPatch{Industry: patch.Of(long(100))}, []string{"industry"}},
		"source":       {func(in *crm.NewCustomer) { in.Source = long(64) }, crm.CustomerPatch{Source: patch.Of(long(64))}, []string{"source"}},
		"note":         {func(in *crm.NewCustomer) { in.Note = long(10_000) }, crm.CustomerPatch{Note: patch.Of(long(10_000))}, []string{"note"}},
		"phone":        {func(in *crm.NewCustomer) { in.Phone = "12" }, crm.CustomerPatch{Phone: patch.Of("abc")}, []string{"phone"}},
		"email":        {func(in *crm.NewCustomer) { in.Email = "a@b" }, crm.CustomerPatch{Email: patch.Of("a b@c.example")}, []string{"email"}},
		"employees":    {func(in *crm.NewCustomer) { in.Employees = ptr(-1) }, crm.CustomerPatch{Employees: patch.Of(1 << 40)}, []string{"employees"}},
		"revenue":      {func(in *crm.NewCustomer) { in.Revenue = ptr(int64(1 << 60)) }, crm.CustomerPatch{Revenue: patch.Of(int64(-1 << 60))}, []string{"revenue"}},
		"currency":     {func(in *crm.NewCustomer) { in.Revenue, in.RevenueCurrency = ptr(int64(1)), ptr("元") }, crm.CustomerPatch{Revenue: patch.Of(int64(1)), RevenueCurrency: patch.Of("cny")}, []string{"revenue_currency"}},
		"tags":         {func(in *crm.NewCustomer) { in.Tags = []string{"ok", " "} }, crm.CustomerPatch{Tags: patch.Of([]string{long(64)})}, []string{"tags"}},
		"many tags":    {func(in *crm.NewCustomer) { in.Tags = manyTags(51) }, crm.CustomerPatch{Tags: patch.Of(manyTags(51))}, []string{"tags"}},
		"several":      {func(in *crm.NewCustomer) { in.Name, in.Email, in.Phone = "", "x", "x" }, crm.CustomerPatch{Name: patch.Of(""), Email: patch.Of("x"), Phone: patch.Of("x")}, []string{"name", "email", "phone"}},
		"not a member": {func(in *crm.NewCustomer) { in.OwnerID = ptr(tenant.NewMemberID()) }, crm.CustomerPatch{OwnerID: patch.Of(w.globex.Rep)}, []string{"owner_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := crm.NewCustomer{Name: "x"}
			row.with(&in)
			_, err := w.admin.tryCreate(t, in)
			wantInvalid(t, err, row.fields...)
			_, err = w.admin.tryUpdate(t, c.ID, row.patch, 0)
			wantInvalid(t, err, row.fields...)
		})
	}
	_, err := w.rep.tryCreate(t, crm.NewCustomer{Name: "x", Lifecycle: "customer"})
	wantInvalid(t, err, "lifecycle")
	if page := w.admin.list(t, crm.ListQuery{Count: true}); *page.Total != 1 {
		t.Errorf("%d customers after refusals", *page.Total)
	}
}

func manyTags(n int) []string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = strings.Repeat("x", i+1)
	}
	return tags
}

func TestPatchChangesOnlyWhatItNames(t *testing.T) {
	w := newWorld(t)
	before := w.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000", Employees: ptr(5), Revenue: ptr(int64(7)), Note: "n", Tags: []string{"vip"}})
	before = w.rep.get(t, before.ID)
	w.Clock.Advance(time.Minute)
	after := w.rep.update(t, before.ID, crm.CustomerPatch{Name: patch.Of("Acme Ltd"), Phone: patch.Null[string](), Employees: patch.Null[int](), Tags: patch.Of([]string{"old", "VIP"})})
	want := before
	want.Name, want.NameSort, want.Phone, want.Employees, want.Tags = "Acme Ltd", after.NameSort, nil, nil, []string{"old", "vip"}
	want.Version, want.UpdatedAt = 2, w.Clock.Now()
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	want.NameSort = "acme ltd"
	if diff := cmp.Diff(want, w.rep.get(t, before.ID)); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	events := w.changesOf(t, "customer.updated")
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	previous := map[string]any{"name": "Acme", "phone": "+8613800138000", "employees": 5.0, "tags": []any{"vip"}}
	if diff := cmp.Diff(previous, decode[map[string]any](t, events[0].Previous)); diff != "" {
		t.Errorf("previous: -want +got\n%s", diff)
	}
	// Revenue goes, and its currency with it.
	if after = w.rep.update(t, before.ID, crm.CustomerPatch{Revenue: patch.Null[int64]()}); after.Revenue != nil || after.RevenueCurrency != nil {
		t.Errorf("revenue %v %v", after.Revenue, after.RevenueCurrency)
	}
}

func TestPatchThatChangesNothingWritesNothing(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000", Email: "a@b.example", Revenue: ptr(int64(7)), Tags: []string{"vip", "a"}})
	w.Clock.Advance(time.Minute)
	for _, in := range []crm.CustomerPatch{
		{}, {Name: patch.Of("Acme")}, {Phone: patch.Of("+86 138-0013-8000")}, {Email: patch.Of("a@B.example")}, {Tags: patch.Of([]string{"A", "ＶＩＰ"})},
		{OwnerID: patch.Of(w.acme.Rep)}, {Revenue: patch.Of(int64(7)), RevenueCurrency: patch.Null[string]()}, {Website: patch.Null[string]()},
	} {
		if got := w.rep.update(t, c.ID, in); got.Version != 1 || !got.UpdatedAt.Equal(c.UpdatedAt) {
			t.Errorf("%+v was written", in)
		}
	}
	if n := len(w.changesOf(t, "customer.updated")); n != 0 {
		t.Errorf("%d events of nothing", n)
	}
}

func TestVersionGuardsChanges(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	if _, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Note: patch.Of("1")}, 1); err != nil {
		t.Fatal(err)
	}
	_, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Note: patch.Of("2")}, 1)
	wantError(t, err, tenant.ErrStale)
	_, err = write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Customer, error) {
		return crm.MoveCustomer(ctx, tx, c.ID, crm.StageChange{To: crm.Won}, 1)
	})
	wantError(t, err, tenant.ErrStale)
	wantError(t, w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 1) }), tenant.ErrStale)
	if got := w.rep.get(t, c.ID); got.Note != "1" || got.Version != 2 || got.Lifecycle != crm.Potential {
		t.Errorf("stale changes went through: %+v", got)
	}
}

func TestDeletedCustomerIsGone(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	_, err := w.admin.tryGet(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.admin.tryUpdate(t, c.ID, crm.CustomerPatch{Note: patch.Of("x")}, 0)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.admin.tryMove(t, c.ID, crm.StageChange{To: crm.Won})
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.admin.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "note", Summary: "x"})
	wantInvalid(t, err, "customer_id")
	_, err = w.admin.tryTask(t, crm.NewTask{Title: "x", CustomerID: &c.ID})
	wantInvalid(t, err, "customer_id")
	wantError(t, w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }), tenant.ErrNotFound)
	if page := w.admin.list(t, crm.ListQuery{Count: true}); *page.Total != 0 || len(page.Data) != 0 {
		t.Error("a deleted customer is listed")
	}
	if got := w.admin.names(t, crm.ListQuery{Q: "x"}); len(got) != 0 {
		t.Error("a deleted customer is found")
	}
	event := w.changesOf(t, "customer.deleted")[0]
	if event.OwnerBefore != w.acme.Rep || !event.OwnerAfter.IsZero() {
		t.Errorf("event %+v", event)
	}
	_, err = w.rep.tryCreate(t, crm.NewCustomer{ID: &c.ID, Name: "again"})
	wantConflict(t, err, "id_in_use")
}

func TestWhoMayGiveACustomerToWhom(t *testing.T) {
	w := newWorld(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, w.acme.Rep2, tenant.MemberDeactivated)
	}); err != nil {
		t.Fatal(err)
	}
	gone, nobody := w.acme.Rep2, tenant.MemberID{}
	for _, c := range []struct {
		name string
		who  person
		to   tenant.MemberID
		may  bool
	}{
		{"rep to himself", w.rep, w.acme.Rep, true},
		{"rep to his manager", w.rep, w.acme.Manager, false},
		{"rep to a colleague", w.rep, w.acme.Rep2, false},
		{"rep to the pool", w.rep, nobody, false},
		{"manager to herself", w.manager, w.acme.Manager, true},
		{"manager to a rep", w.manager, w.acme.Rep, true},
		{"manager to one who left", w.manager, gone, false},
		{"manager upwards", w.manager, w.acme.Admin, false},
		{"manager to the pool", w.manager, nobody, false},
		{"admin to a rep", w.admin, w.acme.Rep, true},
		{"admin to himself", w.admin, w.acme.Admin, true},
		{"admin to one who left", w.admin, gone, false},
		{"admin to the pool", w.admin, nobody, true},
		{"admin to another company", w.admin, w.globex.Rep, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := c.who.tryCreate(t, crm.NewCustomer{Name: "x", OwnerID: &c.to})
			if c.may {
				if err != nil || made.OwnerID != c.to {
					t.Errorf("create: %v, owner %s", err, made.OwnerID)
				}
			} else {
				wantInvalid(t, err, "owner_id")
			}
			own := c.who.customer(t, "own")
			field := patch.Of(c.to)
			if c.to.IsZero() {
				field = patch.Null[tenant.MemberID]()
			}
			given, err := c.who.tryUpdate(t, own.ID, crm.CustomerPatch{OwnerID: field}, 0)
			if c.may {
				if err != nil || given.OwnerID != c.to {
					t.Errorf("give: %v, owner %s", err, given.OwnerID)
				}
				return
			}
			wantInvalid(t, err, "owner_id")
		})
	}
}

func TestHandOverTellsWhoLostAndWhoGot(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "x")
	w.Clock.Advance(time.Hour)
	w.manager.update(t, c.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	event := w.changesOf(t, "customer.updated")[0]
	if event.OwnerBefore != w.acme.Rep || event.OwnerAfter != w.acme.Rep2 {
		t.Errorf("event %+v", event)
	}
	if got := w.rep2.get(t, c.ID); !got.SilenceFrom.Equal(w.Clock.Now()) || !got.OwnerSince.Equal(w.Clock.Now()) {
		t.Errorf("the new owner's clock started at %v", got.SilenceFrom)
	}
	_, err := w.rep.tryGet(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)
}

func TestPhoneWithoutACountryIsTheCompanys(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ zone, locale, phone, want string }{
		{"Asia/Shanghai", "en", "021 6288 1234", "+862162881234"}, {"Europe/Berlin", "zh-CN", "13800138000", "+8613800138000"},
		{"America/New_York", "en", "(212) 867-5309", "+12128675309"}, {"Europe/Berlin", "en", "+49 30 901820", "+4930901820"}, {"Europe/Berlin", "en", "030 901820", ""},
	} {
		w.acme.TimeZone, w.acme.Locale = c.zone, c.locale
		made, err := w.rep.tryCreate(t, crm.NewCustomer{Name: "x", Phone: c.phone})
		if c.want == "" {
			wantInvalid(t, err, "phone")
			continue
		}
		if err != nil || *made.Phone != c.want {
			t.Errorf("%s in %s: %v, %v", c.phone, c.zone, made.Phone, err)
		}
	}
}

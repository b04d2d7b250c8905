package crm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// guardians returns the cast with the right to hand over and to erase personal data.
func guardians(w *world) *world {
	for _, p := range []*person{&w.rep, &w.rep2, &w.manager, &w.admin, &w.stranger} {
		for _, action := range []tenant.Permission{"personal_data:read", "personal_data:delete"} {
			p.caller.Levels[action] = p.caller.Levels["customer:read"]
		}
	}
	return w
}

func (p person) tryErase(t testing.TB, id fmt.Stringer) (crm.Erasure, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Erasure, error) { return crm.Erase(ctx, tx, refOf(t, id)) })
}

func (p person) tryPersonalData(t testing.TB, id fmt.Stringer) (crm.PersonalData, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.PersonalData, error) {
		return crm.GetPersonalData(ctx, tx, refOf(t, id))
	})
}

// holding returns where in acme's schema any of the words still is, as table.column.
func (w *world) holding(t testing.TB, words ...string) []string {
	t.Helper()
	found := []string{}
	must[int](t)(read(t, w.system(w.acme), func(ctx ctx, q *tenant.Query) (n int, err error) {
		var columns []struct {
			Table  string `db:"t"`
			Column string `db:"c"`
		}
		if err := q.Select(ctx, &columns, `SELECT table_name AS t, column_name AS c FROM information_schema.columns
			WHERE table_schema = ? AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')`, q.Company.Schema); err != nil {
			return 0, err
		}
		for _, c := range columns {
			for _, word := range words {
				if err := q.Get(ctx, &n, fmt.Sprintf("SELECT COUNT(*) FROM company.%s WHERE CONVERT(`%s` USING utf8mb4) LIKE ?", c.Table, c.Column), "%"+word+"%"); err != nil {
					return 0, err
				}
				if n > 0 {
					found = append(found, c.Table+"."+c.Column)
				}
			}
		}
		return n, nil
	}))
	slices.Sort(found)
	return slices.Compact(found)
}

func TestErasedContactsAreNowhere(t *testing.T) {
	w := guardians(commenters(importers(newWorld(t))))
	c := w.rep.customer(t, "云帆")
	content := "姓名,客户,手机,邮箱\n欧阳锋,云帆,13912345678,feng@yunfan.example\n" +
		"欧阳锋,nobody's,,\nsomebody,nobody's,0086 139-1234-5678,\nfeng@yunfan.example,nobody's,,\n王重阳,nobody's,,\n"
	imp := must[crm.Import](t)(w.rep.tryUploadAs(t, "contacts", "people.csv", content))
	must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
	w.rep.work(t, imp.ID)
	people := must[crm.Page[crm.Contact]](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Contact], error) {
		return crm.ListContacts(ctx, q, c.ID, crm.ListQuery{})
	})).Data
	if len(people) != 1 {
		t.Fatalf("%+v", people)
	}
	who := people[0]
	must[crm.Contact](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) {
		return crm.UpdateContact(ctx, tx, who.ID, crm.ContactPatch{Note: patch.Of("欧阳锋 likes tea")}, 0)
	}))
	w.rep.comment(t, who.ID, "<@"+w.acme.Manager.String()+"> 欧阳锋 wants a quote")
	w.react(t)
	spoken := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{
		CustomerID: c.ID, Kind: "call", Summary: "price agreed", ContactIDs: []crm.ContactID{who.ID}, Contacts: []string{"欧阳锋", "王芳"},
	}))
	must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "named only", Contacts: []string{"欧阳锋"}}))
	invited := w.rep.event(t, crm.NewCalendarEvent{
		Title: "visit", StartsAt: shanghai("03-09 10:00"), Guests: []crm.Guest{{Email: "Feng@yunfan.example", Name: "欧阳锋"}, {Email: "other@yunfan.example"}},
	})
	taken := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "taken off", Contacts: []string{"欧阳锋", "王芳"}}))
	must[crm.Interaction](t)(w.rep.tryUpdateInteraction(t, taken.ID, crm.InteractionPatch{Contacts: patch.Of([]string{"王芳"})}, 0))
	moved := w.rep.event(t, crm.NewCalendarEvent{Title: "visit", StartsAt: shanghai("03-09 12:00"), CustomerID: &c.ID, Guests: []crm.Guest{{Email: "FENG@yunfan.example", Name: "欧阳锋"}}})
	w.rep.updateEvent(t, moved.ID, crm.Extent{}, crm.CalendarEventPatch{Guests: patch.Of([]crm.Guest{})})
	if err := w.rep.deleteComment(t, w.rep.comment(t, who.ID, "欧阳锋 was here").ID); err != nil {
		t.Fatal(err)
	}
	must[crm.Contact](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) {
		return crm.UpdateContact(ctx, tx, who.ID, crm.ContactPatch{Emails: patch.Of([]crm.ContactEmail{{Address: "feng@yunfan.example"}, {Address: "ouyang@home.example"}})}, 0)
	}))
	noted := w.rep.deal(t, crm.NewDeal{Name: "给欧阳锋的报价", CustomerID: &c.ID})

	data := must[crm.PersonalData](t)(w.admin.tryPersonalData(t, who.ID))
	if len(data.Contacts) != 1 || data.Contacts[0].Note == "" || len(data.Interactions) != 2 || data.Interactions[1].ID != spoken.ID ||
		len(data.CalendarEvents) != 1 || data.CalendarEvents[0].ID != invited.ID || len(data.Comments) != 1 || data.Customer != nil {
		t.Errorf("%+v", data)
	}
	whole := must[crm.PersonalData](t)(w.admin.tryPersonalData(t, c.ID))
	if whole.Customer == nil || len(whole.Contacts) != 1 || len(whole.Interactions) != 3 || len(whole.CalendarEvents) != 2 || len(whole.Deals) != 1 || len(whole.Comments) != 1 {
		t.Errorf("%+v", whole)
	}
	if told := w.changesOf(t, "export.created"); len(told) != 2 || !strings.Contains(string(told[0].Data), who.ID.String()) {
		t.Errorf("the audit log has %+v", told)
	}

	for _, p := range []person{w.rep2, w.stranger} {
		_, err := p.tryErase(t, who.ID)
		wantError(t, err, tenant.ErrNotFound)
		_, err = p.tryPersonalData(t, who.ID)
		wantError(t, err, tenant.ErrNotFound)
	}
	_, err := w.admin.tryErase(t, noted.ID)
	wantError(t, err, tenant.ErrNotFound)
	if got := w.holding(t, "欧阳锋", "13912345678", "feng@"); len(got) < 8 {
		t.Fatalf("before, it is only in %q", got)
	}
	if err := w.rep.deleteContact(t, who.ID); err != nil {
		t.Fatal(err)
	}
	if data := must[crm.PersonalData](t)(w.admin.tryPersonalData(t, who.ID)); len(data.Contacts) != 1 || len(data.Interactions) != 2 {
		t.Errorf("of somebody in the trash is handed over %+v", data)
	}
	// The change log is shorter than what it brought.
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM company.changes WHERE type = 'comment.created'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	erased := must[crm.Erasure](t)(w.admin.tryErase(t, who.ID))
	if erased.Records != 2 || len(erased.Mentions) != 1 || erased.Mentions[0].Title != noted.Name {
		t.Errorf("%+v", erased)
	}
	// What is left is the deal, whose texts are for people to judge, and the uploaded file, whose bytes are no text here.
	want := []string{"changes.data", "deals.name", "deals.search_text"}
	if got := w.holding(t, "欧阳锋", "13912345678", "feng@"); !slices.Equal(got, want) {
		t.Errorf("afterwards it is in %q, want %q", got, want)
	}
	for _, change := range w.changes(t, w.acme) {
		if change.Resource != "deal" && strings.Contains(string(change.Data)+string(change.Previous), "欧阳锋") {
			t.Errorf("%s says %s", change.Type, change.Data)
		}
	}
	if told := w.changesOf(t, "contact.erased"); len(told) != 1 || !strings.Contains(string(told[0].Data), who.ID.String()) {
		t.Errorf("%+v", told)
	}
	if told := w.changesOf(t, "contact.created"); len(told) != 1 || string(told[0].Data) != `{"erased":true}` {
		t.Errorf("%+v", told)
	}
	cells := [][]string{}
	for _, row := range w.rep.rows(t, imp.ID, crm.RowRejected) {
		cells = append(cells, row.Cells)
	}
	if want := [][]string{nil, nil, nil, {"王重阳", "nobody's", "", ""}}; !reflect.DeepEqual(cells, want) {
		t.Errorf("rejected rows keep %q, want %q", cells, want)
	}
	kept := must[crm.Interaction](t)(w.rep.tryInteraction(t, spoken.ID))
	if !slices.Equal(kept.Contacts, []string{"王芳"}) || len(kept.ContactIDs) != 0 || kept.Version != spoken.Version+1 {
		t.Errorf("%+v", kept)
	}
	if e := w.rep.getEvent(t, invited.ID); len(e.Guests) != 1 || e.Guests[0].Email != "other@yunfan.example" {
		t.Errorf("%+v", e)
	}
	_, err = w.admin.tryErase(t, who.ID)
	wantError(t, err, tenant.ErrNotFound)

	short := w.rep.contact(t, crm.NewContact{Name: "王", CustomerID: &c.ID})
	named := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "one letter", Contacts: []string{"王"}}))
	namesake := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: w.rep.customer(t, "桃花岛").ID, Kind: "call", Summary: "x", Contacts: []string{"王"}}))
	erased = must[crm.Erasure](t)(w.admin.tryErase(t, short.ID))
	if kept := must[crm.Interaction](t)(w.rep.tryInteraction(t, namesake.ID)); !slices.Equal(kept.Contacts, []string{"王"}) {
		t.Errorf("somebody else was taken off: %+v", kept)
	}
	for _, change := range w.changesOf(t, "interaction.created") {
		if has := strings.Contains(string(change.Data), `"王"`); has != (change.Record == tenant.RecordID(namesake.ID)) {
			t.Errorf("the log has %s", change.Data)
		}
	}
	if kept := must[crm.Interaction](t)(w.rep.tryInteraction(t, named.ID)); len(kept.Contacts) != 0 || len(erased.Mentions) != 0 {
		t.Errorf("%+v %+v", kept, erased)
	}
}

func TestErasureNamesWhoeverIsStillMentioned(t *testing.T) {
	w := guardians(commenters(newWorld(t)))
	const text = "Ask 欧阳锋, 139 1234 5678"
	commented, deleted := w.rep.deal(t, crm.NewDeal{Name: "d"}), w.rep.create(t, crm.NewCustomer{Name: "gone", Note: text})
	w.rep.comment(t, commented.ID, text)
	w.rep.delete(t, deleted.ID)
	customer := w.rep.create(t, crm.NewCustomer{Name: "c", Note: "13912345678"})
	want := []string{commented.ID.String(), deleted.ID.String(), customer.ID.String()}
	for _, id := range []fmt.Stringer{
		w.rep.task(t, crm.NewTask{Title: "t", Note: text}).ID, w.rep.contact(t, crm.NewContact{Name: "p", Note: text}).ID,
		w.rep.event(t, crm.NewCalendarEvent{Title: "e", StartsAt: shanghai("03-10 10:00"), Description: "FENG@yunfan.example"}).ID,
		must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: customer.ID, Kind: "visit", Summary: "x", Place: "at feng@yunfan.example"})).ID,
		w.rep.deal(t, crm.NewDeal{Name: "d", Note: text}).ID,
	} {
		want = append(want, id.String())
	}
	w.rep.event(t, crm.NewCalendarEvent{Title: "private", StartsAt: shanghai("03-10 12:00"), Description: text, Private: true})
	w.rep.task(t, crm.NewTask{Title: "of somebody else", Note: "feng@yunfan_example"})
	who := w.rep.contact(t, crm.NewContact{
		Name: "欧阳锋", Phones: []crm.ContactPhone{{Number: "13912345678"}}, Emails: []crm.ContactEmail{{Address: "feng@yunfan.example"}},
	})
	got := []string{}
	for _, h := range must[crm.Erasure](t)(w.admin.tryErase(t, who.ID)).Mentions {
		got = append(got, h.ID.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErasedCustomersTakeAllAlong(t *testing.T) {
	w := guardians(commenters(importers(newWorld(t))))
	for _, noun := range []string{"customer", "contact"} {
		for _, kind := range []string{"text", "number", "date"} {
			w.admin.field(t, crm.NewCustomField{Resource: noun, Key: kind, Type: kind, Unique: kind == "text"})
		}
	}
	own := values{"text": "黄蓉-110101", "number": 5.0, "date": "1999-05-05"}
	c := w.rep.create(t, crm.NewCustomer{Name: "个体户黄蓉", Phone: "13912340000", Email: "rong@peach.example", ContactName: "黄蓉", Custom: own})
	loser := w.rep.create(t, crm.NewCustomer{Name: "黄蓉的店", Note: "twice"})
	w.rep.contact(t, crm.NewContact{Name: "郭靖", CustomerID: &c.ID, Custom: own})
	w.rep.comment(t, c.ID, "黄蓉 called")
	must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "黄蓉 and 郭靖"}))
	task := w.rep.task(t, crm.NewTask{Title: "call back", CustomerID: &c.ID})
	before := w.rep.contact(t, crm.NewContact{Name: "黄蓉之母", CustomerID: &c.ID})
	w.rep.comment(t, before.ID, "黄蓉之母 called")
	if err := errors.Join(w.rep.deleteContact(t, before.ID), w.admin.purge(t, before.ID.String())); err != nil {
		t.Fatal(err)
	}
	elsewhere := w.rep.contact(t, crm.NewContact{Name: "周伯通", CustomerID: &c.ID})
	other := w.rep.customer(t, "老顽童")
	must[crm.Contact](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) {
		return crm.UpdateContact(ctx, tx, elsewhere.ID, crm.ContactPatch{CustomerID: patch.Of(other.ID)}, 0)
	}))
	w.rep2.run(t, "again.csv", "name,phone\n个体户黄蓉,13912340000\n", crm.ImportOptions{})
	w.rep.merge(t, c.ID, loser.ID, nil)
	w.Clock.Advance(8 * 24 * time.Hour)
	if told := w.checkSilence(t); len(told) != 1 {
		t.Errorf("of silence were told %q", told)
	}
	w.react(t)

	_, err := w.admin.tryErase(t, loser.ID)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.rep2.tryErase(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)
	for _, p := range []person{w.rep, w.manager} {
		_, err = p.tryErase(t, before.ID) // whose it was is not known
		wantError(t, err, tenant.ErrNotFound)
	}
	if erased := must[crm.Erasure](t)(w.admin.tryErase(t, before.ID)); erased.Records != 1 {
		t.Errorf("%+v", erased)
	}
	if got := w.holding(t, "黄蓉之母"); len(got) != 0 {
		t.Errorf("who was purged is still in %q", got)
	}
	_, err = w.admin.tryErase(t, before.ID)
	wantError(t, err, tenant.ErrNotFound)
	erased := must[crm.Erasure](t)(w.admin.tryErase(t, c.ID))
	if len(erased.Mentions) != 0 || erased.Records < 5 {
		t.Errorf("%+v", erased)
	}
	if got := w.holding(t, "黄蓉", "13912340000", "rong@", "郭靖"); len(got) != 0 {
		t.Errorf("it is still in %q", got)
	}
	if got := w.count(t, "company.search_grams WHERE record_id = ?", c.ID); got != 0 {
		t.Errorf("%d pieces are left", got)
	}
	for _, table := range []string{"field_texts", "field_numbers", "field_times", "field_uniques"} {
		if got := w.count(t, "company."+table); got != 0 {
			t.Errorf("%d rows are left in %s", got, table)
		}
	}
	freed := must[crm.Task](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Task, error) { return crm.GetTask(ctx, q, task.ID) }))
	if !freed.CustomerID.IsZero() {
		t.Errorf("%+v", freed)
	}
	if told := w.changesOf(t, "customer.silent"); len(told) != 1 || !strings.Contains(string(told[0].Data), other.ID.String()) {
		t.Errorf("%+v", told)
	}
	for _, change := range w.changesOf(t, "contact.created") {
		if blank := string(change.Data) == `{"erased":true}`; blank != (change.Record != tenant.RecordID(elsewhere.ID)) {
			t.Errorf("%s says %s", change.Record, change.Data)
		}
	}
	var data map[string]any
	told := w.changesOf(t, "customer.erased")
	if len(told) != 1 || json.Unmarshal(told[0].Data, &data) != nil || len(data) != 1 || data["id"] != c.ID.String() {
		t.Errorf("%+v", told)
	}
}

package crm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryForm(t testing.TB, in crm.NewForm) (f crm.Form, err error) {
	t.Helper()
	p.caller.Limits["forms"] = -1
	err = p.tx(t, func(tx *tenant.Tx) (err error) {
		f, err = crm.CreateForm(t.Context(), tx, in)
		return err
	})
	return f, err
}

// form makes a form that asks for what is usual.
func (p person) form(t testing.TB, a crm.FormAssignment) crm.Form {
	t.Helper()
	return must[crm.Form](t)(p.tryForm(t, crm.NewForm{
		Name: "Fair", Title: "Talk to us", Source: "website", Campaign: "spring", Tags: []string{"fair"}, Assignment: &a,
		Fields: []crm.FormField{{Field: "name", Required: true}, {Field: "contact_name"}, {Field: "phone"}, {Field: "email"}, {Field: "region"}, {Field: "note"}},
	}))
}

// stamp is what comes with the form's page, old enough to be sent.
func (w *world) stamp(t testing.TB, f crm.Form) string {
	t.Helper()
	open := must[crm.OpenForm](t)(read(t, w.system(w.acme), func(ctx context.Context, q *tenant.Query) (crm.OpenForm, error) {
		return crm.ReadOpenForm(ctx, q, f.Token, "en")
	}))
	w.Clock.Advance(3 * time.Second)
	return open.Stamp
}

func (w *world) send(t testing.TB, f crm.Form, in crm.FormAnswers) error {
	t.Helper()
	return w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := crm.SubmitForm(t.Context(), tx, f.Token, in)
		return err
	})
}

// visit fills a form in as people do.
func (w *world) visit(t testing.TB, f crm.Form, answers map[string]any) error {
	t.Helper()
	return w.send(t, f, crm.FormAnswers{Answers: answers, Consent: true, Stamp: w.stamp(t, f)})
}

func (p person) submissions(t testing.TB, f crm.Form, filter string) []crm.FormSubmission {
	t.Helper()
	return must[crm.Page[crm.FormSubmission]](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.FormSubmission], error) {
		return crm.ListFormSubmissions(ctx, q, f.ID, crm.ListQuery{Filter: filter, OrderBy: "created_at", Limit: 200})
	})).Data
}

func (p person) getForm(t testing.TB, id crm.FormID) crm.Form {
	t.Helper()
	return must[crm.Form](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Form, error) { return crm.GetForm(ctx, q, id) }))
}

func to(id tenant.MemberID) crm.FormAssignment {
	return crm.FormAssignment{Rule: crm.ToMember, MemberID: &id}
}

// leaves deactivates a member.
func (w *world) leaves(t testing.TB, id tenant.MemberID) {
	t.Helper()
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.members SET status = ? WHERE id = ?`, tenant.MemberDeactivated, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSubmissionsMakeCustomers sends in what is usual, what is wrong, and what is there already.
func TestSubmissionsMakeCustomers(t *testing.T) {
	w := newWorld(t)
	budget := w.admin.field(t, crm.NewCustomField{Key: "budget", Type: "number"})
	w.admin.field(t, crm.NewCustomField{Key: "when", Type: "datetime"})
	w.admin.field(t, crm.NewCustomField{Key: "what", Type: "choices", Options: []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}}, {Key: "b", Label: crm.FieldLabel{EN: "B"}}}})
	f := w.admin.form(t, to(w.acme.Rep))
	f = must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{
		ConsentText: patch.Of("I agree."), Fields: patch.Of(append(slices.Clone([]crm.FormField(f.Fields)),
			crm.FormField{Field: "custom.budget"}, crm.FormField{Field: "custom.when"}, crm.FormField{Field: "custom.what"})),
	}, 1))
	// Nobody can ask a visitor for it.
	w.admin.field(t, crm.NewCustomField{Key: "inside", Type: "text", Required: true})

	if err := w.visit(t, f, map[string]any{
		"name": " 云帆科技 ", "contact_name": "王志强", "phone": "138 0013 8000", "email": "wang@yunfan.example", "region": "华东", "note": "Call me.",
		"custom.budget": "1200.5", "custom.when": "2026-04-01T10:30", "custom.what": []any{"a", "b"},
	}); err != nil {
		t.Fatal(err)
	}
	c := w.rep.list(t, crm.ListQuery{Filter: `campaign = "spring" AND tags:"fair"`, Limit: 20}).Data[0]
	if c.Name != "云帆科技" || *c.Phone != "+8613800138000" || c.Region != "华东" || c.Source != "website" || c.Lifecycle != crm.Potential || c.OwnerID != w.acme.Rep ||
		!c.CreatedBy.IsZero() || c.Custom["budget"] != 1200.5 || c.Custom["when"] != "2026-04-01T02:30:00Z" || len(c.Custom["what"].([]any)) != 2 { //nolint:forcetypeassert // a test may panic
		t.Errorf("customer %+v", c)
	}
	if given := c.Consents["phone"]; given.Status != "granted" || given.Source != "表单：Fair" && given.Source != "Form: Fair" || given.At == nil || c.Consents["email"].Status != "granted" || len(c.Consents) != 2 {
		t.Errorf("consents %+v", c.Consents)
	}
	made := w.changesOf(t, "customer.created")
	told := w.changesOf(t, "form.submitted")
	if len(made) != 1 || made[0].OwnerAfter != w.acme.Rep || len(told) != 1 || told[0].Record != tenant.RecordID(c.ID) || told[0].OwnerAfter != w.acme.Rep ||
		decode[crm.FormSubmission](t, told[0].Data).Campaign != "spring" {
		t.Errorf("events %+v %+v", made, told)
	}

	// Again, under another name and by the same phone: nothing of the record changes, and its owner has something to see to.
	if err := w.visit(t, f, map[string]any{"name": "Yunfan", "phone": "+8613800138000", "note": "Still waiting"}); err != nil {
		t.Fatal(err)
	}
	if all := w.admin.list(t, crm.ListQuery{Limit: 20}).Data; len(all) != 1 || all[0].Name != "云帆科技" || all[0].Version != c.Version || all[0].LastInteractionAt == nil {
		t.Errorf("customers %+v", all)
	}
	matters := must[crm.Page[crm.Interaction]](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Interaction], error) {
		return crm.ListInteractions(ctx, q, c.ID, crm.ListQuery{Limit: 20})
	})).Data
	if len(matters) != 1 || matters[0].Resolved || matters[0].Direction != "in" {
		t.Errorf("interactions %+v", matters)
	}
	w.react(t)
	if told := w.told(t); !slices.Contains(told, "rep: 云帆科技 sent in the form “Fair”") || !slices.Contains(told, "rep: Customer handed to you: 云帆科技") || len(told) != 2 {
		t.Errorf("told %v", told)
	}
	sent := w.admin.submissions(t, f, "")
	if len(sent) != 2 || sent[0].Known || !sent[1].Known || sent[1].CustomerID != c.ID || sent[1].Name != "Yunfan" || sent[0].ConsentText != "I agree." || sent[0].Custom["budget"] != 1200.5 {
		t.Errorf("submissions %+v", sent)
	}
	if f := w.admin.getForm(t, f.ID); f.Submissions != 2 || f.LastSubmittedAt == nil || f.Version != 2 {
		t.Errorf("form %+v", f)
	}
	if len(w.rep2.submissions(t, f, "")) != 0 || len(w.rep.submissions(t, f, "known = true")) != 1 || len(w.manager.submissions(t, f, `campaign = "spring"`)) != 2 {
		t.Error("submissions are not held to the reach of customers")
	}

	fine := map[string]any{"name": "x"}
	for name, c := range map[string]struct {
		answers map[string]any
		fields  []string
	}{
		"nothing": {nil, []string{"name"}}, "blank": {map[string]any{"name": " "}, []string{"name"}},
		"bad phone":  {map[string]any{"name": "x", "phone": "12"}, []string{"phone"}},
		"bad e-mail": {map[string]any{"name": "x", "email": "nobody"}, []string{"email"}},
		"not text":   {map[string]any{"name": 5.0}, []string{"name"}},
		"not asked":  {map[string]any{"name": "x", "website": "y"}, []string{"website"}},
		"bad custom": {map[string]any{"name": "x", "custom.budget": "much", "custom.what": "c"}, []string{"custom.budget", "custom.what"}},
		"odd custom": {map[string]any{"name": "x", "custom.budget": []any{"1"}}, []string{"custom.budget"}},
		"no custom":  {map[string]any{"name": "x", "custom.inside": "y"}, []string{"custom.inside"}},
	} {
		t.Run(name, func(t *testing.T) { wantInvalid(t, w.visit(t, f, c.answers), c.fields...) })
	}
	wantInvalid(t, w.send(t, f, crm.FormAnswers{Answers: fine, Stamp: w.stamp(t, f)}), "consent")

	picky := must[crm.Form](t)(w.admin.tryForm(t, crm.NewForm{Name: "x", Title: "x", Fields: []crm.FormField{{Field: "name", Required: true}, {Field: "custom.what", Required: true}}}))
	wantInvalid(t, w.visit(t, picky, map[string]any{"name": "x", "custom.what": []any{}}), "custom.what")

	// Out of use by now, the field is not asked any more and the form still works.
	w.admin.changeField(t, budget.ID, crm.CustomFieldPatch{Archived: patch.Of(true)})
	wantInvalid(t, w.visit(t, f, map[string]any{"name": "x", "custom.budget": "1"}), "custom.budget")
	if err := w.visit(t, f, fine); err != nil {
		t.Error(err)
	}
}

// TestStampsTellPeopleFromPrograms looks at what is sent too early, too late, twice, with a stamp of another form, and
// with the field that people do not see.
func TestStampsTellPeopleFromPrograms(t *testing.T) {
	w := newWorld(t)
	f, other := w.admin.form(t, to(w.acme.Rep)), w.admin.form(t, to(w.acme.Rep))
	fine := map[string]any{"name": "x"}
	stamp := w.stamp(t, f)
	once := crm.FormAnswers{Answers: fine, Stamp: stamp}
	for range 2 { // pressed twice
		if err := w.send(t, f, once); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.admin.submissions(t, f, "")); n != 1 {
		t.Errorf("%d submissions of one page", n)
	}
	if err := w.send(t, f, crm.FormAnswers{Answers: fine, Trap: "https://spam.example"}); err != nil || len(w.admin.submissions(t, f, "")) != 1 {
		t.Errorf("what fell into the trap: %v", err)
	}
	for name, stamp := range map[string]string{"none": "", "garbage": "!", "short": "AAAA", "another form's": w.stamp(t, other)} {
		t.Run(name, func(t *testing.T) {
			wantInvalid(t, w.send(t, f, crm.FormAnswers{Answers: fine, Stamp: stamp}), "stamp")
		})
	}
	fresh := w.stamp(t, f)
	w.Clock.Advance(-2 * time.Second)
	wantInvalid(t, w.send(t, f, crm.FormAnswers{Answers: fine, Stamp: fresh}), "stamp")
	w.Clock.Advance(25 * time.Hour)
	wantInvalid(t, w.send(t, f, crm.FormAnswers{Answers: fine, Stamp: fresh}), "stamp")

	must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Active: patch.Of(false)}, 0))
	if err := w.send(t, f, once); !errors.Is(err, crm.ErrFormClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteForm(t.Context(), tx, f.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.send(t, f, once), tenant.ErrNotFound)
	// In globex's schema nobody has it.
	wantError(t, w.system(w.globex).tx(t, func(tx *tenant.Tx) error {
		_, err := crm.SubmitForm(t.Context(), tx, other.Token, once)
		return err
	}), tenant.ErrNotFound)
}

// TestEachGetsTheirTurn sends from many visitors at the same time.
func TestEachGetsTheirTurn(t *testing.T) {
	w := newWorld(t)
	three := []tenant.MemberID{w.acme.Rep, w.acme.Manager, w.acme.Rep2}
	f := w.admin.form(t, crm.FormAssignment{Rule: crm.RoundRobin, MemberIDs: three})
	const visitors = 12
	stamps := make([]string, visitors)
	for i := range stamps {
		stamps[i] = w.stamp(t, f)
	}
	var together errgroup.Group
	for i := range visitors {
		together.Go(func() error {
			return w.send(t, f, crm.FormAnswers{Answers: map[string]any{"name": fmt.Sprintf("Visitor %c", 'a'+i), "phone": fmt.Sprintf("138001380%02d", i)}, Stamp: stamps[i]})
		})
	}
	if err := together.Wait(); err != nil {
		t.Fatal(err)
	}
	owners := func() map[tenant.MemberID]int {
		got := map[tenant.MemberID]int{}
		for _, c := range w.admin.list(t, crm.ListQuery{Limit: 200}).Data {
			got[c.OwnerID]++
		}
		return got
	}
	for _, id := range three {
		if n := owners()[id]; n != visitors/3 {
			t.Errorf("%s got %d of %d", id, n, visitors)
		}
	}
	// Who has left is passed over, without giving anybody two turns of it.
	w.leaves(t, w.acme.Manager)
	for i := range 4 {
		if err := w.visit(t, f, map[string]any{"name": fmt.Sprintf("Later %c", 'a'+i), "phone": fmt.Sprintf("139001380%02d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := owners(); got[w.acme.Manager] != visitors/3 || got[w.acme.Rep] != visitors/3+2 || got[w.acme.Rep2] != visitors/3+2 {
		t.Errorf("after one has left: %v", got)
	}
}

// TestRegionsSayWhoseACustomerIs assigns by region, with and without somebody for the rest.
func TestRegionsSayWhoseACustomerIs(t *testing.T) {
	w := newWorld(t)
	regions := []crm.FormRegion{{Region: "华东", MemberID: w.acme.Rep}, {Region: "华南", MemberID: w.acme.Rep2}}
	rest := w.admin.form(t, crm.FormAssignment{Rule: crm.ByRegion, Regions: regions, MemberID: &w.acme.Manager})
	pool := w.admin.form(t, crm.FormAssignment{Rule: crm.ByRegion, Regions: regions})
	nobody := w.admin.form(t, crm.FormAssignment{Rule: crm.ToNobody})
	for i, c := range []struct {
		form   crm.Form
		region string
		owner  tenant.MemberID
	}{
		{rest, "华东", w.acme.Rep}, {rest, "华南", w.acme.Rep2}, {rest, "", w.acme.Manager}, {pool, "", tenant.MemberID{}}, {pool, "华南", w.acme.Rep2},
		{nobody, "anywhere", tenant.MemberID{}},
	} {
		name := fmt.Sprintf("Region %c", 'a'+i)
		if err := w.visit(t, c.form, map[string]any{"name": name, "region": c.region, "phone": fmt.Sprintf("138001380%02d", i)}); err != nil {
			t.Fatal(err)
		}
		got := w.admin.list(t, crm.ListQuery{Filter: fmt.Sprintf("name = %q", name), Limit: 20}).Data
		if len(got) != 1 || got[0].OwnerID != c.owner {
			t.Errorf("%d: %s went to %+v, want %s", i, c.region, got, c.owner)
		}
	}
	wantInvalid(t, w.visit(t, rest, map[string]any{"name": "x", "region": "月球"}), "region")
	w.leaves(t, w.acme.Rep)
	if err := w.visit(t, rest, map[string]any{"name": "Orphan", "region": "华东"}); err != nil {
		t.Fatal(err)
	}
	if got := w.admin.list(t, crm.ListQuery{Filter: `name = "Orphan"`, Limit: 20}).Data; got[0].OwnerID != w.acme.Manager {
		t.Errorf("the region of somebody who has left went to %s", got[0].OwnerID)
	}
}

func TestFormsAreChecked(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "lead", Type: "member"})
	w.admin.field(t, crm.NewCustomField{Key: "code", Type: "text", Unique: true})
	name := crm.FormField{Field: "name", Required: true}
	for label, c := range map[string]struct {
		in     crm.NewForm
		fields []string
	}{
		"nothing":        {crm.NewForm{}, []string{"name", "title", "fields"}},
		"nameless":       {crm.NewForm{Fields: []crm.FormField{{Field: "name"}, {Field: "phone", Required: true}}}, []string{"fields"}},
		"asked twice":    {crm.NewForm{Fields: []crm.FormField{name, name}}, []string{"fields[1].field"}},
		"unknown":        {crm.NewForm{Fields: []crm.FormField{name, {Field: "owner"}, {Field: "custom.none"}}}, []string{"fields[1].field", "fields[2].field"}},
		"not for them":   {crm.NewForm{Fields: []crm.FormField{name, {Field: "custom.lead"}, {Field: "custom.code"}}}, []string{"fields[1].field", "fields[2].field"}},
		"bad rule":       {crm.NewForm{Assignment: &crm.FormAssignment{Rule: "lottery"}}, []string{"assignment.rule"}},
		"no member":      {crm.NewForm{Assignment: &crm.FormAssignment{Rule: crm.ToMember}}, []string{"assignment.member_id"}},
		"no turns":       {crm.NewForm{Assignment: &crm.FormAssignment{Rule: crm.RoundRobin}}, []string{"assignment.member_ids"}},
		"nobody's turn":  {crm.NewForm{Assignment: &crm.FormAssignment{Rule: crm.RoundRobin, MemberIDs: []tenant.MemberID{{}}}}, []string{"assignment.member_ids[0]"}},
		"a stranger":     {crm.NewForm{Assignment: ptr(to(w.globex.Rep))}, []string{"assignment.member_id"}},
		"no regions":     {crm.NewForm{Assignment: &crm.FormAssignment{Rule: crm.ByRegion}}, []string{"assignment.regions", "fields"}},
		"two ways":       {crm.NewForm{Assignment: &crm.FormAssignment{Rule: crm.ToMember, MemberID: &w.acme.Rep, MemberIDs: []tenant.MemberID{w.acme.Rep}}}, []string{"assignment.member_ids"}},
		"script":         {crm.NewForm{SuccessURL: "javascript:alert(1)"}, []string{"success_url"}},
		"a policy":       {crm.NewForm{SuccessURL: "https://a.example;script-src/x"}, []string{"success_url"}},
		"bad sites":      {crm.NewForm{AllowedOrigins: []string{"https://a.example/path", "*", "https://a.example; script-src *", "https://ok.example"}}, []string{"allowed_origins[0]", "allowed_origins[1]", "allowed_origins[2]"}},
		"by pigeon":      {crm.NewForm{ConsentChannels: []string{"pigeon"}}, []string{"consent_channels[0]"}},
		"a nameless tag": {crm.NewForm{Tags: []string{""}}, []string{"tags"}},
	} {
		t.Run(label, func(t *testing.T) {
			if label != "nothing" {
				c.in.Name, c.in.Title = "x", "x"
			}
			if c.in.Fields == nil && label != "nothing" {
				c.in.Fields = []crm.FormField{name}
			}
			_, err := w.admin.tryForm(t, c.in)
			wantInvalid(t, err, c.fields...)
		})
	}
	// A manager gives customers to their team, and to nobody above it.
	_, err := w.manager.tryForm(t, crm.NewForm{Name: "x", Title: "x", Fields: []crm.FormField{name}, Assignment: ptr(to(w.acme.Admin))})
	wantInvalid(t, err, "assignment.member_id")
	_, err = w.manager.tryForm(t, crm.NewForm{Name: "x", Title: "x", Fields: []crm.FormField{name}})
	wantInvalid(t, err, "assignment.member_id")
	f := must[crm.Form](t)(w.manager.tryForm(t, crm.NewForm{Name: "x", Title: "x", Fields: []crm.FormField{name}, Assignment: ptr(to(w.acme.Rep))}))
	same := must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Title: patch.Of("x"), ConsentChannels: patch.Null[[]string]()}, 1))
	if same.Version != 1 {
		t.Error("what changes nothing was written")
	}
	_, err = w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Title: patch.Of("y")}, 7)
	wantError(t, err, tenant.ErrStale)
	_, err = w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Assignment: patch.Of(crm.FormAssignment{Rule: crm.ByRegion})}, 0)
	wantInvalid(t, err, "assignment.regions", "fields")
	// A field that it asks goes out of use: what is changed beside it can be changed all the same.
	line := w.admin.field(t, crm.NewCustomField{Key: "line", Type: "text"})
	fields := []crm.FormField{name, {Field: "custom.line"}}
	f = must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Fields: patch.Of(fields)}, 0))
	w.admin.changeField(t, line.ID, crm.CustomFieldPatch{Archived: patch.Of(true)})
	if f = must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Active: patch.Of(false)}, 0)); f.Active {
		t.Error("the form is open")
	}
	_, err = w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Fields: patch.Of(fields)}, 0)
	wantInvalid(t, err, "fields[1].field")
}

// TestEveryAnswerIsKeptOrRefused sends each string in, in every field.
func TestEveryAnswerIsKeptOrRefused(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "line", Type: "text"})
	f := w.admin.form(t, crm.FormAssignment{Rule: crm.ToNobody})
	f = must[crm.Form](t)(w.admin.tryUpdateForm(t, f.ID, crm.FormPatch{Fields: patch.Of(append(slices.Clone([]crm.FormField(f.Fields)), crm.FormField{Field: "custom.line"}))}, 0))
	kept, all := 0, naughtyStrings(t)
	for _, s := range all {
		err := w.visit(t, f, map[string]any{"name": "x" + s, "contact_name": s, "region": s, "note": s, "custom.line": s})
		var invalid *tenant.InvalidError
		if err != nil && !errors.As(err, &invalid) {
			t.Errorf("%q: %v", s, err)
		}
		if err == nil {
			kept++
		}
	}
	if kept < len(all)*3/4 {
		t.Errorf("kept only %d of %d", kept, len(all))
	}
}

func (p person) tryUpdateForm(t testing.TB, id crm.FormID, in crm.FormPatch, version int64) (f crm.Form, err error) {
	t.Helper()
	p.caller.Limits["forms"] = -1
	err = p.tx(t, func(tx *tenant.Tx) (err error) {
		f, err = crm.UpdateForm(t.Context(), tx, id, in, version)
		return err
	})
	return f, err
}

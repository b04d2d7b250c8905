package crm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// naughtyStrings reads the whole list when it is there, the committed extract otherwise, and adds what JSON files
// cannot hold or the list lacks.
func naughtyStrings(t testing.TB) []string {
	t.Helper()
	root := os.Getenv("GUANXI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(root, "strings", "blns.json"))
	if err != nil {
		text = must[[]byte](t)(os.ReadFile(filepath.Join("testdata", "strings", "blns.json")))
	}
	return append(decode[[]string](t, text),
		"\x00", "a\x00b", "\xff", "a\xc3\x28", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\ufffd", "\U0010ffff", "𠮷野家", "👩‍👩‍👧‍👦", "\u202eabc",
		"\u200b", "a\u200bb", "a\r\nb\tc", " leading", "trailing ", "\u2028", "${jndi:ldap://x}", "{{7*7}}", `\`, `'`, `"`, "`", "%", "_", "!", "*", "?",
		":name", "company.customers", "/* */ --", strings.Repeat("é", 200), strings.Repeat("💩", 64))
}

// record is a kind of record with the text fields it has. store writes one and returns the fields as they are read back.
type record struct {
	name   string
	fields []string
	store  func(tx *tenant.Tx, text map[string]string) (map[string]string, error)
}

var customerTexts = []string{"name", "contact_name", "website", "address", "district", "city", "region", "industry", "source", "note"}

func textsOf(c crm.Customer) map[string]string {
	return map[string]string{
		"name": c.Name, "contact_name": c.ContactName, "website": c.Website, "address": c.Address,
		"district": c.District, "city": c.City, "region": c.Region, "industry": c.Industry, "source": c.Source, "note": c.Note,
	}
}

// TestEveryTextComesBackOrIsRefused puts each string into each text field. It comes back byte for byte, or is
// refused as invalid; the database never has to refuse it.
func TestEveryTextComesBackOrIsRefused(t *testing.T) {
	w := newWorld(t)
	host := w.admin.customer(t, "host")
	w.admin.field(t, crm.NewCustomField{Key: "line", Type: "text"})
	w.admin.field(t, crm.NewCustomField{Key: "story", Type: "long_text"})
	label := w.admin.field(t, crm.NewCustomField{Key: "named", Type: "choice", Options: []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}}}})
	ctx := t.Context()
	plain := func(tx *tenant.Tx) (crm.Customer, error) {
		return crm.CreateCustomer(ctx, tx, crm.NewCustomer{Name: "x"})
	}
	for _, r := range []record{
		{"customer", customerTexts, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateCustomer(ctx, tx, crm.NewCustomer{
				Name: text["name"], ContactName: text["contact_name"], Website: text["website"], Address: text["address"],
				District: text["district"], City: text["city"], Region: text["region"], Industry: text["industry"], Source: text["source"], Note: text["note"],
			})
			if err != nil {
				return nil, err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			return textsOf(stored), err
		}},
		{"patched customer", customerTexts, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := plain(tx)
			if err != nil {
				return nil, err
			}
			if _, err := crm.UpdateCustomer(ctx, tx, made.ID, crm.CustomerPatch{
				Name: patch.Of(text["name"]), ContactName: patch.Of(text["contact_name"]), Website: patch.Of(text["website"]), Address: patch.Of(text["address"]),
				District: patch.Of(text["district"]), City: patch.Of(text["city"]), Region: patch.Of(text["region"]), Industry: patch.Of(text["industry"]), Source: patch.Of(text["source"]), Note: patch.Of(text["note"]),
			}, 0); err != nil {
				return nil, err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			return textsOf(stored), err
		}},
		{"custom values", []string{"custom.line", "custom.story"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			given := crm.CustomValues{"line": text["custom.line"], "story": text["custom.story"]}
			made, err := crm.CreateCustomer(ctx, tx, crm.NewCustomer{Name: "x", Custom: given})
			if err != nil {
				return nil, err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			kept := map[string]string{}
			for key, v := range given {
				kept["custom."+key] = fmt.Sprint(v)
				if back, set := stored.Custom[key]; set || strings.TrimSpace(fmt.Sprint(v)) != "" { // blank is none
					kept["custom."+key] = fmt.Sprint(back)
				}
			}
			return kept, err
		}},
		{"custom field", []string{"label.zh", "label.en", "help", "section", "options[0].label.zh"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			if _, err := crm.UpdateCustomField(ctx, tx, label.ID, crm.CustomFieldPatch{
				Label: patch.Of(crm.FieldLabel{ZH: text["label.zh"], EN: text["label.en"]}), Help: patch.Of(text["help"]), Section: patch.Of(text["section"]),
				Options: patch.Of([]crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A", ZH: text["options[0].label.zh"]}}}),
			}, 0); err != nil {
				return nil, err
			}
			f, err := crm.GetCustomField(ctx, tx.Query, label.ID)
			return map[string]string{
				"label.zh": f.Label.ZH, "label.en": f.Label.EN, "help": f.Help, "section": f.Section, "options[0].label.zh": f.Options[0].Label.ZH,
			}, err
		}},
		{"contact", []string{"name", "title", "department", "wechat", "source", "note", "addresses[0].street", "consents.email.source"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateContact(ctx, tx, crm.NewContact{
				Name: text["name"], Title: text["title"], Department: text["department"], WeChat: text["wechat"], Source: text["source"], Note: text["note"],
				Addresses: []crm.PostalAddress{{Country: "CN", Street: text["addresses[0].street"]}},
				Consents:  crm.Consents{"email": {Status: "granted", Source: text["consents.email.source"]}},
			})
			if err != nil {
				return nil, err
			}
			p, err := crm.GetContact(ctx, tx.Query, made.ID)
			return map[string]string{
				"name": p.Name, "title": p.Title, "department": p.Department, "wechat": p.WeChat, "source": p.Source, "note": p.Note,
				"addresses[0].street": p.Addresses[0].Street, "consents.email.source": p.Consents["email"].Source,
			}, err
		}},
		{"lost customer", []string{"reason"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := plain(tx)
			if err != nil {
				return nil, err
			}
			if _, err := crm.MoveCustomer(ctx, tx, made.ID, crm.StageChange{To: crm.Lost, Reason: text["reason"]}, 0); err != nil {
				return nil, err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			return map[string]string{"reason": stored.LostReason}, err
		}},
		{"interaction", []string{"summary", "next_step", "place", "contacts[0]", "attachments[0].name", "attachments[0].url"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.LogInteraction(ctx, tx, crm.NewInteraction{
				CustomerID: host.ID, Kind: "note", Summary: text["summary"], NextStep: text["next_step"], Contacts: []string{text["contacts[0]"]},
				Place: text["place"],
				Links: []crm.Link{{Name: text["attachments[0].name"], URL: "https://a.example/" + text["attachments[0].url"]}},
			}, w.callerOf)
			if err != nil {
				return nil, err
			}
			i, err := crm.GetInteraction(ctx, tx.Query, made.ID)
			return map[string]string{
				"summary": i.Summary, "next_step": i.NextStep, "place": i.Place, "contacts[0]": i.Contacts[0], "attachments[0].name": i.Links[0].Name,
				"attachments[0].url": strings.TrimPrefix(i.Links[0].URL, "https://a.example/"),
			}, err
		}},
		{"settled interaction", []string{"resolution"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.LogInteraction(ctx, tx, crm.NewInteraction{CustomerID: host.ID, Kind: "note", Summary: "x", Resolved: ptr(false)}, w.callerOf)
			if err != nil {
				return nil, err
			}
			i, err := crm.ResolveInteraction(ctx, tx, made.ID, crm.Resolution{Resolution: text["resolution"]}, 0)
			return map[string]string{"resolution": i.Resolution}, err
		}},
		{"team", []string{"name"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateTeam(ctx, tx, crm.NewTeam{Name: text["name"]})
			if err != nil {
				return nil, err
			}
			stored, err := crm.GetTeam(ctx, tx.Query, made.ID)
			if err == nil {
				err = crm.DeleteTeam(ctx, tx, made.ID, 0)
			}
			return map[string]string{"name": stored.Name}, err
		}},
		{"deal", []string{"name", "source", "note", "lost_reason"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateDeal(ctx, tx, crm.NewDeal{Name: text["name"], Source: text["source"], Note: text["note"], Status: "lost", LostReason: text["lost_reason"]})
			if err != nil {
				return nil, err
			}
			d, err := crm.GetDeal(ctx, tx.Query, made.ID)
			return map[string]string{"name": d.Name, "source": d.Source, "note": d.Note, "lost_reason": d.LostReason}, err
		}},
		{"form", []string{"name", "title", "intro", "thanks", "consent_text", "source", "campaign", "fields[0].label"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateForm(ctx, tx, crm.NewForm{
				Name: text["name"], Title: text["title"], Intro: text["intro"], Thanks: text["thanks"], ConsentText: text["consent_text"], Source: text["source"],
				Campaign: text["campaign"], Active: ptr(false), Fields: []crm.FormField{{Field: "name", Required: true, Label: text["fields[0].label"]}},
			})
			if err != nil {
				return nil, err
			}
			f, err := crm.GetForm(ctx, tx.Query, made.ID)
			return map[string]string{
				"name": f.Name, "title": f.Title, "intro": f.Intro, "thanks": f.Thanks, "consent_text": f.ConsentText, "source": orEmpty(text["source"], f.Source),
				"campaign": f.Campaign, "fields[0].label": f.Fields[0].Label,
			}, err
		}},
		{"product", []string{"name", "code", "category", "unit", "note"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateProduct(ctx, tx, crm.NewProduct{Name: text["name"], Code: text["code"], Category: text["category"], Unit: text["unit"], Note: text["note"]})
			if err != nil {
				return nil, err
			}
			p, err := crm.GetProduct(ctx, tx.Query, made.ID)
			if err == nil {
				err = crm.DeleteProduct(ctx, tx, made.ID, 0)
			}
			return map[string]string{"name": p.Name, "code": p.Code, "category": p.Category, "unit": p.Unit, "note": p.Note}, err
		}},
		{"deal item", []string{"items[0].name", "items[0].unit"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateDeal(ctx, tx, crm.NewDeal{Name: "x", Items: []crm.NewDealItem{{Name: text["items[0].name"], Unit: text["items[0].unit"], UnitPrice: dec("1")}}})
			if err != nil {
				return nil, err
			}
			items, err := crm.ListDealItems(ctx, tx.Query, made.ID)
			return map[string]string{"items[0].name": items.Data[0].Name, "items[0].unit": items.Data[0].Unit}, err
		}},
		{"pipeline", []string{"name", "stages[0].name", "won_name", "lost_name"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreatePipeline(ctx, tx, crm.NewPipeline{
				Name: text["name"], Stages: []crm.NewStage{{Name: text["stages[0].name"]}}, WonName: text["won_name"], LostName: text["lost_name"],
			})
			if err != nil {
				return nil, err
			}
			p, err := crm.GetPipeline(ctx, tx.Query, made.ID)
			if err != nil {
				return nil, err
			}
			if _, err = tx.Exec(ctx, `UPDATE company.pipelines SET deleted_at = ? WHERE id = ?`, tx.Now, p.ID); err != nil {
				return nil, err
			}
			// What is left empty has a name of its own.
			return map[string]string{"name": p.Name, "stages[0].name": p.Stages[0].Name, "won_name": orEmpty(text["won_name"], p.Won.Name), "lost_name": orEmpty(text["lost_name"], p.Lost.Name)}, nil
		}},
		{"comment", []string{"body"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateComment(ctx, tx, crm.NewComment{Record: refOf(t, host.ID), Body: text["body"]}, w.callerOf)
			if err != nil {
				return nil, err
			}
			stored, err := crm.GetComment(ctx, tx.Query, made.ID)
			return map[string]string{"body": stored.Body}, err
		}},
		{"task", []string{"title", "note", "checklist[0].title"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			steps := []crm.ChecklistItem{{Title: text["checklist[0].title"]}}
			made, err := crm.CreateTask(ctx, tx, crm.NewTask{Title: text["title"], Note: text["note"], Checklist: steps})
			if err != nil {
				return nil, err
			}
			stored, err := crm.GetTask(ctx, tx.Query, made.ID)
			return map[string]string{"title": stored.Title, "note": stored.Note, "checklist[0].title": stored.Checklist[0].Title}, err
		}},
		{"calendar event", []string{"title", "description", "place", "guests[0].name"}, func(tx *tenant.Tx, text map[string]string) (map[string]string, error) {
			made, err := crm.CreateCalendarEvent(ctx, tx, crm.NewCalendarEvent{
				Title: text["title"], Description: text["description"], Place: text["place"], StartsAt: &tx.Now, Guests: []crm.Guest{{Email: "a@b.example", Name: text["guests[0].name"]}},
			})
			if err != nil {
				return nil, err
			}
			e, err := crm.GetCalendarEvent(ctx, tx.Query, made.ID, "")
			return map[string]string{"title": e.Title, "description": e.Description, "place": e.Place, "guests[0].name": e.Guests[0].Name}, err
		}},
	} {
		t.Run(r.name, func(t *testing.T) {
			kept := map[string]int{}
			if err := w.admin.tx(t, func(tx *tenant.Tx) error {
				clear(kept)
				for _, s := range naughtyStrings(t) {
					r.try(t, tx, s, kept)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			all := len(naughtyStrings(t))
			for _, field := range r.fields {
				if kept[field] < all*3/4 {
					t.Errorf("%s kept only %d of %d", field, kept[field], all)
				}
			}
		})
	}
}

// orEmpty is what came back, or nothing where nothing was asked for.
func orEmpty(asked, got string) string {
	if asked == "" {
		return ""
	}
	return got
}

// try stores the string in every field of one record, or in those that take it.
func (r record) try(t *testing.T, tx *tenant.Tx, s string, kept map[string]int) {
	t.Helper()
	text := map[string]string{}
	for _, field := range r.fields {
		text[field] = s
	}
	got, err := r.store(tx, text)
	var invalid *tenant.InvalidError
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			text[f.Field] = "fine"
		}
		if _, whole := text["label"]; whole { // a blank label has none in either language
			text["label.zh"] = "fine"
		}
		got, err = r.store(tx, text)
	}
	if err != nil {
		t.Errorf("%q: %v", s, err)
		return
	}
	for _, field := range r.fields {
		if got[field] != text[field] {
			t.Errorf("%s: %q came back as %q", field, text[field], got[field])
		}
		if text[field] == s {
			kept[field]++
			if !utf8.ValidString(s) {
				t.Errorf("%s kept %q", field, s)
			}
		}
	}
}

// TestEveryTextIsFoundOrRefused searches, filters and tags with each string.
func TestEveryTextIsFoundOrRefused(t *testing.T) {
	w := newWorld(t)
	var invalid *tenant.InvalidError
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		for _, s := range naughtyStrings(t) {
			c, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "x" + s, Tags: []string{s}, Phone: s})
			if errors.As(err, &invalid) {
				if c, err = crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "x" + s, Email: s}); errors.As(err, &invalid) {
					c, err = crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "x" + s})
				}
			}
			if errors.As(err, &invalid) {
				continue
			}
			if err != nil {
				t.Errorf("%q: %v", s, err)
				continue
			}
			quoted := string(must[[]byte](t)(json.Marshal("x" + s)))
			for list, in := range map[string]crm.ListQuery{
				"search": {Q: "x" + s, Limit: 20}, "equal": {Filter: "name = " + quoted, Limit: 20}, "part": {Filter: "name:" + quoted, Limit: 20},
			} {
				page, err := crm.ListCustomers(t.Context(), tx.Query, in)
				if errors.As(err, &invalid) {
					continue
				}
				if err != nil || page.NextCursor == nil && !slices.ContainsFunc(page.Data, func(found crm.Customer) bool { return found.ID == c.ID }) {
					t.Errorf("%s %q: not among %d, %v", list, s, len(page.Data), err)
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestEveryRuleZoneAndDateIsKnownOrRefused gives tasks each string where a word of a language is wanted.
func TestEveryRuleZoneAndDateIsKnownOrRefused(t *testing.T) {
	w := newWorld(t)
	var invalid *tenant.InvalidError
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for _, s := range naughtyStrings(t) {
			for _, in := range []crm.NewTask{{RRule: s, DueAt: &tx.Now}, {TimeZone: s}, {DueOn: (*crm.Date)(&s)}} {
				in.Title = "x"
				if _, err := crm.CreateTask(t.Context(), tx, in); err != nil && !errors.As(err, &invalid) {
					t.Errorf("%q: %v", s, err)
				}
			}
			for _, in := range []crm.CalendarQuery{{From: s}, {To: s}, {Members: []string{s}}} {
				if _, err := crm.GetCalendar(t.Context(), tx.Query, in); err != nil && !errors.As(err, &invalid) {
					t.Errorf("%q: %v", s, err)
				}
			}
			event, err := crm.CreateCalendarEvent(t.Context(), tx, crm.NewCalendarEvent{Title: "x", StartsAt: &tx.Now, RRule: "FREQ=DAILY", Reminders: []crm.NewReminder{}})
			if err != nil {
				return err
			}
			if _, err := crm.UpdateCalendarEvent(t.Context(), tx, event.ID, crm.Extent{Occurrence: s}, crm.CalendarEventPatch{}, 0); err != nil && !errors.As(err, &invalid) {
				t.Errorf("%q: %v", s, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

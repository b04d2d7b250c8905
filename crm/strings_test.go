package crm_test

import (
	"encoding/json"
	"errors"
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

// wayBack is one text field: it stores a string and returns what is read back.
type wayBack struct {
	name string
	by   func(*tenant.Tx, string) (string, error)
}

// TestEveryTextComesBackOrIsRefused puts each string into each text field. It comes back byte for byte, or is
// refused as invalid; the database never has to refuse it.
func TestEveryTextComesBackOrIsRefused(t *testing.T) {
	w := newWorld(t)
	c := w.admin.customer(t, "host")
	task := w.admin.task(t, crm.NewTask{Title: "host"})
	ctx := t.Context()
	customer := func(field func(*crm.NewCustomer) *string, of func(crm.Customer) string) func(*tenant.Tx, string) (string, error) {
		return func(tx *tenant.Tx, s string) (string, error) {
			in := crm.NewCustomer{Name: "x"}
			*field(&in) = s
			made, err := crm.CreateCustomer(ctx, tx, in)
			if err != nil {
				return "", err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			return of(stored), err
		}
	}
	patched := func(of func(crm.Customer) string, in func(string) crm.CustomerPatch) func(*tenant.Tx, string) (string, error) {
		return func(tx *tenant.Tx, s string) (string, error) {
			if _, err := crm.UpdateCustomer(ctx, tx, c.ID, in(s), 0); err != nil {
				return "", err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, c.ID)
			return of(stored), err
		}
	}
	interaction := func(in func(string) crm.NewInteraction, of func(crm.Interaction) string) func(*tenant.Tx, string) (string, error) {
		return func(tx *tenant.Tx, s string) (string, error) {
			new := in(s)
			new.CustomerID, new.Kind = c.ID, "note"
			if new.Summary == "" {
				new.Summary = "x"
			}
			made, err := crm.LogInteraction(ctx, tx, new)
			if err != nil {
				return "", err
			}
			stored, err := crm.GetInteraction(ctx, tx.Query, made.ID)
			return of(stored), err
		}
	}
	for _, field := range []wayBack{
		{"name", customer(func(in *crm.NewCustomer) *string { return &in.Name }, func(c crm.Customer) string { return c.Name })},
		{"contact_name", customer(func(in *crm.NewCustomer) *string { return &in.ContactName }, func(c crm.Customer) string { return c.ContactName })},
		{"website", customer(func(in *crm.NewCustomer) *string { return &in.Website }, func(c crm.Customer) string { return c.Website })},
		{"address", customer(func(in *crm.NewCustomer) *string { return &in.Address }, func(c crm.Customer) string { return c.Address })},
		{"industry", customer(func(in *crm.NewCustomer) *string { return &in.Industry }, func(c crm.Customer) string { return c.Industry })},
		{"source", customer(func(in *crm.NewCustomer) *string { return &in.Source }, func(c crm.Customer) string { return c.Source })},
		{"note", customer(func(in *crm.NewCustomer) *string { return &in.Note }, func(c crm.Customer) string { return c.Note })},
		{"patched name", patched(func(c crm.Customer) string { return c.Name }, func(s string) crm.CustomerPatch { return crm.CustomerPatch{Name: patch.Of(s)} })},
		{"patched note", patched(func(c crm.Customer) string { return c.Note }, func(s string) crm.CustomerPatch { return crm.CustomerPatch{Note: patch.Of(s)} })},
		{"summary", interaction(func(s string) crm.NewInteraction { return crm.NewInteraction{Summary: s} }, func(i crm.Interaction) string { return i.Summary })},
		{"next_step", interaction(func(s string) crm.NewInteraction { return crm.NewInteraction{NextStep: s} }, func(i crm.Interaction) string { return i.NextStep })},
		{"contact", interaction(func(s string) crm.NewInteraction { return crm.NewInteraction{Contacts: []string{s}} }, func(i crm.Interaction) string { return i.Contacts[0] })},
		{"attachment", interaction(func(s string) crm.NewInteraction {
			return crm.NewInteraction{Attachments: []crm.Attachment{{Name: s, URL: "https://a.example"}}}
		}, func(i crm.Interaction) string { return i.Attachments[0].Name })},
		{"link", interaction(func(s string) crm.NewInteraction {
			return crm.NewInteraction{Attachments: []crm.Attachment{{Name: "x", URL: "https://a.example/" + s}}}
		}, func(i crm.Interaction) string { return strings.TrimPrefix(i.Attachments[0].URL, "https://a.example/") })},
		{"title", func(tx *tenant.Tx, s string) (string, error) {
			made, err := crm.UpdateTask(ctx, tx, task.ID, crm.TaskPatch{Title: patch.Of(s), Note: patch.Of(s)}, 0)
			if err != nil {
				return "", err
			}
			stored, err := crm.GetTask(ctx, tx.Query, made.ID)
			if err == nil && stored.Note != s {
				return stored.Note, nil
			}
			return stored.Title, err
		}},
		{"reason", func(tx *tenant.Tx, s string) (string, error) {
			made, err := crm.CreateCustomer(ctx, tx, crm.NewCustomer{Name: "x"})
			if err != nil {
				return "", err
			}
			if _, err := crm.MoveCustomer(ctx, tx, made.ID, crm.StageChange{To: crm.Lost, Reason: s}, 0); err != nil {
				return "", err
			}
			stored, err := crm.GetCustomer(ctx, tx.Query, made.ID)
			return stored.LostReason, err
		}},
	} {
		t.Run(field.name, func(t *testing.T) {
			kept := 0
			if err := w.admin.tx(t, func(tx *tenant.Tx) error {
				kept = 0
				for _, s := range naughtyStrings(t) {
					got, err := field.by(tx, s)
					var invalid *tenant.InvalidError
					switch {
					case errors.As(err, &invalid):
					case err != nil:
						t.Errorf("%q: %v", s, err)
					case got != s:
						t.Errorf("%q came back as %q", s, got)
					default:
						kept++
						if !utf8.ValidString(s) {
							t.Errorf("%q was kept", s)
						}
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if all := len(naughtyStrings(t)); kept < all*3/4 {
				t.Errorf("only %d of %d were kept", kept, all)
			}
		})
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
				"search": {Q: "x" + s, Limit: 200}, "equal": {Filter: "name = " + quoted, Limit: 200}, "part": {Filter: "name:" + quoted, Limit: 200},
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

package tenant

import (
	"strings"
	"testing"
)

var acmeOnly = schemas{wordCompany: "gx_acme"}

func TestQualify(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "SELECT * FROM company.customers", "SELECT * FROM `gx_acme`.customers"},
		{"at the start", "company.x", "`gx_acme`.x"},
		{"two", "SELECT 1 FROM company.a JOIN company.b", "SELECT 1 FROM `gx_acme`.a JOIN `gx_acme`.b"},
		{"without spaces", "SELECT(SELECT 1 FROM(company.a),company.b)", "SELECT(SELECT 1 FROM(`gx_acme`.a),`gx_acme`.b)"},
		{"beside quoted", "FROM company.`customers`", "FROM `gx_acme`.`customers`"},
		{"string", "SELECT 'company.x'", "SELECT 'company.x'"},
		{"double-quoted string", `SELECT "company.x"`, `SELECT "company.x"`},
		{"quoted name", "SELECT `company.x`", "SELECT `company.x`"},
		{"doubled quote", "SELECT 'it''s company.x', company.y", "SELECT 'it''s company.x', `gx_acme`.y"},
		{"escaped quote", `SELECT 'a\'company.x' FROM company.y`, `SELECT 'a\'company.x' FROM ` + "`gx_acme`.y"},
		{"escaped backslash", `SELECT 'a\\' FROM company.y`, `SELECT 'a\\' FROM ` + "`gx_acme`.y"},
		{"no escape in names", "SELECT `a\\` FROM company.y", "SELECT `a\\` FROM `gx_acme`.y"},
		{"unfinished string", "SELECT 'company.x", "SELECT 'company.x"},
		{"string ends in backslash", `SELECT 'company.x\`, `SELECT 'company.x\`},
		{"dash comment", "SELECT 1 -- company.x's\nFROM company.y", "SELECT 1 -- company.x's\nFROM `gx_acme`.y"},
		{"dash comment with tab", "SELECT 1 --\tdon't\nFROM company.y", "SELECT 1 --\tdon't\nFROM `gx_acme`.y"},
		{"empty dash comment", "SELECT 1 --\nFROM company.y", "SELECT 1 --\nFROM `gx_acme`.y"},
		{"dashes at the end", "SELECT 1 --", "SELECT 1 --"},
		{"two minus signs", "SELECT 1--company.y", "SELECT 1--`gx_acme`.y"},
		{"hash comment", "SELECT 1 # company.x'\nFROM company.y", "SELECT 1 # company.x'\nFROM `gx_acme`.y"},
		{"block comment", "SELECT /* company.x ' */ 1 FROM company.y", "SELECT /* company.x ' */ 1 FROM `gx_acme`.y"},
		{"unfinished comment", "SELECT /* company.x", "SELECT /* company.x"},
		{"comment of three characters", "SELECT /*/ company.x", "SELECT /*/ company.x"},
		{"a column of another table", "SELECT x.company.y", "SELECT x.company.y"},
		{"part of a longer word", "SELECT mycompany.x, company2.y, company_.z, $company.q", "SELECT mycompany.x, company2.y, company_.z, $company.q"},
		{"user variable", "SELECT @company.x", "SELECT @company.x"},
		{"beyond ASCII", "SELECT 公company.x", "SELECT 公company.x"},
		{"a column of that name", "SELECT company, c.company FROM company.c", "SELECT company, c.company FROM `gx_acme`.c"},
		{"capitals are another word", "SELECT 1 FROM COMPANY.x", "SELECT 1 FROM COMPANY.x"},
		{"words that this statement may not use", "SELECT 1 FROM platform.people, cluster.due", "SELECT 1 FROM `platform `.people, `cluster `.due"},
		{"nothing", "", ""},
	} {
		for range 2 { // the second time from the cache
			if got := acmeOnly.qualify(c.in); got != c.want {
				t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
			}
		}
	}
}

// The cached split belongs to the statement, never to the company that used it first.
func TestQualifyOtherCompany(t *testing.T) {
	const statement = "SELECT 1 FROM company.only_here"
	for _, schema := range []string{"gx_acme", "gx_globex", "gx_acme"} {
		if got, want := (schemas{wordCompany: schema}).qualify(statement), "SELECT 1 FROM `"+schema+"`.only_here"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSchemaPattern(t *testing.T) {
	for name, want := range map[string]bool{
		"gx_acme": true, "a": true, strings.Repeat("a", 63): true,
		strings.Repeat("a", 64): false, "": false, "1a": false, "Gx": false, "gx`": false, "gx-1": false, "gx\n": false, "gx_é": false,
	} {
		if got := schemaPattern.MatchString(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

// FuzzSplit checks that nothing of a statement is lost or changed but the words, and that a quoted copy of
// any text is left alone.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"SELECT * FROM company.customers WHERE a = 'company.x'", "--", "/*", "`", `'\`, "x.company.y", "company.company.company.",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, statement string) {
		var whole strings.Builder
		for _, p := range split(statement) {
			whole.WriteString(p.text)
			whole.WriteString(p.word)
		}
		if whole.String() != statement {
			t.Fatalf("split changed the statement:\n got %q\nwant %q", whole.String(), statement)
		}
		quoted := "SELECT '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(statement) + "' "
		if got, want := acmeOnly.qualify(quoted+"FROM company.x"), quoted+"FROM `gx_acme`.x"; got != want {
			t.Fatalf("quoted text was read as code:\n got %q\nwant %q", got, want)
		}
	})
}

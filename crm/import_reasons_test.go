package crm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// rejected is the file of an import's rejected rows.
func (p person) rejected(t testing.TB, id crm.ImportID) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.w.Read(t.Context(), p.company.Company, p.caller, func(q *tenant.Query) error {
		return crm.WriteRejected(t.Context(), q, id, crm.FormatCSV, &out)
	}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRejectedFileSpeaksTheReadersLanguage(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.rep.run(t, "a.csv", "客户名称,手机,状态\n云帆,12,意向\n,13800138000,潜在\n华信,,成交\n", crm.ImportOptions{})
	w.rep.caller.Locale = "zh-CN"
	want := "\uFEFF客户名称,手机,状态,行号,未导入原因\n" +
		"云帆,12,意向,2,手机：电话不对，写全区号，国外号码以 + 和国家代码开头\n" +
		",13800138000,潜在,3,没有名称，新客户必须有\n"
	if diff := cmp.Diff(want, w.rep.rejected(t, imp.ID)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if names := w.rep.names(t, crm.ListQuery{Filter: `lifecycle = "won"`}); len(names) != 1 || names[0] != "华信" {
		t.Errorf("the column 状态 gave the stage won to %v", names)
	}
}

// TestEveryReasonHasChineseWords reads the codes from the source: a new one must not reach people in English.
func TestEveryReasonHasChineseWords(t *testing.T) {
	text := func(pattern string) string {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		var all strings.Builder
		for _, f := range files {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(f, "_test.go") {
				all.Write(source)
			}
		}
		return all.String()
	}
	reasons := text("import_reasons.go")
	codes := regexp.MustCompile(`(?:ImportProblem\{[^}]*Code: |badValue\(|problem\.Code, problem\.Message = |refuseCustomer\([^"\n]*)"([a-z_]+)"`).FindAllStringSubmatch(text("import_*.go"), -1)
	names := map[string]string{}
	sheets := text("sheet/*.go")
	for _, m := range regexp.MustCompile(`(?m)^\s+([A-Z]\w+) += "([a-z_]+)"`).FindAllStringSubmatch(sheets, -1) {
		names[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?:invalid\(|Problem\{)([A-Z]\w+),`).FindAllStringSubmatch(sheets, -1) {
		codes = append(codes, []string{"", names[m[1]]})
	}
	if len(codes) < 30 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for _, c := range codes {
		if !strings.Contains(reasons, `"`+c[1]+`": "`) {
			t.Errorf("%s has no Chinese words", c[1])
		}
	}
}

package feishu_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

func reminder() plugins.Message {
	return plugins.Message{
		Title: "2 位客户 7 天未跟进",
		Lines: []plugins.Line{
			{Label: "负责人", Text: "李四"},
			{Text: "上海某某科技 & Söhne <GmbH>", Link: "https://crm.example.com/customers/cus_1"},
			{Text: "Acme_Ltd (first_last@acme.com)", Link: "https://crm.example.com/customers/cus_2?tab=a(b)"},
		},
		Link:   "https://crm.example.com/customers?filter=silent",
		Locale: "zh-CN",
	}
}

func TestBodyGolden(t *testing.T) {
	plugintest.Golden(t, "reminder.golden.json", body(t, reminder(), feishu.Settings{
		Secret: secret, At: feishu.At{OpenIDs: []string{"ou_1", "ou_2"}},
	}))
	english := reminder()
	english.Title, english.Locale = "2 customers without contact for 7 days", "en"
	plugintest.Golden(t, "reminder_en.golden.json", body(t, english, feishu.Settings{At: feishu.At{All: true}, Keyword: "CRM"}))
	plugintest.Golden(t, "title_only.golden.json", body(t, plugins.Message{Title: "测试 <at id=all></at>"}, feishu.Settings{}))
}

// content returns the lark_md text of a card with one line.
func content(t *testing.T, l plugins.Line) string {
	t.Helper()
	var sent struct {
		Card struct {
			Elements []struct{ Text struct{ Tag, Content string } }
		}
	}
	if err := json.Unmarshal(body(t, plugins.Message{Title: "t", Lines: []plugins.Line{l}}, feishu.Settings{}), &sent); err != nil {
		t.Fatal(err)
	}
	if got := sent.Card.Elements[0].Text.Tag; got != "lark_md" {
		t.Fatalf("text is %s", got)
	}
	return sent.Card.Elements[0].Text.Content
}

// live matches what lark_md would act upon.
var live = regexp.MustCompile("[<>*~`\\[\\]\\\\$_]|:[A-Za-z0-9_]+:|^(#|[-+] |--|[0-9]+[.)] )")

// TestNamesAreNeitherMarkupNorMentions sends what a stranger might call himself. The client decodes entities
// after reading the markup, so that people see the name as it is.
func TestNamesAreNeitherMarkupNorMentions(t *testing.T) {
	for _, name := range []string{
		"<at id=all></at>", "<at id=ou_1></at>", "<at email=a@b.c></at>", "<AT id=all></AT>", "<person id='ou_1'></person>",
		"[点我](https://evil.example)", "![x](img_key)", "[x]($urlVal)", "**bold** *it* ~~gone~~ `code` __b__",
		"# heading", "- item", "+ item", "--- ", "1. item", "2) item", "> quote", "<font color='red'>x</font>", ":DONE: :+1:",
		"&#60;at id=all&#62;&#60;/at&#62;", "&lt;at id=all&gt;", "ends in \\", "10:30:45", "A&B R&D; 3M", "上海某某科技（集团）", "😀",
	} {
		want := strings.TrimSpace(name)
		got := content(t, plugins.Line{Text: name})
		if live.MatchString(got) {
			t.Errorf("%q is sent as %q, which is markup", name, got)
		}
		if shown := html.UnescapeString(got); shown != want {
			t.Errorf("%q is sent as %q and shown as %q", name, got, shown)
		}
		if labelled := content(t, plugins.Line{Label: name, Text: name}); labelled != "**"+got+"**: "+got {
			t.Errorf("%q is sent as %q beside a label", name, labelled)
		}
		if linked := content(t, plugins.Line{Text: name, Link: "https://crm.example.com"}); linked != "["+got+"](https://crm.example.com)" {
			t.Errorf("%q is sent as %q with a link", name, linked)
		}
	}
}

func TestOrdinaryNamesStayAsTheyAre(t *testing.T) {
	for _, name := range []string{"上海某某科技（集团）", "R&D GmbH & Co. KG", "O'Neill-Smith #3 (new)", "a@b.com", "https://acme.com/x?a=1&b=2"} {
		if got := content(t, plugins.Line{Text: name}); got != name {
			t.Errorf("%q is sent as %q", name, got)
		}
	}
}

func TestBodyKeepsTheVendorsLimit(t *testing.T) {
	m := plugins.Message{Title: strings.Repeat("题", 300), Link: "https://crm.example.com/customers", Locale: "zh-CN"}
	for range 500 {
		m.Lines = append(m.Lines, plugins.Line{Label: "备注", Text: strings.Repeat("字*", 50)})
	}
	out := body(t, m, feishu.Settings{Secret: secret, At: feishu.At{All: true}})
	if len(out) > 20_000 || len(out) < 19_000 || !utf8.Valid(out) || !json.Valid(out) {
		t.Errorf("body has %d bytes", len(out))
	}
	for _, kept := range []string{"还有", `"url":"https://crm.example.com/customers"`, "<at id=all></at>"} {
		if !strings.Contains(string(out), kept) {
			t.Errorf("the cut message lost %q", kept)
		}
	}
}

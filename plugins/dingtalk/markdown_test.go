package dingtalk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
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
	plugintest.Golden(t, "reminder.golden.json", body(t, reminder(), dingtalk.Settings{
		At: dingtalk.At{Mobiles: []string{"13800138000"}, UserIDs: []string{"manager.1"}},
	}))
	english := reminder()
	english.Title, english.Locale = "2 customers without contact for 7 days", "en"
	plugintest.Golden(t, "reminder_en.golden.json", body(t, english, dingtalk.Settings{At: dingtalk.At{All: true}, Keyword: "CRM"}))
}

// TestNamesAreNeitherMarkupNorMentions sends what a stranger might call himself through every place of a
// message that shows a name.
func TestNamesAreNeitherMarkupNorMentions(t *testing.T) {
	for name, want := range map[string]string{
		"@13800138000":                      "＠13800138000",
		"@所有人 @all":                         "＠所有人 ＠all",
		"王五@manager":                        "王五＠manager",
		"first_last@acme.com":               "first_last@acme.com",
		"a@b@acme.com":                      "a＠b@acme.com",
		"[点我](https://evil.example)":        "［点我］(https://evil.example)",
		"![](https://evil.example/x.png)":   "!［］(https://evil.example/x.png)",
		"**bold** ~~gone~~ `code`":          "＊＊bold＊＊ ～～gone～～ ｀code｀",
		"_a_ __b__ _c_ snake_case 客户_一":     "＿a＿ ＿＿b＿＿ ＿c＿ snake_case 客户_一",
		"# heading":                         "＃ heading",
		"> quote":                           "＞ quote",
		"- item":                            "－ item",
		"--- ":                              "－－－",
		"1. item":                           "1． item",
		"3M":                                "3M",
		"+86 21":                            "+86 21",
		"first\n\n# second":                 "first # second",
		"<font color=red>x</font>":          "＜font color=red＞x＜/font＞",
		"&lt;font&gt; &#60;b&#62; R&D A&B;": "＆lt；font＆gt； ＆＃60；b＆＃62； R&D A＆B；",
		`ends in \`:                         `ends in ＼`,
		"\u202egnp.exe\u200f":               "gnp.exe",
		"😀 Ünïcödé 漢字":                      "😀 Ünïcödé 漢字",
	} {
		m := plugins.Message{Title: name, Lines: []plugins.Line{{Text: name}, {Label: name, Text: name}, {Text: name, Link: "https://crm.example.com"}}}
		var sent struct{ Markdown struct{ Title, Text string } }
		if err := json.Unmarshal(body(t, m, dingtalk.Settings{}), &sent); err != nil {
			t.Fatal(err)
		}
		wantText := fmt.Sprintf("### %s\n\n%s\n\n**%s**: %s\n\n[%s](https://crm.example.com)", want, want, want, want, want)
		if sent.Markdown.Text != wantText {
			t.Errorf("%q:\n got %q\nwant %q", name, sent.Markdown.Text, wantText)
		}
	}
}

func TestBodyKeepsTheVendorsLimits(t *testing.T) {
	m := plugins.Message{Title: strings.Repeat("题", 100), Locale: "zh-CN"}
	for range 500 {
		m.Lines = append(m.Lines, plugins.Line{Label: "备注", Text: strings.Repeat("字", 100)})
	}
	m.Link = "https://crm.example.com/customers"
	out := body(t, m, dingtalk.Settings{At: dingtalk.At{Mobiles: []string{"13800138000"}}, Keyword: "CRM"})
	var sent struct{ Markdown struct{ Title, Text string } }
	if err := json.Unmarshal(out, &sent); err != nil {
		t.Fatal(err)
	}
	if len(out) > 20_000 || len(out) < 19_000 || !utf8.Valid(out) {
		t.Errorf("body has %d bytes", len(out))
	}
	if got := utf8.RuneCountInString(sent.Markdown.Title); got != 64 {
		t.Errorf("title has %d characters, want 64", got)
	}
	for _, kept := range []string{"还有", "[查看详情](https://crm.example.com/customers)", "@13800138000", "CRM"} {
		if !strings.Contains(sent.Markdown.Text, kept) {
			t.Errorf("the cut message lost %q", kept)
		}
	}
}

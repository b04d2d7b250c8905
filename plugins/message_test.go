package plugins_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/plugins"
)

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"上海某某科技":              "上海某某科技",
		" a\r\n\n b\tc ":      "a b c",
		"a\x00b\x1b[31mc":     "ab[31mc",
		"abc\u202etxt.exe":    "abctxt.exe",
		"bad \xff byte":       "bad \ufffd byte",
		"1234567890123":       "123456789…",
		"一二三四五六七八九十十一":        "一二三四五六七八九…",
		"👨‍👩‍👧":               "👨‍👩‍👧",
		"line\u2028separator": "line sepa…",
	} {
		if got := plugins.OneLine(in, 10); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLinkURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://crm.example.com/customers/cus_1?tab=a&b=c": "https://crm.example.com/customers/cus_1?tab=a&b=c",
		"https://example.com/a) [x](https://evil.example":   "https://example.com/a%29%20%5Bx%5D%28https://evil.example",
		"javascript:alert(1)":                               "",
		"dingtalk://dingtalkclient/page/link":               "",
		"/customers/cus_1":                                  "",
		"https://":                                          "",
		"https://exa mple.com":                              "",
		"":                                                  "",
		"https://example.com/" + strings.Repeat("a", 3000): "",
	} {
		if got := plugins.LinkURL(in); got != want {
			t.Errorf("LinkURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFitDropsTheLastLinesAndSaysHowMany(t *testing.T) {
	m := plugins.Message{Title: "t", Locale: "zh-CN"}
	for i := range 300 {
		m.Lines = append(m.Lines, plugins.Line{Text: fmt.Sprintf("客户 %d %s", i, strings.Repeat("字", 200))})
	}
	out, err := plugins.Fit(m, 20_000, render)
	if err != nil || len(out) > 20_000 || len(out) < 19_000 || !utf8.Valid(out) {
		t.Fatalf("Fit gave %d bytes, %v", len(out), err)
	}
	var shown plugins.Message
	if err := json.Unmarshal(out, &shown); err != nil {
		t.Fatal(err)
	}
	kept := len(shown.Lines) - 1
	if want := fmt.Sprintf("…… 还有 %d 条", 300-kept); shown.Lines[kept].Text != want {
		t.Errorf("last line is %q, want %q", shown.Lines[kept].Text, want)
	}
	m.Locale = "en"
	if out, _ = plugins.Fit(m, 20_000, render); !strings.Contains(string(out), " more\"") {
		t.Error("the English message does not say how many lines are missing")
	}
}

func TestFitCutsLongLines(t *testing.T) {
	m := plugins.Message{Lines: []plugins.Line{{Label: "备注", Text: strings.Repeat("字\n", 100_000)}}}
	out, err := plugins.Fit(m, 20_000, render)
	if err != nil || len(out) > 3_000 || !strings.Contains(string(out), "…") {
		t.Errorf("Fit gave %d bytes, %v", len(out), err)
	}
}

func TestFitThatCannotBe(t *testing.T) {
	m := plugins.Message{Title: strings.Repeat("t", 100), Lines: []plugins.Line{{Text: "a"}}}
	if _, err := plugins.Fit(m, 50, render); !errors.Is(err, plugins.ErrMessageTooLong) {
		t.Errorf("Fit = %v, want ErrMessageTooLong", err)
	}
}

func render(m plugins.Message) ([]byte, error) { return json.Marshal(m) }

func TestWordsOfALocale(t *testing.T) {
	zh, en := plugins.Message{Locale: "zh-CN"}, plugins.Message{Locale: "en"}
	if zh.LinkLabel() != "查看详情" || zh.Colon() != "：" || en.LinkLabel() != "View" || en.Colon() != ": " {
		t.Errorf("zh: %q %q, en: %q %q", zh.LinkLabel(), zh.Colon(), en.LinkLabel(), en.Colon())
	}
	if got := (plugins.Message{LinkText: "Open\ndeal"}).LinkLabel(); got != "Open deal" {
		t.Errorf("LinkLabel = %q", got)
	}
}

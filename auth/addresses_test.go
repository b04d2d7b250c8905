package auth

import (
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	for _, c := range []struct{ text, want, code string }{
		{"chen@acme.example", "chen@acme.example", ""},
		{"  Chen.Chen+CRM@ACME.Example ", "chen.chen+crm@acme.example", ""},
		{"li@例子.测试", "li@xn--fsqu00a.xn--0zwm56d", ""},
		{"o'brien@mail.acme.example", "o'brien@mail.acme.example", ""},
		{"", "", "email:required"},
		{"   ", "", "email:required"},
		{"chen", "", "email:invalid"},
		{"chen@", "", "email:invalid"},
		{"@acme.example", "", "email:invalid"},
		{"chen@acme", "", "email:invalid"},
		{"chen@.acme", "", "email:invalid"},
		{"chen@[127.0.0.1]", "", "email:invalid"},
		{"a@b@acme.example", "", "email:invalid"},
		{"Chen <chen@acme.example>", "", "email:invalid"},
		{`"chen chen"@acme.example`, "", "email:invalid"},
		{"chen@acme.example, li@acme.example", "", "email:invalid"},
		{"chen@acme.example\r\nBcc: all@acme.example", "", "email:invalid"},
		{"chen\x00@acme.example", "", "email:invalid"},
		{"陈@acme.example", "", "email:invalid"},
		{"chen@ac_me.example", "", "email:invalid"},
		{strings.Repeat("a", 65) + "@acme.example", "", "email:invalid"},
		{"a@" + strings.Repeat("b.", 130) + "example", "", "email:too_long"},
	} {
		got, err := ParseEmail("email", c.text)
		if got != c.want || codeOf(err) != c.code {
			t.Errorf("%q: got %q, %v; want %q, %q", c.text, got, err, c.want, c.code)
		}
	}
}

func TestParsePhone(t *testing.T) {
	for _, c := range []struct{ text, locale, want, code string }{
		{"13800138000", "zh-CN", "+8613800138000", ""},
		{"138 0013 8000", "zh-CN", "+8613800138000", ""},
		{"１３８００１３８０００", "zh-CN", "+8613800138000", ""},
		{"+86 138-0013-8000", "en", "+8613800138000", ""},
		{"+1 212 555 0123", "zh-CN", "+12125550123", ""},
		{"010-65292192", "zh-CN", "+861065292192", ""},
		{"13800138000", "en", "", "phone:invalid"},
		{"", "zh-CN", "", "phone:required"},
		{"12345", "zh-CN", "", "phone:invalid"},
		{"+86", "zh-CN", "", "phone:invalid"},
		{"call me", "zh-CN", "", "phone:invalid"},
		{"+86 138 0013 8000 ext. 5", "zh-CN", "", "phone:invalid"},
		{strings.Repeat("1", 5000), "zh-CN", "", "phone:invalid"},
	} {
		got, err := ParsePhone("phone", c.text, c.locale)
		if got != c.want || codeOf(err) != c.code {
			t.Errorf("%q (%s): got %q, %v; want %q, %q", c.text, c.locale, got, err, c.want, c.code)
		}
	}
}

func TestParseIdentifier(t *testing.T) {
	for text, want := range map[string]address{
		"Chen@Acme.example": {email: "chen@acme.example"},
		"13800138000":       {phone: "+8613800138000"},
		"+8613800138000":    {phone: "+8613800138000"},
		"chen@":             {},
		"' OR 1=1 --":       {},
		"":                  {},
	} {
		if got := parseIdentifier(text); got != want {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

func TestParseName(t *testing.T) {
	for _, c := range []struct{ text, want, code string }{
		{" 陈晨 ", "陈晨", ""},
		{strings.Repeat("陈", 200), strings.Repeat("陈", 200), ""},
		{"👩‍👩‍👧 & Söhne <b>", "👩‍👩‍👧 & Söhne <b>", ""},
		{" \t ", "", "name:required"},
		{strings.Repeat("陈", 201), "", "name:too_long"},
		{"a\nb", "", "name:invalid"},
		{"a\x00b", "", "name:invalid"},
		{"a\xffb", "", "name:invalid"},
	} {
		got, err := ParseName("name", c.text)
		if got != c.want || codeOf(err) != c.code {
			t.Errorf("%q: got %q, %v; want %q, %q", c.text, got, err, c.want, c.code)
		}
	}
}

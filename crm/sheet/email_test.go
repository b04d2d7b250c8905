package sheet

import (
	"errors"
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	long := strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 3) + "com"
	tests := []struct{ in, want string }{
		{"user0@example.com", "user0@example.com"},
		{" Zhang.San@EXAMPLE.Com ", "Zhang.San@example.com"},
		{"zhang＠example.com", "zhang@example.com"},
		{"mailto:a@example.com", "a@example.com"},
		{"张三@例子.中国", "张三@例子.中国"},
		{"a+b@example.com", "a+b@example.com"},
		{long, long},
		{strings.Replace(long, "com", "commm", 1), strings.Replace(long, "com", "commm", 1)},
		{strings.Replace(long, "com", "commmmm.example", 1), BadEmail},
		{"a" + long, BadEmail},
		{"not-an-email", BadEmail},
		{"a@localhost", BadEmail},
		{"a@[127.0.0.1]", BadEmail},
		{"a@-example.com", BadEmail},
		{"a@example..com", BadEmail},
		{"a@exa_mple.com", BadEmail},
		{"张三 <a@example.com>", BadEmail},
		{"<a@example.com>", BadEmail},
		{"a@example.com, b@example.com", BadEmail},
		{"a@example.com\r\nBcc: b@example.com", BadEmail},
		{"", BadEmail},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseEmail(tt.in)
			if e, ok := errors.AsType[*ValueError](err); ok {
				got = e.Code
			}
			if got != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

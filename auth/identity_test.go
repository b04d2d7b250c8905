package auth

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestClientTextIsCut(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{{"", 0}, {"short", 5}, {strings.Repeat("a", 500), maxDevice}, {strings.Repeat("机", 60), maxDevice - 1}, {"a\xffb", 2}} {
		got := Client{Device: c.text}.cut().Device
		if len(got) != c.want || !utf8.ValidString(got) {
			t.Errorf("%d bytes became %d, want %d", len(c.text), len(got), c.want)
		}
	}
}

// The way of every request: it costs no round trip while the session is known.
func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b)
	out := w.signUp(b, "chen@acme.example")
	for b.Loop() {
		if _, err := w.Authenticate(b.Context(), out.AccessToken); err != nil {
			b.Fatal(err)
		}
	}
}

// With the cost of a password as it is in production.
func BenchmarkSignUp(b *testing.B) {
	w := newWorld(b, func(c *Config) { c.Hashing = Hashing{} })
	for b.Loop() {
		w.signUp(b, newEmail())
	}
}

func newEmail() string { return strings.ToLower(tenant.NewMemberID().String()) + "@acme.example" }

package app

import "testing"

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		header, encoding string
		want             bool
	}{
		{"", "br", false},
		{"gzip, deflate, br, zstd", "br", true},
		{"gzip, deflate", "br", false},
		{"GZIP", "gzip", true},
		{"br;q=0", "br", false},
		{"br;q=0.0, *", "br", false},
		{"*, br; q = 0", "br", false},
		{"br; q=0.5", "br", true},
		{"*", "br", true},
		{"*;q=0", "gzip", false},
		{"br;q=much", "br", false},
		{"brotli", "br", false},
	} {
		if got := accepts(c.header, c.encoding); got != c.want {
			t.Errorf("accepts(%q, %q) = %v", c.header, c.encoding, got)
		}
	}
}

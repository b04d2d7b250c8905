package auth

import (
	"math/big"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The checksum of the sample that GitHub has published with the format of its tokens, and one of our own.
func TestChecksumVectors(t *testing.T) {
	for text, want := range map[string]string{
		"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ": "0mLq17",
		"Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy": "0Tk9Tp",
	} {
		if got := checksum(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestBase62(t *testing.T) {
	for _, c := range []struct {
		n     int64
		width int
		want  string
	}{{0, 3, "000"}, {61, 2, "0z"}, {62, 2, "10"}, {62*62 - 1, 2, "zz"}} {
		if got := base62(big.NewInt(c.n), c.width); got != c.want {
			t.Errorf("%d: got %s, want %s", c.n, got, c.want)
		}
	}
	largest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	if text := base62(largest, secretLetters); fromBase62(text).Cmp(largest) != 0 {
		t.Errorf("the largest secret does not survive: %s", text)
	}
}

func fromBase62(text string) *big.Int {
	n := new(big.Int)
	for _, c := range text {
		digit := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", c)
		n.Add(n.Mul(n, big.NewInt(62)), big.NewInt(int64(digit)))
	}
	return n
}

func TestKeyText(t *testing.T) {
	company, err := tenant.ParseCompanyID("com_01h455vb4pex5vsknk084sn02q")
	if err != nil {
		t.Fatal(err)
	}
	text := newKeyText(company)
	got, hash, ok := readKeyText(text)
	if !ok || got != company || hash == (KeyHash{}) || text == newKeyText(company) {
		t.Fatalf("%s: got %s, %v", text, got, ok)
	}
	for name, broken := range map[string]string{
		"empty":           "",
		"prefix alone":    keyPrefix,
		"another prefix":  "gx_test_" + strings.TrimPrefix(text, keyPrefix),
		"one letter less": text[:len(text)-1],
		"one letter more": text + "0",
		"mistyped":        strings.Replace(text, text[40:44], "!!!!", 1),
		"no company":      keyPrefix + strings.Repeat("z", 69) + checksum(strings.Repeat("z", 69)),
	} {
		if _, _, ok := readKeyText(broken); ok {
			t.Errorf("%s was accepted", name)
		}
	}
}

package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"math/big"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// An API key reads gx_live_, then 26 characters that name the company, 43 that are the secret (256 bits in
// base62), and 6 that check the two before them, so that scanners recognise a leaked key and a mistyped one
// costs no look-up.
const (
	keyPrefix      = "gx_live_"
	companyLetters = 26
	secretLetters  = 43
	checkLetters   = 6
)

// KeyHash is the SHA-256 of a key's text, which is all that is kept of it.
type KeyHash [sha256.Size]byte

func newKeyText(company tenant.CompanyID) string {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	_, letters, _ := strings.Cut(company.String(), "_")
	body := letters + base62(new(big.Int).SetBytes(secret[:]), secretLetters)
	return keyPrefix + body + checksum(body)
}

// readKeyText returns the company that a well-formed key belongs to, and its hash.
func readKeyText(text string) (tenant.CompanyID, KeyHash, bool) {
	body, ok := strings.CutPrefix(text, keyPrefix)
	if !ok || len(body) != companyLetters+secretLetters+checkLetters {
		return tenant.CompanyID{}, KeyHash{}, false
	}
	body, check := body[:companyLetters+secretLetters], body[companyLetters+secretLetters:]
	if checksum(body) != check {
		return tenant.CompanyID{}, KeyHash{}, false
	}
	company, err := tenant.ParseCompanyID("com_" + body[:companyLetters])
	return company, sha256.Sum256([]byte(text)), err == nil
}

// checksum is the CRC-32 of the text in base62, as GitHub's tokens carry it.
func checksum(text string) string {
	return base62(new(big.Int).SetUint64(uint64(crc32.ChecksumIEEE([]byte(text)))), checkLetters)
}

// base62 writes n with the digits 0-9A-Za-z, padded with zeros.
func base62(n *big.Int, width int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	out := make([]byte, width)
	rest, base, digit := new(big.Int).Set(n), big.NewInt(int64(len(digits))), new(big.Int)
	for i := width - 1; i >= 0; i-- {
		rest.DivMod(rest, base, digit)
		out[i] = digits[digit.Int64()]
	}
	return string(out)
}

package app

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// accepts reports whether an Accept-Encoding header allows the encoding (RFC 9110, 12.5.3).
func accepts(header, encoding string) bool {
	allowed := false
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != encoding && name != "*" {
			continue
		}
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q="); ok {
			weight, _ = strconv.ParseFloat(q, 64) // what cannot be read is as good as a refusal
		}
		if name == encoding {
			return weight > 0 // the name itself outranks the star
		}
		allowed = weight > 0
	}
	return allowed
}

// etagOf names the content.
func etagOf(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

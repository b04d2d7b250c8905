package vcard

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// text is the value as UTF-8 with its escapes; charset is the file's. Bytes that are no text become U+FFFD.
func (p *property) text(charset string) string {
	value := p.value
	switch strings.ToUpper(p.params["ENCODING"]) {
	case "QUOTED-PRINTABLE":
		value = unquotePrintable(value)
	case "B", "BASE64":
		if plain, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(value), nil))); err == nil {
			value = plain
		}
	}
	// A file that was saved anew as UTF-8 still says what it was before.
	if own := p.params["CHARSET"]; own != "" && (charset != utf8Name || p.quotedPrintable() || !utf8.Valid(value)) {
		charset = own
	}
	return lineEnds.Replace(decode(value, charset))
}

const utf8Name = "utf-8"

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// decode takes text that is not UTF-8, though it should be, for Chinese if it can be.
func decode(value []byte, charset string) string {
	e, err := htmlindex.Get(charset)
	if err == nil && !strings.EqualFold(charset, utf8Name) {
		if text, err := e.NewDecoder().Bytes(value); err == nil {
			return string(text)
		}
	}
	if utf8.Valid(value) {
		return string(value)
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(value); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
		return string(text)
	}
	return strings.ToValidUTF8(string(value), string(utf8.RuneError))
}

// unquotePrintable leaves an equals sign as it is that two hexadecimal digits do not follow; the standard library's reader
// would end there.
func unquotePrintable(value []byte) []byte {
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		var b [1]byte
		if value[i] == '=' && i+3 <= len(value) {
			if _, err := hex.Decode(b[:], value[i+1:i+3]); err == nil {
				out, i = append(out, b[0]), i+2
				continue
			}
		}
		out = append(out, value[i])
	}
	return out
}

// escapes are what stands behind a backslash. Version 2.1 has only the semicolon; a backslash before anything else is one.
var (
	escapes   = map[byte]string{'n': "\n", 'N': "\n", '\\': `\`, ',': ",", ';': ";", ':': ":"}
	escapes21 = map[byte]string{';': ";"}
)

// split splits a value at a separator that is not escaped, and takes the escapes off. No separator, 0, leaves it whole.
func split(value string, separator byte, escapes map[byte]string) []string {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(value); i++ {
		switch b := value[i]; {
		case b == '\\' && i+1 < len(value) && escapes[value[i+1]] != "":
			i++
			part.WriteString(escapes[value[i]])
		case b == separator && b != 0:
			parts = append(parts, strings.TrimSpace(part.String()))
			part.Reset()
		default:
			part.WriteByte(b)
		}
	}
	return append(parts, strings.TrimSpace(part.String()))
}

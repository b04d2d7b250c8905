package sheet

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a number in international form.
type Phone struct {
	E164      string // such as +8613800138000
	Extension string // digits to dial after the connection; often empty
}

var (
	rounded      = regexp.MustCompile(`(?i)^\d(\.\d+)?e\+?\d+$`)
	wholeFloat   = regexp.MustCompile(`^(\d{5,})\.0+$`)
	betweenPhone = regexp.MustCompile(`[/、,;\n|]|或`)
	extension    = regexp.MustCompile(`^(.*\d)\s*(?:-|转|轉|分机|分機)\s*(\d{1,6})$`)
)

// ParsePhone reads one number as people write it; region is the ISO 3166 code, such as "CN", of numbers without a
// country code. Errors are *ValueError.
func ParsePhone(s, region string) (Phone, error) {
	s = wholeFloat.ReplaceAllString(strings.TrimPrefix(halfWidth(s), "tel:"), "$1")
	if rounded.MatchString(s) {
		return Phone{}, invalid(PhoneRounded, "the spreadsheet rounded the number and its digits are lost; format the column as text and type it again")
	}
	if several(s) {
		return Phone{}, invalid(SeveralPhones, "the cell holds several phone numbers; keep one and put the others into columns of their own")
	}
	if p, ok := validPhone(s, region); ok {
		return p, nil
	}
	// 010-12345678-801 and 转801 are the Chinese ways to write an extension.
	if m := extension.FindStringSubmatch(s); m != nil {
		if p, ok := validPhone(m[1], region); ok && p.Extension == "" {
			p.Extension = m[2]
			return p, nil
		}
	}
	return Phone{}, invalid(BadPhone, "the phone number is not valid; write it with its area code, or with + and the country code")
}

// NationalPhone writes an E.164 number as it is dialled in its own country: 138 0013 8000. Other text stays as it is.
func NationalPhone(e164 string) string {
	n, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(n, phonenumbers.NATIONAL)
}

func validPhone(s, region string) (Phone, bool) {
	n, err := phonenumbers.Parse(s, strings.ToUpper(region))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return Phone{}, false
	}
	return Phone{E164: phonenumbers.Format(n, phonenumbers.E164), Extension: n.GetExtension()}, true
}

func several(s string) bool {
	numbers := 0
	for _, part := range betweenPhone.Split(s, -1) {
		digits := 0
		for _, r := range part {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits >= 7 {
			numbers++
		}
	}
	return numbers > 1
}

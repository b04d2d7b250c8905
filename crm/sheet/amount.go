package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// MaxAmount is the biggest amount in minor units, of either sign: every client can hold it exactly.
const MaxAmount = 1 << 53

// currencySigns lists what stands before or behind a figure and the currencies it can mean.
var currencySigns = []struct {
	sign  string
	codes []string
}{
	{"人民币", []string{"CNY"}}, {"rmb", []string{"CNY"}}, {"美元", []string{"USD"}}, {"欧元", []string{"EUR"}},
	{"日元", []string{"JPY"}}, {"港元", []string{"HKD"}}, {"港币", []string{"HKD"}}, {"英镑", []string{"GBP"}},
	{"us$", []string{"USD"}}, {"hk$", []string{"HKD"}}, {"nt$", []string{"TWD"}}, {"s$", []string{"SGD"}},
	{"a$", []string{"AUD"}}, {"c$", []string{"CAD"}},
	{"¥", []string{"CNY", "JPY"}}, {"￥", []string{"CNY", "JPY"}}, {"元", []string{"CNY", "HKD", "TWD"}}, {"块", []string{"CNY"}},
	{"€", []string{"EUR"}}, {"£", []string{"GBP"}}, {"₩", []string{"KRW"}}, {"₹", []string{"INR"}},
	{"$", []string{"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MXN"}},
}

var units = []struct {
	suffix string
	zeros  int
}{{"万亿", 12}, {"亿", 8}, {"億", 8}, {"百万", 6}, {"千万", 7}, {"万", 4}, {"萬", 4}}

var (
	plainAmount   = regexp.MustCompile(`^\d+(\.\d*)?(e[+-]?\d+)?$|^\.\d+$`)
	groupedAmount = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d*)?$|^\d{1,3}( \d{3})+(\.\d*)?$|^\d{1,3}('\d{3})+(\.\d*)?$`)
	twoReadings   = regexp.MustCompile(`^[1-9]\d{0,2}\.\d{3}$`)
	isoCode       = regexp.MustCompile(`^[a-z]{3}$`)
)

// ParseAmount reads money in the currency (ISO 4217) of the column, whose minor unit has exponent digits, and answers
// minor units. It takes ¥ $ €, codes, thousands separators, 万 and 亿, and parentheses or a trailing minus for negatives.
// Digits beyond the exponent are rounded half up, as spreadsheets leave them behind after calculating;
// 1.234 alone is refused, for it may mean a thousand. Errors are *ValueError.
func ParseAmount(s, currency string, exponent int) (int64, error) {
	s, negative := cutMinus(strings.ReplaceAll(strings.ToLower(halfWidth(s)), "\u00a0", " "))
	s, err := cutCurrency(s, strings.ToUpper(currency))
	if err != nil {
		return 0, err
	}
	s, inner := cutMinus(s) // $-5 has its sign behind the currency
	s, zeros := cutUnit(s)
	if negative && inner || !plainAmount.MatchString(s) && !groupedAmount.MatchString(s) {
		return 0, invalid(BadAmount, "the amount is not a number; write it like 12345.60, 12,345.60 or 1.2万")
	}
	if exponent < 3 && zeros == 0 && twoReadings.MatchString(s) {
		return 0, invalid(AmbiguousAmount, "the amount may mean thousands or a fraction; write 1234 or 1.23 without a third digit behind the point")
	}
	minor, err := minorUnits(strings.NewReplacer(",", "", " ", "", "'", "").Replace(s), zeros+exponent)
	if err != nil {
		return 0, err
	}
	if negative || inner {
		minor = -minor
	}
	return minor, nil
}

func cutMinus(s string) (string, bool) {
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if inner, ok := strings.CutSuffix(inner, ")"); ok {
			return strings.TrimSpace(inner), true
		}
	}
	for _, minus := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(s, minus); ok {
			return strings.TrimSpace(rest), true
		}
		if rest, ok := strings.CutSuffix(s, minus); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(s, "+")), false
}

// cutCurrency takes signs and codes off both ends; each must be able to mean the column's currency.
func cutCurrency(s, currency string) (string, error) {
	for {
		rest, codes := cutSign(s)
		if codes == nil {
			return s, nil
		}
		if !slices.Contains(codes, currency) {
			return "", invalid(CurrencyMismatch, "the amount is in another currency than the column's "+currency+"; convert it, or import it into a column of its own currency")
		}
		s = rest
	}
}

func cutSign(s string) (rest string, codes []string) {
	for _, c := range currencySigns {
		if after, ok := strings.CutPrefix(s, c.sign); ok {
			return strings.TrimSpace(after), c.codes
		}
		if before, ok := strings.CutSuffix(s, c.sign); ok {
			return strings.TrimSpace(before), c.codes
		}
	}
	if len(s) > 3 && isoCode.MatchString(s[:3]) {
		return strings.TrimSpace(s[3:]), []string{strings.ToUpper(s[:3])}
	}
	if end := len(s) - 3; end > 0 && isoCode.MatchString(s[end:]) {
		return strings.TrimSpace(s[:end]), []string{strings.ToUpper(s[end:])}
	}
	return s, nil
}

func cutUnit(s string) (string, int) {
	for _, u := range units {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			return strings.TrimSpace(rest), u.zeros
		}
	}
	return s, 0
}

var (
	maxMinor = decimal.MustNew(MaxAmount, 0)
	half     = decimal.MustNew(5, 1)
)

func minorUnits(s string, shift int) (int64, error) {
	factor, err := decimal.Ten.PowInt(shift)
	if err != nil {
		return 0, err
	}
	d, err := decimal.Parse(s)
	if err == nil {
		d, err = d.Mul(factor)
	}
	if err == nil {
		d, err = d.Add(half)
	}
	if d = d.Floor(0); err != nil || d.Cmp(maxMinor) > 0 {
		return 0, invalid(AmountTooBig, "the amount is bigger than can be stored; check its unit")
	}
	minor, _, _ := d.Int64(0)
	return minor, nil
}

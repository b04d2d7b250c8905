package sheet

import (
	"errors"
	"strconv"
	"testing"
)

func TestParseAmount(t *testing.T) {
	tests := []struct {
		in, currency string
		exponent     int
		want         string // minor units, or the code of the error
	}{
		{"¥12,345.60", "CNY", 2, "1234560"},
		{"￥１２，３４５．６", "CNY", 2, "1234560"},
		{"12345.6", "CNY", 2, "1234560"},
		{"1.2万", "CNY", 2, "1200000"},
		{"1.2 万元", "CNY", 2, "1200000"},
		{"3亿", "CNY", 2, "30000000000"},
		{"200百万", "CNY", 2, "20000000000"},
		{"1,200万", "CNY", 2, "1200000000"},
		{"人民币 100 元", "CNY", 2, "10000"},
		{"RMB 100", "CNY", 2, "10000"},
		{"100 CNY", "CNY", 2, "10000"},
		{"USD100", "USD", 2, "10000"},
		{"US$1,000", "USD", 2, "100000"},
		{"$1,000", "HKD", 2, "100000"},
		{"€ 1 234 567,89", "EUR", 2, BadAmount},
		{"€1 234 567.89", "EUR", 2, "123456789"},
		{"1'234.5", "CHF", 2, "123450"},
		{"(1,234.50)", "CNY", 2, "-123450"},
		{"-12.5", "CNY", 2, "-1250"},
		{"12.5-", "CNY", 2, "-1250"},
		{"$-5", "USD", 2, "-500"},
		{"-$5", "USD", 2, "-500"},
		{"-($5)", "USD", 2, BadAmount},
		{"+5", "CNY", 2, "500"},
		{".5", "CNY", 2, "50"},
		{"5.", "CNY", 2, "500"},
		{"1.2E+4", "CNY", 2, "1200000"},
		{"0.125", "CNY", 2, "13"},
		{"0.30000000000000004", "CNY", 2, "30"},
		{"12345.678999999", "CNY", 2, "1234568"},
		{"1.234", "CNY", 2, AmbiguousAmount},
		{"1.234", "KWD", 3, "1234"},
		{"1,234", "JPY", 0, "1234"},
		{"99.5", "JPY", 0, "100"},
		{"90071992547409.92", "CNY", 2, "9007199254740992"},
		{"90071992547409.93", "CNY", 2, AmountTooBig},
		{"1e300", "CNY", 2, AmountTooBig},
		{"99999999999999999999999999", "CNY", 2, AmountTooBig},
		{"1e-300", "CNY", 2, "0"},
		{"$100", "CNY", 2, CurrencyMismatch},
		{"¥100", "USD", 2, CurrencyMismatch},
		{"EUR 5", "CNY", 2, CurrencyMismatch},
		{"一万二", "CNY", 2, BadAmount},
		{"12,34", "CNY", 2, BadAmount},
		{"1,2345", "CNY", 2, BadAmount},
		{"12%", "CNY", 2, BadAmount},
		{"NaN", "CNY", 2, BadAmount},
		{"", "CNY", 2, BadAmount},
		{"万", "CNY", 2, BadAmount},
	}
	for _, tt := range tests {
		t.Run(tt.in+" "+tt.currency, func(t *testing.T) {
			n, err := ParseAmount(tt.in, tt.currency, tt.exponent)
			got := strconv.FormatInt(n, 10)
			if e, ok := errors.AsType[*ValueError](err); ok {
				got = e.Code
			}
			if got != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

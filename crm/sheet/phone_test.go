package sheet

import (
	"errors"
	"testing"
)

func TestParsePhone(t *testing.T) {
	tests := []struct {
		in, region string
		want       string // E.164, with the extension behind a semicolon, or the code of the error
	}{
		{"19900001272", "CN", "+8619900001272"},
		{"199 0000 1272", "cn", "+8619900001272"},
		{"１９９００００１２７２", "CN", "+8619900001272"},
		{"19900001272.0", "CN", "+8619900001272"},
		{"+86 199-0000-1272", "US", "+8619900001272"},
		{"0086 19900001272", "CN", "+8619900001272"},
		{"tel:+8619900001272", "CN", "+8619900001272"},
		{"(010) 6552 9988", "CN", "+861065529988"},
		{"010-65529988-801", "CN", "+861065529988;801"},
		{"010-65529988 转 801", "CN", "+861065529988;801"},
		{"010-65529988 ext. 801", "CN", "+861065529988;801"},
		{"(415) 555-2671", "US", "+14155552671"},
		{"1.99E+10", "CN", PhoneRounded},
		{"19900001272/19900001273", "CN", SeveralPhones},
		{"19900001272、010-65529988", "CN", SeveralPhones},
		{"12", "CN", BadPhone},
		{"no phone", "CN", BadPhone},
		{"", "CN", BadPhone},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			p, err := ParsePhone(tt.in, tt.region)
			got := p.E164
			if p.Extension != "" {
				got += ";" + p.Extension
			}
			if e, ok := errors.AsType[*ValueError](err); ok {
				got = e.Code
			}
			if got != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

package crm

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/govalues/decimal"
	"golang.org/x/text/currency"

	"github.com/guanxi-crm/guanxi/tenant"
)

// minorDigits is how many digits of a currency's unit its minor unit has: 2 for CNY, 0 for JPY.
func minorDigits(code string) int {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2
	}
	digits, _ := currency.Standard.Rounding(unit)
	return digits
}

// minorUnits multiplies factors, none of them negative, with ten to the power of shift and rounds half up. ok is false
// for more than an amount can be.
func minorUnits(shift int, factors ...decimal.Decimal) (n int64, ok bool) {
	product, scale := big.NewInt(1), -shift
	for _, f := range factors {
		product.Mul(product, new(big.Int).SetUint64(f.Coef()))
		scale += f.Scale()
	}
	if scale <= 0 {
		product.Mul(product, powerOfTen(-scale))
	} else {
		divisor := powerOfTen(scale)
		product.Add(product, new(big.Int).Rsh(divisor, 1)).Quo(product, divisor)
	}
	if product.Cmp(big.NewInt(maxMoney)) > 0 {
		return 0, false
	}
	return product.Int64(), true
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// checkDecimal sees to it that a number is within its bounds and has at most so many digits behind the point.
func checkDecimal(invalid *tenant.InvalidError, name string, d *decimal.Decimal, least, most decimal.Decimal, digits int) {
	switch {
	case d == nil:
	case d.Cmp(least) < 0 || d.Cmp(most) > 0:
		invalid.Add(name, "out_of_range", fmt.Sprintf("must be %s to %s", least, most))
	case d.MinScale() > digits:
		invalid.Add(name, "invalid", fmt.Sprintf("has more than %d digits behind the point", digits))
	}
}

// trimmed takes off the zeros that the database puts behind the point.
func trimmed(d *decimal.Decimal) *decimal.Decimal {
	if d == nil {
		return nil
	}
	short := d.Trim(0)
	return &short
}

// moneyText writes an amount of minor units for people, as CNY 120000.00.
func moneyText(amount int64, code string) string {
	d, err := decimal.New(amount, minorDigits(code))
	if err != nil {
		return code + " " + strconv.FormatInt(amount, 10)
	}
	return code + " " + d.String()
}

package crm

import (
	"strings"
	"sync"

	bcp47 "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// countryWords lead from what files call countries, folded, to their ISO 3166 codes: those of two and three letters, and
// the names in Chinese and English.
var countryWords = sync.OnceValue(func() map[string]string {
	words := map[string]string{"中国大陆": "CN", "香港": "HK", "澳门": "MO", "hong kong": "HK", "uk": "GB", "united states of america": "US"}
	chinese, english := display.Chinese.Regions(), display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if !isCountry(code) {
				continue
			}
			country := bcp47.MustParseRegion(code)
			for _, word := range []string{code, country.ISO3(), chinese.Name(country), english.Name(country)} {
				words[search.Fold(word)] = code
			}
		}
	}
	return words
})

func checkCountry(invalid *tenant.InvalidError, name, code string) {
	if code != "" && !isCountry(code) {
		invalid.Add(name, "unknown", "is not an ISO 3166 code of a country; write it as CN")
	}
}

// isCountry reports whether a code is that of a country, and not only another name of one, as UK is of GB.
func isCountry(code string) bool {
	region, err := bcp47.ParseRegion(code)
	return err == nil && region.IsCountry() && region.String() == code && region.Canonicalize() == region
}

func readCountry(_ *rowParser, c *Customer, cell string) error {
	code, known := countryWords()[strings.TrimSpace(search.Fold(cell))]
	if !known {
		return badValue("bad_country", "the country is not known; write its name, or its ISO 3166 code like CN")
	}
	c.Country = code
	return nil
}

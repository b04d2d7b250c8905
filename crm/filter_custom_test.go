package crm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

var someOptions = []string{"IT", "edu", "gov"}

// randomValues leaves each field unset for some.
func (w *world) randomValues(rnd *rand.Rand, now time.Time) crm.CustomValues {
	at := now.Add(time.Duration(rnd.IntN(40*24)-30*24) * time.Hour)
	v := crm.CustomValues{
		"text": pick(rnd, someNames), "long_text": strings.Repeat("lorem ", rnd.IntN(100)) + pick(rnd, someNames), "number": float64(rnd.IntN(20)-5) / 4,
		"money": money(rnd.IntN(10) * 100), "date": at.Format(time.DateOnly), "datetime": at.Format(time.RFC3339), "choice": pick(rnd, someOptions),
		"choices": []any{pick(rnd, someOptions), pick(rnd, someOptions)}, "member": pick(rnd, []tenant.MemberID{w.acme.Admin, w.acme.Rep}).String(),
		"link": "https://a.example", "phone": "13800138000", "email": "a@b.example", "yes_no": rnd.IntN(2) == 0,
	}
	for key := range v {
		if rnd.IntN(3) == 0 {
			v[key] = nil
		}
	}
	return v
}

// randomCustomComparison is randomComparison for custom fields.
func randomCustomComparison(rnd *rand.Rand, w *world) predicate {
	text := func(key string) func(crm.Customer) string {
		return func(c crm.Customer) string { s, _ := c.Custom[key].(string); return strings.ToLower(s) }
	}
	switch rnd.IntN(6) {
	case 0:
		key := pick(rnd, []string{"text", "long_text"})
		of, value := text(key), strings.ToLower(pick(rnd, append(someNames, "al", "%", "科", "lorem")))
		return pick(rnd, []predicate{
			{fmt.Sprintf("custom.%s = %q", key, value), func(c crm.Customer) bool { return of(c) == value }},
			{fmt.Sprintf("custom.%s != %q", key, value), func(c crm.Customer) bool { return of(c) != value }},
			{fmt.Sprintf("custom.%s:%q", key, value), func(c crm.Customer) bool { return strings.Contains(of(c), value) }},
			{fmt.Sprintf(`custom.%s = "%s*"`, key, value), func(c crm.Customer) bool { return strings.HasPrefix(of(c), value) }},
			{fmt.Sprintf("custom.%s:*", key), func(c crm.Customer) bool { return of(c) != "" }},
		})
	case 1:
		n := float64(rnd.IntN(20)-5) / 4
		return ordered(rnd, "custom.number", fmt.Sprintf("%q", fmt.Sprint(n)), func(c crm.Customer) (int, bool) {
			v, set := c.Custom["number"].(float64)
			return int(4 * (v - n)), set
		})
	case 2:
		amount := rnd.IntN(10) * 100
		return ordered(rnd, "custom.money", fmt.Sprint(amount), func(c crm.Customer) (int, bool) {
			v, set := c.Custom["money"].(map[string]any)
			n, _ := v["amount"].(float64)
			return int(n) - amount, set
		})
	case 3:
		return randomMoment(rnd, w)
	case 4:
		option := pick(rnd, someOptions)
		holds := func(c crm.Customer) bool {
			all, _ := c.Custom["choices"].([]any)
			return slices.Contains(all, any(option))
		}
		return pick(rnd, []predicate{
			{"custom.choice = " + option, func(c crm.Customer) bool { return c.Custom["choice"] == option }},
			{"custom.choice:" + option, func(c crm.Customer) bool { return c.Custom["choice"] == option }},
			{"custom.choice != " + option, func(c crm.Customer) bool { return c.Custom["choice"] != option }},
			{"custom.choices:" + option, holds},
			{"NOT custom.choices:" + option, func(c crm.Customer) bool { return !holds(c) }},
			{"custom.choices:*", func(c crm.Customer) bool { return c.Custom["choices"] != nil }},
		})
	}
	yes := rnd.IntN(2) == 0
	return pick(rnd, []predicate{
		{fmt.Sprint("custom.yes_no = ", yes), func(c crm.Customer) bool { return c.Custom["yes_no"] == yes }},
		{fmt.Sprint("custom.yes_no != ", yes), func(c crm.Customer) bool { return c.Custom["yes_no"] != yes }},
		{"custom.member = me", func(c crm.Customer) bool { return c.Custom["member"] == w.acme.Admin.String() }},
		{"custom.member != " + w.acme.Rep.String(), func(c crm.Customer) bool { return c.Custom["member"] != w.acme.Rep.String() }},
		{"NOT custom.link:*", func(c crm.Customer) bool { return c.Custom["link"] == nil }},
		{`custom.phone:"138"`, func(c crm.Customer) bool { return c.Custom["phone"] != nil }},
	})
}

// randomMoment compares a date or a time. A date compares with the day that it is in the company's zone.
func randomMoment(rnd *rand.Rand, w *world) predicate {
	at := w.Clock.Now().Add(time.Duration(rnd.IntN(50*24)-45*24) * time.Hour)
	value := fmt.Sprintf("%q", at.Format(time.RFC3339))
	if span := w.Clock.Now().Sub(at); span > 0 && rnd.IntN(2) == 0 {
		value = fmt.Sprintf(`ago("%dh")`, int(span.Hours()))
	}
	if rnd.IntN(2) == 0 {
		return ordered(rnd, "custom.datetime", value, func(c crm.Customer) (int, bool) {
			text, set := c.Custom["datetime"].(string)
			then, _ := time.Parse(time.RFC3339Nano, text)
			return then.Compare(at), set
		})
	}
	day := at.In(w.acme.Location()).Format(time.DateOnly)
	if rnd.IntN(2) == 0 {
		value = fmt.Sprintf("%q", day)
	}
	return ordered(rnd, "custom.date", value, func(c crm.Customer) (int, bool) {
		text, set := c.Custom["date"].(string)
		return strings.Compare(text, day), set
	})
}

// TestCustomOrderIsThatOfTheValues compares every order with one made in memory, over all and over few records.
func TestCustomOrderIsThatOfTheValues(t *testing.T) {
	w := newWorld(t)
	w.fieldsOfEveryType(t, "customer")
	rnd := rand.New(rand.NewPCG(3, 4))
	all := w.randomCustomers(t, rnd, 120)
	key := map[string]func(crm.Customer) string{
		"custom.number": func(c crm.Customer) string { return numberKey(c.Custom["number"]) },
		"custom.date":   func(c crm.Customer) string { s, _ := c.Custom["date"].(string); return s },
		"custom.choice": func(c crm.Customer) string {
			return fmt.Sprint(slices.Index(someOptions, fmt.Sprint(c.Custom["choice"])))
		},
	}
	for order, of := range key {
		for filter, holds := range map[string]func(crm.Customer) bool{
			"":                                    func(crm.Customer) bool { return true },
			"custom.text:*":                       func(c crm.Customer) bool { return c.Custom["text"] != nil },
			"custom.choice = IT":                  func(c crm.Customer) bool { return c.Custom["choice"] == "IT" },
			"owner = me AND custom.yes_no = true": func(c crm.Customer) bool { return c.OwnerID == w.acme.Admin && c.Custom["yes_no"] == true },
		} {
			var want, got []string
			for _, c := range all {
				if holds(c) {
					want = append(want, of(c))
				}
			}
			slices.Sort(want)
			in := crm.ListQuery{Filter: filter, OrderBy: order, Limit: 7}
			for {
				page := w.admin.list(t, in)
				for _, c := range page.Data {
					got = append(got, of(c))
				}
				if page.NextCursor == nil {
					break
				}
				in.Cursor = *page.NextCursor
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s where %q:\n%v, want\n%v", order, filter, got, want)
			}
		}
	}
}

// numberKey writes a number so that its text sorts like it; unset is least.
func numberKey(v any) string {
	n, set := v.(float64)
	if !set {
		return ""
	}
	return fmt.Sprintf("%010.3f", n+1000)
}

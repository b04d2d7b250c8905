package crm

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// memberAt is a member, called by name or e-mail address.
func memberAt[R any, P pointerTo[R]](at func(*R) *tenant.MemberID) fieldValue {
	return valueOf[R, P](func(p *rowParser, r *R, cell string) error {
		member, err := p.owners.find(cell)
		if err == nil {
			*at(r) = member
		}
		return err
	}, func(w *exportWords, r *R) string { return w.owners[*at(r)] })
}

// dayAt is a day, as clocks show it to whoever imports.
func dayAt[R any, P pointerTo[R]](at func(*R) **Date) fieldValue {
	return valueOf[R, P](func(p *rowParser, r *R, cell string) error {
		date, err := p.date(cell)
		if err != nil {
			return err
		}
		day, err := keepableDay(date.Time.In(p.zone))
		if err == nil {
			*at(r) = &day
		}
		return err
	}, func(_ *exportWords, r *R) string { return string(deref(*at(r))) })
}

// timeAt is a time; see [rowParser.time].
func timeAt[R any, P pointerTo[R]](at func(*R) **time.Time) fieldValue {
	return valueOf[R, P](func(p *rowParser, r *R, cell string) error {
		moment, err := p.time(cell)
		if err == nil {
			*at(r) = &moment
		}
		return err
	}, func(w *exportWords, r *R) string { return w.local(*at(r)) })
}

// date reads a day or a time, which has no zone where clocks of whoever imports show it.
func (p *rowParser) date(cell string) (sheet.Date, error) {
	return sheet.ParseDate(cell, sheet.DateOrder(p.options.DateOrder), p.zone)
}

// time reads a time. That of a day is the beginning of the company's, by whose days all is counted; but of a day that has
// begun only for whoever imports, it is theirs.
func (p *rowParser) time(cell string) (time.Time, error) {
	date, err := p.date(cell)
	at := date.Time.UTC()
	if err != nil || !date.DateOnly {
		return at, err
	}
	begins := recurrence.WallOf(date.Time, p.zone).Midnight().In(p.company.Location()).UTC()
	if begins.After(p.now) && !at.After(p.now) {
		return at, nil
	}
	return begins, nil
}

// keepableDay is the day of a time in its own zone.
func keepableDay(at time.Time) (Date, error) {
	day, err := ParseDate(at.Format(time.DateOnly))
	if err != nil {
		return "", badValue("bad_date", "the day is none of the years 1900 to 2200; write it like 2026-05-20")
	}
	return day, nil
}

// wordAt is one of a few words that the API knows, which files write as names in either language or in other ways; more has
// those, folded.
func wordAt[R any, P pointerTo[R]](names map[string]phrase, more map[string]string, what string, at func(*R) *string) fieldValue {
	return valueOf[R, P](func(_ *rowParser, r *R, cell string) error {
		word := wordOf(names, more, cell)
		if word == "" {
			return badValue("unknown_word", "%s is not known; write one of %s", what, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		}
		*at(r) = word
		return nil
	}, func(w *exportWords, r *R) string { return w.say(names[*at(r)]) })
}

// wordOf is the word that a cell means, or "".
func wordOf(names map[string]phrase, more map[string]string, cell string) string {
	said := folded(cell)
	for word, name := range names {
		if said == word || said == folded(name.zh) || said == folded(name.en) {
			return word
		}
	}
	return more[said]
}

// folded is the form in which names and words are compared.
func folded(cell string) string { return strings.TrimSpace(search.Fold(cell)) }

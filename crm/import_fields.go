package crm

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/crm/sheet"
)

// importField is a field of a record that a column can fill.
type importField struct {
	key string
	// zh and en name the field in exported files; an import recognises them and the synonyms in any language.
	zh, en   string
	synonyms []string
	// near are headings that mean something else but are best kept here when nothing better is there.
	near []string
	// joins is what stands between the values of several columns; empty means one column only.
	joins string
	// several says that a record has several of it, so that every column that fits is proposed.
	several bool
	kind    sheet.CellKind
	value   fieldValue
	// custom is set for a field that the company has added.
	custom *customColumn
}

// fieldValue reads a cell into a record, and gives what the record has for an exported file. [textOf] and [valueOf] make
// one for the records of a noun.
type fieldValue struct {
	read func(p *rowParser, record importable, cell string) error
	show func(w *exportWords, record any) string
}

// textOf is a plain text of at most so many characters.
func textOf[R any, P pointerTo[R]](limit int, at func(*R) *string) fieldValue {
	return valueOf[R, P](func(_ *rowParser, r *R, cell string) error {
		if err := fits(cell, limit); err != nil {
			return err
		}
		*at(r) = cell
		return nil
	}, func(_ *exportWords, r *R) string { return *at(r) })
}

func fits(cell string, limit int) error {
	if n := utf8.RuneCountInString(cell); n > limit {
		return badValue("too_long", "the text has %d characters; at most %d are kept, shorten it", n, limit)
	}
	return nil
}

// valueOf is a value with a form of its own.
func valueOf[R any, P pointerTo[R]](read func(*rowParser, *R, string) error, show func(*exportWords, *R) string) fieldValue {
	return fieldValue{
		read: func(p *rowParser, record importable, cell string) error { return read(p, recordAs[P](record), cell) },
		show: func(w *exportWords, record any) string { return show(w, recordAs[*R](record)) },
	}
}

// pointerTo is a pointer to a record that can be imported.
type pointerTo[R any] interface {
	*R
	importable
}

func (n *importNoun) field(key string) *importField {
	for i := range n.fields {
		if n.fields[i].key == key {
			return &n.fields[i]
		}
	}
	return nil
}

func (n *importNoun) fieldKeys() []string {
	keys := make([]string, len(n.fields))
	for i, f := range n.fields {
		keys[i] = f.key
	}
	return keys
}

// isLabel reports whether a word is what the company calls a field of its own: then it means that, and no other field.
func (n *importNoun) isLabel(word string) bool {
	return slices.ContainsFunc(n.fields, func(f importField) bool {
		return f.custom != nil && (strings.EqualFold(f.zh, word) || strings.EqualFold(f.en, word))
	})
}

// suggest guesses which field each heading means. What is only near is proposed for columns and fields
// that are left over, and never as sure.
func (n *importNoun) suggest(columns []sheet.Column) []ColumnMapping {
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.Header
	}
	var named, again, near []sheet.Field
	for _, f := range n.fields {
		field := sheet.Field{Key: f.key, Synonyms: append([]string{f.zh, f.en, f.key}, slices.DeleteFunc(slices.Clone(f.synonyms), n.isLabel)...)}
		named = append(named, field)
		if f.several {
			again = append(again, field)
		}
	}
	mapping := []ColumnMapping{}
	taken := map[string]bool{}
	for _, m := range sheet.Guess(headings, named) {
		mapping = append(mapping, ColumnMapping{Column: columns[m.Column].Key, Field: m.Field, Sure: m.Exact})
		taken[m.Field], headings[m.Column] = true, ""
	}
	for more := true; more; {
		more = false
		for _, m := range sheet.Guess(headings, again) {
			if m.Exact {
				mapping = append(mapping, ColumnMapping{Column: columns[m.Column].Key, Field: m.Field, Sure: true})
				headings[m.Column], more = "", true
			}
		}
	}
	for _, f := range n.fields {
		if !taken[f.key] {
			near = append(near, sheet.Field{Key: f.key, Synonyms: f.near})
		}
	}
	for _, m := range sheet.Guess(headings, near) {
		if m.Exact {
			mapping = append(mapping, ColumnMapping{Column: columns[m.Column].Key, Field: m.Field})
		}
	}
	return mapping
}

package vcard

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
)

// Options say how cards are read.
type Options struct {
	// Charset is that of text that names none, a WHATWG label such as "gb18030" under which ASCII is ASCII; empty means "utf-8".
	Charset string
	// MaxCard is how many bytes a card may have without its pictures; 0 means 1 MiB.
	MaxCard int
	// Skipped is told of lines that belong to no card; nil is too.
	Skipped func(line int)
}

const defaultMaxCard = 1 << 20

// mark is the byte order mark.
var mark = []byte("\xEF\xBB\xBF")

// Reader reads the cards of a file one by one. It is not safe for concurrent use.
type Reader struct {
	lines lines
	opts  Options
	begun int // line of a BEGIN that was read and belongs to the next card; 0 for none
}

// NewReader reads cards from r.
func NewReader(r io.Reader, opts Options) *Reader {
	if opts.MaxCard <= 0 {
		opts.MaxCard = defaultMaxCard
	}
	opts.Charset = cmp.Or(opts.Charset, utf8Name)
	return &Reader{lines: lines{r: bufio.NewReaderSize(r, 64<<10), limit: opts.MaxCard}, opts: opts}
}

// Next returns the next card, whatever is wrong with it: see [Card.Broken]. It returns io.EOF after the last, and errors of
// the file that is read.
func (r *Reader) Next() (Card, error) {
	d := draft{room: r.opts.MaxCard}
	var err error
	if d.line, err = r.begin(); err != nil {
		return Card{}, err
	}
	for {
		p, at, err := r.property(&d)
		switch {
		case errors.Is(err, io.EOF):
			return d.card(r.opts.Charset, ErrUnclosed), nil
		case err != nil:
			return Card{}, err
		case p.marks("BEGIN") && d.agent:
			if err := r.pass(); err != nil {
				return Card{}, err
			}
		case p.marks("BEGIN"):
			r.begun = at
			return d.card(r.opts.Charset, ErrUnclosed), nil
		case p.marks("END"):
			return d.card(r.opts.Charset, nil), nil
		case p.marksBoth():
			r.begun = at
			return d.card(r.opts.Charset, nil), nil
		}
		d.add(p)
	}
}

// begin looks for the next BEGIN and returns its line.
func (r *Reader) begin() (int, error) {
	if at := r.begun; at > 0 {
		r.begun = 0
		return at, nil
	}
	for {
		l, err := r.lines.next()
		if err != nil {
			return 0, err
		}
		// Files that were put together may have a byte order mark in their midst.
		if p, ok := parseProperty(bytes.TrimPrefix(l.text, mark)); ok && p.marks("BEGIN") {
			return l.at, nil
		}
		if r.opts.Skipped != nil {
			r.opts.Skipped(l.at)
		}
	}
}

// pass reads over a card within a card, which is that of an assistant.
func (r *Reader) pass() error {
	for depth := 1; depth > 0; {
		l, err := r.lines.next()
		if err != nil {
			return ignoreEOF(err)
		}
		switch p, _ := parseProperty(l.text); {
		case p.marks("BEGIN"):
			depth++
		case p.marks("END"):
			depth--
		}
	}
	return nil
}

// property reads the next property. A line without a name goes on with the one before, as programs write that break lines
// without folding them.
func (r *Reader) property(d *draft) (property, int, error) {
	for {
		l, err := r.lines.next()
		if err != nil {
			return property{}, 0, err
		}
		p, ok := parseProperty(l.text)
		if !ok {
			d.goOn(l)
			continue
		}
		d.tooBig = d.tooBig || l.cut && kept[p.name]
		return p, l.at, nil
	}
}

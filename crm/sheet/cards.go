package sheet

import (
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/guanxi-crm/guanxi/crm/vcard"
)

// cards is the source of vCard files. Each card is a record; the columns are those that some card fills, as often as the
// card with the most values takes.
type cards struct {
	file   func() (*vcard.Reader, error)
	reader *vcard.Reader
	widths []int // for each of cardColumns how many columns it has
	rd     *Reader
}

func openCards(r io.ReaderAt, size int64, opts Options, rd *Reader) (*cards, error) {
	charset, bom, err := detectEncoding(r, size, opts.Encoding)
	if e, unclear := errors.AsType[*FileError](err); unclear && e.Code == UnknownEncoding {
		charset, err = "utf-8", nil // cards may each say what theirs is
	}
	if err != nil {
		return nil, err
	}
	rd.format.Encoding, rd.format.BOM, rd.keep = charset, bom > 0, true
	c := &cards{rd: rd, widths: make([]int, len(cardColumns))}
	c.file = func() (*vcard.Reader, error) {
		return newCardReader(io.NewSectionReader(r, bom, size-bom), charset, opts.MaxRecord, c.skipped)
	}
	if err := c.survey(); err != nil {
		return nil, err
	}
	if rd.columns, err = c.columns(opts.Language); err != nil {
		return nil, err
	}
	c.reader, err = c.file()
	return c, err
}

// newCardReader decodes the file only where its structure is not ASCII: for the rest, each value may have its own charset.
func newCardReader(file io.Reader, charset string, maxCard int, skipped func(line int)) (*vcard.Reader, error) {
	if strings.HasPrefix(charset, "utf-16") {
		decoded, err := decode(file, charset)
		if err != nil {
			return nil, err
		}
		file, charset = decoded, "utf-8"
	}
	lines, _, err := sampled(file)
	return vcard.NewReader(lines, vcard.Options{Charset: charset, MaxCard: maxCard, Skipped: skipped}), err
}

// survey reads all cards to find out which columns there are.
func (c *cards) survey() error {
	reader, err := c.file()
	if err != nil {
		return err
	}
	for {
		card, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, column := range cardColumns {
			for n, v := range column.values(&card) {
				if v != "" && !card.Group {
					c.widths[i] = max(c.widths[i], n+1)
				}
			}
		}
	}
}

func (c *cards) columns(language string) ([]Column, error) {
	var columns []Column
	for i, width := range c.widths {
		for range width {
			key, err := excelize.ColumnNumberToName(len(columns) + 1)
			if err != nil {
				return nil, refuse(TooBig, "a card has more than %d numbers and addresses", excelize.MaxColumns)
			}
			heading := cardColumns[i].en
			if language == "zh-CN" {
				heading = cardColumns[i].zh
			}
			columns = append(columns, Column{Key: key, Header: heading})
		}
	}
	if len(columns) == 0 {
		return nil, refuse(EmptyFile, "the file holds no card of a person or a company")
	}
	return columns, nil
}

func (c *cards) skipped(line int) {
	if c.reader != nil { // the survey met it before
		c.rd.notices.add(NoticeStrayLines, line)
	}
}

func (c *cards) next() (record, error) {
	for {
		card, err := c.reader.Next()
		if err != nil {
			return record{}, err
		}
		if card.Group {
			c.rd.notices.add(NoticeCardLists, card.Line)
			continue
		}
		return c.record(&card), nil
	}
}

func (c *cards) record(card *vcard.Card) record {
	rec := record{line: card.Line}
	for i, width := range c.widths {
		cells := make([]string, width)
		copy(cells, cardColumns[i].values(card))
		rec.cells = append(rec.cells, cells...)
	}
	for i := range rec.cells {
		rec.checkText(i, "text in their encoding")
		rec.checkNUL(i)
	}
	switch {
	case errors.Is(card.Broken, vcard.ErrUnclosed):
		rec.problems = append(rec.problems, Problem{UnclosedCard, -1, card.Broken.Error() + "; export it again"})
	case errors.Is(card.Broken, vcard.ErrTooBig):
		rec.problems = append(rec.problems, Problem{CardTooBig, -1, card.Broken.Error() + "; shorten its note, or take out numbers and addresses"})
	}
	return rec
}

// Close has nothing to release: the file belongs to the caller.
func (c *cards) Close() error { return nil }

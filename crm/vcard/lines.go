package vcard

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines reads the lines of a file, of which it keeps a limited part.
type lines struct {
	r     *bufio.Reader
	limit int
	at    int // number of the line last read
}

// line is a line with those in which it goes on.
type line struct {
	at   int
	text []byte
	cut  bool // it was longer than the limit
}

// next reads a line that is not blank, and those in which it goes on. It returns io.EOF after the last.
func (l *lines) next() (line, error) {
	var out line
	for len(bytes.TrimSpace(out.text)) == 0 {
		out = line{at: l.at + 1}
		if err := l.append(&out); err != nil {
			return out, err
		}
	}
	for l.goesOn(&out) {
		if err := l.append(&out); err != nil {
			return out, ignoreEOF(err)
		}
	}
	return out, nil
}

// goesOn takes off by what a line is known to go on: white space at the beginning of the next, or of a quoted-printable
// text an equals sign at its own end, behind which white space is of the text.
func (l *lines) goesOn(to *line) bool {
	text, soft := bytes.CutSuffix(to.text, []byte("="))
	if soft {
		p, _ := parseProperty(text)
		soft = p.quotedPrintable()
	}
	if !soft {
		return l.folded()
	}
	ahead, _ := l.r.Peek(len("END:")) // the next read meets the error
	if len(ahead) == 0 || bytes.EqualFold(ahead, []byte("END:")) {
		return false
	}
	to.text = text
	return true
}

// folded passes over the white space by which a line is the last one's continuation.
func (l *lines) folded() bool {
	b, err := l.r.ReadByte()
	if err != nil {
		return false // which the next read meets again
	}
	if b == ' ' || b == '\t' {
		return true
	}
	return l.r.UnreadByte() != nil
}

// append puts the next line of the file behind the text.
func (l *lines) append(to *line) error {
	l.at++
	for {
		piece, err := l.r.ReadSlice('\n')
		if len(piece) == 0 && err != nil {
			return err
		}
		if err == nil || errors.Is(err, io.EOF) {
			piece = bytes.TrimRight(piece, "\r\n")
		}
		room := max(0, l.limit-len(to.text))
		to.cut = to.cut || len(piece) > room
		to.text = append(to.text, piece[:min(room, len(piece))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return ignoreEOF(err) // the last line may have no end
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

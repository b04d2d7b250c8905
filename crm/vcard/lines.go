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

// line is a line with those that were folded behind it.
type line struct {
	at   int
	text []byte
	cut  bool // it was longer than the limit
}

// next reads a line that is not blank, and those that begin with white space behind it. It returns io.EOF after the last.
func (l *lines) next() (line, error) {
	var out line
	for len(bytes.TrimSpace(out.text)) == 0 {
		out = line{at: l.at + 1}
		if err := l.append(&out); err != nil {
			return out, err
		}
	}
	for l.folded() {
		if err := l.append(&out); err != nil {
			return out, ignoreEOF(err)
		}
	}
	return out, nil
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

// softly joins the lines that a quoted-printable text goes on in: each but the last ends with an equals sign.
func (l *lines) softly(to *line) error {
	for bytes.HasSuffix(to.text, []byte("=")) {
		if ahead, err := l.r.Peek(len("END:")); err != nil || bytes.EqualFold(ahead, []byte("END:")) {
			return ignoreEOF(err)
		}
		to.text = to.text[:len(to.text)-1]
		if err := l.append(to); err != nil {
			return err
		}
	}
	return nil
}

package sheet

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

var byteOrderMarks = []struct{ mark, name string }{
	{"\xEF\xBB\xBF", "utf-8"},
	{"\xFF\xFE", "utf-16le"},
	{"\xFE\xFF", "utf-16be"},
	{"\x84\x31\x95\x33", "gb18030"},
}

// detectEncoding names the encoding and the length of its byte order mark. Without a mark or a wish it reads
// the whole file, because a file may be plain ASCII until its last line.
func detectEncoding(r io.ReaderAt, size int64, wish string) (name string, bom int64, err error) {
	head := make([]byte, min(size, 4))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return "", 0, err
	}
	for _, b := range byteOrderMarks {
		if bytes.HasPrefix(head, []byte(b.mark)) {
			name, bom = b.name, int64(len(b.mark))
			break
		}
	}
	if wish != "" {
		name, err = canonical(wish)
		return name, bom, err
	}
	if name != "" {
		return name, bom, nil
	}
	var c census
	if _, err := io.CopyBuffer(&c, io.NewSectionReader(r, 0, size), make([]byte, 64<<10)); err != nil {
		return "", 0, err
	}
	name, err = c.verdict()
	return name, 0, err
}

func canonical(label string) (string, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return "", refuse(BadOption, "the encoding is not known; use utf-8, gb18030, utf-16le, utf-16be, big5 or windows-1252")
	}
	return htmlindex.Name(e)
}

// decode turns the file into UTF-8. UTF-8 itself passes unchanged so that broken bytes can be told from U+FFFD.
func decode(r io.Reader, name string) (io.Reader, error) {
	if name == "utf-8" {
		return r, nil
	}
	var e encoding.Encoding
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(r), nil
}

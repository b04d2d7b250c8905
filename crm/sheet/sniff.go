package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

const sniffBytes = 4096

// sniff tells text, cards and workbooks apart by the first bytes and refuses everything else by its proper name.
func sniff(r io.ReaderAt, size int64) (Kind, error) {
	head := make([]byte, min(size, sniffBytes))
	if n, err := r.ReadAt(head, 0); err != nil && (!errors.Is(err, io.EOF) || n < len(head)) {
		return "", err
	}
	if len(bytes.TrimSpace(head)) == 0 && size <= sniffBytes {
		return "", refuse(EmptyFile, "the file is empty; upload a table with a heading row")
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return KindXLSX, sniffZip(r, size)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "", sniffOLE(r, size)
	case isVCard(head):
		return KindVCard, nil
	}
	return KindText, refuseOther(head)
}

// isVCard looks at the first word, which is ASCII in any encoding but for the zeros of UTF-16.
func isVCard(head []byte) bool {
	const word = "BEGIN:VCARD"
	for _, b := range byteOrderMarks {
		head = bytes.TrimPrefix(head, []byte(b.mark))
	}
	head = bytes.TrimSpace(bytes.ReplaceAll(head, []byte{0}, nil))
	return len(head) >= len(word) && strings.EqualFold(string(head[:len(word)]), word)
}

// containers names what a zip archive is by a file that only that format holds.
var containers = []struct{ part, is string }{
	{"xl/workbook.bin", "an Excel binary workbook (.xlsb)"},
	{"word/document.xml", "a Word document"},
	{"ppt/presentation.xml", "a PowerPoint presentation"},
	{"content.xml", "an OpenDocument file (.ods)"},
	{"Index/Document.iwa", "an Apple Numbers file"},
}

func sniffZip(r io.ReaderAt, size int64) error {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return damaged(err, "the workbook")
	}
	has := func(part string) bool {
		return slices.ContainsFunc(zr.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, part) })
	}
	if has("xl/workbook.xml") {
		return nil
	}
	for _, c := range containers {
		if has(c.part) {
			return refuse(WrongKind, "this is %s; open it and save the table as .xlsx or CSV", c.is)
		}
	}
	return refuse(WrongKind, "this is a zip archive, not a workbook; unpack it and upload the .xlsx or CSV file inside")
}

// sniffOLE tells an encrypted .xlsx from an old .xls; stream names stand in the file as UTF-16.
func sniffOLE(r io.ReaderAt, size int64) error {
	const window = 8 << 20 // the directory of a bigger file lies elsewhere, and the advice for .xls then fits as well
	b, err := io.ReadAll(io.NewSectionReader(r, 0, min(size, window)))
	if err != nil {
		return err
	}
	if bytes.Contains(b, utf16Name("EncryptedPackage")) {
		return refuse(Encrypted, "the workbook is protected by a password; open it, remove the password and save it again")
	}
	if bytes.Contains(b, utf16Name("WordDocument")) {
		return refuse(WrongKind, "this is an old Word document (.doc); save the table as .xlsx or CSV")
	}
	return refuse(WrongKind, "this is an old Excel workbook (.xls); open it and save it as .xlsx or CSV")
}

func utf16Name(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}

var signatures = []struct{ prefix, is string }{
	{"%PDF-", "a PDF"},
	{"\x1f\x8b", "a gzip archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{"Rar!\x1a\x07", "a RAR archive"},
	{"SQLite format 3\x00", "a SQLite database"},
	{"\x00\x00\xfe\xff", "UTF-32 text"},
	{"\xff\xfe\x00\x00", "UTF-32 text"},
	{"BEGIN:VCALENDAR", "a calendar file, which the import of calendars reads; as a table it is not readable"},
}

func refuseOther(head []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) {
			return notATable(s.is)
		}
	}
	mime := http.DetectContentType(head)
	switch top, _, _ := strings.Cut(mime, "/"); {
	case top == "image", top == "audio", top == "video", top == "font":
		return notATable("of the type " + mime)
	case strings.HasPrefix(mime, "text/html"), strings.HasPrefix(mime, "text/xml"):
		return notATable("a web page or XML, as some systems export under the name .xls")
	}
	if text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))); bytes.HasPrefix(text, []byte("[{")) || bytes.HasPrefix(text, []byte(`{"`)) {
		return notATable("JSON")
	}
	return nil
}

func notATable(is string) error {
	return refuse(WrongKind, "this is %s, not a table; open it in a spreadsheet program and save it as .xlsx or CSV", is)
}

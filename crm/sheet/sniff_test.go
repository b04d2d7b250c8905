package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// zipped makes an archive of parts, given as name and content in turn.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		w, err := zw.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestRefusals(t *testing.T) {
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	encrypted := func() string {
		f := excelize.NewFile()
		var buf bytes.Buffer
		if err := f.Write(&buf, excelize.Options{Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		return buf.String()
	}()
	tests := []struct {
		name, file string
		opts       Options
		code       string
		says       string
	}{
		{"nothing", "", Options{}, EmptyFile, "empty"},
		{"spaces", " \r\n\n", Options{}, EmptyFile, "empty"},
		{"a mark only", "\xEF\xBB\xBF", Options{}, EmptyFile, "no row"},
		{"blank lines", "\n,,\n" + strings.Repeat("\n", 5000), Options{}, EmptyFile, "no row"},
		{"PDF", "%PDF-1.7\n", Options{}, WrongKind, "a PDF"},
		{"PNG", "\x89PNG\r\n\x1a\n0000", Options{}, WrongKind, "image/png"},
		{"gzip", "\x1f\x8b\x08abc", Options{}, WrongKind, "gzip"},
		{"old Excel", ole + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", Options{}, WrongKind, ".xls"},
		{"old Word", ole + "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00", Options{}, WrongKind, ".doc"},
		{"encrypted", encrypted, Options{}, Encrypted, "password"},
		{"HTML as .xls", "<html><table><tr><td>1", Options{}, WrongKind, "web page"},
		{"XML", `<?xml version="1.0"?><Workbook>`, Options{}, WrongKind, "XML"},
		{"JSON", ` [{"name":"a"}]`, Options{}, WrongKind, "JSON"},
		{"vCard without a card", "BEGIN:VCARD\r\nKIND:group\r\nFN:x\r\nEND:VCARD", Options{}, EmptyFile, "card"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", Options{}, WrongKind, "UTF-32"},
		{"binary", strings.Repeat("\x01\x02ab", 100), Options{}, WrongKind, "binary"},
		{"NULs", strings.Repeat("ab\x00\x00", 100), Options{}, WrongKind, "binary"},
		{"unclear encoding", "name\n" + strings.Repeat("a\x81 b\x8d \xff\n", 20), Options{}, UnknownEncoding, "encoding"},
		{"Word", string(zipped(t, "word/document.xml", "x")), Options{}, WrongKind, "Word"},
		{"OpenDocument", string(zipped(t, "content.xml", "x")), Options{}, WrongKind, ".ods"},
		{"xlsb", string(zipped(t, "xl/workbook.bin", "x")), Options{}, WrongKind, ".xlsb"},
		{"zip", string(zipped(t, "a.csv", "a,b")), Options{}, WrongKind, "unpack"},
		{"broken zip", "PK\x03\x04 and no more", Options{}, Damaged, "damaged"},
		{"not a workbook inside", string(zipped(t, "xl/workbook.xml", "x")), Options{}, Damaged, "damaged"},
		{"encoding", "a,b\n", Options{Encoding: "klingon"}, BadOption, "encoding"},
		{"delimiter", "a,b\n", Options{Delimiter: '"'}, BadOption, "delimiter"},
		{"heading row", "a,b\n", Options{HeaderRow: -2}, BadOption, "heading"},
		{"heading row too far", "a,b\n", Options{HeaderRow: 1 << 40}, BadOption, "heading"},
		{"heading behind the end", "a,b\n", Options{HeaderRow: 7}, NoHeading, "line 7"},
		{"too many heading rows", "a,b\n", Options{HeaderRows: 3}, NoHeading, "3 rows"},
		{"too many columns", strings.Repeat("a,", 17_000), Options{}, TooBig, "columns"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("客户.xlsx", strings.NewReader(tt.file), int64(len(tt.file)), tt.opts)
			if r != nil {
				t.Fatal("opened")
			}
			e, ok := errors.AsType[*FileError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("got %s: %s; want %s: … %s …", e.Code, e.Message, tt.code, tt.says)
			}
			if !strings.HasPrefix(err.Error(), "客户.xlsx: ") {
				t.Errorf("the name is missing: %v", err)
			}
		})
	}
}

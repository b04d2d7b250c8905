package crm_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/guanxi-crm/guanxi/crm"
)

// samples are the beginnings of files, by what they are.
func samples(t testing.TB) map[string]string {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black})
	var asPNG, asJPEG, asGIF, book, archive bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil), gif.Encode(&asGIF, picture, nil), excelize.NewFile().Write(&book)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	packed := zip.NewWriter(&archive)
	if _, err := packed.Create("a.txt"); err != nil || packed.Close() != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"png": asPNG.String(), "jpeg": asJPEG.String(), "gif": asGIF.String(), "xlsx": book.String(), "zip": archive.String(),
		"pdf": "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "mp3": "ID3\x04\x00\x00\x00\x00\x00\x01x", "text": "你好，世界", "csv": "a,b\n1,2\n3,4\n", "empty": "",
		"html": "<!DOCTYPE html><script>alert(1)</script>", "hidden html": "  \n<ScRiPt>alert(1)</sCrIpT>", "svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"svg with a head": `<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
		"xml":             `<?xml version="1.0"?><x/>`, "exe": "MZ\x90\x00\x03" + string(make([]byte, 55)) + "\x40\x00\x00\x00PE\x00\x00", "elf": "\x7fELF\x02\x01\x01",
		"script": "#!/bin/sh\nrm -rf /\n", "js": "alert(document.cookie)", "bytes": "\x00\x01\x02\x03\xff",
	}
}

func TestFilesAreWhatTheyHold(t *testing.T) {
	content := samples(t)
	const bytesOnly = crm.AnyType
	for _, row := range []struct {
		sample, name, served string
		inline               bool
	}{
		{"png", "a.png", "image/png", true},
		{"png", "a.html", "image/png", true}, // what it holds counts, and nosniff keeps it that
		{"jpeg", "a.jpg", "image/jpeg", true},
		{"gif", "a.gif", "image/gif", true},
		{"pdf", "a.pdf", "application/pdf", true},
		{"mp3", "a.mp3", "audio/mpeg", true},
		{"text", "a.TXT", "text/plain; charset=utf-8", true},
		{"text", "readme.md", "text/plain; charset=utf-8", true},
		{"xlsx", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false},
		{"zip", "a.zip", "application/zip", false},
		{"zip", "a.png", "application/zip", false},
		{"csv", "a.csv", "text/csv", false},
		{"html", "a.html", bytesOnly, false},
		{"html", "a.txt", bytesOnly, false},
		{"html", "a.png", bytesOnly, false},
		{"hidden html", "a.txt", bytesOnly, false},
		{"svg", "a.svg", bytesOnly, false},
		{"svg", "a.png", bytesOnly, false},
		{"svg with a head", "a.png", bytesOnly, false},
		{"xml", "a.xml", bytesOnly, false},
		{"exe", "a.exe", bytesOnly, false},
		{"exe", "a.jpg", bytesOnly, false},
		{"elf", "a", bytesOnly, false},
		{"script", "a.txt", bytesOnly, false},
		{"js", "a.js", bytesOnly, false},
		{"js", "a", bytesOnly, false},
		{"bytes", "a.png", bytesOnly, false},
		{"empty", "a.html", bytesOnly, false},
	} {
		a := crm.Attachment{Name: row.name, ContentType: crm.Sniff([]byte(content[row.sample]))}
		if kind, inline := a.Served(); kind != row.served || inline != row.inline {
			t.Errorf("%s called %s, found to be %s, is served as %s, inline %v", row.sample, row.name, a.ContentType, kind, inline)
		}
	}
	if kind, inline := (crm.Attachment{Name: "a.png", ContentType: "image/png\r\nX: y"}).Served(); kind != bytesOnly || inline {
		t.Errorf("a broken type is served as %s", kind)
	}
}

func TestPicturesTellTheirSize(t *testing.T) {
	for sample, content := range samples(t) {
		width, height := crm.PictureSize([]byte(content))
		switch sample {
		case "png", "jpeg", "gif":
			if width == nil || *width != 30 || *height != 20 {
				t.Errorf("%s: %v × %v", sample, width, height)
			}
		default:
			if width != nil || height != nil {
				t.Errorf("%s has a size", sample)
			}
		}
		if width, _ := crm.PictureSize([]byte(content)[:min(len(content), 10)]); width != nil {
			t.Errorf("the first bytes of %s have a size", sample)
		}
	}
}

package crm

import (
	"bytes"
	"image"
	_ "image/gif"  // pictures whose size is told
	_ "image/jpeg" // as above
	_ "image/png"  // as above
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// headBytes is how much of a file is looked at to tell what it is. Office documents say so behind other things.
const headBytes = 64 << 10

// The library looks at less unless it is told, and can be told for the whole process only.
func init() { mimetype.SetLimit(headBytes) }

// AnyType is the type of bytes that nobody should make anything of.
const AnyType = "application/octet-stream"

// shown are the types that a browser may show on its own page: none of them runs anything.
var shown = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "application/pdf", "text/plain",
	"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4", "audio/x-m4a", "audio/amr", "audio/aac", "audio/flac",
	"video/mp4", "video/webm", "video/quicktime", "video/ogg",
}

// told are the types that are told when a file is downloaded, so that the right program opens it.
var told = []string{
	"application/zip", "text/csv", "image/heic", "image/heif", "image/tiff",
	"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
}

// plainEndings are the names under which text is text. Anything else that looks like text may be a program.
var plainEndings = []string{".txt", ".log", ".md", ".csv"}

// sniff tells what a file is by the beginning of its content.
func sniff(head []byte) string {
	found := mimetype.Detect(head).String()
	if len(found) > 100 {
		return AnyType
	}
	return found
}

// pictureSize returns the size of a picture as its header tells it, or nothing for anything else.
func pictureSize(head []byte) (width, height *int) {
	config, _, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, nil
	}
	return &config.Width, &config.Height
}

// Served says as what a file is given out: its type, and whether a browser may show it instead of saving it. What is
// not known to be harmless, by its content and for text by its name too, is given out as bytes to be saved.
func (a Attachment) Served() (contentType string, inline bool) {
	kind, _, err := mime.ParseMediaType(a.ContentType)
	switch {
	case err != nil:
		return AnyType, false
	case strings.HasPrefix(kind, "text/") && !slices.Contains(plainEndings, strings.ToLower(path.Ext(a.Name))):
		return AnyType, false
	case slices.Contains(shown, kind):
		return a.ContentType, true
	case slices.Contains(told, kind):
		return a.ContentType, false
	}
	return AnyType, false
}

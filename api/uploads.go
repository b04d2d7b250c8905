package api

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// documentUpload documents the multipart body of a route that reads it as it arrives. Told before the route is
// registered, the framework would read the body itself.
func documentUpload(r *routes, path string) {
	r.server.api.OpenAPI().Paths[r.prefix+path].Post.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: "The file."}},
		}}},
	}
}

// uploadInput gets at the request itself: the framework would put the file into a temporary one.
type uploadInput struct {
	parts  *multipart.Reader
	length int64
	err    error
}

// Resolve implements huma.Resolver.
func (in *uploadInput) Resolve(hctx huma.Context) []error {
	request, w := humaUnwrap(hctx)
	request.Body = &patient{ReadCloser: request.Body, connection: http.NewResponseController(w), until: time.Now().Add(longestUpload)}
	in.length = request.ContentLength
	in.parts, in.err = request.MultipartReader()
	return nil
}

// file returns the first part that is a file. tooLarge says what to do about one that is.
func (in *uploadInput) file(tooLarge string) (*multipart.Part, error) {
	if in.err != nil {
		return nil, newProblem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the file as multipart/form-data, in a part called file.")
	}
	for {
		part, err := in.parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, tenant.Invalid("file", "required", "is required: a part with a file name")
		}
		if err != nil { // whatever it is, it is the client's
			return nil, brokenUpload(errors.Join(io.ErrUnexpectedEOF, err), tooLarge)
		}
		if part.FileName() != "" {
			return part, nil
		}
	}
}

// brokenUpload is what an upload gets that did not arrive whole.
func brokenUpload(err error, tooLarge string) error {
	var beyond *http.MaxBytesError
	switch {
	case errors.Is(err, crm.ErrUploadTooLarge), errors.As(err, &beyond):
		return newProblem(http.StatusRequestEntityTooLarge, "too_large", tooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, multipart.ErrMessageTooLarge):
		return newProblem(http.StatusBadRequest, "malformed", "The upload broke off or is not well-formed multipart/form-data. Send it again.")
	}
	return err
}

// arriving remembers that the client failed, not the database, and what has come.
type arriving struct {
	r      io.Reader
	digest hash.Hash
	err    error
}

func newArriving(r io.Reader) *arriving { return &arriving{r: r, digest: sha256.New()} }

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	_, _ = a.digest.Write(p[:n]) // never fails
	if err != nil && !errors.Is(err, io.EOF) {
		a.err = err
	}
	return n, err
}

const (
	// transferPause is how long one read from or write to a client may take; the whole of a file may take longer.
	transferPause = time.Minute
	// longestUpload bounds the whole.
	longestUpload = 30 * time.Minute
)

// patient gives a slow client more time to send, and us as much to answer afterwards; a dead one gets none.
type patient struct {
	io.ReadCloser
	connection *http.ResponseController
	until      time.Time
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	next := time.Now().Add(transferPause)
	if next.Before(p.until) { // not every connection can set it
		_ = p.connection.SetReadDeadline(next)
		_ = p.connection.SetWriteDeadline(next.Add(transferPause))
	}
	return p.ReadCloser.Read(b)
}

// unhurried gives a slow client more time to take what it is sent.
type unhurried struct{ http.ResponseWriter }

// Write implements io.Writer.
func (w unhurried) Write(b []byte) (int, error) {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(transferPause)) // as above
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w unhurried) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Package filestest is an S3 bucket for tests: a server on loopback that keeps its blobs in memory, understands what
// our client sends, and fails when it is told to.
package filestest

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Bucket is a running bucket. It is safe for concurrent use.
type Bucket struct {
	// Address is what GUANXI_BLOB_URL takes.
	Address string

	mu      sync.Mutex
	blobs   map[string][]byte
	uploads map[string]*upload
	made    int
	before  func(w http.ResponseWriter, r *http.Request) bool
}

// upload is one that comes in parts and has not come to its end.
type upload struct {
	key   string
	parts map[int][]byte
}

// Start starts a bucket that ends with the test. It sets the variables with the bucket's keys.
func Start(t testing.TB) *Bucket {
	t.Helper()
	b := &Bucket{blobs: map[string][]byte{}, uploads: map[string]*upload{}}
	server := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "guanxi")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "guanxi-secret")
	b.Address = "s3://bucket/files?region=us-east-1&endpoint=" + server.URL
	return b
}

// Before has fn see every request first; it answers itself where it returns true. Nil ends that.
func (b *Bucket) Before(fn func(w http.ResponseWriter, r *http.Request) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.before = fn
}

// Keys lists what is kept, in alphabetical order.
func (b *Bucket) Keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.blobs))
}

// Unfinished counts the uploads in parts that have not come to their end.
func (b *Bucket) Unfinished() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.uploads)
}

// Refuse answers as S3 does when something is not as it should be.
func Refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<Error><Code>%s</Code><Message>%s</Message></Error>`, code, code)
}

func (b *Bucket) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	before := b.before
	b.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=guanxi/") {
		Refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	key, _ := strings.CutPrefix(r.URL.Path, "/bucket/")
	query := r.URL.Query()
	var body []byte
	if r.Method == http.MethodPut {
		var err error
		if body, err = content(r); err != nil {
			Refuse(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		b.made++
		id := strconv.Itoa(b.made)
		b.uploads[id] = &upload{key, map[int][]byte{}}
		answer(w, struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			UploadID string   `xml:"UploadId"`
		}{UploadID: id})
	case query.Has("uploadId"):
		b.part(w, r, query.Get("uploadId"), body)
	case r.Method == http.MethodPut:
		b.blobs[key] = body
		w.Header().Set("ETag", `"x"`)
	case r.Method == http.MethodDelete:
		delete(b.blobs, key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && (query.Has("list-type") || query.Has("uploads")):
		b.list(w, query.Get("prefix"), query.Has("uploads"))
	case r.Method == http.MethodGet:
		blob, ok := b.blobs[key]
		if !ok {
			Refuse(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", `"x"`)
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(blob))
	default:
		Refuse(w, http.StatusNotImplemented, "NotImplemented")
	}
}

// part takes a part of an upload, or ends it.
func (b *Bucket) part(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	u, ok := b.uploads[id]
	if !ok {
		Refuse(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	switch r.Method {
	case http.MethodPut:
		number, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
		u.parts[number] = body
		w.Header().Set("ETag", `"x"`)
	case http.MethodPost:
		var whole []byte
		for number := 1; number <= len(u.parts); number++ {
			whole = append(whole, u.parts[number]...)
		}
		b.blobs[u.key] = whole
		delete(b.uploads, id)
		answer(w, struct {
			XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket, Key, ETag string
		}{Bucket: "bucket", Key: u.key, ETag: `"x"`})
	case http.MethodDelete:
		delete(b.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (b *Bucket) list(w http.ResponseWriter, prefix string, unfinished bool) {
	type entry struct {
		Key      string
		Size     int
		UploadID string `xml:"UploadId,omitempty"`
	}
	var out struct {
		XMLName  xml.Name
		Contents []entry `xml:"Contents"`
		Uploads  []entry `xml:"Upload"`
	}
	out.XMLName.Local = "ListBucketResult"
	for key, blob := range b.blobs {
		if !unfinished && strings.HasPrefix(key, prefix) {
			out.Contents = append(out.Contents, entry{Key: key, Size: len(blob)})
		}
	}
	for id, u := range b.uploads {
		if unfinished && strings.HasPrefix(u.key, prefix) {
			out.XMLName.Local = "ListMultipartUploadsResult"
			out.Uploads = append(out.Uploads, entry{Key: u.key, UploadID: id})
		}
	}
	answer(w, out)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(body)
}

// content reads a body. On a connection that is not encrypted it comes in signed pieces, each behind a line with its
// length in hexadecimal.
func content(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	in := bufio.NewReader(r.Body)
	var whole []byte
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		length, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(length, 16, 32)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return whole, nil
		}
		piece := make([]byte, n)
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		whole = append(whole, piece...)
		if end, err := in.ReadString('\n'); err != nil || end != "\r\n" {
			return nil, errors.Join(err, errors.New("a piece does not end where it says"))
		}
	}
}

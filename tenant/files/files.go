// Package files keeps what companies upload, as blobs in a folder or in an S3 bucket.
//
// Every company has a folder of its own, company/<id>/, so that its files can be copied, moved and erased whole, and
// whoever was given a company's [Folder] reaches no other's. What a file is called, whose it is and who may read it
// stands in the company's schema; here it is bytes under a record's id.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"regexp"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

var (
	// ErrNotConfigured is returned for everything on an installation that has no place for files.
	ErrNotConfigured = errors.New("there is no place for files: set GUANXI_BLOB_URL")
	// ErrMissing is returned for a file that is not in its place.
	ErrMissing = errors.New("the file is not in its place")
	// ErrUnavailable is returned when the place cannot be reached, or cannot take or give what was asked.
	ErrUnavailable = errors.New("the place for files does not work")
)

// Blob is one kept file.
type Blob struct {
	// Name is what it was put under, Size how many bytes it has.
	Name string
	Size int64
}

// backend is a place for blobs. Keys consist of parts that this package has checked, with slashes between.
type backend interface {
	// put keeps all of r, or nothing: a blob that can be read is whole.
	put(ctx context.Context, key string, r io.Reader) error
	// open reads from offset to the end; ErrMissing says that there is no such blob.
	open(ctx context.Context, key string, offset int64) (io.ReadCloser, error)
	// remove also removes what a put left behind that was cut off. A blob that is not there is no mistake.
	remove(ctx context.Context, key string) error
	// list names the blobs whose key begins with the prefix, in any order and without it.
	list(ctx context.Context, prefix string) iter.Seq2[Blob, error]
}

// Store is where an installation keeps its files. The nil Store keeps nothing and says ErrNotConfigured.
type Store struct{ place backend }

// Open returns the store at an address:
//
//	file:///var/lib/guanxi/files               a folder, made when it is missing
//	s3://bucket/folder?region=eu-central-1     a bucket of Amazon's
//	s3://bucket?endpoint=https://minio:9000    one of somebody else's that speaks the same
//
// The keys to a bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from the machine's role. A bucket is
// not asked yet: it may be away when the program starts and come back. An empty address is the nil Store.
func Open(address string) (*Store, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // the nil Store
	}
	place, err := open(address)
	if err != nil {
		return nil, fmt.Errorf("GUANXI_BLOB_URL: %w", err)
	}
	return &Store{place}, nil
}

func open(address string) (backend, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not an address: want file:///FOLDER or s3://BUCKET?region=REGION")
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.Path == "" || u.RawQuery != "" {
			return nil, errors.New("a folder is written with three slashes: file:///FOLDER")
		}
		return openDisk(u.Path)
	case "s3":
		return openBucket(u)
	}
	return nil, errors.New("want file:///FOLDER or s3://BUCKET?region=REGION")
}

// Company returns the company's folder.
func (s *Store) Company(id tenant.CompanyID) Folder {
	f := Folder{path: "company/" + id.String() + "/"}
	if s != nil && !id.IsZero() {
		f.place = s.place
	}
	return f
}

// Folder holds one company's files.
type Folder struct {
	place backend
	path  string
}

// names are what records' ids look like. Nothing that could lead out of the folder is one.
var names = regexp.MustCompile(`^[a-z0-9_]{1,100}$`)

func (f Folder) key(name string) (string, error) {
	if f.place == nil {
		return "", ErrNotConfigured
	}
	if !names.MatchString(name) {
		return "", fmt.Errorf("%q cannot be the name of a kept file", name)
	}
	return f.path + name, nil
}

// Put keeps everything that r gives until io.EOF, under a name that is used once. An error of r is returned as it is, and
// nothing is kept then. It holds at most a few megabytes in memory.
func (f Folder) Put(ctx context.Context, name string, r io.Reader) error {
	key, err := f.key(name)
	if err != nil {
		return err
	}
	in := &source{r: r}
	err = f.place.put(ctx, key, in)
	if in.err != nil {
		return in.err
	}
	return failed(ctx, name, err)
}

// source remembers that reading failed, and says so in words that nobody takes for the end: a client that goes away in
// the middle is an io.ErrUnexpectedEOF, which for others means that the last piece is a short one.
type source struct {
	r   io.Reader
	err error
}

var errSource = errors.New("what was to be kept cannot be read")

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF { // by the contract of io.Reader the end is io.EOF itself
		s.err = err
		return n, errSource
	}
	return n, err
}

// Open reads a file from offset to its end. It returns ErrMissing for one that is not there.
func (f Folder) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	key, err := f.key(name)
	if err != nil {
		return nil, err
	}
	r, err := f.place.open(ctx, key, offset)
	return r, failed(ctx, name, err)
}

// Remove removes a file, and what a Put that was cut off has left of it. One that is not there is no mistake.
func (f Folder) Remove(ctx context.Context, name string) error {
	key, err := f.key(name)
	if err != nil {
		return err
	}
	return failed(ctx, name, f.place.remove(ctx, key))
}

// All lists the company's files in no particular order: for copying a company, or for erasing it.
func (f Folder) All(ctx context.Context) iter.Seq2[Blob, error] {
	return func(yield func(Blob, error) bool) {
		if f.place == nil {
			yield(Blob{}, ErrNotConfigured)
			return
		}
		for blob, err := range f.place.list(ctx, f.path) {
			if err == nil && !names.MatchString(blob.Name) {
				continue // not one of ours
			}
			if !yield(blob, failed(ctx, f.path, err)) {
				return
			}
		}
	}
}

// failed tells a place that does not work from the reader's own end.
func failed(ctx context.Context, name string, err error) error {
	switch {
	case err == nil, errors.Is(err, ErrMissing):
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err != nil {
		return fmt.Errorf("file %s: %w", strings.TrimSuffix(name, "/"), err)
	}
	return nil
}

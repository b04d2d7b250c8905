package files

import (
	"context"
	"errors"
	"io"
)

// Reader reads a file at any place: what http.ServeContent wants. It asks the store only for what is read, and again
// after each leap. It is not safe for concurrent use.
type Reader struct {
	// ctx is that of the request the reader is made for: io.ReadSeeker has no place for one.
	ctx    context.Context
	folder Folder
	name   string
	size   int64
	// next is where the next Read begins; body, when there is one, stands at at.
	next, at int64
	body     io.ReadCloser
}

// Reader returns a reader of a file that is known to have size bytes. The caller closes it. It has asked the store for
// the beginning, so that a file which is not there is found before anything is made of it.
func (f Folder) Reader(ctx context.Context, name string, size int64) (*Reader, error) {
	r := &Reader{ctx: ctx, folder: f, name: name, size: size}
	return r, r.open()
}

func (r *Reader) open() error {
	if err := r.Close(); err != nil {
		return err
	}
	body, err := r.folder.Open(r.ctx, r.name, r.next)
	if err != nil {
		return err
	}
	r.body, r.at = body, r.next
	return nil
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.next >= r.size {
		return 0, io.EOF
	}
	if r.body == nil || r.at != r.next {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	r.next = r.at
	if errors.Is(err, io.EOF) && r.next < r.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek implements io.Seeker. It asks nothing of the store: http.ServeContent leaps to the end to learn the size.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.next
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	r.next = offset
	return offset, nil
}

// Close implements io.Closer.
func (r *Reader) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}

package crm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type uploadKind struct{}

func (uploadKind) Prefix() string { return "upl" }

// UploadID identifies a file that somebody sent (upl_…).
type UploadID = tenant.ID[uploadKind]

const (
	// MaxUpload is the size of the largest file that can be uploaded, in bytes.
	MaxUpload = 20 << 20
	// chunkBytes is how much of a file one row holds.
	chunkBytes = 512 << 10
	// uploadLife is how long files are kept, so that what was imported can be looked up.
	uploadLife = 30 * 24 * time.Hour
	// strayLife is how long a file is kept that no import came of.
	strayLife = 24 * time.Hour
)

// ErrUploadTooLarge is returned for a file of more than MaxUpload bytes.
var ErrUploadTooLarge = errors.New("the file is too large")

// Upload is a file that somebody sent, kept in the company's schema.
type Upload struct {
	ID       UploadID `db:"id"`
	FileName string   `db:"file_name"`
	Size     int64    `db:"size"`
}

// StoreUpload keeps a file while it arrives, piece by piece and each in a transaction of its own, for r cannot
// be read twice. It returns ErrUploadTooLarge for more than MaxUpload bytes and the error of r as it is; what
// was kept until then is removed.
func StoreUpload(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, name string, r io.Reader) (Upload, error) {
	u := Upload{ID: tenant.NewID[uploadKind](), FileName: cleanFileName(name)}
	err := u.store(ctx, d, company, caller, r)
	if err == nil {
		return u, nil
	}
	if undo := RemoveUpload(context.WithoutCancel(ctx), d, company, caller, u.ID); undo != nil {
		err = errors.Join(err, undo) // housekeeping removes it tomorrow
	}
	return Upload{}, fmt.Errorf("upload: %w", err)
}

func (u *Upload) store(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, r io.Reader) error {
	buffer := make([]byte, chunkBytes)
	for number := 0; ; number++ {
		n, last, err := readFull(r, buffer)
		if err != nil {
			return err
		}
		if u.Size += int64(n); u.Size > MaxUpload {
			return ErrUploadTooLarge
		}
		if err := d.Tx(ctx, company, caller, func(tx *tenant.Tx) error { return u.storeChunk(ctx, tx, number, buffer[:n]) }); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// readFull fills the buffer or reaches the end. io.ReadFull would tell an upload that broke off, which a multipart
// reader calls an unexpected end, like one that ended here.
func readFull(r io.Reader, buffer []byte) (n int, last bool, err error) {
	for n < len(buffer) {
		more, err := r.Read(buffer[n:])
		n += more
		if err != nil {
			if err == io.EOF {
				return n, true, nil
			}
			return n, false, err
		}
	}
	return n, false, nil
}

func (u *Upload) storeChunk(ctx context.Context, tx *tenant.Tx, number int, data []byte) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO company.uploads (id, file_name, size, member_id, created_at) VALUES (?, ?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE size = VALUES(size)`, u.ID, u.FileName, u.Size, tx.Caller.Member, tx.Now); err != nil {
		return err
	}
	if len(data) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO company.upload_chunks (upload_id, number, data) VALUES (?, ?, ?)`, u.ID, number, data)
	return err
}

// RemoveUpload removes a file that nothing came of.
func RemoveUpload(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, id UploadID) error {
	return d.Tx(ctx, company, caller, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM company.upload_chunks WHERE upload_id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM company.uploads WHERE id = ?`, id)
		return err
	})
}

// PurgeUploads removes at most limit files that are past their retention: 30 days, or one day when no import
// came of them. It returns how many it removed; a caller goes on until there are fewer than limit. Imports
// and their rows stay.
func PurgeUploads(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	var ids []UploadID
	if err := tx.Select(ctx, &ids, `
		SELECT u.id FROM company.uploads u WHERE u.created_at < ?
			AND NOT EXISTS (SELECT 1 FROM company.imports i WHERE i.upload_id = u.id AND (i.status IN ('queued', 'running') OR u.created_at >= ?))
		ORDER BY u.created_at LIMIT ?`, tx.Now.Add(-strayLife), tx.Now.Add(-uploadLife), limit); err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := forgetFiles(ctx, tx, ids); err != nil {
		return 0, err
	}
	if _, err := tx.ExecIn(ctx, `DELETE FROM company.upload_chunks WHERE upload_id IN (?)`, ids); err != nil {
		return 0, err
	}
	_, err := tx.ExecIn(ctx, `DELETE FROM company.uploads WHERE id IN (?)`, ids)
	return len(ids), err
}

// forgetFiles drops what imports have of their files: the cells of rejected rows, and samples.
func forgetFiles(ctx context.Context, tx *tenant.Tx, ids []UploadID) error {
	var imports []ImportID
	if err := tx.SelectIn(ctx, &imports, `SELECT id FROM company.imports WHERE upload_id IN (?)`, ids); err != nil {
		return err
	}
	for _, id := range imports {
		if _, err := tx.Exec(ctx, `UPDATE company.import_rows SET cells = NULL WHERE import_id = ? AND outcome = ?`, id, RowRejected); err != nil {
			return err
		}
		if err := forgetSamples(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// uploadReader reads a kept file at any place. It holds a few pieces in memory, never the whole.
type uploadReader struct {
	// ctx is that of the work the reader is made for: io.ReaderAt has no place for one.
	ctx     context.Context
	q       *tenant.Query
	id      UploadID
	size    int64
	pieces  map[int64][]byte
	recents []int64
}

const heldPieces = 4

func openUpload(ctx context.Context, q *tenant.Query, id UploadID) (*uploadReader, error) {
	u := &uploadReader{ctx: ctx, q: q, id: id, pieces: map[int64][]byte{}}
	if err := q.Get(ctx, &u.size, `SELECT size FROM company.uploads WHERE id = ?`, id); err != nil {
		return nil, fmt.Errorf("upload %s: %w", id, err)
	}
	return u, nil
}

// ReadAt implements io.ReaderAt. It is not safe for concurrent use.
func (u *uploadReader) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < u.size {
		piece, err := u.piece(off / chunkBytes)
		if err != nil {
			return n, err
		}
		copied := copy(p[n:], piece[off%chunkBytes:])
		n, off = n+copied, off+int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (u *uploadReader) piece(number int64) ([]byte, error) {
	if piece, ok := u.pieces[number]; ok {
		return piece, nil
	}
	var piece []byte
	if err := u.q.Get(u.ctx, &piece, `SELECT data FROM company.upload_chunks WHERE upload_id = ? AND number = ?`, u.id, number); err != nil {
		return nil, fmt.Errorf("upload %s, piece %d: %w", u.id, number, err)
	}
	if want := min(chunkBytes, u.size-number*chunkBytes); int64(len(piece)) != want {
		return nil, fmt.Errorf("upload %s, piece %d has %d bytes, not %d", u.id, number, len(piece), want)
	}
	if len(u.recents) == heldPieces {
		delete(u.pieces, u.recents[0])
		u.recents = u.recents[1:]
	}
	u.pieces[number], u.recents = piece, append(u.recents, number)
	return piece, nil
}

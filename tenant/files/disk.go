package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
)

// disk keeps blobs in a folder of this machine, or of a network drive that all processes see.
type disk struct{ root *os.Root }

// partial ends the name of a blob that is still arriving.
const partial = ".part"

func openDisk(folder string) (*disk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &disk{root}, nil
}

// put writes beside the blob's place and moves it there when it is whole and on the disk.
func (d *disk) put(_ context.Context, key string, r io.Reader) error {
	if err := d.root.MkdirAll(path.Dir(key), 0o700); err != nil {
		return err
	}
	if err := d.write(key+partial, r); err != nil {
		return errors.Join(err, d.unlink(key+partial))
	}
	if err := d.root.Rename(key+partial, key); err != nil {
		return errors.Join(err, d.unlink(key+partial))
	}
	return d.settle(path.Dir(key))
}

func (d *disk) write(name string, r io.Reader) error {
	file, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, r); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// settle has the folder's own entries written, without which a new name is lost with the power.
func (d *disk) settle(folder string) error {
	dir, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (d *disk) open(_ context.Context, key string, offset int64) (io.ReadCloser, error) {
	file, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (d *disk) remove(_ context.Context, key string) error {
	return errors.Join(d.unlink(key+partial), d.unlink(key))
}

func (d *disk) unlink(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *disk) list(_ context.Context, prefix string) iter.Seq2[Blob, error] {
	return func(yield func(Blob, error) bool) {
		entries, err := fs.ReadDir(d.root.FS(), strings.TrimSuffix(prefix, "/"))
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				yield(Blob{}, err)
			}
			return
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				yield(Blob{}, err)
				return
			}
			if info.Mode().IsRegular() && !yield(Blob{entry.Name(), info.Size()}, nil) {
				return
			}
		}
	}
}

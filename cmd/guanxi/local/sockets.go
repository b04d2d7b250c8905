package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// longestSocket is the most bytes that a unix socket's path may have; the kernel keeps 108 with the closing NUL.
const longestSocket = 107

// sockets is the folder of the two sockets, which only this user can enter. It is DIR/run; when that is too long for
// a socket, DIR/run is a link to a short temporary folder, so that a later start finds and removes it.
type sockets struct {
	dir  string
	link string // empty unless dir is a temporary folder
}

func (s sockets) mysql() string { return filepath.Join(s.dir, "mysql.sock") }
func (s sockets) redis() string { return filepath.Join(s.dir, "redis.sock") }

// openSockets makes the folder, after removing what a killed process left of it.
func openSockets(dir string) (sockets, error) {
	run := filepath.Join(dir, "run")
	if err := removeSockets(run); err != nil {
		return sockets{}, err
	}
	if len(sockets{dir: run}.mysql()) <= longestSocket {
		return sockets{dir: run}, os.Mkdir(run, 0o700)
	}
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		short, err := os.MkdirTemp(parent, "guanxi-run-")
		if err != nil {
			return sockets{}, err
		}
		s := sockets{dir: short, link: run}
		if len(s.mysql()) <= longestSocket {
			return s, os.Symlink(short, run)
		}
		if err := os.Remove(short); err != nil {
			return sockets{}, err
		}
	}
	return sockets{}, fmt.Errorf("data folder %s: its path is too long for a unix socket (%d bytes at most)", dir, longestSocket)
}

// removeSockets removes DIR/run and the temporary folder that it may link to. A link to anything else is left alone
// and only unlinked.
func removeSockets(run string) error {
	target, err := os.Readlink(run)
	if err == nil && strings.HasPrefix(filepath.Base(target), "guanxi-run-") {
		if err := os.RemoveAll(target); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return os.RemoveAll(run)
}

func (s sockets) close() error {
	if s.dir == "" {
		return nil
	}
	if s.link != "" {
		return removeSockets(s.link)
	}
	return os.RemoveAll(s.dir)
}

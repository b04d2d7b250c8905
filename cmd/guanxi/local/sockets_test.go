package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSocketsOfALongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir) // too long as well, so /tmp it is
	first, err := openSockets(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.mysql()) > longestSocket || len(first.redis()) > longestSocket {
		t.Errorf("too long: %s", first.mysql())
	}
	if info, err := os.Stat(first.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can reach the sockets: %v, %v", info, err)
	}

	second, err := openSockets(dir) // as after a kill, which closes nothing
	if err != nil {
		t.Fatal(err)
	}
	if err := second.close(); err != nil {
		t.Error(err)
	}
	for _, gone := range []string{first.dir, second.dir, filepath.Join(dir, "run")} {
		if _, err := os.Lstat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", gone, err)
		}
	}
}

func TestAForeignLinkIsOnlyUnlinked(t *testing.T) {
	dir, precious := t.TempDir(), t.TempDir()
	if err := os.Symlink(precious, filepath.Join(dir, "run")); err != nil {
		t.Fatal(err)
	}
	s, err := openSockets(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.dir != filepath.Join(dir, "run") {
		t.Errorf("got %s", s.dir)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

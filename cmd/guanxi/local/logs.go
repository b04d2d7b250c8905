package local

import (
	"bytes"
	"os"
	"path/filepath"
)

const (
	logLimit  = 1 << 20 // bytes of log kept from earlier starts
	tailLines = 12
)

// openLog opens a log to append to, emptied when it has grown long.
func openLog(path string) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(filepath.Clean(path), flags, 0o600)
}

// tail returns the last lines of a log, for an error message.
func tail(path string) []byte {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return []byte(err.Error())
	}
	all := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	return bytes.Join(all[max(0, len(all)-tailLines):], []byte("\n"))
}

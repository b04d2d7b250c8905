package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// InUseError says that another process holds the data folder.
type InUseError struct {
	Dir string // as the caller named it
	PID int    // of the holder; 0 when it is just starting
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("data folder %s is in use by another guanxi", e.Dir)
	}
	return fmt.Sprintf("data folder %s is in use by another guanxi (pid %d)", e.Dir, e.PID)
}

// fileLock is a file that one process holds. The kernel frees it when the holder and whatever inherited the open file
// have ended, however they ended, so there are no stale locks. The file's text is the holder's process id.
type fileLock struct{ file *os.File }

const lockPoll = 20 * time.Millisecond

// lockFolder makes the folder and takes its lock, or returns *InUseError. The folder is called name in messages.
func lockFolder(dir, name string) (*fileLock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", name, err)
	}
	lock, err := openLock(filepath.Join(dir, "guanxi.lock"))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", name, err)
	}
	held, err := lock.try()
	if err == nil && !held {
		err = &InUseError{Dir: name, PID: lock.pid()}
	}
	if err == nil {
		err = lock.setPID(os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(err, lock.close())
	}
	return lock, nil
}

func openLock(path string) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is built from the data folder that this process was given
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("%w: it belongs to another user; start as that user, or choose another folder", err)
	}
	if err != nil {
		return nil, err
	}
	return &fileLock{file}, nil
}

// try takes the lock if nobody has it.
func (l *fileLock) try() (bool, error) {
	err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", l.file.Name(), err)
	}
	return true, nil
}

// wait takes the lock as soon as it is free; ctx bounds the waiting.
func (l *fileLock) wait(ctx context.Context) error {
	for {
		held, err := l.try()
		if held || err != nil {
			return err
		}
		if err := pause(ctx, lockPoll); err != nil {
			return err
		}
	}
}

// pid returns the process id in the file, 0 when there is none.
func (l *fileLock) pid() int {
	text, err := io.ReadAll(io.NewSectionReader(l.file, 0, 20))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}

// setPID writes a process id; 0 empties the file.
func (l *fileLock) setPID(pid int) error {
	if err := l.file.Truncate(0); err != nil || pid == 0 {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(pid)+"\n"), 0)
	return err
}

func (l *fileLock) close() error {
	if l == nil {
		return nil
	}
	if err := l.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// pause waits for d, or returns ctx's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// patience is how long a server that a killed process left behind may take to end by itself, and again after SIGTERM
// and SIGKILL.
var patience = 15 * time.Second

// awaitLock takes the lock of the server's data. When a server of a killed process still holds it, that one got
// SIGTERM already and is writing its caches: it is waited for, and ended when it doesn't.
func (s *server) awaitLock(ctx context.Context, lock *fileLock) error {
	held, err := lock.try()
	if err != nil {
		return err
	}
	if !held {
		pid := lock.pid()
		done := step(s.log, fmt.Sprintf("waiting for the %s of an earlier run to end (pid %d)", s.name, pid))
		err = s.endOrphan(ctx, lock, pid)
		done(err)
		if err != nil {
			return err
		}
	}
	return lock.setPID(0)
}

func (s *server) endOrphan(ctx context.Context, lock *fileLock, pid int) error {
	for _, signal := range []syscall.Signal{0, syscall.SIGTERM, syscall.SIGKILL} {
		if signal != 0 && s.worksHere(pid) {
			if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("end the %s of an earlier run (pid %d): %w", s.name, pid, err)
			}
		}
		bounded, cancel := context.WithTimeout(ctx, patience)
		err := lock.wait(bounded)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return fmt.Errorf("%s is still used by the %s of an earlier run (pid %d): end that process, then start again", s.dir, s.name, pid)
}

// worksHere proves that a process is this server's own before it is ended: a number in a file may be old, and the
// kernel gives numbers anew, but no stranger's working directory is this data. It needs /proc; without it nothing is
// proven.
func (s *server) worksHere(pid int) bool {
	if pid <= 0 {
		return false
	}
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	if err != nil {
		return false
	}
	dir, err := filepath.EvalSymlinks(s.dir)
	return err == nil && cwd == dir
}

package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	startLimit = 2 * time.Minute  // for a server to answer; crash recovery takes long on a slow disk
	stopLimit  = 30 * time.Second // for a server to write its caches before it is killed
	readyPoll  = 10 * time.Millisecond
)

// server is one program that is supervised: how to run it, and the process while it runs.
type server struct {
	name    string // as people know it
	dir     string // its data, also its working directory
	program string
	args    []string
	prepare func(ctx context.Context, inherited *os.File) error // makes dir on the first start
	ping    func(ctx context.Context) error
	log     io.Writer // progress
	harsh   bool      // stop may kill
	failed  chan<- error

	process *process // nil while it doesn't run
}

// process is one life of a server.
type process struct {
	cmd    *exec.Cmd
	asked  chan struct{} // closed when somebody asks it to end
	exited chan struct{} // closed when it has ended
}

// start runs the server and returns when it answers. The lock file next to the data is inherited by the process, so
// nobody, whatever happens to this process, starts a second server on the same data.
func (s *server) start(ctx context.Context) error {
	if s.running() {
		return fmt.Errorf("%s runs already", s.name)
	}
	if err := checkOwner(s.dir); err != nil {
		return err
	}
	lock, err := openLock(s.dir + ".lock")
	if err != nil {
		return err
	}
	defer lock.close()
	if err := s.awaitLock(ctx, lock); err != nil {
		return err
	}
	if err := s.prepare(ctx, lock.file); err != nil {
		return err
	}
	done := step(s.log, "starting "+s.name)
	err = s.run(lock)
	if err == nil {
		err = s.awaitReady(ctx)
	}
	done(err)
	if err != nil {
		return errors.Join(err, s.end(syscall.SIGKILL))
	}
	go s.watch(s.process)
	return nil
}

func (s *server) running() bool {
	if s.process == nil {
		return false
	}
	select {
	case <-s.process.exited:
		return false
	default:
		return true
	}
}

func (s *server) run(lock *fileLock) error {
	logFile, err := openLog(s.dir + ".log")
	if err != nil {
		return err
	}
	defer logFile.Close()
	cmd := exec.Command(s.program, s.args...) //nolint:gosec,noctx // the program is looked up by a fixed name; stop ends it, not a context
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, logFile, logFile
	cmd.ExtraFiles = []*os.File{lock.file}
	ownGroup(cmd)
	if err := launch(cmd); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	p := &process{cmd: cmd, asked: make(chan struct{}), exited: make(chan struct{})}
	s.process = p
	go p.reap()
	return lock.setPID(cmd.Process.Pid)
}

// reap waits for the end. How it ended is in cmd.ProcessState, so Wait's error says nothing more.
func (p *process) reap() {
	_ = p.cmd.Wait()
	close(p.exited)
}

// watch reports an end that nobody asked for.
func (s *server) watch(p *process) {
	<-p.exited
	select {
	case <-p.asked:
	default:
		select {
		case s.failed <- s.unexpected(p):
		default: // two reports wait already
		}
	}
}

func (s *server) unexpected(p *process) error {
	return fmt.Errorf("%s ended unexpectedly (%s); the end of %s.log:\n%s", s.name, p.cmd.ProcessState, s.dir, tail(s.dir+".log"))
}

// awaitReady returns when the server answers, or with the reason why it never will.
func (s *server) awaitReady(ctx context.Context) error {
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	for {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.exited:
			return s.unexpected(s.process)
		case <-ctx.Done():
			return fmt.Errorf("start %s: %w", s.name, ctx.Err())
		case <-limit.C:
			return fmt.Errorf("%s has not answered for %s: %w; the end of %s.log:\n%s", s.name, startLimit, err, s.dir, tail(s.dir+".log"))
		case <-time.After(readyPoll):
		}
	}
}

// stop asks the server to end and waits; one that doesn't is killed, which is an error because it must recover later.
func (s *server) stop() error {
	if s == nil || s.process == nil {
		return nil
	}
	if s.harsh {
		return s.kill()
	}
	return s.end(syscall.SIGTERM)
}

func (s *server) kill() error {
	if s == nil || s.process == nil {
		return fmt.Errorf("%s does not run", s.name)
	}
	return s.end(syscall.SIGKILL)
}

func (s *server) end(signal syscall.Signal) error {
	p := s.process
	if p == nil {
		return nil
	}
	s.process = nil
	close(p.asked)
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end %s: %w", s.name, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopLimit):
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", s.name, err)
	}
	<-p.exited
	return fmt.Errorf("%s had not ended after %s and was killed; its next start recovers", s.name, stopLimit)
}

// checkOwner refuses data of another user: root would leave files there that the owner can no longer open.
func checkOwner(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if ok && int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to the user with id %d, this is %d: start as that user, or choose another data folder", dir, owner.Uid, os.Geteuid())
	}
	return nil
}

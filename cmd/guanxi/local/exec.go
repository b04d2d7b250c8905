package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	execFolder = "guanxi-exec-"
	// leftoverAge keeps the sweeper away from a folder whose maker has yet to lock it.
	leftoverAge = time.Minute
)

// Exec starts the services, runs the command args with GUANXI_MYSQL_DSN and GUANXI_REDIS_URL set to them, stops the
// services and returns the command's exit code: 128 and the signal's number when a signal ended it, 127 when it could
// not be started. The error is about the services or the start, not about the command's failure; the code is then
// never 0. When o.Dir is empty the data live in a temporary folder that is removed afterwards.
//
// Exec forwards SIGINT, SIGTERM and SIGHUP to the command and waits for it; ctx should therefore not end with those.
// When ctx ends the command gets SIGTERM.
func Exec(ctx context.Context, args []string, o Options) (code int, err error) {
	if len(args) == 0 {
		return 127, errors.New("no command: write it after --")
	}
	if o.Dir == "" {
		removeLeftovers(os.TempDir())
		dir, err := os.MkdirTemp("", execFolder)
		if err != nil {
			return 1, err
		}
		defer func() { code, err = settle(code, err, os.RemoveAll(dir)) }()
		o.Dir = dir
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	services, err := startUnlessSignalled(ctx, o, signals)
	if err != nil {
		return 1, err
	}
	defer func() { code, err = settle(code, err, services.Stop()) }()
	return services.runCommand(ctx, args, signals)
}

// startUnlessSignalled starts the services; a signal meanwhile ends the start, for there is no command yet to get it.
func startUnlessSignalled(ctx context.Context, o Options, signals chan os.Signal) (*Services, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	started := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case got := <-signals:
			cancel(fmt.Errorf("ended by signal: %s", got))
		case <-started:
		}
	}()
	services, err := Start(ctx, o)
	close(started)
	<-watched
	if cause := context.Cause(ctx); cause != nil {
		if services != nil {
			err = services.Stop()
		}
		return nil, errors.Join(cause, err)
	}
	return services, err
}

func (s *Services) runCommand(ctx context.Context, args []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // running the caller's command is the purpose; forward ends it when ctx ends
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GUANXI_MYSQL_DSN="+s.MySQLDSN, "GUANXI_REDIS_URL="+s.RedisURL)
	if err := launch(cmd); err != nil {
		return 127, fmt.Errorf("run %s: %w", args[0], err)
	}
	ended := make(chan struct{})
	died := make(chan error, 1)
	go func() { died <- s.forward(ctx, cmd.Process, signals, ended) }()
	err := cmd.Wait()
	close(ended)
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return 1, errors.Join(fmt.Errorf("run %s: %w", args[0], err), <-died)
	}
	return settle(exitCode(cmd.ProcessState), <-died)
}

// forward passes signals on until the command has ended, and returns the death of a service, which it also shows at
// once: the command will complain about nothing else.
func (s *Services) forward(ctx context.Context, command *os.Process, signals <-chan os.Signal, ended <-chan struct{}) error {
	var death error
	stopping := ctx.Done()
	for {
		select {
		case <-ended:
			return death
		case got := <-signals:
			if got != syscall.SIGINT || !onTerminal() {
				_ = command.Signal(got) // it may have ended just now
			}
		case <-stopping:
			stopping = nil
			_ = command.Signal(syscall.SIGTERM)
		case err := <-s.Failed():
			printf(s.options.Log, "%v\n", err)
			death = errors.Join(death, err)
		}
	}
}

// onTerminal tells whether a terminal's Ctrl-C reaches the command by itself, as it reaches the whole foreground
// group. A second SIGINT makes many programs give up without cleaning.
func onTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// settle adds an error to an outcome; an outcome with an error is no success.
func settle(code int, errs ...error) (int, error) {
	err := errors.Join(errs...)
	if err != nil && code == 0 {
		code = 1
	}
	return code, err
}

// removeLeftovers removes the folders of earlier Execs that were killed: those that nobody has locked. What cannot be
// removed is left for the next time.
func removeLeftovers(parent string) {
	folders, err := filepath.Glob(filepath.Join(parent, execFolder+"*"))
	if err != nil {
		return
	}
	for _, folder := range folders {
		if info, err := os.Stat(folder); err != nil || time.Since(info.ModTime()) < leftoverAge || checkOwner(folder) != nil {
			continue
		}
		removeIfFree(folder)
	}
}

func removeIfFree(folder string) {
	for _, name := range []string{"guanxi.lock", "mysql.lock", "redis.lock"} {
		lock, err := openLock(filepath.Join(folder, name))
		if err != nil {
			return
		}
		defer lock.close()
		if free, err := lock.try(); err != nil || !free {
			return
		}
	}
	_ = removeSockets(filepath.Join(folder, "run"))
	_ = os.RemoveAll(folder)
}

package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a guanxi that runs.
type process struct {
	name     string
	cmd      *exec.Cmd
	out, log transcript
	ended    chan struct{}
}

// patience is how long a test waits for what should take a second or two: the machine may be busy.
const patience = 30 * time.Second

// run starts the program with settings of its own alone, as NAME=VALUE, and ends it with the test at the latest.
func run(t testing.TB, settings []string, args ...string) *process {
	t.Helper()
	p := &process{name: "guanxi " + strings.Join(args, " "), ended: make(chan struct{})}
	p.cmd = exec.CommandContext(beforeDeadline(t), binary(t), args...)
	p.cmd.Env = append(foreignSettings(), settings...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		p.waitEnd(t)
		if t.Failed() {
			t.Logf("%s\n--- stdout\n%s--- stderr\n%s", p.name, p.out.tail(20), p.log.tail(60))
		}
	})
	return p
}

// beforeDeadline ends somewhat before the test's time is up: the panic that follows runs no cleanup, and
// processes would be left behind.
func beforeDeadline(t testing.TB) context.Context {
	deadliner, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return context.Background()
	}
	deadline, ok := deadliner.Deadline()
	if !ok {
		return context.Background()
	}
	ctx, cancel := context.WithDeadline(context.Background(), deadline.Add(-10*time.Second))
	t.Cleanup(cancel)
	return ctx
}

// foreignSettings is the environment without any setting of ours: whoever runs the tests may have some.
func foreignSettings() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "GUANXI_") || strings.HasPrefix(s, "STRIPE_")
	})
}

// once runs the program to its end and returns its exit code.
func once(t testing.TB, settings []string, args ...string) (p *process, code int) {
	t.Helper()
	p = run(t, settings, args...)
	p.waitEnd(t)
	return p, p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("%s: %v", p.name, err)
	}
}

// waitEnd waits for the end, and kills a process that does not come to it.
func (p *process) waitEnd(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
		return
	case <-time.After(patience):
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
	t.Errorf("%s did not end within %s\n%s", p.name, patience, p.log.tail(60))
}

// stop asks the process to end and checks that it does so without complaint.
func (p *process) stop(t testing.TB, s os.Signal) {
	t.Helper()
	p.signal(t, s)
	p.waitEnd(t)
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("%s: exit code %d after %s\n%s", p.name, code, s, p.log.tail(20))
	}
}

// kill ends the process as a crash would.
func (p *process) kill(t testing.TB) {
	t.Helper()
	p.signal(t, syscall.SIGKILL)
	<-p.ended
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// eventually polls until ok says yes; it ends the test when that takes longer than within.
func eventually(t testing.TB, what string, within time.Duration, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	// More seldom as time goes by: who polls the API has its rate limits.
	for pause := 20 * time.Millisecond; !ok(); pause = min(pause*5/4, 300*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", within, what)
		}
		time.Sleep(pause)
	}
}

// freeAddress returns an address of loopback where nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// gone reports whether a process has ended.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	// It may have ended and wait for whoever has inherited it to take note.
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, state, _ := strings.Cut(string(stat), ") ")
	return err == nil && strings.HasPrefix(state, "Z")
}

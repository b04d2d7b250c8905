package local

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// serveElsewhere runs serve in another process and returns when it is ready.
func serveElsewhere(t *testing.T, dir string, change func(*exec.Cmd)) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCAL_TEST_SERVE="+dir)
	cmd.Stderr = t.Output()
	if change != nil {
		change(cmd)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	return cmd
}

func killHard(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestChildrenEndWithAKilledParent(t *testing.T) {
	dir := t.TempDir()
	killHard(t, serveElsewhere(t, dir, nil))
	for _, name := range []string{"mysql.lock", "redis.lock"} {
		lock, err := openLock(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if err := lock.wait(ctx); err != nil {
			t.Errorf("%s is still held: %v", name, err)
		}
		cancel()
		if err := lock.close(); err != nil {
			t.Error(err)
		}
	}
	checkNote(t, start(t, Options{Dir: dir}), "from another process")
}

// A stopped process acts on no SIGTERM, as one that hangs.
func TestHangingOrphansAreEnded(t *testing.T) {
	old := patience
	patience = 100 * time.Millisecond
	t.Cleanup(func() { patience = old })
	dir := used
	parent := serveElsewhere(t, dir, nil)
	for _, name := range []string{"mysql.lock", "redis.lock"} {
		if err := syscall.Kill(pidIn(t, filepath.Join(dir, name)), syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	killHard(t, parent)
	s := start(t, Options{Dir: dir})
	db, client, err := connect(s)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer client.Close()
	var note string // Redis may have lost its last second
	if err := db.QueryRow("SELECT text FROM notes.note").Scan(&note); err != nil || note != "from another process" {
		t.Errorf("got %q, %v", note, err)
	}
}

func pidIn(t *testing.T, path string) int {
	t.Helper()
	lock, err := openLock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.close()
	if lock.pid() == 0 {
		t.Fatalf("%s holds no process id", path)
	}
	return lock.pid()
}

func TestAStrangerIsNotEnded(t *testing.T) {
	old := patience
	patience = 30 * time.Millisecond
	t.Cleanup(func() { patience = old })
	path := filepath.Join(t.TempDir(), "mysql")
	holder, err := openLock(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer holder.close()
	if held, err := holder.try(); !held || err != nil {
		t.Fatal(held, err)
	}
	stranger := exec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Process.Kill(); _ = stranger.Wait() }()
	if err := holder.setPID(stranger.Process.Pid); err != nil {
		t.Fatal(err)
	}
	s := &server{name: "MariaDB", dir: path, log: t.Output()}
	err = s.start(t.Context())
	want := path + " is still used by the MariaDB of an earlier run (pid " + strconv.Itoa(stranger.Process.Pid) + "): end that process, then start again"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestExec(t *testing.T) {
	t.Setenv("PROGRESS", filepath.Join(t.TempDir(), "progress"))
	tests := map[string]struct {
		script string
		code   int
		err    string
	}{
		"success":          {script: `test -n "$GUANXI_MYSQL_DSN" && test -S "${GUANXI_REDIS_URL#unix://}"`},
		"its own code":     {script: "exit 7", code: 7},
		"killed":           {script: "kill -9 $$", code: 137},
		"SIGTERM forwards": {script: `trap "exit 9" TERM; kill -TERM $PPID; while :; do sleep 0.01; done`, code: 9},
		"a service dies": {
			script: `d=${GUANXI_REDIS_URL#unix://}; kill -9 $(cat "${d%/run/redis.sock}/mysql.lock")
				until grep -q "MariaDB ended" "$PROGRESS"; do sleep 0.01; done`,
			code: 1, err: "MariaDB ended unexpectedly",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			progress, err := os.Create(os.Getenv("PROGRESS"))
			if err != nil {
				t.Fatal(err)
			}
			defer progress.Close()
			code, err := Exec(t.Context(), []string{"sh", "-c", test.script}, Options{Dir: used, Log: progress, Disposable: true})
			if code != test.code {
				t.Errorf("code %d, want %d", code, test.code)
			}
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
		})
	}
}

func TestExecCleansUp(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	old := time.Now().Add(-time.Hour)
	leftover, held := filepath.Join(temp, execFolder+"1"), filepath.Join(temp, execFolder+"2")
	for _, folder := range []string{leftover, held} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := lockFolder(held, held)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.close()
	for _, folder := range []string{leftover, held} {
		if err := os.Chtimes(folder, old, old); err != nil {
			t.Fatal(err)
		}
	}

	if code, err := Exec(t.Context(), []string{"/no/such/program"}, Options{Disposable: true}); code != 127 || err == nil {
		t.Errorf("got %d, %v", code, err)
	}
	left, err := filepath.Glob(filepath.Join(temp, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 || left[0] != held {
		t.Errorf("left: %v, want %s", left, held)
	}
}

func TestExecEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready := filepath.Join(t.TempDir(), "ready")
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(ready); err == nil {
				cancel()
			}
			_ = pause(ctx, 5*time.Millisecond)
		}
	}()
	script := `trap "exit 3" TERM; touch "$0"; while :; do sleep 0.01; done`
	code, err := Exec(ctx, []string{"sh", "-c", script, ready}, Options{Dir: used, Disposable: true})
	if code != 3 || err != nil {
		t.Errorf("got %d, %v", code, err)
	}
}

func TestExecDoesNotStart(t *testing.T) {
	if code, err := Exec(t.Context(), nil, Options{}); code != 127 || err == nil {
		t.Errorf("no command: %d, %v", code, err)
	}
	if code, err := Exec(t.Context(), []string{"true"}, Options{Dir: "/dev/null"}); code != 1 || err == nil {
		t.Errorf("no folder: %d, %v", code, err)
	}
	// A signal during the start must end it: the process sends itself one, which Exec catches from its first line on.
	interrupt := func() {
		self, _ := os.FindProcess(os.Getpid())
		_ = self.Signal(os.Interrupt)
	}
	code, err := Exec(t.Context(), []string{"true"}, Options{Dir: t.TempDir(), Disposable: true, Log: cancelOn{"preparing MariaDB", interrupt}})
	if code != 1 || err == nil || !strings.Contains(err.Error(), "ended by signal: interrupt") {
		t.Errorf("interrupted: %d, %v", code, err)
	}
}

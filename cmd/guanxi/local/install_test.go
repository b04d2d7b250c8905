package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bin makes a folder of programs, each a shell script.
func bin(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// apt stands in for apt-get: it writes its calls to the file $LOG, and brings the programs when the package lists are
// there.
const apt = `
echo "apt-get $* [$DEBIAN_FRONTEND, policy $("$POLICY" >/dev/null 2>&1; echo $?)]" >>"$LOG"
case "$1" in
update) touch "$BIN/lists" ;;
install)
	[ -e "$BIN/lists" ] || exit 100
	for program in mariadbd mariadb-install-db redis-server; do
		printf '#!/bin/sh\n' >"$BIN/$program"; chmod 755 "$BIN/$program"
	done ;;
esac`

func TestInstall(t *testing.T) {
	const (
		command = "apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 mariadb-server redis-server [noninteractive, policy 101]"
		update  = "apt-get update -q [noninteractive, policy 101]"
	)
	tests := map[string]struct {
		root    bool
		scripts map[string]string
		lists   bool
		calls   []string
		problem string
	}{
		"root":              {root: true, lists: true, scripts: map[string]string{"apt-get": apt}, calls: []string{command}},
		"root, fresh":       {root: true, scripts: map[string]string{"apt-get": apt}, calls: []string{command, update, command}},
		"user with sudo":    {lists: true, scripts: map[string]string{"apt-get": apt, "sudo": `[ "$1" = -n ] && shift; exec "$@"`}, calls: []string{command}},
		"user without sudo": {scripts: map[string]string{"apt-get": apt, "sudo": "exit 1"}, problem: "Run this, then start again:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends mariadb-server redis-server\n"},
		"no apt-get":        {root: true, problem: "mariadbd, mariadb-install-db, redis-server missing\nInstall MariaDB 10.11 and Redis 7 or newer with your package manager"},
		"no network":        {root: true, scripts: map[string]string{"apt-get": "exit 100"}, problem: "installing failed: exit status 100\nRun this, then start again:\n\n  apt-get update && apt-get install"},
		"nothing came":      {root: true, scripts: map[string]string{"apt-get": "exit 0"}, problem: "redis-server missing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := bin(t, test.scripts)
			calls, policy := filepath.Join(t.TempDir(), "calls"), filepath.Join(t.TempDir(), "policy-rc.d")
			t.Setenv("PATH", dir+":/usr/bin:/bin")
			t.Setenv("BIN", dir)
			t.Setenv("LOG", calls)
			t.Setenv("POLICY", policy)
			if test.lists {
				if err := os.WriteFile(filepath.Join(dir, "lists"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := installer{log: t.Output(), dirs: []string{dir}, root: test.root, policy: policy}.ensure(t.Context())
			if missing := (*MissingError)(nil); test.problem != "" && !errors.As(err, &missing) {
				t.Fatalf("got %v, want *MissingError", err)
			}
			if test.problem == "" && err != nil || test.problem != "" && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("got %v, want %s", err, test.problem)
			}
			if test.problem == "" && got[mariadbd] != filepath.Join(dir, mariadbd) {
				t.Errorf("found %v", got)
			}
			text, _ := os.ReadFile(calls)
			if diff := cmp.Diff(strings.Join(test.calls, "\n"), strings.TrimSpace(string(text))); diff != "" {
				t.Errorf("calls (-want +got)\n%s", diff)
			}
			if _, err := os.Stat(policy); err == nil {
				t.Error("policy-rc.d is left")
			}
		})
	}
}

func TestInstallKeepsTheAdministratorsPolicy(t *testing.T) {
	dir := bin(t, map[string]string{"apt-get": apt, "policy": "exit 104"})
	calls, policy := filepath.Join(t.TempDir(), "calls"), filepath.Join(dir, "policy")
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	t.Setenv("BIN", dir)
	t.Setenv("LOG", calls)
	t.Setenv("POLICY", policy)
	if _, err := (installer{log: t.Output(), dirs: []string{dir}, root: true, policy: policy}).ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(calls); !strings.Contains(string(text), "policy 104]") {
		t.Errorf("got %s", text)
	}
	if text, _ := os.ReadFile(policy); string(text) != "#!/bin/sh\nexit 104" {
		t.Errorf("the policy is now %q", text)
	}
}

// TestInstallEndsWithItsContext: apt-get is never cut off, so its end must come before ensure's.
func TestInstallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := bin(t, map[string]string{"apt-get": "echo unpacking\nsleep 0.2\ntouch \"$BIN/finished\""})
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	t.Setenv("BIN", dir)
	i := installer{log: cancelOn{"unpacking", cancel}, dirs: []string{dir}, root: true, policy: filepath.Join(dir, "policy")}
	if _, err := i.ensure(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "finished")); err != nil {
		t.Errorf("apt-get was cut off: %v", err)
	}
}

func TestFindIgnoresThePresentFolder(t *testing.T) {
	dir := bin(t, map[string]string{mariadbd: ""})
	t.Chdir(dir)
	if path := findIn([]string{".", ""}, mariadbd); path != "" {
		t.Errorf("found %s", path)
	}
	if path := findIn([]string{".", dir}, mariadbd); path != filepath.Join(dir, mariadbd) {
		t.Errorf("found %q", path)
	}
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/guanxi-crm/guanxi/cmd/guanxi/local"
)

// workshop is the folder of what all tests of this package share: the program and the shared servers' data.
// Its path is short, because unix sockets lie below it.
var workshop string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	var err error
	if workshop, err = os.MkdirTemp("", "guanxi-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(workshop) }()
	code := m.Run()
	if err := stopServers(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workshop, "guanxi")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// binary returns the path of the program, which is built once.
func binary(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// servers are a MariaDB and a Redis of this package's own, which tests may kill. All tests that need some
// share them.
var servers struct {
	sync.Mutex
	*local.Services
}

func sharedServers(t testing.TB) *local.Services {
	t.Helper()
	servers.Lock()
	defer servers.Unlock()
	if servers.Services == nil {
		// Not disposable: what was acknowledged has to survive a kill.
		s, err := local.Start(t.Context(), local.Options{Dir: filepath.Join(workshop, "data"), Log: os.Stderr})
		if err != nil {
			t.Fatal(err)
		}
		servers.Services = s
	}
	return servers.Services
}

func stopServers() error {
	servers.Lock()
	defer servers.Unlock()
	if servers.Services == nil {
		return nil
	}
	return servers.Stop()
}

package stripefake

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// MockVersion is the pinned version of stripe-mock, github.com/stripe/stripe-mock.
const MockVersion = "v0.203.0"

// Mock builds stripe-mock at its first use on this machine, starts it on a free port of loopback and returns
// its address. It checks parameters against Stripe's specification and forgets everything at once. It ends
// with the test.
func Mock(t testing.TB) string {
	t.Helper()
	program := buildMock(t)
	var err error
	for range 3 { // a port that was free can be taken by the time it is used
		var address string
		if address, err = startMock(t, program); err == nil {
			return "http://" + address
		}
	}
	t.Fatalf("stripe-mock: %v", err)
	return ""
}

// buildMock returns the path of the program, in the user's cache folder.
func buildMock(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "guanxi", "stripe-mock")
	program := filepath.Join(folder, MockVersion)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	// Built apart and renamed, so that tests which start at once never run half a program.
	building, err := os.MkdirTemp(folder, "build-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(building) }()
	build := exec.CommandContext(t.Context(), "go", "install", "github.com/stripe/stripe-mock@"+MockVersion)
	build.Dir, build.Env = building, append(os.Environ(), "GOBIN="+building, "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("stripe-mock cannot be built: %v\n%s", err, out)
	}
	if err := os.Rename(filepath.Join(building, "stripe-mock"), program); err != nil {
		t.Fatal(err)
	}
	return program
}

func startMock(t testing.TB, program string) (string, error) {
	t.Helper()
	plain, err := freeAddress(t.Context())
	if err != nil {
		return "", err
	}
	secure, err := freeAddress(t.Context()) // it insists on serving TLS too
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-http-addr", plain, "-https-addr", secure)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Listening for HTTP at") {
			drained := make(chan struct{})
			go func() { defer close(drained); _, _ = io.Copy(io.Discard, out) }()
			t.Cleanup(func() { _ = cmd.Process.Kill(); <-drained; _ = cmd.Wait() })
			return plain, nil
		}
	}
	_ = cmd.Process.Kill()
	return "", fmt.Errorf("did not start on %s: %w", plain, cmd.Wait())
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

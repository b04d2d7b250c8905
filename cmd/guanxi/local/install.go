package local

import (
	"context"
	_ "embed"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

//go:embed install.sh
var installScript string

// installer finds the needed programs and brings the missing ones.
type installer struct {
	log    io.Writer
	dirs   []string // where programs are looked for
	root   bool
	policy string // path of policy-rc.d, which keeps packages from starting their services
}

func newInstaller(log io.Writer) installer {
	return installer{log: log, dirs: searchPath(), root: os.Geteuid() == 0, policy: "/usr/sbin/policy-rc.d"}
}

// ensure returns the programs' paths, installing what is missing; *MissingError when that cannot be done.
func (i installer) ensure(ctx context.Context) (programs, error) {
	found, missing, packages := find(i.dirs)
	if len(missing) == 0 {
		return found, nil
	}
	problem := &MissingError{Programs: missing}
	if findIn(i.dirs, "apt-get") == "" {
		return nil, problem
	}
	problem.Command = i.command(packages)
	if !i.root && exec.CommandContext(ctx, "sudo", "-n", "true").Run() != nil {
		return nil, problem
	}
	if problem.Cause = i.install(ctx, packages); problem.Cause != nil {
		return nil, problem
	}
	if found, problem.Programs, _ = find(i.dirs); len(problem.Programs) > 0 {
		return nil, problem
	}
	return found, nil
}

// command is what a person would type.
func (i installer) command(packages []string) string {
	install := "apt-get install -y --no-install-recommends " + strings.Join(packages, " ")
	if i.root {
		return "apt-get update && " + install
	}
	return "sudo apt-get update && sudo " + install
}

func (i installer) install(ctx context.Context, packages []string) error {
	args := append([]string{"sh", "-c", installScript, "install.sh", i.policy}, packages...)
	if !i.root {
		args = append([]string{"sudo", "-n"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // a fixed script and fixed package names
	cmd.Stdout, cmd.Stderr = i.log, i.log
	// A killed dpkg leaves packages half configured: ask, and wait until it has put things in order.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	done := step(i.log, "installing "+strings.Join(packages, " and "))
	printf(i.log, "\n") // apt-get tells its own progress below
	err := cmd.Run()
	done(err)
	if err != nil {
		return errorOf(ctx, err)
	}
	return nil
}

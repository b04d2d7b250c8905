package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// installMySQL makes the system tables once. They are made aside and renamed, so that a kill in between leaves
// nothing that looks whole. The database's root needs no password: nobody else can reach the socket.
func installMySQL(ctx context.Context, program, data string, inherited *os.File, o Options) (err error) {
	if _, err := os.Stat(data); err == nil {
		return nil
	}
	done := step(o.Log, "preparing MariaDB's data folder")
	defer func() { done(err) }()
	fresh := data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	args := append([]string{
		"--no-defaults", "--datadir=" + fresh, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--skip-name-resolve", "--force",
	}, asRoot()...)
	if o.Disposable {
		args = append(args, disposable...)
	}
	if err := runInstall(ctx, exec.Command(program, args...), inherited); err != nil { //nolint:gosec,noctx // the program is looked up by a fixed name; runInstall ends its whole group
		return err
	}
	return os.Rename(fresh, data)
}

// runInstall runs a shell script that starts servers of its own, so the whole group is ended with ctx.
func runInstall(ctx context.Context, cmd *exec.Cmd, inherited *os.File) error {
	output, err := os.CreateTemp("", "guanxi-install-")
	if err != nil {
		return err
	}
	defer os.Remove(output.Name()) //nolint:errcheck // a leftover in the temporary folder harms nobody
	defer output.Close()
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = output, output, []*os.File{inherited}
	ownGroup(cmd)
	if err := launch(cmd); err != nil {
		return fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	defer context.AfterFunc(ctx, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w; its last lines:\n%s", cmd.Path, errorOf(ctx, err), tail(output.Name()))
	}
	return nil
}

// errorOf prefers the reason for which a program was ended to the way it ended.
func errorOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

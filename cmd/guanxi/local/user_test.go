package local

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const nobody = 65534

// TestOrdinaryUser starts the services without root's rights: as nobody when the test itself has them.
func TestOrdinaryUser(t *testing.T) {
	home, err := os.MkdirTemp("", "guanxi-user-") // t.TempDir lies in a folder that other users cannot enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	data := filepath.Join(home, "data")
	binary := filepath.Join(home, "local.test")
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.Chmod(home, 0o755), os.Mkdir(data, 0o700), os.WriteFile(binary, text, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var credential *syscall.Credential
	if os.Geteuid() == 0 {
		credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(data, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	cmd := serveElsewhere(t, data, func(cmd *exec.Cmd) {
		cmd.Path, cmd.Dir = binary, data
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	})
	owner, err := os.Stat(filepath.Join(data, "mysql"))
	if err != nil {
		t.Fatal(err)
	}
	if uid := int(owner.Sys().(*syscall.Stat_t).Uid); credential != nil && uid != nobody {
		t.Errorf("the data belong to user %d", uid)
	}
	if info, err := os.Stat(filepath.Join(data, "run")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can reach the sockets: %v, %v", info, err)
	}
	killHard(t, cmd)
}

func TestDataOfAnotherUserAreRefused(t *testing.T) {
	dir := "/"
	if os.Geteuid() == 0 {
		dir = t.TempDir()
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if err := checkOwner(dir); err == nil || !strings.Contains(err.Error(), "belongs to the user with id") {
		t.Errorf("got %v", err)
	}
	if err := checkOwner(filepath.Join(t.TempDir(), "new")); err != nil {
		t.Error(err)
	}
}

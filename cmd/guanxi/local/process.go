package local

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// launcher starts processes from one OS thread that lives as long as this process: the signal that children get when
// their parent dies follows the thread that made them, and Go ends threads at will.
var launcher = sync.OnceValue(func() chan<- func() {
	starts := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range starts {
			start()
		}
	}()
	return starts
})

// launch starts cmd so that it gets SIGTERM when this process dies, even by SIGKILL (on Linux).
func launch(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	endWithParent(cmd.SysProcAttr)
	started := make(chan error)
	launcher() <- func() { started <- cmd.Start() }
	return <-started
}

// ownGroup keeps a terminal's Ctrl-C from a child: it ends when its user has finished with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

//go:build unix && !linux

package local

import "syscall"

// endWithParent does nothing: only Linux tells children of their parent's death. Elsewhere a start after a kill ends
// the children that were left.
func endWithParent(*syscall.SysProcAttr) {}

package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	mariadbd    = "mariadbd"
	installDB   = "mariadb-install-db"
	redisServer = "redis-server"
)

// needed are the programs and the Debian packages that bring them.
var needed = []struct{ program, pkg string }{
	{mariadbd, "mariadb-server"},
	{installDB, "mariadb-server"},
	{redisServer, "redis-server"},
}

// programs maps a program's name to its path.
type programs map[string]string

// MissingError says which programs are missing and what the reader can do about it.
type MissingError struct {
	Programs []string
	Command  string // installs them; empty where there is no apt-get
	Cause    error  // why installing them failed; nil when this user may not try
}

func (e *MissingError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s missing", strings.Join(e.Programs, ", "))
	if e.Cause != nil {
		fmt.Fprintf(&text, ", and installing failed: %v", e.Cause)
	}
	if e.Command == "" {
		text.WriteString("\nInstall MariaDB 10.11 and Redis 7 or newer with your package manager")
	} else {
		fmt.Fprintf(&text, "\nRun this, then start again:\n\n  %s\n", e.Command)
	}
	text.WriteString("\nOr use servers that run already: set GUANXI_MYSQL_DSN and GUANXI_REDIS_URL")
	return text.String()
}

func (e *MissingError) Unwrap() error { return e.Cause }

// searchPath is PATH and the folders of administrators' programs, where Debian keeps mariadbd and which an ordinary
// user's PATH leaves out.
func searchPath() []string {
	return append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin", "/sbin")
}

// find looks the needed programs up, and returns the packages that would bring the missing ones.
func find(dirs []string) (found programs, missing, packages []string) {
	found = programs{}
	for _, n := range needed {
		path := findIn(dirs, n.program)
		if path == "" {
			missing, packages = append(missing, n.program), append(packages, n.pkg)
			continue
		}
		found[n.program] = path
	}
	return found, missing, slices.Compact(packages)
}

func findIn(dirs []string, program string) string {
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) { // a program of the present folder is nobody's choice
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path
		}
	}
	return ""
}

// Command guanxi is the whole product in one binary: the API server, the workers, migrations, the tools of
// a platform admin, and `guanxi dev`, which runs everything with databases of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // companies count days in their own zones, also where the system has none

	"github.com/alecthomas/kong"

	"github.com/guanxi-crm/guanxi/worker"
)

// version is set by the build (-ldflags "-X main.version=v1.2.3").
var version = "dev"

type cli struct {
	Dev     devCommand     `cmd:"" help:"Run everything on this machine, with private MariaDB and Redis under the data folder."`
	Serve   serveCommand   `cmd:"" help:"Serve the API and the web client."`
	Worker  workerCommand  `cmd:"" help:"Run background work: relay, reminders, deliveries, imports."`
	Migrate migrateCommand `cmd:"" help:"Bring the platform's and all companies' schemas up to this version."`
	Admin   adminCommand   `cmd:"" help:"Tools of a platform admin."`
	Demo    demoCommand    `cmd:"" help:"Load the demo company, if it is not there."`
	OpenAPI openAPICommand `cmd:"" name:"openapi" help:"Print the OpenAPI document."`

	Version kong.VersionFlag `help:"Print the version."`
}

// exitCode ends the program with another program's exit code.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var program cli
	command := kong.Parse(&program,
		kong.Name("guanxi"), kong.Description("Guanxi 关系: a CRM platform for small and medium companies."),
		kong.UsageOnError(), kong.Vars{"version": version, "queues": strings.Join(worker.Queues(), ", ")}, kong.BindTo(ctx, (*context.Context)(nil)))
	err := command.Run()
	var code exitCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		stop()
		os.Exit(int(code)) //nolint:gocritic // stop has run
	default:
		_, _ = fmt.Fprintln(os.Stderr, "guanxi:", err)
		stop()
		os.Exit(1)
	}
}

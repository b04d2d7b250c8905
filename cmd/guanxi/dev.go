package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/cmd/guanxi/local"
	"github.com/guanxi-crm/guanxi/tenant"
)

type devCommand struct {
	databases
	services
	Addr    string   `env:"GUANXI_ADDR" default:":8080" help:"Address to listen on."`
	DataDir string   `env:"GUANXI_DATA_DIR" default:".data" help:"Folder of the private databases and the master key."`
	NoDemo  bool     `env:"GUANXI_NO_DEMO" help:"Do not load the demo company."`
	Exec    bool     `help:"Run a command with fresh databases instead, then remove them: guanxi dev --exec -- go test ./..."`
	Durable bool     `help:"With --exec: keep the databases as careful as in production, for measuring."`
	Command []string `arg:"" optional:"" passthrough:"" help:"With --exec: the command."`
}

// Run starts everything and stays until it is told to stop.
func (c *devCommand) Run(ctx context.Context) error {
	if c.Exec {
		return c.execute()
	}
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	failed := make(<-chan error)
	if c.MySQLDSN == "" || c.RedisURL == "" {
		own, err := local.Start(ctx, local.Options{Dir: c.DataDir, Log: os.Stderr})
		if err != nil {
			return err
		}
		defer func() { _ = own.Stop() }()
		failed = own.Failed()
		if c.MySQLDSN == "" {
			c.MySQLDSN = own.MySQLDSN
		}
		if c.RedisURL == "" {
			c.RedisURL = own.RedisURL
		}
	}
	if c.MasterKey == "" {
		if c.MasterKey, err = keptMasterKey(c.DataDir); err != nil {
			return err
		}
	}
	if c.BlobURL == "" {
		if c.BlobURL, err = ownFolder(c.DataDir); err != nil {
			return err
		}
	}
	c.AllowPrivateTargets = true
	return c.run(ctx, listener, failed)
}

func (c *devCommand) execute() error {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	code, err := local.Exec(context.Background(), command, local.Options{Log: os.Stderr, Disposable: !c.Durable})
	if err != nil {
		return err
	}
	if code != 0 {
		return exitCode(code)
	}
	return nil
}

// run migrates, loads the demo and serves API and worker in this one process.
func (c *devCommand) run(ctx context.Context, listener net.Listener, failed <-chan error) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	began := time.Now()
	report, err := tenant.Migrate(ctx, cfg, os.Stderr)
	if errors.Is(err, tenant.ErrCompaniesBroken) {
		fmt.Fprintf(os.Stderr, "warning: %v; they are named above, the others work\n", err)
		err = nil
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	fmt.Fprintf(os.Stderr, "schemas are up to date (%d companies, %s)\n", report.Companies, time.Since(began).Round(time.Millisecond))
	c.PublicURL = publicURL(c.PublicURL, listener.Addr())
	p, err := start(ctx, c.databases, c.services)
	if err != nil {
		return err
	}
	defer p.close()
	if !c.NoDemo {
		if err := loadDemo(ctx, p.quietAPI(), os.Stderr); err != nil {
			return fmt.Errorf("demo company: %w", err)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.serve(ctx, listener) })
	group.Go(func() error { return p.work(ctx, workerOptions{}) })
	group.Go(func() error {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	})
	c.greet()
	return group.Wait()
}

func (c *devCommand) greet() {
	fmt.Printf("\n  Guanxi 关系 is running: %s   (API: %s/docs)\n", c.PublicURL, c.PublicURL)
	if !c.NoDemo {
		fmt.Printf("  Sign in as %s with the password %s\n", demoEmail, demoPassword)
	}
	fmt.Printf("  Ctrl-C stops it; the data stay in %s\n\n", c.DataDir)
}

// publicURL keeps a configured address and otherwise names the port that is really listened on.
func publicURL(configured string, addr net.Addr) string {
	const standard = "http://localhost:8080"
	tcp, ok := addr.(*net.TCPAddr)
	if configured != standard || !ok {
		return strings.TrimRight(configured, "/")
	}
	return fmt.Sprintf("http://localhost:%d", tcp.Port)
}

// ownFolder is the address of the folder for files among the private data.
func ownFolder(dir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, "files"))
	return (&url.URL{Scheme: "file", Path: path}).String(), err
}

// keptMasterKey reads the folder's master key, or makes it at the first start.
func keptMasterKey(dir string) (string, error) {
	path := filepath.Join(dir, "master.key")
	text, err := os.ReadFile(path) //nolint:gosec // the folder is the operator's own choice
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	key := tenant.NewMasterKey()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(key + "\n")
	return key, errors.Join(err, file.Sync(), file.Close())
}

package local

import (
	"context"
	"database/sql"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

const (
	collation  = "utf8mb4_unicode_520_ci" // utf8mb4_unicode_ci takes all characters beyond the BMP for equal
	bufferPool = "256M"
	// openTables serves thousands of companies of 40 tables each, of which few are busy; one open table takes about
	// 80 KiB.
	openTables = 4000
	openFiles  = 20000
	// sqlMode is MySQL 8's default, so that what works here works there.
	sqlMode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)

func newMySQL(dir string, paths programs, socket string, o Options) *server {
	data := filepath.Join(dir, "mysql")
	dsn := mysqlDSN(socket)
	s := &server{
		name:    "MariaDB",
		dir:     data,
		program: paths[mariadbd],
		args:    mysqlArgs(data, socket, o),
		ping:    func(ctx context.Context) error { return pingMySQL(ctx, dsn) },
		log:     o.Log,
		harsh:   o.Disposable,
	}
	s.prepare = func(ctx context.Context, inherited *os.File) error {
		return installMySQL(ctx, paths[installDB], data, inherited, o)
	}
	return s
}

// mysqlDSN tells the driver to count matched rows, not changed ones: else an UPDATE that changes nothing looks like a
// missing row.
func mysqlDSN(socket string) string {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = "root", "unix", socket
	c.Collation = collation
	c.ParseTime, c.InterpolateParams, c.ClientFoundRows = true, true, true
	return c.FormatDSN()
}

func mysqlArgs(data, socket string, o Options) []string {
	pool := o.BufferPool
	if pool == "" {
		pool = bufferPool
	}
	args := []string{
		"--no-defaults", // a developer's own /etc/mysql must not change what is tested
		"--datadir=" + data,
		"--socket=" + socket,
		"--pid-file=" + data + ".pid",
		"--skip-networking",
		"--skip-name-resolve",
		"--character-set-server=utf8mb4",
		"--collation-server=" + collation,
		"--default-time-zone=+00:00",
		"--sql-mode=" + sqlMode,
		"--max-connections=500",
		"--max-allowed-packet=64M",
		"--table-open-cache=" + strconv.Itoa(openTables),
		"--table-definition-cache=" + strconv.Itoa(openTables),
		"--open-files-limit=" + strconv.FormatUint(allowedFiles(), 10),
		"--innodb-buffer-pool-size=" + pool,
		"--innodb-lock-wait-timeout=10",
	}
	args = append(args, asRoot()...)
	if o.Disposable {
		return append(args, disposable...)
	}
	return append(args, "--innodb-flush-log-at-trx-commit=1")
}

// disposable settings never wait for the disk, and keep all tables in one file: tests make and drop tens of thousands,
// which takes a third less that way. Kept apart from the rest because installing uses them too.
var disposable = []string{
	"--innodb-flush-log-at-trx-commit=0",
	"--innodb-flush-method=nosync",
	"--innodb-doublewrite=0",
	"--sync-binlog=0",
	"--innodb-file-per-table=0",
}

// asRoot is the consent that MariaDB wants before it runs as root.
func asRoot() []string {
	if os.Geteuid() != 0 {
		return nil
	}
	return []string{"--user=root"}
}

// allowedFiles is as many open files as MariaDB wants, or as an ordinary user may have: asking for more than that gets
// fewer.
func allowedFiles() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return openFiles
	}
	return min(openFiles, limit.Max)
}

func pingMySQL(ctx context.Context, dsn string) error {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return err
	}
	c.Logger = log.New(io.Discard, "", 0) // a server that is only starting is no news
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	return db.PingContext(ctx)
}

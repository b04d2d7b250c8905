package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

// The test binary also plays the processes that tests start as another user or kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LOCAL_TEST_SERVE"); dir != "" {
		os.Exit(serve(dir))
	}
	os.Exit(runTests(m))
}

// used is a data folder that tests use one after another: preparing a new one takes a second.
var used string

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "guanxi-used-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	used = dir
	return m.Run()
}

// serve writes and reads back a note, says so on standard output, and runs until its standard input ends.
func serve(dir string) int {
	s, err := Start(context.Background(), Options{Dir: dir, Log: os.Stderr})
	if err == nil {
		err = keepNote(s, "from another process")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1))
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func start(t *testing.T, o Options) *Services {
	t.Helper()
	if o.Log == nil {
		o.Log = t.Output()
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Services) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

// keepNote stores text in both services.
func keepNote(s *Services, text string) error {
	db, client, err := connect(s)
	if err != nil {
		return err
	}
	defer db.Close()
	defer client.Close()
	for _, statement := range []string{
		"CREATE DATABASE IF NOT EXISTS notes",
		"CREATE TABLE IF NOT EXISTS notes.note (id INT PRIMARY KEY, text VARCHAR(100) NOT NULL)",
		"REPLACE INTO notes.note VALUES (1, '" + text + "')",
	} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return client.Set(context.Background(), "note", text, 0).Err()
}

// checkNote compares what both services have with text.
func checkNote(t *testing.T, s *Services, text string) {
	t.Helper()
	db, client, err := connect(s)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer client.Close()
	var got string
	if err := db.QueryRow("SELECT text FROM notes.note").Scan(&got); err != nil || got != text {
		t.Errorf("MariaDB has %q, %v; want %q", got, err, text)
	}
	if got, err := client.Get(t.Context(), "note").Result(); err != nil || got != text {
		t.Errorf("Redis has %q, %v; want %q", got, err, text)
	}
}

func connect(s *Services) (*sql.DB, *redis.Client, error) {
	db, err := sql.Open("mysql", s.MySQLDSN)
	if err != nil {
		return nil, nil, err
	}
	options, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		return nil, nil, err
	}
	return db, redis.NewClient(options), nil
}

func TestDataSurviveARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := start(t, Options{Dir: dir})
	if err := keepNote(s, "成交"); err != nil {
		t.Fatal(err)
	}

	_, err := Start(t.Context(), Options{Dir: dir})
	want := fmt.Sprintf("data folder %s is in use by another guanxi (pid %d)", dir, os.Getpid())
	if inUse := (*InUseError)(nil); !errors.As(err, &inUse) || err.Error() != want {
		t.Errorf("second holder: %v, want %s", err, want)
	}

	stop(t, s)
	stop(t, s)
	if err := s.StartMySQL(t.Context()); err == nil {
		t.Error("MariaDB started after Stop")
	}
	checkNote(t, start(t, Options{Dir: dir}), "成交")
}

func TestKillAndStartAgain(t *testing.T) {
	s := start(t, Options{Dir: used})
	if err := keepNote(s, "before"); err != nil {
		t.Fatal(err)
	}
	flushRedis(t, s)
	for _, step := range []func() error{
		s.KillMySQL, s.KillRedis,
		func() error { return s.StartMySQL(t.Context()) },
		func() error { return s.StartRedis(t.Context()) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	checkNote(t, s, "before")
	select {
	case err := <-s.Failed():
		t.Errorf("a kill that was asked for was reported: %v", err)
	default:
	}

	if err := s.StartRedis(t.Context()); err == nil {
		t.Error("Redis started twice")
	}
	if err := s.KillRedis(); err != nil {
		t.Error(err)
	}
	if err := s.KillRedis(); err == nil {
		t.Error("Redis killed twice")
	}
}

// flushRedis waits until the append-only file is on disk, which happens every second.
func flushRedis(t *testing.T, s *Services) {
	t.Helper()
	_, client, err := connect(s)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Do(t.Context(), "WAITAOF", 1, 0, 5000).Err(); err != nil && !strings.Contains(err.Error(), "unknown command") {
		t.Fatal(err)
	}
}

func TestUnexpectedDeathIsReported(t *testing.T) {
	s := start(t, Options{Dir: used, Disposable: true})
	if err := syscall.Kill(s.redis.process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Failed():
		if !strings.HasPrefix(err.Error(), "Redis ended unexpectedly (signal: killed)") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("not reported")
	}
	if err := s.StartRedis(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSessionSettings(t *testing.T) {
	s := start(t, Options{Dir: used, Disposable: true})
	db, client, err := connect(s)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer client.Close()
	got := map[string]string{}
	rows, err := db.Query(`SHOW VARIABLES WHERE Variable_name IN ('character_set_client', 'collation_connection',
		'collation_server', 'time_zone', 'table_open_cache', 'table_definition_cache', 'skip_networking')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			t.Fatal(err)
		}
		got[name] = value
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"character_set_client": "utf8mb4", "collation_connection": "utf8mb4_unicode_520_ci",
		"collation_server": "utf8mb4_unicode_520_ci", "time_zone": "+00:00", "table_open_cache": "4000",
		"table_definition_cache": "4000", "skip_networking": "ON",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := db.Exec("CREATE TABLE lost (id INT)"); err == nil {
		t.Error("a statement that names no schema succeeded")
	}
	if policy := client.ConfigGet(t.Context(), "maxmemory-policy").Val()["maxmemory-policy"]; policy != "noeviction" {
		t.Errorf("maxmemory-policy %q", policy)
	}
	var now time.Time
	if err := db.QueryRow("SELECT UTC_TIMESTAMP()").Scan(&now); err != nil || now.Location() != time.UTC {
		t.Errorf("time %v, %v", now, err)
	}
}

func TestStartFails(t *testing.T) {
	tests := map[string]struct {
		options Options
		want    string
	}{
		"no folder":     {Options{}, "data folder has no name"},
		"a file":        {Options{Dir: "/dev/null"}, "/dev/null"},
		"a bad setting": {Options{Dir: used, BufferPool: "plenty"}, "InnoDB: innodb_page_size"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Start(t.Context(), test.options)
			if err == nil {
				stop(t, s)
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	_, err := Start(ctx, Options{Dir: dir, Log: cancelOn{"preparing", cancel}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	if _, err := Start(ctx, Options{Dir: dir, Log: cancelOn{"starting Redis", cancel}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	start(t, Options{Dir: dir})
}

// cancelOn ends a context when the progress mentions something.
type cancelOn struct {
	text   string
	cancel func()
}

func (c cancelOn) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return len(p), nil
}

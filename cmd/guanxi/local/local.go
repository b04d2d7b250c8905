// Package local runs a private MariaDB and Redis as children of this process, so that one command is enough to
// develop, demonstrate and test on the real servers.
//
// It owns the data folder and its lock, finding or installing the two programs, their settings, starting, watching
// and ending them, and cleaning up after a process that was killed. Both listen on unix sockets that only this user
// can open. It leaves schemas, migrations and every SQL statement to package tenant, and production servers to
// whoever runs them.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
)

// Options says where the services live and how careful they are.
type Options struct {
	// Dir is the data folder, made when it is missing. One process may use it at a time.
	Dir string
	// Log receives progress, one line a step with the time it took, and the output of a package installation.
	Log io.Writer
	// BufferPool is InnoDB's cache in MariaDB's notation; empty means 256M.
	BufferPool string
	// Disposable trades the safety of the data for speed: a crash of the machine may lose all of it, and Stop kills
	// MariaDB instead of letting it write its caches. For tests.
	Disposable bool
}

// Services are a running MariaDB and Redis. Its methods may be called from several goroutines.
type Services struct {
	// MySQLDSN is for go-sql-driver. It names no database, so that a statement must say which schema it means.
	MySQLDSN string
	// RedisURL is a unix:// address for go-redis's ParseURL.
	RedisURL string

	options Options
	lock    *fileLock
	sockets sockets
	failed  chan error

	mu      sync.Mutex // held while a child is started or ended
	mysql   *server
	redis   *server
	stopped bool
}

// Start brings both services up and returns when they answer. Missing programs are installed with apt-get where this
// user may do that; otherwise the error is a *MissingError, which says the command to run. A data folder that another
// process holds is an *InUseError. Data and children that a killed process left behind are taken over or ended first.
// Ending ctx only stops the starting: call Stop to end what runs.
func Start(ctx context.Context, o Options) (*Services, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Dir == "" {
		return nil, errors.New("the data folder has no name: set Options.Dir")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", o.Dir, err)
	}
	paths, err := newInstaller(o.Log).ensure(ctx)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir, o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Services{options: o, lock: lock, failed: make(chan error, 2)}
	if err := s.start(ctx, dir, paths); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Services) start(ctx context.Context, dir string, paths programs) error {
	var err error
	if s.sockets, err = openSockets(dir); err != nil {
		return err
	}
	s.MySQLDSN, s.RedisURL = mysqlDSN(s.sockets.mysql()), redisURL(s.sockets.redis())
	s.mysql = newMySQL(dir, paths, s.sockets.mysql(), s.options)
	s.redis = newRedis(dir, paths, s.sockets.redis(), s.options)
	for _, server := range []*server{s.mysql, s.redis} {
		server.failed = s.failed
		if err := server.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Failed receives an error when a service ends that nobody asked to end; it names the service and quotes the end of
// its log. It never closes.
func (s *Services) Failed() <-chan error { return s.failed }

// Stop ends both services, waits until they have ended and frees the data folder. Close every connection first, or
// its users see errors. A second call does nothing.
func (s *Services) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	done := step(s.options.Log, "stopping MariaDB and Redis")
	var ended sync.WaitGroup
	var errMySQL, errRedis error
	ended.Go(func() { errMySQL = s.mysql.stop() })
	ended.Go(func() { errRedis = s.redis.stop() })
	ended.Wait()
	err := errors.Join(errMySQL, errRedis, s.sockets.close(), s.lock.close())
	done(err)
	return err
}

// KillMySQL ends MariaDB as a crash would (SIGKILL) and returns when it is gone. Failed does not report it.
func (s *Services) KillMySQL() error { return s.kill(s.mysql) }

// StartMySQL starts MariaDB again after KillMySQL, at the same address, and returns when it has recovered.
func (s *Services) StartMySQL(ctx context.Context) error { return s.restart(ctx, s.mysql) }

// KillRedis ends Redis as a crash would (SIGKILL) and returns when it is gone. Failed does not report it.
func (s *Services) KillRedis() error { return s.kill(s.redis) }

// StartRedis starts Redis again after KillRedis, at the same address, and returns when it has loaded its data.
func (s *Services) StartRedis(ctx context.Context) error { return s.restart(ctx, s.redis) }

func (s *Services) kill(server *server) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return server.kill()
}

func (s *Services) restart(ctx context.Context, server *server) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return fmt.Errorf("start %s: the services were stopped", server.name)
	}
	return server.start(ctx)
}

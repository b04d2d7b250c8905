package tenant

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
	"github.com/maypok86/otter/v2"
)

// Config says where the databases are and how this process uses them.
type Config struct {
	// DSN reaches the server of the control database and of the cluster "main", in go-sql-driver form.
	// It names no default schema.
	DSN string
	// Prefix begins every schema's name: <prefix>_platform, <prefix>_cluster, <prefix>_<company>.
	Prefix string
	// MasterKey protects all secrets at rest.
	MasterKey MasterKey
	// MaxConns bounds the connections to each cluster; 0 means 32.
	MaxConns int
	// Clock returns the current time; nil means time.Now. Tests move it.
	Clock func() time.Time
}

// mainCluster is the cluster that shares the server of the control database.
const mainCluster = "main"

// companyTTL bounds how long another process's change to a company (plan, status) may go unseen when the
// announcement of it was lost.
const companyTTL = 5 * time.Second

// Directory knows every company and opens transactions on the right cluster. One process has one.
type Directory struct {
	cfg       Config
	platform  *Platform
	keys      *keyring
	companies *otter.Cache[CompanyID, *Company]

	mu       sync.Mutex
	clusters map[string]*Cluster
}

// Open connects to an installation that `guanxi migrate` has prepared.
// It returns an error that wraps ErrMasterKey when the key is not this installation's.
func Open(ctx context.Context, cfg Config) (*Directory, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 32
	}
	if !schemaPattern.MatchString(cfg.Prefix + "_" + encodeID(CompanyID{})) {
		return nil, fmt.Errorf("schema prefix %q: want at most 36 lower-case letters, digits and underscores, a letter first", cfg.Prefix)
	}
	pool, err := openPool(cfg.DSN, cfg.MaxConns)
	if err != nil {
		return nil, err
	}
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, translate(err)
	}
	d := &Directory{
		cfg: cfg,
		companies: otter.Must(&otter.Options[CompanyID, *Company]{
			MaximumSize: 10_000, ExpiryCalculator: otter.ExpiryWriting[CompanyID, *Company](companyTTL),
		}),
		clusters: map[string]*Cluster{},
	}
	d.platform = &Platform{Now: d.now, pool: pool, run: pool, names: schemas{wordPlatform: cfg.Prefix + "_platform"}}
	d.clusters[mainCluster] = d.newCluster(mainCluster, cfg.DSN, pool)
	if d.keys, err = openKeyring(ctx, d.platform, cfg.MasterKey); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// openPool opens a pool whose connections carry no company state at all: no default schema, nothing
// prepared, values put into the statement by the driver.
func openPool(dsn string, conns int) (*sqlx.DB, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("GUANXI_MYSQL_DSN: %w", err)
	}
	if cfg.DBName != "" {
		return nil, errors.New("GUANXI_MYSQL_DSN: leave out the database name; Guanxi names its schemas itself")
	}
	cfg.Loc = time.UTC
	cfg.ParseTime = true
	cfg.InterpolateParams = true
	cfg.ClientFoundRows = true
	cfg.MultiStatements = false
	cfg.Logger = &mysql.NopLogger{} // every error is returned as well, and ours are the only lines in the log
	cfg.Timeout = cmp.Or(cfg.Timeout, 5*time.Second)
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	// The same for every connection and every company. Strict, because a value cut to fit is a value lost;
	// and a lock that is not had in ten seconds is not had in the server's usual fifty.
	cfg.Params["sql_mode"] = "'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
	cfg.Params["innodb_lock_wait_timeout"] = cmp.Or(cfg.Params["innodb_lock_wait_timeout"], "10")
	if err := cfg.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_520_ci")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("GUANXI_MYSQL_DSN: %w", err)
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(10 * time.Minute)
	return db, nil
}

// Close closes all pools.
func (d *Directory) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.clusters {
		_ = c.pool.Close()
		if c.migrations != nil {
			_ = c.migrations.Close()
		}
	}
}

// Ping reports whether the control database answers.
func (d *Directory) Ping(ctx context.Context) error {
	return translate(d.platform.pool.PingContext(ctx))
}

// now is the clock in the precision that the database keeps.
func (d *Directory) now() time.Time { return d.cfg.Clock().UTC().Truncate(time.Microsecond) }

// Now returns the current moment in UTC, to the microsecond.
func (d *Directory) Now() time.Time { return d.now() }

// Platform returns the control database.
func (d *Directory) Platform() *Platform { return d.platform }

// Company returns a company by its id, from a cache that is at most five seconds old.
// It returns ErrNotFound for one that does not exist or is not ready yet.
func (d *Directory) Company(ctx context.Context, id CompanyID) (*Company, error) {
	return d.companies.Get(ctx, id, otter.LoaderFunc[CompanyID, *Company](func(ctx context.Context, id CompanyID) (*Company, error) {
		var c Company
		// Many callers wait for the one that reads: its own end must not be theirs.
		err := d.platform.Get(context.WithoutCancel(ctx), &c, `SELECT `+companyColumns+` FROM platform.companies WHERE id = ? AND `+usable, id)
		if err != nil {
			return nil, fmt.Errorf("company %s: %w", id, err)
		}
		return &c, nil
	}))
}

// Forget drops a company from the cache, after it was changed here or elsewhere.
func (d *Directory) Forget(id CompanyID) { d.companies.Invalidate(id) }

// Read runs fn with a reader bound to the company. Each statement sees what is committed when it starts.
// It returns ErrSuspended for a suspended company.
func (d *Directory) Read(ctx context.Context, company *Company, caller *Caller, fn func(*Query) error) error {
	if company.Status == Suspended {
		return fmt.Errorf("company %s: %w", company.ID, ErrSuspended)
	}
	cluster, err := d.Cluster(ctx, company.Cluster)
	if err != nil {
		return err
	}
	q := cluster.query(company, caller)
	q.run = cluster.pool
	return fn(q)
}

// Tx runs fn in one transaction bound to the company, and runs it again from the start after a deadlock or
// a lost connection; fn must therefore do nothing outside the transaction. It returns ErrSuspended for a
// suspended company, ErrOutcomeUnknown when the connection broke during COMMIT, ErrUnavailable when the
// database stayed away.
func (d *Directory) Tx(ctx context.Context, company *Company, caller *Caller, fn func(*Tx) error) error {
	if company.Status == Suspended {
		return fmt.Errorf("company %s: %w", company.ID, ErrSuspended)
	}
	cluster, err := d.Cluster(ctx, company.Cluster)
	if err != nil {
		return err
	}
	return cluster.tx(ctx, company, caller, fn)
}

package tenant

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"golang.org/x/sync/errgroup"
)

// Migrations are forward-only. There is one set for each kind of schema.
//
//go:embed migrations
var migrations embed.FS

// migrationWorkers is how many companies are migrated at a time; more was measured to gain nothing.
const migrationWorkers = 4

// ErrCompaniesBroken is returned when some companies could not be migrated and all others were.
var ErrCompaniesBroken = errors.New("could not be migrated")

// MigrateReport says what a run of [Migrate] did.
type MigrateReport struct {
	// Companies is how many schemas were looked at, Changed how many were behind.
	Companies, Changed int
	// Broken maps a schema to what stopped it. The others were migrated all the same.
	Broken map[string]error
}

// Migrate brings the control database, the cluster and then every company up to this program's version,
// writing progress as it goes. The first company is the canary: when it fails, no other is touched.
// It is safe to run again, and resumes where it stopped.
func Migrate(ctx context.Context, cfg Config, progress io.Writer) (MigrateReport, error) {
	return migrateFrom(ctx, cfg, migrations, progress)
}

// migrateFrom is Migrate with the sets of another program version, for tests.
func migrateFrom(ctx context.Context, cfg Config, from fs.FS, progress io.Writer) (MigrateReport, error) {
	report := MigrateReport{Broken: map[string]error{}}
	if err := migrateShared(ctx, cfg.DSN, cfg.Prefix, wordPlatform, from); err != nil {
		return report, err
	}
	d, err := Open(ctx, cfg)
	if err != nil {
		return report, err
	}
	defer d.Close()
	if _, err := d.platform.Exec(ctx, `INSERT INTO platform.clusters (id, created_at) VALUES (?, ?)
		ON DUPLICATE KEY UPDATE id = VALUES(id)`, mainCluster, d.now()); err != nil {
		return report, err
	}
	clusters, err := d.Clusters(ctx)
	if err != nil {
		return report, err
	}
	for _, c := range clusters {
		if err := migrateShared(ctx, c.dsn, cfg.Prefix, wordCluster, from); err != nil {
			return report, fmt.Errorf("cluster %s: %w", c.ID, err)
		}
	}
	err = d.migrateCompanies(ctx, from, &report, progress)
	return report, err
}

// migrateShared makes and migrates a schema that companies share.
func migrateShared(ctx context.Context, dsn, prefix, kind string, from fs.FS) error {
	pool, err := openMigrationPool(dsn, "")
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	schema := prefix + "_" + kind
	if !schemaPattern.MatchString(schema) {
		return fmt.Errorf("schema name %q is not allowed", schema)
	}
	if _, err := pool.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+schema+"` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"); err != nil {
		return fmt.Errorf("%s: %w", schema, translate(err))
	}
	if _, err = migrateSchema(ctx, dsn, schema, kind, from); err != nil {
		return fmt.Errorf("%s: %w", schema, err)
	}
	return nil
}

func (d *Directory) migrateCompanies(ctx context.Context, from fs.FS, report *MigrateReport, progress io.Writer) error {
	var all []Company
	if err := d.platform.Select(ctx, &all, `SELECT `+companyColumns+` FROM platform.companies WHERE `+usable+` ORDER BY id`); err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	started := time.Now()
	var mu sync.Mutex
	one := func(c Company) error {
		changed, err := d.migrateCompany(ctx, c, from)
		mu.Lock()
		defer mu.Unlock()
		report.Companies++
		if changed {
			report.Changed++
		}
		if err != nil {
			report.Broken[c.Schema] = err
			_, _ = fmt.Fprintf(progress, "  %s (%s): %v\n", c.Schema, c.Name, err)
		}
		if report.Companies%100 == 0 || report.Companies == len(all) {
			_, _ = fmt.Fprintf(progress, "  %d of %d companies, %d changed, %d broken, %s\n",
				report.Companies, len(all), report.Changed, len(report.Broken), time.Since(started).Round(time.Millisecond))
		}
		return err
	}
	if err := one(all[0]); err != nil {
		return fmt.Errorf("canary %s failed, no other company was touched: %w", all[0].Schema, err)
	}
	var group errgroup.Group
	group.SetLimit(migrationWorkers)
	for _, c := range all[1:] {
		group.Go(func() error {
			if ctx.Err() == nil {
				_ = one(c) // reported; the others go on
			}
			return nil
		})
	}
	_ = group.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(report.Broken) > 0 {
		return fmt.Errorf("%d of %d companies: %w", len(report.Broken), len(all), ErrCompaniesBroken)
	}
	return nil
}

func (d *Directory) migrateCompany(ctx context.Context, c Company, from fs.FS) (bool, error) {
	cluster, err := d.Cluster(ctx, c.Cluster)
	if err != nil {
		return false, err
	}
	return migrateSchema(ctx, cluster.dsn, c.Schema, wordCompany, from)
}

// migrateSchema applies what is missing to one schema and reports whether anything was.
func migrateSchema(ctx context.Context, dsn, schema, kind string, from fs.FS) (bool, error) {
	pool, err := openMigrationPool(dsn, schema)
	if err != nil {
		return false, err
	}
	defer func() { _ = pool.Close() }()
	set, err := fs.Sub(from, path.Join("migrations", kind))
	if err != nil {
		return false, err
	}
	provider, err := goose.NewProvider(goose.DialectMySQL, pool.DB, set)
	if err != nil {
		return false, err
	}
	results, err := provider.Up(ctx)
	return len(results) > 0, translate(err)
}

// openMigrationPool opens a pool that may have a default schema and send several statements at once. Only
// migrations use it.
func openMigrationPool(dsn, schema string) (*sqlx.DB, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("GUANXI_MYSQL_DSN: %w", err)
	}
	cfg.DBName = schema
	cfg.Loc = time.UTC
	cfg.ParseTime = true
	cfg.InterpolateParams = true
	cfg.MultiStatements = schema == ""
	cfg.Logger = &mysql.NopLogger{}
	if err := cfg.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_520_ci")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	db.SetMaxOpenConns(4)
	return db, nil
}

// migrationPool returns the cluster's pool for making and dropping schemas.
func (c *Cluster) migrationPool() (*sqlx.DB, error) {
	c.migrating.Do(func() { c.migrations, c.migrateErr = openMigrationPool(c.dsn, "") })
	return c.migrations, c.migrateErr
}

// baseline is the script that makes a whole company schema: all company migrations and the ledger that
// says so, in the form goose keeps it.
var baseline = sync.OnceValues(func() (string, error) {
	files, err := fs.Glob(migrations, "migrations/company/*.sql")
	if err != nil || len(files) == 0 {
		return "", errors.Join(err, errors.New("no company migrations"))
	}
	var b, ledger strings.Builder
	ledger.WriteString("INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true)")
	for _, name := range files {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return "", err
		}
		number, _, _ := strings.Cut(path.Base(name), "_")
		fmt.Fprintf(&ledger, ", (%s, true)", strings.TrimLeft(number, "0"))
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(strings.TrimSpace(line), "--") {
				b.WriteString(line)
			}
		}
	}
	b.WriteString("CREATE TABLE goose_db_version (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp DATETIME NULL DEFAULT CURRENT_TIMESTAMP);\n" + ledger.String() + ";\n")
	return b.String(), nil
})

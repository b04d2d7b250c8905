package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// nextVersion is this program's migrations and one more for companies.
func nextVersion(t *testing.T, more map[string]string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(tenant.Migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tenant.Migrations, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		files["migrations/company/"+name] = &fstest.MapFile{Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\n" + text + "\n")}
	}
	return files
}

func withColumn(t *testing.T, i *tenanttest.Installation, column string) int {
	return inCluster(t, i, `SELECT COUNT(*) FROM information_schema.columns WHERE table_schema LIKE ? AND table_name = 'tags' AND column_name = ?`,
		i.Config.Prefix+`\_%`, column)
}

func TestMigrate(t *testing.T) {
	i := tenanttest.Open(t)
	const companies = 20
	all := make([]*tenanttest.Company, companies)
	for n := range all {
		all[n] = i.Company(t, fmt.Sprintf("company %d", n))
	}
	db := mainCluster(t, i.Directory).Pool()
	rename := func(c *tenanttest.Company, from, to string) {
		if _, err := db.Exec("RENAME TABLE `" + c.Schema + "`." + from + " TO `" + c.Schema + "`." + to); err != nil {
			t.Fatal(err)
		}
	}
	canary, broken := all[0], all[7]
	for _, other := range all { // ids made within a millisecond may be in any order of ours
		if strings.Compare(other.ID.String(), canary.ID.String()) < 0 {
			canary = other
		}
	}
	one := map[string]string{"90001_tags_one.sql": "ALTER TABLE tags ADD COLUMN one INT NULL;"}
	two := map[string]string{"90001_tags_one.sql": one["90001_tags_one.sql"], "90002_tags_two.sql": "ALTER TABLE tags ADD COLUMN two INT NULL;"}

	t.Run("nothing to do", func(t *testing.T) {
		report, err := tenant.Migrate(t.Context(), i.Config, io.Discard)
		if err != nil || report.Companies != companies || report.Changed != 0 || len(report.Broken) != 0 {
			t.Errorf("got %+v, %v", report, err)
		}
	})
	t.Run("one is broken", func(t *testing.T) {
		rename(broken, "tags", "tags_away")
		var progress strings.Builder
		report, err := tenant.MigrateFrom(t.Context(), i.Config, nextVersion(t, one), &progress)
		if !errors.Is(err, tenant.ErrCompaniesBroken) || report.Companies != companies || report.Changed != companies-1 || len(report.Broken) != 1 || report.Broken[broken.Schema] == nil {
			t.Errorf("got %+v, %v", report, err)
		}
		if n := withColumn(t, i, "one"); n != companies-1 {
			t.Errorf("%d companies have the column, want %d", n, companies-1)
		}
		for _, want := range []string{broken.Schema, broken.Name, "20 of 20 companies, 19 changed, 1 broken"} {
			if !strings.Contains(progress.String(), want) {
				t.Errorf("progress does not say %q:\n%s", want, progress.String())
			}
		}
	})
	t.Run("mended", func(t *testing.T) {
		rename(broken, "tags_away", "tags")
		report, err := tenant.MigrateFrom(t.Context(), i.Config, nextVersion(t, one), io.Discard)
		if err != nil || report.Changed != 1 || len(report.Broken) != 0 || withColumn(t, i, "one") != companies {
			t.Errorf("got %+v, %v", report, err)
		}
	})
	t.Run("the canary is broken", func(t *testing.T) {
		rename(canary, "tags", "tags_away")
		report, err := tenant.MigrateFrom(t.Context(), i.Config, nextVersion(t, two), io.Discard)
		if err == nil || !strings.Contains(err.Error(), canary.Schema) || report.Companies != 1 || report.Changed != 0 {
			t.Errorf("got %+v, %v", report, err)
		}
		if n := withColumn(t, i, "two"); n != 0 {
			t.Errorf("%d companies were touched", n)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		rename(canary, "tags_away", "tags")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := tenant.MigrateFrom(ctx, i.Config, nextVersion(t, two), io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the cancel", err)
		}
	})
	t.Run("resumed", func(t *testing.T) {
		report, err := tenant.MigrateFrom(t.Context(), i.Config, nextVersion(t, two), io.Discard)
		if err != nil || report.Changed != companies || withColumn(t, i, "two") != companies {
			t.Errorf("got %+v, %v", report, err)
		}
	})
}

// A second cluster gets its own shared schema and is reached by its own address.
func TestMigrateSecondCluster(t *testing.T) {
	i := tenanttest.Open(t)
	sealed, err := i.Seal("cluster/east", []byte(i.Config.DSN))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Platform().Exec(t.Context(), `INSERT INTO platform.clusters (id, dsn, created_at) VALUES ('east', ?, ?)`, sealed, i.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Migrate(t.Context(), i.Config, io.Discard); err != nil {
		t.Fatal(err)
	}
	all, err := i.Clusters(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != "east" || all[1].ID != "main" {
		t.Fatalf("got %v, %v", all, err)
	}
	if waiting, err := all[0].Waiting(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("got %v, %v", waiting, err)
	}
	if _, err := i.Cluster(t.Context(), "west"); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

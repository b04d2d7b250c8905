package tenant_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// signUp makes a company the way sign-up does: a first member and an event in its schema, a person who may
// sign in by e-mail on the platform. The hooks run at the end of both.
func signUp(ctx context.Context, d *tenant.Directory, email string, inPrepare, inActivate func(tenant.CompanyID) error) (*tenant.Company, error) {
	person := tenant.NewMemberID()
	return d.Create(ctx, tenant.NewCompany{Name: "acme", TimeZone: "Asia/Shanghai", Locale: "zh-CN", Currency: "CNY", Plan: "free"},
		func(tx *tenant.Tx) error {
			if _, err := tenant.AddMember(ctx, tx, tenant.Member{ID: person, Name: "陈晨", Email: &email, Locale: "zh-CN"}); err != nil {
				return err
			}
			if err := tx.Emit(ctx, tenant.Event{Type: "member.created", Resource: "member", Record: tenant.RecordID(person)}); err != nil {
				return err
			}
			if err := tx.Schedule(ctx, "reminder", tenant.RecordID(person), tenant.RecordID{}, tx.Now); err != nil {
				return err
			}
			return inPrepare(tx.Company.ID)
		},
		func(p *tenant.Platform, c *tenant.Company) error {
			if _, err := p.Exec(ctx, `INSERT INTO platform.people (id, email, name, password_hash, locale, created_at, updated_at)
				VALUES (?, ?, '陈晨', '', 'zh-CN', ?, ?)`, person, email, p.Now(), p.Now()); err != nil {
				return err
			}
			return inActivate(c.ID)
		})
}

func nothing(tenant.CompanyID) error { return nil }

// traces counts what companies leave outside their own schemas, and the schemas.
type traces struct{ Companies, People, Outbox, Due, Schemas int }

// made is what n companies leave: signUp's event and reminder, and the housekeeping that every company has.
func made(n int) traces { return traces{Companies: n, People: n, Outbox: n, Due: 2 * n, Schemas: n} }

func tracesOf(t testing.TB, i *tenanttest.Installation) traces {
	t.Helper()
	var n traces
	for table, into := range map[string]*int{"companies": &n.Companies, "people": &n.People} {
		if err := i.Platform().Get(t.Context(), into, `SELECT COUNT(*) FROM platform.`+table); err != nil {
			t.Fatal(err)
		}
	}
	n.Outbox = inCluster(t, i, `SELECT COUNT(*) FROM cluster.outbox`)
	n.Due = inCluster(t, i, `SELECT COUNT(*) FROM cluster.due`)
	n.Schemas = inCluster(t, i, `SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE ?`, i.Config.Prefix+`\_%`) - 2
	return n
}

func TestCreateCompany(t *testing.T) {
	i := tenanttest.Open(t)
	company, err := signUp(t.Context(), i.Directory, "chen@acme.example",
		nothing,
		func(id tenant.CompanyID) error {
			if c, err := i.Directory.Company(t.Context(), id); !errors.Is(err, tenant.ErrNotFound) {
				t.Errorf("the company is seen before it is made: %v, %v", c, err)
			}
			if all, err := i.Companies(t.Context(), tenant.CompanyID{}, 10); err != nil || len(all) != 0 {
				t.Errorf("the company is listed before it is made: %v, %v", all, err)
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	found, err := i.Directory.Company(t.Context(), company.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(company, found); diff != "" {
		t.Errorf("what was answered is not what was stored:\n%s", diff)
	}
	if got := found.Location().String(); got != "Asia/Shanghai" {
		t.Errorf("location %s", got)
	}
	if got, want := tracesOf(t, i), made(1); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if n, err := i.RemoveAbandoned(t.Context(), -time.Hour); n != 0 || err != nil {
		t.Errorf("removed %d living companies, %v", n, err)
	}
}

func TestCreateCompanyAllOrNothing(t *testing.T) {
	i := tenanttest.Open(t)
	refused := errors.New("refused")
	for _, c := range []struct {
		name                string
		prepare, activate   error
		cancelIn            string
		want                error
		removeWhileActivate bool
	}{
		{name: "prepare fails", prepare: refused, want: refused},
		{name: "activate fails", activate: refused, want: refused},
		{name: "cancelled in prepare", cancelIn: "prepare", want: context.Canceled},
		{name: "cancelled in activate", cancelIn: "activate", want: context.Canceled},
		{name: "removed as abandoned meanwhile", removeWhileActivate: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := signUp(ctx, i.Directory, "chen@acme.example",
				func(tenant.CompanyID) error {
					if c.cancelIn == "prepare" {
						cancel()
					}
					return c.prepare
				},
				func(tenant.CompanyID) error {
					if c.cancelIn == "activate" {
						cancel()
					}
					if c.removeWhileActivate {
						if n, err := i.RemoveAbandoned(t.Context(), -time.Hour); n != 1 || err != nil {
							t.Errorf("removed %d, %v, want 1", n, err)
						}
					}
					return c.activate
				})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := tracesOf(t, i); got != (traces{}) {
				t.Errorf("left behind: %+v", got)
			}
		})
	}
	if _, err := signUp(t.Context(), i.Directory, "chen@acme.example", nothing, nothing); err != nil {
		t.Errorf("the same e-mail after all that: %v", err)
	}
	if _, err := signUp(t.Context(), i.Directory, "chen@acme.example", nothing, nothing); err == nil {
		t.Error("the same e-mail twice")
	} else if dup := new(tenant.DuplicateError); !errors.As(err, &dup) || dup.Key != "people_email" {
		t.Errorf("got %v, want a duplicate of people_email", err)
	}
	if got, want := tracesOf(t, i), made(1); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// childDSN tells a process of this test binary to sign a company up and end.
const childDSN = "GUANXI_TEST_SIGN_UP"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childDSN); dsn != "" {
		os.Exit(signUpInChild(dsn))
	}
	os.Exit(m.Run())
}

func signUpInChild(dsn string) int {
	master, err := tenant.ParseMasterKey(os.Getenv("GUANXI_TEST_KEY"))
	if err == nil {
		var d *tenant.Directory
		d, err = tenant.Open(context.Background(), tenant.Config{
			DSN: dsn, Prefix: os.Getenv("GUANXI_TEST_PREFIX"), MasterKey: master, Clock: func() time.Time { return tenanttest.Start },
		})
		if err == nil {
			_, err = signUp(context.Background(), d, os.Getenv("GUANXI_TEST_EMAIL"), nothing, nothing)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestCreateCompanyKilled kills the process that makes a company before each of its statements in turn, and
// after those that the server keeps by themselves.
func TestCreateCompanyKilled(t *testing.T) {
	i := tenanttest.Open(t)
	whole := 0
	check := func(n int, when fate) (statement string) {
		email := fmt.Sprintf("chen%d-%d@acme.example", when, n)
		statement, alive := killAt(t, i, email, n, when)
		i.Clock.Advance(time.Hour)
		defer i.Clock.Set(tenanttest.Start)
		if _, err := i.RemoveAbandoned(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if alive && when == cutBefore && statement != "" {
			t.Errorf("alive after a kill before %q", statement)
		}
		if !alive {
			if _, err := signUp(t.Context(), i.Directory, email, nothing, nothing); err != nil {
				t.Errorf("the same e-mail after a kill at %q: %v", statement, err)
			}
		}
		whole++
		if got, want := tracesOf(t, i), made(whole); got != want {
			t.Fatalf("after a kill at %q: got %+v, want %+v", statement, got, want)
		}
		return statement
	}
	var kept []int
	steps := 1
	for ; ; steps++ {
		statement := check(steps, cutBefore)
		if statement == "" {
			break // it came to its end before that many statements
		}
		if statement == "COMMIT" || strings.HasPrefix(statement, "CREATE DATABASE") {
			kept = append(kept, steps)
		}
	}
	if len(kept) != 4 || steps < 12 {
		t.Errorf("saw %d statements, of which %v are kept by themselves; want the row, the schema, what fills it, the people", steps, kept)
	}
	for _, n := range kept {
		check(n, cutAfter)
	}
}

// killAt lets a child sign up, kills it at its n-th statement, and reports that statement and whether the
// company is alive. The statement is "" when there was no n-th.
func killAt(t *testing.T, i *tenanttest.Installation, email string, n int, when fate) (statement string, alive bool) {
	t.Helper()
	p, cfg := newProxy(t, i)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childDSN+"="+cfg.DSN, "GUANXI_TEST_PREFIX="+cfg.Prefix, "GUANXI_TEST_EMAIL="+email,
		"GUANXI_TEST_KEY="+base64.StdEncoding.EncodeToString(cfg.MasterKey[:]))
	var output strings.Builder
	child.Stderr = &output
	started := make(chan struct{})
	kill := func() {
		<-started
		_ = child.Process.Kill()
	}
	p.lost = kill
	seen := 0
	p.on(func(s string) fate {
		if seen == 0 && !strings.Contains(s, "START TRANSACTION") {
			return pass // still opening
		}
		if strings.HasPrefix(s, "SET ") {
			return pass // a new connection's settings
		}
		if seen++; seen != n {
			return pass
		}
		statement = s
		if when == cutBefore {
			kill()
		}
		return when
	})
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	err := child.Wait()
	p.on(nil) // also orders our reading of statement after its writing
	if statement == "" && err != nil {
		t.Fatalf("the child failed: %v: %s", err, output.String())
	}
	return statement, committed(t, i, email)
}

func committed(t *testing.T, i *tenanttest.Installation, email string) bool {
	t.Helper()
	var n int
	if err := i.Platform().Get(t.Context(), &n, `SELECT COUNT(*) FROM platform.people WHERE email = ?`, email); err != nil {
		t.Fatal(err)
	}
	return n == 1
}

// TestProvisionedEqualsMigrated compares the schema that one script makes with the one that the migrations
// make one by one.
func TestProvisionedEqualsMigrated(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	db := mainCluster(t, i.Directory).Pool()
	stepwise := i.Config.Prefix + "_stepwise"
	if _, err := db.Exec("CREATE DATABASE `" + stepwise + "` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"); err != nil {
		t.Fatal(err)
	}
	if changed, err := i.MigrateSchema(t, stepwise, tenant.Migrations); !changed || err != nil {
		t.Fatalf("stepwise: %v, %v", changed, err)
	}
	if changed, err := i.MigrateSchema(t, acme.Schema, tenant.Migrations); changed || err != nil {
		t.Errorf("the provisioned schema was not up to date: %v, %v", changed, err)
	}
	for _, view := range []string{
		`SELECT table_name, engine, table_collation, create_options, table_comment FROM information_schema.tables WHERE table_schema = ? ORDER BY 1`,
		`SELECT table_name, column_name, ordinal_position, column_default, is_nullable, column_type, collation_name, column_key, extra, generation_expression
			FROM information_schema.columns WHERE table_schema = ? ORDER BY 1, 3`,
		`SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type FROM information_schema.statistics WHERE table_schema = ? ORDER BY 1, 2, 4`,
		`SELECT table_name, constraint_name, constraint_type FROM information_schema.table_constraints WHERE table_schema = ? ORDER BY 1, 2`,
		`SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ?`,
	} {
		one, script := rowsOf(t, db, view, stepwise), rowsOf(t, db, view, acme.Schema)
		if diff := cmp.Diff(one, script); diff != "" || len(one) == 0 {
			t.Errorf("%d rows, migrations - script +:\n%s", len(one), diff)
		}
	}
	applied := func(schema string) []string {
		return rowsOf(t, db, "SELECT version_id, is_applied FROM `"+schema+"`.goose_db_version ORDER BY 1, 2")
	}
	if diff := cmp.Diff(applied(stepwise), applied(acme.Schema)); diff != "" {
		t.Errorf("goose_db_version, migrations - script +:\n%s", diff)
	}
}

func rowsOf(t *testing.T, db *sqlx.DB, statement string, args ...any) []string {
	t.Helper()
	rows, err := db.Queryx(statement, args...) //nolint:sqlclosecheck // closed below, with its error passed over
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s", values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// A prefix that leaves no room for a company's name is refused before anything is made.
func TestPrefixIsChecked(t *testing.T) {
	for _, prefix := range []string{"", "Gx", "gx`", strings.Repeat("g", 37)} {
		if _, err := tenant.Open(t.Context(), tenant.Config{DSN: "root@unix(/nowhere)/", Prefix: prefix}); err == nil || !strings.Contains(err.Error(), "prefix") {
			t.Errorf("%q: got %v", prefix, err)
		}
	}
	if _, err := tenant.Open(t.Context(), tenant.Config{DSN: "root@unix(/nowhere)/gx", Prefix: "gx"}); err == nil || !strings.Contains(err.Error(), "GUANXI_MYSQL_DSN") {
		t.Errorf("a default schema: got %v", err)
	}
	if _, err := tenant.Open(t.Context(), tenant.Config{DSN: "root@unix(/nowhere)/", Prefix: "gx"}); !errors.Is(err, tenant.ErrUnavailable) {
		t.Errorf("no server: got %v, want ErrUnavailable", err)
	}
}

func BenchmarkCreateCompany(b *testing.B) {
	i := tenanttest.Open(b)
	n := 0
	for b.Loop() {
		n++
		if _, err := signUp(b.Context(), i.Directory, fmt.Sprintf("chen%d@acme.example", n), nothing, nothing); err != nil {
			b.Fatal(err)
		}
	}
}

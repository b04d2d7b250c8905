package tenanttest

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

// DSN returns the installation's DSN with parameters of the driver or of the server added, given as "name=value".
func (i *Installation) DSN(t testing.TB, parameters ...string) string {
	t.Helper()
	joined := i.Config.DSN + "?" + strings.Join(parameters, "&")
	if strings.Contains(i.Config.DSN, "?") {
		joined = i.Config.DSN + "&" + strings.Join(parameters, "&")
	}
	if _, err := mysql.ParseDSN(joined); err != nil {
		t.Fatal(err)
	}
	return joined
}

// WaitForLock returns once some statement waits for a row's lock in the table, given by its schema and name.
// It reads the engine's own report: information_schema.innodb_trx is renewed only when no session at all has read it
// for 100 ms, so that two tests that poll it would wait for ever.
func (i *Installation) WaitForLock(t testing.TB, schema, table string) {
	t.Helper()
	db, err := sqlx.Open("mysql", i.Config.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	waits := regexp.MustCompile("TRX HAS BEEN WAITING .* FOR THIS LOCK TO BE GRANTED:\nRECORD LOCKS .* of table `" +
		regexp.QuoteMeta(schema) + "`.`" + regexp.QuoteMeta(table) + "`")
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var engine, name, report string
		if err := db.QueryRow(`SHOW ENGINE INNODB STATUS`).Scan(&engine, &name, &report); err != nil {
			t.Fatal(err)
		}
		if waits.MatchString(report) {
			return
		}
	}
	t.Errorf("nobody waits for %s.%s", schema, table)
}

// CutOff ends the connection whose statement waits for a row's lock in the table, as a server does that is restarted.
func (i *Installation) CutOff(t testing.TB, schema, table string) {
	t.Helper()
	i.WaitForLock(t, schema, table)
	db, err := sqlx.Open("mysql", i.Config.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var connection int64
	if err := db.Get(&connection, `SELECT id FROM information_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID()`, "%"+schema+"%"+table+"%"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`KILL ?`, connection); err != nil {
		t.Fatal(err)
	}
}

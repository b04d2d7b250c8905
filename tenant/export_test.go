package tenant

import (
	"context"
	"io/fs"

	"github.com/jmoiron/sqlx"
)

// What tests of the whole package need to see from inside.
var (
	MigrateFrom       = migrateFrom
	Migrations        = migrations
	DueLanesStatement = dueLanesStatement
	ExpiredStatement  = `SELECT 1 FROM cluster.due WHERE kind = ? AND claimed = 1 AND expires_at <= ? ORDER BY expires_at LIMIT 1000`
)

// RelayTurn is how many events of one company are relayed at a time.
const RelayTurn = relayTurn

// Pool returns the cluster's pool, to look at what is really stored and to send what Tx would not.
func (c *Cluster) Pool() *sqlx.DB { return c.pool }

// Qualify writes the cluster's real schema into a statement.
func (c *Cluster) Qualify(statement string) string { return c.names.qualify(statement) }

// MigrateSchema migrates one company schema that stands already, from the given set.
func (d *Directory) MigrateSchema(t interface{ Context() context.Context }, schema string, from fs.FS) (bool, error) {
	return migrateSchema(t.Context(), d.cfg.DSN, schema, wordCompany, from)
}

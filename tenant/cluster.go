package tenant

import (
	"context"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// Cluster is one MySQL server (or Galera cluster) that holds companies' schemas, their outbox and due work.
type Cluster struct {
	// ID is the cluster's name in the control database.
	ID string

	directory *Directory
	dsn       string
	pool      *sqlx.DB
	names     schemas

	migrating  sync.Once
	migrations *sqlx.DB
	migrateErr error
}

func (d *Directory) newCluster(id, dsn string, pool *sqlx.DB) *Cluster {
	return &Cluster{ID: id, directory: d, dsn: dsn, pool: pool, names: schemas{wordCluster: d.cfg.Prefix + "_cluster"}}
}

// Cluster returns a cluster by its name and connects to it at the first use.
func (d *Directory) Cluster(ctx context.Context, id string) (*Cluster, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.clusters[id]; ok {
		return c, nil
	}
	var sealed []byte
	if err := d.platform.Get(ctx, &sealed, `SELECT dsn FROM platform.clusters WHERE id = ?`, id); err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	dsn, err := d.Open("cluster/"+id, sealed)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	pool, err := openPool(string(dsn), d.cfg.MaxConns)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", id, err)
	}
	c := d.newCluster(id, string(dsn), pool)
	d.clusters[id] = c
	return c, nil
}

// Clusters returns every cluster of the installation, for the processes that serve them all.
func (d *Directory) Clusters(ctx context.Context) ([]*Cluster, error) {
	var ids []string
	if err := d.platform.Select(ctx, &ids, `SELECT id FROM platform.clusters ORDER BY id`); err != nil {
		return nil, err
	}
	all := make([]*Cluster, 0, len(ids))
	for _, id := range ids {
		c, err := d.Cluster(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (c *Cluster) query(company *Company, caller *Caller) *Query {
	return &Query{
		Caller: caller, Company: company, Now: c.directory.now(),
		names: schemas{wordCompany: company.Schema}, keys: c.directory.keys,
	}
}

func (c *Cluster) tx(ctx context.Context, company *Company, caller *Caller, fn func(*Tx) error) error {
	return inTransaction(ctx, c.pool, func(t *attempt) error {
		q := c.query(company, caller)
		q.run = t
		return fn(&Tx{Query: q, tx: t, cluster: c})
	})
}

// clusterExec runs a statement on the cluster's own tables within the company's transaction. It stays in
// this package: a company's code never sees the cluster.
func (tx *Tx) clusterExec(ctx context.Context, statement string, args ...any) error {
	_, err := tx.tx.ExecContext(ctx, tx.cluster.names.qualify(statement), args...)
	return translate(err)
}

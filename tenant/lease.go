package tenant

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Lease is the right to do a cluster's single-writer work: relaying and dispatching. It is a row, because
// locks are not shared between Galera nodes. Several processes try; one holds.
type Lease struct {
	cluster *Cluster
	name    string
	holder  string
	length  time.Duration
}

var errLeaseLost = errors.New("lease is held by another process")

// Lease returns the named lease for this holder; it is not held until Take says so.
func (c *Cluster) Lease(name, holder string, length time.Duration) *Lease {
	return &Lease{cluster: c, name: name, holder: holder, length: length}
}

// Take takes or renews the lease and reports whether it is held now. Wall time decides, so that a moved
// test clock does not make two holders. It returns ErrNotFound for a lease that no migration made.
func (l *Lease) Take(ctx context.Context) (bool, error) {
	now := time.Now().UTC()
	res, err := l.cluster.pool.ExecContext(ctx, l.cluster.names.qualify(`
		UPDATE cluster.leases SET holder = ?, expires_at = ? WHERE name = ? AND (holder = ? OR expires_at < ?)`),
		l.holder, now.Add(l.length), l.name, l.holder, now)
	if err != nil {
		return false, translate(err)
	}
	if n, err := res.RowsAffected(); n == 1 || err != nil {
		return n == 1, err
	}
	var exists int
	if err := l.cluster.pool.GetContext(ctx, &exists, l.cluster.names.qualify(`SELECT 1 FROM cluster.leases WHERE name = ?`), l.name); err != nil {
		return false, fmt.Errorf("lease %q: %w", l.name, translate(err))
	}
	return false, nil
}

// Release gives the lease up, so that another process need not wait for its end.
func (l *Lease) Release(ctx context.Context) error {
	_, err := l.cluster.pool.ExecContext(ctx, l.cluster.names.qualify(
		`UPDATE cluster.leases SET holder = '', expires_at = ? WHERE name = ? AND holder = ?`), time.Unix(0, 0).UTC(), l.name, l.holder)
	return translate(err)
}

// hold makes the transaction fail to commit beside another holder's: it locks the lease row and checks it.
func (l *Lease) hold(ctx context.Context, tx *Tx) error {
	var holder string
	err := tx.tx.GetContext(ctx, &holder, l.cluster.names.qualify(`SELECT holder FROM cluster.leases WHERE name = ? FOR UPDATE`), l.name)
	if err != nil {
		return err
	}
	if holder != l.holder {
		return errLeaseLost
	}
	return nil
}

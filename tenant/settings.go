package tenant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ReadSettings lays a group of the company's settings over into, a pointer to a struct that holds the defaults. What
// was never set keeps its default, so a setting that a later version adds needs no migration.
func ReadSettings(ctx context.Context, q *Query, group string, into any) error {
	var text []byte
	err := q.Get(ctx, &text, `SELECT value FROM company.settings WHERE name = ?`, group)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("settings %s: %w", group, err)
	}
	return nil
}

// LockSettings lets changes of the company's settings come one after the other. A mere lock does not hold between Galera
// nodes.
func LockSettings(ctx context.Context, tx *Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES ('settings', 1) ON DUPLICATE KEY UPDATE value = value + 1`)
	return err
}

// WriteSettings keeps a group of the company's settings.
func WriteSettings(ctx context.Context, tx *Tx, group string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("settings %s: %w", group, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO company.settings (name, value, updated_at) VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE value = VALUES(value), updated_at = VALUES(updated_at)`, group, text, tx.Now)
	return err
}

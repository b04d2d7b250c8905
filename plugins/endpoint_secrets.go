package plugins

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// secretOverlap is how long a rotated secret still signs beside the new one.
const secretOverlap = 24 * time.Hour

// RotateSecret gives the endpoint a fresh secret. The one before it signs along for 24 hours.
func RotateSecret(ctx context.Context, tx *tenant.Tx, id EndpointID) (EndpointWithSecret, error) {
	e, err := lockEndpoint(ctx, tx, id, 0)
	if err != nil {
		return EndpointWithSecret{}, err
	}
	var sealed []byte
	if err := tx.Get(ctx, &sealed, `SELECT secrets FROM company.webhook_endpoints WHERE id = ?`, id); err != nil {
		return EndpointWithSecret{}, err
	}
	secrets, err := openSecrets(tx.Query, id, sealed)
	if err != nil {
		return EndpointWithSecret{}, err
	}
	next := NewSecret()
	if sealed, err = sealSecrets(tx, id, secrets.Rotate(next, tx.Now, secretOverlap)); err != nil {
		return EndpointWithSecret{}, err
	}
	e.Version, e.UpdatedAt = e.Version+1, tx.Now
	if err := tx.MustChange(ctx, `UPDATE company.webhook_endpoints SET secrets = ?, version = ?, updated_at = ? WHERE id = ?`,
		sealed, e.Version, tx.Now, id); err != nil {
		return EndpointWithSecret{}, err
	}
	return EndpointWithSecret{Endpoint: e, Secret: next}, emitEndpoint(ctx, tx, eventEndpointUpdated, e)
}

func sealSecrets(tx *tenant.Tx, id EndpointID, s SigningSecrets) ([]byte, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return tx.Seal(secretPurpose(id), plain)
}

func openSecrets(q *tenant.Query, id EndpointID, sealed []byte) (s SigningSecrets, err error) {
	plain, err := q.Open(secretPurpose(id), sealed)
	if err != nil {
		return s, fmt.Errorf("webhook endpoint %s: secrets: %w", id, err)
	}
	return s, json.Unmarshal(plain, &s)
}

func secretPurpose(id EndpointID) string { return "webhook_endpoint/" + id.String() }

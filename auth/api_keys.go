package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type apiKeyKind struct{}

func (apiKeyKind) Prefix() string { return "key" }

// APIKeyID identifies an API key (key_…). It is no secret.
type APIKeyID = tenant.ID[apiKeyKind]

// The permissions that decide about API keys. Their scope is over the member who made the key.
const (
	permissionReadAPIKey   tenant.Permission = "api_key:read"
	permissionDeleteAPIKey tenant.Permission = "api_key:delete"
)

const (
	// usedEvery is how often the last use of a key is written down.
	usedEvery = time.Minute
	// longestKey is how far ahead a key may expire.
	longestKey = 10 * 365 * 24 * time.Hour
)

// APIKey lets a program in, within the rights of the member who made it.
type APIKey struct {
	ID         APIKeyID                       `db:"id" json:"id" doc:"The key's id; not a secret." example:"key_01h455vb4pex5vsknk084sn02q"`
	Name       string                         `db:"name" json:"name" doc:"What the key is for." example:"Website form"`
	MemberID   tenant.MemberID                `db:"member_id" json:"member_id" doc:"Who made it. The key can never do more than this member."`
	Scopes     tenant.List[tenant.Permission] `db:"scopes" json:"scopes" nullable:"false" doc:"What the key may do." example:"[\"customer:read\"]"`
	Prefix     string                         `db:"prefix" json:"prefix" doc:"How the key begins." example:"gx_live_"`
	Last4      string                         `db:"last4" json:"last4" doc:"How the key ends." example:"9xYz"`
	ExpiresAt  *time.Time                     `db:"expires_at" json:"expires_at" doc:"When the key stops working (UTC); null for never."`
	RevokedAt  *time.Time                     `db:"revoked_at" json:"revoked_at" doc:"When the key was revoked or had expired (UTC); null while it works."`
	LastUsedAt *time.Time                     `db:"last_used_at" json:"last_used_at" doc:"Last use (UTC), to the minute; null for never."`
	CreatedAt  time.Time                      `db:"created_at" json:"created_at" doc:"When the key was made (UTC)."`
	// Key is filled only by CreateAPIKey; only its hash is kept.
	Key string `db:"-" json:"key,omitempty" doc:"The secret itself. Shown only once: keep it now." example:"gx_live_01h4…"`
}

const apiKeyColumns = `id, name, member_id, scopes, prefix, last4, expires_at, revoked_at, last_used_at, created_at`

// NewAPIKey is what an API key is made of.
type NewAPIKey struct {
	Name      string              `json:"name" minLength:"1" maxLength:"200" doc:"What the key is for." example:"Website form"`
	Scopes    []tenant.Permission `json:"scopes" minItems:"1" maxItems:"200" nullable:"false" doc:"Permissions that you have yourself." example:"[\"customer:read\"]"`
	ExpiresAt *time.Time          `json:"expires_at,omitempty" doc:"When the key stops working; never when absent." example:"2027-01-01T00:00:00Z"`
}

// CreateAPIKey makes a key of the caller's. It returns *tenant.InvalidError, also for a scope that the
// caller does not have, and *tenant.QuotaError.
func CreateAPIKey(ctx context.Context, tx *tenant.Tx, in NewAPIKey) (APIKey, error) {
	name, err := ParseName("name", in.Name)
	if err != nil {
		return APIKey{}, err
	}
	k := APIKey{
		ID: tenant.NewID[apiKeyKind](), Name: name, MemberID: tx.Caller.Member, Prefix: keyPrefix, CreatedAt: tx.Now,
	}
	if k.Scopes, err = checkScopes(tx.Caller, in.Scopes); err != nil {
		return APIKey{}, err
	}
	if in.ExpiresAt != nil {
		at := in.ExpiresAt.UTC().Truncate(time.Microsecond)
		if !at.After(tx.Now) || at.After(tx.Now.Add(longestKey)) {
			return APIKey{}, tenant.Invalid("expires_at", "out_of_range", "must lie in the future, at most ten years ahead")
		}
		k.ExpiresAt = &at
	}
	if err := tx.Consume(ctx, quotaAPIKeys, 1); err != nil {
		return APIKey{}, err
	}
	k.Key = newKeyText(tx.Company.ID)
	k.Last4 = k.Key[len(k.Key)-4:]
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.api_keys (`+apiKeyColumns+`, secret_hash)
		VALUES (:id, :name, :member_id, :scopes, :prefix, :last4, :expires_at, :revoked_at, :last_used_at, :created_at, :secret_hash)`,
		struct {
			APIKey
			SecretHash []byte `db:"secret_hash"`
		}{k, hashOf([]byte(k.Key))}); err != nil {
		return APIKey{}, fmt.Errorf("api key %s: %w", k.ID, err)
	}
	return k, emitAPIKey(ctx, tx, "api_key.created", k)
}

// checkScopes returns the scopes without repeats.
func checkScopes(caller *tenant.Caller, scopes []tenant.Permission) ([]tenant.Permission, error) {
	var invalid tenant.InvalidError
	seen := map[tenant.Permission]bool{}
	var kept []tenant.Permission
	for n, p := range scopes {
		if !caller.May(p) {
			invalid.Add(fmt.Sprintf("scopes[%d]", n), "not_allowed", "is not a permission that you have")
			continue
		}
		if !seen[p] {
			seen[p] = true
			kept = append(kept, p)
		}
	}
	if len(scopes) == 0 {
		invalid.Add("scopes", "required", "name at least one permission")
	}
	return kept, invalid.Err()
}

// ListAPIKeys returns the keys within the caller's scope, the latest first, revoked ones too.
func ListAPIKeys(ctx context.Context, q *tenant.Query) ([]APIKey, error) {
	within, args := q.Scope(permissionReadAPIKey).Where("member_id", "")
	var all []APIKey
	err := q.Select(ctx, &all, `SELECT `+apiKeyColumns+` FROM company.api_keys WHERE `+within+` ORDER BY id DESC LIMIT 1000`, args...)
	return all, err
}

// RevokeAPIKey makes a key useless for ever. Repeating it changes nothing. The hash is for
// [Service.ForgetAPIKeys], after the commit. It returns tenant.ErrNotFound out of the caller's scope.
func RevokeAPIKey(ctx context.Context, tx *tenant.Tx, id APIKeyID) ([]KeyHash, error) {
	within, args := tx.Scope(permissionDeleteAPIKey).Where("member_id", "")
	var found int
	if err := tx.Get(ctx, &found, `SELECT COUNT(*) FROM company.api_keys WHERE id = ? AND `+within, append([]any{id}, args...)...); err != nil {
		return nil, err
	}
	if found == 0 {
		return nil, fmt.Errorf("api key %s: %w", id, tenant.ErrNotFound)
	}
	return revokeKeys(ctx, tx, `id = ?`, id)
}

// RevokeAPIKeysOf revokes all keys of a member who loses their place. The hashes are for
// [Service.ForgetAPIKeys], after the commit.
func RevokeAPIKeysOf(ctx context.Context, tx *tenant.Tx, member tenant.MemberID) ([]KeyHash, error) {
	return revokeKeys(ctx, tx, `member_id = ?`, member)
}

// SweepAPIKeys closes expired keys, so that they count no more, and returns how many.
func SweepAPIKeys(ctx context.Context, tx *tenant.Tx) (int, error) {
	hashes, err := revokeKeys(ctx, tx, `expires_at <= ?`, tx.Now)
	return len(hashes), err
}

// revokeKeys revokes the working keys that the condition finds, and gives their quota back.
func revokeKeys(ctx context.Context, tx *tenant.Tx, condition string, arg any) ([]KeyHash, error) {
	var rows []struct {
		APIKey
		SecretHash []byte `db:"secret_hash"`
	}
	if err := tx.Select(ctx, &rows, `SELECT `+apiKeyColumns+`, secret_hash FROM company.api_keys
		WHERE revoked_at IS NULL AND `+condition+` LIMIT 1000 FOR UPDATE`, arg); err != nil {
		return nil, err
	}
	hashes := make([]KeyHash, 0, len(rows))
	for _, row := range rows {
		if err := tx.MustChange(ctx, `UPDATE company.api_keys SET revoked_at = ? WHERE id = ?`, tx.Now, row.ID); err != nil {
			return nil, fmt.Errorf("api key %s: %w", row.ID, err)
		}
		row.RevokedAt = &tx.Now
		if err := emitAPIKey(ctx, tx, "api_key.revoked", row.APIKey); err != nil {
			return nil, err
		}
		hashes = append(hashes, KeyHash(row.SecretHash))
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return hashes, tx.Consume(ctx, quotaAPIKeys, -int64(len(rows)))
}

func emitAPIKey(ctx context.Context, tx *tenant.Tx, event string, k APIKey) error {
	k.Key = "" // an event is read by many
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "api_key", Record: tenant.RecordID(k.ID),
		OwnerBefore: k.MemberID, OwnerAfter: k.MemberID, Data: k,
	})
}

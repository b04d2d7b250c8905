package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) apiKeyRoutes(r *routes) {
	register(r, get("/api-keys", "List API keys", describe("Revoked ones too; never the keys themselves.")), rbac.APIKey.Read, billing.Free, s.listAPIKeys)
	register(r, post("/api-keys", "Create an API key", alsoAnswers(http.StatusPaymentRequired), describe(createKeyDoc)), rbac.APIKey.Create, billing.Free, s.createAPIKey)
	register(r, del("/api-keys/{id}", "Revoke an API key", describe("It stops working at once and for ever.")), rbac.APIKey.Delete, billing.Free, s.revokeAPIKey)
}

const createKeyDoc = `The key is shown once. It may do what its scopes name, and never more than the member who made it may at the time of use.
It stops working when it is revoked, has expired, or that member is deactivated.`

func (s *Server) listAPIKeys(ctx context.Context, _ *struct{}) (*all[auth.APIKey], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[auth.APIKey], error) {
		keys, err := auth.ListAPIKeys(ctx, q)
		return allOf(keys), err
	})
}

type createAPIKeyInput struct{ Body auth.NewAPIKey }

// createdAPIKey is the answer that shows a key, once.
type createdAPIKey struct{ Body auth.APIKey }

func (s *Server) createAPIKey(ctx context.Context, in *createAPIKeyInput) (*createdAPIKey, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*createdAPIKey, error) {
		k, err := auth.CreateAPIKey(ctx, tx, in.Body)
		return &createdAPIKey{k}, err
	})
}

type apiKeyPath struct {
	ID auth.APIKeyID `path:"id" doc:"The key's id." example:"key_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) revokeAPIKey(ctx context.Context, in *apiKeyPath) (*nothing, error) {
	var revoked []auth.KeyHash
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (_ *nothing, err error) {
		revoked, err = auth.RevokeAPIKey(ctx, tx, in.ID)
		return &nothing{}, err
	})
	if err != nil {
		return nil, err
	}
	s.auth.ForgetAPIKeys(ctx, revoked...)
	return out, nil
}

package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// signUpRecord is what is kept under an Idempotency-Key: enough to sign the same person in again, no token.
type signUpRecord struct {
	Company tenant.CompanyID `json:"company"`
	Person  tenant.MemberID  `json:"person"`
}

// signUpRequest returns the identity of the request, or nil without a key. The request is kept as a keyed
// hash: a plain one would let a reader of the database guess passwords at full speed.
func (s *Service) signUpRequest(key string, in SignUp) (*tenant.IdempotentRequest, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // no key, no identity; nothing went wrong
	}
	secret, err := s.directory.Derive("idempotency-request")
	if err != nil {
		return nil, fmt.Errorf("idempotency key: %w", err)
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	return &tenant.IdempotentRequest{Scope: "POST /v1/signup", Key: key, Request: mac(secret, text)}, nil
}

// errNotRecorded rolls the look-up back, which would else register the request.
var errNotRecorded = errors.New("not recorded")

func (s *Service) recallSignUp(ctx context.Context, once *tenant.IdempotentRequest) (record signUpRecord, found bool, err error) {
	if once == nil {
		return signUpRecord{}, false, nil
	}
	err = s.directory.Platform().Tx(ctx, func(p *tenant.Platform) (err error) {
		if record, found, err = s.recallIn(ctx, p, *once); err == nil && !found {
			err = errNotRecorded
		}
		return err
	})
	if errors.Is(err, errNotRecorded) {
		err = nil
	}
	return record, found, err
}

func (s *Service) recallIn(ctx context.Context, p *tenant.Platform, once tenant.IdempotentRequest) (record signUpRecord, found bool, err error) {
	answer, found, err := s.directory.Recall(ctx, p, once)
	if err != nil || !found {
		return signUpRecord{}, false, err
	}
	return record, true, json.Unmarshal(answer, &record)
}

func (s *Service) rememberSignUp(ctx context.Context, p *tenant.Platform, once *tenant.IdempotentRequest, record signUpRecord) error {
	if once == nil {
		return nil
	}
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return s.directory.Remember(ctx, p, *once, text)
}

package billing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"github.com/guanxi-crm/guanxi/tenant"
)

// metadataCompany and metadataPlan are what we write on everything we make at Stripe.
const (
	metadataCompany = "company_id"
	metadataPlan    = "plan"
)

// customerOf returns the company's customer at Stripe, or tenant.ErrNotFound when it has none yet.
func customerOf(ctx context.Context, p *tenant.Platform, company tenant.CompanyID) (string, error) {
	var id string
	err := p.Get(ctx, &id, `SELECT customer_id FROM platform.billing_accounts WHERE company_id = ?`, company)
	return id, err
}

// companyOf returns whose customer it is, or tenant.ErrNotFound.
func companyOf(ctx context.Context, p *tenant.Platform, customer string) (tenant.CompanyID, error) {
	var id tenant.CompanyID
	err := p.Get(ctx, &id, `SELECT company_id FROM platform.billing_accounts WHERE customer_id = ?`, customer)
	return id, err
}

// link records whose customer it is. It returns *tenant.DuplicateError when the company has another
// customer or the customer belongs to another company.
func link(ctx context.Context, p *tenant.Platform, company tenant.CompanyID, customer string) error {
	_, err := p.Exec(ctx, `INSERT INTO platform.billing_accounts (company_id, customer_id, created_at) VALUES (?, ?, ?)`,
		company, customer, p.Now())
	return err
}

// ensureCustomer returns the company's customer at Stripe and makes one at the first purchase. Two
// purchases at once agree on one: Stripe answers both with the same customer, and the row is unique.
func (s *Service) ensureCustomer(ctx context.Context, company *tenant.Company, email string) (string, error) {
	id, err := customerOf(ctx, s.platform, company.ID)
	if !errors.Is(err, tenant.ErrNotFound) {
		return id, err
	}
	params := &stripe.CustomerParams{
		Params:           call(ctx, operationKey("customer", company.ID.String(), company.Name, email, company.Locale)),
		Name:             stripe.String(company.Name),
		PreferredLocales: stripe.StringSlice([]string{company.Locale}),
	}
	if email != "" {
		params.Email = stripe.String(email)
	}
	params.AddMetadata(metadataCompany, company.ID.String())
	made, err := s.stripe.customers.New(params)
	if err != nil {
		return "", stripeFailure("new customer", err)
	}
	var taken *tenant.DuplicateError
	switch err := link(ctx, s.platform, company.ID, made.ID); {
	case errors.As(err, &taken):
		return customerOf(ctx, s.platform, company.ID)
	case err != nil:
		return "", fmt.Errorf("customer %s: %w", made.ID, err)
	}
	return made.ID, nil
}

// operationKey makes an idempotency key from what is done and all that decides its outcome: the same
// operation with other parameters is another operation.
func operationKey(doing string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "guanxi-" + doing + "-" + hex.EncodeToString(sum[:])
}

package billing

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// claimedBy returns whose subscription a notice is about: whoever the customer belongs to, or for a customer
// not seen before whom our metadata names. It returns the zero id when that is nobody, and when the two
// contradict each other: then nothing may change for either. It is asked before the transaction, so that the
// transaction's first statement is its lock and everything it reads is from after that.
func claimedBy(ctx context.Context, p *tenant.Platform, n notice) (tenant.CompanyID, error) {
	company, err := companyOf(ctx, p, n.customer)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return n.company, nil
	case err != nil:
		return tenant.CompanyID{}, err
	case !n.company.IsZero() && n.company != company:
		return tenant.CompanyID{}, nil
	}
	return company, nil
}

// confirm locks the company, so that two notices about it follow each other, and links the customer to it if
// that was not done before. It returns the zero id for a company that is gone or has another customer.
func confirm(ctx context.Context, p *tenant.Platform, company tenant.CompanyID, customer string) (tenant.CompanyID, error) {
	nobody := tenant.CompanyID{}
	if company.IsZero() {
		return nobody, nil
	}
	if err := lock(ctx, p, company); err != nil {
		if errors.Is(err, tenant.ErrNotFound) {
			return nobody, nil
		}
		return nobody, err
	}
	switch mine, err := customerOf(ctx, p, company); {
	case errors.Is(err, tenant.ErrNotFound):
		return company, link(ctx, p, company, customer)
	case err != nil || mine != customer:
		return nobody, err
	}
	return company, nil
}

// lock keeps the company's row until the transaction ends, or returns tenant.ErrNotFound.
func lock(ctx context.Context, p *tenant.Platform, company tenant.CompanyID) error {
	var id tenant.CompanyID
	err := p.Get(ctx, &id, `SELECT id FROM platform.companies WHERE id = ? AND status <> ? FOR UPDATE`, company, tenant.Provisioning)
	if err != nil {
		return fmt.Errorf("company %s: %w", company, err)
	}
	return nil
}

// apply lets the subscription follow the notice, and the company's plan the subscription. The company's row
// must be locked.
func apply(ctx context.Context, p *tenant.Platform, company tenant.CompanyID, n notice) error {
	var s subscription
	err := p.Get(ctx, &s, `SELECT `+subscriptionColumns+` FROM platform.subscriptions WHERE id = ?`, n.subscription)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		s = subscription{ID: n.subscription, Company: company}
	case err != nil:
		return err
	case s.Company != company:
		return nil // a subscription never changes hands
	}
	next := s.follow(n)
	if next == s {
		return nil
	}
	if err := save(ctx, p, next); err != nil {
		return fmt.Errorf("subscription %s: %w", next.ID, err)
	}
	return settle(ctx, p, company)
}

package billing

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Prices are asked of Stripe once in a while; a failed try is not repeated for a shorter while.
const (
	catalogLife  = 10 * time.Minute
	catalogPause = time.Minute
)

// listing is a price as Stripe sells it.
type listing struct {
	id       string
	amount   *int64 // minor units; nil when the price has no single amount
	currency string // ISO 4217
}

// catalog holds the prices of all plans, by lookup key.
type catalog struct {
	stripe     *stripeClient
	configured map[string]string
	now        func() time.Time

	mu       sync.Mutex
	listings map[string]listing
	until    time.Time
}

func newCatalog(client *stripeClient, configured map[string]string, now func() time.Time) *catalog {
	return &catalog{stripe: client, configured: configured, now: now}
}

// priceID returns the id of the price that is sold under the lookup key. It returns a
// *tenant.ConflictError when there is none.
func (c *catalog) priceID(ctx context.Context, lookup string) (string, error) {
	if id := c.configured[lookup]; id != "" {
		return id, nil
	}
	all, err := c.load(ctx)
	if err != nil {
		return "", err
	}
	if l, ok := all[lookup]; ok {
		return l.id, nil
	}
	return "", &tenant.ConflictError{
		Code: CodeNotConfigured,
		Message: "This plan has no price yet. The operator of this installation has to give a price at Stripe the lookup key " +
			lookup + " or name its id in GUANXI_STRIPE_PRICES",
	}
}

// load returns all prices. Without an answer from Stripe it returns those known before, if there are any.
func (c *catalog) load(ctx context.Context) (map[string]listing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listings != nil && c.now().Before(c.until) {
		return c.listings, nil
	}
	fresh, err := c.fetch(ctx)
	if err != nil {
		if c.listings == nil {
			return nil, err
		}
		c.until = c.now().Add(catalogPause)
		return c.listings, nil
	}
	c.listings, c.until = fresh, c.now().Add(catalogLife)
	return fresh, nil
}

func (c *catalog) fetch(ctx context.Context) (map[string]listing, error) {
	found := map[string]listing{}
	var lookups []string
	for _, p := range plans {
		for _, lookup := range p.prices {
			id := c.configured[lookup]
			if id == "" {
				lookups = append(lookups, lookup)
				continue
			}
			got, err := c.stripe.prices.Get(id, &stripe.PriceParams{Params: call(ctx, "")})
			if err != nil {
				return nil, stripeFailure("price "+id, err)
			}
			found[lookup] = newListing(got)
		}
	}
	if len(lookups) == 0 {
		return found, nil
	}
	params := &stripe.PriceListParams{Active: stripe.Bool(true), LookupKeys: stripe.StringSlice(lookups)}
	params.Context = ctx
	list := c.stripe.prices.List(params)
	for list.Next() {
		if got := list.Price(); slices.Contains(lookups, got.LookupKey) {
			found[got.LookupKey] = newListing(got)
		}
	}
	if err := list.Err(); err != nil {
		return nil, stripeFailure("prices", err)
	}
	return found, nil
}

func newListing(p *stripe.Price) listing {
	l := listing{id: p.ID, currency: strings.ToUpper(string(p.Currency))}
	// A price in tiers, a price that the customer names and a price in fractions of a cent have no amount,
	// which the library reads as 0.
	fraction := p.UnitAmount == 0 && p.UnitAmountDecimal != 0
	if p.BillingScheme != stripe.PriceBillingSchemeTiered && p.CustomUnitAmount == nil && !fraction {
		l.amount = &p.UnitAmount
	}
	return l
}

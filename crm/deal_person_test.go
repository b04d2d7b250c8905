package crm_test

import (
	"context"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryDeal(t testing.TB, in crm.NewDeal) (crm.Deal, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Deal, error) { return crm.CreateDeal(ctx, tx, in) })
}

func (p person) deal(t testing.TB, in crm.NewDeal) crm.Deal {
	t.Helper()
	return must[crm.Deal](t)(p.tryDeal(t, in))
}

func (p person) tryGetDeal(t testing.TB, id crm.DealID) (crm.Deal, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Deal, error) { return crm.GetDeal(ctx, q, id) })
}

func (p person) getDeal(t testing.TB, id crm.DealID) crm.Deal {
	t.Helper()
	return must[crm.Deal](t)(p.tryGetDeal(t, id))
}

func (p person) tryUpdateDeal(t testing.TB, id crm.DealID, in crm.DealPatch, version int64) (crm.Deal, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Deal, error) {
		return crm.UpdateDeal(ctx, tx, id, in, version)
	})
}

func (p person) updateDeal(t testing.TB, id crm.DealID, in crm.DealPatch) crm.Deal {
	t.Helper()
	return must[crm.Deal](t)(p.tryUpdateDeal(t, id, in, 0))
}

func (p person) tryMoveDeal(t testing.TB, id crm.DealID, in crm.DealMove) (crm.Deal, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Deal, error) { return crm.MoveDeal(ctx, tx, id, in, 0) })
}

func (p person) moveDeal(t testing.TB, id crm.DealID, in crm.DealMove) crm.Deal {
	t.Helper()
	return must[crm.Deal](t)(p.tryMoveDeal(t, id, in))
}

func (p person) dealHistory(t testing.TB, id crm.DealID) []crm.DealVisit {
	t.Helper()
	return must[[]crm.DealVisit](t)(read(t, p, func(ctx context.Context, q *tenant.Query) ([]crm.DealVisit, error) {
		return crm.DealHistory(ctx, q, id)
	}))
}

func (p person) tryListDeals(t testing.TB, in crm.ListQuery) (crm.Page[crm.Deal], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Deal], error) {
		return crm.ListDeals(ctx, q, in)
	})
}

// dealNames lists the names of the deals that a query finds, in alphabetical order.
func (p person) dealNames(t testing.TB, in crm.ListQuery) []string {
	t.Helper()
	in.Limit = 200
	names := []string{}
	for _, d := range must[crm.Page[crm.Deal]](t)(p.tryListDeals(t, in)).Data {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return names
}

func (p person) deleteDeal(t testing.TB, id crm.DealID) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteDeal(t.Context(), tx, id, 0) })
}

func (p person) rate(t testing.TB, in crm.NewExchangeRate) crm.ExchangeRate {
	t.Helper()
	return must[crm.ExchangeRate](t)(write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.ExchangeRate, error) {
		return crm.CreateExchangeRate(ctx, tx, in)
	}))
}

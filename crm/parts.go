package crm

import (
	"context"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// selectParts reads what a statement finds for a list of any length, a part of it at a time.
func selectParts[T, V any](ctx context.Context, q *tenant.Query, statement string, list []V) ([]T, error) {
	var all []T
	for part := range slices.Chunk(list, 5000) {
		var found []T
		if err := q.SelectIn(ctx, &found, statement, part); err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

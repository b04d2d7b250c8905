package crm

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// mentions finds records that still have a name, a number or an address, as far as the caller reaches.
func (e *erasure) mentions(ctx context.Context, q *tenant.Query) ([]Hit, error) {
	hits, seen := []Hit{}, map[RecordRef]bool{}
	for _, word := range slices.Concat(e.names, e.addresses) {
		if utf8.RuneCountInString(word) < 2 {
			continue // one letter is in too many words
		}
		found, err := Find(ctx, q, word, findLimit)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			if !seen[h.ID] && len(hits) < findLimit {
				seen[h.ID] = true
				hits = append(hits, h)
			}
		}
	}
	return hits, nil
}

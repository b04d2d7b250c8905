package crm_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// TestRanksKeepTheirOrder puts cards into a column in every way there is and looks whether they stand as they were put.
func TestRanksKeepTheirOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	now := tenanttest.Start
	var column []string
	at := func(i int) string {
		if i < 0 || i >= len(column) {
			return ""
		}
		return column[i]
	}
	for range 3000 {
		if random.IntN(4) == 0 {
			now = now.Add(time.Microsecond)
			column = slices.Insert(column, 0, crm.TopRank(now))
			if len(column) > 1 && column[0] >= column[1] {
				column = column[1:] // somebody was put right at the top before
			}
			continue
		}
		place := random.IntN(len(column) + 1)
		rank, ok := crm.RankBetween(at(place-1), at(place))
		if !ok {
			t.Fatalf("no room between %q and %q", at(place-1), at(place))
		}
		column = slices.Insert(column, place, rank)
	}
	if !slices.IsSorted(column) || len(slices.Compact(slices.Clone(column))) != len(column) {
		t.Error("the column is out of order")
	}
	for _, rank := range column {
		if len(rank) > 30 {
			t.Fatalf("%q is long after 3000 moves", rank)
		}
	}
}

func TestRanksBetween(t *testing.T) {
	for _, c := range [][2]string{{"", ""}, {"", "1"}, {"z", ""}, {"zz", ""}, {"a", "b"}, {"a", "a1"}, {"aZ", "b"}, {"az", "b"}, {"azzz", "b"}, {"a", "a01"}, {"m0000000011", "m0000000021"}} {
		for range 50 {
			rank, ok := crm.RankBetween(c[0], c[1])
			if !ok || rank <= c[0] || c[1] != "" && rank >= c[1] {
				t.Fatalf("between %q and %q: %q, %v", c[0], c[1], rank, ok)
			}
		}
	}
	for _, c := range [][2]string{{"a", "a"}, {"b", "a"}, {"a", "a0"}, {"a", "a00"}} {
		if rank, ok := crm.RankBetween(c[0], c[1]); ok {
			t.Errorf("between %q and %q: %q", c[0], c[1], rank)
		}
	}
	// The same place divided again and again has room for hundreds.
	low, high, n := "a", "b", 0
	for ; len(low) <= 48; n++ {
		low, _ = crm.RankBetween(low, high)
	}
	if n < 150 {
		t.Errorf("only %d fit", n)
	}
	if early, late := crm.TopRank(tenanttest.Start), crm.TopRank(tenanttest.Start.Add(time.Microsecond)); late >= early || len(late) != len(early) {
		t.Errorf("%q after %q", late, early)
	}
}

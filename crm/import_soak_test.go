//go:build soak

package crm_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
)

// TestSoakImportOfAHundredThousandRows shows that memory does not grow with the file: what is alive between two
// batches stays the same from the first to the last.
func TestSoakImportOfAHundredThousandRows(t *testing.T) {
	w := importers(newWorld(t))
	w.soakImport(t, w.rep.queued(t, madeUpCustomers(soakRows), crm.ImportOptions{}))
}

// TestSoakImportOfAHundredThousandDeals shows the same for deals, which are looked up among those that came before.
func TestSoakImportOfAHundredThousandDeals(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.run(t, "customers.csv", madeUpCustomers(1000), crm.ImportOptions{})
	names := w.rep.names(t, crm.ListQuery{})
	imp := must[crm.Import](t)(w.rep.tryUploadAs(t, "deals", "deals.csv", madeUpDeals(soakRows, names)))
	w.rep.mapped(t, imp.ID, crm.ImportPatch{})
	w.soakImport(t, must[crm.Import](t)(w.rep.tryStart(t, imp.ID)).ID)
}

const soakRows = 100_000

// madeUpDeals is a file of n different deals with these customers, open ones and such as have ended.
func madeUpDeals(n int, customers []string) string {
	var b strings.Builder
	b.WriteString("deal name,customer,stage,amount,close date,lost reason,created,tags,note\n")
	for i := range n {
		end := [][2]string{{"Proposal", ""}, {"Won", ""}, {"Lost", "Price"}}[i%3]
		fmt.Fprintf(&b, "Deal %06d,%s,%s,%d.50,2025-06-%02d,%s,2025-03-%02d,fair,number %d\n", i, customers[i%len(customers)], end[0], i, 1+i%28, end[1], 1+i%28, i)
	}
	return b.String()
}

// soakImport runs a queued import of soakRows good rows.
func (w *world) soakImport(t *testing.T, id crm.ImportID) {
	t.Helper()
	alive := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var first, most uint64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	started, batches := time.Now(), 0
	if err := crm.RunImport(t.Context(), w.Directory, w.acme.Company, w.rep.caller, id, func(context.Context) error {
		if batches++; batches%10 != 1 {
			return nil
		}
		now := alive()
		if first == 0 {
			first = now
		}
		most = max(most, now)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	took := time.Since(started)
	runtime.ReadMemStats(&after)
	imp := w.rep.imported(t, id)
	t.Logf("%d rows in %s, %.0f rows/s; alive %d kB after the first batch, at most %d kB; allocated %d kB a batch in all",
		imp.Created, took.Round(time.Second), soakRows/took.Seconds(), first>>10, most>>10, (after.TotalAlloc-before.TotalAlloc)>>10/uint64(batches))
	if imp.Created != soakRows {
		t.Errorf("%s: %d created, %d duplicates, %d rejected", imp.Status, imp.Created, imp.Duplicates, imp.Rejected)
	}
	// What is remembered of statements is bounded by 16 MiB; nothing else may stay.
	if grown := int64(most) - int64(first); grown > 32<<20 {
		t.Errorf("memory has grown by %d kB", grown>>10)
	}
}

//go:build soak

package crm_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
)

// TestSoakImportOfAHundredThousandRows shows that memory does not grow with the file: what is alive between two
// batches stays the same from the first to the last.
func TestSoakImportOfAHundredThousandRows(t *testing.T) {
	const rows = 100_000
	w := importers(newWorld(t))
	id := w.rep.queued(t, madeUpCustomers(rows), crm.ImportOptions{})
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
		imp.Created, took.Round(time.Second), rows/took.Seconds(), first>>10, most>>10, (after.TotalAlloc-before.TotalAlloc)>>10/uint64(batches))
	if imp.Created != rows {
		t.Errorf("%s: %d created, %d duplicates, %d rejected", imp.Status, imp.Created, imp.Duplicates, imp.Rejected)
	}
	// What is remembered of statements is bounded by 16 MiB; nothing else may stay.
	if grown := int64(most) - int64(first); grown > 32<<20 {
		t.Errorf("memory has grown by %d kB", grown>>10)
	}
}

package worker

import (
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

func TestFilesThatNobodyWantsAreRemoved(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	store, err := files.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder, admin := store.Company(acme.ID), acme.As(acme.Admin, tenant.LevelAll, "attachment:create")
	admin.Limits["storage_bytes"] = -1
	if _, err := crm.StoreFile(t.Context(), w.Directory, acme.Company, admin, folder, crm.NewAttachment{Name: "x", Limit: 9}, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	kept := func() (n int) {
		for _, err := range folder.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	stop := w.worker("maintenance") // which has no place for files
	w.Clock.Advance(49 * time.Hour)
	w.eventually("the removal waits for a worker with the place", func() bool {
		return w.dueAt(acme.ID, crm.FilesWork).After(w.Clock.Now())
	})
	if stop(); kept() != 1 {
		t.Errorf("%d files", kept())
	}
	w.start(Config{Queues: []string{"maintenance"}, Files: store})
	w.Clock.Advance(longestPause)
	w.eventually("the file is gone", func() bool { return kept() == 0 })
	w.nothingDue(acme.ID, crm.FilesWork)
}

package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// A place in the reporting tree tells nobody of customers whom their roles do not let them read.
func TestNobodyIsToldOfWhatTheyMayNotRead(t *testing.T) {
	w := newWorld(t)
	w.setSilence(t, crm.Interested, &crm.RuleTrigger{Days: 7, EscalateToManager: true})
	c := w.rep.customer(t, "theirs")
	w.levels[w.acme.Manager] = tenant.LevelOwn
	w.rep.move(t, c.ID, crm.Interested)
	w.react(t)
	w.Clock.Advance(8 * 24 * time.Hour)
	w.checkSilence(t)
	w.react(t)
	if diff := cmp.Diff([]string{"rep: Quiet customers: 1"}, w.told(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.levels[w.acme.Manager], w.levels[w.acme.Rep] = tenant.LevelTeam, tenant.LevelNone
	w.admin.move(t, c.ID, crm.Won)
	w.react(t)
	if diff := cmp.Diff([]string{"manager: theirs: Interested → Won"}, w.told(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

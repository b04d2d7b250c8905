package crm_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestRecordsOfAnyNoun(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "云帆科技"})
	i := w.rep.logAt(t, c.ID, w.Clock.Now())
	task := w.rep.task(t, crm.NewTask{Title: "Send quote", CustomerID: &c.ID})
	deal := w.rep.deal(t, crm.NewDeal{Name: "ERP", CustomerID: &c.ID})
	for id, want := range map[string]crm.Record{
		deal.ID.String(): {Title: "ERP", Owner: w.acme.Rep, Customer: c.ID},
		c.ID.String():    {Title: "云帆科技", Owner: w.acme.Rep, Customer: c.ID},
		i.ID.String():    {Title: i.Summary, Owner: w.acme.Rep, Customer: c.ID},
		task.ID.String(): {Title: "Send quote", Owner: w.acme.Rep, Customer: c.ID},
	} {
		var ref crm.RecordRef
		if err := json.Unmarshal([]byte(`"`+id+`"`), &ref); err != nil || ref.String() != id || ref.IsZero() {
			t.Fatalf("%s is read as %+v: %v", id, ref, err)
		}
		want.RecordRef = ref
		find := func(action string) func(context.Context, *tenant.Query) (crm.Record, error) {
			return func(ctx context.Context, q *tenant.Query) (crm.Record, error) {
				return crm.FindRecord(ctx, q, ref, action)
			}
		}
		for _, action := range []string{"read", "update"} {
			if got := must[crm.Record](t)(read(t, w.rep, find(action))); got != want {
				t.Errorf("%s: %+v, want %+v", id, got, want)
			}
			for _, who := range []person{w.rep2, w.stranger} {
				if _, err := read(t, who, find(action)); !errors.Is(err, tenant.ErrNotFound) {
					t.Errorf("%s is within reach of a stranger: %v", id, err)
				}
			}
		}
		if _, err := read(t, w.rep, find("sing")); !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("%s is found by a permission that nobody has: %v", id, err)
		}
	}
	for _, bad := range []string{"cus", "cus_", "_01h455vb4pex5vsknk084sn02q", "xyz_01h455vb4pex5vsknk084sn02q", "usr_01h455vb4pex5vsknk084sn02q", "cus_00000000000000000000000000"} {
		var ref crm.RecordRef
		if err := ref.UnmarshalText([]byte(bad)); !errors.Is(err, tenant.ErrBadID) || !ref.IsZero() {
			t.Errorf("%q is read as %+v, %v", bad, ref, err)
		}
	}
	if _, err := read(t, w.admin, func(ctx context.Context, q *tenant.Query) (crm.Record, error) {
		return crm.FindRecord(ctx, q, crm.RecordRef{Noun: "nothing"}, "read")
	}); !errors.Is(err, tenant.ErrNotFound) {
		t.Error(err)
	}
}

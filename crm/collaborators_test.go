package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestSharingIsToldToWhomItConcerns(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆科技")
	share := func(write bool) error {
		return w.rep.tx(t, func(tx *tenant.Tx) error {
			_, err := crm.ShareCustomer(t.Context(), tx, c.ID, w.acme.Rep2, write)
			return err
		})
	}
	wantConflict(t, share(false), "sharing_off")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true})
	}); err != nil {
		t.Fatal(err)
	}
	for _, write := range []bool{false, true, true} {
		if err := share(write); err != nil {
			t.Fatal(err)
		}
	}
	w.react(t)
	if diff := cmp.Diff([]string{"rep2: Customer shared with you: 云帆科技"}, w.told(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := w.changesOf(t, "customer.share_changed"); len(got) != 1 || string(got[0].Previous) != `{"may_write":false}` {
		t.Errorf("changes of the sharing: %+v", got)
	}
}

func TestACustomerIsSharedWithFew(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Popular")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		for range 50 {
			if _, err := tx.Exec(t.Context(), `INSERT INTO company.collaborators (customer_id, member_id, may_write, created_at) VALUES (?, ?, 0, ?)`,
				c.ID, tenant.NewMemberID(), tx.Now); err != nil {
				return err
			}
		}
		return crm.WriteCustomerSettings(t.Context(), tx, crm.CustomerSettings{Collaborators: true})
	}); err != nil {
		t.Fatal(err)
	}
	wantConflict(t, w.rep.tx(t, func(tx *tenant.Tx) error {
		_, err := crm.ShareCustomer(t.Context(), tx, c.ID, w.acme.Rep2, false)
		return err
	}), "too_many_collaborators")
}

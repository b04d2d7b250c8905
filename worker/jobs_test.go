package worker

import (
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestAJobRunsAsWhoStartedIt(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	rep := acme.As(acme.Rep, tenant.LevelOwn, "job:create", "job:read", "customer:create", "customer:read", "customer:update")
	status := func(id crm.JobID) (status string) {
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &status, `SELECT status FROM company.jobs WHERE id = ?`, id)
		})
		return status
	}
	start := func() (id crm.JobID) {
		if err := w.Tx(t.Context(), acme.Company, rep, func(tx *tenant.Tx) error {
			if _, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "云帆"}); err != nil {
				return err
			}
			job, err := crm.CreateJob(t.Context(), tx, crm.NewJob{JobTask: crm.JobTask{
				Customers: &crm.BulkChange{Matching: &crm.BulkSelection{Filter: "owner = me"}, Action: "tag", Tags: []string{"vip"}},
			}})
			id = job.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := start()
	w.worker("imports")
	w.eventually("the job is over", func() bool { return w.dueAt(acme.ID, crm.JobWork).IsZero() })
	if got := status(first); got != crm.JobFinished {
		t.Errorf("status %q", got)
	}
	w.tx(acme, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, acme.Rep, tenant.MemberDeactivated)
	})
	second := start()
	w.eventually("the job is over", func() bool { return w.dueAt(acme.ID, crm.JobWork).IsZero() })
	if got := status(second); got != crm.JobFailed {
		t.Errorf("of somebody who left: %q", got)
	}
}

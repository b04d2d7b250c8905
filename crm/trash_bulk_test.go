package crm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryChangeTrash(t testing.TB, in crm.TrashChange) (crm.BulkResult, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) { return crm.ChangeTrash(ctx, tx, in) })
}

func (p person) trashed(t testing.TB, in crm.NewCustomer) crm.Customer {
	t.Helper()
	c := p.create(t, in)
	p.delete(t, c.ID)
	return c
}

func TestManyComeOutOfTheTrash(t *testing.T) {
	w := newWorld(t)
	for _, p := range []person{w.rep, w.rep2, w.manager, w.admin, w.stranger} {
		p.caller.Levels["job:create"], p.caller.Levels["job:read"] = p.caller.Levels["customer:read"], p.caller.Levels["customer:read"]
	}
	w.admin.caller.Levels["trash:delete"] = tenant.LevelAll
	w.admin.field(t, crm.NewCustomField{Key: "tax_no", Type: "text", Unique: true})
	a, b := w.rep.trashed(t, crm.NewCustomer{Name: "云帆"}), w.rep.trashed(t, crm.NewCustomer{Name: "长风", Custom: values{"tax_no": "913100"}})
	w.rep.create(t, crm.NewCustomer{Name: "新的", Custom: values{"tax_no": "913100"}})
	colleagues := w.rep2.trashed(t, crm.NewCustomer{Name: "同事的"})
	for _, bad := range []struct {
		in    crm.TrashChange
		field string
	}{
		{crm.TrashChange{Noun: "rule", Action: "restore", Matching: &crm.BulkSelection{}}, "noun"},
		{crm.TrashChange{Noun: "customer", Action: "burn", Matching: &crm.BulkSelection{}}, "action"},
		{crm.TrashChange{Noun: "customer", Action: "restore"}, "ids"},
		{crm.TrashChange{Noun: "customer", Action: "restore", IDs: []crm.RecordRef{{Noun: "task"}}}, "ids[0]"},
		{crm.TrashChange{Noun: "customer", Action: "restore", Matching: &crm.BulkSelection{Filter: "colour = 1"}}, "filter"},
		{crm.TrashChange{Noun: "customer", Action: "purge", Matching: &crm.BulkSelection{}}, "confirm"},
	} {
		_, err := w.admin.tryChangeTrash(t, bad.in)
		wantInvalid(t, err, bad.field)
	}
	_, err := w.rep.tryChangeTrash(t, crm.TrashChange{Noun: "customer", Action: "purge", Confirm: true, Matching: &crm.BulkSelection{}})
	wantError(t, err, tenant.ErrDenied)

	// A value that another record has by now stands in the way of one record alone, and a colleague's is not there.
	ids := []crm.RecordRef{refOf(t, a.ID), refOf(t, b.ID), refOf(t, colleagues.ID), refOf(t, a.ID)}
	got := must[crm.BulkResult](t)(w.rep.tryChangeTrash(t, crm.TrashChange{Noun: "customer", Action: "restore", IDs: ids}))
	codes := map[string]string{}
	for _, f := range got.Failures {
		codes[f.ID.String()] = f.Code
	}
	if diff := cmp.Diff(map[string]string{b.ID.String(): "value_taken", colleagues.ID.String(): "not_found"}, codes); diff != "" || got.Selected != 3 || got.Changed != 1 || got.NotFound != 1 || got.Refused != 1 {
		t.Errorf("%+v %s", got, diff)
	}
	if diff := cmp.Diff([]string{"长风"}, w.rep.trash(t, "customer", crm.ListQuery{})); diff != "" || len(w.changesOf(t, "customer.restored")) != 1 {
		t.Errorf("left in the trash: %s", diff)
	}
	if got := must[crm.BulkResult](t)(w.stranger.tryChangeTrash(t, crm.TrashChange{Noun: "customer", Action: "restore", Matching: &crm.BulkSelection{}})); got.Selected != 0 {
		t.Errorf("another company restores %+v", got)
	}
	got = must[crm.BulkResult](t)(w.admin.tryChangeTrash(t, crm.TrashChange{Noun: "customer", Action: "purge", Confirm: true, Matching: &crm.BulkSelection{Filter: `name = "长风"`}}))
	if got.Changed != 1 || len(w.changesOf(t, "customer.purged")) != 1 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"同事的"}, w.admin.trash(t, "customer", crm.ListQuery{})); diff != "" {
		t.Errorf("left in the trash: %s", diff)
	}

	// More than 500 need a job, which leaves alone what is deleted after it was started.
	var made []crm.NewTask
	for i := range 501 {
		made = append(made, crm.NewTask{Title: fmt.Sprint("task ", i)})
	}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for _, in := range made {
			task, err := crm.CreateTask(t.Context(), tx, in)
			if err != nil {
				return err
			}
			if err := crm.DeleteTask(t.Context(), tx, task.ID, 0); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	whole := crm.TrashChange{Noun: "task", Action: "restore", Matching: &crm.BulkSelection{}}
	_, err = w.rep.tryChangeTrash(t, whole)
	wantInvalid(t, err, "matching")
	job := must[crm.Job](t)(w.rep.tryJob(t, crm.JobTask{Trash: &whole}))
	w.Clock.Advance(time.Second)
	late := w.rep.task(t, crm.NewTask{Title: "late"})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, late.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	job = must[crm.Job](t)(w.rep.runJob(t, job.ID, nil))
	if job.Status != crm.JobFinished || job.Kind != "trash" || job.Total != 501 || job.Changed != 501 {
		t.Errorf("%+v", job)
	}
	if diff := cmp.Diff([]string{"late"}, w.rep.trash(t, "task", crm.ListQuery{})); diff != "" {
		t.Errorf("left in the trash: %s", diff)
	}
	empty := crm.TrashChange{Noun: "task", Action: "purge", Matching: &crm.BulkSelection{}}
	_, err = w.admin.tryJob(t, crm.JobTask{Trash: &empty})
	wantInvalid(t, err, "confirm")
	empty.Confirm = true
	_, err = w.rep.tryJob(t, crm.JobTask{Trash: &empty})
	wantError(t, err, tenant.ErrDenied)
	job = must[crm.Job](t)(w.admin.runJob(t, must[crm.Job](t)(w.admin.tryJob(t, crm.JobTask{Trash: &empty})).ID, nil))
	if job.Changed != 1 || len(w.admin.trash(t, "task", crm.ListQuery{})) != 0 {
		t.Errorf("%+v", job)
	}
}

func TestJobsOfContacts(t *testing.T) {
	w := newWorld(t)
	for _, p := range []person{w.rep, w.rep2, w.manager} {
		p.caller.Levels["job:create"], p.caller.Levels["job:read"] = p.caller.Levels["customer:read"], p.caller.Levels["customer:read"]
	}
	w.rep.contact(t, crm.NewContact{Name: "mine"})
	w.rep2.contact(t, crm.NewContact{Name: "theirs"})
	_, err := w.rep.tryJob(t, crm.JobTask{Contacts: &crm.ContactBulk{Action: "tag", Tags: []string{"fair"}}})
	wantInvalid(t, err, "contacts.matching")
	job := must[crm.Job](t)(w.rep.tryJob(t, crm.JobTask{Contacts: &crm.ContactBulk{Action: "tag", Tags: []string{"fair"}, Matching: &crm.BulkSelection{}}}))
	if job = must[crm.Job](t)(w.rep.runJob(t, job.ID, nil)); job.Status != crm.JobFinished || job.Kind != "contacts" || job.Total != 1 || job.Changed != 1 {
		t.Errorf("%+v", job)
	}
}

package crm_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// bearer is a kind of record with custom fields. Each function returns the values of the record, and its id as text.
type bearer struct {
	create  func(tx *tenant.Tx, in values) (values, string, error)
	update  func(tx *tenant.Tx, id string, in patch.Field[values]) (values, error)
	remove  func(tx *tenant.Tx, id string) error
	restore func(tx *tenant.Tx, id string) (values, error)
	list    func(q *tenant.Query, in crm.ListQuery) ([]string, error)
	event   string
}

func bearers(ctx ctx) map[string]bearer {
	dealID := func(id string) crm.DealID { d, _ := crm.ParseDealID(id); return d }
	taskID := func(id string) crm.TaskID { t, _ := crm.ParseTaskID(id); return t }
	return map[string]bearer{
		"deal": {
			create: func(tx *tenant.Tx, in values) (values, string, error) {
				d, err := crm.CreateDeal(ctx, tx, crm.NewDeal{Name: "x", Custom: in})
				return d.Custom, d.ID.String(), err
			},
			update: func(tx *tenant.Tx, id string, in patch.Field[values]) (values, error) {
				d, err := crm.UpdateDeal(ctx, tx, dealID(id), crm.DealPatch{Custom: in}, 0)
				return d.Custom, err
			},
			remove: func(tx *tenant.Tx, id string) error { return crm.DeleteDeal(ctx, tx, dealID(id), 0) },
			restore: func(tx *tenant.Tx, id string) (values, error) {
				d, err := crm.RestoreDeal(ctx, tx, dealID(id))
				return d.Custom, err
			},
			list: func(q *tenant.Query, in crm.ListQuery) ([]string, error) {
				page, err := crm.ListDeals(ctx, q, in)
				return idsOf(page.Data, func(d crm.Deal) string { return d.ID.String() }), err
			},
			event: "deal.updated",
		},
		"task": {
			create: func(tx *tenant.Tx, in values) (values, string, error) {
				t, err := crm.CreateTask(ctx, tx, crm.NewTask{Title: "x", Custom: in})
				return t.Custom, t.ID.String(), err
			},
			update: func(tx *tenant.Tx, id string, in patch.Field[values]) (values, error) {
				t, err := crm.UpdateTask(ctx, tx, taskID(id), crm.TaskPatch{Custom: in}, 0)
				return t.Custom, err
			},
			remove: func(tx *tenant.Tx, id string) error { return crm.DeleteTask(ctx, tx, taskID(id), 0) },
			restore: func(tx *tenant.Tx, id string) (values, error) {
				t, err := crm.RestoreTask(ctx, tx, taskID(id))
				return t.Custom, err
			},
			list: func(q *tenant.Query, in crm.ListQuery) ([]string, error) {
				page, err := crm.ListTasks(ctx, q, in)
				return idsOf(page.Data, func(t crm.Task) string { return t.ID.String() }), err
			},
			event: "task.updated",
		},
	}
}

// TestEveryNounKeepsItsValues takes a record of each kind from making to restoring.
func TestEveryNounKeepsItsValues(t *testing.T) {
	w := newWorld(t)
	for noun, b := range bearers(t.Context()) {
		t.Run(noun, func(t *testing.T) {
			w.fieldsOfEveryType(t, noun)
			unique := noun != "task"
			w.admin.field(t, crm.NewCustomField{Resource: noun, Key: "code", Type: "text", Unique: unique})
			w.admin.field(t, crm.NewCustomField{Resource: noun, Key: "stars", Type: "number", Preset: 3.0})
			var first, second string
			if err := w.rep.tx(t, func(tx *tenant.Tx) error {
				kept, id, err := b.create(tx, values{"code": "a", "choice": "edu", "phone": "13800138000"})
				if want := (values{"code": "a", "choice": "edu", "phone": "+8613800138000", "stars": 3.0}); err != nil || !cmp.Equal(kept, want) {
					t.Errorf("made with %v, %v", kept, err)
				}
				first = id
				_, second, err = b.create(tx, values{"stars": 5.0})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			found := func(filter string, want ...string) {
				t.Helper()
				got := must[[]string](t)(read(t, w.rep, func(_ ctx, q *tenant.Query) ([]string, error) {
					return b.list(q, crm.ListQuery{Filter: filter, OrderBy: "custom.stars desc"})
				}))
				if !slices.Equal(got, want) {
					t.Errorf("%q finds %v, want %v", filter, got, want)
				}
			}
			found("", second, first)
			found(`custom.choice = edu AND custom.phone:"138"`, first)
			if err := w.rep.tx(t, func(tx *tenant.Tx) error {
				_, err := b.update(tx, first, patch.Of(values{"choice": "IT", "stars": nil}))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if events := w.changesOf(t, b.event); len(events) != 1 || decode[map[string]map[string]any](t, events[0].Previous)["custom"]["choice"] != "edu" {
				t.Errorf("%d events", len(events))
			}
			found("custom.choice:*", first)
			found("custom.choice = edu")
			_, err := write(t, w.rep, func(_ ctx, tx *tenant.Tx) (values, error) {
				return b.update(tx, first, patch.Of(values{"date": "soon"}))
			})
			wantInvalid(t, err, "custom.date")
			if err := w.rep.tx(t, func(tx *tenant.Tx) error { return b.remove(tx, first) }); err != nil {
				t.Fatal(err)
			}
			found("", second)
			back := must[values](t)(write(t, w.rep, func(_ ctx, tx *tenant.Tx) (values, error) { return b.restore(tx, first) }))
			if want := (values{"code": "a", "choice": "IT", "phone": "+8613800138000"}); !cmp.Equal(back, want) {
				t.Errorf("restored with %v", back)
			}
			found("custom.choice = IT", first)
			if !unique {
				return
			}
			_, err = write(t, w.rep, func(_ ctx, tx *tenant.Tx) (values, error) { return b.update(tx, second, patch.Of(values{"code": "A"})) })
			wantInvalid(t, err, "custom.code")
			if err := w.rep.tx(t, func(tx *tenant.Tx) error {
				if err := b.remove(tx, first); err != nil {
					return err
				}
				_, err := b.update(tx, second, patch.Of(values{"code": "A"}))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			_, err = write(t, w.rep, func(_ ctx, tx *tenant.Tx) (values, error) { return b.restore(tx, first) })
			wantConflict(t, err, "value_taken")
		})
	}
}

func TestTasksComeAgainWithTheirValues(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Resource: "task", Key: "room", Type: "text", Required: true})
	w.admin.field(t, crm.NewCustomField{Resource: "task", Key: "topic", Type: "text"})
	_, err := w.admin.tryField(t, crm.NewCustomField{Resource: "task", Key: "code", Type: "text", Unique: true})
	wantInvalid(t, err, "unique")
	now := w.Clock.Now()
	_, err = w.rep.tryTask(t, crm.NewTask{Title: "x"})
	wantInvalid(t, err, "custom.room")
	c := w.rep.customer(t, "Acme")
	if _, err := w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "x", NextStep: "send quote", NextStepDueAt: &now}); err != nil {
		t.Errorf("a next step: %v", err)
	}
	task := w.rep.task(t, crm.NewTask{Title: "Report", DueAt: ptr(now.AddDate(0, 0, 1)), RRule: "FREQ=WEEKLY", Custom: values{"room": "1", "topic": "a"}})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Custom: patch.Of(values{"topic": "b"})})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Custom: patch.Of(values{"room": "2"}), OnlyThis: true})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Custom: patch.Of(values{"room": "3", "topic": nil}), OnlyThis: true})
	w.rep.complete(t, task.ID)
	if next := w.rep.latest(t, task.ID); !cmp.Equal(next.Custom, values{"room": "1", "topic": "b"}) {
		t.Errorf("comes again with %v", next.Custom)
	}
	if got := fmt.Sprint(idsOf(w.rep.tasks(t, `custom.room = "1"`), func(t crm.Task) string { return t.Status })); got != "[open]" {
		t.Errorf("found %s", got)
	}
}

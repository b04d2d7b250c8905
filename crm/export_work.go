package crm

import (
	"context"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func dealExports() *exportNoun {
	columns := append(dealImports().exported(),
		columnOf("最近跟进", "Last activity", sheet.DateCell, func(w *exportWords, d *Deal) string { return w.local(d.LastActivityAt) }),
		columnOf("下次任务", "Next task", sheet.DateCell, func(w *exportWords, d *Deal) string { return w.local(d.NextTaskAt) }))
	return &exportNoun{
		list: deals, name: "deal", title: phrase{"商机", "Deals"}, order: "created_at", columns: columns, plan: planDeals,
		page: pagesOf(dealColumns, Deal.sortKey, func(ctx context.Context, q *tenant.Query, w *exportWords, page []Deal) error {
			for i := range page {
				page[i].LostReason = w.lossOf(&page[i])
			}
			return fillDeals(ctx, q, page)
		}),
	}
}

// lossOf gives the reason from the company's list, what was said besides, or both.
func (w *exportWords) lossOf(d *Deal) string {
	name := w.lostReasons[d.LostReasonID]
	switch {
	case name == "" || d.LostReason == "":
		return name + d.LostReason
	case lostReasonKey(name) == lostReasonKey(d.LostReason): // nothing was said besides
		return name
	}
	return name + w.colon + d.LostReason
}

func interactionExports() *exportNoun {
	columns := append(interactionImports().exported(),
		columnOf("我方参与人", "Colleagues", sheet.TextCell, func(w *exportWords, i *Interaction) string { return w.members(i.MemberIDs) }),
		columnOf("处理人", "Assignee", sheet.TextCell, func(w *exportWords, i *Interaction) string { return w.owners[i.AssigneeID] }),
		columnOf("处理结果", "Resolution", sheet.TextCell, func(_ *exportWords, i *Interaction) string { return i.Resolution }),
		columnOf("创建时间", "Created", sheet.DateCell, func(w *exportWords, i *Interaction) string { return w.local(&i.CreatedAt) }))
	return &exportNoun{
		list: interactions, name: "interaction", title: phrase{"沟通记录", "Interactions"}, order: "occurred_at", columns: columns,
		plan: func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
			route, err := chooseRoute(ctx, q, CustomerID{})
			if err != nil {
				return nil, err
			}
			return planInteractions(q, CustomerID{}, in, route)
		},
		page: pagesOf(namedInteraction, Interaction.sortKey, fillExportedInteractions),
	}
}

func (w *exportWords) members(ids []tenant.MemberID) string {
	names := make([]string, len(ids))
	for n, id := range ids {
		names[n] = w.owners[id]
	}
	return strings.Join(names, ", ")
}

// fillExportedInteractions calls the people who took part by their names, those with records of their own first, and
// reads when the next step is due.
func fillExportedInteractions(ctx context.Context, q *tenant.Query, w *exportWords, page []Interaction) error {
	if err := fillParticipants(ctx, q, page); err != nil {
		return err
	}
	var people, steps []tenant.RecordID
	for i := range page {
		for _, id := range page[i].ContactIDs {
			people = append(people, tenant.RecordID(id))
		}
		if !page[i].TaskID.IsZero() {
			steps = append(steps, tenant.RecordID(page[i].TaskID))
		}
	}
	if err := w.nameRecords(ctx, q, contacts, contactRead, people); err != nil {
		return err
	}
	visible, args := q.Scope(taskRead).Where(tasks.OwnerColumn, tasks.CustomerColumn)
	of := tasks.OneOf(steps)
	var due []Task
	if err := q.Select(ctx, &due, `SELECT t.id, t.due_at, t.due_on FROM company.tasks t WHERE `+of.SQL+` AND t.deleted_at IS NULL AND `+visible,
		append(of.Args, args...)...); err != nil {
		return err
	}
	byID := make(map[TaskID]*Task, len(due))
	for i := range due {
		byID[due[i].ID] = &due[i]
	}
	for i := range page {
		var names stringList
		for _, id := range page[i].ContactIDs {
			if name := w.names[tenant.RecordID(id)]; name != "" {
				names = append(names, name)
			}
		}
		page[i].Contacts, page[i].NextTask = append(names, page[i].Contacts...), byID[page[i].TaskID]
	}
	return nil
}

func taskExports() *exportNoun {
	columns := append(taskImports().exported(),
		columnOf("商机", "Deal", sheet.TextCell, func(w *exportWords, t *Task) string { return w.names[tenant.RecordID(t.DealID)] }))
	return &exportNoun{
		list: tasks, name: "task", title: phrase{"任务", "Tasks"}, order: "created_at", columns: columns, plan: planTasks,
		page: pagesOf(taskColumns, Task.sortKey, func(ctx context.Context, q *tenant.Query, w *exportWords, page []Task) error {
			var ids []tenant.RecordID
			for i := range page {
				if !page[i].DealID.IsZero() {
					ids = append(ids, tenant.RecordID(page[i].DealID))
				}
			}
			if err := w.nameRecords(ctx, q, deals, dealRead, ids); err != nil {
				return err
			}
			return fillCards(ctx, q, page, (*Task).carded)
		}),
	}
}

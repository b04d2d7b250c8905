package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) taskRoutes(r *routes) {
	register(r, get("/tasks", "List tasks"), rbac.Task.Read, billing.Free, s.listTasks)
	register(r, get("/tasks/agenda", "What is overdue, due today and coming up", describe(agendaDoc)), rbac.Task.Read, billing.Free, s.taskAgenda)
	register(r, post("/tasks", "Create a task", describe("For oneself, or for a member below in the reporting tree.")), rbac.Task.Create, billing.Free, s.createTask)
	register(r, post("/tasks/bulk", "Change many tasks", answers(http.StatusOK), describe(taskBulkDoc)), rbac.Task.Update, billing.Free, s.changeTasks)
	register(r, get("/tasks/{id}", "Get a task"), rbac.Task.Read, billing.Free, s.getTask)
	register(r, patchOp("/tasks/{id}", "Change or complete a task", describe(taskPatchDoc)), rbac.Task.Update, billing.Free, s.updateTask)
	register(r, del("/tasks/{id}", "Delete a task"), rbac.Task.Delete, billing.Free, s.deleteTask)
	register(r, post("/tasks/{id}/restore", "Restore a deleted task", answers(http.StatusOK)), rbac.Task.Delete, billing.Free, s.restoreTask)
	register(r, post("/tasks/{id}/snooze", "Be reminded later", answers(http.StatusOK), describe("Adds a reminder; those that would come before it keep still.")),
		rbac.Task.Update, billing.Free, s.snoozeTask)
	register(r, post("/tasks/{id}/skip", "Skip an occurrence", answers(http.StatusOK), describe("Moves a task that comes again to its next occurrence without its being done.")),
		rbac.Task.Update, billing.Free, s.skipTask)
}

const agendaDoc = "Open tasks in four parts that do not overlap, each with its count, its first tasks and the filter that lists all of them. " +
	"What was due earlier today is overdue; a task that is due on a day is overdue when the day is over."

const taskBulkDoc = "Completes, assigns, reschedules or deletes up to 500 tasks in one transaction. Those out of your reach are passed over and counted; nothing else is lost by them."

const taskPatchDoc = "Completing a task that comes again makes its next occurrence in the same transaction; reopening it takes that back while nobody has touched it. " +
	"A change holds for the following occurrences too, unless apply is this; a due time alone always moves this one."

// TaskPath names a task in the path.
type TaskPath struct {
	ID crm.TaskID `path:"id" doc:"The task's id." example:"tsk_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listTasks(ctx context.Context, in *ListInput) (*list[crm.Task], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Task], error) {
		page, err := crm.ListTasks(ctx, q, in.query())
		return &list[crm.Task]{page}, err
	})
}

func (s *Server) getTask(ctx context.Context, in *TaskPath) (*item[crm.Task], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Task], error) {
		t, err := crm.GetTask(ctx, q, in.ID)
		return &item[crm.Task]{etag(t.Version), t}, err
	})
}

type createTaskInput struct{ Body crm.NewTask }

func (s *Server) createTask(ctx context.Context, in *createTaskInput) (*created[crm.Task], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Task], error) {
		t, err := crm.CreateTask(ctx, tx, in.Body)
		return &created[crm.Task]{"/v1/tasks/" + t.ID.String(), etag(t.Version), t}, err
	})
}

type taskAgendaInput struct {
	Assignee string `query:"assignee" default:"me" maxLength:"64" doc:"me, a member's id, or all for everybody within reach." example:"me"`
	Days     int    `query:"days" minimum:"1" maximum:"366" default:"7" doc:"How many days after today are upcoming."`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many tasks each part shows."`
}

type taskAgendaOutput struct{ Body crm.Agenda }

func (s *Server) taskAgenda(ctx context.Context, in *taskAgendaInput) (*taskAgendaOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*taskAgendaOutput, error) {
		agenda, err := crm.GetAgenda(ctx, q, crm.AgendaQuery{Assignee: in.Assignee, Days: in.Days, Limit: in.Limit})
		return &taskAgendaOutput{agenda}, err
	})
}

type changeTasksInput struct{ Body crm.TaskBulk }

type changedTasks struct{ Body crm.BulkResult }

func (s *Server) changeTasks(ctx context.Context, in *changeTasksInput) (*changedTasks, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*changedTasks, error) {
		result, err := crm.ChangeTasks(ctx, tx, in.Body)
		return &changedTasks{result}, err
	})
}

type updateTaskInput struct {
	TaskPath
	IfMatch
	Apply string `query:"apply" enum:"this,following" default:"following" doc:"Of a task that comes again: whether the change is for this occurrence alone or for the following ones too."`
	Body  crm.TaskPatch
}

func (s *Server) updateTask(ctx context.Context, in *updateTaskInput) (*item[crm.Task], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Task], error) {
		in.Body.OnlyThis = in.Apply == "this"
		t, err := crm.UpdateTask(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Task]{etag(t.Version), t}, err
	})
}

type deleteTaskInput struct {
	TaskPath
	IfMatch
}

func (s *Server) deleteTask(ctx context.Context, in *deleteTaskInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteTask(ctx, tx, in.ID, version)
	})
}

func (s *Server) restoreTask(ctx context.Context, in *TaskPath) (*item[crm.Task], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Task], error) {
		t, err := crm.RestoreTask(ctx, tx, in.ID)
		return &item[crm.Task]{etag(t.Version), t}, err
	})
}

type snoozeTaskInput struct {
	TaskPath
	IfMatch
	Body crm.Snooze
}

func (s *Server) snoozeTask(ctx context.Context, in *snoozeTaskInput) (*item[crm.Task], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Task], error) {
		t, err := crm.SnoozeTask(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Task]{etag(t.Version), t}, err
	})
}

type skipTaskInput struct {
	TaskPath
	IfMatch
}

func (s *Server) skipTask(ctx context.Context, in *skipTaskInput) (*item[crm.Task], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Task], error) {
		t, err := crm.SkipTask(ctx, tx, in.ID, version)
		return &item[crm.Task]{etag(t.Version), t}, err
	})
}

package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) taskRoutes(r *routes) {
	register(r, get("/tasks", "List tasks"), rbac.Task.Read, billing.Free, s.listTasks)
	register(r, post("/tasks", "Create a task", describe("For oneself, or for a member below in the reporting tree.")), rbac.Task.Create, billing.Free, s.createTask)
	register(r, get("/tasks/{id}", "Get a task"), rbac.Task.Read, billing.Free, s.getTask)
	register(r, patchOp("/tasks/{id}", "Change or complete a task"), rbac.Task.Update, billing.Free, s.updateTask)
	register(r, del("/tasks/{id}", "Delete a task"), rbac.Task.Delete, billing.Free, s.deleteTask)
}

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

type updateTaskInput struct {
	TaskPath
	IfMatch
	Body crm.TaskPatch
}

func (s *Server) updateTask(ctx context.Context, in *updateTaskInput) (*item[crm.Task], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Task], error) {
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

package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) jobRoutes(r *routes) {
	register(r, post("/jobs", "Change very many records", answers(http.StatusAccepted), describe(createJobDoc)), rbac.Job.Create, billing.Free, s.createJob)
	register(r, get("/jobs", "List jobs"), rbac.Job.Read, billing.Free, s.listJobs)
	register(r, get("/jobs/{id}", "Get a job and its progress"), rbac.Job.Read, billing.Free, s.getJob)
	register(r, post("/jobs/{id}/cancel", "Stop a job", answers(http.StatusOK), describe("What was changed until then stays.")), rbac.Job.Create, billing.Free, s.cancelJob)
	register(r, get("/members/{id}/hand-over", "See how much a member has to hand over"), rbac.Job.Create, billing.Free, s.countHandOver)
	register(r, post("/members/{id}/hand-over", "Hand over everything of a member", answers(http.StatusAccepted), describe(handOverDoc)),
		rbac.Job.Create, billing.Free, s.handOver)
}

const createJobDoc = "The changes of `/v1/customers/bulk`, `/v1/contacts/bulk`, `/v1/deals/bulk`, `/v1/tasks/bulk` and `/v1/trash/bulk` without their limit of 500. A worker carries them out with the rights " +
	"that you have at each moment, 200 records in a transaction. Read the job for its progress."

const handOverDoc = "Customers with their contacts, contacts without a customer, deals, open tasks and calendar events that are not over, by a job. " +
	"You have to reach the member's customers and whoever gets them."

// JobPath names a job in the path.
type JobPath struct {
	ID crm.JobID `path:"id" doc:"The job's id." example:"job_01h455vb4pex5vsknk084sn02q"`
}

type createJobInput struct{ Body crm.NewJob }

func (s *Server) createJob(ctx context.Context, in *createJobInput) (*created[crm.Job], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Job], error) {
		j, err := crm.CreateJob(ctx, tx, in.Body)
		return createdJob(j), err
	})
}

func createdJob(j crm.Job) *created[crm.Job] {
	return &created[crm.Job]{"/v1/jobs/" + j.ID.String(), etag(j.Version), j}
}

func (s *Server) listJobs(ctx context.Context, in *ListInput) (*list[crm.Job], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Job], error) {
		page, err := crm.ListJobs(ctx, q, in.query())
		return &list[crm.Job]{page}, err
	})
}

func (s *Server) getJob(ctx context.Context, in *JobPath) (*item[crm.Job], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Job], error) {
		j, err := crm.GetJob(ctx, q, in.ID)
		return &item[crm.Job]{etag(j.Version), j}, err
	})
}

func (s *Server) cancelJob(ctx context.Context, in *JobPath) (*item[crm.Job], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Job], error) {
		j, err := crm.CancelJob(ctx, tx, in.ID)
		return &item[crm.Job]{etag(j.Version), j}, err
	})
}

type countHandOverInput struct {
	MemberPath
	ClosedDeals bool `query:"closed_deals" doc:"Whether won and lost deals go too."`
}

type handOverCount struct{ Body crm.HandOverCount }

func (s *Server) countHandOver(ctx context.Context, in *countHandOverInput) (*handOverCount, error) {
	return read(ctx, s, func(q *tenant.Query) (*handOverCount, error) {
		n, err := crm.CountHandOver(ctx, q, crm.HandOver{From: in.ID, Receivers: crm.Receivers{ClosedDeals: in.ClosedDeals}})
		return &handOverCount{n}, err
	})
}

type handOverInput struct {
	MemberPath
	Body crm.Receivers
}

func (s *Server) handOver(ctx context.Context, in *handOverInput) (*created[crm.Job], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Job], error) {
		j, err := crm.StartHandOver(ctx, tx, crm.HandOver{From: in.ID, Receivers: in.Body})
		return createdJob(j), err
	})
}

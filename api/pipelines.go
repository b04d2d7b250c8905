package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) pipelineRoutes(r *routes) {
	register(r, get("/pipelines", "List pipelines", describe("With their stages, the default one first.")), rbac.Pipeline.Read, billing.Free, s.listPipelines)
	register(r, post("/pipelines", "Create a pipeline"), rbac.Pipeline.Create, billing.Free, s.createPipeline)
	register(r, get("/pipelines/{id}", "Get a pipeline"), rbac.Pipeline.Read, billing.Free, s.getPipeline)
	register(r, patchOp("/pipelines/{id}", "Change a pipeline"), rbac.Pipeline.Update, billing.Free, s.updatePipeline)
	register(r, del("/pipelines/{id}", "Delete a pipeline", describe(deletePipelineDescription)), rbac.Pipeline.Delete, billing.Free, s.deletePipeline)
	register(r, post("/pipelines/{id}/stages", "Add a stage", describe(stageDescription)), rbac.Pipeline.Update, billing.Free, s.addStage)
	register(r, patchOp("/pipelines/{id}/stages/{stage}", "Change or move a stage", describe(stageDescription)), rbac.Pipeline.Update, billing.Free, s.updateStage)
	register(r, del("/pipelines/{id}/stages/{stage}", "Delete a stage", answers(200), describe("Deals that stand in it move to move_to. "+stageDescription)),
		rbac.Pipeline.Update, billing.Free, s.deleteStage)
}

const (
	stageDescription          = "Answers with the whole pipeline; its version guards its stages too."
	deletePipelineDescription = "Its open deals move to move_to, its closed ones to that pipeline's won and lost. The default pipeline cannot be deleted."
)

// PipelinePath names a pipeline in the path.
type PipelinePath struct {
	ID crm.PipelineID `path:"id" doc:"The pipeline's id." example:"pip_01h455vb4pex5vsknk084sn02q"`
}

// StagePath names a stage of a pipeline in the path.
type StagePath struct {
	PipelinePath
	Stage crm.StageID `path:"stage" doc:"The stage's id." example:"stg_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listPipelines(ctx context.Context, _ *struct{}) (*all[crm.Pipeline], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Pipeline], error) {
		pipelines, err := crm.ListPipelines(ctx, q)
		return allOf(pipelines), err
	})
}

func (s *Server) getPipeline(ctx context.Context, in *PipelinePath) (*item[crm.Pipeline], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Pipeline], error) {
		p, err := crm.GetPipeline(ctx, q, in.ID)
		return &item[crm.Pipeline]{etag(p.Version), p}, err
	})
}

type createPipelineInput struct{ Body crm.NewPipeline }

func (s *Server) createPipeline(ctx context.Context, in *createPipelineInput) (*created[crm.Pipeline], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Pipeline], error) {
		p, err := crm.CreatePipeline(ctx, tx, in.Body)
		return &created[crm.Pipeline]{"/v1/pipelines/" + p.ID.String(), etag(p.Version), p}, err
	})
}

type updatePipelineInput struct {
	PipelinePath
	IfMatch
	Body crm.PipelinePatch
}

func (s *Server) updatePipeline(ctx context.Context, in *updatePipelineInput) (*item[crm.Pipeline], error) {
	return s.changePipeline(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Pipeline, error) {
		return crm.UpdatePipeline(ctx, tx, in.ID, in.Body, version)
	})
}

// changePipeline runs a change of a pipeline or of its stages.
func (s *Server) changePipeline(ctx context.Context, match IfMatch, change func(*tenant.Tx, int64) (crm.Pipeline, error)) (*item[crm.Pipeline], error) {
	version, err := match.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Pipeline], error) {
		p, err := change(tx, version)
		return &item[crm.Pipeline]{etag(p.Version), p}, err
	})
}

type addStageInput struct {
	PipelinePath
	IfMatch
	Body crm.PlacedStage
}

func (s *Server) addStage(ctx context.Context, in *addStageInput) (*item[crm.Pipeline], error) {
	return s.changePipeline(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Pipeline, error) {
		return crm.AddStage(ctx, tx, in.ID, in.Body, version)
	})
}

type updateStageInput struct {
	StagePath
	IfMatch
	Body crm.StagePatch
}

func (s *Server) updateStage(ctx context.Context, in *updateStageInput) (*item[crm.Pipeline], error) {
	return s.changePipeline(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Pipeline, error) {
		return crm.UpdateStage(ctx, tx, in.ID, in.Stage, in.Body, version)
	})
}

// MoveTo is taken by routes that take deals their stage.
type MoveTo struct {
	MoveTo string `query:"move_to" maxLength:"64" doc:"The open stage, of any pipeline, to which the deals move. Needed when there are any." example:"stg_01h455vb4pex5vsknk084sn02q"`
}

func (in MoveTo) stage() (id crm.StageID, err error) {
	if id.UnmarshalText([]byte(in.MoveTo)) != nil {
		err = tenant.Invalid("move_to", "invalid", "is not the id of a stage")
	}
	return id, err
}

type deleteStageInput struct {
	StagePath
	IfMatch
	MoveTo
}

func (s *Server) deleteStage(ctx context.Context, in *deleteStageInput) (*item[crm.Pipeline], error) {
	moveTo, err := in.stage()
	if err != nil {
		return nil, err
	}
	return s.changePipeline(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Pipeline, error) {
		return crm.DeleteStage(ctx, tx, in.ID, in.Stage, moveTo, version)
	})
}

type deletePipelineInput struct {
	PipelinePath
	IfMatch
	MoveTo
}

func (s *Server) deletePipeline(ctx context.Context, in *deletePipelineInput) (*nothing, error) {
	moveTo, err := in.stage()
	if err != nil {
		return nil, err
	}
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeletePipeline(ctx, tx, in.ID, moveTo, version)
	})
}

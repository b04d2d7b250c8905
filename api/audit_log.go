package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) auditRoutes(r *routes) {
	register(r, get("/audit-log", "Read the audit log", describe(
		"Every change with before and after, newest first: who, by what means, in which request. How far back it reaches is a matter of the plan.")),
		rbac.AuditLog.Read, billing.Free, s.listAuditLog)
	register(r, get("/exports/audit-log", "Download the audit log", downloads(), describe(
		"What the same questions leave of the audit log, as a table. Every export is logged.")), rbac.AuditLog.Read, billing.Free, s.exportAuditLog)
}

// AuditFilter is embedded by inputs that ask for a part of the audit log.
type AuditFilter struct {
	Actor     tenant.MemberID `query:"actor_id" doc:"Who did it." example:"usr_01h455vb4pex5vsknk084sn02q"`
	Resource  string          `query:"resource" maxLength:"32" pattern:"^[a-z_]*$" doc:"The noun of the record." example:"customer"`
	Record    string          `query:"record_id" maxLength:"64" doc:"The record." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Types     []string        `query:"types" maxItems:"100" doc:"What happened, comma-separated; customer.* are all of a resource." example:"[\"customer.updated\",\"member.signed_in\"]"`
	Source    string          `query:"source" enum:"member,api_key,rule,import,system" doc:"By what means." example:"api_key"`
	RequestID string          `query:"request_id" maxLength:"64" pattern:"^[0-9A-Za-z_.-]*$" doc:"In which request."`
	Since     time.Time       `query:"since" doc:"From when on." example:"2026-11-01T00:00:00Z"`
	Until     time.Time       `query:"until" doc:"Until before when." example:"2026-12-01T00:00:00Z"`
}

func (f AuditFilter) query() (crm.AuditQuery, error) {
	types := plugins.EventTypes(f.Types)
	if err := types.Check("types", auditTypes); err != nil {
		return crm.AuditQuery{}, err
	}
	in := crm.AuditQuery{
		Actor: f.Actor, Resource: f.Resource, Record: f.Record, Source: tenant.CallerKind(f.Source), RequestID: f.RequestID,
		Since: f.Since.UTC(), Until: f.Until.UTC(),
	}
	for _, known := range auditTypes {
		if len(types) > 0 && types.Take(known) {
			in.Types = append(in.Types, known)
		}
	}
	return in, nil
}

// auditTypes are the events of the audit log: all that others can take, and those that are for it alone.
var auditTypes = sorted(eventTypes, []string{"export.created"})

type listAuditLogInput struct {
	AuditFilter
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"How many entries a page holds."`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before. It fits only the same questions."`
}

func (s *Server) listAuditLog(ctx context.Context, in *listAuditLogInput) (*list[crm.AuditEntry], error) {
	query, err := in.query()
	if err != nil {
		return nil, err
	}
	query.Limit, query.Cursor = in.Limit, in.Cursor
	return read(ctx, s, func(q *tenant.Query) (*list[crm.AuditEntry], error) {
		page, err := crm.ListAuditLog(ctx, q, query)
		return &list[crm.AuditEntry]{page}, err
	})
}

type exportAuditLogInput struct {
	FileFormat
	AuditFilter
}

func (s *Server) exportAuditLog(ctx context.Context, in *exportAuditLogInput) (*huma.StreamResponse, error) {
	query, err := in.query()
	if err != nil {
		return nil, err
	}
	p := principalOf(ctx)
	if err := s.tenants.Tx(ctx, p.company, p.caller, func(tx *tenant.Tx) error { return crm.LogAuditExport(ctx, tx, query, in.Format) }); err != nil {
		return nil, err
	}
	return s.download(ctx, "audit-log", in.Format, func(q *tenant.Query, out io.Writer) error {
		return crm.ExportAuditLog(ctx, q, query, in.Format, out)
	}), nil
}

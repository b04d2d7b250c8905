package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) exportRoutes(r *routes) {
	for _, resource := range crm.ExportResources() {
		description := "All " + resource + " within your reach that the filter and q leave, as a table that no spreadsheet program evaluates. It can " +
			"be imported again. Headings are in your language, times in your zone, what your role masks is masked. Every export is logged."
		if resource == contactResource {
			register(r, get("/exports/"+resource, "Download "+resource, downloads(crm.FormatCSV, crm.FormatXLSX, crm.FormatVCard), describe(description)),
				rbac.Export.Create, billing.Free, s.exportContacts)
			continue
		}
		register(r, get("/exports/"+resource, "Download "+resource, downloads(), describe(description)), rbac.Export.Create, billing.Free, s.export(resource))
	}
}

// contactResource is what is exported as cards too.
const contactResource = "contacts"

// fileTypes say of the formats what they are and how file names end.
var fileTypes = map[string]struct{ media, ending string }{
	crm.FormatCSV:   {"text/csv; charset=utf-8", ".csv"},
	crm.FormatXLSX:  {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
	crm.FormatVCard: {"text/vcard; charset=utf-8", ".vcf"},
}

// downloads documents an answer that is a file of one of the formats, a table when none is named.
func downloads(formats ...string) option {
	if len(formats) == 0 {
		formats = []string{crm.FormatCSV, crm.FormatXLSX}
	}
	return func(op *operation) {
		content := map[string]*huma.MediaType{}
		for _, format := range formats {
			content[fileTypes[format].media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "The file.", Content: content}}
	}
}

// FileFormat is embedded by inputs that ask for a file.
type FileFormat struct {
	Format string `query:"format" enum:"csv,xlsx" default:"csv" doc:"Kind of file." example:"xlsx"`
}

type exportInput struct {
	FileFormat
	ExportQuery
}

type contactExportInput struct {
	Format string `query:"format" enum:"csv,xlsx,vcard" default:"csv" doc:"Kind of file; vcard is an address book of vCards 3.0 for phones and mail programs." example:"vcard"`
	ExportQuery
}

// ExportQuery is embedded by inputs that ask for an export.
type ExportQuery struct {
	Filter  string `query:"filter" maxLength:"4096" doc:"AIP-160 filter, as for the list." example:"created_at > \"2026-01-01T00:00:00Z\""`
	Q       string `query:"q" maxLength:"200" doc:"Search, as for the list."`
	OrderBy string `query:"order_by" maxLength:"100" doc:"A sortable field of the list, followed by desc to turn it round. Left out, the file begins with the oldest; by what changes meanwhile, a record may be missed or come twice."`
}

func (s *Server) export(resource string) func(context.Context, *exportInput) (*huma.StreamResponse, error) {
	return func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
		return s.sendExport(ctx, resource, in.Format, in.ExportQuery)
	}
}

func (s *Server) exportContacts(ctx context.Context, in *contactExportInput) (*huma.StreamResponse, error) {
	return s.sendExport(ctx, contactResource, in.Format, in.ExportQuery)
}

func (s *Server) sendExport(ctx context.Context, resource, format string, query ExportQuery) (*huma.StreamResponse, error) {
	p := principalOf(ctx)
	export := crm.Export{Resource: resource, Format: format, Filter: query.Filter, Q: query.Q, OrderBy: query.OrderBy}
	if err := s.tenants.Tx(ctx, p.company, p.caller, func(tx *tenant.Tx) error { return crm.LogExport(ctx, tx, export) }); err != nil {
		return nil, err
	}
	return s.download(ctx, resource, format, func(q *tenant.Query, out io.Writer) error {
		return crm.WriteExport(ctx, q, export, out)
	}), nil
}

// download streams a file. An error after the first byte cuts the connection, so that nobody takes a part for
// the whole.
func (s *Server) download(ctx context.Context, name, format string, write func(*tenant.Query, io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humaUnwrap(hctx)
		p := principalOf(ctx)
		out := &outgoing{w: unhurried{w}, begin: func() {
			w.Header().Set("Content-Type", fileTypes[format].media)
			w.Header().Set("Content-Disposition", `attachment; filename="`+name+fileTypes[format].ending+`"`)
		}}
		err := s.tenants.Read(ctx, p.company, p.caller, func(q *tenant.Query) error { return write(q, out) })
		switch {
		case err == nil:
		case !out.begun:
			writeProblem(w, r, s.problem(ctx, err))
		default:
			s.log.WarnContext(ctx, "download broke off", slog.String("file", name), slog.Any("error", err), slog.String("request_id", requestOf(ctx).id))
			panic(http.ErrAbortHandler)
		}
	}}
}

// outgoing sends the headers of a file with its first byte.
type outgoing struct {
	w     http.ResponseWriter
	begin func()
	begun bool
}

// Write implements io.Writer.
func (o *outgoing) Write(p []byte) (int, error) {
	if !o.begun {
		o.begin()
		o.begun = true
	}
	return o.w.Write(p)
}

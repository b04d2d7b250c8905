package api

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// maxAnswers bounds what a visitor sends in, in bytes.
	maxAnswers  = 64 << 10
	formEncoded = "application/x-www-form-urlencoded"
	plainJSON   = "application/json"
)

// formPageRoutes serves forms to visitors, who are nobody's members: the token in the address is all they have.
func (s *Server) formPageRoutes(r *routes) {
	register(r, get("/{token}", "Show a form to a visitor", openToLinks, pageOr[crm.OpenForm](r), describe(
		"A page in Chinese or English, by Accept-Language; with `Accept: application/json` what it asks, for a page of one's own. "+
			"410 `form_closed` when the form is not open.")), rbac.Public, billing.Free, s.showForm)
	register(r, post("/{token}", "Send a form in", answers(http.StatusOK), alsoAnswers(http.StatusSeeOther, http.StatusUnsupportedMediaType), maxBody(maxAnswers), rawBody, pageOr[crm.FormReceipt](r), describe(
		"As a browser sends it, which is led on (303), or as JSON. Who seems to be a customer already is not made a second time; the answer does "+
			"not tell. How often is limited by the sender's address and by form.")), rbac.Public, billing.Free, s.submitForm)
	s.api.OpenAPI().Paths["/f/{token}"].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		plainJSON: {Schema: schemaOf[crm.FormAnswers](r)}, formEncoded: {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
	}}
}

// openToLinks lets addresses carry more than is asked for, as links in newsletters do.
func openToLinks(op *operation) { op.SkipValidateParams = true }

// pageOr documents an answer that is a page for people and JSON for programs.
func pageOr[T any](r *routes) option {
	return func(op *operation) {
		op.response(http.StatusOK, &huma.Response{Description: "For people, and for programs.", Content: map[string]*huma.MediaType{
			"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}, plainJSON: {Schema: schemaOf[T](r)},
		}})
		op.response(http.StatusGone, &huma.Response{Description: "The form is closed."})
	}
}

func schemaOf[T any](r *routes) *huma.Schema {
	return r.server.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// FormTokenPath names a form as visitors do.
type FormTokenPath struct {
	Token string `path:"token" doc:"What the form's address ends with." example:"AZ3k9Qf1cXqYw2mJb0a7dQh4Yk2LzP0nT8sVeQ"`
	// Languages are what the visitor reads.
	Languages string `header:"Accept-Language" doc:"Languages of the page: Chinese or English." example:"zh-CN"`
}

type showFormInput struct {
	FormTokenPath
	Accept string `header:"Accept" doc:"application/json for what the form asks, anything else for the page." example:"application/json"`
	Sent   bool   `query:"sent" doc:"Shows the thanks instead."`
}

func (s *Server) showForm(ctx context.Context, in *showFormInput) (*huma.StreamResponse, error) {
	visit := s.visit(ctx, in.FormTokenPath)
	form, err := visit.form(ctx)
	if strings.Contains(in.Accept, plainJSON) {
		if err != nil {
			return nil, err
		}
		return jsonStream(form), nil
	}
	switch {
	case err != nil:
		return visit.refused(ctx, err), nil
	case in.Sent:
		return visit.thanks(form), nil
	}
	return visit.page(form, nil, nil), nil
}

type submitFormInput struct {
	FormTokenPath
	ContentType string `header:"Content-Type" doc:"application/json or application/x-www-form-urlencoded." example:"application/json"`
	RawBody     []byte
}

// answers reads a body of either kind; posted is nil for JSON.
func (in *submitFormInput) answers() (answers crm.FormAnswers, posted url.Values, err error) {
	kind, _, _ := mime.ParseMediaType(in.ContentType)
	switch kind {
	case plainJSON:
		if json.Unmarshal(in.RawBody, &answers) != nil {
			err = newProblem(http.StatusBadRequest, "malformed", "The body cannot be read as JSON.")
		}
		return answers, nil, err
	case formEncoded:
		if posted, err = url.ParseQuery(string(in.RawBody)); err != nil {
			return answers, nil, newProblem(http.StatusBadRequest, "malformed", "The body cannot be read as a form.")
		}
		return postedAnswers(posted), posted, nil
	}
	return answers, nil, newProblem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send application/json or "+formEncoded+".")
}

// postedAnswers are those of a browser, which sends a field once for each choice.
func postedAnswers(posted url.Values) crm.FormAnswers {
	in := crm.FormAnswers{
		Answers: map[string]any{}, Consent: posted.Get("consent") != "", Stamp: posted.Get("stamp"), Trap: posted.Get("company_url"),
	}
	for name, values := range posted {
		switch {
		case name == "consent" || name == "stamp" || name == "company_url":
		case len(values) == 1:
			in.Answers[name] = values[0]
		default:
			all := make([]any, len(values))
			for i, v := range values {
				all[i] = v
			}
			in.Answers[name] = all
		}
	}
	return in
}

func (s *Server) submitForm(ctx context.Context, in *submitFormInput) (*huma.StreamResponse, error) {
	answers, posted, err := in.answers()
	if err != nil {
		return nil, err
	}
	visit := s.visit(ctx, in.FormTokenPath)
	receipt, err := visit.submit(ctx, answers)
	switch {
	case posted == nil && err != nil:
		return nil, err
	case posted == nil:
		return jsonStream(receipt), nil
	case err != nil:
		return visit.again(ctx, posted, err), nil
	}
	next := receipt.SuccessURL
	if next == "" {
		next = "/f/" + in.Token + "?sent=true"
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Location", next)
		hctx.SetStatus(http.StatusSeeOther)
	}}, nil
}

func jsonStream(body any) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", plainJSON)
		hctx.SetHeader("Cache-Control", "no-store")
		_ = json.NewEncoder(hctx.BodyWriter()).Encode(body) // the client is gone, and there is nobody to tell
	}}
}

// visit is a visitor before a form.
type visit struct {
	s      *Server
	token  crm.FormToken
	text   string
	locale string
	// company is nil, and unknown says why, for a form that is nowhere.
	company *tenant.Company
	unknown error
}

func (s *Server) visit(ctx context.Context, in FormTokenPath) *visit {
	v := &visit{s: s, text: in.Token}
	if v.token, v.unknown = crm.ParseFormToken(in.Token); v.unknown == nil {
		v.company, v.unknown = s.tenants.Company(ctx, v.token.Company)
	}
	ours := ""
	if v.unknown == nil {
		requestOf(ctx).company, ours = v.company.ID, v.company.Locale
		if v.company.Status == tenant.Suspended {
			v.unknown = crm.ErrFormClosed
		}
	}
	v.locale = localeOf(in.Languages, ours)
	return v
}

func (v *visit) form(ctx context.Context) (crm.OpenForm, error) {
	if v.unknown != nil {
		return crm.OpenForm{}, v.unknown
	}
	system := tenant.System()
	var form crm.OpenForm
	err := v.s.tenants.Read(ctx, v.company, &system, func(q *tenant.Query) (err error) {
		form, err = crm.ReadOpenForm(ctx, q, v.token, v.locale)
		return err
	})
	return form, err
}

func (v *visit) submit(ctx context.Context, in crm.FormAnswers) (crm.FormReceipt, error) {
	if err := v.s.limits.one(ctx, "rate:form:address:"+clientIP(ctx), submissionsByAddress); err != nil {
		return crm.FormReceipt{}, err
	}
	if v.unknown != nil {
		return crm.FormReceipt{}, v.unknown
	}
	if err := v.s.limits.one(ctx, "rate:form:"+v.text, submissionsByForm); err != nil {
		return crm.FormReceipt{}, err
	}
	system := tenant.System()
	system.RequestID = requestOf(ctx).id
	var receipt crm.FormReceipt
	err := v.s.tenants.Tx(ctx, v.company, &system, func(tx *tenant.Tx) (err error) {
		receipt, err = crm.SubmitForm(ctx, tx, v.token, in)
		return err
	})
	return receipt, err
}

// again shows the page with what the visitor has written, and what is wrong with it.
func (v *visit) again(ctx context.Context, posted url.Values, err error) *huma.StreamResponse {
	form, unreadable := v.form(ctx)
	problem := mapError(err)
	if unreadable != nil || problem.Status >= http.StatusInternalServerError || problem.Status == http.StatusGone || problem.Status == http.StatusNotFound {
		return v.refused(ctx, errors.Join(err, unreadable))
	}
	return v.page(form, posted, problem)
}

package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Route is one registered operation with what it asks of its caller.
type Route struct {
	Method, Path string
	Permission   rbac.Permission
	Feature      billing.Feature
}

// routes registers the operations of one noun.
type routes struct {
	server *Server
	prefix string
	tag    string
}

// operation describes a route for readers; the option functions below fill the rest.
type operation struct {
	huma.Operation
	beforeTOTP bool
}

type option func(*operation)

// response documents an answer beside those that the method and the handler bring along.
func (op *operation) response(status int, r *huma.Response) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses[strconv.Itoa(status)] = r
}

func get(path, summary string, opts ...option) operation {
	return newOperation(http.MethodGet, path, summary, http.StatusOK, opts)
}

func post(path, summary string, opts ...option) operation {
	return newOperation(http.MethodPost, path, summary, http.StatusCreated, opts)
}

func put(path, summary string, opts ...option) operation {
	return newOperation(http.MethodPut, path, summary, http.StatusOK, opts)
}

func patchOp(path, summary string, opts ...option) operation {
	return newOperation(http.MethodPatch, path, summary, http.StatusOK, opts)
}

func del(path, summary string, opts ...option) operation {
	return newOperation(http.MethodDelete, path, summary, http.StatusNoContent, opts)
}

func newOperation(method, path, summary string, status int, opts []option) operation {
	op := operation{Operation: huma.Operation{Method: method, Path: path, Summary: summary, DefaultStatus: status}}
	for _, o := range opts {
		o(&op)
	}
	return op
}

// describe adds what the summary cannot hold.
func describe(text string) option { return func(op *operation) { op.Description = text } }

// answers sets the status of success where it is not the method's usual one.
func answers(status int) option { return func(op *operation) { op.DefaultStatus = status } }

// alsoAnswers adds statuses to those that the method, the path and the permission bring along.
func alsoAnswers(statuses ...int) option {
	return func(op *operation) {
		for _, status := range statuses {
			if status >= http.StatusBadRequest {
				op.Errors = append(op.Errors, status)
				continue
			}
			op.response(status, &huma.Response{Description: http.StatusText(status)})
		}
	}
}

// beforeTOTP opens the route to members who have yet to set up the two-step sign-in that their company asks for.
func beforeTOTP() option { return func(op *operation) { op.beforeTOTP = true } }

// maxBody sets the limit of the request body in bytes; the default is 1 MiB.
func maxBody(n int64) option { return func(op *operation) { op.MaxBodyBytes = n } }

// ErrUndecided is what a request gets whose handler was reached without an authorization decision.
var errUndecided = errors.New("no authorization decision was made")

// register is the only way to add a route. It cannot be called without a permission and a feature, and the
// handler runs only after both were decided. Fields that the caller's roles mask are shown in part in every answer; what
// is streamed sees to that itself.
func register[I, O any](r *routes, op operation, permission rbac.Permission, feature billing.Feature,
	handler func(context.Context, *I) (*O, error),
) {
	s := r.server
	op.Path = r.prefix + op.Path
	op.Tags = []string{r.tag}
	op.OperationID = operationID(op.Method, op.Path)
	op.Errors = append(op.Errors, errorStatuses(op.Method, op.Path, permission, feature)...)
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
	op.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
	if permission.IsPublic() {
		op.Security = []map[string][]string{{}} // says openly that nothing is needed
	}
	if permission.NeedsRole() {
		op.Description = strings.TrimSpace(op.Description + "\n\nNeeds the permission `" + string(permission.Name()) + "`.")
	}
	if feature != billing.Free {
		op.Description = strings.TrimSpace(op.Description + "\n\nNeeds a plan with the feature `" + feature.Key() + "`.")
	}
	op.Middlewares = append(op.Middlewares, s.guard(permission, feature, op.beforeTOTP))
	s.routes = append(s.routes, Route{Method: op.Method, Path: op.Path, Permission: permission, Feature: feature})
	huma.Register(s.api, op.Operation, func(ctx context.Context, in *I) (*O, error) {
		if !requestOf(ctx).decided {
			return nil, s.problem(ctx, errUndecided)
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		// Here, where every answer passes, so that none is forgotten.
		if p := principalOf(ctx); p != nil {
			mask.Apply(out, p.caller.Masked)
		}
		return out, nil
	})
}

// operationID makes "listCustomers"-like ids that stay when summaries change: get-v1-customers-id.
func operationID(method, path string) string {
	replacer := strings.NewReplacer("/", "-", "{", "", "}", "", ":", "-")
	return strings.ToLower(method) + replacer.Replace(path)
}

func errorStatuses(method, path string, permission rbac.Permission, feature billing.Feature) []int {
	statuses := []int{http.StatusTooManyRequests}
	if !permission.IsPublic() {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden)
	}
	if feature != billing.Free {
		statuses = append(statuses, http.StatusPaymentRequired)
	}
	if strings.Contains(path, "{") {
		statuses = append(statuses, http.StatusNotFound)
	}
	if method != http.MethodGet {
		statuses = append(statuses, http.StatusConflict)
	}
	if method == http.MethodPatch || method == http.MethodPut || method == http.MethodDelete {
		statuses = append(statuses, http.StatusPreconditionFailed)
	}
	return statuses
}

// inTx runs a handler's work in one transaction of the caller's company. With an Idempotency-Key the answer
// is kept in that same transaction and given again to a repeat.
func inTx[O any](ctx context.Context, s *Server, work func(*tenant.Tx) (*O, error)) (*O, error) {
	p := principalOf(ctx)
	var out *O
	err := s.tenants.Tx(ctx, p.company, p.caller, func(tx *tenant.Tx) (err error) {
		request, wanted := idempotentRequest(ctx, p.caller.Source)
		if !wanted {
			out, err = work(tx)
			return err
		}
		answer, found, err := tx.Recall(ctx, request)
		if err != nil {
			return err
		}
		if found {
			out, err = decodeAnswer[O](answer)
			return err
		}
		if out, err = work(tx); err != nil {
			return err
		}
		answer, err = encodeAnswer(out)
		if err != nil {
			return err
		}
		return tx.Remember(ctx, request, answer)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// read runs a handler's reading on the caller's company.
func read[O any](ctx context.Context, s *Server, work func(*tenant.Query) (*O, error)) (*O, error) {
	p := principalOf(ctx)
	var out *O
	err := s.tenants.Read(ctx, p.company, p.caller, func(q *tenant.Query) (err error) {
		out, err = work(q)
		return err
	})
	return out, err
}

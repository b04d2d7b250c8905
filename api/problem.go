package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// Problem is the body of every error (RFC 9457, application/problem+json).
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank; code tells errors apart." example:"about:blank"`
	Title  string `json:"title" doc:"The status in words." example:"Unprocessable Entity"`
	Status int    `json:"status" doc:"The HTTP status." example:"422"`
	// Code is what programs decide by; it never changes its meaning.
	Code   string `json:"code" doc:"Stable code of the error." example:"invalid"`
	Detail string `json:"detail" doc:"What went wrong and what can be done." example:"Some fields need mending."`
	// RequestID finds the request in the logs.
	RequestID string              `json:"request_id,omitempty" doc:"Quote this when asking for help."`
	Errors    []tenant.FieldError `json:"errors,omitempty" doc:"Each mistake with the field and the mend."`
	Feature   string              `json:"feature,omitempty" doc:"With upgrade_required: what the plan lacks." example:"advanced_reports"`
	Plan      string              `json:"plan,omitempty" doc:"With upgrade_required: the lowest plan that has it." example:"pro"`
	Quota     string              `json:"quota,omitempty" doc:"With quota_exceeded: which number of the plan is used up." example:"seats"`
	Limit     int64               `json:"limit,omitempty" doc:"With quota_exceeded: that number."`
	// Duplicates are masked for whoever asked, as the answers of lists are.
	Duplicates []crm.Lookalike `json:"duplicates,omitempty" doc:"With possible_duplicates: the customers that seem to be the same."`
	Challenge  string          `json:"challenge,omitempty" doc:"With totp_required: send it to POST /v1/auth/totp, with a code." example:"AQBz…"`
	ExpiresIn  int             `json:"expires_in,omitempty" doc:"With totp_required: seconds that the challenge is good for." example:"300"`

	MergedInto string `json:"merged_into,omitempty" doc:"With merged: the record that has taken the place of this one."`

	retryAfter time.Duration
	cookies    []string
	location   string
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retryAfter+time.Second-1)/time.Second)))
	}
	if p.location != "" {
		h.Set("Location", p.location)
	}
	for _, cookie := range p.cookies {
		h.Add("Set-Cookie", cookie)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="guanxi"`)
	}
	return h
}

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// tooFast is returned by the rate limiter.
type tooFast struct{ after time.Duration }

func (e *tooFast) Error() string { return "too many requests" }

// problem maps every error of the product to its answer; this is the only place that does.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	p := mapError(err)
	var merged *crm.MergedError
	if errors.As(err, &merged) {
		p = movedTo(merged, requestOf(ctx))
	}
	if p.Status >= http.StatusInternalServerError {
		s.log.ErrorContext(ctx, "request failed", slog.Any("error", err), slog.String("request_id", requestOf(ctx).id))
	}
	p.RequestID = requestOf(ctx).id
	return p
}

// movedTo leads readers of a record that was merged to the one it went up in. A change is not led on: whoever made it
// knew another record.
func movedTo(e *crm.MergedError, r *request) *Problem {
	p := newProblem(http.StatusConflict, "merged", "The record was merged into another one, which merged_into names. Make the change there.")
	address := strings.ReplaceAll(r.address, e.Loser, e.Winner)
	if r.method == http.MethodGet && address != r.address {
		p = newProblem(http.StatusPermanentRedirect, "merged", "The record was merged into another one, which merged_into names.")
		p.location = address
	}
	p.MergedInto = e.Winner
	return p
}

func mapError(err error) *Problem {
	var (
		ready    *Problem
		invalid  *tenant.InvalidError
		conflict *tenant.ConflictError
		upgrade  *billing.UpgradeError
		quota    *tenant.QuotaError
		fast     *tooFast
		attempts *auth.TooManyAttemptsError
		refused  *auth.UnauthenticatedError
		repeats  *crm.DuplicatesError
		code     *auth.TOTPRequiredError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &invalid):
		p := newProblem(http.StatusUnprocessableEntity, "invalid", "Some fields need mending.")
		p.Errors = invalid.Fields
		return p
	case errors.As(err, &conflict):
		return newProblem(http.StatusConflict, conflict.Code, conflict.Message)
	case errors.As(err, &repeats):
		p := newProblem(http.StatusConflict, "possible_duplicates", "The customer seems to be there already. Open it, or send the request again with duplicates=allow.")
		p.Duplicates = repeats.Found
		return p
	case errors.As(err, &upgrade):
		p := newProblem(http.StatusPaymentRequired, "upgrade_required", "Your plan does not include this. Upgrade to use it.")
		p.Feature, p.Plan = upgrade.Feature, upgrade.Plan
		return p
	case errors.As(err, &quota):
		detail := fmt.Sprintf("Your plan allows %d of these and all are in use. Remove one or upgrade.", quota.Limit)
		if quota.Quota == billing.Storage {
			detail = fmt.Sprintf("Your plan has room for %d MB of files, and this one does not fit any more. Delete some for good or upgrade.", quota.Limit>>20)
		}
		p := newProblem(http.StatusPaymentRequired, "quota_exceeded", detail)
		p.Quota, p.Limit = string(quota.Quota), quota.Limit
		return p
	case errors.As(err, &fast):
		p := newProblem(http.StatusTooManyRequests, "rate_limited", "Too many requests. Wait as long as Retry-After says.")
		p.retryAfter = fast.after
		return p
	case errors.As(err, &attempts):
		p := newProblem(http.StatusTooManyRequests, "too_many_attempts", "Too many attempts. Wait as long as Retry-After says.")
		if attempts.Locked {
			p.Detail = "Too many wrong passwords: sign-in is locked from here. Wait as long as Retry-After says, or choose a new password by mail."
		}
		p.retryAfter = attempts.After
		return p
	case errors.As(err, &code):
		p := newProblem(http.StatusUnauthorized, "totp_required", code.Error())
		p.Challenge, p.ExpiresIn = code.Challenge, int(code.Life/time.Second)
		return p
	case errors.As(err, &refused):
		return newProblem(http.StatusUnauthorized, refused.Code, refused.Message)
	}
	return mapSentinel(err)
}

func mapSentinel(err error) *Problem {
	for _, m := range []struct {
		err          error
		status       int
		code, detail string
	}{
		{auth.ErrUnauthenticated, http.StatusUnauthorized, "unauthenticated", "Sign in, or send a valid access token or API key."},
		{tenant.ErrDenied, http.StatusForbidden, "forbidden", "Your role does not allow this."},
		{tenant.ErrSuspended, http.StatusForbidden, "company_suspended", "This company is suspended. Ask the platform's support."},
		{tenant.ErrNotFound, http.StatusNotFound, "not_found", "There is no such record, or it is not yours to see."},
		{crm.ErrChangesGone, http.StatusGone, "changes_gone", "The changes after this cursor are not kept any more. Take cursor=now, read everything anew, and go on from there."},
		{crm.ErrFormClosed, http.StatusGone, "form_closed", "This form is closed."},
		{tenant.ErrStale, http.StatusPreconditionFailed, "stale", "The record was changed since you read it. Read it again and repeat the change."},
		{tenant.ErrKeyReused, http.StatusUnprocessableEntity, "idempotency_key_reused", "This Idempotency-Key was used for another request. Use a fresh key for each request."},
		{tenant.ErrBusy, http.StatusConflict, "busy", "Another change to the same record is under way. Try again."},
		{tenant.ErrOutcomeUnknown, http.StatusServiceUnavailable, "outcome_unknown", "The connection to the database was lost while saving. Repeat the request with the same Idempotency-Key."},
		{tenant.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "The database cannot be reached. Nothing was changed; try again."},
		{auth.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Sign-in state cannot be reached. Nothing was changed; try again."},
		{files.ErrNotConfigured, http.StatusConflict, "files_not_configured", "This installation keeps no files. Its operator has to set GUANXI_BLOB_URL."},
		{files.ErrMissing, http.StatusNotFound, "file_missing", "The file itself is not where it was kept. Ask whoever runs this installation to restore it."},
		{files.ErrUnavailable, http.StatusServiceUnavailable, "files_unavailable", "The place where files are kept does not answer. Try again."},
		{billing.ErrUnavailable, http.StatusServiceUnavailable, "billing_unavailable", "Stripe does not answer. Nothing was bought; try again."},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout", "The request took too long and was stopped. Nothing was changed."},
		{context.Canceled, statusClientGone, "client_gone", "The client went away."},
	} {
		if errors.Is(err, m.err) {
			p := newProblem(m.status, m.code, m.detail)
			if m.status == http.StatusServiceUnavailable {
				p.retryAfter = time.Second
			}
			return p
		}
	}
	return newProblem(http.StatusInternalServerError, "internal", "Something went wrong on our side. Nothing was saved.")
}

// statusClientGone is what nginx logs for a client that did not wait.
const statusClientGone = 499

// The framework's own errors (validation, media types, body limits) take our form too. It offers this one
// hook, a global; it is set once and the same for every server in the process.
func init() {
	huma.NewErrorWithContext = func(hctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := fromFramework(status, msg, errs)
		if hctx != nil {
			p.RequestID = requestOf(hctx.Context()).id
		}
		return p
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return fromFramework(status, msg, errs)
	}
}

// fromFramework rewrites a framework error without the values that were sent: a 422 must not repeat a password.
func fromFramework(status int, msg string, errs []error) *Problem {
	if status == 0 {
		return &Problem{}
	}
	p := newProblem(status, frameworkCode(status), msg)
	for _, err := range errs {
		field := tenant.FieldError{Field: "body", Code: "invalid", Message: "cannot be read"}
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			d := detailer.ErrorDetail()
			field.Field, field.Message = fieldName(d.Location), d.Message
			switch {
			case strings.HasPrefix(d.Message, "expected required property "):
				field = requiredField(d)
			case strings.HasPrefix(d.Message, "expected string to match pattern ^("):
				field.Message = "is not an id of the right kind; send it as it was received"
			case d.Message == "unexpected property", d.Message == "unknown query parameter":
				field.Code, field.Message = "unknown", "is not known here; /docs lists what is"
			}
		} else if status == http.StatusBadRequest || status == http.StatusUnprocessableEntity {
			field.Message = "is not valid JSON of the expected form"
		}
		p.Errors = append(p.Errors, field)
	}
	switch status {
	case http.StatusUnprocessableEntity:
		p.Detail = "Some fields need mending."
	case http.StatusBadRequest:
		p.Detail = "The body cannot be read as JSON."
	case http.StatusInternalServerError:
		p.Detail = "Something went wrong on our side. Nothing was saved."
		p.Errors = nil
	}
	return p
}

func frameworkCode(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusUnprocessableEntity:
		return "invalid"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusNotAcceptable:
		return "not_acceptable"
	case http.StatusRequestTimeout:
		return "timeout"
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
}

// fieldName turns the framework's "body.company.name" into what the client wrote: "company.name".
func fieldName(location string) string {
	for _, prefix := range []string{"body.", "query.", "path.", "header."} {
		if rest, ok := strings.CutPrefix(location, prefix); ok {
			return rest
		}
	}
	if location == "" {
		return "body"
	}
	return location
}

// requiredField names the field that is missing; the framework names the object that lacks it.
func requiredField(d *huma.ErrorDetail) tenant.FieldError {
	name := strings.TrimSuffix(strings.TrimPrefix(d.Message, "expected required property "), " to be present")
	if parent := fieldName(d.Location); parent != "body" {
		name = parent + "." + name
	}
	return tenant.FieldError{Field: name, Code: "required", Message: "is required"}
}

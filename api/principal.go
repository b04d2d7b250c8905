package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/maypok86/otter/v2"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// principal is who calls, for which company.
type principal struct {
	company  *tenant.Company
	caller   *tenant.Caller
	plan     billing.Plan
	identity auth.Identity
	// mustSetUp says that the company asks for two-step sign-in and the person has not set it up.
	mustSetUp bool
}

type principalKey struct{}

// principalOf returns who calls. It is nil on public routes.
func principalOf(ctx context.Context) *principal {
	p, _ := ctx.Value(principalKey{}).(*principal)
	return p
}

// guard makes the decisions before a handler runs: who, which company, how fast, allowed, paid for.
func (s *Server) guard(permission rbac.Permission, feature billing.Feature, beforeTOTP bool) func(huma.Context, func(huma.Context)) {
	return func(hctx huma.Context, next func(huma.Context)) {
		ctx := hctx.Context()
		request := requestOf(ctx)
		request.route = hctx.Operation().Path
		if permission.IsPublic() {
			request.decided = true
			next(hctx)
			return
		}
		p, err := s.authorize(ctx, credential(hctx), permission, feature)
		if p != nil {
			request.company, request.member = p.company.ID, p.caller.Member
		}
		if err == nil && p.mustSetUp && !beforeTOTP {
			err = errMustSetUp
		}
		if err != nil {
			s.refuse(hctx, err)
			return
		}
		limit, err := s.limits.allow(ctx, p)
		limit.writeHeaders(hctx.SetHeader)
		if err != nil {
			s.refuse(hctx, err)
			return
		}
		request.decided = true
		next(huma.WithValue(hctx, principalKey{}, p))
	}
}

var errMustSetUp = newProblem(http.StatusForbidden, "totp_setup_required",
	"Your company asks for two-step sign-in. Set it up with POST /v1/me/totp and /v1/me/totp/confirm.")

func (s *Server) refuse(hctx huma.Context, err error) {
	r, w := humaUnwrap(hctx)
	writeProblem(w, r, s.problem(hctx.Context(), err))
}

// authorize decides whether the bearer may use a route. The principal is returned with some errors too, so
// that the log can say who was refused.
func (s *Server) authorize(ctx context.Context, header string, permission rbac.Permission, feature billing.Feature) (*principal, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, auth.ErrUnauthenticated
	}
	identity, err := s.auth.Authenticate(ctx, strings.TrimSpace(token))
	if err != nil {
		return nil, err
	}
	p, err := s.callers.principal(ctx, identity)
	if err != nil {
		return nil, err
	}
	if p.company.Status == tenant.Suspended {
		return p, fmt.Errorf("company %s: %w", p.company.ID, tenant.ErrSuspended)
	}
	if permission.NeedsRole() && !p.caller.May(permission.Name()) {
		if identity.Kind == tenant.ByAPIKey {
			return p, newProblem(http.StatusForbidden, "forbidden",
				fmt.Sprintf("The API key lacks the scope %s, or its member has lost the permission.", permission.Name()))
		}
		return p, fmt.Errorf("%s: %w", permission.Name(), tenant.ErrDenied)
	}
	if !permission.NeedsRole() && identity.Kind == tenant.ByAPIKey {
		// What belongs to a person's own account is not for programs.
		return p, fmt.Errorf("api key: %w", tenant.ErrDenied)
	}
	if err := p.plan.Require(feature); err != nil {
		return p, err
	}
	request := *p.caller
	request.RequestID = requestOf(ctx).id
	return &principal{company: p.company, caller: &request, plan: p.plan, identity: identity, mustSetUp: p.mustSetUp}, nil
}

// callerTTL bounds how long a change of roles or of the reporting tree may go unseen when its announcement
// was lost.
const callerTTL = 5 * time.Second

// callers builds and remembers the callers of all companies.
type callers struct {
	tenants *tenant.Directory
	auth    *auth.Service
	cache   *otter.Cache[callerKey, *knownCaller]
}

// knownCaller is what is remembered of a caller.
type knownCaller struct {
	caller    *tenant.Caller
	mustSetUp bool
}

// callerKey tells apart a member's own sessions from each of their API keys.
type callerKey struct {
	company tenant.CompanyID
	member  tenant.MemberID
	key     string
}

func newCallers(d *tenant.Directory, a *auth.Service) *callers {
	return &callers{tenants: d, auth: a, cache: otter.Must(&otter.Options[callerKey, *knownCaller]{
		MaximumSize: 50_000, ExpiryCalculator: otter.ExpiryWriting[callerKey, *knownCaller](callerTTL),
	})}
}

func (c *callers) principal(ctx context.Context, id auth.Identity) (*principal, error) {
	company, err := c.tenants.Company(ctx, id.Company)
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", auth.ErrUnauthenticated, err)
	}
	if err != nil {
		return nil, err
	}
	key := callerKey{company: id.Company, member: id.Member}
	if id.Kind == tenant.ByAPIKey {
		key.key = id.Source
	}
	known, err := c.cache.Get(ctx, key, otter.LoaderFunc[callerKey, *knownCaller](func(ctx context.Context, _ callerKey) (*knownCaller, error) {
		// Many requests wait for the one that reads: its own end must not be theirs.
		return c.load(context.WithoutCancel(ctx), company, id)
	}))
	if err != nil {
		return nil, err
	}
	plan := billing.PlanByKey(company.Plan)
	mine := *known.caller
	mine.Source, mine.Limits = id.Source, plan.Limits()
	if !plan.Has(billing.FieldMasking) {
		mine.Masked = nil
	}
	return &principal{company: company, caller: &mine, plan: plan, identity: id, mustSetUp: known.mustSetUp}, nil
}

func (c *callers) load(ctx context.Context, company *tenant.Company, id auth.Identity) (*knownCaller, error) {
	caller, err := LoadCaller(ctx, c.tenants, company, id)
	if err != nil || id.Kind == tenant.ByAPIKey { // a program has no second step
		return &knownCaller{caller: caller}, err
	}
	known := &knownCaller{caller: caller}
	err = c.tenants.Read(ctx, company, caller, func(q *tenant.Query) (err error) {
		known.mustSetUp, err = c.auth.MustSetUpTOTP(ctx, q, id.Member)
		return err
	})
	return known, err
}

// forget drops what is remembered, after roles, members or plans changed.
func (c *callers) forget(company tenant.CompanyID) {
	c.tenants.Forget(company)
	for key := range c.cache.Keys() {
		if key.company == company {
			c.cache.Invalidate(key)
		}
	}
}

// LoadCaller reads a member's roles and place in the tree, as if the plan had every feature. It returns auth.ErrUnauthenticated for somebody
// who is not an active member.
func LoadCaller(ctx context.Context, d *tenant.Directory, company *tenant.Company, id auth.Identity) (*tenant.Caller, error) {
	system := tenant.System()
	var caller *tenant.Caller
	err := d.Read(ctx, company, &system, func(q *tenant.Query) (err error) {
		caller, err = readCaller(ctx, q, id)
		return err
	})
	return caller, err
}

func readCaller(ctx context.Context, q *tenant.Query, id auth.Identity) (*tenant.Caller, error) {
	member, err := tenant.GetMember(ctx, q, id.Member)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && member.Status != tenant.MemberActive {
		return nil, fmt.Errorf("%w: not an active member", auth.ErrUnauthenticated)
	}
	if err != nil {
		return nil, err
	}
	rights, err := rbac.RightsOf(ctx, q, id.Member)
	if err != nil {
		return nil, err
	}
	if id.Scopes != nil {
		rights.Levels = within(rights.Levels, id.Scopes)
	}
	team, err := tenant.Team(ctx, q, id.Member)
	if err != nil {
		return nil, err
	}
	shared, err := crm.HasShared(ctx, q, id.Member)
	if err != nil {
		return nil, err
	}
	return &tenant.Caller{
		Kind: id.Kind, Member: id.Member, Name: member.Name, Locale: member.Locale, Zone: member.Location(), Team: team,
		Levels: rights.Levels, Masked: rights.Masked, Shared: shared,
	}, nil
}

// callerOf implements [crm.CallerOf]: what a colleague of the caller's may.
func callerOf(ctx context.Context, q *tenant.Query, member tenant.MemberID) (*tenant.Caller, error) {
	caller, err := readCaller(ctx, q, auth.Identity{Kind: tenant.ByMember, Member: member})
	if errors.Is(err, auth.ErrUnauthenticated) {
		err = fmt.Errorf("member %s: %w", member, tenant.ErrNotFound)
	}
	if err == nil && !billing.PlanByKey(q.Company.Plan).Has(billing.FieldMasking) {
		caller.Masked = nil
	}
	return caller, err
}

// within leaves the permissions that an API key names; each keeps its member's level.
func within(levels map[tenant.Permission]tenant.Level, scopes []tenant.Permission) map[tenant.Permission]tenant.Level {
	kept := make(map[tenant.Permission]tenant.Level, len(scopes))
	for _, p := range scopes {
		if level, ok := levels[p]; ok {
			kept[p] = level
		}
	}
	return kept
}

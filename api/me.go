package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) meRoutes(r *routes) {
	register(r, get("/me", "Who am I", beforeTOTP(), describe("The person, what they may do in this company, and what its plan includes.")),
		rbac.SignedIn, billing.Free, s.me)
	register(r, patchOp("/me", "Change my name, title, language or time zone", describe("As a member of this company.")), rbac.SignedIn, billing.Free, s.updateMe)
	register(r, post("/me/phone", "Change my phone number", answers(http.StatusOK), describe(changePhoneDoc)), rbac.SignedIn, billing.Free, s.changePhone)
	register(r, post("/me/password", "Change my password", answers(http.StatusOK), describe("Ends all my other sessions.")),
		rbac.SignedIn, billing.Free, s.changePassword)
}

const changePhoneDoc = `The number is one to sign in by, in every company of yours. An empty one takes it away, where there is an e-mail.`

// me is the answer to "who am I".
type me struct {
	ETag string `header:"ETag" doc:"The version of the person as a member."`
	Body struct {
		User        teamMember        `json:"user" doc:"The person, as a member of this company."`
		Company     auth.Summary      `json:"company" doc:"The company that the session is for."`
		Permissions map[string]string `json:"permissions" doc:"Each permission that the person has, with whose records it reaches: own, team or all." example:"{\"customer:read\":\"team\"}"`
		Masks       []string          `json:"masks" nullable:"false" doc:"Fields that the person sees in part only, and can neither filter, search nor change." example:"[\"customer.phone\"]"`
		Plan        string            `json:"plan" doc:"Key of the plan in force." example:"free"`
		Features    []string          `json:"features" nullable:"false" doc:"What the plan includes." example:"[\"advanced_reports\"]"`
		TOTP        myTOTP            `json:"totp" doc:"The person's two-step sign-in."`
		Companies   []auth.Summary    `json:"companies" nullable:"false" doc:"All companies of this person, for switching."`
	}
}

// myTOTP is how one's own two-step sign-in stands.
type myTOTP struct {
	auth.TOTPState
	Required bool `json:"required" doc:"Whether the company asks for it; until it is on, everything else is 403 with the code totp_setup_required."`
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*me, error) {
	p := principalOf(ctx)
	out, err := read(ctx, s, func(q *tenant.Query) (*me, error) {
		user, err := readMember(ctx, q, p.caller.Member)
		if err != nil {
			return nil, err
		}
		security, err := auth.ReadSecuritySettings(ctx, q)
		out := &me{ETag: etag(user.Version)}
		out.Body.User, out.Body.TOTP.Required = user, security.RequireTOTP
		return out, err
	})
	if err != nil {
		return nil, err
	}
	if out.Body.Companies, err = s.auth.Companies(ctx, p.caller.Member); err != nil {
		return nil, err
	}
	if out.Body.TOTP.TOTPState, err = s.auth.TOTP(ctx, p.caller.Member); err != nil {
		return nil, err
	}
	out.Body.User.TOTPEnabled = &out.Body.TOTP.Enabled
	out.Body.Company, out.Body.Plan = auth.Summarize(p.company), p.plan.Key
	out.Body.Permissions = make(map[string]string, len(p.caller.Levels))
	for permission, level := range p.caller.Levels {
		out.Body.Permissions[string(permission)] = level.String()
	}
	out.Body.Masks = append([]string{}, slices.Sorted(maps.Keys(p.caller.Masked))...)
	out.Body.Features = []string{}
	for _, f := range p.plan.Features() {
		out.Body.Features = append(out.Body.Features, f.Key())
	}
	return out, nil
}

type updateMeInput struct {
	IfMatch
	Body struct {
		Name     patch.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"Display name." example:"陈晨"`
		Title    patch.Field[string] `json:"title,omitzero" maxLength:"100" doc:"What I do in the company." example:"销售总监"`
		Locale   patch.Field[string] `json:"locale,omitzero" enum:"zh-CN,en" doc:"Language of notices and screens." example:"zh-CN"`
		TimeZone patch.Field[string] `json:"timezone,omitzero" maxLength:"64" doc:"IANA name of the zone in which I live; null for the company's." example:"Asia/Shanghai"`
	}
}

func (s *Server) updateMe(ctx context.Context, in *updateMeInput) (*me, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	if _, err := inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) { return &nothing{}, in.apply(ctx, tx, version) }); err != nil {
		return nil, err
	}
	if in.Body.Locale.Set {
		if err := s.auth.SpeakTo(ctx, principalOf(ctx).caller.Member, in.Body.Locale.Value); err != nil {
			return nil, err
		}
	}
	s.changed(ctx)
	return s.me(ctx, nil)
}

// apply changes what belongs to the person in this company.
func (in *updateMeInput) apply(ctx context.Context, tx *tenant.Tx, version int64) error {
	before, err := readLocked(ctx, tx, tx.Caller.Member)
	if err != nil {
		return err
	}
	if version != 0 && version != before.Version {
		return fmt.Errorf("member %s: %w", before.ID, tenant.ErrStale)
	}
	mine := memberPatch{Name: in.Body.Name, Title: in.Body.Title, Locale: in.Body.Locale, TimeZone: in.Body.TimeZone}
	if !mine.Name.Set && !mine.Title.Set && !mine.Locale.Set && !mine.TimeZone.Set {
		return nil
	}
	if err := mine.apply(ctx, tx, before); err != nil {
		return err
	}
	after, err := readMember(ctx, tx.Query, before.ID)
	if err != nil {
		return err
	}
	return emitMember(ctx, tx, "member.updated", after, before)
}

type changePhoneInput struct {
	UserAgent
	Body struct {
		Phone           string `json:"phone" maxLength:"40" doc:"In any usual form; kept as E.164." example:"138 0013 8000"`
		CurrentPassword string `json:"current_password" minLength:"1" maxLength:"256" doc:"Your password." example:"a long phrase is good"`
	}
}

func (s *Server) changePhone(ctx context.Context, in *changePhoneInput) (*me, error) {
	p := principalOf(ctx)
	if err := s.auth.ChangePhone(ctx, p.identity, in.Body.Phone, p.company.Locale, in.Body.CurrentPassword, in.client(ctx)); err != nil {
		return nil, err
	}
	return s.me(ctx, nil)
}

type changePasswordInput struct {
	UserAgent
	Body struct {
		CurrentPassword string `json:"current_password" minLength:"1" maxLength:"256" doc:"The password until now." example:"a long phrase is good"`
		Password        string `json:"password" minLength:"8" maxLength:"256" doc:"The new one: at least 8 characters; not one of the most common." example:"another long phrase"`
	}
}

func (s *Server) changePassword(ctx context.Context, in *changePasswordInput) (*endedSessions, error) {
	n, err := s.auth.ChangePassword(ctx, principalOf(ctx).identity, in.Body.CurrentPassword, in.Body.Password, in.client(ctx))
	out := &endedSessions{}
	out.Body.Ended = n
	return out, err
}

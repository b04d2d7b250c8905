package rbac

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// NewRole is what a role is made of.
type NewRole struct {
	ID          string                       `json:"id,omitempty" pattern:"^[a-z][a-z0-9_]{1,47}$" doc:"A key of your own, for programs; one is made when left out." example:"key_account"`
	Name        string                       `json:"name" minLength:"1" maxLength:"100" doc:"Name as people read it." example:"大客户经理"`
	Description string                       `json:"description,omitempty" maxLength:"500" doc:"What the role is for." example:"Looks after the largest customers."`
	Permissions map[tenant.Permission]string `json:"permissions" doc:"Each permission with whose records it reaches: own, team or all. None may exceed your own." example:"{\"customer:read\":\"team\"}"`
	Masks       []string                     `json:"masks,omitempty" maxItems:"20" doc:"Fields to show in part only. Needs a plan with field masking." example:"[\"customer.phone\"]"`
}

// RolePatch changes a role; what is absent stays.
type RolePatch struct {
	Name        patch.Field[string]                        `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"Name as people read it." example:"大客户经理"`
	Description patch.Field[string]                        `json:"description,omitzero" maxLength:"500" doc:"What the role is for." example:"Looks after the largest customers."`
	Permissions patch.Field[map[tenant.Permission]*string] `json:"permissions,omitzero" doc:"The permissions to change; null or none takes one away, those not named stay." example:"{\"customer:read\":\"team\",\"customer:delete\":null}"`
	Masks       patch.Field[[]string]                      `json:"masks,omitzero" doc:"Replaces the fields to show in part only. Needs a plan with field masking." example:"[\"customer.phone\"]"`
}

const (
	maxRoleName        = 100
	maxRoleDescription = 500
)

// apply returns the role as it becomes.
func (in RolePatch) apply(r Role, invalid *tenant.InvalidError) Role {
	if in.Permissions.Null {
		invalid.Add("permissions", "required", "cannot be null; name what to take away")
	}
	r.Name, r.Description = in.Name.Or(r.Name), in.Description.Or(r.Description)
	r.Permissions = maps.Clone(r.Permissions)
	for p, reach := range in.Permissions.Value {
		if reach == nil || *reach == tenant.LevelNone.String() {
			delete(r.Permissions, p)
			continue
		}
		r.Permissions[p] = *reach
	}
	if in.Masks.Set {
		r.Masks = cleanMasks(invalid, in.Masks.Value)
	}
	return r
}

// check examines what creating and changing have in common, for a caller who gives what they have.
func (r *Role) check(invalid *tenant.InvalidError, caller *tenant.Caller) {
	r.Name, r.Description = strings.TrimSpace(r.Name), strings.TrimSpace(r.Description)
	if r.Name == "" {
		invalid.Add("name", "required", "is required")
	}
	checkLine(invalid, "name", r.Name, maxRoleName)
	checkLine(invalid, "description", r.Description, maxRoleDescription)
	for _, p := range slices.Sorted(maps.Keys(r.Permissions)) {
		r.checkPermission(invalid, caller, p)
	}
	for field := range caller.Masked {
		if !slices.Contains(r.Masks, field) && r.Permissions[readingOf(field)] != "" {
			invalid.Add("masks", "not_allowed", "must hold "+field+", which you see in part only yourself")
		}
	}
}

func (r *Role) checkPermission(invalid *tenant.InvalidError, caller *tenant.Caller, p tenant.Permission) {
	field, reach := "permissions."+string(p), r.Permissions[p]
	switch {
	case !Known(p):
		invalid.Add("permissions", "unknown", "names a permission that does not exist; GET /v1/permissions lists those that do")
	case !slices.Contains(reaches(p), reach):
		invalid.Add(field, "unknown", "must be none or one of "+strings.Join(reaches(p), ", "))
	case caller.Kind != tenant.BySystem && tenant.ParseLevel(reach) > caller.Levels[p]:
		invalid.Add(field, "not_allowed", "is more than you have yourself")
	}
}

// checkLine sees to it that a text is one line that can be stored.
func checkLine(invalid *tenant.InvalidError, field, text string, most int) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		invalid.Add(field, "invalid", "must be text without control characters or line breaks")
	case utf8.RuneCountInString(text) > most:
		invalid.Add(field, "too_long", "is too long")
	}
}

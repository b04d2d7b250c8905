package rbac

import (
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// maskable lists the fields that a role may mask, as resource.field. What a masked value looks like is the
// business of the package that shows it.
var maskable = []MaskableField{
	{"customer.phone", Label{"电话", "Phone"}},
	{"customer.email", Label{"邮箱", "E-mail"}},
	{"contact.phone", Label{"电话", "Phone"}},
	{"contact.email", Label{"邮箱", "E-mail"}},
}

// Masked returns the fields that a holder of these roles sees in part only: those that every role masks by which
// they read the resource at all. A role that says nothing of a resource opens none of its fields.
func (e *Enforcer) Masked(roles []string) (map[string]bool, error) {
	masked := map[string]bool{}
	for _, m := range maskable {
		open := false
		for _, role := range roles {
			level, err := e.Level([]string{role}, readingOf(m.Field))
			if err != nil {
				return nil, err
			}
			open = open || level > tenant.LevelNone && !slices.Contains(e.masks[role], m.Field)
		}
		if !open {
			masked[m.Field] = true
		}
	}
	return masked, nil
}

// readingOf returns the permission by which a field is read.
func readingOf(field string) tenant.Permission {
	resource, _, _ := strings.Cut(field, ".")
	return tenant.Permission(resource + ":read")
}

// cleanMasks returns the fields in the catalogue's order, each once.
func cleanMasks(invalid *tenant.InvalidError, fields []string) tenant.List[string] {
	for _, f := range fields {
		if !slices.ContainsFunc(maskable, func(m MaskableField) bool { return m.Field == f }) {
			invalid.Add("masks", "unknown", "names a field that cannot be masked; GET /v1/permissions lists those that can")
			return nil
		}
	}
	kept := tenant.List[string]{}
	for _, m := range maskable {
		if slices.Contains(fields, m.Field) {
			kept = append(kept, m.Field)
		}
	}
	return kept
}

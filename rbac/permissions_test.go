package rbac_test

import (
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/rbac"
)

func TestCatalogue(t *testing.T) {
	all := rbac.Catalogue()
	if len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Error("a permission stands there twice")
	}
	all[0] = "x:y"
	if rbac.Known("x:y") || !rbac.Known(rbac.Customer.Read.Name()) || rbac.Known("customer:*") || rbac.Known("") {
		t.Error("Known knows too much or too little")
	}
	for _, row := range []struct {
		permission rbac.Permission
		public     bool
		needsRole  bool
	}{{rbac.Public, true, false}, {rbac.SignedIn, false, false}, {rbac.Customer.Read, false, true}, {rbac.Permission{}, false, true}} {
		if row.permission.IsPublic() != row.public || row.permission.NeedsRole() != row.needsRole {
			t.Errorf("%+v", row.permission)
		}
	}
}

// A role editor has to name everything. Add a label to labels.go for each new resource and action.
func TestEverythingHasItsLabel(t *testing.T) {
	complete := func(l rbac.Label) bool { return l.ZH != "" && l.EN != "" }
	seen := map[string]bool{}
	for _, group := range rbac.Groups() {
		if !complete(group.Name) {
			t.Errorf("resource %s has no label", group.Resource)
		}
		if seen[group.Resource] {
			t.Errorf("resource %s stands there twice", group.Resource)
		}
		seen[group.Resource] = true
		for _, p := range group.Permissions {
			if !complete(p.Name) || len(p.Scopes) == 0 {
				t.Errorf("permission %s lacks a label or scopes", p.Permission)
			}
		}
		for _, m := range group.Masks {
			if !complete(m.Name) {
				t.Errorf("mask %s has no label", m.Field)
			}
		}
	}
}

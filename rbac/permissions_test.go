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

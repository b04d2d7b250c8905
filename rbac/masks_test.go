package rbac_test

import (
	"maps"
	"testing"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestMaskedIsWhatEveryReadingRoleMasks(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.role(t, "phones", "customer read all")
	if _, err := a.update(t, a.Admin, "phones", rbac.RolePatch{Masks: patch.Of([]string{"customer.phone"})}); err != nil {
		t.Fatal(err)
	}
	a.role(t, "payer", "billing read all")
	all := map[string]bool{"customer.phone": true, "customer.email": true, "contact.phone": true, "contact.email": true}
	// Nobody opens the fields of contacts who does not read contacts.
	phone := map[string]bool{"customer.phone": true, "contact.phone": true, "contact.email": true}
	for name, c := range map[string]struct {
		roles []string
		want  map[string]bool
	}{
		"open":                           {[]string{rbac.Rep}, map[string]bool{}},
		"one field":                      {[]string{"phones"}, phone},
		"both":                           {[]string{rbac.Marketing}, all},
		"what both mask":                 {[]string{rbac.Marketing, "phones"}, phone},
		"an open role opens":             {[]string{rbac.Marketing, rbac.Rep}, map[string]bool{}},
		"one that reads nothing doesn't": {[]string{rbac.Marketing, "payer"}, all},
		"nothing is read at all":         {[]string{"payer"}, all},
	} {
		t.Run(name, func(t *testing.T) {
			a.assign(t, a.Rep, c.roles...)
			if got := a.masked(t, a.Rep); !maps.Equal(got, c.want) {
				t.Errorf("masked %v, want %v", got, c.want)
			}
		})
	}
}

// Who sees a field in part only must not get somebody else, or a role, that sees it whole.
func TestNobodyShowsMoreThanTheySee(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.role(t, "desk", "role * all", "customer read all", "tag * all")
	if _, err := a.update(t, a.Admin, "desk", rbac.RolePatch{Masks: patch.Of([]string{"customer.phone"})}); err != nil {
		t.Fatal(err)
	}
	a.role(t, "open", "customer read own")
	a.assign(t, a.Rep, "desk")
	reads := grants{"customer:read": "all"}
	for name, c := range map[string]struct {
		got  error
		want string
	}{
		"open role":     {second(a.create(t, a.Rep, rbac.NewRole{Name: "x", Permissions: reads})), "masks:not_allowed"},
		"masked role":   {second(a.create(t, a.Rep, rbac.NewRole{Name: "y", Permissions: reads, Masks: []string{"customer.phone"}})), ""},
		"reads nothing": {second(a.create(t, a.Rep, rbac.NewRole{Name: "z", Permissions: grants{"tag:read": "all"}})), ""},
		"one's own":     {second(a.update(t, a.Rep, "desk", rbac.RolePatch{Masks: patch.Of([]string{})})), "masks:not_allowed"},
		"grant":         {a.by(t, a.Rep, func(tx *tenant.Tx) error { return rbac.CheckGrant(t.Context(), tx.Query, []string{"open"}) }), "denied"},
		"grant beside":  {a.by(t, a.Rep, func(tx *tenant.Tx) error { return rbac.CheckGrant(t.Context(), tx.Query, []string{"desk", "open"}) }), "denied"},
		"grant masked":  {a.by(t, a.Rep, func(tx *tenant.Tx) error { return rbac.CheckGrant(t.Context(), tx.Query, []string{"desk"}) }), ""},
	} {
		if codes(c.got) != c.want {
			t.Errorf("%s: %v, want %s", name, c.got, c.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

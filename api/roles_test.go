package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestPermissionsAreListedForAnEditor(t *testing.T) {
	w := newWorld(t)
	w.get(t, w.acme.rep, "/v1/permissions").want(t, http.StatusOK, `"resource":"customer","name":{"zh":"客户","en":"Customers"}`,
		`"permission":"customer:read","name":{"zh":"查看","en":"View"},"scopes":["own","team","all"]`,
		`"permission":"tag:read","name":{"zh":"查看","en":"View"},"scopes":["all"]`, `"field":"customer.phone"`)
	w.get(t, person{}, "/v1/permissions").want(t, http.StatusUnauthorized)
}

// A role's whole life, and what it gives takes hold at the next request.
func TestRoles(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	w.get(t, rep, "/v1/roles").want(t, http.StatusOK, `"id":"service"`, `"id":"marketing"`, `"masks":["customer.phone","customer.email","contact.phone","contact.email"]`)
	w.get(t, rep, "/v1/roles/rep").want(t, http.StatusOK, `"customer:read":"own"`, `"members":2`, `"built_in":true`, `"resettable":false`)

	made := w.post(t, admin, "/v1/roles", `{"id":"desk","name":"Front desk","permissions":{"customer:read":"all","tag:read":"all"}}`).want(t, http.StatusCreated, `"members":0`)
	if made.Header().Get("Location") != "/v1/roles/desk" {
		t.Errorf("location %q", made.Header().Get("Location"))
	}
	w.patch(t, admin, "/v1/members/"+rep.id, `{"roles":["desk"]}`).want(t, http.StatusOK)
	w.get(t, rep, "/v1/me").want(t, http.StatusOK, `"permissions":{"customer:read":"all","tag:read":"all"}`)
	w.post(t, rep, "/v1/customers", `{"name":"x"}`).want(t, http.StatusForbidden)
	w.patch(t, admin, "/v1/roles/desk", `{"permissions":{"customer:create":"own","tag:read":null}}`, "If-Match", made.Header().Get("ETag")).
		want(t, http.StatusOK, `"permissions":{"customer:create":"own","customer:read":"all"}`, `"members":1`)
	w.post(t, rep, "/v1/customers", `{"name":"x"}`).want(t, http.StatusCreated)
	w.get(t, rep, "/v1/tags").want(t, http.StatusForbidden)
	w.patch(t, admin, "/v1/roles/desk", `{"name":"Late"}`, "If-Match", made.Header().Get("ETag")).want(t, http.StatusPreconditionFailed)

	w.patch(t, admin, "/v1/roles/rep", `{"permissions":{"customer:read":"all"}}`).want(t, http.StatusOK, `"resettable":true`)
	w.get(t, w.acme.rep2, "/v1/me").want(t, http.StatusOK, `"customer:read":"all"`)
	w.post(t, admin, "/v1/roles/rep/reset", "").want(t, http.StatusOK, `"resettable":false`, `"customer:read":"own"`)
	w.get(t, w.acme.rep2, "/v1/me").want(t, http.StatusOK, `"customer:read":"own"`)
}

func TestRolesRefused(t *testing.T) {
	w := newWorld(t)
	w.post(t, w.acme.admin, "/v1/roles", `{"id":"hr","name":"HR","permissions":{"role:read":"all","role:create":"all","role:update":"all","role:delete":"all","customer:read":"own"}}`).
		want(t, http.StatusCreated)
	w.patch(t, w.acme.admin, "/v1/members/"+w.acme.rep2.id, `{"roles":["hr"]}`).want(t, http.StatusOK)
	hr := w.acme.rep2
	const fresh = `{"name":"x","permissions":{"customer:read":"own"}}`
	for name, c := range map[string]struct {
		who          person
		method, path string
		body         string
		status       int
		text         string
	}{
		"signed out creates":   {person{}, "POST", "/v1/roles", fresh, 401, "unauthenticated"},
		"rep creates":          {w.acme.rep, "POST", "/v1/roles", fresh, 403, "forbidden"},
		"manager changes":      {w.acme.manager, "PATCH", "/v1/roles/rep", `{"name":"x"}`, 403, "forbidden"},
		"rep deletes":          {w.acme.rep, "DELETE", "/v1/roles/hr", "", 403, "forbidden"},
		"other company":        {w.globex.admin, "PATCH", "/v1/roles/hr", `{"name":"x"}`, 404, "not_found"},
		"other company's":      {w.globex.admin, "DELETE", "/v1/roles/hr", "", 404, "not_found"},
		"no name":              {w.acme.admin, "POST", "/v1/roles", `{"permissions":{}}`, 422, `"field":"name"`},
		"no permissions":       {w.acme.admin, "POST", "/v1/roles", `{"name":"x"}`, 422, `"field":"permissions"`},
		"unknown permission":   {w.acme.admin, "POST", "/v1/roles", `{"name":"x","permissions":{"nosuch:read":"all"}}`, 422, `"field":"permissions"`},
		"unknown scope":        {w.acme.admin, "PATCH", "/v1/roles/hr", `{"permissions":{"customer:read":"ours"}}`, 422, `"field":"permissions.customer:read"`},
		"not a scope":          {w.acme.admin, "PATCH", "/v1/roles/hr", `{"permissions":{"customer:read":3}}`, 422, `"field":"permissions.customer:read"`},
		"unknown field":        {w.acme.admin, "PATCH", "/v1/roles/hr", `{"built_in":true}`, 422, `"field":"built_in"`},
		"name taken":           {w.acme.admin, "POST", "/v1/roles", `{"name":"Sales REP","permissions":{}}`, 409, "role_name_taken"},
		"key taken":            {w.acme.admin, "POST", "/v1/roles", `{"id":"rep","name":"x","permissions":{}}`, 409, "role_exists"},
		"admin's role":         {w.acme.admin, "PATCH", "/v1/roles/admin", `{"permissions":{"customer:read":null}}`, 409, "admin_role_fixed"},
		"admin's role deleted": {w.acme.admin, "DELETE", "/v1/roles/admin", "", 409, "role_built_in"},
		"built-in deleted":     {w.acme.admin, "DELETE", "/v1/roles/rep?reassign_to=hr", "", 409, "role_built_in"},
		"own reset":            {w.acme.admin, "POST", "/v1/roles/hr/reset", "", 409, "role_has_no_default"},
		"raises own":           {hr, "PATCH", "/v1/roles/hr", `{"permissions":{"customer:read":"all"}}`, 422, "not_allowed"},
		"makes more":           {hr, "POST", "/v1/roles", `{"name":"x","permissions":{"member:update":"all"}}`, 422, "not_allowed"},
		"changes one above":    {hr, "PATCH", "/v1/roles/rep", `{"permissions":{"customer:read":null}}`, 403, "forbidden"},
		"deletes one above":    {hr, "DELETE", "/v1/roles/marketing", "", 403, "forbidden"},
		"gives one above":      {hr, "DELETE", "/v1/roles/hr?reassign_to=rep", "", 403, "forbidden"},
		"masks on Free":        {w.acme.admin, "POST", "/v1/roles", `{"name":"x","permissions":{},"masks":["customer.phone"]}`, 402, `"feature":"field_masking","plan":"pro"`},
		"masked on Free":       {w.acme.admin, "PATCH", "/v1/roles/rep", `{"masks":["customer.phone"]}`, 402, "upgrade_required"},
	} {
		t.Run(name, func(t *testing.T) {
			w.do(t, c.who, c.method, c.path, c.body).want(t, c.status, c.text)
		})
	}
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"customer:read":"own"`)
	w.setPlan(t, w.acme, "pro")
	w.patch(t, w.acme.admin, "/v1/roles/rep", `{"masks":["customer.phone"]}`).want(t, http.StatusOK, `"masks":["customer.phone"]`)
	w.patch(t, w.acme.admin, "/v1/roles/rep", `{"masks":["customer.name"]}`).want(t, http.StatusUnprocessableEntity, `"field":"masks"`)
	w.setPlan(t, w.acme, "free")
	w.patch(t, w.acme.admin, "/v1/roles/rep", `{"masks":[]}`).want(t, http.StatusOK, `"masks":[]`)
}

// Deleting a role leaves nobody without one: members and invitations get another in its place.
func TestDeleteRole(t *testing.T) {
	w := newWorld(t)
	admin := w.acme.admin
	w.post(t, admin, "/v1/roles", `{"id":"desk","name":"Front desk","permissions":{"customer:read":"own"}}`).want(t, http.StatusCreated)
	var open struct{ ID, Link string }
	w.post(t, admin, "/v1/invitations", `{"roles":["desk","rep"],"email":"new@acme.example"}`).want(t, http.StatusCreated).into(t, &open)
	w.del(t, admin, "/v1/roles/desk").want(t, http.StatusConflict, `"code":"role_in_use"`)
	w.del(t, admin, "/v1/roles/desk?reassign_to=desk").want(t, http.StatusUnprocessableEntity, `"field":"reassign_to"`)
	w.del(t, admin, "/v1/roles/desk?reassign_to=nosuch").want(t, http.StatusUnprocessableEntity, `"field":"reassign_to"`)
	for _, who := range []person{w.acme.rep, w.acme.rep2} {
		w.patch(t, admin, "/v1/members/"+who.id, `{"roles":["desk"]}`).want(t, http.StatusOK)
	}
	w.patch(t, admin, "/v1/members/"+w.acme.rep2.id, `{"roles":["desk","service"]}`).want(t, http.StatusOK)
	w.post(t, admin, "/v1/members/"+w.acme.rep2.id+"/deactivate", "").want(t, http.StatusOK)
	before := w.get(t, admin, "/v1/members/"+w.acme.rep.id).Header().Get("ETag")
	w.del(t, admin, "/v1/roles/desk?reassign_to=service").want(t, http.StatusNoContent)
	w.patch(t, admin, "/v1/members/"+w.acme.rep.id, `{"title":"x"}`, "If-Match", before).want(t, http.StatusPreconditionFailed, "stale")
	w.get(t, admin, "/v1/roles/desk").want(t, http.StatusNotFound)
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"roles":["service"]`, `"customer:read":"all"`)
	w.get(t, admin, "/v1/members/"+w.acme.rep2.id).want(t, http.StatusOK, `"roles":["service"]`)
	w.get(t, admin, "/v1/invitations").want(t, http.StatusOK, `"roles":["rep","service"]`)
	_, token, _ := strings.Cut(open.Link, "/invite/")
	w.post(t, person{}, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"name":"New","password":%q}`, token, password)).want(t, http.StatusCreated)
	// One that nobody has goes without more ado.
	w.del(t, admin, "/v1/roles/marketing").want(t, http.StatusNoContent)
}

// Package rbac decides what members may do. It owns the catalogue of permissions, the roles of a company
// with their default policy, and the Casbin enforcer. How far a permission reaches becomes SQL in package
// tenant, and which route asks for which permission stands in package api.
package rbac

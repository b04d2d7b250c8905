// Package crm is the product's heart: customers and their lifecycle, interactions, tasks, tags, the rules
// that act by themselves, notifications, imports and exports, and the filter language of every list.
//
// Its functions take a *tenant.Tx or *tenant.Query, which carry the caller; the scope of the caller's
// permission is in every statement. It leaves HTTP to package api, background work to package worker, and
// sending anything outside to package plugins.
package crm

// Package tenant owns companies: where each one's data lives, how a schema is made and migrated, and
// the only ways to run SQL, [Tx] and [Query], both bound to one company. It also owns what commits
// together with every change: the company's change log, the cluster's outbox and its due work.
//
// It knows nothing of customers, roles or plans. The packages above put those into a [Caller], and
// package tenant carries the caller beside the transaction so that scopes and quotas are decided in
// one place.
package tenant

// Package billing owns plans, what each plan allows (features and quotas), and the subscriptions that
// put a company on a plan: checkout and portal sessions at Stripe, Stripe's webhooks, and the grace
// period after a failed payment.
//
// The plan in force stands in platform.companies.plan; a company without a subscription is on Free. A
// change of plan deletes nothing: what exists over a lowered quota stays, and package tenant refuses more.
//
// It leaves to package api who may see and change the subscription, and to package tenant how a quota is
// counted. Calls to Stripe are never made inside a database transaction.
package billing

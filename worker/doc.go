// Package worker is the edge that works without being asked: it relays committed changes to whatever wants to
// know of them, hands out work that is due, and does it. It joins the packages below, which do not know each
// other, and holds no rules of the business itself.
//
// A change goes: a transaction writes it and a pointer into the outbox; the relay ([tenant.Cluster.Relay])
// plans deliveries, notifications and rules from it; what has to be done becomes a row with a due time; the
// dispatcher ([tenant.Cluster.Claim]) hands due rows out as Asynq tasks; a handler does the work and removes
// the row in the same transaction. The row is the truth. A task that is lost, with its worker or with the
// whole of Redis, is handed out again when its row's time of invisibility is over; a task that comes twice
// finds its row gone or of a newer generation and does nothing.
//
// Relay and dispatcher run in every process and compete for a lease of each cluster, so that one of each is
// at work. Everything else is shared out by the queues that a process serves.
package worker

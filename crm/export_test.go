package crm

import "github.com/guanxi-crm/guanxi/tenant"

// CustomerStatement returns the statement of a list of customers, for looking at its plan.
func CustomerStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	p, err := planCustomers(q, in)
	if err != nil {
		return "", nil, err
	}
	statement, args := p.sql(customerColumns)
	return statement, args, nil
}

// TaskStatement is CustomerStatement for tasks.
func TaskStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	p, err := newPlan(q, tasks, in, q.Scope(taskRead), "t.assignee_id")
	if err != nil {
		return "", nil, err
	}
	statement, args := p.sql(taskColumns)
	return statement, args, nil
}

// InteractionStatement is CustomerStatement for interactions, of one customer or of all.
func InteractionStatement(q *tenant.Query, customer CustomerID, in ListQuery) (string, []any, error) {
	p, err := planInteractions(q, customer, in)
	if err != nil {
		return "", nil, err
	}
	statement, args := p.sql(interactionColumns)
	return statement, args, nil
}

// NotificationStatement is CustomerStatement for notifications.
func NotificationStatement(q *tenant.Query, in ListQuery) (string, []any, error) {
	p, err := newPlan(q, notifications, in, own(q.Caller), "n.member_id")
	if err != nil {
		return "", nil, err
	}
	statement, args := p.sql(notificationColumns)
	return statement, args, nil
}

// NextSilenceCheck lets the tests ask for any moment and zone.
var NextSilenceCheck = nextSilenceCheck

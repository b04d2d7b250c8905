package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ContactCheck says what somebody should know before they get in touch with a customer. It forbids nothing.
type ContactCheck struct {
	DoNotContact bool `json:"do_not_contact" doc:"The customer does not want to be contacted."`
	// Contacted are what colleagues have done within the last day, latest first.
	Contacted []RecentContact `json:"contacted" nullable:"false" doc:"When colleagues were in contact within the last 24 hours, latest first; also with other customers who have the same phone number."`
}

// RecentContact is a contact by a colleague. With a customer out of the reader's reach it tells who and when alone.
type RecentContact struct {
	MemberID     tenant.MemberID `db:"author_id" json:"member_id" doc:"The colleague." example:"usr_01h455vb4pex5vsknk084sn02q"`
	Kind         string          `db:"kind" json:"kind" enum:"call,email,wechat,sms,meeting,visit" doc:"How." example:"call"`
	OccurredAt   time.Time       `db:"occurred_at" json:"occurred_at" doc:"When (UTC)."`
	CustomerID   CustomerID      `db:"customer_id" json:"customer_id" nullable:"true" doc:"With which customer; null when that one is out of your reach."`
	CustomerName string          `db:"customer_name" json:"customer_name" doc:"The customer's name; empty when out of your reach." example:"云帆科技"`
}

const (
	// recentContact is how long a colleague's contact should keep others from calling.
	recentContact = 24 * time.Hour
	// maxNamesakes bounds how many customers with one phone number are looked at, maxRecent how much is told.
	maxNamesakes = 50
	maxRecent    = 10
)

// CheckContact returns what the caller should know before they get in touch with a customer within their scope. It
// looks at all customers with the same phone number: two colleagues may know the same person by two records. For a
// caller whose roles mask phone numbers it does not, because the answer would tell of them.
func CheckContact(ctx context.Context, q *tenant.Query, id CustomerID) (ContactCheck, error) {
	c, err := GetCustomer(ctx, q, id)
	if err != nil {
		return ContactCheck{}, err
	}
	check := ContactCheck{DoNotContact: c.DoNotContact, Contacted: []RecentContact{}}
	customers, err := samePhone(ctx, q, c)
	if err != nil {
		return ContactCheck{}, err
	}
	visible, args := q.Scope(interactionRead).Where("c.owner_id", "c.id")
	args = append(append([]any{}, args...), args...)
	err = q.SelectIn(ctx, &check.Contacted, `SELECT i.author_id, i.kind, i.occurred_at, IF(`+visible+`, i.customer_id, NULL) AS customer_id,
			IF(`+visible+`, c.name, '') AS customer_name
		FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.customer_id IN (?) AND i.occurred_at > ? AND i.occurred_at <= ? AND i.author_id <> ? AND i.kind <> 'note' AND i.deleted_at IS NULL
		ORDER BY i.occurred_at DESC LIMIT ?`, append(args, customers, q.Now.Add(-recentContact), q.Now, q.Caller.Member, maxRecent)...)
	return check, err
}

// samePhone returns the customer and all others with its phone number.
func samePhone(ctx context.Context, q *tenant.Query, c Customer) ([]CustomerID, error) {
	phone := c.identity().seenBy(q.Caller).phone
	if phone == "" {
		return []CustomerID{c.ID}, nil
	}
	var others []CustomerID
	err := q.Select(ctx, &others, `SELECT id FROM company.customers WHERE phone = ? AND id <> ? AND deleted_at IS NULL LIMIT ?`, phone, c.ID, maxNamesakes)
	return append(others, c.ID), err
}

package crm

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// recountContact recomputes a locked customer's last contact and silence clock from the interactions that have
// happened: back-dated and deleted ones move it, future ones do not count until their time has come. What others have counted
// while this transaction waited for the customer counts too, though it is later than this one's time; the lock makes it be read.
func recountContact(ctx context.Context, tx *tenant.Tx, c Customer) error {
	var last struct {
		At time.Time       `db:"occurred_at"`
		By tenant.MemberID `db:"author_id"`
	}
	now := tx.Now
	if c.LastInteractionAt != nil {
		now = laterOf(now, *c.LastInteractionAt)
	}
	err := tx.Get(ctx, &last, `
		SELECT occurred_at, author_id FROM company.interactions WHERE customer_id = ? AND deleted_at IS NULL AND occurred_at <= ?
		ORDER BY occurred_at DESC, id DESC LIMIT 1 LOCK IN SHARE MODE`, c.ID, now)
	var at *time.Time
	switch {
	case errors.Is(err, tenant.ErrNotFound):
	case err != nil:
		return err
	default:
		at = &last.At
	}
	from := laterOf(laterOf(c.LifecycleSince, c.CreatedAt), c.OwnerSince)
	if at != nil {
		from = laterOf(from, *at)
	}
	// A silence that turns out longer than it seemed is still the one that the owner was reminded of.
	_, err = tx.Exec(ctx, `
		UPDATE company.customers SET last_interaction_at = ?, last_interaction_by = ?,
			silence_reminded = IF(? > silence_from, 0, silence_reminded), silence_from = ? WHERE id = ?`,
		at, last.By, from, from, c.ID)
	return err
}

// recountContacts is recountContact for customers that may be named again and again.
func recountContacts(ctx context.Context, tx *tenant.Tx, ids []CustomerID) error {
	customers, err := lockCustomers(ctx, tx, unique(ids), "1=1", nil)
	for _, c := range customers {
		if err := recountContact(ctx, tx, c); err != nil {
			return err
		}
	}
	return err
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// catchUpContacts recounts the customers whose planned interactions have happened since they were logged.
func catchUpContacts(ctx context.Context, tx *tenant.Tx) error {
	const page = 1000
	for last := (CustomerID{}); ; {
		var ids []CustomerID
		// What was logged or changed after it happened has been counted then.
		if err := tx.Select(ctx, &ids, `
			SELECT DISTINCT i.customer_id FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
			WHERE i.occurred_at > ? AND i.occurred_at <= ? AND i.occurred_at > i.updated_at AND i.deleted_at IS NULL
				AND c.deleted_at IS NULL AND (c.last_interaction_at IS NULL OR c.last_interaction_at < i.occurred_at) AND i.customer_id > ?
			ORDER BY i.customer_id LIMIT ?`, tx.Now.Add(-longestSilence), tx.Now, last[:], page); err != nil {
			return err
		}
		for _, id := range ids {
			last = id
			c, err := lockCustomer(ctx, tx, id, customerUpdate, 0)
			if errors.Is(err, tenant.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := recountContact(ctx, tx, c); err != nil {
				return err
			}
		}
		if len(ids) < page {
			return nil
		}
	}
}

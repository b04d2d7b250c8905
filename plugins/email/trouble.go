package email

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Trouble says why mail does not leave by a company's own server.
type Trouble struct {
	LastError   string     `json:"last_error" doc:"Why the last mail did not leave; empty while all is well. A mail that leaves, or another server, ends it." example:"There is no server of this name."`
	LastErrorAt *time.Time `json:"last_error_at" doc:"When that was (UTC); null while all is well."`
}

// troubleGroup stands beside the account, so that a failing mail never overwrites what an admin is about to set.
const troubleGroup = "mail_server_trouble"

func readTrouble(ctx context.Context, q *tenant.Query) (Trouble, error) {
	var t Trouble
	err := tenant.ReadSettings(ctx, q, troubleGroup, &t)
	return t, err
}

// Failed writes down that a mail did not leave by the company's own server, and tells its admins: once, until one leaves
// again. A mail that is refused because nobody is at its address says nothing about the server.
func Failed(ctx context.Context, tx *tenant.Tx, cause error) error {
	if isNobodys(cause) {
		return nil
	}
	own, err := lock(ctx, tx) // of mails that fail at once one tells
	if errors.Is(err, tenant.ErrNotFound) {
		return nil // it was removed meanwhile
	}
	if err != nil {
		return err
	}
	before, err := readTrouble(ctx, tx.Query)
	if err != nil {
		return err
	}
	now := Trouble{Reason(cause), &tx.Now}
	if err := tenant.WriteSettings(ctx, tx, troubleGroup, now); err != nil || before.LastErrorAt != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "company.mail_server_failing", Resource: "company", Record: tenant.RecordID(tx.Company.ID), Data: AccountState{own.Account, now},
	})
}

// Sent ends the trouble: a mail has left.
func Sent(ctx context.Context, tx *tenant.Tx) error {
	trouble, err := readTrouble(ctx, tx.Query)
	if err != nil || trouble.LastErrorAt == nil {
		return err
	}
	return forgetTrouble(ctx, tx)
}

func forgetTrouble(ctx context.Context, tx *tenant.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM company.settings WHERE name = ?`, troubleGroup)
	return err
}

// isNobodys reports whether the server refused the receiver and no more: the status is about an address (RFC 3463).
func isNobodys(err error) bool {
	unsent, ok := errors.AsType[*mail.SendError](err)
	return ok && unsent.Reason == mail.ErrSMTPRcptTo && strings.HasPrefix(unsent.EnhancedStatusCode(), "5.1.")
}

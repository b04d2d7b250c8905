package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// AccountMailKind is the kind of the due work that mails a member about their own account; its ref is the mail.
const AccountMailKind = "account_mail"

// The mails about accounts.
const (
	mailReset   = "reset"
	mailLocked  = "locked"
	mailChanged = "password_changed"
	mailTOTPOff = "totp_disabled"
)

// noticeOf says which events a person is told of by mail.
var noticeOf = map[string]string{eventLocked: mailLocked, eventPasswordChanged: mailChanged, eventTOTPDisabled: mailTOTPOff}

// scheduleMail has a mail sent where there is a way to. Without a kind it does nothing.
func (s *Service) scheduleMail(ctx context.Context, tx *tenant.Tx, kind string, to tenant.MemberID, id tenant.RecordID, client Client) error {
	if kind == "" || !s.cfg.Mail {
		return nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO company.account_mails (id, member_id, kind, device, created_at) VALUES (?, ?, ?, ?, ?)`,
		id, to, kind, client.describe(), tx.Now); err != nil {
		return err
	}
	return tx.Schedule(ctx, AccountMailKind, id, tenant.RecordID{}, tx.Now)
}

// AccountMailDone forgets a mail that was sent or is not wanted any more.
func AccountMailDone(ctx context.Context, tx *tenant.Tx, id tenant.RecordID) error {
	_, err := tx.Exec(ctx, `DELETE FROM company.account_mails WHERE id = ?`, id)
	return err
}

// AccountMail returns the message in the person's language. It returns tenant.ErrNotFound when there is nothing to
// send any more, or nowhere to.
func (s *Service) AccountMail(ctx context.Context, q *tenant.Query, id tenant.RecordID) (Mail, error) {
	var row struct {
		Member tenant.MemberID `db:"member_id"`
		Kind   string          `db:"kind"`
		Device string          `db:"device"`
		At     time.Time       `db:"created_at"`
	}
	if err := q.Get(ctx, &row, `SELECT member_id, kind, device, created_at FROM company.account_mails WHERE id = ?`, id); err != nil {
		return Mail{}, fmt.Errorf("mail %s: %w", id, err)
	}
	var who person
	if err := s.directory.Platform().Get(ctx, &who, `SELECT `+personColumns+` FROM platform.people WHERE id = ?`, row.Member); err != nil {
		return Mail{}, fmt.Errorf("person %s: %w", row.Member, err)
	}
	if who.Email == nil {
		return Mail{}, fmt.Errorf("person %s has no e-mail: %w", row.Member, tenant.ErrNotFound)
	}
	when := func(t time.Time) string { return t.In(q.Company.Location()).Format("2006-01-02 15:04") }
	facts := mailFacts{Name: who.Name, Address: *who.Email, Device: row.Device, At: when(row.At)}
	if row.Kind == mailReset {
		until, err := s.resetUntil(ctx, resetID(id))
		if err != nil {
			return Mail{}, err
		}
		facts.Link, facts.Until = s.resetLink(resetID(id)), when(until)
	} else {
		facts.Link = s.cfg.PublicURL + forgotPath
	}
	return accountMail(row.Kind, who.Locale, facts)
}

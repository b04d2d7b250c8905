package worker

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/tenant"
)

// letter is a mail that the database remembers until it was sent.
type letter struct {
	// compose words it, or returns tenant.ErrNotFound when it is not wanted any more.
	compose func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error)
	// done forgets it. composed is when it was worded, which is before it left.
	done func(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID, composed time.Time) error
	// id names the mail, the same for a repeat; nil when the reference does.
	id func(ref tenant.RecordID, now time.Time) string
	// own lets it leave by the company's own server, where there is one. What opens accounts never does: they may belong to
	// other companies too.
	own bool
}

func (w *Worker) invitationLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			return w.cfg.Auth.InvitationMail(ctx, q, auth.InvitationID(ref))
		},
		done: func(context.Context, *tenant.Tx, tenant.RecordID, time.Time) error { return nil },
	}
}

func (w *Worker) accountLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			return w.cfg.Auth.AccountMail(ctx, q, ref)
		},
		done: func(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID, _ time.Time) error {
			return auth.AccountMailDone(ctx, tx, ref)
		},
	}
}

// post makes a handler that mails a letter. The mail leaves before the row goes: a worker that dies between the two
// sends it twice rather than never.
func (w *Worker) post(l letter) handler {
	return alone(func(ctx context.Context, company *tenant.Company, d tenant.Due) error {
		var message auth.Mail
		var composed time.Time
		id, server, byOwn, sent := d.Ref.String(), w.cfg.Mail, false, false
		caller := tenant.System()
		err := w.cfg.Tenants.Read(ctx, company, &caller, func(q *tenant.Query) (err error) {
			composed = q.Now
			if l.id != nil {
				id = l.id(d.Ref, q.Now)
			}
			if message, err = l.compose(ctx, q, d.Ref); err != nil || !l.own {
				return err
			}
			own, err := email.ServerOf(ctx, q, w.cfg.Outbound.Guard)
			if errors.Is(err, tenant.ErrNotFound) {
				return nil
			}
			server, byOwn = own, err == nil
			return err
		})
		if err != nil && !errors.Is(err, tenant.ErrNotFound) {
			return err
		}
		if err == nil && server.Host != "" {
			if err := server.Send(ctx, id, email.Message(message)); err != nil {
				if byOwn && ctx.Err() == nil {
					err = errors.Join(err, w.ownServerFailed(ctx, company, err))
				}
				return err
			}
			sent = true
		}
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error {
			err := errors.Join(tx.Unschedule(ctx, d.Kind, d.Ref), l.done(ctx, tx, d.Ref, composed))
			if sent && byOwn {
				err = errors.Join(err, email.Sent(ctx, tx))
			}
			return err
		})
	})
}

// ownServerFailed has the company's admins told that its own mail server does not send.
func (w *Worker) ownServerFailed(ctx context.Context, company *tenant.Company, cause error) error {
	caller := tenant.System()
	return w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) error { return email.Failed(ctx, tx, cause) })
}

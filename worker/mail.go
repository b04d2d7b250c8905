package worker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Mail says how mail leaves. Without a host none does.
type Mail struct {
	Host string
	// Port 465 speaks TLS from the start; any other begins plain and must offer STARTTLS, unless Plain.
	Port               int
	Username, Password string
	// From is the sender, as "Guanxi <no-reply@example.com>".
	From string
	// Plain lets mail leave unencrypted where the server offers no TLS, for a relay on the same host.
	Plain bool
	// TLS replaces the usual checks of the server's certificate; nil is right outside of tests.
	TLS *tls.Config
}

const (
	smtpsPort   = 465
	mailTimeout = 30 * time.Second
)

// mailer sends mail by SMTP.
type mailer struct{ cfg Mail }

func (m Mail) check() error {
	if m.Host == "" {
		return nil
	}
	if err := mail.NewMsg().From(m.From); err != nil {
		return fmt.Errorf("mail sender %q: write it as Guanxi <no-reply@example.com>: %w", m.From, err)
	}
	return nil
}

// send delivers one message to the SMTP server. id makes the Message-ID, the same for a repeat.
func (m mailer) send(ctx context.Context, id string, message auth.Mail) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(m.cfg.From), msg.To(message.To)); err != nil {
		return fmt.Errorf("mail %s: %w", id, err)
	}
	msg.Subject(message.Subject)
	msg.SetMessageIDWithValue(id + "@" + m.cfg.Host)
	msg.SetDate()
	msg.SetBodyString(mail.TypeTextPlain, message.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, message.HTML)
	client, err := mail.NewClient(m.cfg.Host, m.options()...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail %s: %w", id, err)
	}
	return nil
}

func (m mailer) options() []mail.Option {
	policy := mail.TLSMandatory
	if m.cfg.Plain {
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{mail.WithPort(m.cfg.Port), mail.WithTimeout(mailTimeout), mail.WithTLSPolicy(policy)}
	if m.cfg.Port == smtpsPort {
		options = append(options, mail.WithSSL())
	}
	if m.cfg.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.cfg.Username), mail.WithPassword(m.cfg.Password))
	}
	if m.cfg.TLS != nil {
		options = append(options, mail.WithTLSConfig(m.cfg.TLS))
	}
	return options
}

// letter is a mail that the database remembers until it was sent.
type letter struct {
	// compose words it, or returns tenant.ErrNotFound when it is not wanted any more.
	compose func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error)
	// done forgets it.
	done func(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID) error
	// id names the mail, the same for a repeat; nil when the reference does.
	id func(ref tenant.RecordID, now time.Time) string
}

func (w *Worker) invitationLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			return w.cfg.Auth.InvitationMail(ctx, q, auth.InvitationID(ref))
		},
		done: func(context.Context, *tenant.Tx, tenant.RecordID) error { return nil },
	}
}

func (w *Worker) accountLetter() letter {
	return letter{
		compose: func(ctx context.Context, q *tenant.Query, ref tenant.RecordID) (auth.Mail, error) {
			return w.cfg.Auth.AccountMail(ctx, q, ref)
		},
		done: auth.AccountMailDone,
	}
}

// post makes a handler that mails a letter. The mail leaves before the row goes: a worker that dies between the two
// sends it twice rather than never.
func (w *Worker) post(l letter) handler {
	return alone(func(ctx context.Context, company *tenant.Company, d tenant.Due) error {
		var message auth.Mail
		id := d.Ref.String()
		caller := tenant.System()
		err := w.cfg.Tenants.Read(ctx, company, &caller, func(q *tenant.Query) (err error) {
			if l.id != nil {
				id = l.id(d.Ref, q.Now)
			}
			message, err = l.compose(ctx, q, d.Ref)
			return err
		})
		if err != nil && !errors.Is(err, tenant.ErrNotFound) {
			return err
		}
		if err == nil && w.mail.cfg.Host != "" {
			if err := w.mail.send(ctx, id, message); err != nil {
				return err
			}
		}
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error {
			return errors.Join(tx.Unschedule(ctx, d.Kind, d.Ref), l.done(ctx, tx, d.Ref))
		})
	})
}

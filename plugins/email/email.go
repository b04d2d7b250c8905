// Package email sends mail by SMTP: by the installation's server, or by one that a company has named.
package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/wneessen/go-mail"
)

// Message is one mail. Text and HTML say the same.
type Message struct {
	To, Subject, Text, HTML string
}

// Server says how mail leaves. Without a host none does.
type Server struct {
	Host string
	Port int
	// TLSFirst says that the server speaks TLS from the start. Any other begins plain and must offer STARTTLS, unless Plain.
	TLSFirst           bool
	Username, Password string
	// From is the sender, as "Guanxi <no-reply@example.com>".
	From string
	// Plain lets mail leave unencrypted where the server offers no TLS, for a relay on the same host.
	Plain bool
	// Control is asked about each address before it is dialled; nil allows all.
	Control func(network, address string, c syscall.RawConn) error
	// TLS replaces the usual checks of the server's certificate; nil is right outside of tests.
	TLS *tls.Config
}

const sendTimeout = 30 * time.Second

// Check refuses a sender that is no address.
func (s Server) Check() error {
	if s.Host == "" {
		return nil
	}
	if err := mail.NewMsg().From(s.From); err != nil {
		return fmt.Errorf("mail sender %q: write it as Guanxi <no-reply@example.com>: %w", s.From, err)
	}
	return nil
}

// Send delivers one message to the server. id makes the Message-ID, the same for a repeat.
func (s Server) Send(ctx context.Context, id string, m Message) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(s.From), msg.To(m.To)); err != nil {
		return fmt.Errorf("mail %s: %w", id, err)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(id + "@" + s.Host)
	msg.SetDate()
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	client, err := mail.NewClient(s.Host, s.options()...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail %s: %w", id, err)
	}
	return nil
}

func (s Server) options() []mail.Option {
	policy := mail.TLSMandatory
	if s.Plain || s.TLSFirst { // a connection that is encrypted already has nothing to start
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(sendTimeout), mail.WithTLSPolicy(policy), mail.WithDialContextFunc(s.dial)}
	if s.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	if s.TLS != nil {
		options = append(options, mail.WithTLSConfig(s.TLS))
	}
	return options
}

func (s Server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Control: s.Control}
	if !s.TLSFirst {
		return dialer.DialContext(ctx, network, address)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.Host}
	if s.TLS != nil {
		config = s.TLS
	}
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, network, address)
}

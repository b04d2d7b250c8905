package plugintest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/guanxi-crm/guanxi/plugins/email"
)

// The account at a mail server that asks for one.
const (
	MailUser     = "crm@acme.example"
	MailPassword = "a long phrase is good"
)

// Nobody is an address at which no mail server has a mailbox.
const Nobody = "nobody@acme.example"

// MailServer is a mail server that keeps what it gets.
type MailServer struct {
	// Server says how to reach it.
	Server email.Server

	mu       sync.Mutex
	messages []string
	refuse   bool
}

// NewMailServer starts a server on the loopback that asks for no account and speaks no TLS.
func NewMailServer(t testing.TB) *MailServer {
	t.Helper()
	s := &MailServer{Server: email.Server{From: "Guanxi <no-reply@crm.example>", Plain: true}}
	s.listen(t, smtp.NewServer(backend{s, false}), false)
	return s
}

// NewSecureMailServer starts one that asks for the account and speaks TLS: from the start, or after STARTTLS.
func NewSecureMailServer(t testing.TB, tlsFirst bool) *MailServer {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(web.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(web.Certificate())
	s := &MailServer{Server: email.Server{
		From: "Acme <" + MailUser + ">", Username: MailUser, Password: MailPassword, TLSFirst: tlsFirst,
		TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted, ServerName: "example.com"},
	}}
	server := smtp.NewServer(backend{s, true})
	server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: web.TLS.Certificates}
	s.listen(t, server, tlsFirst)
	return s
}

func (s *MailServer) listen(t testing.TB, server *smtp.Server, tlsFirst bool) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("listens on %s", listener.Addr())
	}
	s.Server.Host, s.Server.Port = "127.0.0.1", at.Port
	if tlsFirst {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// Refuse makes the server refuse mail for a while, or take it again.
func (s *MailServer) Refuse(refuse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

// All returns what it got.
func (s *MailServer) All() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.messages...)
}

// backend begins the sessions of a server.
type backend struct {
	server *MailServer
	asks   bool
}

// NewSession implements smtp.Backend.
func (b backend) NewSession(*smtp.Conn) (smtp.Session, error) {
	if b.asks {
		return &signedIn{session: session{server: b.server, asks: true}}, nil
	}
	return &session{server: b.server}, nil
}

type session struct {
	server *MailServer
	asks   bool
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	switch {
	case s.asks:
		return smtp.ErrAuthRequired
	case s.server.refuse:
		return &smtp.SMTPError{Code: 451, Message: "try again later"}
	}
	return nil
}

func (*session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == Nobody {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	if !strings.HasSuffix(to, "@acme.example") {
		return errors.New("who is that")
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.messages = append(s.server.messages, string(text))
	return err
}

// signedIn is a session that has to begin with the account.
type signedIn struct{ session }

func (*signedIn) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *signedIn) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != MailUser || password != MailPassword {
			return smtp.ErrAuthFailed
		}
		s.asks = false
		return nil
	}), nil
}

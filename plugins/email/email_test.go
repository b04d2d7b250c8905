package email_test

import (
	"net"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

var message = email.Message{To: "chen@acme.example", Subject: "任务到期", Text: "plain words", HTML: "<p>plain words</p>"}

func TestSend(t *testing.T) {
	for name, s := range map[string]*plugintest.MailServer{
		"plain": plugintest.NewMailServer(t), "starttls": plugintest.NewSecureMailServer(t, false), "tls": plugintest.NewSecureMailServer(t, true),
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.Server.Send(t.Context(), "ntf_1", message); err != nil {
				t.Fatal(err)
			}
			mails := s.All()
			if len(mails) != 1 || !strings.Contains(mails[0], "Message-ID: <ntf_1@127.0.0.1>") || !strings.Contains(mails[0], "To: <chen@acme.example>") {
				t.Errorf("got %q", mails)
			}
		})
	}
}

func TestReason(t *testing.T) {
	plain, starttls, tls := plugintest.NewMailServer(t), plugintest.NewSecureMailServer(t, false), plugintest.NewSecureMailServer(t, true)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, row := range map[string]struct {
		server *plugintest.MailServer
		change func(*email.Server)
		want   string
	}{
		"private address":       {plain, func(s *email.Server) { s.Control = plugins.Guard{}.MailControl }, "refused"},
		"private address, tls":  {tls, func(s *email.Server) { s.Control = plugins.Guard{}.MailControl }, "refused"},
		"no TLS":                {plain, func(s *email.Server) { s.Plain = false }, "offers no STARTTLS"},
		"wrong password":        {starttls, func(s *email.Server) { s.Password = "wrong" }, "The server says: 535"},
		"wrong password, tls":   {tls, func(s *email.Server) { s.Password = "wrong" }, "The server says: 535"},
		"no account":            {starttls, func(s *email.Server) { s.Username = "" }, "does not take the mail"},
		"strange certificate":   {starttls, func(s *email.Server) { s.TLS = nil }, "certificate"},
		"strange, tls":          {tls, func(s *email.Server) { s.TLS = nil }, "certificate"},
		"nobody listens":        {plain, func(s *email.Server) { s.Port = closed.Addr().(*net.TCPAddr).Port }, "does not answer"},
		"no such server":        {plain, func(s *email.Server) { s.Host = "mail.invalid" }, "no server of this name"},
		"refused for the while": {plain, func(*email.Server) { plain.Refuse(true) }, "try again later"},
	} {
		t.Run(name, func(t *testing.T) {
			server := row.server.Server
			row.change(&server)
			err := server.Send(t.Context(), "ntf_1", message)
			plain.Refuse(false)
			if err == nil {
				t.Fatal("it was sent")
			}
			if got := email.Reason(err); !strings.Contains(got, row.want) || strings.Contains(got, "127.0.0.1") {
				t.Errorf("%q lacks %q; the error is %v", got, row.want, err)
			}
		})
	}
}

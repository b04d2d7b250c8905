package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/guanxi-crm/guanxi/plugins"
)

// Reason says why a mail could not be sent, in words that are fit for a company: the original names addresses of ours.
func Reason(err error) string {
	var (
		refused     *plugins.RefusedError
		unknown     *net.DNSError
		certificate *tls.CertificateVerificationError
		answer      *textproto.Error
		unsent      *mail.SendError
		network     net.Error
	)
	switch {
	case errors.As(err, &refused):
		return "The server is refused: " + refused.Error() + "."
	case errors.As(err, &unknown):
		return "There is no server of this name."
	case errors.As(err, &certificate):
		return "The server's certificate is not to be trusted."
	case errors.As(err, &answer):
		return "The server says: " + plugins.OneLine(answer.Error(), 300)
	case errors.As(err, &unsent):
		said, _, _ := strings.Cut(unsent.Error(), ", affected message ID")
		return "The server does not take the mail: " + plugins.OneLine(said, 300)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network):
		return "The server does not answer."
	case strings.Contains(err.Error(), "STARTTLS"):
		return "The server offers no STARTTLS; try the security tls."
	}
	return "The server does not speak as a mail server does."
}

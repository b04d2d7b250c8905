package plugins

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// AllowPrivateSetting is the setting that lets requests reach private addresses.
const AllowPrivateSetting = "GUANXI_ALLOW_PRIVATE_TARGETS"

// maxURLBytes bounds a target's URL.
const maxURLBytes = 2048

// targetPorts are where receivers on the internet listen. Others are mostly not HTTP at all, and a request to
// them is a way to attack somebody else in our name.
var targetPorts = []uint16{80, 443, 8080, 8443}

// metadata holds the addresses from which clouds hand out credentials. Nobody's receiver lives there, so they
// stay refused even where private addresses are allowed.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"),     // link-local: AWS, Azure, Google, Tencent
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba Cloud
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("fd00:ec2::254/128"), // AWS
}

// mailPorts are where mail servers take mail from those who have an account there.
var mailPorts = []uint16{465, 587, 2525}

// listener is a kind of server that may be called. Its guardian refuses everything that the IANA registries do not call
// globally reachable, and its ports in words say which others are refused.
type listener struct {
	guardian *ssrf.Guardian
	ports    string
}

var (
	webServer  = listener{ssrf.New(ssrf.WithPorts(targetPorts...)), "443, 80, 8080 or 8443"}
	mailServer = listener{ssrf.New(ssrf.WithPorts(mailPorts...)), "465, 587 or 2525"}
)

// RefusedError says that our own guard does not let a request leave.
type RefusedError struct {
	// Reason is fit for the company to read. It does not name the address that a host name led to, which
	// would map our inner network for a stranger.
	Reason string
	// Setting names what would allow the target, or is empty when nothing does.
	Setting string
	// Addr is the refused address for our own log, when the refusal came at dial time.
	Addr netip.Addr
}

func (e *RefusedError) Error() string {
	if e.Setting == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s (only %s=true allows that)", e.Reason, e.Setting)
}

// Guard decides which targets requests may go to: by default public addresses over HTTPS, on ports 80, 443,
// 8080 and 8443.
type Guard struct {
	// AllowPrivate also lets private addresses, plain HTTP and any port through, for development.
	AllowPrivate bool
}

// CheckURL refuses what is wrong by its looks: no absolute http(s) URL, credentials within, a port or a
// literal address that is not allowed. It returns a *[RefusedError]. Names are only resolved when dialling,
// where the same rules hold for every address and every attempt.
func (g Guard) CheckURL(raw string) error {
	if len(raw) > maxURLBytes {
		return &RefusedError{Reason: fmt.Sprintf("URL is longer than %d characters", maxURLBytes)}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return &RefusedError{Reason: "not a URL; write it like https://example.com/hooks"}
	}
	return g.checkURL(u)
}

func (g Guard) checkURL(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch {
	case u.Scheme != "https" && u.Scheme != "http", host == "":
		return &RefusedError{Reason: "not an absolute URL; write it like https://example.com/hooks"}
	case u.User != nil:
		return &RefusedError{Reason: "URL must not hold a user name or password; receivers verify the signature instead"}
	}
	port, err := targetPort(u)
	if err != nil {
		return &RefusedError{Reason: "port must be a number from 1 to 65535"}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.checkAddr(webServer, netip.AddrPortFrom(addr, port), u.Scheme)
	}
	if g.AllowPrivate {
		return nil
	}
	switch {
	case u.Scheme != "https":
		return plainHTTP()
	case isPrivateName(host):
		return privateName(host)
	case !slices.Contains(targetPorts, port):
		return webServer.refuse(port)
	}
	return nil
}

// CheckMailServer is CheckURL for a mail server.
func (g Guard) CheckMailServer(host string, port int) error {
	if port < 1 || port > 65535 {
		return &RefusedError{Reason: "port must be a number from 1 to 65535"}
	}
	at := uint16(port)
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.checkAddr(mailServer, netip.AddrPortFrom(addr, at), "")
	}
	switch {
	case g.AllowPrivate:
		return nil
	case isPrivateName(host):
		return privateName(host)
	case !slices.Contains(mailPorts, at):
		return mailServer.refuse(at)
	}
	return nil
}

func isPrivateName(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || !strings.Contains(host, ".")
}

func privateName(host string) error {
	return &RefusedError{Reason: "host " + host + " is private; give one that is reachable from the internet", Setting: AllowPrivateSetting}
}

// checkAddr is the rule for a known address. scheme is "" at dial time, where it has been checked before.
func (g Guard) checkAddr(at listener, target netip.AddrPort, scheme string) error {
	// A mapped address is the IPv4 address by another name and must not get by under it.
	target = netip.AddrPortFrom(target.Addr().Unmap().WithZone(""), target.Port())
	for _, p := range metadata {
		if p.Contains(target.Addr()) {
			return &RefusedError{Reason: "the address is reserved for cloud metadata and is never called", Addr: target.Addr()}
		}
	}
	if g.AllowPrivate {
		return nil
	}
	err := at.guardian.SafeAddrPort(target)
	switch {
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return at.refuse(target.Port())
	case err != nil:
		return &RefusedError{
			Reason:  "the address is private; give one that is reachable from the internet",
			Setting: AllowPrivateSetting, Addr: target.Addr(),
		}
	case scheme == "http":
		return plainHTTP()
	}
	return nil
}

// control is a [net.Dialer]'s Control: it sees each resolved address just before it is dialled, which leaves
// a changing name server no gap between check and use.
func (g Guard) control(network, address string, _ syscall.RawConn) error {
	return g.dialled(webServer, network, address)
}

// MailControl is a [net.Dialer]'s Control for mail servers.
func (g Guard) MailControl(network, address string, _ syscall.RawConn) error {
	return g.dialled(mailServer, network, address)
}

func (g Guard) dialled(at listener, network, address string) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || (network != "tcp4" && network != "tcp6") {
		return &RefusedError{Reason: "only TCP to an internet address is allowed"}
	}
	return g.checkAddr(at, target, "")
}

func targetPort(u *url.URL) (uint16, error) {
	switch {
	case u.Port() != "":
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if port == 0 && err == nil {
			err = strconv.ErrRange
		}
		return uint16(port), err
	case u.Scheme == "http":
		return 80, nil
	}
	return 443, nil
}

func plainHTTP() error {
	return &RefusedError{Reason: "URL must start with https://, so that nobody on the way can read or change what is sent", Setting: AllowPrivateSetting}
}

func (l listener) refuse(port uint16) error {
	return &RefusedError{Reason: fmt.Sprintf("port %d is not allowed; use %s", port, l.ports), Setting: AllowPrivateSetting}
}

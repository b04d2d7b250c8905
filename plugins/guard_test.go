package plugins

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestCheckURL(t *testing.T) {
	const allowed = ""
	for _, tc := range []struct {
		url, strict, dev string // a part of the refusal, or allowed
	}{
		{"https://example.com/hooks?x=1", allowed, allowed},
		{"https://example.com:8443/hooks", allowed, allowed},
		{"https://例子.测试/hooks", allowed, allowed},
		{"https://8.8.8.8/", allowed, allowed},
		{"https://[2606:4700::1111]/", allowed, allowed},
		{"http://example.com/", "https://", allowed},
		{"http://8.8.8.8/", "https://", allowed},
		{"https://example.com:22/", "port 22", allowed},
		{"https://8.8.8.8:6379/", "port 6379", allowed},
		{"https://localhost/", "private", allowed},
		{"https://LOCALHOST./", "private", allowed},
		{"https://api.localhost/", "private", allowed},
		{"https://redis/", "private", allowed},
		{"https://2130706433/", "private", allowed}, // 127.0.0.1 to some resolvers
		{"https://127.0.0.1/", "private", allowed},
		{"https://10.1.2.3/", "private", allowed},
		{"https://[::1]/", "private", allowed},
		{"https://[::ffff:127.0.0.1]/", "private", allowed},
		{"https://[fd12::1]/", "private", allowed},
		{"https://169.254.169.254/latest/meta-data", "metadata", "metadata"},
		{"https://[::ffff:169.254.169.254]/", "metadata", "metadata"},
		{"https://[fe80::1%25eth0]/", "metadata", "metadata"},
		{"https://100.100.100.200/", "metadata", "metadata"},
		{"https://[fd00:ec2::254]/", "metadata", "metadata"},
		{"https://user:pass@example.com/", "user name", "user name"},
		{"https://user@example.com/", "user name", "user name"},
		{"ftp://example.com/", "absolute URL", "absolute URL"},
		{"file:///etc/passwd", "absolute URL", "absolute URL"},
		{"gopher://example.com/", "absolute URL", "absolute URL"},
		{"//example.com/", "absolute URL", "absolute URL"},
		{"/hooks", "absolute URL", "absolute URL"},
		{"https://", "absolute URL", "absolute URL"},
		{"", "absolute URL", "absolute URL"},
		{"https://example.com:0/", "port must", "port must"},
		{"https://example.com:70000/", "port must", "port must"},
		{"https://exa mple.com/", "not a URL", "not a URL"},
		{"https://example.com/\r\nX: y", "not a URL", "not a URL"},
		{"https://example.com/" + strings.Repeat("a", 2048), "longer", "longer"},
	} {
		for guard, want := range map[Guard]string{{}: tc.strict, {AllowPrivate: true}: tc.dev} {
			err := guard.CheckURL(tc.url)
			var refused *RefusedError
			switch {
			case want == allowed && err != nil:
				t.Errorf("%+v.CheckURL(%q) = %v, want it allowed", guard, tc.url, err)
			case want != allowed && (!errors.As(err, &refused) || !strings.Contains(err.Error(), want)):
				t.Errorf("%+v.CheckURL(%q) = %v, want a refusal with %q", guard, tc.url, err, want)
			}
		}
	}
}

func TestARefusalNamesTheSetting(t *testing.T) {
	err := Guard{}.CheckURL("https://10.1.2.3/")
	want := "the address is private; give one that is reachable from the internet (only GUANXI_ALLOW_PRIVATE_TARGETS=true allows that)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := (Guard{}).CheckURL("https://169.254.169.254/"); strings.Contains(err.Error(), AllowPrivateSetting) {
		t.Errorf("%v names a setting that does not help", err)
	}
}

// TestDialRefusesEverySpecialNetwork walks the networks that are not the internet, at their first usable
// address.
func TestDialRefusesEverySpecialNetwork(t *testing.T) {
	for _, network := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"224.0.0.0/4", "240.0.0.0/4", "255.255.255.254/31", "::/128", "::/127", "fe80::/10", "fc00::/7", "ff00::/8",
		"2001:db8::/32", "3fff::/20", "100::/64", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "5f00::/16",
	} {
		addr := netip.MustParsePrefix(network).Addr().Next()
		name := "tcp6"
		if addr.Is4() {
			name = "tcp4"
		}
		err := Guard{}.control(name, netip.AddrPortFrom(addr, 443).String(), nil)
		var refused *RefusedError
		if !errors.As(err, &refused) || !refused.Addr.IsValid() {
			t.Errorf("control(%s) = %v, want a refusal", addr, err)
		}
	}
}

func TestDialChecksWhatTheNameLedTo(t *testing.T) {
	for _, tc := range []struct {
		guard            Guard
		network, address string
		allowed          bool
	}{
		{Guard{}, "tcp4", "8.8.8.8:443", true},
		{Guard{}, "tcp6", "[2606:4700::1111]:443", true},
		{Guard{}, "tcp4", "8.8.8.8:25", false},
		{Guard{}, "tcp6", "[::ffff:10.0.0.1]:443", false},
		{Guard{}, "udp4", "8.8.8.8:443", false},
		{Guard{}, "unix", "/run/mysqld/mysqld.sock", false},
		{Guard{AllowPrivate: true}, "tcp4", "127.0.0.1:39999", true},
		{Guard{AllowPrivate: true}, "tcp4", "169.254.169.254:80", false},
		{Guard{AllowPrivate: true}, "tcp6", "[::ffff:169.254.169.254]:80", false},
		{Guard{AllowPrivate: true}, "unix", "/run/redis.sock", false},
	} {
		if err := tc.guard.control(tc.network, tc.address, nil); (err == nil) != tc.allowed {
			t.Errorf("%+v.control(%s, %s) = %v, want allowed = %v", tc.guard, tc.network, tc.address, err, tc.allowed)
		}
	}
}

func TestDialerCarriesTheRefusal(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialer := &net.Dialer{Control: Guard{}.control}
	_, err = dialer.Dial("tcp", listener.Addr().String())
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("Dial = %v, want a *RefusedError", err)
	}
}

package tenant_test

import (
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// fate is what the proxy does with a statement.
type fate int

const (
	pass      fate = iota
	cutBefore      // the server never sees the statement
	cutAfter       // the server carries it out; the answer is lost
)

// proxy stands between the driver and the real server and breaks connections where a test wants it.
type proxy struct {
	net.Listener
	network, address string

	mu     sync.Mutex
	decide func(statement string) fate
	lost   func() // called when an answer is thrown away
}

// openThrough opens the installation a second time, through a proxy.
func openThrough(t *testing.T, i *tenanttest.Installation) (*tenant.Directory, *proxy) {
	t.Helper()
	p, cfg := newProxy(t, i)
	d, err := tenant.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d, p
}

// newProxy starts a proxy and returns the configuration that leads through it.
func newProxy(t *testing.T, i *tenanttest.Installation) (*proxy, tenant.Config) {
	t.Helper()
	dsn, err := mysql.ParseDSN(i.Config.DSN)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "proxy"))
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: listener, network: dsn.Net, address: dsn.Addr}
	go p.serve()
	dsn.Net, dsn.Addr = "unix", listener.Addr().String()
	cfg := i.Config
	cfg.DSN = dsn.FormatDSN()
	t.Cleanup(func() { _ = p.Close() })
	return p, cfg
}

// on sets what happens to each statement from now on.
func (p *proxy) on(decide func(statement string) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide = decide
}

func (p *proxy) fateOf(statement string) fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.decide == nil {
		return pass
	}
	return p.decide(statement)
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		link := &link{proxy: p, client: client, server: server}
		go link.toServer()
		go link.toClient()
	}
}

type link struct {
	*proxy
	client, server net.Conn

	mu   sync.Mutex
	deaf bool // the next answer is lost
}

func (l *link) close() { _, _ = l.client.Close(), l.server.Close() }

// toServer reads MySQL packets: three bytes of length, one of sequence, the payload. A statement begins
// with the byte 3 in a packet of sequence 0.
func (l *link) toServer() {
	defer l.close()
	for {
		var head [4]byte
		if _, err := io.ReadFull(l.client, head[:]); err != nil {
			return
		}
		length := binary.LittleEndian.Uint32([]byte{head[0], head[1], head[2], 0})
		packet := append(head[:], make([]byte, length)...)
		if _, err := io.ReadFull(l.client, packet[4:]); err != nil {
			return
		}
		if head[3] == 0 && length > 0 && packet[4] == 3 {
			switch l.fateOf(string(packet[5:])) {
			case cutBefore:
				return
			case cutAfter:
				l.mu.Lock()
				l.deaf = true
				l.mu.Unlock()
			}
		}
		if _, err := l.server.Write(packet); err != nil {
			return
		}
	}
}

func (l *link) toClient() {
	defer l.close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buffer)
		l.mu.Lock()
		deaf := l.deaf
		l.mu.Unlock()
		if err == nil && deaf && l.lost != nil {
			l.lost()
		}
		if err != nil || deaf {
			return
		}
		if _, err := l.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

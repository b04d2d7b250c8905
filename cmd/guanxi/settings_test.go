package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/worker"
)

func TestDatabasesMustBeNamed(t *testing.T) {
	const dsn = "root@tcp(127.0.0.1:3306)/"
	key := tenant.NewMasterKey()
	for name, c := range map[string]struct {
		databases databases
		want      string
	}{
		"no server":      {databases{MasterKey: key}, "GUANXI_MYSQL_DSN is not set"},
		"no master key":  {databases{MySQLDSN: dsn}, "GUANXI_MASTER_KEY is not set; make one with: openssl rand -base64 32"},
		"bad master key": {databases{MySQLDSN: dsn, MasterKey: "secret"}, "master key"},
		"all is well":    {databases{MySQLDSN: dsn, MasterKey: key, SchemaPrefix: "gx", MaxConns: 7}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := c.databases.config()
			if c.want == "" {
				if err != nil || cfg.DSN != dsn || cfg.Prefix != "gx" || cfg.MaxConns != 7 {
					t.Errorf("%+v, %v", cfg, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestRedisMustBeNamed(t *testing.T) {
	for url, want := range map[string]string{
		"":                        "GUANXI_REDIS_URL is not set",
		"localhost:6379":          "GUANXI_REDIS_URL: want redis://",
		"http://user:secret@host": "GUANXI_REDIS_URL: want redis://",
	} {
		if _, err := (services{RedisURL: url}).redis(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want %s", url, err, want)
		}
	}
	client, err := services{RedisURL: "unix:///run/redis.sock?db=3"}.redis()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if o := client.Options(); o.Network != "unix" || o.Addr != "/run/redis.sock" || o.DB != 3 {
		t.Errorf("%+v", o)
	}
}

func TestMailServer(t *testing.T) {
	const from = "Guanxi <no-reply@acme.example>"
	for url, want := range map[string]*email.Server{
		"":                                    {},
		"smtp://mail.example":                 {Host: "mail.example", Port: 587, From: from},
		"smtp://mail.example:25?plain=true":   {Host: "mail.example", Port: 25, From: from, Plain: true},
		"smtps://me:p%40ss@mail.example":      {Host: "mail.example", Port: 465, TLSFirst: true, From: from, Username: "me", Password: "p@ss"},
		"smtps://me:p%40ss@mail.example:8465": {Host: "mail.example", Port: 8465, TLSFirst: true, From: from, Username: "me", Password: "p@ss"},
		"mail.example:587":                    nil,
		"http://mail.example":                 nil,
		"smtp://":                             nil,
		"smtp://me:secret@mail.example:two":   nil,
	} {
		got, err := services{SMTPURL: url, MailFrom: from}.mail()
		if want == nil {
			if err == nil || !strings.Contains(err.Error(), "GUANXI_SMTP_URL") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v", url, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", url, err)
		}
		if diff := cmp.Diff(*want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", url, diff)
		}
	}
}

func TestPublicURL(t *testing.T) {
	at := &net.TCPAddr{IP: net.IPv4zero, Port: 8090}
	for configured, want := range map[string]string{
		"http://localhost:8080":    "http://localhost:8090", // the default follows the port
		"https://crm.acme.example": "https://crm.acme.example",
		"https://acme.example/":    "https://acme.example",
	} {
		if got := publicURL(configured, at); got != want {
			t.Errorf("%s: %s, want %s", configured, got, want)
		}
	}
}

func TestTheMasterKeyIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := keptMasterKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.ParseMasterKey(first); err != nil {
		t.Error(err)
	}
	if again, err := keptMasterKey(dir); err != nil || again != first {
		t.Errorf("%q, %v; want %q", again, err, first)
	}
	if info, err := os.Stat(filepath.Join(dir, "master.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v, %v", info, err)
	}
	if _, err := keptMasterKey(filepath.Join(dir, "master.key")); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestCommandsSayWhatTheyMiss(t *testing.T) {
	settings := []string{"GUANXI_MYSQL_DSN=root@unix(/nonexistent.sock)/", "GUANXI_REDIS_URL=unix:///nonexistent.sock"}
	withKey := append(settings, "GUANXI_MASTER_KEY="+tenant.NewMasterKey())
	for _, c := range []struct {
		settings []string
		args     string
		want     string
	}{
		{nil, "serve", "GUANXI_MYSQL_DSN is not set; `guanxi dev` runs a server of its own"},
		{nil, "migrate", "GUANXI_MYSQL_DSN is not set"},
		{settings, "worker", "GUANXI_MASTER_KEY is not set"},
		{settings, "admin create a@acme.example", "password"},
		{withKey, "migrate", "/nonexistent.sock"},
		{withKey, "admin suspend acme", "id"},
		{nil, "server", "unexpected argument server"},
		{nil, "serve --adr :80", "unknown flag --adr"},
	} {
		t.Run(c.args, func(t *testing.T) {
			p, code := once(t, c.settings, strings.Fields(c.args)...)
			if code == 0 || !strings.Contains(p.log.String(), c.want) {
				t.Errorf("exit code %d, want %q:\n%s", code, c.want, p.log.String())
			}
		})
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	help := ""
	for _, command := range []string{"serve", "worker", "dev"} {
		p, code := once(t, nil, command, "--help")
		if code != 0 {
			t.Errorf("%s --help: exit code %d", command, code)
		}
		help += p.out.String()
	}
	for _, name := range []string{
		"GUANXI_ADDR", "GUANXI_PUBLIC_URL", "GUANXI_DATA_DIR", "GUANXI_MASTER_KEY", "GUANXI_MYSQL_DSN", "GUANXI_REDIS_URL",
		"GUANXI_STRIPE_API_BASE", "GUANXI_ALLOW_PRIVATE_TARGETS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "GUANXI_QUEUES",
	} {
		if !strings.Contains(help, name) {
			t.Errorf("no command's help names %s", name)
		}
	}
	for _, hidden := range []string{"GUANXI_DINGTALK_BASE", "GUANXI_FEISHU_BASE"} {
		if strings.Contains(help, hidden) {
			t.Errorf("help names %s, which is for tests", hidden)
		}
	}
	for _, queue := range worker.Queues() {
		if !strings.Contains(help, queue) {
			t.Errorf("help does not name the queue %s", queue)
		}
	}
}

package main

import (
	"database/sql"
	"io"
	"log"
	"net/http"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/cmd/guanxi/local"
	"github.com/guanxi-crm/guanxi/tenant"
)

// password is what everybody here signs in with.
const password = "correct horse battery"

// installation is a migrated platform on the shared servers. Its processes are started by the tests.
type installation struct {
	site
	servers  *local.Services
	server   *process
	settings []string
	prefix   string
	db       *sqlx.DB
	redis    *redis.Client
}

// install migrates an installation of its own, by its prefix, and starts one server.
func install(t *testing.T, prefix string) *installation {
	t.Helper()
	i := &installation{servers: sharedServers(t), prefix: prefix}
	i.settings = []string{
		"GUANXI_MYSQL_DSN=" + i.servers.MySQLDSN, "GUANXI_REDIS_URL=" + i.servers.RedisURL, "GUANXI_SCHEMA_PREFIX=" + prefix,
		"GUANXI_MASTER_KEY=" + tenant.NewMasterKey(), "GUANXI_ALLOW_PRIVATE_TARGETS=true",
	}
	i.db, i.redis = database(t, i.servers.MySQLDSN), redisClient(t, i.servers.RedisURL, 0)
	if p, code := once(t, i.settings, "migrate"); code != 0 {
		t.Fatalf("migrate: exit code %d\n%s%s", code, p.out.String(), p.log.String())
	}
	i.server, i.site = i.serve(t)
	return i
}

// database opens a connection of the test's own.
func database(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.ParseTime, cfg.InterpolateParams = true, true
	cfg.Logger = log.New(io.Discard, "", 0) // that a killed server has gone is no news
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// redisClient opens a connection of the test's own; db is the database on that server.
func redisClient(t testing.TB, url string, db int) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.DB = db
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// serve starts a server on a free port.
func (i *installation) serve(t testing.TB) (*process, site) {
	t.Helper()
	addr := freeAddress(t)
	p := run(t, append(i.settings, "GUANXI_ADDR="+addr), "serve")
	s := site{"http://" + addr}
	s.awaitReady(t, p)
	return p, s
}

// work starts a worker for the queues, or for all.
func (i *installation) work(t testing.TB, queues ...string) *process {
	t.Helper()
	args := []string{"worker"}
	for _, q := range queues {
		args = append(args, "--queues", q)
	}
	p := run(t, i.settings, args...)
	eventually(t, p.name+" works", patience, func() bool { return len(p.logged(object{"msg": "worker started"})) > 0 || !p.running() })
	return p
}

// awaitReady waits until the process serves.
func (s site) awaitReady(t testing.TB, p *process) {
	t.Helper()
	eventually(t, p.name+" is ready", patience, func() bool {
		if !p.running() {
			t.Fatalf("%s ended:\n%s", p.name, p.log.tail(30))
		}
		a, err := s.send(nobody, http.MethodGet, "/readyz", "", nil)
		return err == nil && a.status == http.StatusOK
	})
}

// tenancy is one company of an installation, and who speaks for it.
type tenancy struct {
	*installation
	id     tenant.CompanyID
	schema string
	admin  person
	key    person // an API key that may create and read customers
}

// signUp makes a company on the largest plan, whose rates let a test write as fast as it can.
func (i *installation) signUp(t testing.TB, name string) *tenancy {
	t.Helper()
	up := i.post(t, nobody, "/v1/signup", object{
		"company": object{"name": name}, "name": name + " admin", "email": "admin@" + name + ".example", "password": password,
	}).want(t, http.StatusCreated)
	c := &tenancy{installation: i, admin: signedIn(t, up)}
	var err error
	if c.id, err = tenant.ParseCompanyID(up.object(t)["company"].(object)["id"].(string)); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `UPDATE `+i.prefix+`_platform.companies SET plan = 'business' WHERE id = ?`, c.id)
	api.AnnounceChange(t.Context(), i.redis, c.id)
	if err := i.db.GetContext(t.Context(), &c.schema, `SELECT schema_name FROM `+i.prefix+`_platform.companies WHERE id = ?`, c.id); err != nil {
		t.Fatal(err)
	}
	key := i.post(t, c.admin, "/v1/api-keys", object{"name": "writer", "scopes": []string{"customer:create", "customer:read"}}).want(t, http.StatusCreated)
	c.key = person{token: key.text(t, "key")}
	return c
}

// signedIn reads who may go on after a sign-up, a sign-in or an acceptance.
func signedIn(t testing.TB, a answer) person {
	t.Helper()
	var in struct {
		User         struct{ ID, Email string }
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
	}
	a.into(t, &in)
	return person{id: in.User.ID, email: in.User.Email, token: in.AccessToken, refresh: in.RefreshToken}
}

// listen makes a webhook endpoint for the event types and returns its receiver.
func (c *tenancy) listen(t testing.TB, types ...string) *receiver {
	t.Helper()
	r := newReceiver(t)
	made := c.post(t, c.admin, "/v1/webhook-endpoints", object{"url": r.url, "event_types": types}).want(t, http.StatusCreated)
	r.expect(t, made.text(t, "secret"))
	return r
}

func (i *installation) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := i.db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

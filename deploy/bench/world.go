package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/go-redis/redis_rate/v10"
	_ "github.com/go-sql-driver/mysql" // registers itself
	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
	"github.com/guanxi-crm/guanxi/tenant"
)

// world is the product, served on loopback from fresh schemas.
type world struct {
	cfg        tenant.Config
	tenants    *tenant.Directory
	redis      *redis.Client
	auth       *auth.Service
	billing    *billing.Service
	connectors plugins.Connectors
	url        string
	server     *http.Server
}

func newWorld(ctx context.Context) (*world, error) {
	dsn, redisURL := os.Getenv("GUANXI_MYSQL_DSN"), os.Getenv("GUANXI_REDIS_URL")
	if dsn == "" || redisURL == "" {
		return nil, errors.New("no databases; run: make bench")
	}
	var unique [4]byte
	_, _ = rand.Read(unique[:])
	key, err := tenant.ParseMasterKey(tenant.NewMasterKey())
	if err != nil {
		return nil, err
	}
	w := &world{cfg: tenant.Config{DSN: dsn, Prefix: "gxb" + hex.EncodeToString(unique[:]), MasterKey: key, MaxConns: 32}}
	if _, err := tenant.Migrate(ctx, w.cfg, io.Discard); err != nil {
		return nil, err
	}
	if w.tenants, err = tenant.Open(ctx, w.cfg); err != nil {
		return nil, err
	}
	redisOptions, err := redis.ParseURL(redisURL)
	if err != nil {
		return nil, err
	}
	w.redis = redis.NewClient(redisOptions)
	if w.auth, err = auth.New(auth.Config{
		Directory: w.tenants, Redis: w.redis, PublicURL: "http://bench.test", KeyPrefix: w.cfg.Prefix + ":",
		Attempts: auth.AttemptLimits{SignUp: redis_rate.PerSecond(10_000)},
	}); err != nil {
		return nil, err
	}
	guard := plugins.Guard{AllowPrivate: true}
	if w.connectors, err = plugins.NewConnectors(webhook.New(guard)); err != nil {
		return nil, err
	}
	w.billing = billing.New(billing.Config{Directory: w.tenants, PublicURL: "http://bench.test"})
	handler := api.New(api.Config{
		Tenants: w.tenants, Redis: w.redis, Auth: w.auth, Billing: w.billing, PublicURL: "http://bench.test",
		AllowPrivateTargets: true, RateScale: 1_000_000,
	})
	w.url, w.server, err = listen(ctx, handler)
	return w, err
}

// listen serves a handler on a free port of the loopback address.
func listen(ctx context.Context, h http.Handler) (string, *http.Server, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), server, nil
}

func (w *world) close() {
	_ = w.server.Close()
	w.auth.Close()
	w.tenants.Close()
	_ = w.redis.Close()
	db, err := sqlx.Open("mysql", w.cfg.DSN)
	if err != nil {
		return
	}
	defer func() { _ = db.Close() }()
	var names []string
	_ = db.Select(&names, `SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?`, w.cfg.Prefix+`\_%`)
	for _, name := range names {
		_, _ = db.Exec("DROP DATABASE `" + name + "`")
	}
}

const password = "a long enough password"

// account is a company that signed up.
type account struct {
	email   string
	token   string
	company *tenant.Company
	member  tenant.MemberID
}

func (w *world) signUp(ctx context.Context, name string) (account, error) {
	var out struct {
		AccessToken string `json:"access_token"`
		Company     struct {
			ID tenant.CompanyID `json:"id"`
		} `json:"company"`
		User struct {
			ID tenant.MemberID `json:"id"`
		} `json:"user"`
	}
	email := name + "@bench.example"
	body := fmt.Sprintf(`{"company":{"name":%q},"name":"Bench","email":%q,"password":%q}`, name, email, password)
	if err := w.call(ctx, "", http.MethodPost, "/v1/signup", "application/json", []byte(body), &out); err != nil {
		return account{}, err
	}
	company, err := w.tenants.Company(ctx, out.Company.ID)
	return account{email, out.AccessToken, company, out.User.ID}, err
}

// signIn gives an account a new access token.
func (w *world) signIn(ctx context.Context, a *account) error {
	var out struct {
		AccessToken string `json:"access_token"`
	}
	body := fmt.Sprintf(`{"identifier":%q,"password":%q}`, a.email, password)
	err := w.call(ctx, "", http.MethodPost, "/v1/auth/login", "application/json", []byte(body), &out)
	a.token = out.AccessToken
	return err
}

func (w *world) call(ctx context.Context, token, method, path, contentType string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, w.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}

package main

import (
	"errors"
	"log/slog"
	"os"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// databases says where the data is. Every command that works on an installation takes it.
type databases struct {
	MySQLDSN     string `name:"mysql-dsn" env:"GUANXI_MYSQL_DSN" placeholder:"USER:PASSWORD@tcp(HOST:3306)/" help:"MySQL 8 or MariaDB 10.11 server, without a database name."`
	SchemaPrefix string `env:"GUANXI_SCHEMA_PREFIX" default:"gx" help:"Begins the name of every schema."`
	MasterKey    string `env:"GUANXI_MASTER_KEY" placeholder:"BASE64" help:"Encrypts all secrets at rest: base64 of 32 bytes, from: openssl rand -base64 32. Keep it safe; without it they are lost."`
	MaxConns     int    `env:"GUANXI_MYSQL_CONNS" default:"32" help:"Most connections of this process to each MySQL server."`
}

func (d databases) config() (tenant.Config, error) {
	if d.MySQLDSN == "" {
		return tenant.Config{}, errors.New("GUANXI_MYSQL_DSN is not set; `guanxi dev` runs a server of its own")
	}
	if d.MasterKey == "" {
		return tenant.Config{}, errors.New("GUANXI_MASTER_KEY is not set; make one with: openssl rand -base64 32")
	}
	key, err := tenant.ParseMasterKey(d.MasterKey)
	if err != nil {
		return tenant.Config{}, err
	}
	return tenant.Config{DSN: d.MySQLDSN, Prefix: d.SchemaPrefix, MasterKey: key, MaxConns: d.MaxConns}, nil
}

// services says what the running processes need besides the databases.
type services struct {
	RedisURL  string `name:"redis-url" env:"GUANXI_REDIS_URL" placeholder:"redis://HOST:6379/0" help:"Redis 6.2 or newer: redis://, rediss:// or unix://."`
	PublicURL string `name:"public-url" env:"GUANXI_PUBLIC_URL" default:"http://localhost:8080" help:"Where people reach this installation."`

	BlobURL     string `name:"blob-url" env:"GUANXI_BLOB_URL" placeholder:"s3://BUCKET?region=REGION" help:"Where attached files are kept: file:///FOLDER or s3://BUCKET?region=REGION&endpoint=https://HOST; without it nobody can attach files."`
	FileLimitMB int64  `name:"file-limit-mb" env:"GUANXI_FILE_LIMIT_MB" default:"50" help:"Size of the largest file that can be attached."`

	WebOrigin string `env:"GUANXI_WEB_ORIGIN" placeholder:"https://cdn.example.com" help:"Where the web client's static files lie, if on a CDN; the page itself stays here."`

	AllowPrivateTargets bool `env:"GUANXI_ALLOW_PRIVATE_TARGETS" help:"Let webhooks and bots reach loopback and private addresses."`

	TrustProxy bool `env:"GUANXI_TRUST_PROXY" help:"Take client addresses from X-Forwarded-For, behind a proxy that sets it."`

	RateScale int `env:"GUANXI_RATE_SCALE" default:"1" help:"Multiplies the API rates of all plans, for an installation on hardware of its own."`

	StripeSecretKey     string            `env:"STRIPE_SECRET_KEY" help:"Stripe's secret key; without it billing is not configured."`
	StripeWebhookSecret string            `env:"STRIPE_WEBHOOK_SECRET" help:"Signing secret of the Stripe webhook to /hooks/stripe."`
	StripeAPIBase       string            `env:"GUANXI_STRIPE_API_BASE" help:"Another address for Stripe's API, for stripe-mock."`
	StripePrices        map[string]string `env:"GUANXI_STRIPE_PRICES" help:"Price ids by lookup key, where prices carry none: guanxi_pro_month=price_…;…"`
	TrialDays           int64             `env:"GUANXI_TRIAL_DAYS" help:"Free days of a company's first subscription."`

	SMTPURL  string `name:"smtp-url" env:"GUANXI_SMTP_URL" placeholder:"smtp://USER:PASSWORD@HOST:587" help:"Mail server for invitations, forgotten passwords and notifications; without it links travel by hand."`
	MailFrom string `env:"GUANXI_MAIL_FROM" placeholder:"Guanxi <no-reply@example.com>" help:"Sender of mails."`

	DingTalkBase string `env:"GUANXI_DINGTALK_BASE" hidden:"" help:"Another address for DingTalk robots, for tests."`
	FeishuBase   string `env:"GUANXI_FEISHU_BASE" hidden:"" help:"Another address for Feishu bots, for tests."`

	LogLevel slog.Level `env:"GUANXI_LOG_LEVEL" default:"INFO" help:"DEBUG, INFO, WARN or ERROR."`
}

func (s services) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: s.LogLevel}))
}

func (s services) redis() (*redis.Client, error) {
	if s.RedisURL == "" {
		return nil, errors.New("GUANXI_REDIS_URL is not set; `guanxi dev` runs a server of its own")
	}
	options, err := redis.ParseURL(s.RedisURL)
	if err != nil {
		return nil, errors.New("GUANXI_REDIS_URL: want redis://, rediss:// or unix://PATH?db=0")
	}
	return redis.NewClient(options), nil
}

package main

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
)

// guard says which addresses the product may call on a company's behalf.
func (s services) guard() plugins.Guard { return plugins.Guard{AllowPrivate: s.AllowPrivateTargets} }

// connectors are the channels that this program can send to.
func (s services) connectors() (plugins.Connectors, error) {
	return plugins.NewConnectors(
		webhook.New(s.guard()),
		dingtalk.New(dingtalk.Options{BaseURL: s.DingTalkBase}),
		feishu.New(feishu.Options{BaseURL: s.FeishuBase}),
	)
}

var errSMTPURL = errors.New("GUANXI_SMTP_URL: want smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465; ?plain=true allows a server without TLS")

// mail reads the mail server's settings; without an address no mail is sent.
func (s services) mail() (email.Server, error) {
	if s.SMTPURL == "" {
		return email.Server{}, nil
	}
	u, err := url.Parse(s.SMTPURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return email.Server{}, errSMTPURL
	}
	m := email.Server{Host: u.Hostname(), Port: 587, From: s.MailFrom, Username: u.User.Username(), Plain: u.Query().Get("plain") == "true"}
	m.Password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		m.Port, m.TLSFirst = 465, true
	}
	if text := u.Port(); text != "" {
		if m.Port, err = strconv.Atoi(text); err != nil {
			return email.Server{}, errSMTPURL
		}
	}
	return m, nil
}

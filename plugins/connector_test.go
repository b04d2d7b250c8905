package plugins_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
)

func all(t *testing.T) plugins.Connectors {
	t.Helper()
	cs, err := plugins.NewConnectors(webhook.New(plugins.Guard{}), dingtalk.New(dingtalk.Options{}), feishu.New(feishu.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func TestConnectorsByKind(t *testing.T) {
	cs := all(t)
	if diff := cmp.Diff([]string{"dingtalk", "feishu", "webhook"}, cs.Kinds()); diff != "" {
		t.Error(diff)
	}
	for _, kind := range cs.Kinds() {
		c, err := cs.Get(kind)
		if err != nil || c.Describe().Kind != kind {
			t.Errorf("Get(%q) = %v, %v", kind, c, err)
		}
	}
	_, err := cs.Get("slack")
	if !errors.Is(err, plugins.ErrUnknownConnector) || !strings.Contains(err.Error(), "dingtalk, feishu, webhook") {
		t.Errorf("Get(slack) = %v, want ErrUnknownConnector with the known kinds", err)
	}
}

func TestConnectorsRefuseATakenKind(t *testing.T) {
	if _, err := plugins.NewConnectors(feishu.New(feishu.Options{}), feishu.New(feishu.Options{})); err == nil {
		t.Error("two connectors of one kind were accepted")
	}
}

// TestEverySecretIsDeclared guards against a new settings field that shows a token.
func TestEverySecretIsDeclared(t *testing.T) {
	for kind, c := range all(t) {
		for _, s := range c.Describe().Settings {
			holdsToken := strings.Contains(s.Name, "secret") || strings.Contains(s.Name, "token") || s.Name == "webhook_url"
			if holdsToken != s.Secret {
				t.Errorf("%s: setting %s has Secret = %v", kind, s.Name, s.Secret)
			}
		}
	}
}

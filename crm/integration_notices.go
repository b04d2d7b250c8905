package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var integrationNotices = []notice{
	{
		kind: "integration.disabled", label: phrase{"Webhook 或机器人被停用", "A webhook or bot is switched off"},
		events:   []string{"webhook_endpoint.disabled", "plugin.disabled"},
		audience: toAdmins, words: describeDisabled, channels: everywhere,
	},
	{
		kind: "company.mail_server_failing", label: phrase{"公司的邮件服务器发不出邮件", "The company's mail server does not send"},
		events:   []string{"company.mail_server_failing"},
		audience: toAdmins, words: describeMailTrouble, channels: inAppOnly, unmailed: true,
	},
}

func describeDisabled(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var target struct {
		Name   string `json:"name"`
		URL    string `json:"url"`
		Reason string `json:"reason"`
	}
	err := json.Unmarshal(c.Data, &target)
	return Message{
		Title: l.say(phrase{"已停用：%s", "Disabled: %s"}, target.Name+target.URL), Lines: []string{target.Reason}, Link: "/settings/integrations",
	}, err
}

func describeMailTrouble(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var trouble struct {
		Host  string `json:"host"`
		Error string `json:"last_error"`
	}
	err := json.Unmarshal(c.Data, &trouble)
	return Message{
		Title: l.say(phrase{"邮件服务器 %s 发不出邮件", "The mail server %s does not send"}, trouble.Host), Lines: []string{trouble.Error}, Link: "/settings",
	}, err
}

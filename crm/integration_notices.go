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

package feishu

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"

	"github.com/guanxi-crm/guanxi/plugins"
)

// Settings of a bot.
type Settings struct {
	// WebhookURL is the bot's address as Feishu shows it; its host says whether the group is in Feishu or Lark.
	WebhookURL string `json:"webhook_url"`
	// Secret is set for a bot with signature verification (签名校验).
	Secret string `json:"secret,omitempty"`
	// Keyword is set for a bot with custom keywords; it is added to messages that lack it.
	Keyword string `json:"keyword,omitempty"`
	At      At     `json:"at,omitzero"`
}

// At says whom every message mentions.
type At struct {
	OpenIDs []string `json:"open_ids,omitempty"`
	// All needs the group owner's permission; without it Feishu refuses the message.
	All bool `json:"all,omitempty"`
}

const (
	maxMentions     = 50
	maxKeywordRunes = 64
)

var (
	origins       = []string{"https://open.feishu.cn", "https://open.larksuite.com"}
	hookPath      = regexp.MustCompile(`^/open-apis/bot/v2/hook/[A-Za-z0-9_-]{1,128}$`)
	secretPattern = regexp.MustCompile(`^[\x21-\x7e]{1,200}$`)
	userPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// decode reads and checks settings and returns the address to call.
func (c *Connector) decode(raw json.RawMessage) (Settings, string, error) {
	var s Settings
	if err := plugins.DecodeSettings(raw, &s); err != nil {
		return s, "", err
	}
	wrong := &plugins.SettingsError{}
	address, ok := c.address(s.WebhookURL)
	if !ok {
		wrong.Add("webhook_url", "must be the address that Feishu shows for the bot: https://open.feishu.cn/open-apis/bot/v2/hook/…")
	}
	if s.Secret != "" && !secretPattern.MatchString(s.Secret) {
		wrong.Add("secret", "must be the signature secret (签名校验) of the bot, without spaces")
	}
	if s.Keyword != plugins.OneLine(s.Keyword, maxKeywordRunes) {
		wrong.Add("keyword", "must be one line of at most %d characters without spaces around it", maxKeywordRunes)
	}
	if len(s.At.OpenIDs) > maxMentions {
		wrong.Add("at.open_ids", "must name at most %d people; use all to mention everybody", maxMentions)
	}
	if slices.ContainsFunc(s.At.OpenIDs, func(id string) bool { return id == "all" || !userPattern.MatchString(id) }) {
		wrong.Add("at.open_ids", "must hold Feishu open ids like ou_84aad35d084aa403a838cf73ee18467")
	}
	return s, address, wrong.Err()
}

// address returns where to call the bot, or false when the URL is not the vendor's (or the override's).
func (c *Connector) address(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || !hookPath.MatchString(u.Path) {
		return "", false
	}
	origin := u.Scheme + "://" + u.Host
	switch {
	case !slices.Contains(origins, origin) && (c.base == "" || origin != c.base):
		return "", false
	case c.base != "":
		origin = c.base
	}
	return origin + u.Path, true
}

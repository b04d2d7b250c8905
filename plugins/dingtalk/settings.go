package dingtalk

import (
	"encoding/json"
	"net/url"
	"regexp"

	"github.com/guanxi-crm/guanxi/plugins"
)

// Settings of a robot. One of WebhookURL, as DingTalk shows it, and AccessToken is needed.
type Settings struct {
	WebhookURL  string `json:"webhook_url,omitempty"`
	AccessToken string `json:"access_token,omitempty"`
	// Secret is set for a robot in signing mode. It mostly starts with SEC, which is not checked.
	Secret string `json:"secret,omitempty"`
	// Keyword is set for a robot in keyword mode; it is added to messages that lack it.
	Keyword string `json:"keyword,omitempty"`
	At      At     `json:"at,omitzero"`
}

// At says whom every message mentions.
type At struct {
	Mobiles []string `json:"mobiles,omitempty"`
	UserIDs []string `json:"user_ids,omitempty"`
	All     bool     `json:"all,omitempty"`
}

const (
	maxMentions     = 50
	maxKeywordRunes = 64
)

var (
	tokenPattern  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)
	secretPattern = regexp.MustCompile(`^[\x21-\x7e]{1,200}$`)
	mobilePattern = regexp.MustCompile(`^\+?[0-9-]{5,20}$`)
	userPattern   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

// decode reads and checks settings and fills AccessToken from WebhookURL.
func (c *Connector) decode(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := plugins.DecodeSettings(raw, &s); err != nil {
		return s, err
	}
	wrong := &plugins.SettingsError{}
	switch {
	case s.WebhookURL != "":
		token, ok := c.tokenOf(s.WebhookURL)
		if !ok {
			wrong.Add("webhook_url", "must be the address that DingTalk shows for the robot: https://oapi.dingtalk.com/robot/send?access_token=…")
		}
		if ok && s.AccessToken != "" && s.AccessToken != token {
			wrong.Add("access_token", "differs from the one in webhook_url; give only one of the two")
		}
		s.AccessToken = token
	case s.AccessToken == "":
		wrong.Add("webhook_url", "is required; copy it from the robot's page in the group's settings")
	case !tokenPattern.MatchString(s.AccessToken):
		wrong.Add("access_token", "must be only letters, digits, _ and -; copy what follows access_token= in the robot's address")
	}
	if s.Secret != "" && !secretPattern.MatchString(s.Secret) {
		wrong.Add("secret", "must be the signing secret (加签) of the robot, without spaces")
	}
	if s.Keyword != plugins.OneLine(s.Keyword, maxKeywordRunes) {
		wrong.Add("keyword", "must be one line of at most %d characters without spaces around it", maxKeywordRunes)
	}
	s.At.check(wrong)
	return s, wrong.Err()
}

// tokenOf returns the access token of an address that is the vendor's own (or the override's).
func (c *Connector) tokenOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Path != sendPath {
		return "", false
	}
	origin := u.Scheme + "://" + u.Host
	token := u.Query().Get("access_token")
	return token, (origin == vendorURL || origin == c.base) && tokenPattern.MatchString(token)
}

func (a At) check(wrong *plugins.SettingsError) {
	if len(a.Mobiles)+len(a.UserIDs) > maxMentions {
		wrong.Add("at", "must name at most %d people; use all to mention everybody", maxMentions)
	}
	for _, m := range a.Mobiles {
		if !mobilePattern.MatchString(m) {
			wrong.Add("at.mobiles", "must hold mobile numbers like 13800138000")
			break
		}
	}
	for _, id := range a.UserIDs {
		if !userPattern.MatchString(id) {
			wrong.Add("at.user_ids", "must hold DingTalk user ids, which are letters, digits, dots, _ and -")
			break
		}
	}
}

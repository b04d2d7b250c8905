package feishu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// throttledFor is the wait when Feishu does not say how long: its shortest limits run over a minute.
const throttledFor = time.Minute

// Codes of the platform that mean "too fast": of the bot itself and of the gateway before it.
const (
	codeRateLimited    = 11232
	codeGatewayLimited = 99991400
)

// answer is what the bot says. StatusCode is the older form, which stays 0 in some failures, so that it only
// counts where code is missing.
type answer struct {
	Code       *int   `json:"code"`
	Msg        string `json:"msg"`
	StatusCode *int   `json:"StatusCode"`
}

// Judge implements [plugins.Connector] by the tables of
// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot and
// https://open.feishu.cn/document/ukTMukTMukTM/uUzN04SN3QjL1cDN, and codes seen in practice.
func (c *Connector) Judge(r plugins.Response, now time.Time) error {
	var a answer
	readable := json.Unmarshal(r.Body, &a) == nil
	switch {
	case r.Status == http.StatusTooManyRequests, readable && tooFast(a):
		return throttled(r, now, a)
	case readable && a.Code != nil && (*a.Code != 0 || r.Status == http.StatusOK):
		return judgeCode(*a.Code, plugins.OneLine(a.Msg, 200))
	case r.Status != http.StatusOK:
		return plugins.StatusFailed(r.Status)
	case readable && a.StatusCode != nil && *a.StatusCode == 0:
		return nil
	}
	return &plugins.Failed{Code: plugins.CodeAnswer, Reason: "Feishu's answer has no code"}
}

// tooFast tells code 9499's two meanings apart, a bad request and a throttled one.
func tooFast(a answer) bool {
	if a.Code == nil {
		return false
	}
	switch *a.Code {
	case codeRateLimited, codeGatewayLimited:
		return true
	case 9499:
		msg := strings.ToLower(a.Msg)
		return strings.Contains(msg, "too many request") || strings.Contains(msg, "frequency limit")
	}
	return false
}

func throttled(r plugins.Response, now time.Time, a answer) error {
	verdict := &plugins.Throttled{After: throttledFor, Reason: fmt.Sprintf("Feishu answered with status %d", r.Status)}
	if a.Code != nil {
		verdict.Reason = fmt.Sprintf("Feishu answered %d %s", *a.Code, plugins.OneLine(a.Msg, 200))
	}
	if seconds, err := strconv.ParseUint(r.Header.Get("X-Ogw-Ratelimit-Reset"), 10, 31); err == nil {
		verdict.After = plugins.ClampThrottle(time.Duration(seconds) * time.Second)
	} else if after, asked := plugins.RetryAfter(r.Header, now); asked {
		verdict.After = after
	}
	return verdict
}

func judgeCode(code int, msg string) error {
	said := fmt.Sprintf("Feishu answered %d %s", code, msg)
	rejected := func(why, mend string, disable bool) error {
		return &plugins.Rejected{Code: why, Reason: said + ": " + mend, Disable: disable}
	}
	switch code {
	case 0:
		return nil
	case 19001:
		return rejected(plugins.CodeToken, "the bot was removed or its address is wrong; copy it again", true)
	case 19007:
		return rejected(plugins.CodeGone, "the bot is switched off; switch it on in the group's settings", true)
	case 19021:
		// No reason to switch the bot off: Feishu says the same when the clock of ours is wrong.
		return rejected(plugins.CodeSignature, "copy the bot's secret again; if it is right, check this server's clock", false)
	case 19022:
		return rejected(plugins.CodeSenderIP, "add this server's address to the bot's list or use signature verification", false)
	case 19024:
		return rejected(plugins.CodeKeyword, "set keyword to one of the bot's keywords", false)
	case 9499, 19002:
		return rejected(plugins.CodeContent, "the message has a shape or size that bots do not take", false)
	}
	return &plugins.Failed{Code: plugins.CodeBusy, Reason: said}
}

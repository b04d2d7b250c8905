package dingtalk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// throttledFor is how long a robot that sent more than 20 messages within a minute is refused.
const throttledFor = 10 * time.Minute

// gatewayThrottle is the status in the body by which the gateway before the robot refuses.
const gatewayThrottle = 1111

// answer is what the robot says, with HTTP status 200 even for errors. A throttling gateway answers with
// status, wait and punish instead of errcode.
type answer struct {
	ErrCode *int   `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	Status  int    `json:"status"`
	Wait    int    `json:"wait"`
	Punish  string `json:"punish"`
}

// Judge implements [plugins.Connector] by the table of
// https://open.dingtalk.com/document/development/custom-robots-send-group-messages and codes seen in practice.
func (c *Connector) Judge(r plugins.Response, now time.Time) error {
	if r.Status == http.StatusTooManyRequests {
		return throttled(r, now, "status 429")
	}
	if r.Status != http.StatusOK {
		return plugins.StatusFailed(r.Status)
	}
	var a answer
	if json.Unmarshal(r.Body, &a) != nil {
		return &plugins.Failed{Code: plugins.CodeAnswer, Reason: "DingTalk's answer is no JSON"}
	}
	switch {
	case a.Status == gatewayThrottle || a.Punish != "":
		return &plugins.Throttled{
			After:  plugins.ClampThrottle(max(throttledFor, time.Duration(a.Wait)*time.Second)),
			Reason: "DingTalk's gateway refuses for a while",
		}
	case a.ErrCode == nil:
		return &plugins.Failed{Code: plugins.CodeAnswer, Reason: "DingTalk's answer has no errcode"}
	}
	return judgeCode(*a.ErrCode, plugins.OneLine(a.ErrMsg, 200))
}

func throttled(r plugins.Response, now time.Time, why string) error {
	after, asked := plugins.RetryAfter(r.Header, now)
	if !asked {
		after = throttledFor
	}
	return &plugins.Throttled{After: after, Reason: "DingTalk: " + why}
}

func judgeCode(code int, msg string) error {
	said := fmt.Sprintf("DingTalk answered %d %s", code, msg)
	rejected := func(why, mend string, disable bool) error {
		return &plugins.Rejected{Code: why, Reason: said + ": " + mend, Disable: disable}
	}
	switch code {
	case 0:
		return nil
	case 130101, 410100: // seen in practice, and the one of the document
		return &plugins.Throttled{After: throttledFor, Reason: said}
	case 310000:
		return insecure(said, msg)
	case 300001, 300005, 400101: // sources disagree on which one an unknown token gives
		return rejected(plugins.CodeToken, "copy the robot's address again", true)
	case 400013:
		return rejected(plugins.CodeGone, "the group was dissolved; connect another", true)
	case 400102:
		return rejected(plugins.CodeGone, "the robot is switched off; switch it on in the group's settings", true)
	case 400106:
		return rejected(plugins.CodeGone, "the robot was removed; add it to the group again", true)
	case 430101, 430102, 430103, 430104:
		return rejected(plugins.CodeContent, "the vendor's content check refused the message", false)
	case 400105, 40035, 43002, 43004, 460101:
		return rejected(plugins.CodeContent, "the message has a shape or size that robots do not take", false)
	}
	// -1 is "busy"; unknown codes and used-up quotas (90030) may pass in hours.
	return &plugins.Failed{Code: plugins.CodeBusy, Reason: said}
}

// insecure tells the robot's security checks apart, which share a code, by what the message says. None of them
// switches the robot off: the mend is a setting, and a clock of ours that is wrong would else switch off all.
func insecure(said, msg string) error {
	rejected := &plugins.Rejected{Code: plugins.CodeSignature}
	switch msg = strings.ToLower(msg); {
	case strings.Contains(msg, "keyword"):
		rejected.Code = plugins.CodeKeyword
		rejected.Reason = said + ": set keyword to one of the robot's keywords"
	case strings.Contains(msg, "whitelist"):
		rejected.Code = plugins.CodeSenderIP
		rejected.Reason = said + ": add this server's address to the robot's list or use signing"
	case strings.Contains(msg, "timestamp"):
		rejected.Reason = said + ": the clock of this server is more than an hour wrong"
	default:
		rejected.Reason = said + ": copy the robot's signing secret (加签) again"
	}
	return rejected
}

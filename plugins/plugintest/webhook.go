package plugintest

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Webhook is a company's own receiver, which verifies signatures by Standard Webhooks.
type Webhook struct {
	*Receiver
	// Secret is the one of the endpoint, with its prefix.
	Secret string
}

// NewWebhook starts a receiver with the endpoint's secret.
func NewWebhook(t testing.TB, secret string, opts ...Option) *Webhook {
	t.Helper()
	w := &Webhook{Secret: secret}
	w.Receiver = start(t, w, opts)
	return w
}

func (w *Webhook) limits() []window { return []window{{count: 10, span: time.Second}} }

func (w *Webhook) failing() answer {
	return answer{status: http.StatusInternalServerError, body: "broken"}
}

func (w *Webhook) throttling() answer {
	return answer{status: http.StatusTooManyRequests, header: map[string]string{"Retry-After": "30"}, body: "slow down"}
}

func (w *Webhook) gone() answer { return answer{status: http.StatusGone, body: "moved out"} }

// check: the timestamp is at most five minutes away, and one of the v1 signatures is HMAC-SHA256 of
// id.timestamp.body with the decoded secret as the key.
func (w *Webhook) check(r Request) answer {
	id, timestamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	key, keyErr := base64.StdEncoding.DecodeString(strings.TrimPrefix(w.Secret, "whsec_"))
	if r.Method != http.MethodPost || id == "" || err != nil || keyErr != nil || !near(time.Unix(seconds, 0), r.At, 5*time.Minute) {
		return answer{status: http.StatusBadRequest, body: "bad headers"}
	}
	for _, versioned := range strings.Split(r.Header.Get("webhook-signature"), " ") {
		signature, isV1 := strings.CutPrefix(versioned, "v1,")
		if isV1 && signed(string(key), id+"."+timestamp+"."+string(r.Body), signature) {
			return answer{status: http.StatusNoContent, accepted: true}
		}
	}
	return answer{status: http.StatusUnauthorized, body: "bad signature"}
}

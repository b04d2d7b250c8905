package plugins_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/guanxi-crm/guanxi/plugins"
)

const (
	secret    = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	oldSecret = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="

	bySecret    = "v1,A8otpahCR4nWYaCJH0PQ6PWByNQY8yVLHH1PNbo2LP0="
	byOldSecret = "v1,gmFSonAqtCmun5LrpQWCYFf11J9i5RgVS3neyLLhmGM="

	body = `{"type":"contact.created","timestamp":"2023-11-14T22:13:20Z","data":{"id":"c_1","name":"张三"}}`
)

var at = time.Unix(1700000000, 0)

type vector struct {
	Secret    string `json:"secret"`
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	Body      string `json:"body"`
	Signature string `json:"signature"`
}

// vectors are two computed with three other implementations and the one in every Standard Webhooks library;
// more are read from the shared data where that is present.
func vectors(t *testing.T) []vector {
	t.Helper()
	vs := []vector{
		{secret, "msg_0001", at.Unix(), body, bySecret},
		{oldSecret, "msg_0001", at.Unix(), body, byOldSecret},
		{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
			`{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
	}
	raw, err := os.ReadFile(filepath.Join(sharedData(), "webhooks", "standard-webhooks-vectors.json"))
	if errors.Is(err, os.ErrNotExist) {
		return vs
	}
	var shared struct{ Sign []vector }
	if err != nil || json.Unmarshal(raw, &shared) != nil || len(shared.Sign) == 0 {
		t.Fatalf("shared vectors cannot be read: %v", err)
	}
	return append(vs, shared.Sign...)
}

func sharedData() string {
	if dir := os.Getenv("GUANXI_SHARED_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "data")
}

func TestSignGivesTheVectorsBytes(t *testing.T) {
	for _, v := range vectors(t) {
		got, err := plugins.SigningSecrets{Current: v.Secret}.Sign(v.ID, time.Unix(v.Timestamp, 0), []byte(v.Body))
		if err != nil || got != v.Signature {
			t.Errorf("Sign(%s, %d, %q) = %q, %v, want %q", v.ID, v.Timestamp, v.Body, got, err, v.Signature)
		}
	}
}

func TestRotationSignsWithBothUntilTheOverlapEnds(t *testing.T) {
	s := plugins.SigningSecrets{Current: oldSecret}.Rotate(secret, at, 24*time.Hour)
	for name, tc := range map[string]struct {
		at   time.Time
		want int
	}{
		"at once":        {at, 2},
		"last second":    {at.Add(24*time.Hour - time.Second), 2},
		"overlap is out": {at.Add(24 * time.Hour), 1},
	} {
		got, err := s.Sign("msg_0001", tc.at, []byte(body))
		if err != nil || len(strings.Split(got, " ")) != tc.want {
			t.Errorf("%s: %q, %v, want %d signatures", name, got, err, tc.want)
		}
	}
	if got, _ := s.Sign("msg_0001", at, []byte(body)); got != bySecret+" "+byOldSecret {
		t.Errorf("Sign = %q, want the new and then the old signature", got)
	}
}

func TestOfficialLibraryVerifiesWithNewAndOldSecret(t *testing.T) {
	now := time.Now() // the library reads the clock itself
	fresh, retired, stranger := plugins.NewSecret(), plugins.NewSecret(), plugins.NewSecret()
	s := plugins.SigningSecrets{Current: retired}.Rotate(fresh, now, time.Hour)
	signature, err := s.Sign("evt_1", now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("webhook-id", "evt_1")
	header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	header.Set("webhook-signature", signature)
	for secret, good := range map[string]bool{fresh: true, retired: true, stranger: false} {
		receiver, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := receiver.Verify([]byte(body), header); (err == nil) != good {
			t.Errorf("Verify = %v, want good = %v", err, good)
		}
		if receiver.Verify([]byte(body+" "), header) == nil {
			t.Error("a changed body was verified")
		}
	}
}

func TestRotateKeepsTheLatestTen(t *testing.T) {
	s := plugins.SigningSecrets{Current: plugins.NewSecret()}
	var retired []string
	for range 12 {
		retired = append([]string{s.Current}, retired...)
		s = s.Rotate(plugins.NewSecret(), at, time.Hour)
	}
	if len(s.Previous) != 10 || s.Previous[0].Secret != retired[0] || s.Previous[9].Secret != retired[9] {
		t.Errorf("kept %d secrets, want the ten latest first", len(s.Previous))
	}
	if s = s.Rotate(secret, at.Add(2*time.Hour), 0); len(s.Previous) != 0 {
		t.Errorf("kept %d secrets whose time is over", len(s.Previous))
	}
}

func TestSecretsThatCannotSign(t *testing.T) {
	for name, s := range map[string]plugins.SigningSecrets{
		"empty":        {},
		"prefix alone": {Current: "whsec_"},
		"no base64":    {Current: "whsec_geheim geheim geheim geheim geheim"},
		"too short":    {Current: "whsec_AAECAwQFBgcICQoLDA0ODw=="},
		"too long":     {Current: "whsec_" + strings.Repeat("AAAA", 22)},
		"bad old one":  {Current: secret, Previous: []plugins.RetiredSecret{{Secret: "geheim", Until: at.Add(time.Hour)}}},
	} {
		_, err := s.Sign("evt_1", at, nil)
		if !errors.Is(err, plugins.ErrBadSecret) || !errors.Is(s.Validate(), plugins.ErrBadSecret) {
			t.Errorf("%s: Sign = %v, Validate = %v, want ErrBadSecret", name, err, s.Validate())
		}
		if strings.Contains(fmt.Sprint(err), "geheim") {
			t.Errorf("%s: the error repeats the secret: %v", name, err)
		}
	}
}

func TestNewSecretsAreFreshAndValid(t *testing.T) {
	a, b := plugins.NewSecret(), plugins.NewSecret()
	if a == b || len(a) != len("whsec_")+44 {
		t.Errorf("secrets %q and %q", a, b)
	}
	if err := (plugins.SigningSecrets{Current: a}).Validate(); err != nil {
		t.Error(err)
	}
}

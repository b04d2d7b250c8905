package plugins_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/plugins"
)

func TestDecodeSettingsNamesTheField(t *testing.T) {
	type settings struct {
		URL string   `json:"url"`
		At  []string `json:"at"`
		On  bool     `json:"on"`
	}
	for name, tc := range map[string]struct{ in, want string }{
		"good":          {`{"url":"https://example.com","at":["a"],"on":true}`, ""},
		"empty":         {``, "settings: must be one JSON object"},
		"broken":        {`{"url":`, "settings: must be one JSON object"},
		"not an object": {`["s3cret"]`, "settings: must be one JSON object"},
		"two values":    {`{} {}`, "settings: must be one JSON object"},
		"unknown field": {`{"urll":"s3cret"}`, "urll: is not a setting of this connector; remove it"},
		"number":        {`{"url":7}`, "url: must be a string, not number"},
		"no array":      {`{"at":"s3cret"}`, "at: must be an array, not string"},
		"no bool":       {`{"on":"s3cret"}`, "on: must be true or false, not string"},
	} {
		t.Run(name, func(t *testing.T) {
			var s settings
			err := plugins.DecodeSettings(json.RawMessage(tc.in), &s)
			if tc.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var wrong *plugins.SettingsError
			if !errors.As(err, &wrong) || err.Error() != "settings: "+tc.want {
				t.Errorf("got %v, want settings: %s", err, tc.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error repeats the value: %v", err)
			}
		})
	}
}

func TestRedactKeepsTheEndOfLongSecrets(t *testing.T) {
	d := plugins.Description{Kind: "x", Settings: []plugins.Setting{
		{Name: "url"}, {Name: "secret", Secret: true}, {Name: "token", Secret: true}, {Name: "old", Secret: true},
	}}
	got, err := d.Redact(json.RawMessage(`{"url":"https://example.com","secret":"SEC0123456789abcdef","token":"short",
		"old":[{"secret":"SEC0123456789abcdef"}],"stray":"SEC0123456789abcdef"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"old":"••••","secret":"••••cdef","stray":"••••cdef","token":"••••","url":"https://example.com"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if _, err := d.Redact(json.RawMessage(`"SECRET"`)); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("Redact of no object = %v, want an error without the value", err)
	}
}

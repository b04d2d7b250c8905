package webhook_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
)

func lifecycleChanged() plugins.Event {
	return plugins.Event{
		ID: "evt_01h455vb4pex5vsknk084sn02q", Type: "customer.lifecycle_changed",
		Time:    time.Date(2026, 3, 1, 17, 4, 5, 123456000, time.FixedZone("CST", 8*3600)),
		Company: plugins.Company{ID: "com_01h455vb4pex5vsknk084sn02q", Name: `甲公司 "Acme" & <Sons>`},
		Data:    json.RawMessage(`{ "id": "cus_1", "from":"interested","to":"won", "name": "<b>&\u00e9</b>", "amount": 1.50 }`),
	}
}

func TestBodyGolden(t *testing.T) {
	body, err := webhook.Body(lifecycleChanged())
	if err != nil {
		t.Fatal(err)
	}
	plugintest.Golden(t, "event.golden.json", body)
	if !strings.HasSuffix(string(body), `"data":`+string(lifecycleChanged().Data)+"}") {
		t.Error("the data's bytes were changed")
	}
}

func TestBodySaysWhatWasBefore(t *testing.T) {
	e := lifecycleChanged()
	without, err := webhook.Body(e)
	if err != nil {
		t.Fatal(err)
	}
	for previous, want := range map[string]string{
		"": "", "null": "", `{ "lifecycle":"interested" }`: `,"previous":{ "lifecycle":"interested" }`,
	} {
		e.Previous = json.RawMessage(previous)
		body, err := webhook.Body(e)
		if err != nil || string(body) != string(without[:len(without)-1])+want+"}" {
			t.Errorf("%s: %s, %v", previous, body, err)
		}
	}
}

func TestLargeEventsGoThin(t *testing.T) {
	e := lifecycleChanged()
	e.Data = json.RawMessage(`{"id":"cus_1","owner_id":"usr_2","parent_id":null,"note":"` + strings.Repeat("字", 10_000) +
		`","id_card":"x","list_id":["a"],"huge_id":"` + strings.Repeat("a", 500) + `"}`)
	body, err := webhook.Body(e)
	if err != nil {
		t.Fatal(err)
	}
	plugintest.Golden(t, "thin.golden.json", body)
}

func TestAnEventOfTheLimitIsWhole(t *testing.T) {
	for size, thin := range map[int]bool{webhook.MaxBodyBytes: false, webhook.MaxBodyBytes + 1: true} {
		e := lifecycleChanged()
		e.Data = json.RawMessage(`""`)
		empty, err := webhook.Body(e)
		if err != nil {
			t.Fatal(err)
		}
		e.Data = json.RawMessage(`"` + strings.Repeat("a", size-len(empty)) + `"`)
		body, err := webhook.Body(e)
		if err != nil || strings.Contains(string(body), `"thin":true,"data":null`) != thin || !json.Valid(body) || len(body) > webhook.MaxBodyBytes {
			t.Errorf("%d bytes: sent %d, %v, want thin = %v", size, len(body), err, thin)
		}
	}
}

func TestBodyRefusesBrokenEvents(t *testing.T) {
	for want, change := range map[string]func(*plugins.Event){
		"event id":   func(e *plugins.Event) { e.ID = "" },
		"no dot":     func(e *plugins.Event) { e.ID = "evt.1" },
		"event type": func(e *plugins.Event) { e.Type = "customer created" },
		"event data": func(e *plugins.Event) { e.Data = nil },
		"must be":    func(e *plugins.Event) { e.Previous = json.RawMessage("{") },
		"event time": func(e *plugins.Event) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		e := lifecycleChanged()
		change(&e)
		if _, err := webhook.Body(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Body = %v, want an error with %q", err, want)
		}
	}
}

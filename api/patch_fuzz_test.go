package api_test

import (
	"net/http"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
)

// FuzzPatch sends changes of any shape to records of every kind. Each is done, or refused for a reason that is the
// client's, and then nothing of the record has changed.
func FuzzPatch(f *testing.F) {
	w := newWorld(f)
	w.config.RateScale = 1e6
	w.server = api.New(w.config)
	customer := w.post(f, w.acme.rep, "/v1/customers", `{"name":"云帆","phone":"13800138000","tags":["vip"]}`).want(f, http.StatusCreated).id(f)
	about := `"customer_id":"` + customer + `"}`
	paths := []string{
		"/v1/customers/" + customer,
		"/v1/contacts/" + w.post(f, w.acme.rep, "/v1/contacts", `{"name":"张三",`+about).want(f, http.StatusCreated).id(f),
		"/v1/interactions/" + w.post(f, w.acme.rep, "/v1/interactions", `{"kind":"call","summary":"x",`+about).want(f, http.StatusCreated).id(f),
		"/v1/tasks/" + w.post(f, w.acme.rep, "/v1/tasks", `{"title":"x","due_at":"2037-03-06T07:00:00Z",`+about).want(f, http.StatusCreated).id(f),
		"/v1/deals/" + w.post(f, w.acme.rep, "/v1/deals", `{"name":"x","amount":100,`+about).want(f, http.StatusCreated).id(f),
		"/v1/calendar-events/" + w.post(f, w.acme.rep, "/v1/calendar-events", `{"title":"x","starts_at":"2037-03-06T07:00:00Z",`+about).want(f, http.StatusCreated).id(f),
	}
	for _, seed := range []string{
		``, `null`, `[]`, `"x"`, `7`, `{`, `{}`, `{"":1}`, `{"name":null}`, `{"name":""}`, `{"name":7}`, `{"NAME":"x"}`, `{"name":"x","name":null}`, `{"name":{"a":null}}`,
		`{"nosuch":1}`, `{"id":"cus_01h455vb4pex5vsknk084sn02q"}`, `{"version":-1}`, `{"phone":"12"}`, `{"phone":null,"email":null}`, `{"email":"@"}`, `{"tags":null}`,
		`{"tags":["",""]}`, `{"tags":[null]}`, `{"owner_id":null}`, `{"owner_id":"usr_01h455vb4pex5vsknk084sn02q"}`, `{"customer_id":null}`, `{"customer_id":"deal_01h455vb4pex5vsknk084sn02q"}`,
		`{"employees":1e400}`, `{"employees":-1}`, `{"employees":1.5}`, `{"revenue":9223372036854775808}`, `{"custom":null}`, `{"custom":{"nosuch":1}}`, `{"custom":[]}`,
		`{"due_at":"0000-00-00T00:00:00Z"}`, `{"due_at":"9999-12-31T23:59:59+14:00"}`, `{"due_on":"2024-02-30"}`, `{"due_at":null,"due_on":null}`, `{"rrule":"FREQ=SECONDLY"}`, `{"rrule":"x"}`,
		`{"time_zone":"Mars/Olympus"}`, `{"starts_at":"2037-03-06T07:00:00Z","ends_at":"2037-03-05T07:00:00Z"}`, `{"starts_on":"9999-12-31","ends_on":"0001-01-01"}`,
		`{"reminders":[{"minutes_before":99999999}]}`, `{"checklist":[{}]}`, `{"status":"won"}`, `{"amount":-1}`, `{"currency":"¤"}`, `{"expected_close":"x"}`,
		"{\"name\":\"\x00\"}", "{\"name\":\"\xff\"}", `{"name":"\ud800"}`, `{"summary":"` + "\u202e" + `"}`, `{"minutes":1e9}`, `{"latitude":91}`, `{"member_ids":["x"]}`, `{"attendee_ids":[""]}`, `{"guests":[{"email":"x"}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range paths {
			before := w.get(t, w.acme.rep, path).Body.String()
			a := w.patch(t, w.acme.rep, path, body, "Content-Type", "application/json")
			if a.Code >= http.StatusInternalServerError {
				t.Errorf("PATCH %s %q: %d: %s", path, body, a.Code, a.Body)
			}
			if after := w.get(t, w.acme.rep, path).Body.String(); a.Code >= http.StatusBadRequest && after != before {
				t.Errorf("PATCH %s %q was refused with %d and changed:\n%s\n%s", path, body, a.Code, before, after)
			}
		}
	})
}

package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// bulk is what became of each customer.
type bulk struct {
	Selected, Changed, Unchanged, Refused int
	NotFound                              int `json:"not_found"`
	Failures                              []struct{ ID, Code string }
}

func (w *world) bulk(t *testing.T, who person, body string) bulk {
	t.Helper()
	var out bulk
	w.post(t, who, "/v1/customers/bulk", body).want(t, http.StatusOK).into(t, &out)
	return out
}

func (w *world) customer(t *testing.T, who person, body string) string {
	t.Helper()
	return w.post(t, who, "/v1/customers", body).want(t, http.StatusCreated).id(t)
}

func TestBulkTags(t *testing.T) {
	w := newWorld(t)
	a, b := w.customer(t, w.acme.rep, `{"name":"A","tags":["VIP"]}`), w.customer(t, w.acme.rep, `{"name":"B"}`)
	colleague, stranger := w.customer(t, w.acme.rep2, `{"name":"C"}`), w.customer(t, w.globex.rep, `{"name":"D"}`)
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("%q", fmt.Sprintf("t%d", i)))
	}
	full := w.customer(t, w.acme.rep, `{"name":"Full","tags":[`+strings.Join(many, ",")+`]}`)
	ids := fmt.Sprintf(`"ids":[%q,%q,%q,%q,%q,%q,"cus_01h455vb4pex5vsknk084sn02q"]`, a, b, b, colleague, stranger, full)

	got := w.bulk(t, w.acme.rep, `{"action":"tag","tags":["vip","fair"],`+ids+`}`)
	if got.Selected != 6 || got.Changed != 2 || got.NotFound != 3 || got.Refused != 1 || got.Unchanged != 0 {
		t.Errorf("tag: %+v", got)
	}
	for _, f := range got.Failures {
		if want := map[bool]string{true: "too_many", false: "not_found"}[f.ID == full]; f.Code != want || f.ID == a || f.ID == b {
			t.Errorf("failure %+v, want %s", f, want)
		}
	}
	w.get(t, w.acme.rep, "/v1/customers/"+a).want(t, http.StatusOK, `"tags":["VIP","fair"]`)
	w.get(t, w.acme.rep, "/v1/customers/"+b).want(t, http.StatusOK, `"tags":["VIP","fair"]`, `"name":"B"`)
	w.get(t, w.acme.rep2, "/v1/customers/"+colleague).want(t, http.StatusOK, `"tags":[]`)
	if again := w.bulk(t, w.acme.rep, fmt.Sprintf(`{"action":"tag","tags":["ＶＩＰ"],"ids":[%q,%q]}`, a, b)); again.Unchanged != 2 || again.Changed != 0 {
		t.Errorf("again: %+v", again)
	}
	if got := w.bulk(t, w.acme.rep, fmt.Sprintf(`{"action":"untag","tags":["vip","never"],"ids":[%q,%q]}`, a, b)); got.Changed != 2 {
		t.Errorf("untag: %+v", got)
	}
	w.get(t, w.acme.rep, "/v1/customers/"+a).want(t, http.StatusOK, `"tags":["fair"]`)
}

func TestBulkAssignAndDelete(t *testing.T) {
	w := newWorld(t)
	a, b := w.customer(t, w.acme.rep, `{"name":"Blue"}`), w.customer(t, w.acme.rep2, `{"name":"Bluer"}`)
	c := w.customer(t, w.acme.admin, `{"name":"Red"}`)
	assign := fmt.Sprintf(`{"action":"assign","owner_id":%q,"matching":{"q":"blue"}}`, w.acme.rep2.id)
	if got := w.bulk(t, w.acme.manager, assign); got.Selected != 2 || got.Changed != 1 || got.Unchanged != 1 {
		t.Errorf("assign: %+v", got)
	}
	w.get(t, w.acme.rep2, "/v1/customers/"+a).want(t, http.StatusOK)
	w.get(t, w.acme.rep, "/v1/customers/"+a).want(t, http.StatusNotFound)
	pool := fmt.Sprintf(`{"action":"assign","owner_id":null,"ids":[%q]}`, c)
	w.post(t, w.acme.manager, "/v1/customers/bulk", pool).want(t, http.StatusUnprocessableEntity, `"field":"owner_id"`)
	if got := w.bulk(t, w.acme.admin, pool); got.Changed != 1 {
		t.Errorf("pool: %+v", got)
	}
	if got := w.bulk(t, w.acme.rep2, fmt.Sprintf(`{"action":"delete","ids":[%q,%q,%q]}`, a, b, c)); got.Changed != 2 || got.NotFound != 1 {
		t.Errorf("delete: %+v", got)
	}
	w.get(t, w.acme.admin, "/v1/customers/"+b).want(t, http.StatusNotFound)
	if got := w.bulk(t, w.acme.admin, `{"action":"delete","matching":{}}`); got.Selected != 1 || got.Changed != 1 {
		t.Errorf("delete all: %+v", got)
	}
	if got := w.bulk(t, w.acme.admin, `{"action":"delete","matching":{}}`); got.Selected != 0 || got.Failures == nil {
		t.Errorf("delete none: %+v", got)
	}
}

func TestBulkIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.customer(t, w.acme.rep, `{"name":"A"}`)
	var many []string
	for range 501 {
		many = append(many, fmt.Sprintf("%q", id))
	}
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out":    {person{}, `{"action":"delete","matching":{}}`, 401, "unauthenticated"},
		"nothing":       {w.acme.rep, `{}`, 422, `"field":"action"`},
		"nobody":        {w.acme.rep, `{"action":"delete"}`, 422, `"field":"ids"`},
		"both":          {w.acme.rep, fmt.Sprintf(`{"action":"delete","matching":{},"ids":[%q]}`, id), 422, `"field":"ids"`},
		"too many ids":  {w.acme.rep, `{"action":"delete","ids":[` + strings.Join(many, ",") + `]}`, 422, `"field":"ids"`},
		"action":        {w.acme.rep, fmt.Sprintf(`{"action":"merge","ids":[%q]}`, id), 422, `"field":"action"`},
		"no tags":       {w.acme.rep, fmt.Sprintf(`{"action":"tag","ids":[%q]}`, id), 422, `"field":"tags"`},
		"bad tag":       {w.acme.rep, fmt.Sprintf(`{"action":"tag","tags":[" "],"ids":[%q]}`, id), 422, `"field":"tags"`},
		"no owner":      {w.acme.rep, fmt.Sprintf(`{"action":"assign","ids":[%q]}`, id), 422, `"field":"owner_id"`},
		"foreign owner": {w.acme.rep, fmt.Sprintf(`{"action":"assign","owner_id":%q,"ids":[%q]}`, w.acme.rep2.id, id), 422, `"field":"owner_id"`},
		"filter":        {w.acme.rep, `{"action":"delete","matching":{"filter":"colour = red"}}`, 422, `"field":"filter"`},
		"not an id":     {w.acme.rep, `{"action":"delete","ids":["cus_1"]}`, 422, `"field":"ids[0]"`},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/customers/bulk", c.body).want(t, c.status, c.text)
		})
	}
	w.get(t, w.acme.rep, "/v1/customers/"+id).want(t, http.StatusOK)
	t.Run("a key that may change but not delete", func(t *testing.T) {
		var made struct{ Key string }
		w.post(t, w.acme.rep, "/v1/api-keys", `{"name":"k","scopes":["customer:read","customer:update"]}`).want(t, http.StatusCreated).into(t, &made)
		key := person{token: made.Key}
		if got := w.bulk(t, key, fmt.Sprintf(`{"action":"tag","tags":["x"],"ids":[%q]}`, id)); got.Changed != 1 {
			t.Errorf("%+v", got)
		}
		w.post(t, key, "/v1/customers/bulk", fmt.Sprintf(`{"action":"delete","ids":[%q]}`, id)).want(t, http.StatusForbidden)
	})
}

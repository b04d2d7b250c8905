package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestFeedback(t *testing.T) {
	w := newWorld(t)
	const body = `{"kind":"idea","text":" 按颜色排序标签 ","rating":4,"route":"/customers/[id]","app_version":"0.1.0 web","locale":"zh-CN"}`
	w.post(t, w.acme.rep, "/v1/feedback", body, "Idempotency-Key", "once").want(t, http.StatusCreated, w.acme.rep.id, w.acme.id, `"text":"按颜色排序标签"`)
	w.post(t, w.acme.rep, "/v1/feedback", body, "Idempotency-Key", "once").want(t, http.StatusCreated)
	const id = `{"kind":"praise","text":"good","id":"fbk_01h455vb4pex5vsknk084sn02q"}`
	w.Clock.Advance(time.Minute)
	w.post(t, w.globex.admin, "/v1/feedback", id).want(t, http.StatusCreated)
	w.post(t, w.globex.admin, "/v1/feedback", id).want(t, http.StatusCreated)
	w.post(t, w.acme.rep, "/v1/feedback", id).want(t, http.StatusConflict, "id_in_use", "!good")

	all, err := tenant.ListFeedback(t.Context(), w.Platform(), w.Clock.Now().Add(-time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, f := range all {
		kept = append(kept, f.CompanyID.String()+" "+f.Kind+" "+f.Text+" "+f.Route)
	}
	if diff := cmp.Diff([]string{w.globex.id + " praise good ", w.acme.id + " idea 按颜色排序标签 /customers/[id]"}, kept); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out": {person{}, body, 401, "unauthenticated"},
		"blank":      {w.acme.rep, `{"kind":"idea","text":"  "}`, 422, `"field":"text"`},
		"kind":       {w.acme.rep, `{"kind":"rant","text":"x"}`, 422, `"field":"kind"`},
		"rating":     {w.acme.rep, `{"kind":"idea","text":"x","rating":6}`, 422, `"field":"rating"`},
		"locale":     {w.acme.rep, `{"kind":"idea","text":"x","locale":"中文"}`, 422, `"field":"locale"`},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/feedback", c.body).want(t, c.status, c.text)
		})
	}
}

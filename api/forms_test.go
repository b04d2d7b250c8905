package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/billing"
)

// usualForm asks for what is usual and gives its customers to a member.
func usualForm(owner person, more string) string {
	return fmt.Sprintf(`{"name":"Secret fair","title":"Talk <b>to</b> us","campaign":"spring","assignment":{"rule":"member","member_id":%q},
		"fields":[{"field":"name","required":true},{"field":"phone"},{"field":"note"}]%s}`, owner.id, more)
}

var stampIn = regexp.MustCompile(`name="stamp" value="([^"]+)"`)

// visitForm opens a form's page and returns its stamp when it is old enough to be sent.
func (w *world) visitForm(t testing.TB, path string) string {
	t.Helper()
	found := stampIn.FindStringSubmatch(w.get(t, person{}, path).want(t, http.StatusOK).Body.String())
	if found == nil {
		t.Fatal("the page has no stamp")
	}
	w.Clock.Advance(3 * time.Second)
	return found[1]
}

// sendForm posts as a browser does.
func (w *world) sendForm(t testing.TB, path string, values url.Values, headers ...string) answer {
	t.Helper()
	return w.post(t, person{}, path, values.Encode(), append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
}

func pathOf(t testing.TB, made answer) string {
	t.Helper()
	var form struct{ URL string }
	made.into(t, &form)
	path, found := strings.CutPrefix(form.URL, "http://guanxi.test")
	if !found {
		t.Fatalf("address %q", form.URL)
	}
	return path
}

func TestForms(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	marketing := w.invite(t, admin, "marketing@acme.example", "Acme marketing", "marketing", admin.id)
	made := w.post(t, marketing, "/v1/forms", usualForm(rep, `,"consent_text":"I agree.","allowed_origins":["https://acme.example/"]`)).
		want(t, http.StatusCreated, `"source":"form"`, `"allowed_origins":["https://acme.example"]`, `"submissions":0`)
	id, page := made.id(t), pathOf(t, made)
	path := "/v1/forms/" + id

	t.Run("roles", func(t *testing.T) {
		w.get(t, w.acme.manager, path).want(t, http.StatusOK, "Secret fair")
		w.patch(t, w.acme.manager, path, `{"title":"x"}`).want(t, http.StatusForbidden)
		w.get(t, rep, path).want(t, http.StatusForbidden)
		w.get(t, person{}, path).want(t, http.StatusUnauthorized)
		w.get(t, w.globex.admin, path).want(t, http.StatusNotFound)
		w.get(t, w.globex.admin, "/v1/forms").want(t, http.StatusOK, "!Secret")
		w.get(t, w.globex.admin, path+"/submissions").want(t, http.StatusNotFound)
	})
	t.Run("plan", func(t *testing.T) {
		w.post(t, admin, "/v1/forms", usualForm(rep, "")).want(t, http.StatusPaymentRequired, `"quota":"forms"`)
		second := w.post(t, admin, "/v1/forms", usualForm(rep, `,"active":false`)).want(t, http.StatusCreated).id(t)
		w.patch(t, admin, "/v1/forms/"+second, `{"active":true}`).want(t, http.StatusPaymentRequired)
		w.setPlan(t, w.acme, billing.ProPlan)
		w.patch(t, admin, "/v1/forms/"+second, `{"active":true}`, "If-Match", `"1"`).want(t, http.StatusOK, `"active":true`)
		w.patch(t, admin, "/v1/forms/"+second, `{"active":true}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
		w.del(t, admin, "/v1/forms/"+second).want(t, http.StatusNoContent)
		w.get(t, admin, "/v1/forms?q=fair&filter=active=true&order_by=name").want(t, http.StatusOK, id, "!"+second)
	})
	t.Run("page", func(t *testing.T) {
		shown := w.do(t, person{}, http.MethodGet, page+"?utm_source=mail", "", "Accept-Language", "zh-CN,zh;q=0.9").
			want(t, http.StatusOK, `lang="zh-CN"`, "公司或姓名", "Talk &lt;b&gt;to&lt;/b&gt; us", "!<b>", "I agree.")
		policy := shown.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors https://acme.example") || shown.Header().Get("X-Frame-Options") != "" ||
			strings.Contains(shown.Body.String(), "<script") {
			t.Errorf("policy %q, headers %v", policy, shown.Header())
		}
		w.do(t, person{}, http.MethodGet, page, "", "Accept-Language", "fr").want(t, http.StatusOK, `lang="en"`, "Company or name")
		w.do(t, person{}, http.MethodGet, page, "", "Accept", "application/json").want(t, http.StatusOK, `"name":"phone"`, `"stamp":"`, "!"+rep.id, "!spring")
		w.get(t, person{}, page[:len(page)-1]+"!").want(t, http.StatusNotFound, "Form not found")
		w.get(t, person{}, "/f/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").want(t, http.StatusNotFound, "Form not found")
	})
	t.Run("browser", func(t *testing.T) {
		stamp := w.visitForm(t, page)
		w.sendForm(t, page, url.Values{"stamp": {stamp}, "name": {`"><script>`}, "phone": {"12"}}).
			want(t, http.StatusUnprocessableEntity, `value="&#34;&gt;&lt;script&gt;"`, `aria-invalid="true"`, "country code", "Please tick this", "!<script>")
		sent := w.sendForm(t, page, url.Values{"stamp": {stamp}, "name": {"云帆科技"}, "phone": {"138 0013 8000"}, "consent": {"yes"}}).want(t, http.StatusSeeOther)
		w.get(t, person{}, sent.Header().Get("Location")).want(t, http.StatusOK, "Thank you")
		w.sendForm(t, page, url.Values{"name": {"x"}, "consent": {"yes"}}).want(t, http.StatusUnprocessableEntity, "grown old")
		w.sendForm(t, page, url.Values{"company_url": {"spam"}}).want(t, http.StatusSeeOther)
		w.get(t, rep, "/v1/customers").want(t, http.StatusOK, "云帆科技", `"owner_id":"`+rep.id, `"status":"granted"`)
	})
	t.Run("program", func(t *testing.T) {
		again := fmt.Sprintf(`{"stamp":%q,"consent":true,"answers":{"name":"Yunfan","phone":"+8613800138000","note":"still waiting"}}`, w.visitForm(t, page))
		w.post(t, person{}, page, again).want(t, http.StatusOK, `{"thanks":"","success_url":""}`, "!云帆")
		w.post(t, person{}, page, again).want(t, http.StatusOK)
		w.post(t, person{}, page, `{"answers":{}}`).want(t, http.StatusUnprocessableEntity, `"field":"stamp"`)
		w.post(t, person{}, page, `{`).want(t, http.StatusBadRequest, "malformed")
		w.do(t, person{}, http.MethodPost, page, "x", "Content-Type", "text/plain").want(t, http.StatusUnsupportedMediaType)
		w.post(t, person{}, page, `{"answers":{"note":"`+strings.Repeat("x", 70<<10)+`"}}`).want(t, http.StatusRequestEntityTooLarge)
	})
	t.Run("submissions", func(t *testing.T) {
		var sent struct {
			Data []struct {
				CustomerID string `json:"customer_id"`
			}
			Total int
		}
		w.get(t, admin, path+"/submissions?count=true").want(t, http.StatusOK, `"known":true`, "+8613800138000", "I agree.").into(t, &sent)
		if sent.Total != 2 {
			t.Errorf("%d submissions", sent.Total)
		}
		w.get(t, marketing, path+"/submissions").want(t, http.StatusOK, "138****8000", "!+8613800138000")
		of := "/v1/customers/" + sent.Data[0].CustomerID + "/form-submissions"
		w.get(t, rep, of).want(t, http.StatusOK, "still waiting", "Secret fair")
		w.get(t, w.acme.rep2, of).want(t, http.StatusNotFound)
		w.get(t, w.globex.admin, of).want(t, http.StatusNotFound)
	})
	t.Run("closed", func(t *testing.T) {
		stamp := w.visitForm(t, page)
		w.patch(t, admin, path, `{"active":false}`).want(t, http.StatusOK)
		w.get(t, person{}, page).want(t, http.StatusGone, "This form is closed")
		w.do(t, person{}, http.MethodGet, page, "", "Accept", "application/json").want(t, http.StatusGone, "form_closed")
		w.sendForm(t, page, url.Values{"stamp": {stamp}, "name": {"x"}, "consent": {"yes"}}).want(t, http.StatusGone, "closed")
		w.patch(t, admin, path, `{"active":true,"success_url":"https://acme.example/thanks?a=1"}`).want(t, http.StatusOK)
		sent := w.sendForm(t, page, url.Values{"stamp": {stamp}, "name": {"Late Ltd"}, "consent": {"yes"}}).want(t, http.StatusSeeOther)
		if at := sent.Header().Get("Location"); at != "https://acme.example/thanks?a=1" {
			t.Errorf("led to %s", at)
		}
		w.del(t, admin, path).want(t, http.StatusNoContent)
		w.get(t, person{}, page).want(t, http.StatusNotFound)
		w.get(t, admin, path).want(t, http.StatusNotFound)
	})
}

// TestFormsAreSentInSlowly sends more than one address may.
func TestFormsAreSentInSlowly(t *testing.T) {
	w := newEmptyWorld(t)
	w.config.TrustProxy = true // for an address that no other test has
	w.server = api.New(w.config)
	w.acme = w.company(t, "Acme")
	page := pathOf(t, w.post(t, w.acme.admin, "/v1/forms", usualForm(w.acme.rep, "")).want(t, http.StatusCreated))
	values, from := url.Values{"stamp": {"x"}, "name": {"Kept words"}}, []string{"X-Forwarded-For", "203.0.113.77"}
	taken := 0
	for ; taken < 60 && w.sendForm(t, page, values, from...).Code == http.StatusUnprocessableEntity; taken++ {
	}
	if taken < 30 || taken == 60 {
		t.Errorf("%d were taken", taken)
	}
	refused := w.sendForm(t, page, values, from...).want(t, http.StatusTooManyRequests, "too often", "Kept words")
	if refused.Header().Get("Retry-After") == "" {
		t.Error("nobody says when to try again")
	}
	w.post(t, person{}, page, `{}`, from...).want(t, http.StatusTooManyRequests, "rate_limited")
	w.post(t, person{}, page, `{}`, "X-Forwarded-For", "203.0.113.78").want(t, http.StatusUnprocessableEntity)
}

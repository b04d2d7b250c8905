package api

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"github.com/guanxi-crm/guanxi/crm"
)

//go:embed form_page.html
var formPageHTML string

//go:embed form_page.css
var formPageCSS string

var (
	formPage = template.Must(template.New("form").Parse(formPageHTML))
	// formStyle is the only style that the page's policy lets through.
	formStyle = sha256.Sum256([]byte(formPageCSS))
)

// pageView is what the template shows: a form, or a message in its place.
type pageView struct {
	Locale, Title, Message string
	Style                  template.CSS
	Words                  formWords

	Intro, Alert, Action, Stamp string
	Fields                      []fieldView
	Consent                     *consentView
}

type fieldView struct {
	crm.Question
	// Options take the place of the question's, with what the visitor has chosen.
	Options                        []optionView
	ID, Input, Autocomplete, Value string
	Error                          string
}

type optionView struct {
	crm.QuestionOption
	Chosen bool
}

type consentView struct {
	Text, Error string
	Given       bool
}

// inputs are the kinds of input for types of questions; text is for all others.
var inputs = map[string]string{"number": "number", "money": "number", "date": "date", "datetime": "datetime-local", "phone": "tel", "email": "email"}

// autocompletes let browsers fill in what they know.
var autocompletes = map[string]string{"name": "organization", "contact_name": "name", "phone": "tel", "email": "email"}

// page shows the form: fresh, or with what was posted and the problem with it.
func (v *visit) page(form crm.OpenForm, posted url.Values, problem *Problem) *huma.StreamResponse {
	words, mistakes := formTexts[v.locale], mistakesIn(problem)
	view := pageView{Title: form.Title, Intro: form.Intro, Action: "/f/" + v.text, Stamp: form.Stamp}
	for i, q := range form.Questions {
		view.Fields = append(view.Fields, words.field(i, q, posted[q.Name], mistakes[q.Name]))
	}
	if form.ConsentText != "" {
		view.Consent = &consentView{Text: form.ConsentText, Given: posted.Get("consent") != ""}
		if mistakes["consent"] != "" {
			view.Consent.Error = words.ConsentMissing
		}
	}
	status, after := http.StatusOK, time.Duration(0)
	if problem != nil {
		status, after = problem.Status, problem.retryAfter
		view.Alert = words.alert(problem, mistakes)
		if mistakes["stamp"] == "too_fast" {
			view.Stamp = posted.Get("stamp") // which grows old while they read why
		}
	}
	return v.stream(status, view, form, after)
}

// mistakesIn returns the codes of a problem by field.
func mistakesIn(problem *Problem) map[string]string {
	codes := map[string]string{}
	if problem != nil {
		for _, f := range problem.Errors {
			codes[f.Field] = f.Code
		}
	}
	return codes
}

func (w formWords) field(i int, q crm.Question, posted []string, mistake string) fieldView {
	if q.Type == "yes_no" {
		q.Options = []crm.QuestionOption{{Value: "yes", Label: w.Yes}, {Value: "no", Label: w.No}}
	}
	f := fieldView{Question: q, ID: "f" + strconv.Itoa(i), Input: "text", Autocomplete: autocompletes[q.Name]}
	if kind := inputs[q.Type]; kind != "" {
		f.Input = kind
	}
	if len(posted) > 0 {
		f.Value = posted[0]
	}
	for _, o := range q.Options {
		f.Options = append(f.Options, optionView{o, slices.Contains(posted, o.Value)})
	}
	if mistake != "" {
		f.Error = w.mistake(q.Type, mistake)
	}
	return f
}

// thanks is the page after a form was sent in.
func (v *visit) thanks(form crm.OpenForm) *huma.StreamResponse {
	message := form.Thanks
	if message == "" {
		message = formTexts[v.locale].Thanks
	}
	return v.stream(http.StatusOK, pageView{Title: form.Title, Message: message}, form, 0)
}

// refused is the page of a form that cannot be shown.
func (v *visit) refused(ctx context.Context, err error) *huma.StreamResponse {
	problem, words := v.s.problem(ctx, err), formTexts[v.locale]
	title, message := words.Unavailable, words.TryLater
	switch problem.Status {
	case http.StatusNotFound:
		title, message = words.Unknown, words.CheckAddress
	case http.StatusGone:
		title, message = words.Closed, words.NotOpen
	}
	return v.stream(problem.Status, pageView{Title: title, Message: message}, crm.OpenForm{}, problem.retryAfter)
}

func (v *visit) stream(status int, view pageView, form crm.OpenForm, after time.Duration) *huma.StreamResponse {
	view.Locale, view.Style, view.Words = v.locale, template.CSS(formPageCSS), formTexts[v.locale] //nolint:gosec // ours
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		_, w := humaUnwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store") // each page has a stamp of its own
		h.Set("Vary", "Accept, Accept-Language")
		h.Set("Content-Security-Policy", formPolicy(form))
		if len(form.AllowedOrigins) > 0 {
			h.Del("X-Frame-Options") // knows no list; the policy has it
		}
		if after > 0 {
			h.Set("Retry-After", strconv.Itoa(int(after.Seconds()+1)))
		}
		w.WriteHeader(status)
		_ = formPage.Execute(w, view) // the client is gone, and there is nobody to tell
	}}
}

// formPolicy lets the page do nothing but look as it does and be sent. Browsers hold what a form is led on to against
// form-action too.
func formPolicy(form crm.OpenForm) string {
	action, ancestors := "'self'", "'none'"
	if u, err := url.Parse(form.SuccessURL); err == nil && u.Host != "" {
		action += " " + u.Scheme + "://" + u.Host
	}
	if len(form.AllowedOrigins) > 0 {
		ancestors = strings.Join(form.AllowedOrigins, " ")
	}
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(formStyle[:]) + "'; form-action " + action +
		"; frame-ancestors " + ancestors + "; base-uri 'none'"
}

// localeOf picks the language of a page: the first that the visitor reads, else the company's.
func localeOf(accepted, company string) string {
	ours := []language.Tag{language.English, language.SimplifiedChinese}
	if company == "zh-CN" {
		slices.Reverse(ours)
	}
	tag, _ := language.MatchStrings(language.NewMatcher(ours), accepted)
	if base, _ := tag.Base(); base.String() == "zh" {
		return "zh-CN"
	}
	return "en"
}

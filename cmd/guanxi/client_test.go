package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// object is a JSON object.
type object = map[string]any

func keys(o object) []string { return slices.Collect(maps.Keys(o)) }

// site is an address where the product answers.
type site struct{ url string }

// person is somebody, or some program, that may be signed in.
type person struct{ id, email, token, refresh string }

var nobody person

// answer is what the site said.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	request string
	took    time.Duration
}

// client never follows redirects and gives up sooner than a test does.
var client = &http.Client{
	Timeout:       patience,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send makes one request; headers are pairs. The error is about the connection alone.
func (s site) send(who person, method, path, contentType string, body []byte, headers ...string) (answer, error) {
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if who.token != "" {
		r.Header.Set("Authorization", "Bearer "+who.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	began := time.Now()
	res, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, text, method + " " + path, time.Since(began)}, err
}

// do is send with a JSON body, or none when body is nil. A lost connection fails the test.
func (s site) do(t testing.TB, who person, method, path string, body any, headers ...string) answer {
	t.Helper()
	var text []byte
	contentType := ""
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		contentType = "application/json"
	}
	a, err := s.send(who, method, path, contentType, text, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s site) get(t testing.TB, who person, path string, headers ...string) answer {
	t.Helper()
	return s.do(t, who, http.MethodGet, path, nil, headers...)
}

func (s site) post(t testing.TB, who person, path string, body any, headers ...string) answer {
	t.Helper()
	return s.do(t, who, http.MethodPost, path, body, headers...)
}

func (s site) patch(t testing.TB, who person, path string, body any, headers ...string) answer {
	t.Helper()
	return s.do(t, who, http.MethodPatch, path, body, headers...)
}

func (s site) remove(t testing.TB, who person, path string) answer {
	t.Helper()
	return s.do(t, who, http.MethodDelete, path, nil)
}

// want ends the test unless the status is as wanted and the texts are in the body; a text that begins with
// "!" must not be.
func (a answer) want(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d: %s", a.request, a.status, status, a.body)
	}
	for _, text := range texts {
		unwanted, absent := strings.CutPrefix(text, "!")
		if absent && bytes.Contains(a.body, []byte(unwanted)) {
			t.Fatalf("%s: body contains %q: %s", a.request, unwanted, a.body)
		}
		if !absent && !bytes.Contains(a.body, []byte(text)) {
			t.Fatalf("%s: body lacks %q: %s", a.request, text, a.body)
		}
	}
	return a
}

// refused is want for a problem with the given code.
func (a answer) refused(t testing.TB, status int, code string) answer {
	t.Helper()
	a.want(t, status)
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%s: content type %s", a.request, kind)
	}
	if got := a.text(t, "code"); got != code {
		t.Fatalf("%s: code %s, want %s: %s", a.request, got, code, a.body)
	}
	return a
}

// into decodes the body.
func (a answer) into(t testing.TB, dest any) {
	t.Helper()
	if err := json.Unmarshal(a.body, dest); err != nil {
		t.Fatalf("%s: %v: %s", a.request, err, a.body)
	}
}

// object returns the body as one object.
func (a answer) object(t testing.TB) object {
	t.Helper()
	var o object
	a.into(t, &o)
	return o
}

// text returns a field of the body that must be a text and not empty.
func (a answer) text(t testing.TB, field string) string {
	t.Helper()
	text, _ := a.object(t)[field].(string)
	if text == "" {
		t.Fatalf("%s: no %s: %s", a.request, field, a.body)
	}
	return text
}

func (a answer) id(t testing.TB) string { t.Helper(); return a.text(t, "id") }

// rows returns the records of a list.
func (a answer) rows(t testing.TB) []object {
	t.Helper()
	a.want(t, http.StatusOK)
	var page struct{ Data []object }
	a.into(t, &page)
	return page.Data
}

// column returns one field of all records of a list, as texts.
func (a answer) column(t testing.TB, field string) []string {
	t.Helper()
	var all []string
	for _, row := range a.rows(t) {
		text, _ := row[field].(string)
		all = append(all, text)
	}
	return all
}

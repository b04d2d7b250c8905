package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// password is what everybody in the cast signs in with.
const password = "correct horse battery"

// world is a running server with the cast, made through the product's own doors.
type world struct {
	*tenanttest.Installation
	server  *api.Server
	config  api.Config
	redis   *redis.Client
	billing *billing.Service
	acme    *cast
	globex  *cast
}

// cast is one company: the admin signed up, the others accepted invitations.
type cast struct {
	id                        string
	name                      string
	admin, manager, rep, rep2 person
}

// person is somebody who is signed in.
type person struct {
	id, email, token, refresh string
}

// newWorld starts a server on fresh databases with the companies acme and globex. sell changes how it sells plans.
func newWorld(t testing.TB, sell ...func(*billing.Config)) *world {
	t.Helper()
	w := newEmptyWorld(t, sell...)
	w.acme, w.globex = w.company(t, "Acme"), w.company(t, "Globex")
	return w
}

// newEmptyWorld starts a server on which nobody has signed up.
func newEmptyWorld(t testing.TB, sell ...func(*billing.Config)) *world {
	t.Helper()
	w := &world{Installation: tenanttest.Open(t)}
	options, err := redis.ParseURL(tenanttest.RedisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	w.redis = redis.NewClient(options)
	t.Cleanup(func() { _ = w.redis.Close() })
	var unique [6]byte
	_, _ = rand.Read(unique[:])
	service, err := auth.New(auth.Config{
		Directory: w.Directory, Redis: w.redis, PublicURL: "http://guanxi.test", KeyPrefix: "test:" + hex.EncodeToString(unique[:]) + ":",
		Hashing: auth.Hashing{MemoryKiB: 64, Passes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)
	selling := billing.Config{Directory: w.Directory, PublicURL: "http://guanxi.test", Clock: w.Clock.Now}
	for _, set := range sell {
		set(&selling)
	}
	w.billing = billing.New(selling)
	log := io.Discard
	if testing.Verbose() {
		log = os.Stderr
	}
	store, err := files.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.config = api.Config{
		Files:   store,
		Tenants: w.Directory, Redis: w.redis, Auth: service, Billing: w.billing, PublicURL: "http://guanxi.test",
		Connectors: connectors(t), AllowPrivateTargets: true, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	w.server = api.New(w.config)
	return w
}

// connectors are the real ones; nothing is sent by the server itself.
func connectors(t testing.TB) plugins.Connectors {
	t.Helper()
	all, err := plugins.NewConnectors(webhook.New(plugins.Guard{AllowPrivate: true}), dingtalk.New(dingtalk.Options{}), feishu.New(feishu.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// company signs a company up and fills it with the cast.
func (w *world) company(t testing.TB, name string) *cast {
	t.Helper()
	c := &cast{name: name}
	domain := strings.ToLower(name) + ".example"
	c.admin.email = "admin@" + domain
	var up struct {
		tokens
		Company struct{ ID string }
	}
	w.post(t, person{}, "/v1/signup", fmt.Sprintf(
		`{"company":{"name":%q},"name":"%s admin","email":%q,"password":%q,"locale":"en","timezone":"Asia/Shanghai"}`,
		name, name, c.admin.email, password)).want(t, http.StatusCreated).into(t, &up)
	c.id = up.Company.ID
	c.admin = up.person(c.admin.email)
	c.manager = w.invite(t, c.admin, "manager@"+domain, name+" manager", "manager", c.admin.id)
	c.rep = w.invite(t, c.admin, "rep@"+domain, name+" rep", "rep", c.manager.id)
	c.rep2 = w.invite(t, c.admin, "rep2@"+domain, name+" rep 2", "rep", c.manager.id)
	return c
}

type tokens struct {
	User         struct{ ID string }
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

func (t tokens) person(email string) person {
	return person{id: t.User.ID, email: email, token: t.AccessToken, refresh: t.RefreshToken}
}

// invite invites by link and accepts.
func (w *world) invite(t testing.TB, by person, email, name, role, manager string) person {
	t.Helper()
	var invitation struct{ Link string }
	w.post(t, by, "/v1/invitations", fmt.Sprintf(`{"name":%q,"email":%q,"roles":[%q],"manager_id":%q}`, name, email, role, manager)).
		want(t, http.StatusCreated).into(t, &invitation)
	_, token, found := strings.Cut(invitation.Link, "/invite/")
	if !found {
		t.Fatalf("invitation link %q", invitation.Link)
	}
	var in tokens
	w.post(t, person{}, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"name":%q,"password":%q}`, token, name, password)).
		want(t, http.StatusCreated).into(t, &in)
	return in.person(email)
}

// answer is what the server said.
type answer struct {
	*httptest.ResponseRecorder
	request string
}

// do sends a request as somebody; headers are pairs.
func (w *world) do(t testing.TB, who person, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, path, bytes.NewReader([]byte(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if who.token != "" {
		r.Header.Set("Authorization", "Bearer "+who.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	return answer{rec, method + " " + path}
}

func (w *world) get(t testing.TB, who person, path string) answer {
	t.Helper()
	return w.do(t, who, http.MethodGet, path, "")
}

func (w *world) post(t testing.TB, who person, path, body string, headers ...string) answer {
	t.Helper()
	return w.do(t, who, http.MethodPost, path, body, headers...)
}

func (w *world) patch(t testing.TB, who person, path, body string, headers ...string) answer {
	t.Helper()
	return w.do(t, who, http.MethodPatch, path, body, headers...)
}

func (w *world) del(t testing.TB, who person, path string, headers ...string) answer {
	t.Helper()
	return w.do(t, who, http.MethodDelete, path, "", headers...)
}

// want fails the test unless the status is as wanted and the texts are in the body; a text that begins
// with "!" must not be.
func (a answer) want(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.Code != status {
		t.Fatalf("%s: status %d, want %d: %s", a.request, a.Code, status, a.Body)
	}
	for _, text := range texts {
		unwanted, absent := strings.CutPrefix(text, "!")
		if absent && strings.Contains(a.Body.String(), unwanted) {
			t.Fatalf("%s: body contains %q: %s", a.request, unwanted, a.Body)
		}
		if !absent && !strings.Contains(a.Body.String(), text) {
			t.Fatalf("%s: body lacks %q: %s", a.request, text, a.Body)
		}
	}
	return a
}

// into decodes the body.
func (a answer) into(t testing.TB, dest any) answer {
	t.Helper()
	if err := json.Unmarshal(a.Body.Bytes(), dest); err != nil {
		t.Fatalf("%s: %v: %s", a.request, err, a.Body)
	}
	return a
}

// id returns the id of the record in the body.
func (a answer) id(t testing.TB) string {
	t.Helper()
	var record struct{ ID string }
	a.into(t, &record)
	if record.ID == "" {
		t.Fatalf("%s: no id: %s", a.request, a.Body)
	}
	return record.ID
}

// setPlan puts a company on a plan, as a paid subscription would.
func (w *world) setPlan(t testing.TB, c *cast, plan string) {
	t.Helper()
	id, err := tenant.ParseCompanyID(c.id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Platform().Exec(t.Context(), `UPDATE platform.companies SET plan = ? WHERE id = ?`, plan, id); err != nil {
		t.Fatal(err)
	}
	w.Forget(id)
}

// companyID returns the id of a cast's company.
func (w *world) companyID(t testing.TB, c *cast) tenant.CompanyID {
	t.Helper()
	id, err := tenant.ParseCompanyID(c.id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// upload sends a file to be imported.
func (w *world) upload(t testing.TB, who person, name, content string) answer {
	t.Helper()
	return w.sendFile(t, who, "/v1/imports", name, content)
}

// sendFile posts a file as a form does; headers are pairs.
func (w *world) sendFile(t testing.TB, who person, path, name, content string, headers ...string) answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	return w.do(t, who, http.MethodPost, path, body.String(), append(headers, "Content-Type", form.FormDataContentType())...)
}

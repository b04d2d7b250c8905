package app

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	script     = "_expo/static/js/web/entry-0a1b.js"
	sourceHTML = `<!DOCTYPE html><html><head><style id="expo-reset">body { overflow: hidden }</style>` +
		`<link rel="icon" href="/favicon.ico" /></head><body><div id="root"></div><script src="/` + script + `" defer></script></body></html>`
)

// build is what the client's build leaves behind.
func build(t *testing.T, o Options) *client {
	t.Helper()
	c, err := newClient(fstest.MapFS{
		"index.html":        {Data: []byte(sourceHTML)},
		script:              {Data: []byte("plain")},
		script + ".br":      {Data: []byte("brotli")},
		script + ".gz":      {Data: []byte("gzip")},
		"assets/a.0f0f.png": {Data: []byte("picture")},
		"favicon.ico":       {Data: []byte("icon")},
		"sw.js":             {Data: []byte("worker")},
		".gitkeep":          {},
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ask(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestFiles(t *testing.T) {
	c := build(t, Options{})
	const kept, asked, never = "public, max-age=31536000, immutable", "no-cache", "no-store"
	for _, row := range []struct {
		path, accept                       string
		status                             int
		body, encoding, contentType, cache string
	}{
		{"/" + script, "gzip, deflate, br", 200, "brotli", "br", "text/javascript; charset=utf-8", kept},
		{"/" + script, "gzip", 200, "gzip", "gzip", "text/javascript; charset=utf-8", kept},
		{"/" + script, "", 200, "plain", "", "text/javascript; charset=utf-8", kept},
		{"/assets/a.0f0f.png", "br", 200, "picture", "", "image/png", kept},
		{"/favicon.ico", "br", 200, "icon", "", "image/x-icon", asked},
		{"/sw.js", "", 200, "worker", "", "text/javascript; charset=utf-8", asked},
		{"/_expo/static/js/web/entry-9999.js", "br", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/_expo/static/js", "", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/assets/nothing", "", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/wp-login.php", "", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/.gitkeep", "", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/assets/../../go.mod", "", 404, "there is no such file\n", "", "text/plain; charset=utf-8", never},
		{"/", "", 200, sourceHTML, "", "text/html; charset=utf-8", asked},
		{"/customers/cus_01h455vb4pex5vsknk084sn02q", "", 200, sourceHTML, "", "text/html; charset=utf-8", asked},
	} {
		rec := ask(c, http.MethodGet, row.path, "Accept-Encoding", row.accept)
		h := rec.Header()
		if rec.Code != row.status || rec.Body.String() != row.body || h.Get("Content-Encoding") != row.encoding ||
			h.Get("Content-Type") != row.contentType || h.Get("Cache-Control") != row.cache {
			t.Errorf("%s (%s): %d %q %v", row.path, row.accept, rec.Code, rec.Body, h)
		}
		if row.status == http.StatusOK && h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary %q", row.path, h.Get("Vary"))
		}
	}
	if rec := ask(c, http.MethodGet, "/index.html"); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != "/" {
		t.Errorf("/index.html: %d %v", rec.Code, rec.Header())
	}
	if rec := ask(c, http.MethodHead, "/"+script); rec.Code != http.StatusOK || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") != "5" {
		t.Errorf("HEAD: %d %q %v", rec.Code, rec.Body, rec.Header())
	}
}

func TestPageIsReadAgain(t *testing.T) {
	c := build(t, Options{})
	plain, zipped := ask(c, http.MethodGet, "/tasks"), ask(c, http.MethodGet, "/tasks", "Accept-Encoding", "gzip, br")
	etag := zipped.Header().Get("ETag")
	if etag == plain.Header().Get("ETag") {
		t.Error("two forms of the page have one ETag")
	}
	reader, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(reader); err != nil || string(text) != sourceHTML {
		t.Errorf("%v %q", err, text)
	}
	if rec := ask(c, http.MethodGet, "/", "Accept-Encoding", "gzip", "If-None-Match", etag); rec.Code != http.StatusNotModified {
		t.Errorf("the same page again: %d", rec.Code)
	}
}

func TestPolicy(t *testing.T) {
	h := ask(build(t, Options{}), http.MethodGet, "/").Header()
	const want = "default-src 'none'; script-src 'self'; " +
		"style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-oyh7e7EZYks9FlTLoTq+QYIOvEuRTaQHj5rIw92GDmg='; " +
		"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	if got := h.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy\n%s\nwant\n%s", got, want)
	}
	for name, want := range map[string]string{
		"Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestFilesFromAnotherOrigin(t *testing.T) {
	const cdn = "https://cdn.example.com"
	rec := ask(build(t, Options{Origin: cdn + "/"}), http.MethodGet, "/customers")
	html, policy := rec.Body.String(), rec.Header().Get("Content-Security-Policy")
	for _, text := range []string{`<script src="` + cdn + "/" + script + `" defer>`, `href="/favicon.ico"`, `ORIGIN`} {
		if strings.Contains(html, text) == (text == "ORIGIN") {
			t.Errorf("page %s: %q", html, text)
		}
	}
	before, _, _ := strings.Cut(html, "</head>")
	_, inline, _ := strings.Cut(before, "<script>")
	inline, _, _ = strings.Cut(inline, "</script>")
	for _, part := range []string{"script-src 'self' " + cdn + " " + hashOf(inline) + ";", "img-src 'self' " + cdn + " data:", "font-src 'self' " + cdn + ";", "connect-src 'self';"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %s lacks %s", policy, part)
		}
	}
	for _, bad := range []string{"cdn.example.com", "ftp://cdn.example.com", "https://cdn.example.com/files", "https://", "https://user@cdn.example.com", "https://a b", "https://a;script-src *"} {
		if _, err := newClient(fstest.MapFS{"index.html": {Data: []byte(sourceHTML)}}, Options{Origin: bad}); err == nil {
			t.Errorf("%q was taken for an origin", bad)
		}
	}
}

func TestHandler(t *testing.T) {
	h, err := Handler(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rec := ask(h, http.MethodGet, "/"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Guanxi") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if _, err := newClient(fstest.MapFS{}, Options{}); err == nil {
		t.Error("a build without a page was taken")
	}
}

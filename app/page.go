package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// page is the one HTML page of the client, with the policy that a browser has to hold it to.
type page struct {
	plain, zipped []byte
	policy        string
}

var (
	inlineStyle  = regexp.MustCompile(`(?s)<style[^>]*>(.*?)</style>`)
	inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
)

func newPage(html, origin string) (*page, error) {
	if origin != "" {
		var err error
		if origin, err = parseOrigin(origin); err != nil {
			return nil, err
		}
		html = loadFrom(html, origin)
	}
	p := &page{plain: []byte(html), policy: contentSecurityPolicy(html, origin)}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	if _, err := zip.Write(p.plain); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	p.zipped = zipped.Bytes()
	return p, nil
}

func parseOrigin(text string) (string, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil ||
		strings.ContainsAny(u.Host, `"'<>;, `) {
		return "", fmt.Errorf("GUANXI_WEB_ORIGIN: want a scheme and a host, as https://cdn.example.com, not %q", text)
	}
	return u.Scheme + "://" + u.Host, nil
}

// loadFrom makes the page load its static files from another origin. The scripts load more of them later, by the
// bundler's own loader, which puts the page's origin before each path: what it is given is made absolute first.
func loadFrom(html, origin string) string {
	for _, folder := range []string{"/_expo/static/", "/assets/"} {
		html = strings.ReplaceAll(html, `="`+folder, `="`+origin+folder)
	}
	const loader = `<script>(function(){var load;Object.defineProperty(globalThis,"__loadBundleAsync",{` +
		`set:function(f){load=f},get:function(){return load&&function(p){return load(p.charAt(0)==="/"?ORIGIN+p:p)}}})})()</script>`
	return strings.Replace(html, "</head>", strings.Replace(loader, "ORIGIN", `"`+origin+`"`, 1)+"</head>", 1)
}

// contentSecurityPolicy allows the page its own scripts and nothing else. react-native-web fills an empty style
// element by script, which counts as an inline style of no text.
func contentSecurityPolicy(html, origin string) string {
	from := strings.TrimSpace("'self' " + origin)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + from + hashes(inlineScript, html),
		"style-src " + from + " " + hashOf("") + hashes(inlineStyle, html),
		"img-src " + from + " data: blob:",
		"font-src " + from,
		"connect-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// hashes names what stands between the tags, as a policy does.
func hashes(tag *regexp.Regexp, html string) string {
	var all strings.Builder
	for _, match := range tag.FindAllStringSubmatch(html, -1) {
		all.WriteString(" " + hashOf(match[1]))
	}
	return all.String()
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// ServeHTTP answers with the page. It is asked for again each time, so that a new release is seen at once; the
// ETag makes that cheap.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	content := p.plain
	if accepts(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content = p.zipped
	}
	h.Set("ETag", etagOf(content))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

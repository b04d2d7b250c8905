// Package app embeds the web client, or a placeholder page until it has been built, and serves it. What the client
// is made of stands in src; this package knows only its files.
package app

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// The folder dist holds nothing but .gitkeep until `make web` has run.
//
//go:embed all:dist
var built embed.FS

//go:embed placeholder
var placeholder embed.FS

// Options says how the client is served.
type Options struct {
	// Origin is where else the static files lie, as https://cdn.example.com; empty means here.
	Origin string
}

// Handler serves the web client. It returns an error for an Origin that is none.
func Handler(o Options) (http.Handler, error) {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		if files, err = fs.Sub(placeholder, "placeholder"); err != nil {
			return nil, err
		}
	}
	return newClient(files, o)
}

// client serves one build.
type client struct {
	files fs.FS
	page  *page
}

func newClient(files fs.FS, o Options) (*client, error) {
	html, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("web client: %w", err)
	}
	page, err := newPage(string(html), o.Origin)
	if err != nil {
		return nil, fmt.Errorf("web client: %w", err)
	}
	return &client{files: files, page: page}, nil
}

// ServeHTTP answers with the file of the path. The client itself knows its pages' addresses, none of which has an
// extension: they all get the same page.
func (c *client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch {
	case name == "index.html":
		http.Redirect(w, r, "/", http.StatusMovedPermanently)
	case isStatic(name) || path.Ext(name) != "":
		c.serveFile(w, r, name)
	default:
		c.page.ServeHTTP(w, r)
	}
}

// isStatic reports whether the file's name changes with its content, so that it can be kept for good.
func isStatic(name string) bool {
	return strings.HasPrefix(name, "_expo/static/") || strings.HasPrefix(name, "assets/")
}

func (c *client) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	content, encoding, err := c.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil || strings.HasPrefix(path.Base(name), ".") {
		w.Header().Set("Cache-Control", "no-store") // the file may come with the next release
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if isStatic(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", contentType(name))
	h.Set("ETag", etagOf(content))
	h.Add("Vary", "Accept-Encoding")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// read returns the file in the best form that the client accepts and the build has made.
func (c *client) read(name, accepted string) (content []byte, encoding string, err error) {
	for _, form := range []struct{ encoding, extension string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(accepted, form.encoding) {
			continue
		}
		if content, err := fs.ReadFile(c.files, name+form.extension); err == nil {
			return content, form.encoding, nil
		}
	}
	content, err = fs.ReadFile(c.files, name)
	return content, "", err
}

// contentType does not ask the machine, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".ico":
		return "image/x-icon"
	case ".webmanifest":
		return "application/manifest+json"
	case ".ttf":
		return "font/ttf"
	case ".woff2":
		return "font/woff2"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
}

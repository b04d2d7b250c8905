// Package app embeds the web client, or a placeholder page until it has been built.
package app

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed placeholder
var placeholder embed.FS

// Handler serves the web client. Paths that name no file get the first page.
func Handler() http.Handler {
	pages, err := fs.Sub(placeholder, "placeholder")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	files := http.FileServerFS(pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Path != "/" {
			r.URL.Path = "/"
		}
		files.ServeHTTP(w, r)
	})
}

// Package web holds the web client and serves it under /web/.
//
// The client itself is TypeScript in src/, built by Vite into dist/, which is
// committed so that building the node needs no Node. This package only hands out
// those files: no API, no session, nothing that depends on who asks.
package web

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
)

// Prefix is the path the client lives under, with both slashes.
const Prefix = "/web/"

// Policy is the client's Content-Security-Policy. It allows its own files and
// nothing else: no inline script or style, no other origin. Media Source Extensions
// play from blob: addresses.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

//go:embed all:dist
var embedded embed.FS

// Options choose where the client comes from. The zero value is the built-in one.
type Options struct {
	// Dir serves another client's files instead, read anew on each request. The
	// caller owns it and closes it after the last request.
	Dir *os.Root
	// Dev passes everything on to a Vite development server, such as
	// http://127.0.0.1:5173. It wins over Dir.
	Dev *url.URL
}

// Handler serves the client under [Prefix]. It answers GET and HEAD; "/web" and
// "/" lead to it.
func Handler(o Options) (http.Handler, error) {
	switch {
	case o.Dev != nil:
		return proxy(o.Dev), nil
	case o.Dir != nil:
		return serve(directory{o.Dir}), nil
	}
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the built-in web client: %w", err)
	}
	b, err := newBundle(dist)
	if err != nil {
		return nil, fmt.Errorf("read the built-in web client: %w", err)
	}
	return serve(b), nil
}

// A source answers a request for a file. The name is relative, clean and not hidden.
type source interface {
	serveFile(w http.ResponseWriter, r *http.Request, name string)
}

// serve turns a request's path into a file name and refuses what is none.
func serve(s source) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/" || r.URL.Path == strings.TrimSuffix(Prefix, "/") {
			toClient(w, r)
			return
		}
		name, ok := fileName(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		// Names are stable, so every use asks whether the file is still the same.
		w.Header().Set("Cache-Control", "no-cache")
		s.serveFile(w, r, name)
	})
}

// toClient redirects by a relative address, so that it survives a proxy that
// serves the node under a path of its own.
func toClient(w http.ResponseWriter, r *http.Request) {
	to := strings.TrimPrefix(Prefix, "/")
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	// http.Redirect would make it absolute.
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

// fileName is the file a path names; false for hidden files and anything unclean.
func fileName(path string) (string, bool) {
	name, ok := strings.CutPrefix(path, Prefix)
	if !ok {
		return "", false
	}
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return "", false
	}
	// On Windows both would reach past fs.ValidPath.
	if strings.ContainsAny(name, "\\:") {
		return "", false
	}
	return name, true
}

// proxy passes requests on to a development server, its websocket included.
func proxy(to *url.URL) http.Handler {
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			// Vite checks the host it is called by; this is a local tool.
			r.Out.Host = to.Host
			// What it has no use for, it does not get.
			r.Out.Header.Del("Authorization")
			r.Out.Header.Del("Cookie")
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "the web client's development server does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Vite puts styles into the page as it goes, which no policy of ours allows.
		w.Header().Del("Content-Security-Policy")
		p.ServeHTTP(w, r)
	})
}

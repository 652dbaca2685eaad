package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// types are the content types of the client's files. The system's own table is not
// asked: on some machines it calls scripts text/plain, which browsers refuse to run.
var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".woff2":       "font/woff2",
	".wasm":        "application/wasm",
}

// contentType is the type of a file name, the system's opinion coming last.
func contentType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t := types[ext]; t != "" {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// asset is one file of the built-in client, ready to be sent.
type asset struct {
	body    []byte
	gzipped []byte // nil: not worth it
	tag     string // hash of body, without quotes
	typ     string
}

// bundle is the built-in client in memory. It does not change after newBundle.
type bundle map[string]asset

// newBundle reads every file that is not hidden.
func newBundle(dist fs.FS) (bundle, error) {
	b := bundle{}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		b[name], err = newAsset(name, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, ok := b["index.html"]; !ok {
		return nil, fmt.Errorf("index.html: %w", fs.ErrNotExist)
	}
	return b, nil
}

func newAsset(name string, body []byte) (asset, error) {
	sum := sha256.Sum256(body)
	a := asset{body: body, tag: hex.EncodeToString(sum[:12]), typ: contentType(name)}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return asset{}, err
	}
	if _, err := z.Write(body); err != nil {
		return asset{}, err
	}
	if err := z.Close(); err != nil {
		return asset{}, err
	}
	// Pictures do not shrink; sending them as they are saves the reader the work.
	if buf.Len() < len(body)*9/10 {
		a.gzipped = buf.Bytes()
	}
	return a, nil
}

// serveFile implements source.
func (b bundle) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	a, ok := b[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("Content-Type", a.typ)
	body, tag := a.body, a.tag
	if a.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			body, tag = a.gzipped, a.tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
			// ServeContent leaves the length of encoded bodies to us.
			h.Set("Content-Length", strconv.Itoa(len(body)))
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reports whether the caller takes the compressed form. Parts are only
// served of the plain one.
func acceptsGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if coding = strings.TrimSpace(coding); !strings.EqualFold(coding, "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		n, err := strconv.ParseFloat(q, 64)
		return !found || err != nil || n > 0
	}
	return false
}

package direct

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func media(t *testing.T) (path string, content []byte) {
	t.Helper()
	content = make([]byte, 300_000)
	for i := range content {
		content[i] = byte(i * i >> 7)
	}
	path = filepath.Join(t.TempDir(), "film.mkv")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// serve is a real server that sends one file.
func serve(t *testing.T, path string, meta Meta) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if err := Serve(w, r, f, meta); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func ask(t *testing.T, method, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, b
}

func TestRangesAreServedExactly(t *testing.T) {
	path, content := media(t)
	srv := serve(t, path, Meta{MIME: MIME("mkv", false)})
	n := len(content)
	for _, c := range []struct {
		header string
		status int
		want   []byte
		extent string
	}{
		{"", 200, content, ""},
		{"bytes=0-0", 206, content[:1], fmt.Sprintf("bytes 0-0/%d", n)},
		{"bytes=1000-1999", 206, content[1000:2000], fmt.Sprintf("bytes 1000-1999/%d", n)},
		{"bytes=299999-", 206, content[n-1:], fmt.Sprintf("bytes %d-%d/%d", n-1, n-1, n)},
		{"bytes=-500", 206, content[n-500:], fmt.Sprintf("bytes %d-%d/%d", n-500, n-1, n)},
		{"bytes=0-999999999", 206, content, fmt.Sprintf("bytes 0-%d/%d", n-1, n)},
		{"bytes=300000-", 416, nil, fmt.Sprintf("bytes */%d", n)},
		{"bytes=9-3", 416, nil, ""},
		{"bytes=x", 416, nil, ""},
		{"lines=1-2", 416, nil, ""},
	} {
		var header []string
		if c.header != "" {
			header = []string{"Range", c.header}
		}
		res, body := ask(t, "GET", srv.URL, header...)
		if res.StatusCode != c.status {
			t.Errorf("%q: status %d, want %d", c.header, res.StatusCode, c.status)
		}
		if c.want != nil && !bytes.Equal(body, c.want) {
			t.Errorf("%q: %d bytes, want %d", c.header, len(body), len(c.want))
		}
		if c.extent != "" && res.Header.Get("Content-Range") != c.extent {
			t.Errorf("%q: Content-Range %q, want %q", c.header, res.Header.Get("Content-Range"), c.extent)
		}
		if c.status < 400 && (res.Header.Get("Accept-Ranges") != "bytes" || res.Header.Get("ETag") == "") {
			t.Errorf("%q: headers %v", c.header, res.Header)
		}
	}
}

func TestSeveralRangesComeInParts(t *testing.T) {
	path, content := media(t)
	srv := serve(t, path, Meta{MIME: "video/mp4"})
	res, body := ask(t, "GET", srv.URL, "Range", "bytes=0-9,100-199")
	kind, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || res.StatusCode != 206 || kind != "multipart/byteranges" {
		t.Fatalf("%d %s %v", res.StatusCode, kind, err)
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for _, want := range [][]byte{content[:10], content[100:200]} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(p); !bytes.Equal(got, want) {
			t.Errorf("a part of %d bytes, want %d", len(got), len(want))
		}
	}
}

func TestHeadSaysTheLengthAndSendsNothing(t *testing.T) {
	path, content := media(t)
	srv := serve(t, path, Meta{MIME: "video/mp4", Download: "Ein Fïlm.mkv"})
	res, body := ask(t, "HEAD", srv.URL)
	if res.StatusCode != 200 || len(body) > 0 || res.Header.Get("Content-Length") != strconv.Itoa(len(content)) || res.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("%d, %d bytes, %v", res.StatusCode, len(body), res.Header)
	}
	if _, p, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err != nil || p["filename"] != "Ein Fïlm.mkv" {
		t.Errorf("disposition %q", res.Header.Get("Content-Disposition"))
	}
}

func TestAReplacedFileIsNotJoinedToTheOldOne(t *testing.T) {
	path, content := media(t)
	srv := serve(t, path, Meta{})
	res, _ := ask(t, "GET", srv.URL, "Range", "bytes=0-9")
	tag := res.Header.Get("ETag")
	if res, _ := ask(t, "GET", srv.URL, "If-None-Match", tag); res.StatusCode != 304 {
		t.Errorf("unchanged: status %d", res.StatusCode)
	}
	if res, _ := ask(t, "GET", srv.URL, "If-Range", tag, "Range", "bytes=10-19"); res.StatusCode != 206 {
		t.Errorf("unchanged range: status %d", res.StatusCode)
	}
	if err := os.Chtimes(path, time.Time{}, time.Unix(1e9, 5)); err != nil {
		t.Fatal(err)
	}
	res, body := ask(t, "GET", srv.URL, "If-Range", tag, "Range", "bytes=10-19")
	if res.StatusCode != 200 || len(body) != len(content) {
		t.Errorf("replaced: status %d, %d bytes", res.StatusCode, len(body))
	}
}

// kernel counts what would go by sendfile: net/http's writer takes that road when
// it is handed a limited *os.File, and no other reader.
type kernel struct {
	http.ResponseWriter
	files, bytes int64
	written      int64
}

func (k *kernel) ReadFrom(r io.Reader) (int64, error) {
	if l, ok := r.(*io.LimitedReader); ok {
		if _, ok := l.R.(*os.File); ok {
			k.files++
			n, err := k.ResponseWriter.(io.ReaderFrom).ReadFrom(r)
			k.bytes += n
			return n, err
		}
	}
	return io.Copy(struct{ io.Writer }{k}, r)
}

func (k *kernel) Write(p []byte) (int, error) {
	k.written += int64(len(p))
	return k.ResponseWriter.Write(p)
}

// opaque is middleware that hides what it wraps, as echo's Response does.
type opaque struct{ inner http.ResponseWriter }

func (o opaque) Header() http.Header         { return o.inner.Header() }
func (o opaque) Write(p []byte) (int, error) { return o.inner.Write(p) }
func (o opaque) WriteHeader(code int)        { o.inner.WriteHeader(code) }
func (o opaque) Unwrap() http.ResponseWriter { return o.inner }

func TestBytesGoByTheKernelEvenThroughMiddleware(t *testing.T) {
	path, content := media(t)
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"bare":    func(w http.ResponseWriter) http.ResponseWriter { return w },
		"wrapped": func(w http.ResponseWriter) http.ResponseWriter { return opaque{opaque{w}} },
	} {
		served := make(chan *kernel, 1)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, ok := w.(io.ReaderFrom); !ok {
				t.Error("net/http's writer takes no reader; this test needs another way to see sendfile")
			}
			f, err := os.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			k := &kernel{ResponseWriter: w}
			if err := Serve(wrap(k), r, f, Meta{}); err != nil {
				t.Error(err)
			}
			served <- k
		}))
		for _, c := range []struct {
			header string
			want   int64
		}{{"bytes=0-", int64(len(content))}, {"bytes=5-100004", 100_000}} {
			_, body := ask(t, "GET", srv.URL, "Range", c.header)
			k := <-served
			if int64(len(body)) != c.want || k.files != 1 || k.bytes != c.want || k.written != 0 {
				t.Errorf("%s, %s: %d bytes, of which %d by the kernel and %d copied", name, c.header, len(body), k.bytes, k.written)
			}
		}
		srv.Close()
	}
}

func TestMediaTypesOfContainers(t *testing.T) {
	for _, c := range []struct {
		container string
		sound     bool
		want      string
	}{
		{"mp4", false, "video/mp4"},
		{"mov,mp4,m4a,3gp,3g2,mj2", false, "video/mp4"},
		{"mov,mp4,m4a,3gp,3g2,mj2", true, "audio/mp4"},
		{"MKV", false, "video/x-matroska"},
		{"matroska,webm", false, "video/x-matroska"},
		{"m4a", true, "audio/mp4"},
		{".flac", true, "audio/flac"},
		{"ts", false, "video/mp2t"},
		{"", false, "application/octet-stream"},
		{"exe", false, "application/octet-stream"},
	} {
		if got := MIME(c.container, c.sound); got != c.want {
			t.Errorf("%q: %q, want %q", c.container, got, c.want)
		}
	}
}

func TestAFolderIsNotServed(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := Serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), dir, Meta{}); err == nil {
		t.Error("got no error")
	}
}

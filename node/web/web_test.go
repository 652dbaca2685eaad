package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func builtIn(t *testing.T) http.Handler {
	t.Helper()
	h, err := Handler(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends a request; headers come in pairs.
func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestItServesTheClientUnderItsPrefix(t *testing.T) {
	h := builtIn(t)
	var pages [][]byte
	for _, p := range []string{"/web/", "/web/index.html", "/web/?utm=1"} {
		res := ask(h, "GET", p)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Fatalf("%s: %d %s", p, res.StatusCode, res.Header.Get("Content-Type"))
		}
		pages = append(pages, body(t, res))
	}
	if !bytes.Equal(pages[0], pages[1]) || !bytes.Contains(pages[0], []byte(`id="app"`)) {
		t.Error("the two spellings of the start page differ, or it is not the client's")
	}
}

func TestEveryFileThePageNamesIsServedWithTheRightType(t *testing.T) {
	h := builtIn(t)
	page := string(body(t, ask(h, "GET", "/web/")))
	names := regexp.MustCompile(`(?:src|href)="\./([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(names) < 4 {
		t.Fatalf("the page names %d files, want script, style, icon and manifest", len(names))
	}
	want := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
	for _, n := range names {
		res := ask(h, "GET", "/web/"+n[1])
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != want[filepath.Ext(n[1])] {
			t.Errorf("%s: %d %q", n[1], res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
}

func TestThePageNeedsNothingItsPolicyForbids(t *testing.T) {
	h := builtIn(t)
	res := ask(h, "GET", "/web/")
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe-") {
		t.Errorf("policy is too wide: %s", csp)
	}
	page := string(body(t, res))
	for _, bad := range []string{"http://", "https://", "style=", "<style", "onclick", "onload"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) {
		t.Error("the page holds a script of its own")
	}
}

func TestUnknownHiddenAndUncleanNamesAreNotFound(t *testing.T) {
	h := builtIn(t)
	for _, p := range []string{
		"/web/nothing.js", "/web/.source", "/web/assets/", "/web/assets", "/web/assets/.x",
		"/web/../web.go", "/web/%2e%2e/web.go", "/web//index.html", "/web/..%5cweb.go", "/website", "/web/C:index.html",
	} {
		if res := ask(h, "GET", p); res.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", p, res.StatusCode)
		}
	}
}

func TestTheWayInLeadsToTheClientWhateverPathAProxyAdds(t *testing.T) {
	h := builtIn(t)
	for target, want := range map[string]string{"/": "web/", "/web": "web/", "/web?a=b": "web/?a=b"} {
		res := ask(h, "GET", target)
		if res.StatusCode != http.StatusFound || res.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", target, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
}

func TestItOnlyReads(t *testing.T) {
	h := builtIn(t)
	for _, m := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		res := ask(h, m, "/web/")
		if res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", m, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

func TestAnUnchangedFileIsNotSentAgain(t *testing.T) {
	h := builtIn(t)
	for _, encoding := range []string{"", "gzip"} {
		first := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", encoding)
		tag := first.Header.Get("ETag")
		if tag == "" || first.Header.Get("Cache-Control") != "no-cache" {
			t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header.Get("Cache-Control"))
		}
		again := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", encoding, "If-None-Match", tag)
		if again.StatusCode != 304 || len(body(t, again)) != 0 || again.Header.Get("ETag") != tag {
			t.Errorf("encoding %q: %d with ETag %q", encoding, again.StatusCode, again.Header.Get("ETag"))
		}
		other := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", encoding, "If-None-Match", `"old"`)
		if other.StatusCode != 200 {
			t.Errorf("encoding %q: a changed file answers %d", encoding, other.StatusCode)
		}
	}
}

func TestTheTagFollowsTheContent(t *testing.T) {
	a, err := newAsset("a.js", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := newAsset("a.js", []byte("two"))
	if err != nil {
		t.Fatal(err)
	}
	if a.tag == b.tag {
		t.Error("different content has the same tag")
	}
}

func TestTextIsCompressedForThoseWhoTakeIt(t *testing.T) {
	h := builtIn(t)
	plain := ask(h, "GET", "/web/assets/index.js")
	raw := body(t, plain)
	if plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("plain: encoding %q, Vary %q", plain.Header.Get("Content-Encoding"), plain.Header.Get("Vary"))
	}
	for _, accept := range []string{"gzip", "br, gzip;q=0.5", "deflate,GZIP"} {
		res := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", accept)
		packed := body(t, res)
		if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Content-Length") != strconv.Itoa(len(packed)) {
			t.Fatalf("%s: encoding %q, length %q for %d bytes", accept, res.Header.Get("Content-Encoding"), res.Header.Get("Content-Length"), len(packed))
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(unpacked, raw) {
			t.Errorf("%s: unpacks to something else (%v)", accept, err)
		}
		if res.Header.Get("ETag") == plain.Header.Get("ETag") {
			t.Error("both forms have the same ETag")
		}
	}
	for _, accept := range []string{"br", "gzip;q=0", "identity, gzip; q=0"} {
		if got := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", accept).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: got %q", accept, got)
		}
	}
}

func TestAPartIsAPartOfThePlainFile(t *testing.T) {
	h := builtIn(t)
	raw := body(t, ask(h, "GET", "/web/assets/index.js"))
	res := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", "gzip", "Range", "bytes=10-19")
	if got := body(t, res); res.StatusCode != 206 || !bytes.Equal(got, raw[10:20]) {
		t.Errorf("%d %q, want 206 %q", res.StatusCode, got, raw[10:20])
	}
}

func TestHeadSaysWhatGetWouldWithoutTheBody(t *testing.T) {
	h := builtIn(t)
	for _, encoding := range []string{"", "gzip"} {
		get := ask(h, "GET", "/web/assets/index.js", "Accept-Encoding", encoding)
		head := ask(h, "HEAD", "/web/assets/index.js", "Accept-Encoding", encoding)
		if head.StatusCode != 200 || len(body(t, head)) != 0 {
			t.Errorf("HEAD: %d", head.StatusCode)
		}
		for _, k := range []string{"ETag", "Content-Type", "Content-Length", "Content-Encoding"} {
			if head.Header.Get(k) != get.Header.Get(k) {
				t.Errorf("%s: %q for HEAD, %q for GET", k, head.Header.Get(k), get.Header.Get(k))
			}
		}
	}
}

func TestTheScriptsStayWithinTheirBudget(t *testing.T) {
	const budget, first = 250_000, 60_000 // bytes, compressed: in all, and before anything is played
	h := builtIn(t).(http.HandlerFunc)
	all := 0
	for _, name := range []string{"index.js", "player.js", "hls.js"} {
		res := ask(h, "GET", "/web/assets/"+name, "Accept-Encoding", "gzip")
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d", name, res.StatusCode)
		}
		n := len(body(t, res))
		if name == "index.js" && n > first {
			t.Errorf("the first script is %d bytes, more than %d", n, first)
		}
		all += n
	}
	if all > budget {
		t.Errorf("the scripts are %d bytes, more than %d", all, budget)
	}
}

func TestAnotherDirectoryIsServedInstead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "client", "index.html"), "<p>other</p>")
	write(t, filepath.Join(dir, "client", "sub", "a.js"), "1")
	write(t, filepath.Join(dir, "client", ".env"), "secret")
	write(t, filepath.Join(dir, "outside.txt"), "secret")
	if err := os.Symlink("../outside.txt", filepath.Join(dir, "client", "link.txt")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "client"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	h, err := Handler(Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	res := ask(h, "GET", "/web/")
	if got := string(body(t, res)); got != "<p>other</p>" || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("start page: %q %s", got, res.Header.Get("Content-Type"))
	}
	if res.Header.Get("Content-Security-Policy") != "" {
		t.Error("another client gets our policy")
	}
	js := ask(h, "GET", "/web/sub/a.js")
	if js.StatusCode != 200 || js.Header.Get("Last-Modified") == "" || js.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("script: %d, %v", js.StatusCode, js.Header)
	}
	if again := ask(h, "GET", "/web/sub/a.js", "If-Modified-Since", js.Header.Get("Last-Modified")); again.StatusCode != 304 {
		t.Errorf("unchanged script: %d", again.StatusCode)
	}
	for _, p := range []string{"/web/.env", "/web/link.txt", "/web/sub", "/web/sub/", "/web/../outside.txt", "/web/none"} {
		if res := ask(h, "GET", p); res.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", p, res.StatusCode)
		}
	}
}

func TestDevelopmentRequestsGoToViteWithoutTheSession(t *testing.T) {
	var seen *http.Request
	vite := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		io.WriteString(w, "from vite")
	}))
	defer vite.Close()
	to, err := url.Parse(vite.URL)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Handler(Options{Dev: to})
	if err != nil {
		t.Fatal(err)
	}
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", Policy)
		h.ServeHTTP(w, r)
	})
	res := ask(guarded, "GET", "/web/src/main.tsx?t=1", "Authorization", "MediaBrowser Token=x", "Cookie", "a=b")
	if got := string(body(t, res)); res.StatusCode != 200 || got != "from vite" {
		t.Fatalf("%d %q", res.StatusCode, got)
	}
	if got := res.Header.Get("Content-Security-Policy"); got != "" {
		t.Errorf("the development page has to live with %q", got)
	}
	if seen.URL.RequestURI() != "/web/src/main.tsx?t=1" || seen.Host != to.Host {
		t.Errorf("asked for %s at %s", seen.URL.RequestURI(), seen.Host)
	}
	if seen.Header.Get("Authorization") != "" || seen.Header.Get("Cookie") != "" {
		t.Error("the session was passed on")
	}
}

func TestAnAbsentDevelopmentServerIsNamed(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	to, err := url.Parse(gone.URL)
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	h, err := Handler(Options{Dev: to})
	if err != nil {
		t.Fatal(err)
	}
	res := ask(h, "GET", "/web/")
	if res.StatusCode != http.StatusBadGateway || !bytes.Contains(body(t, res), []byte("development server")) {
		t.Errorf("%d", res.StatusCode)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

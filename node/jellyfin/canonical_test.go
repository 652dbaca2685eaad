package jellyfin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPathsAreSpeltAsInTheTableAndParametersAsSent(t *testing.T) {
	c := newCanonicalPaths(Routes())
	for in, want := range map[string]string{
		"/users/authenticatebyname":            "/Users/AuthenticateByName",
		"/SYSTEM/info/PUBLIC":                  "/System/Info/Public",
		"/items/":                              "/Items",
		"//audio//ABC/universal":               "/Audio/ABC/universal",
		"/Audio/x/Universal":                   "/Audio/x/universal",
		"/GetUTCTime":                          "/GetUtcTime",
		"/genres/Science%20Fiction":            "/Genres/Science%20Fiction",
		"/genres/AC%2FDC":                      "/Genres/AC%2FDC",
		"/videos/X/STREAM.MP4":                 "/Videos/X/stream.MP4",
		"/Videos/x/stream.mov,mp4,m4a":         "/Videos/x/stream.mov,mp4,m4a",
		"/videos/x/y/subtitles/3/0/stream.vtt": "/Videos/x/y/Subtitles/3/0/Stream.vtt",
		"/users/abc/items/resume":              "/Users/abc/Items/Resume",
	} {
		if got, ok := c.restore(in); !ok || got != want {
			t.Errorf("%s became %q (%v), want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"/nothing/here", "/Items/1/2/3/4", "/../etc"} {
		if got, ok := c.restore(in); ok {
			t.Errorf("%s matched as %q", in, got)
		}
	}
}

func FuzzCanonicalPath(f *testing.F) {
	for _, p := range []string{"/Items", "/genres/%2F", "/videos/a/stream.", "//", "/%zz"} {
		f.Add(p)
	}
	c := newCanonicalPaths(Routes())
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI("/" + strings.TrimLeft(path, "/"))
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL = u
		if !c.rewrite(r) {
			return
		}
		again, ok := c.restore(r.URL.EscapedPath())
		if !ok || again != r.URL.EscapedPath() {
			t.Fatalf("%q became %q, which becomes %q", path, r.URL.EscapedPath(), again)
		}
	})
}

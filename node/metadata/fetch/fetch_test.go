package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/metadata/fetch"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/metadata/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	host = "api.fake.example"
	base = "https://" + host
	key  = "s3cret-key"
)

type said struct{ Title string }

// client asks a make-believe provider.
func client(t *testing.T, h http.HandlerFunc, change ...func(*fetch.Options)) (*fetch.Client, *fetchtest.Internet, *bytes.Buffer) {
	t.Helper()
	n := fetchtest.New(t, map[string]http.Handler{host: h, "other.fake.example": h})
	logged := &bytes.Buffer{}
	opt := fetch.Options{
		Name: "fake", UserAgent: "sett-test/1", Hosts: []string{host}, Every: time.Microsecond, Burst: 5,
		Dial: n.Dial, RootCAs: n.RootCAs, CacheDir: t.TempDir(), Timeout: 5 * time.Second,
		Log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Sign: func(r *http.Request) {
			q := r.URL.Query()
			q.Set("api_key", key)
			r.URL.RawQuery = q.Encode()
		},
	}
	for _, f := range change {
		f(&opt)
	}
	c := fetch.New(opt)
	t.Cleanup(c.Close)
	return c, n, logged
}

// short is a context that ends before any wait of the client does.
func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 900*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestEveryAnswerBecomesTheRightError(t *testing.T) {
	var busy *fetch.Busy
	for _, tc := range []struct {
		name  string
		serve http.HandlerFunc
		want  func(error) bool
	}{
		{"200", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"Title":"A"}`) }, func(err error) bool { return err == nil }},
		{"404", http.NotFound, func(err error) bool { return errors.Is(err, provider.ErrNotFound) }},
		{"400", status(400, ""), func(err error) bool { return errors.Is(err, fetch.ErrAnswer) }},
		{"304 that nobody asked for", status(304, ""), func(err error) bool { return errors.Is(err, fetch.ErrAnswer) }},
		{"401", status(401, ""), func(err error) bool { return errors.Is(err, fetch.ErrBadKey) }},
		{"429", status(429, "7"), func(err error) bool { return errors.As(err, &busy) && near(busy.Until, 7*time.Second) }},
		{"503 with a date", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, func(err error) bool { return errors.As(err, &busy) && near(busy.Until, time.Hour) }},
		{"503", status(503, ""), func(err error) bool { return errors.As(err, &busy) && near(busy.Until, 2*time.Second) }},
		{"a Retry-After of years", status(503, "999999999999"), func(err error) bool {
			return errors.As(err, &busy) && near(busy.Until, 2*time.Second) || near(busy.Until, 24*time.Hour)
		}},
		{"truncated", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"Title":`)
		}, func(err error) bool { return errors.As(err, &busy) }},
		{"half the JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"Title":`) }, func(err error) bool { return errors.As(err, &busy) }},
		{"a captive portal", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>Log in</html>`) }, func(err error) bool { return errors.As(err, &busy) }},
		{"said to be huge", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
			w.WriteHeader(200)
		}, func(err error) bool { return errors.Is(err, fetch.ErrTooLarge) }},
		{"huge", func(w http.ResponseWriter, _ *http.Request) {
			chunk := bytes.Repeat([]byte(" "), 1<<20)
			for range 20 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, func(err error) bool { return errors.Is(err, fetch.ErrTooLarge) }},
		{"hung up on", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, func(err error) bool { return errors.As(err, &busy) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _, logged := client(t, tc.serve)
			var v said
			err := c.JSON(short(t), base+"/x", &v)
			if !tc.want(err) {
				t.Errorf("got %v", err)
			}
			if text := fmt.Sprint(err, c.Status(), logged); strings.Contains(text, key) {
				t.Errorf("the key shows: %s", text)
			}
		})
	}
}

func status(code int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

func near(at time.Time, in time.Duration) bool {
	d := time.Until(at) - in
	return -2*time.Second < d && d <= time.Second
}

func TestASlowProviderIsGivenUpOn(t *testing.T) {
	c, _, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write([]byte(" ")); err != nil || r.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-time.After(5 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	}, func(o *fetch.Options) { o.Timeout = 100 * time.Millisecond })
	begun := time.Now()
	var busy *fetch.Busy
	if err := c.JSON(short(t), base+"/x", &said{}); !errors.As(err, &busy) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 850*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestARefusedKeyIsNotTriedAgain(t *testing.T) {
	c, n, _ := client(t, status(401, ""))
	for range 3 {
		if err := c.JSON(short(t), base+"/x", &said{}); !errors.Is(err, fetch.ErrBadKey) {
			t.Fatal(err)
		}
	}
	if got := n.Asked(); len(got) != 1 || c.Status().Problem == "" {
		t.Errorf("asked %v, status %+v", got, c.Status())
	}
}

func TestAnAnswerIsKeptAndConfirmedByItsETag(t *testing.T) {
	var full, confirmed atomic.Int32
	dir := t.TempDir()
	h := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"one"`)
		if r.Header.Get("If-None-Match") == `"one"` {
			confirmed.Add(1)
			w.WriteHeader(304)
			return
		}
		full.Add(1)
		fmt.Fprint(w, `{"Title":"Kept"}`)
	}
	c, _, _ := client(t, h, func(o *fetch.Options) { o.CacheDir = dir })
	ask := func() {
		t.Helper()
		var v said
		if err := c.JSON(context.Background(), base+"/x?language=de", &v); err != nil || v.Title != "Kept" {
			t.Fatal(v, err)
		}
	}
	ask()
	ask()
	if full.Load() != 1 || confirmed.Load() != 0 {
		t.Errorf("a fresh answer was asked for again: %d, %d", full.Load(), confirmed.Load())
	}
	grow(t, dir)
	ask()
	ask()
	if full.Load() != 1 || confirmed.Load() != 1 {
		t.Errorf("an old answer was not confirmed once: %d, %d", full.Load(), confirmed.Load())
	}
}

// grow makes kept answers two days older, and looks for the key in them.
func grow(t *testing.T, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	if len(files) == 0 {
		t.Fatal("nothing was kept")
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(key)) {
			t.Error("the key is in the cache")
		}
		now, old := time.Now(), time.Now().Add(-48*time.Hour)
		b = bytes.ReplaceAll(b, []byte(now.Format("2006-01-02T")), []byte(old.Format("2006-01-02T")))
		if err := os.WriteFile(f, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhileAProviderFailsWhatWasKeptIsUsed(t *testing.T) {
	var broken atomic.Bool
	dir := t.TempDir()
	c, _, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(503)
			return
		}
		fmt.Fprint(w, `{"Title":"Kept"}`)
	}, func(o *fetch.Options) { o.CacheDir = dir })
	var v said
	if err := c.JSON(short(t), base+"/x", &v); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	grow(t, dir)
	v = said{}
	if err := c.JSON(short(t), base+"/x", &v); err != nil || v.Title != "Kept" {
		t.Error(v, err)
	}
}

func TestRedirectsStayWithTheProviderAndOnTLS(t *testing.T) {
	for _, to := range []string{
		"https://10.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/", "https://[::1]/",
		"https://[fd7a:115c:a1e0::1]/", "https://other.fake.example/", "http://" + host + "/", "https://" + host + ":8443/",
		"https://user@" + host + "/", "file:///etc/passwd", "https://" + host + ".evil.example/",
	} {
		c, n, _ := client(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		if err := c.JSON(short(t), base+"/x", &said{}); !errors.Is(err, fetch.ErrForbidden) || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", to, err)
		}
		if got := n.Dialed(); len(got) != 1 {
			t.Errorf("%s: dialled %v", to, got)
		}
	}
	loops := 0
	c, _, _ := client(t, func(w http.ResponseWriter, r *http.Request) { loops++; http.Redirect(w, r, "/again", http.StatusFound) })
	if err := c.JSON(short(t), base+"/x", &said{}); !errors.Is(err, fetch.ErrForbidden) || loops > 6 {
		t.Error(err, loops)
	}
	c, _, _ = client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			if r.Referer() != "" {
				t.Errorf("it says where it came from: %s", r.Referer())
			}
			fmt.Fprint(w, `{}`)
			return
		}
		http.Redirect(w, r, "/there", http.StatusFound)
	})
	if err := c.JSON(short(t), base+"/x", &said{}); err != nil {
		t.Error(err)
	}
}

func TestANameThatResolvesIntoTheHomeIsRefusedWhenDialled(t *testing.T) {
	// The name is the provider's own, so only the check of the address can refuse it.
	c := fetch.New(fetch.Options{Name: "fake", Hosts: []string{"localhost"}})
	defer c.Close()
	if err := c.JSON(short(t), "https://localhost/x", &said{}); !errors.Is(err, fetch.ErrForbidden) {
		t.Error(err)
	}
}

func TestWhatIsNoPictureIsNotKeptAsOne(t *testing.T) {
	var good bytes.Buffer
	if err := png.Encode(&good, image.NewGray(image.Rect(0, 0, 20, 30))); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, label string
		body        []byte
		ok          bool
	}{
		{"a picture", "image/png", good.Bytes(), true},
		{"a picture with a wrong label", "text/html", good.Bytes(), true},
		{"a web page that says it is a picture", "image/jpeg", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), false},
		{"an SVG", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), false},
		{"half a header", "image/png", good.Bytes()[:12], false},
		{"nothing", "image/png", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _, _ := client(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.label)
				w.Write(tc.body)
			})
			dir := t.TempDir()
			p, err := c.Picture(short(t), base+"/p.jpg", dir)
			files, _ := os.ReadDir(dir)
			switch {
			case tc.ok && (err != nil || p.Width != 20 || p.Height != 30 || len(files) != 1 || files[0].Name() != p.File || filepath.Ext(p.File) != ".png"):
				t.Error(p, err, files)
			case !tc.ok && (!errors.Is(err, fetch.ErrNotImage) || len(files) != 0):
				t.Error(err, files)
			}
		})
	}
}

func TestOfflineNothingIsDialled(t *testing.T) {
	c, n, _ := client(t, status(200, ""), func(o *fetch.Options) { o.Online = func() bool { return false } })
	if err := c.JSON(short(t), base+"/x", &said{}); !errors.Is(err, fetch.ErrOffline) {
		t.Error(err)
	}
	if _, err := c.Picture(short(t), base+"/x", t.TempDir()); !errors.Is(err, fetch.ErrOffline) {
		t.Error(err)
	}
	if got := n.Dialed(); len(got) > 0 {
		t.Errorf("dialled %v", got)
	}
}

func TestADaysBudgetIsAnEnd(t *testing.T) {
	c, n, _ := client(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }, func(o *fetch.Options) { o.PerDay = 2 })
	for i := range 4 {
		err := c.JSON(short(t), fmt.Sprint(base, "/", i), &said{})
		var busy *fetch.Busy
		if over := errors.As(err, &busy) && near(busy.Until, 24*time.Hour); over != (i >= 2) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if len(n.Asked()) != 2 {
		t.Errorf("asked %v", n.Asked())
	}
}

func TestTheOldestAnswersMakeRoom(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := fetch.Trim(dir, 250); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 2 || filepath.Base(left[0]) != "3" {
		t.Errorf("left: %v", left)
	}
	if err := fetch.Trim(filepath.Join(dir, "none"), 1); err != nil {
		t.Error(err)
	}
}

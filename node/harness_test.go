package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sett/node"
	"sett/node/config"
)

// demoLibrary is the library of `make run`, made once for all tests of this machine.
var demoLibrary = sync.OnceValues(func() (string, error) {
	script := filepath.Join("..", "scripts", "demo-library.sh")
	text, err := os.ReadFile(script)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	dir := filepath.Join(os.TempDir(), "sett-demo-"+hex.EncodeToString(sum[:6]))
	out, err := exec.Command(script, dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func demo(t testing.TB) string {
	t.Helper()
	dir, err := demoLibrary()
	if err != nil {
		t.Fatalf("making the demo library: %v", err)
	}
	return dir
}

const (
	ownerName = "Owner"
	ownerPass = "correct horse"
)

// running is a node under test.
type running struct {
	*node.Node
	URL  string // on loopback
	Log  *lockedBuffer
	Out  *lockedBuffer
	stop func() error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// settings are those of a small node in dir that serves media.
func settings(t testing.TB, dir string, media ...string) config.Config {
	t.Helper()
	file := filepath.Join(dir, "sett.yaml")
	y := "data_dir: " + filepath.Join(dir, "data") + "\ncache_dir: " + filepath.Join(dir, "cache") + "\nname: Test Node\nhttp_port: 0\ndiscovery: false\nmedia:\n"
	for _, m := range media {
		y += "  - " + m + "\n"
	}
	if err := os.WriteFile(file, []byte(y), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Sources{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// start runs a node until the test ends or stop is called.
func start(t testing.TB, cfg config.Config) *running {
	t.Helper()
	r := &running{Log: &lockedBuffer{}, Out: &lockedBuffer{}}
	log := slog.New(slog.NewTextHandler(r.Log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.Open(ctx, cfg, r.Out, log)
	if err != nil {
		cancel()
		t.Fatalf("open: %v", err)
	}
	r.Node = n
	r.URL = fmt.Sprintf("http://127.0.0.1:%d", n.Port())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	var once sync.Once
	r.stop = func() (err error) {
		once.Do(func() {
			cancel()
			select {
			case err = <-ended:
			case <-time.After(10 * time.Second):
				err = errors.New("the node did not end within 10 s")
			}
		})
		return err
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the node ended with: %v", err)
		}
		if t.Failed() {
			t.Logf("log of the node:\n%s", r.Log.String())
		}
	})
	return r
}

// eventually polls until ok returns true.
func eventually(t testing.TB, what string, within time.Duration, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, within)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// client is an app that speaks the API.
type client struct {
	t     testing.TB
	http  *http.Client
	base  string
	token string
	user  string
	dev   string
}

func newClient(t testing.TB, base, device string) *client {
	return &client{t: t, http: &http.Client{Timeout: 2 * time.Minute}, base: base, dev: device}
}

// bare is the same device without its token.
func (c *client) bare() *client {
	b := *c
	b.token = ""
	return &b
}

func (c *client) request(method, path string, body any) *http.Request {
	c.t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	url := path
	if !strings.HasPrefix(path, "http") {
		url = c.base + path
	}
	req, err := http.NewRequest(method, url, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", fmt.Sprintf(`MediaBrowser Client="Test", Device="Test device", DeviceId=%q, Version="1.0", Token=%q`, c.dev, c.token))
	return req
}

// do makes a request and demands a status.
func (c *client) do(method, path string, body any, want int) []byte {
	c.t.Helper()
	resp, err := c.http.Do(c.request(method, path, body))
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if resp.StatusCode != want {
		c.t.Fatalf("%s %s: status %d, want %d: %.300s", method, path, resp.StatusCode, want, b)
	}
	return b
}

func (c *client) get(path string, v any) {
	c.t.Helper()
	b := c.do("GET", path, nil, 200)
	if err := json.Unmarshal(b, v); err != nil {
		c.t.Fatalf("GET %s: %v in %.300s", path, err, b)
	}
}

func (c *client) post(path string, body, v any) {
	c.t.Helper()
	b := c.do("POST", path, body, 200)
	if err := json.Unmarshal(b, v); err != nil {
		c.t.Fatalf("POST %s: %v in %.300s", path, err, b)
	}
}

func (c *client) signIn(name, password string) {
	c.t.Helper()
	var r struct {
		AccessToken string
		User        struct{ Id string }
	}
	c.post("/Users/AuthenticateByName", map[string]string{"Username": name, "Pw": password}, &r)
	c.token, c.user = r.AccessToken, r.User.Id
}

// setUp makes the owner's account with the code from the console.
func (r *running) setUp(t testing.TB) {
	t.Helper()
	newClient(t, r.URL, "setup").do("POST", "/Startup/Sett", map[string]string{"Code": r.SetupCode(), "Name": ownerName, "Password": ownerPass}, 204)
}

type item struct {
	Id, Name, Type, MediaType, SeriesName, Album string
	RunTimeTicks                                 int64
	ImageTags                                    map[string]string
	UserData                                     struct {
		PlaybackPositionTicks int64
		PlayCount             int
		Played, IsFavorite    bool
		Key, ItemId           string
	}
	MediaSources []source
	Chapters     []struct{ Name string }
}

type source struct {
	Id, Container, Path, TranscodingUrl, TranscodingSubProtocol string
	Size, RunTimeTicks                                          int64
	SupportsDirectPlay                                          bool
	MediaStreams                                                []struct {
		Index                                    int
		Type, Codec, DeliveryUrl, DeliveryMethod string
		IsTextSubtitleStream                     bool
	}
}

type items struct {
	Items            []item
	TotalRecordCount int
}

// find waits until the scan has found an item by name, with its facts.
func (c *client) find(kind, name string) item {
	c.t.Helper()
	var found item
	eventually(c.t, kind+" "+name+" in the library", 60*time.Second, func() bool {
		var l items
		c.get("/Items?recursive=true&fields=MediaSources,Chapters&includeItemTypes="+kind, &l)
		for _, it := range l.Items {
			if it.Name == name && (it.MediaType == "Unknown" || it.RunTimeTicks > 0) {
				found = it
				return true
			}
		}
		return false
	})
	return found
}

package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"sett/node/origin"
)

var home = netip.MustParseAddrPort("192.168.1.20:50000")

func anna(mod func(*origin.Peer)) func() (origin.Peer, error) {
	p := origin.Peer{ID: "n1", Login: "anna@example.com"}
	if mod != nil {
		mod(&p)
	}
	return func() (origin.Peer, error) { return p, nil }
}

func testGuard() *Guard {
	return New(Options{
		Names: []string{"Mum's Films", "nas", "films.example.org."}, PublishedURL: "https://tv.example.net:444/x",
		TunnelNames: func() []string { return []string{"sett.fam.ts.net."} },
		Origins:     []string{"https://app.example.com"}, Log: slog.New(slog.DiscardHandler),
	})
}

// ask sends one request through g and returns the answer and the request that got
// through, nil if none did.
func ask(g *Guard, o origin.Origin, method, url string, headers ...string) (*httptest.ResponseRecorder, *http.Request) {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	r = r.WithContext(origin.With(r.Context(), o))
	w := httptest.NewRecorder()
	var through *http.Request
	g.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { through = r })).ServeHTTP(w, r)
	return w, through
}

func from(z origin.Zone) origin.Origin {
	return origin.New(z, home, netip.AddrPort{}, anna(nil))
}

func TestAConnectionNobodyStampedIsRefused(t *testing.T) {
	g := testGuard()
	w, through := ask(g, origin.Origin{}, "GET", "http://localhost/health")
	if w.Code != http.StatusForbidden || through != nil || g.Refused()[UnknownZone] != 1 {
		t.Fatal(w.Code, through, g.Refused())
	}
}

// TestTheMatrixIsWhatWeSayItIs spells the exposure out once more, so that opening
// a door needs two changes.
func TestTheMatrixIsWhatWeSayItIs(t *testing.T) {
	const want = `| class | local | lan | tailnet | wireguard | proxy |
|---|---|---|---|---|---|
| api | yes | yes | yes | yes | yes |
| media | yes | yes | yes | yes | yes |
| web | yes | yes | yes | yes | yes |
| public info | yes | yes | yes | yes | yes |
| sign-in | yes | yes | yes | yes | yes |
| user list | yes | yes | yes | yes | no |
| health | yes | yes | yes | yes | yes |
| admin | yes | yes | proven member | proven member | no |
| setup | yes | yes | proven member | proven member | no |
| metrics | yes | no | no | no | no |
`
	if got := Exposure(); got != want {
		t.Errorf("the matrix is\n%s", got)
	}
	for c := range classCount {
		if RuleFor(origin.Unknown, c) != Closed || RuleFor(origin.Zone(99), c) != Closed {
			t.Errorf("%s is open to zones nobody knows", c)
		}
		if bodies[c] == 0 {
			t.Errorf("%s has no body limit", c)
		}
	}
}

func TestTheMatrixIsKept(t *testing.T) {
	paths := map[Class]string{
		API: "/Items", Media: "/Videos/1/stream.mp4", Web: "/web/", PublicInfo: "/System/Info/Public", SignIn: "/Users/AuthenticateByName",
		UserList: "/Users/Public", Health: "/health", Admin: "/System/Configuration", Setup: "/Startup/Sett", Metrics: "/metrics"}
	peers := map[string]func() (origin.Peer, error){
		"member": anna(nil),
		"shared": anna(func(p *origin.Peer) { p.Shared = true }),
		"tagged": anna(func(p *origin.Peer) { p.Tagged = true }),
		"router": anna(func(p *origin.Peer) { p.Router = true }),
		"nobody": nil,
	}
	admitted := map[Rule]map[string]bool{
		Closed: {},
		Open:   {"member": true, "shared": true, "tagged": true, "router": true, "nobody": true},
		Person: {"member": true, "shared": true},
		Member: {"member": true},
	}
	for c, path := range paths {
		for _, z := range zones {
			for name, peer := range peers {
				g := testGuard()
				w, through := ask(g, origin.New(z, home, netip.AddrPort{}, peer), "GET", "http://localhost"+path)
				want := admitted[RuleFor(z, c)][name]
				if (through != nil) != want {
					t.Errorf("%s from %s of %s: through is %v, want %v", path, name, z, through != nil, want)
				}
				if !want && w.Code != http.StatusForbidden {
					t.Errorf("%s from %s of %s: %d", path, name, z, w.Code)
				}
			}
		}
	}
}

func TestALookUpThatFailsIsNoProof(t *testing.T) {
	g := testGuard()
	o := origin.New(origin.Tailnet, home, netip.AddrPort{}, func() (origin.Peer, error) { return origin.Peer{}, errors.New("away") })
	if w, through := ask(g, o, "GET", "http://localhost/System/Configuration"); through != nil || w.Code != http.StatusServiceUnavailable {
		t.Fatal(w.Code)
	}
	if _, through := ask(g, o, "GET", "http://localhost/Items"); through == nil {
		t.Error("what needs no proof was refused too")
	}
}

func TestPathsAreClassifiedInEverySpelling(t *testing.T) {
	for _, tc := range []struct {
		method, path string
		want         Class
	}{
		{"GET", "/", Web}, {"GET", "/WEB/index.html", Web}, {"GET", "/web", Web}, {"GET", "/website", API},
		{"GET", "/health", Health}, {"GET", "/Health/Ready", Health}, {"GET", "//metrics", Metrics}, {"GET", "/metrics/", Metrics},
		{"GET", "/system/info/public", PublicInfo}, {"GET", "/System/Info", API}, {"GET", "/System/Info/Storage", Admin},
		{"POST", "/users/authenticatebyname/", SignIn}, {"GET", "/Users/Public", UserList}, {"GET", "/Users/abc", API},
		{"DELETE", "/Users/abc", Admin}, {"POST", "/Users/abc/Policy", Admin}, {"POST", "/Users/abc/Configuration", API},
		{"POST", "/Startup/User", Setup}, {"GET", "/Startup/Configuration", Setup},
		{"GET", "/Items/1/Images/Primary", Media}, {"HEAD", "/items/1/images/primary/0", Media}, {"POST", "/Items/1/Images/Primary", API},
		{"GET", "/Items/1/Images", Media}, {"GET", "/Items/1", API}, {"GET", "/Items/1/Download", Media},
		{"GET", "/videos/1/master.m3u8", Media}, {"GET", "//audio/1/universal", Media}, {"GET", "/Branding/Css.css", PublicInfo},
		{"POST", "/Branding/Splashscreen", Admin}, {"GET", "/socket", API}, {"GET", "/Auth/Keys", Admin}, {"GET", "/nothing", API},
	} {
		if got := ClassOf(tc.method, tc.path); got != tc.want {
			t.Errorf("%s %s is %s, want %s", tc.method, tc.path, got, tc.want)
		}
	}
}

func TestPathsThatMeanAnotherPlaceAreRefused(t *testing.T) {
	g := testGuard()
	for _, p := range []string{"/health/../metrics", "/./metrics", "/web/%2e%2e/metrics", "/a%00b", "/web/.."} {
		if w, through := ask(g, from(origin.LAN), "GET", "http://localhost"+p); through != nil || w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
	for _, p := range []string{"/Genres/a..b", "/web/.well-known", "/Items/..."} {
		if w, through := ask(g, from(origin.LAN), "GET", "http://localhost"+p); through == nil {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

func TestOnlyOurNamesAndAddressesAreHosts(t *testing.T) {
	g := testGuard()
	for _, h := range []string{"", "localhost", "LOCALHOST:8096", "192.168.1.5:8096", "[fd00::1]:8096", "[fd00::1]", "mum-s-films", "mum-s-films.local",
		"nas:8096", "NAS.local.", "films.example.org", "tv.example.net", "sett.fam.ts.net", "sett"} {
		if w, through := ask(g, from(origin.LAN), "GET", "http://localhost/Items", "Host", h); through == nil {
			t.Errorf("host %q is refused: %d", h, w.Code)
		}
	}
	for _, h := range []string{"evil.example", "nas.evil.example", "localhost.evil.example", "films.example.org.evil", "sett.fam.ts.net.evil", "192.168.1.5.evil", "local", "fam.ts.net", "x\u0000", "..."} {
		w, through := ask(g, from(origin.LAN), "GET", "http://localhost/health", "Host", h)
		if through != nil || w.Code != http.StatusMisdirectedRequest {
			t.Errorf("host %q: %d", h, w.Code)
		}
		if h != "local" && strings.Contains(w.Body.String(), h) {
			t.Errorf("the answer repeats %q", h)
		}
	}
}

func TestForwardedHeadersCountInTheProxyZoneOnlyAndIdentitiesNowhere(t *testing.T) {
	all := []string{"X-Forwarded-For", "1.2.3.4", "x-forwarded-proto", "https", "Forwarded", "for=1.2.3.4", "X-Real-IP", "1.2.3.4",
		"CF-Connecting-IP", "1.2.3.4", "True-Client-IP", "1.2.3.4", "Tailscale-User-Login", "anna@example.com", "Tailscale-App-Capabilities", "{}",
		"Remote-User", "anna", "X-Remote-User", "anna", "X-Forwarded-User", "anna", "X-Auth-Request-Email", "anna", "X-HTTP-Method-Override", "DELETE",
		"Authorization", "kept", "Range", "bytes=0-", "X-Emby-Token", "kept"}
	count := map[origin.Zone]int{origin.Local: 3, origin.LAN: 3, origin.Tailnet: 3, origin.WireGuard: 3, origin.Proxy: 9}
	for z, want := range count {
		_, through := ask(testGuard(), from(z), "GET", "http://localhost/Items", all...)
		if through == nil || len(through.Header) != want {
			t.Errorf("%s keeps %v", z, through.Header)
		}
		if through.Header.Get("Remote-User") != "" || through.Header.Get("Tailscale-User-Login") != "" || through.Header.Get("X-Forwarded-User") != "" {
			t.Errorf("%s keeps an identity", z)
		}
	}
}

func TestOtherSitesPagesGainNothing(t *testing.T) {
	const evil, app = "https://evil.example", "https://app.example.com"
	for _, tc := range []struct {
		name, method, path string
		headers            []string
		passes, foreign    bool
	}{
		{"no page", "POST", "/Items/1", nil, true, false},
		{"our page", "POST", "/Items/1", []string{"Origin", "http://localhost"}, true, false},
		{"our page on the tunnel's name", "POST", "/Items/1", []string{"Origin", "https://sett.fam.ts.net"}, true, false},
		{"another port of this machine", "POST", "/Items/1", []string{"Origin", "http://localhost:9000"}, false, true},
		{"another device at home", "POST", "/Items/1", []string{"Origin", "http://192.168.1.66"}, false, true},
		{"unlisted reads", "GET", "/Items", []string{"Origin", evil}, true, true},
		{"unlisted changes", "POST", "/Items/1", []string{"Origin", evil}, false, true},
		{"unlisted changes with a token", "POST", "/Items/1", []string{"Origin", evil, "X-Emby-Token", "x"}, false, true},
		{"unlisted preflight", "OPTIONS", "/Items/1", []string{"Origin", evil}, false, true},
		{"unlisted signs in", "POST", "/Users/AuthenticateByName", []string{"Origin", evil}, false, true},
		{"unlisted socket", "GET", "/socket", []string{"Origin", evil, "Upgrade", "websocket"}, false, true},
		{"null", "POST", "/Items/1", []string{"Origin", "null"}, false, true},
		{"listed reads", "GET", "/Items", []string{"Origin", app}, true, true},
		{"listed changes without a token", "POST", "/Items/1", []string{"Origin", app}, false, true},
		{"listed changes with an empty token", "POST", "/Items/1?api_key=", []string{"Origin", app}, false, true},
		{"listed changes", "POST", "/Items/1", []string{"Origin", app, "Authorization", `MediaBrowser Client="x", Token="abc"`}, true, true},
		{"listed changes by query", "POST", "/Items/1?apikey=abc", []string{"Origin", app}, true, true},
		{"listed socket", "GET", "/socket?ApiKey=abc", []string{"Origin", app, "Upgrade", "websocket"}, true, true},
		{"listed socket without a token", "GET", "/socket", []string{"Origin", app, "Upgrade", "websocket"}, false, true},
		{"listed preflight", "OPTIONS", "/Items/1", []string{"Origin", app}, true, true},
		{"listed signs in", "POST", "/Users/AuthenticateByName", []string{"Origin", app}, true, true},
		{"listed setup", "POST", "/Startup/Sett", []string{"Origin", app, "X-Emby-Token", "x"}, false, true},
		{"listed setup, reading", "GET", "/Startup/Sett", []string{"Origin", app}, false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, through := ask(testGuard(), from(origin.Tailnet), tc.method, "http://localhost"+tc.path, tc.headers...)
			if (through != nil) != tc.passes {
				t.Fatalf("through is %v, status %d", through != nil, w.Code)
			}
			if through == nil {
				if w.Code != http.StatusForbidden {
					t.Errorf("status %d", w.Code)
				}
				return
			}
			o := origin.Of(through.Context())
			p, err := o.Peer()
			if o.Foreign != tc.foreign || p.Human() == tc.foreign || err != nil {
				t.Errorf("foreign is %v and the road vouches for %q", o.Foreign, p.Login)
			}
			if o.Zone != origin.Tailnet || o.Addr != home {
				t.Error("the rest of the origin changed")
			}
			if listed := !tc.foreign || tc.headers[1] == app; !listed && through.Header.Get("Origin") != "" {
				t.Error("a handler could still answer it with CORS headers")
			}
		})
	}
}

func TestAStarListsEveryOrigin(t *testing.T) {
	g := New(Options{Origins: []string{"*"}, Log: slog.New(slog.DiscardHandler)})
	_, through := ask(g, from(origin.LAN), "POST", "http://localhost/Items/1", "Origin", "file://", "X-Emby-Token", "x")
	if through == nil || through.Header.Get("Origin") == "" || !origin.Of(through.Context()).Foreign {
		t.Fatal(through)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	srv := serve(t, testGuard(), func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	})
	for _, tc := range []struct {
		path string
		size int
		want int
	}{
		{"/Users/AuthenticateByName", 16 * kib, 200}, {"/Users/AuthenticateByName", 16*kib + 1, 413},
		{"/Items/1/PlaybackInfo", mib, 200}, {"/Items/1/PlaybackInfo", mib + 1, 413},
		{"/Items/1/Images/Primary", 2 * mib, 200},
	} {
		for name, body := range map[string]io.Reader{"declared": bytes.NewReader(make([]byte, tc.size)), "chunked": io.MultiReader(bytes.NewReader(make([]byte, tc.size)))} {
			res, err := http.Post(srv+tc.path, "", body)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != tc.want {
				t.Errorf("%d bytes, %s, to %s: %d, want %d", tc.size, name, tc.path, res.StatusCode, tc.want)
			}
		}
	}
}

func TestTheResponseWriterIsNotWrapped(t *testing.T) {
	serve1 := serve(t, testGuard(), func(w http.ResponseWriter, _ *http.Request) {
		if _, ok := w.(io.ReaderFrom); !ok {
			t.Error("sendfile is lost")
		}
	})
	if _, err := http.Get(serve1 + "/Videos/1/stream"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://localhost/Videos/1/stream", nil)
	r = r.WithContext(origin.With(r.Context(), from(origin.LAN)))
	testGuard().Wrap(http.HandlerFunc(func(got http.ResponseWriter, _ *http.Request) {
		if got != http.ResponseWriter(w) {
			t.Errorf("got a %T", got)
		}
	})).ServeHTTP(w, r)
}

func TestAPanicIsAnAnswerAndOneLogLine(t *testing.T) {
	var log bytes.Buffer
	g := New(Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	srv := serve(t, g, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			_, _ = io.WriteString(w, strings.Repeat("x", 100000))
		}
		panic("boom")
	})
	res, err := http.Get(srv + "/early?ApiKey=secret")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", res.StatusCode)
	}
	var line struct{ Msg, Path, Panic, Stack string }
	dec := json.NewDecoder(&log)
	if err := dec.Decode(&line); err != nil || line.Panic != "boom" || line.Path != "/early" || !strings.Contains(line.Stack, "guard_test.go") {
		t.Errorf("%v, %+v", err, line)
	}
	if dec.More() {
		t.Error("more than one line")
	}
	res, err = http.Get(srv + "/late")
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("half an answer passed for a whole one")
	}
}

func TestPagesAreProtected(t *testing.T) {
	g := testGuard()
	w, _ := ask(g, from(origin.LAN), "GET", "http://localhost/web/")
	for _, h := range []string{"Content-Security-Policy", "X-Frame-Options", "Permissions-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if w.Header().Get(h) == "" {
			t.Errorf("pages lack %s", h)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
		t.Errorf("the policy is %s", csp)
	}
	w, _ = ask(g, from(origin.LAN), "GET", "http://localhost/Items")
	if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("the API has %v", w.Header())
	}
}

func TestASlowBodyIsWaitedForAndThenForgotten(t *testing.T) {
	d := &deadlines{}
	b := &patientBody{io.NopCloser(strings.NewReader("abc")), http.NewResponseController(d)}
	if text, err := io.ReadAll(b); err != nil || string(text) != "abc" {
		t.Fatal(text, err)
	}
	if len(d.set) < 2 || d.set[0] || !d.set[len(d.set)-1] {
		t.Errorf("deadlines cleared: %v", d.set)
	}
}

// serve runs a handler behind g on a real server whose connections are Local.
func serve(t *testing.T, g *Guard, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(g.Wrap(h))
	s.Config.ConnContext = origin.Stamp(origin.Local, nil)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	Harden(s.Config)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func TestHeadersAreBounded(t *testing.T) {
	srv := serve(t, testGuard(), func(http.ResponseWriter, *http.Request) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: "+strings.Repeat("x", 2*MaxHeaderBytes)+"\r\n\r\n")
	answer, _ := io.ReadAll(conn)
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 431")) {
		t.Errorf("answer is %.60q", answer)
	}
}

func FuzzNoPathIsClassifiedLessStrictlyThanItsOwnSpelling(f *testing.F) {
	for _, p := range patterns {
		f.Add(p.Path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, b := ClassOf("GET", path), ClassOf("GET", "//"+strings.ToUpper(path)+"/")
		if strings.ToLower(strings.ToUpper(path)) == strings.ToLower(path) && a != b { //nolint:staticcheck // the very case: folding that EqualFold knows and ToLower does not
			t.Errorf("%q is %s, shouted it is %s", path, a, b)
		}
		_ = hostOf(path)
	})
}

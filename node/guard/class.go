package guard

import (
	"net/http"
	"strings"
)

// Class is a kind of route, as far as exposure goes.
type Class uint8

// The classes. API is the zero Class: what the table does not name needs a sign-in
// and is open wherever signing in is.
const (
	API        Class = iota // everything for signed-in people
	Media                   // streams, subtitles, pictures
	Web                     // the web client's files
	PublicInfo              // what a client asks before it knows anybody
	SignIn                  // passwords and Quick Connect
	UserList                // names to choose from before sign-in
	Health                  // for supervisors
	Admin                   // for the owner
	Setup                   // making the first account
	Metrics                 // for monitoring
	classCount
)

var classNames = [classCount]string{
	"api", "media", "web", "public info", "sign-in", "user list", "health", "admin", "setup", "metrics"}

func (c Class) String() string { return classNames[c] }

const (
	kib = 1 << 10
	mib = 1 << 20
)

// bodies is how much a request of each class may send. Device profiles are the
// large ones of the API: some 100 KiB.
var bodies = [classCount]int64{
	API: mib, Media: mib, Web: 4 * kib, PublicInfo: 16 * kib, SignIn: 16 * kib, UserList: 4 * kib,
	Health: 4 * kib, Admin: mib, Setup: 16 * kib, Metrics: 4 * kib,
}

// upload is for the few routes that take pictures, subtitles and logs, in base64.
const upload = 28 * mib

// pattern is one row of the class table. In Path, "*" is any one segment and a
// final "**" is any number of them, none included.
type pattern struct {
	Method string // "" for any
	Path   string
	Class  Class
	Body   int64 // 0: as for the class
}

func (p pattern) body() int64 {
	if p.Body != 0 {
		return p.Body
	}
	return bodies[p.Class]
}

// patterns classifies paths; the first match counts. Lower case, because clients
// spell paths in every case.
var patterns = []pattern{
	{Path: "/", Class: Web},
	{Path: "/web/**", Class: Web},
	{Path: "/favicon.ico", Class: Web},
	{Path: "/robots.txt", Class: Web},

	{Path: "/health/**", Class: Health},
	{Path: "/metrics/**", Class: Metrics},
	{Path: "/startup/**", Class: Setup},

	{Path: "/system/info/public", Class: PublicInfo},
	{Path: "/system/ping", Class: PublicInfo},
	{Path: "/getutctime", Class: PublicInfo},
	{Method: "POST", Path: "/branding/splashscreen", Class: Admin, Body: upload},
	{Method: "DELETE", Path: "/branding/splashscreen", Class: Admin},
	{Path: "/branding/**", Class: PublicInfo},
	{Path: "/quickconnect/enabled", Class: PublicInfo},

	{Path: "/users/authenticatebyname", Class: SignIn},
	{Path: "/users/authenticatewithquickconnect", Class: SignIn},
	{Path: "/users/*/authenticate", Class: SignIn},
	{Path: "/users/forgotpassword/**", Class: SignIn},
	{Path: "/quickconnect/initiate", Class: SignIn},
	{Path: "/quickconnect/connect", Class: SignIn},
	{Path: "/users/public", Class: UserList},

	{Path: "/sett/network/**", Class: Admin},
	{Path: "/sett/scan/**", Class: Admin},
	{Path: "/users/new", Class: Admin},
	{Path: "/users/*/policy", Class: Admin},
	{Method: "DELETE", Path: "/users/*", Class: Admin},
	{Path: "/system/configuration/**", Class: Admin},
	{Path: "/system/mediaencoder/**", Class: Admin},
	{Path: "/system/restart", Class: Admin},
	{Path: "/system/shutdown", Class: Admin},
	{Path: "/system/logs/**", Class: Admin},
	{Path: "/system/activitylog/**", Class: Admin},
	{Path: "/system/info/storage", Class: Admin},
	{Path: "/scheduledtasks/**", Class: Admin},
	{Path: "/plugins/**", Class: Admin},
	{Path: "/packages/**", Class: Admin},
	{Path: "/repositories/**", Class: Admin},
	{Path: "/auth/**", Class: Admin},
	{Path: "/devices/**", Class: Admin},
	{Path: "/backup/**", Class: Admin},
	{Path: "/environment/**", Class: Admin},
	{Path: "/library/virtualfolders/**", Class: Admin},
	{Path: "/library/physicalpaths", Class: Admin},
	{Path: "/library/refresh", Class: Admin},
	{Path: "/libraries/availableoptions", Class: Admin},

	{Method: "POST", Path: "/items/*/images/**", Body: upload},
	{Method: "POST", Path: "/userimage", Body: upload},
	{Method: "POST", Path: "/users/*/images/**", Body: upload},
	{Method: "POST", Path: "/videos/*/subtitles", Body: upload},
	{Method: "POST", Path: "/audio/*/lyrics", Body: upload},
	{Method: "POST", Path: "/clientlog/document", Body: upload},

	{Path: "/videos/**", Class: Media},
	{Path: "/audio/**", Class: Media},
	{Path: "/items/*/images/**", Class: Media},
	{Path: "/items/*/download", Class: Media},
	{Path: "/items/*/file", Class: Media},
	{Path: "/artists/*/images/**", Class: Media},
	{Path: "/genres/*/images/**", Class: Media},
	{Path: "/musicgenres/*/images/**", Class: Media},
	{Path: "/persons/*/images/**", Class: Media},
	{Path: "/studios/*/images/**", Class: Media},
	{Path: "/users/*/images/**", Class: Media},
	{Path: "/userimage", Class: Media},
	{Path: "/providers/subtitles/**", Class: Media},
	{Path: "/fallbackfont/**", Class: Media},
	{Path: "/livetv/livestreamfiles/**", Class: Media},
	{Path: "/livetv/liverecordings/**", Class: Media},
}

// byFirst is patterns by their first segment, in order.
var byFirst = func() map[string][]pattern {
	m := map[string][]pattern{}
	for _, p := range patterns {
		first, _, _ := strings.Cut(p.Path[1:], "/")
		m[first] = append(m[first], p)
	}
	return m
}()

// ClassOf returns the class of a request.
func ClassOf(method, path string) Class { return classify(method, path).Class }

func classify(method, path string) pattern {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	first, rest := segment(strings.ToLower(path))
	for _, p := range byFirst[first] {
		if p.Method != "" && p.Method != method {
			continue
		}
		_, want := segment(p.Path)
		if matches(want, rest) {
			return p
		}
	}
	return pattern{Class: API}
}

// segment cuts the first segment off a path. Repeated and trailing slashes do not
// count, because some clients send them.
func segment(path string) (first, rest string) {
	path = strings.TrimLeft(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

func matches(want, have string) bool {
	for {
		var w, h string
		w, want = segment(want)
		h, have = segment(have)
		switch {
		case w == "**":
			return true
		case w == "" || h == "":
			return w == h
		case w != "*" && w != h:
			return false
		}
	}
}

// cleanPath reports whether a decoded path has no segment that could mean another
// place than it says.
func cleanPath(path string) bool {
	if strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for seg := range strings.SplitSeq(path, "/") {
		if seg == "." || seg == ".." {
			return false
		}
	}
	return true
}

package guard

import (
	"net/http"
	"net/url"
	"strings"

	"sett/node/origin"
)

// Other sites' pages.
//
// Nothing here uses cookies, but three things work without a token: a tunnel that
// vouches for a person, an address that was handed an item, and names shown to the
// home network. A hostile page open in a browser at home, or on a relative's
// laptop, must gain from none of them. Native clients send no Origin; web clients
// on another origin bring a password or token of their own. So a request with a
// foreign Origin
//
//   - is marked foreign: its origin vouches for nobody, and gives no grants;
//   - may not change anything without a token, except to sign in with a password;
//   - never reaches setup and metrics;
//   - gets no CORS answer, and may change nothing at all, when the settings do not
//     list its origin.

// fromPage applies these rules. It returns the request to pass on, or nil when it
// has answered.
func (g *Guard) fromPage(w http.ResponseWriter, r *http.Request, o origin.Origin, c Class) *http.Request {
	from := r.Header.Get("Origin")
	if from == "" && embedded(r) {
		return r.WithContext(origin.With(r.Context(), o.AsForeign()))
	}
	if from == "" || g.sameSite(from, r) {
		return r
	}
	listed := g.origins["*"] || g.origins[strings.ToLower(from)]
	if !foreignMay(r, c, listed) {
		g.refuse(w, r, ForeignPage, http.StatusForbidden, "A page of another site may not do this.")
		return nil
	}
	r = r.WithContext(origin.With(r.Context(), o.AsForeign()))
	if !listed {
		r.Header.Del("Origin") // so that nobody answers with CORS headers
	}
	return r
}

// embedded reports a picture, script or frame that another site's page asks for,
// which carries no Origin. Browsers say so where they can prove the connection.
func embedded(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

func foreignMay(r *http.Request, c Class, listed bool) bool {
	switch {
	case c == Setup || c == Metrics:
		return false
	case r.Method == http.MethodOptions:
		return listed // a preflight; what follows it is judged on its own
	case !changes(r):
		return true
	case !listed:
		return false
	}
	return c == SignIn || bringsToken(r)
}

// changes reports whether a request may change something or opens a socket, which
// browsers do not guard by CORS.
func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return r.Header.Get("Upgrade") != ""
	}
	return true
}

// sameSite reports whether a page of ours made the request: its origin is the host
// and port that the request itself went to, or one of our names on a standard
// port (the web client moving from the home address to the tunnel's).
func (g *Guard) sameSite(from string, r *http.Request) bool {
	u, err := url.Parse(from)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if strings.EqualFold(trimDefaultPort(u.Host), trimDefaultPort(r.Host)) {
		return true
	}
	host := hostOf(u.Host)
	if host == "localhost" {
		return false // the browser's own machine, not ours
	}
	return u.Port() == "" && (g.names[host] || g.tunnelName(host))
}

func trimDefaultPort(hostport string) string {
	return strings.TrimSuffix(strings.TrimSuffix(hostport, ":80"), ":443")
}

// bringsToken reports whether the request carries something of a token's form.
// Whether it is valid is for others to say; a page that has none cannot invent one.
func bringsToken(r *http.Request) bool {
	if r.Header.Get("X-Emby-Token") != "" || r.Header.Get("X-Mediabrowser-Token") != "" {
		return true
	}
	for _, name := range []string{"Authorization", "X-Emby-Authorization"} {
		if strings.Contains(strings.ToLower(r.Header.Get(name)), "token=") {
			return true
		}
	}
	for k, v := range r.URL.Query() {
		if (strings.EqualFold(k, "ApiKey") || strings.EqualFold(k, "api_key")) && v[0] != "" {
			return true
		}
	}
	return false
}

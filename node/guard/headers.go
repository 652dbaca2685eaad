package guard

import (
	"net/http"
	"strings"

	"sett/node/origin"
)

// forwarded are headers by which a reverse proxy tells whom it speaks for. They are
// believed in the Proxy zone only, and by nobody else ever seen.
var forwarded = []string{
	"Forwarded", "X-Forwarded-*", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original-Forwarded-For",
	"Cf-Connecting-Ip", "Cf-Connecting-Ipv6", "Cf-Pseudo-Ipv4", "True-Client-Ip", "Fastly-Client-Ip", "Fly-Client-Ip",
	"X-Original-Host", "X-Host",
}

// identities are headers by which some proxies name a person, or rewrite the
// request. Nothing of ours ever believes them, in no zone: a proxy that forgets to
// remove a client's own copy would let anybody in.
var identities = []string{
	"Tailscale-*", "Remote-User", "Remote-Name", "Remote-Email", "Remote-Groups", "X-Remote-*", "X-Auth-Request-*",
	"X-Webauth-*", "X-Authentik-*", "X-Authelia-*", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups",
	"X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token", "X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override",
}

// stripHeaders removes what a client of the zone may not claim.
func stripHeaders(h http.Header, z origin.Zone) {
	for name := range h {
		if matchesAny(name, identities) || z != origin.Proxy && matchesAny(name, forwarded) {
			delete(h, name)
		}
	}
}

// matchesAny compares without case; a final * stands for any ending.
func matchesAny(name string, list []string) bool {
	for _, l := range list {
		if prefix, any := strings.CutSuffix(l, "*"); any {
			if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
				return true
			}
		} else if strings.EqualFold(name, l) {
			return true
		}
	}
	return false
}

// WebPolicy is the Content-Security-Policy of our own web client: nothing from
// elsewhere, no inline code or style. blob: is how hls.js feeds the player and
// runs its worker.
const WebPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"media-src 'self' blob:; connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// HostedPolicy is for another web client's build that the owner chose to serve
// (web_client_dir): those bring inline styles and scripts, and may talk to other
// addresses of this server.
const HostedPolicy = "default-src 'self' data: blob: http: https: ws: wss: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'self'"

// protect sets what browsers need to be told. No-referrer, because some clients
// put their token into URLs.
func (g *Guard) protect(h http.Header, c Class) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if c != Web {
		// Should anything else ever be shown as a page, it is one without rights.
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		return
	}
	h.Set("Content-Security-Policy", g.opts.WebPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
}

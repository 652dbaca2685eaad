package jellyfin

import (
	"net/http"
	"net/url"
	"strings"
)

// clientAuth is what a request says about its client: who made it (the token) and
// from which app on which device.
type clientAuth struct {
	Token, Client, Device, DeviceID, Version string
}

// readAuth collects a request's claims from every place clients put them. The
// Authorization header comes first, then the legacy headers, then the query.
func readAuth(h http.Header, q params) clientAuth {
	var a clientAuth
	for _, name := range [...]string{"Authorization", "X-Emby-Authorization"} {
		if a.parse(h.Get(name)) {
			break
		}
	}
	for _, tok := range [...]string{h.Get("X-Emby-Token"), h.Get("X-MediaBrowser-Token"), q.str("apikey"), q.str("api_key")} {
		if a.Token == "" {
			a.Token = tok
		}
	}
	if a.DeviceID == "" {
		a.DeviceID = q.str("deviceid")
	}
	return a
}

// maxAuthHeader bounds the work a stranger can cause with one header.
const maxAuthHeader = 4096

// parse reads `MediaBrowser Key="value", Key=value`: the scheme in any case (also
// the older "Emby"), pairs in any order, quotes optional, values percent-encoded or
// not, commas inside quotes allowed, unknown keys ignored. When a key comes twice
// the last value that is not empty counts (one client sends Token twice).
func (a *clientAuth) parse(header string) bool {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(header), " ")
	if !ok || len(header) > maxAuthHeader {
		return false
	}
	if !strings.EqualFold(scheme, "MediaBrowser") && !strings.EqualFold(scheme, "Emby") {
		return false
	}
	for _, pair := range splitOutsideQuotes(rest) {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		a.set(strings.TrimSpace(key), unquote(strings.TrimSpace(value)))
	}
	return true
}

func (a *clientAuth) set(key, value string) {
	if value == "" {
		return
	}
	switch strings.ToLower(key) {
	case "token":
		a.Token = value
	case "client":
		a.Client = value
	case "device":
		a.Device = value
	case "deviceid":
		a.DeviceID = value
	case "version":
		a.Version = value
	}
}

func splitOutsideQuotes(s string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func unquote(v string) string {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = strings.ReplaceAll(v[1:len(v)-1], `\"`, `"`)
	}
	if !strings.Contains(v, "%") {
		return v
	}
	if dec, err := url.PathUnescape(v); err == nil { // '+' stays: it is no space here
		return dec
	}
	return v
}

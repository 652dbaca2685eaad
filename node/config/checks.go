package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Each check returns nil, or an error that completes "<value>: …" with what is wanted.

func printable(s string) error {
	if strings.TrimSpace(s) == "" || len(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errors.New("want 1 to 100 bytes of printable text")
	}
	return nil
}

func httpURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return errors.New("want a URL that starts with http:// or https:// and names a host")
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("want a URL without user name, query and fragment")
	}
	return nil
}

func webOrigin(s string) error {
	if s == "*" || s == "null" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return errors.New("want *, null, or scheme and host as in https://app.example.org")
	}
	return nil
}

func dnsLabel(s string) error {
	if !isLabel(s) {
		return errors.New("want letters, digits and hyphens, at most 63, without a hyphen at either end")
	}
	return nil
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	})
}

func hostName(s string) error {
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return errors.New("want a host name without scheme and port, as in nas.example.org")
		}
	}
	if len(s) > 253 || net.ParseIP(s) != nil {
		return errors.New("want a host name; IP addresses are accepted anyway")
	}
	return nil
}

func interfaceName(s string) error {
	name := strings.TrimSuffix(s, "*")
	if s == "" || len(name) > 15 || strings.ContainsAny(name, "*/ \t\x00") {
		return errors.New("want the name of a network interface, or its beginning and a *")
	}
	return nil
}

func capabilityName(s string) error {
	host, path, ok := strings.Cut(s, "/")
	if !ok || path == "" || hostName(host) != nil || !strings.Contains(host, ".") || strings.ContainsAny(path, " :\t") {
		return errors.New("want a domain and a path without scheme, as in sett.example/cap/media")
	}
	if host == "tailscale.com" {
		return errors.New("names under tailscale.com belong to the tailnet itself")
	}
	return nil
}

func tag(s string) error {
	if name, ok := strings.CutPrefix(s, "tag:"); !ok || !isLabel(name) {
		return errors.New("want tag: and a name, as in tag:media")
	}
	return nil
}

func version(s string) error {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil || len(parts) != 3 {
			return errors.New("want three numbers, as in 12.0.0 (clients refuse anything else)")
		}
	}
	return nil
}

func language(s string) error {
	lang, country, more := strings.Cut(s, "-")
	letters := func(s string, lower bool) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return lower && (r < 'a' || r > 'z') || !lower && (r < 'A' || r > 'Z') })
	}
	if len(lang) < 2 || len(lang) > 3 || !letters(lang, true) || more && (len(country) != 2 || !letters(country, false)) {
		return errors.New("want a language, or language and country, as in de or de-AT")
	}
	return nil
}

func addressRange(s string) error {
	rest, exclude := strings.CutPrefix(strings.TrimSpace(s), "!")
	rest = strings.TrimSpace(rest)
	if a, err := netip.ParseAddr(rest); err == nil && a.Zone() == "" {
		return nil
	}
	p, err := netip.ParsePrefix(rest)
	if err != nil {
		return errors.New("want an address range as in 192.168.20.0/24, with ! in front to exclude it")
	}
	if p.Bits() == 0 && !exclude {
		return errors.New("the whole internet is no home network")
	}
	return nil
}

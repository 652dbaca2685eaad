package jellyfin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
)

// params are a request's query parameters. Names are matched in any case; of a
// repeated parameter the first value counts; a value that cannot be read is as if
// it were not there ("key=null" from some clients).
type params map[string][]string

// readParams parses a raw query in order, so that the first of Limit and limit is
// the first. Pairs that cannot be decoded are dropped.
func readParams(raw string) params {
	p := params{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if name == "" || err1 != nil || err2 != nil {
			continue
		}
		name = strings.ToLower(name)
		p[name] = append(p[name], value)
	}
	return p
}

func (p params) str(names ...string) string {
	for _, n := range names {
		for _, v := range p[n] {
			if v != "" && v != "null" {
				return v
			}
		}
	}
	return ""
}

func (p params) has(name string) bool { return p.str(name) != "" }

// integer bounds what it reads, so that sums of two never overflow.
func (p params) integer(name string, otherwise int) int {
	if n, ok := p.number(name); ok {
		return int(min(max(n, -maxInteger), maxInteger))
	}
	return otherwise
}

const maxInteger = 1 << 30

func (p params) number(name string) (int64, bool) {
	s := p.str(name)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f || f > 1<<62 || f < -1<<62 {
		return 0, false
	}
	return int64(f), true
}

func (p params) float(name string) float32 {
	f, err := strconv.ParseFloat(p.str(name), 32)
	if err != nil {
		return 0
	}
	return float32(f)
}

func (p params) flag(name string, otherwise bool) bool {
	if b := p.flagPtr(name); b != nil {
		return *b
	}
	return otherwise
}

func (p params) flagPtr(name string) *bool {
	b, err := strconv.ParseBool(strings.ToLower(p.str(name)))
	if err != nil {
		return nil
	}
	return &b
}

func (p params) intPtr(name string) *int {
	n, ok := p.number(name)
	if !ok {
		return nil
	}
	i := int(min(max(n, -maxInteger), maxInteger))
	return &i
}

// list reads a list that is comma-joined, repeated, or both.
func (p params) list(names ...string) []string { return p.split(",", names...) }

// pipes reads a list whose elements may contain commas (genre names) and are
// joined by '|'; a client that repeats the key is understood too.
func (p params) pipes(names ...string) []string { return p.split("|", names...) }

func (p params) split(sep string, names ...string) []string {
	var out []string
	for _, n := range names {
		for _, v := range p[n] {
			for s := range strings.SplitSeq(v, sep) {
				if s = strings.TrimSpace(s); s != "" && s != "null" {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

func (p params) id(names ...string) library.ID {
	id, _ := library.ParseID(p.str(names...))
	return id
}

func (p params) ids(names ...string) []library.ID {
	var out []library.ID
	for _, s := range p.list(names...) {
		if id, err := library.ParseID(s); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func (p params) ints(names ...string) []int {
	var out []int
	for _, s := range p.list(names...) {
		if n, err := strconv.Atoi(s); err == nil {
			out = append(out, n)
		}
	}
	return out
}

func (p params) kinds(name string) []library.Kind {
	var out []library.Kind
	for _, s := range p.list(name) {
		if k, ok := library.ParseKind(s); ok {
			out = append(out, k)
		} else {
			out = append(out, library.KindUnknown) // asked for something we never have: matches nothing
		}
	}
	return out
}

func (p params) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, p.str(name))
	if err != nil {
		t, _ = time.Parse("2006-01-02", p.str(name))
	}
	return t
}

package jellyfin

import (
	"net/http"
	"net/url"
	"strings"
)

// canonicalPaths restores the spelling of fixed path segments, since clients
// disagree about case, doubled and trailing slashes, and leaves parameters, such
// as genre names, exactly as sent.
type canonicalPaths struct{ root *pathNode }

type pathNode struct {
	fixed  map[string]*pathNode // lower-case segment → node
	name   string               // spelling in the route table
	prefix []*pathNode          // segments like "stream.:container"
	any    *pathNode            // a segment that is all parameter
}

func newPathNode(name string) *pathNode {
	return &pathNode{fixed: map[string]*pathNode{}, name: name}
}

func newCanonicalPaths(routes []Route) canonicalPaths {
	root := newPathNode("")
	for _, r := range routes {
		for _, p := range r.Paths() {
			n := root
			for seg := range strings.SplitSeq(strings.Trim(p, "/"), "/") {
				n = n.child(seg)
			}
		}
	}
	return canonicalPaths{root}
}

func (n *pathNode) child(seg string) *pathNode {
	fixed, _, isParam := strings.Cut(seg, ":")
	switch {
	case isParam && fixed == "":
		if n.any == nil {
			n.any = newPathNode("")
		}
		return n.any
	case isParam:
		for _, k := range n.prefix {
			if k.name == fixed {
				return k
			}
		}
		k := newPathNode(fixed)
		n.prefix = append(n.prefix, k)
		return k
	}
	key := strings.ToLower(seg)
	if n.fixed[key] == nil {
		n.fixed[key] = newPathNode(seg)
	}
	return n.fixed[key]
}

// restore returns the canonical form of an escaped path; ok is false when no route
// can match it.
func (c canonicalPaths) restore(path string) (string, bool) {
	var b strings.Builder
	b.Grow(len(path))
	n := c.root
	for seg := range strings.SplitSeq(path, "/") {
		if seg == "" {
			continue // doubled or trailing slash
		}
		next, spelt := n.match(seg)
		if next == nil {
			return path, false
		}
		b.WriteByte('/')
		b.WriteString(spelt)
		n = next
	}
	if b.Len() == 0 {
		return "/", true
	}
	return b.String(), true
}

func (n *pathNode) match(seg string) (*pathNode, string) {
	if k := n.fixed[seg]; k != nil { // already lower case
		return k, k.name
	}
	if k := n.fixed[strings.ToLower(seg)]; k != nil {
		return k, k.name
	}
	for _, k := range n.prefix {
		if len(seg) > len(k.name) && strings.EqualFold(seg[:len(k.name)], k.name) {
			return k, k.name + seg[len(k.name):]
		}
	}
	if n.any != nil {
		return n.any, seg
	}
	return nil, ""
}

// rewrite puts the canonical path into the request.
func (c canonicalPaths) rewrite(r *http.Request) bool {
	escaped, ok := c.restore(r.URL.EscapedPath())
	if !ok {
		return false
	}
	plain, err := url.PathUnescape(escaped)
	if err != nil {
		return false
	}
	r.URL.Path, r.URL.RawPath = plain, ""
	if plain != escaped {
		r.URL.RawPath = escaped
	}
	return true
}

package nfo

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind of token.
type tokenKind uint8

const (
	tokEnd tokenKind = iota // end of input
	tokText
	tokOpen
	tokClose
)

type token struct {
	kind  tokenKind
	name  string // folded
	text  []byte // raw; entities in it when !cdata
	cdata bool
	attrs []attr
	empty bool // <name/>
}

type attr struct{ name, value string }

const (
	maxName  = 64 // longer tag names are no tags
	maxAttrs = 16
)

// lexer splits tag soup. It never fails: what is no markup is text.
type lexer struct {
	b []byte
	i int
}

func (l *lexer) next() token {
	for l.i < len(l.b) {
		rest := l.b[l.i:]
		if rest[0] != '<' {
			return l.text()
		}
		switch {
		case len(rest) == 1 || len(rest) == 2 && rest[1] == '/': // cut off
			l.i = len(l.b)
		case bytes.HasPrefix(rest, []byte("<!--")):
			l.past("-->", 4)
		case hasPrefixFold(rest, "<![cdata["):
			return l.cdata()
		case bytes.HasPrefix(rest, []byte("<?")):
			l.past("?>", 2)
		case bytes.HasPrefix(rest, []byte("<!")):
			l.doctype()
		default:
			if t, ok := l.tag(); ok {
				return t
			}
			return l.text()
		}
	}
	return token{}
}

// text takes everything up to the next '<', at least one byte.
func (l *lexer) text() token {
	from := l.i
	if n := bytes.IndexByte(l.b[from+1:], '<'); n >= 0 {
		l.i = from + 1 + n
	} else {
		l.i = len(l.b)
	}
	return token{kind: tokText, text: l.b[from:l.i]}
}

// past moves behind the next mark, or to the end.
func (l *lexer) past(mark string, skip int) {
	if n := bytes.Index(l.b[l.i+skip:], []byte(mark)); n >= 0 {
		l.i += skip + n + len(mark)
		return
	}
	l.i = len(l.b)
}

func (l *lexer) cdata() token {
	from := l.i + len("<![CDATA[")
	l.i = from
	end := bytes.Index(l.b[from:], []byte("]]>"))
	if end < 0 {
		l.i = len(l.b)
		return token{kind: tokText, text: l.b[from:], cdata: true}
	}
	l.i = from + end + 3
	return token{kind: tokText, text: l.b[from : from+end], cdata: true}
}

// doctype skips <!DOCTYPE …[ … ]>: what a file declares is never used.
func (l *lexer) doctype() {
	depth, quote := 0, byte(0)
	for l.i += 2; l.i < len(l.b); l.i++ {
		switch c := l.b[l.i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case depth > 0 && (c == '"' || c == '\''):
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			l.i++
			return
		}
	}
}

// tag reads <name a="b"/> or </name>.
func (l *lexer) tag() (token, bool) {
	i := l.i + 1
	t := token{kind: tokOpen}
	if i < len(l.b) && l.b[i] == '/' {
		t.kind = tokClose
		i++
	}
	from := i
	for i < len(l.b) && isName(l.b[i]) {
		i++
	}
	if i == from || i-from > maxName || l.b[from] >= '0' && l.b[from] <= '9' || l.b[from] == '-' {
		return token{}, false
	}
	if i < len(l.b) && strings.IndexByte(" \t\r\n/>", l.b[i]) < 0 {
		return token{}, false
	}
	t.name = strings.ToLower(string(l.b[from:i]))
	if n := strings.LastIndexByte(t.name, ':'); n >= 0 { // namespaces mean nothing here
		t.name = t.name[n+1:]
	}
	l.i = l.attrs(&t, i)
	return t, true
}

func isName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == ':' || c == '.'
}

// attrs reads attributes from i and returns the place behind '>'.
func (l *lexer) attrs(t *token, i int) int {
	for i < len(l.b) {
		switch c := l.b[i]; {
		case c == '>':
			return i + 1
		case c == '<': // the tag was never closed
			return i
		case c == '/':
			t.empty = t.kind == tokOpen && i+1 < len(l.b) && l.b[i+1] == '>'
			i++
		case !isName(c):
			i++
		default:
			i = l.attr(t, i)
		}
	}
	return i
}

func (l *lexer) attr(t *token, i int) int {
	from := i
	for i < len(l.b) && isName(l.b[i]) {
		i++
	}
	name := l.b[from:i]
	for i < len(l.b) && (l.b[i] == ' ' || l.b[i] == '=') {
		i++
	}
	if i >= len(l.b) || l.b[i] != '"' && l.b[i] != '\'' {
		return i
	}
	end := bytes.IndexByte(l.b[i+1:], l.b[i])
	if end < 0 {
		return i + 1
	}
	if len(t.attrs) < maxAttrs && len(name) <= maxName && end <= maxText {
		t.attrs = append(t.attrs, attr{strings.ToLower(string(name)), unescape(l.b[i+1 : i+1+end])})
	}
	return i + end + 2
}

// attr returns an attribute by its folded name.
func (t *token) attr(name string) string {
	for _, a := range t.attrs {
		if a.name == name {
			return strings.TrimSpace(a.value)
		}
	}
	return ""
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

// unescape replaces the entities of XML and HTML, and nothing a file declared: an
// unknown one stays as it stands.
func unescape(b []byte) string {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return clean(b)
	}
	out := make([]byte, 0, len(b))
	for i >= 0 {
		out = append(out, b[:i]...)
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if r, ok := entity(b, end); ok {
			out = append(out, r...)
			b = b[end+1:]
		} else {
			out = append(out, '&')
			b = b[1:]
		}
		i = bytes.IndexByte(b, '&')
	}
	return clean(append(out, b...))
}

func entity(b []byte, end int) (string, bool) {
	if end < 2 {
		return "", false
	}
	name := string(b[1:end])
	if name[0] != '#' {
		switch name {
		case "amp":
			return "&", true
		case "lt":
			return "<", true
		case "gt":
			return ">", true
		case "quot":
			return `"`, true
		case "apos":
			return "'", true
		}
		s, ok := xml.HTMLEntity[name]
		return s, ok
	}
	base := 10
	if name = name[1:]; strings.HasPrefix(name, "x") || strings.HasPrefix(name, "X") {
		base, name = 16, name[1:]
	}
	n, err := strconv.ParseUint(name, base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	return string(rune(n)), true
}

// clean drops control characters and bytes that are no UTF-8.
func clean(b []byte) string {
	plain := true
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' || c >= utf8.RuneSelf || c == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return string(b)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r == '\ufeff':
			return -1
		}
		return r
	}, string(b))
}

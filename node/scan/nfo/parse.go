package nfo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxSize is how much of a file is read, in bytes. Real ones are a few kilobytes;
// some tools put base64 pictures or a whole series in one.
const MaxSize = 16 << 20

// Bounds on what is kept of one file.
const (
	maxText  = 64 << 10 // bytes of one value
	maxLoose = 16 << 10 // bytes outside of root elements
	maxItems = 2000     // root elements
	maxList  = 2000     // entries of a list
	maxDepth = 32
)

// ErrNothing is returned for a file that says nothing this package understands.
var ErrNothing = errors.New("no NFO data")

// Parse reads a file. Whatever part of it can be understood is returned; the error
// is ErrNothing when that is nothing, and the reader's own error when reading broke
// off (then with what was read before).
func Parse(r io.Reader) (Document, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		err = fmt.Errorf("read nfo: %w", err)
	}
	truncated := len(raw) > MaxSize
	if truncated {
		raw = raw[:MaxSize]
	}
	p := parser{lex: lexer{b: text(raw)}}
	p.run()
	p.doc.Truncated = truncated
	p.doc.Providers = providersIn(string(p.loose))
	if len(p.doc.Items) > 0 {
		for k, v := range p.doc.Providers {
			p.doc.Items[0].addProvider(k, v)
		}
	}
	if err == nil && len(p.doc.Items) == 0 && len(p.doc.Providers) == 0 {
		err = ErrNothing
	}
	return p.doc, err
}

// element is an open element.
type element struct {
	token
	leaf bool // a value: markup inside is part of its text
	body []byte
}

// parser builds facts from tokens. The stack holds the elements inside the current
// root, the root itself first.
type parser struct {
	lex   lexer
	doc   Document
	stack []element
	cur   *Facts
	group group
	loose []byte
}

func (p *parser) run() {
	for {
		t := p.lex.next()
		switch t.kind {
		case tokEnd:
			p.closeTo(0)
			return
		case tokText:
			p.text(t)
		case tokOpen:
			p.open(t)
		case tokClose:
			p.close(t.name)
		}
	}
}

// text goes to the value it stands in, or beside the XML.
func (p *parser) text(t token) {
	if p.cur == nil {
		p.loose = appendText(p.loose, t, maxLoose)
		return
	}
	top := &p.stack[len(p.stack)-1]
	top.body = appendText(top.body, t, maxText)
}

func appendText(b []byte, t token, limit int) []byte {
	room := limit - len(b)
	if room <= 0 {
		return b
	}
	s := t.text[:min(len(t.text), room)]
	if t.cdata {
		return append(b, clean(s)...)
	}
	return append(b, unescape(s)...)
}

func (p *parser) open(t token) {
	if p.cur == nil {
		if root, ok := rootOf(t.name); ok && len(p.doc.Items) < maxItems {
			p.begin(root, t)
		}
		return
	}
	if startsAnew(t.name) {
		p.closeTo(0)
		p.open(t)
		return
	}
	top := &p.stack[len(p.stack)-1]
	if top.leaf {
		if !p.known(t.name) {
			inline(top, t.name)
			return
		}
		p.closeTo(len(p.stack) - 1) // the value before was never closed
	}
	if len(p.stack) >= maxDepth {
		return
	}
	p.stack = append(p.stack, element{token: t, leaf: p.isLeaf(t.name)})
	p.enter(t.name)
	if t.empty {
		p.closeTo(len(p.stack) - 1)
	}
}

func (p *parser) begin(root Root, t token) {
	p.doc.Items = append(p.doc.Items, Facts{Root: root})
	p.cur = &p.doc.Items[len(p.doc.Items)-1]
	p.stack = append(p.stack[:0], element{token: t})
	p.group = group{}
	if t.empty {
		p.closeTo(0)
	}
}

// inline keeps the line breaks of markup inside a text.
func inline(e *element, name string) {
	if (name == "br" || name == "p") && len(e.body) < maxText {
		e.body = append(e.body, '\n')
	}
}

// close ends the innermost element of the name and all inside it; a stray end is
// passed over.
func (p *parser) close(name string) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if p.stack[i].name == name {
			p.closeTo(i)
			return
		}
	}
}

// closeTo ends elements until n are open.
func (p *parser) closeTo(n int) {
	for len(p.stack) > n {
		e := p.stack[len(p.stack)-1]
		p.stack = p.stack[:len(p.stack)-1]
		if len(p.stack) == 0 {
			p.cur.finish()
			p.cur = nil
			return
		}
		p.leave(e)
	}
}

// parent is the name of the element around the one just taken off the stack.
func (p *parser) parent() string { return p.stack[len(p.stack)-1].name }

func rootOf(name string) (Root, bool) {
	switch r := Root(name); r {
	case Movie, TVShow, Season, Episode, MusicVideo, Artist, Album:
		return r, true
	}
	return "", false
}

// startsAnew names roots that never stand inside another.
func startsAnew(name string) bool {
	switch Root(name) {
	case Movie, TVShow, Episode, MusicVideo:
		return true
	}
	return false
}

func (e *element) value() string {
	return strings.TrimSpace(string(bytes.ToValidUTF8(e.body, nil)))
}

package scan

import (
	"bufio"
	"bytes"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"sett/node/library"
)

const (
	// maxPlaylistFile and maxEntries bound what is read of a playlist.
	maxPlaylistFile = 4 << 20
	maxEntries      = 20000
)

// listFile is a playlist's file as the walk saw it.
type listFile struct {
	lib  library.ID
	root *root
	rel  string // its folder
	f    file
}

func isPlaylistFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".m3u", ".m3u8", ".pls":
		return true
	}
	return false
}

func (l *listFile) sum() uint64 {
	return hashInt(hashInt(hashString(hashStart, l.f.name), l.f.size), l.f.mod)
}

func (l *listFile) id() library.ID {
	return library.NewID(library.Playlist.String(), l.lib.String(), filepath.ToSlash(l.rel), l.f.name)
}

// listsChanged reports whether playlists came, went or changed since the last time.
func (p *pass) listsChanged() bool {
	for _, l := range p.lists {
		if k := p.s.ledger.lists[l.id()]; k == nil && !p.s.ledger.skipped[l.id()] || k != nil && k.Sum != l.sum() {
			return true
		}
	}
	for _, k := range p.s.ledger.lists {
		if _, seen := p.lists[k.Path]; k.Path != "" && !seen && !p.listAway(k.Path) {
			return true
		}
	}
	return false
}

// playlists reads the playlists of the roots that were walked.
func (p *pass) playlists() []gathered {
	if len(p.lists) == 0 {
		return nil
	}
	var out []gathered
	index := p.indexPaths()
	for at, l := range p.lists {
		title, refs, err := readList(at)
		if err != nil {
			p.problem(at, "The playlist cannot be read ("+reason(err)+").")
			continue
		}
		g := gathered{it: &library.Item{ID: l.id(), Kind: library.Playlist, Name: title, Path: at, Public: true}, sum: l.sum()}
		if g.it.Name == "" {
			g.it.Name = stem(l.f.name)
		}
		beside := l.rel != "" // says nothing but what lies beside it
		for _, ref := range refs {
			if c := index.find(filepath.Dir(at), ref); c != nil {
				g.members = append(g.members, c.ID)
				beside = beside && filepath.Dir(c.Path) == filepath.Dir(at)
				if g.it.ListMedia == "" {
					g.it.ListMedia = c.Kind.Media()
				}
			}
		}
		if beside || len(g.members) == 0 {
			p.s.ledger.skipped[g.it.ID] = true
			continue
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b gathered) int { return strings.Compare(a.it.Path, b.it.Path) })
	return out
}

// pathIndex finds items by their files.
type pathIndex struct {
	exact  map[string]*library.Card
	byName map[string][]*library.Card // by the folded name of the file
}

func (p *pass) indexPaths() *pathIndex {
	x := &pathIndex{make(map[string]*library.Card), make(map[string][]*library.Card)}
	p.s.store.View().Each(func(c *library.Card) bool {
		if c.Path != "" && !c.Kind.IsFolder() {
			x.exact[c.Path] = c
			name := library.Fold(filepath.Base(c.Path))
			x.byName[name] = append(x.byName[name], c)
		}
		return true
	})
	return x
}

// find resolves what a playlist in a folder says. Lists that were written on another
// machine are matched by the end of the path.
func (x *pathIndex) find(dir, ref string) *library.Card {
	if u, err := url.Parse(ref); err == nil && u.Scheme == "file" {
		ref = u.Path
	} else if strings.Contains(ref, "://") {
		return nil // on the net
	}
	slashed := strings.ReplaceAll(ref, `\`, "/")
	for _, try := range []string{ref, slashed} {
		if !filepath.IsAbs(try) {
			try = filepath.Join(dir, try)
		}
		if c := x.exact[filepath.Clean(try)]; c != nil {
			return c
		}
	}
	var best *library.Card
	most, twins := 0, false
	list := x.byName[library.Fold(path.Base(slashed))]
	for _, c := range list {
		switch n := sharedEnd(filepath.ToSlash(c.Path), slashed); {
		case n > most:
			best, most, twins = c, n, false
		case n == most:
			twins = true
		}
	}
	if twins || most < 2 && len(list) != 1 {
		return nil
	}
	return best
}

// sharedEnd counts the last parts that two paths have in common.
func sharedEnd(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && library.Fold(x[len(x)-1-n]) == library.Fold(y[len(y)-1-n]) {
		n++
	}
	return n
}

func readList(at string) (title string, refs []string, err error) {
	f, err := os.Open(at)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPlaylistFile))
	if err != nil {
		return "", nil, err
	}
	title, refs = parseList(b)
	return title, refs, nil
}

// parseList reads an m3u, m3u8 or pls file. What is not UTF-8 is taken for Windows-1252.
func parseList(b []byte) (title string, refs []string) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) {
		if decoded, err := charmap.Windows1252.NewDecoder().Bytes(b); err == nil {
			b = decoded
		}
	}
	pls := false
	sc := bufio.NewScanner(bytes.NewReader(bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))))
	sc.Buffer(nil, maxPlaylistFile+1)
	for sc.Scan() && len(refs) < maxEntries {
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "":
		case strings.EqualFold(line, "[playlist]"):
			pls = true
		case pls:
			key, value, ok := strings.Cut(line, "=")
			if key = strings.ToLower(strings.TrimSpace(key)); ok && strings.HasPrefix(key, "file") {
				refs = append(refs, strings.TrimSpace(value))
			} else if key == "x-gnome-title" {
				title = strings.TrimSpace(value)
			}
		case line[0] == '#':
			if name, ok := strings.CutPrefix(line, "#PLAYLIST:"); ok {
				title = strings.TrimSpace(name)
			}
		default:
			refs = append(refs, line)
		}
	}
	return title, refs
}

package nfo

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sett/node/library"
)

func TestEveryFileOfTheNFOVectorsIsReadCompletely(t *testing.T) {
	dir := os.Getenv("NFO_VECTORS")
	if dir == "" {
		t.Skip("NFO_VECTORS is not set: no folder of NFO files to read")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.nfo"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no NFO files in the folder: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Parse(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			roots := oracle(t, b)
			if len(roots) != len(d.Items) || len(roots) == 0 && len(d.Providers) == 0 {
				t.Fatalf("%d items of %d, ids %v", len(d.Items), len(roots), d.Providers)
			}
			for i, r := range roots {
				r.compare(t, d.Items[i])
			}
			t.Logf("%d items, ids beside them %v", len(d.Items), d.Providers)
		})
	}
}

// node is an element as the standard library reads it.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// oracle reads the roots of a well-formed file another way.
func oracle(t *testing.T, b []byte) []node {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(b))
	dec.Strict = false
	var out []node
	for {
		var n node
		err := dec.Decode(&n)
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
}

func (n node) all(name string) (out []string) {
	for _, c := range n.Children {
		if v := strings.TrimSpace(c.Text); strings.EqualFold(c.XMLName.Local, name) && v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (n node) compare(t *testing.T, f Facts) {
	t.Helper()
	last := func(name string) string {
		if all := n.all(name); len(all) > 0 {
			return all[len(all)-1]
		}
		return ""
	}
	for name, got := range map[string]string{"title": f.Title, "originaltitle": f.OriginalTitle, "plot": f.Plot, "outline": f.Outline,
		"tagline": f.Tagline, "mpaa": f.Official, "customrating": f.Custom, "status": f.Status, "showtitle": f.ShowTitle} {
		if want := last(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for name, got := range map[string][]string{"genre": f.Genres, "studio": f.Studios, "country": f.Countries, "tag": f.Tags} {
		if want := n.all(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	n.compareCounts(t, f)
	for _, name := range []string{"season", "episode"} {
		got := map[string]library.Number{"season": f.Season, "episode": f.Episode}[name]
		if want := last(name); f.Root == Episode && want != "" {
			var w library.Number
			if setNumber(&w, want); got != w {
				t.Errorf("%s: got %v, want %s", name, got, want)
			}
		}
	}
	for name, got := range map[string]time.Time{"premiered": f.Premiered, "enddate": f.Ended, "dateadded": f.Added, "lastplayed": f.LastPlayed} {
		if want := last(name); want != "" && !strings.HasPrefix(want, got.Format("2006-01-02")) {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
	}
	if len(n.all("uniqueid")) > len(f.Providers) {
		t.Errorf("ids: got %v, want %v", f.Providers, n.all("uniqueid"))
	}
}

// compareCounts checks that no person, stream or track was lost.
func (n node) compareCounts(t *testing.T, f Facts) {
	t.Helper()
	people, streams, tracks, pictures := 0, 0, 0, 0
	for _, c := range n.Children {
		switch strings.ToLower(c.XMLName.Local) {
		case "actor":
			people++
		case "fileinfo":
			for _, s := range c.Children {
				streams += len(s.Children)
			}
		case "track":
			tracks++
		case "thumb", "fanart":
			pictures++
		}
	}
	people += len(n.all("director")) + len(n.all("credits")) + len(n.all("writer"))
	if len(f.People) != people {
		t.Errorf("%d people, want %d", len(f.People), people)
	}
	if got := len(f.Streams.Video) + len(f.Streams.Audio) + len(f.Streams.Subtitles); got != streams {
		t.Errorf("%d streams, want %d", got, streams)
	}
	if len(f.Tracks) != tracks || pictures > 0 && len(f.Pictures) == 0 {
		t.Errorf("%d tracks of %d, %d pictures", len(f.Tracks), tracks, len(f.Pictures))
	}
}

package library

import "testing"

func TestExtrasAreFoundByTheirOwnerAndNowhereElse(t *testing.T) {
	id := func(s string) ID { return NewID("extra-test", s) }
	names := NewNames()
	lib, show, film := id("lib"), id("show"), id("film")
	items := []*Item{
		{ID: lib, Kind: CollectionFolder, Library: lib, Name: "Lib"},
		{ID: film, Kind: Movie, Library: lib, Parent: lib, Name: "Alpha", Extras: ExtraCounts{Trailers: 1, SpecialFeatures: 1}},
		{ID: show, Kind: Series, Library: lib, Parent: lib, Name: "Show"},
		{ID: id("ep"), Kind: Episode, Library: lib, Parent: show, Series: show, Name: "Episode", Index: Num(1)},
	}
	extras := []*Item{
		{ID: id("trailer"), Kind: Trailer, Library: lib, Parent: film, Name: "Alpha trailer", Extra: TrailerExtra},
		{ID: id("scene"), Kind: Video, Library: lib, Parent: film, Name: "Alpha deleted", Extra: DeletedScene},
		{ID: id("theme"), Kind: Audio, Library: lib, Parent: show, Name: "Alpha theme", Extra: ThemeSong},
	}
	cards := func(list []*Item) []*Card {
		var out []*Card
		for _, it := range list {
			c := CardOf(it, names)
			out = append(out, &c)
		}
		return out
	}
	indexed := NewSnapshot(names, cards(append(append([]*Item{}, items...), extras...)))
	layered, _ := NewSnapshot(names, cards(items)).Next(cards(extras), nil)
	for name, s := range map[string]*Snapshot{"indexed": indexed, "layered": layered} {
		for what, q := range map[string]Query{
			"all": {}, "search": {Search: "alpha"}, "below": {Parent: lib, Recursive: true}, "film": {Parent: film},
			"kinds": {Kinds: []Kind{Trailer, Video, Audio}}, "media": {Media: []MediaType{MediaVideo, MediaAudio}},
		} {
			for _, c := range s.Find(q).Cards {
				if c.Extra() != NoExtra {
					t.Errorf("%s: %s finds %s", name, what, c.Name)
				}
			}
		}
		if p := s.Find(Query{IDs: []ID{id("scene")}}); p.Total != 1 {
			t.Errorf("%s: by its id it is found %d times", name, p.Total)
		}
		if l := s.Latest(LatestQuery{}); len(l) != 2 {
			t.Errorf("%s: latest are %d", name, len(l))
		}
		if n := s.RecursiveCount(Viewer{}, lib); n != 2 {
			t.Errorf("%s: %d things to play", name, n)
		}
		if n := s.ChildCount(Viewer{}, show); n != 1 {
			t.Errorf("%s: the show holds %d", name, n)
		}
		if n := s.Counts(Viewer{}); n.Of(Trailer, Video, Audio) != 0 {
			t.Errorf("%s: counts are %v", name, n)
		}
		if got := s.Extras(Viewer{}, film); len(got) != 2 || got[0].Name != "Alpha deleted" || got[1].Extra() != TrailerExtra {
			t.Errorf("%s: extras are %v", name, got)
		}
		if got := s.Extras(Viewer{}, show, ThemeSong); len(got) != 1 {
			t.Errorf("%s: theme songs are %v", name, got)
		}
		if got := s.Extras(Viewer{Libraries: map[ID]bool{}}, film); got != nil {
			t.Errorf("%s: somebody without the library gets %v", name, got)
		}
		if c, _ := s.Card(film); c.Flags&HasTrailer == 0 || c.Flags&HasSpecialFeature == 0 || c.Flags&HasThemeSong != 0 {
			t.Errorf("%s: flags are %b", name, c.Flags)
		}
	}
}

package scan

import (
	"fmt"
	"testing"

	"sett/node/library"
)

// kept checks that an item has the id, and that what was done with it is still known.
func (h *house) kept(what string, it *library.Item, id library.ID) {
	h.t.Helper()
	if it.ID != id {
		h.t.Errorf("%s: %s was %s and is %s at %s", what, it.Name, id, it.ID, it.Path)
	}
}

const heatNFO = `<movie><title>Heat</title><year>1995</year><uniqueid type="tmdb">949</uniqueid></movie>`

func TestAnotherCopyElsewhereIsTheSameFilmByItsProviderID(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/Heat [tmdbid=949]/heat.720p.mkv", "a.mkv")
	h.add("Films/Ronin (1998)/Ronin (1998).mkv", "b.mkv")
	h.now()
	heat, ronin := h.one(library.Movie, "Heat").ID, h.one(library.Movie, "Ronin").ID
	h.remove("Films/Heat [tmdbid=949]")
	h.remove("Films/Ronin (1998)")
	h.write("Films/Drama/The Other Name/movie.nfo", []byte(heatNFO)) // the id stands in the NFO now
	h.add("Films/Drama/The Other Name/heat.2160p.mkv", "c.mp4")
	h.add("Films/Ronin.1998.1080p.bluray.mkv", "c.mp4") // title and year only
	h.now()
	h.kept("another folder, id in the NFO", h.one(library.Movie, "Heat"), heat)
	h.kept("another folder, no id", h.one(library.Movie, "Ronin"), ronin)
}

func TestWhatComesBackWithinAMonthIsWhatItWas(t *testing.T) {
	h := newHouse(t, films(), shows(), songs())
	fill(h)
	h.add("Films/Heat [tmdbid=949]/heat.720p.mkv", "a.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E02.mkv", "a.mkv")
	h.now()
	h.move("Films/Beta (1999).mkv", "Films/Beta Two (1998).mkv") // its id is no longer the one of its path
	h.move("Music/The Band/Blue", "Music/Deep Blue")
	h.now()
	ids := make(map[string]library.ID)
	for _, it := range h.items(append(append(filmKinds, showKinds...), musicKinds...)...) {
		ids[it.Kind.String()+it.Name+fmt.Sprint(it.Index)] = it.ID
	}
	for _, d := range []string{"Films", "Shows", "Music"} {
		h.move(d, "Trash/"+d)
		h.write(d+"/keep.nfo", []byte("<x/>")) // the disk is there
	}
	h.now()
	h.want(append(append(filmKinds, showKinds...), musicKinds...))

	h.add("Films/Somewhere/Alpha 2001 2160p.mkv", "c.mp4") // another copy: by name and year
	h.move("Trash/Films/Beta Two (1998).mkv", "Films/x.mkv")
	h.write("Films/Z/Z.nfo", []byte(heatNFO))
	h.add("Films/Z/Z.mkv", "b.mkv")
	h.move("Trash/Shows/The Show/Season 1/The Show S01E02.mkv", "Shows/Renamed/S1/Renamed 1x02.mkv")
	h.add("Shows/Renamed/S1/Renamed 1x01.mkv", "b.mkv") // another copy of it
	h.move("Trash/Music/Deep Blue", "Music/Blue Again")
	h.now()
	h.kept("by name", h.one(library.Movie, "Alpha"), ids["MovieAlpha0"])
	h.kept("by content", h.one(library.Movie, "x"), ids["MovieBeta Two0"])
	h.kept("by provider", h.one(library.Movie, "Heat"), ids["MovieHeat0"])
	h.kept("with an episode that came back", h.one(library.Series, "Renamed"), ids["SeriesThe Show0"])
	h.kept("by content", h.one(library.Episode, "Episode 2"), ids["EpisodeEpisode 23"])
	h.kept("with its tracks", h.one(library.MusicAlbum, "Blue"), ids["MusicAlbumBlue0"])
	h.kept("by content", h.one(library.Audio, "First Song"), ids["AudioFirst Song2"])
}

func TestAnEpisodeOfASeriesThatStaysComesBackByItsNumbers(t *testing.T) {
	h := newHouse(t, shows())
	h.add("Shows/The Show/Season 1/The Show S01E01.mkv", "a.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E02.mkv", "b.mkv")
	h.now()
	id := h.one(library.Episode, "Episode 2").ID
	h.remove("Shows/The Show/Season 1/The Show S01E02.mkv")
	h.now()
	h.add("Shows/The Show/the.show.102.2160p.mkv", "c.mp4")
	h.now()
	h.kept("two scans later", h.one(library.Episode, "Episode 2"), id)
}

func TestIdsSurviveAnotherNameOfTheLibrary(t *testing.T) {
	h := newHouse(t, films(), shows())
	fill(h)
	h.now()
	before := h.ids()
	renamed := films()
	renamed.Name = "Cinema"
	h.configure(renamed, shows())
	h.now()
	if lib := h.one(library.CollectionFolder, "Cinema"); lib.ID != before["CollectionFolder Films /Films"] {
		t.Errorf("the library was %s and is %s", before["CollectionFolder Films /Films"], lib.ID)
	}
	for name, id := range h.ids() {
		if was, ok := before[name]; ok && was != id {
			t.Errorf("%s was %s and is %s", name, was, id)
		}
	}
	other := Library{Name: "Films", Kind: library.Movies, Paths: []string{"More"}}
	h.add("More/Gamma (2002).mkv", "c.mp4")
	h.configure(renamed, shows(), other) // another library takes the old name
	h.now()
	if a, b := h.one(library.CollectionFolder, "Cinema").ID, h.one(library.CollectionFolder, "Films").ID; a == b || a != before["CollectionFolder Films /Films"] {
		t.Errorf("the libraries are %s and %s", a, b)
	}
	h.kept("beside a new library", h.one(library.Movie, "Alpha"), before["Movie Alpha /Films/Alpha (2001)/Alpha (2001).mkv"])
}

//go:build unix

package scan

import (
	"strings"
	"testing"

	"sett/node/library"
)

func TestIdsAndFactsSurviveRenameMoveAndReplacement(t *testing.T) {
	h := newHouse(t, films(), shows(), songs())
	probes := h.countProbes()
	fill(h)
	h.now()
	film, loose := h.one(library.Movie, "Alpha").ID, h.one(library.Movie, "Beta").ID
	series, ep := h.one(library.Series, "The Show").ID, h.one(library.Episode, "Episode 1").ID
	album, song := h.one(library.MusicAlbum, "Blue").ID, h.one(library.Audio, "First Song").ID
	n := probes()

	h.move("Films/Alpha (2001)", "Films/Drama/Alpha Renamed (2002)")
	h.move("Films/Beta (1999).mkv", "Films/Beta Two (1998).mkv")
	h.move("Shows/The Show", "Shows/The Renamed Show")
	h.move("Music/The Band/Blue", "Music/Blue Folder")
	line := h.now()
	h.want(filmKinds, "Movie Alpha (2001) [Films/Drama/Alpha Renamed (2002)/Alpha (2001).mkv]", "Movie Beta Two (1998) [Films/Beta Two (1998).mkv]")
	for _, want := range []struct {
		is library.ID
		it *library.Item
	}{
		{film, h.one(library.Movie, "Alpha")}, {loose, h.one(library.Movie, "Beta Two")},
		{series, h.one(library.Series, "The Renamed Show")}, {ep, h.one(library.Episode, "Episode 1")},
		{album, h.one(library.MusicAlbum, "Blue")}, {song, h.one(library.Audio, "First Song")},
	} {
		if want.it.ID != want.is {
			t.Errorf("%s was %s and became %s", want.it.Name, want.is, want.it.ID)
		}
		if !want.it.Added.Equal(day) {
			t.Errorf("%s was added %v", want.it.Name, want.it.Added)
		}
	}
	if probes() != n {
		t.Errorf("moved files were probed again: %s", line)
	}

	h.remove("Films/Drama/Alpha Renamed (2002)/Alpha (2001).mkv")
	h.add("Films/Drama/Alpha Renamed (2002)/Alpha (2001) 2160p.mkv", "c.mp4")
	h.remove("Shows/The Renamed Show/Season 1/The Show S01E01.mkv")
	h.add("Shows/The Renamed Show/Season 1/the.show.s01e01.1080p.mkv", "a.mkv")
	h.now()
	if got := h.one(library.Movie, "Alpha"); got.ID != film || !strings.HasSuffix(got.Path, "2160p.mkv") {
		t.Errorf("the replaced film is %s %s", got.ID, got.Path)
	}
	if got := h.items(library.Episode); len(got) != 1 || got[0].ID != ep {
		t.Errorf("the replaced episode is %v, was %s", h.list(library.Episode), ep)
	}

	h.add("Films/Beta (1999).mkv", "a.mkv") // another file where one was before
	h.now()
	if a, b := h.one(library.Movie, "Beta").ID, h.one(library.Movie, "Beta Two").ID; a == b || b != loose {
		t.Errorf("ids are %s and %s, the moved one was %s", a, b, loose)
	}
}

func TestACopyIsAnItemOfItsOwn(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/One.mkv", "a.mkv")
	h.now()
	id := h.one(library.Movie, "One").ID
	h.add("Films/Two.mkv", "a.mkv")
	h.add("Films/Three.mkv", "a.mkv")
	h.now()
	h.want(filmKinds, "Movie One [Films/One.mkv]", "Movie Two [Films/Two.mkv]", "Movie Three [Films/Three.mkv]")
	if h.one(library.Movie, "One").ID != id {
		t.Error("the original lost its id to a copy")
	}
	h.remove("Films/One.mkv")
	h.move("Films/Two.mkv", "Films/Four.mkv")
	h.now()
	h.want(filmKinds, "Movie Four [Films/Four.mkv]", "Movie Three [Films/Three.mkv]")
}

func TestTwoAlbumsInOneFolderStayTwo(t *testing.T) {
	h := newHouse(t, songs())
	h.add("Music/Mix/a.flac", "one.flac")
	h.add("Music/Mix/b.flac", "two.flac")
	h.add("Music/Mix/c.flac", "red.flac")
	h.now()
	blue, red := h.one(library.MusicAlbum, "Blue").ID, h.one(library.MusicAlbum, "Red").ID
	for i := range 4 {
		h.write("Music/Mix/c.lrc", []byte(strings.Repeat("la", i+1)))
		h.now()
		if a, b := h.one(library.MusicAlbum, "Blue").ID, h.one(library.MusicAlbum, "Red").ID; a != blue || b != red {
			t.Fatalf("albums were %s and %s, are %s and %s", blue, red, a, b)
		}
	}
	h.want([]library.Kind{library.Audio}, "Audio First Song (2001)#1 in Blue [Music/Mix/a.flac]",
		"Audio Second Song (2001)#2 in Blue [Music/Mix/b.flac]", "Audio Other (2001)#3 in Red [Music/Mix/c.flac +lrc:]")
}

func TestAFilmKeepsItsIdWhileVersionsComeAndGo(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/A (2000)/A (2000) - 720p.mkv", "a.mkv")
	h.now()
	id := h.one(library.Movie, "A").ID
	h.add("Films/A (2000)/A (2000) - 1080p.mkv", "b.mkv")
	h.now()
	h.want(filmKinds, "Movie A (2000) [Films/A (2000)/A (2000) - 1080p.mkv] [Films/A (2000)/A (2000) - 720p.mkv]")
	if got := h.one(library.Movie, "A"); got.ID != id || got.Sources[0].ID != id || got.Sources[1].ID == id {
		t.Errorf("it was %s and is %s with %s, %s", id, got.ID, got.Sources[0].ID, got.Sources[1].ID)
	}
	h.remove("Films/A (2000)/A (2000) - 1080p.mkv")
	h.now()
	if got := h.one(library.Movie, "A"); got.ID != id || got.Fingerprint == "" || len(got.Sources[0].Streams) == 0 {
		t.Errorf("it was %s and is %+v", id, got)
	}
	h.move("Films/A (2000)", "Films/B (2001)")
	h.now()
	if got := h.items(library.Movie); len(got) != 1 || got[0].ID != id {
		t.Errorf("after a move: %v", h.list(library.Movie))
	}
}

func TestAFolderMarkedIgnoreIsPassedOver(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/A.mkv", "a.mkv")
	h.add("Films/Private/B.mkv", "b.mkv")
	h.now()
	h.write("Films/Private/.ignore", nil)
	h.now()
	h.want(filmKinds, "Movie A [Films/A.mkv]")
}

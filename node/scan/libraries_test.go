package scan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

func (h *house) libraries() []string {
	var out []string
	for _, it := range h.items(library.CollectionFolder) {
		var roots []string
		for _, r := range it.Roots {
			roots = append(roots, strings.TrimPrefix(strings.TrimPrefix(r, h.root), "/"))
		}
		out = append(out, fmt.Sprintf("%s %s %s", it.Name, it.Collection, strings.Join(roots, ",")))
	}
	slices.Sort(out)
	return out
}

func TestFoldersOfAMediaFolderBecomeLibraries(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"known names", []string{"Films/A.mkv", "TV Shows/B/B S01E01.mkv", "Musik/x.flac", "Photos/p.jpg", "Home Videos/h.mkv", "Music Videos/m.mkv", "Books/b.epub"},
			[]string{"Books books Books", "Films movies Films", "Home Videos homevideos Home Videos", "Music Videos musicvideos Music Videos",
				"Musik music Musik", "Photos photos Photos", "TV Shows tvshows TV Shows"}},
		{"names that say nothing", []string{"Films/A.mkv", "zeug/Some Show/Season 1/Some Show S01E01.mkv", "lieder/Artist/Album/a.flac", "lieder/Artist/Album/b.flac", "notes/readme.txt"},
			[]string{"Films movies Films", "lieder music lieder", "zeug tvshows zeug"}},
		{"films lie in it", []string{"A (2000).mkv", "B (2001)/B.mkv"}, []string{"media movies "}},
		{"folders of films lie in it", []string{"A (2000)/A.mkv", "B (2001)/B.mkv", "C/C.mkv"}, []string{"media movies "}},
		{"shows lie in it", []string{"Some Show/Season 1/Show S01E01.mkv", "Other Show/Season 02/Other Show S02E01.mkv"}, []string{"media tvshows "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			for _, f := range tc.files {
				h.write(f, []byte("x"))
			}
			h.now()
			if got := h.libraries(); !slices.Equal(got, tc.want) {
				t.Errorf("libraries are\n %q, want\n %q", got, tc.want)
			}
			h.now()
			if got := h.libraries(); !slices.Equal(got, tc.want) {
				t.Errorf("after another scan they are %q", got)
			}
		})
	}
}

func TestALibraryOfAMediaFolderThatGoesAwayIsKept(t *testing.T) {
	h := newHouse(t)
	h.add("Films/A.mkv", "a.mkv")
	h.add("Shows/B/B S01E01.mkv", "b.mkv")
	h.now()
	h.move("Films", "../away")
	h.now()
	h.want(filmKinds, "Movie A [Films/A.mkv]")
	if p := h.scan.Problems(); len(p) != 1 || !strings.Contains(p[0].Text, "is not there") {
		t.Errorf("problems are %v", p)
	}
	h.move("../away", "Films")
	id := h.one(library.Movie, "A").ID
	h.move("Films", "Filme")
	h.now()
	h.now()
	h.want(filmKinds, "Movie A [Filme/A.mkv]")
	if got := h.libraries(); !slices.Equal(got, []string{"Filme movies Filme", "Shows tvshows Shows"}) || h.one(library.Movie, "A").ID != id {
		t.Errorf("after the folder got another name the libraries are %q", got)
	}
	h.move("Filme", "../gone")
	h.move("Shows", "../gone too")
	h.now()
	h.want(filmKinds, "Movie A [Filme/A.mkv]")
}

func TestTwoDisksWithTheSameFolderAreOneLibrary(t *testing.T) {
	h := newHouse(t, Library{Name: "Films", Kind: library.Movies, Paths: []string{"disk1", "disk2"}}, Library{Kind: library.TVShows, Paths: []string{"tv"}})
	h.add("disk1/A.mkv", "a.mkv")
	h.add("disk2/A.mkv", "b.mkv")
	h.add("disk2/B.mkv", "c.mp4")
	h.add("disk1/folder.jpg", "poster.jpg")
	h.now()
	h.want(filmKinds, "Movie A [disk1/A.mkv]", "Movie A [disk2/A.mkv]", "Movie B [disk2/B.mkv]")
	if got := h.libraries(); !slices.Equal(got, []string{"Films movies disk1,disk2", "Shows tvshows tv"}) {
		t.Errorf("libraries are %q", got)
	}
	lib := h.one(library.CollectionFolder, "Films")
	if im, ok := lib.Image(library.Primary, 0); !ok || im.Width != 40 || lib.ID != library.NewID("library", "films") {
		t.Errorf("the library is %+v", lib)
	}
	h.move("disk2", "off")
	h.add("disk1/C.mkv", "c.mp4")
	h.now()
	h.want(filmKinds, "Movie A [disk1/A.mkv]", "Movie A [disk2/A.mkv]", "Movie B [disk2/B.mkv]", "Movie C [disk1/C.mkv]")
}

func TestIdsSurviveAnotherMountPoint(t *testing.T) {
	h := newHouse(t, Library{Name: "Films", Kind: library.Movies, Paths: []string{"old"}})
	h.add("old/A (2000)/A.mkv", "a.mkv")
	h.now()
	id := h.one(library.Movie, "A").ID
	h.move("old", "new/place")
	h.configure(Library{Name: "Films", Kind: library.Movies, Paths: []string{"new/place"}})
	h.now()
	h.want(filmKinds, "Movie A (2000) [new/place/A (2000)/A.mkv]")
	if got := h.one(library.Movie, "A"); got.ID != id || !got.Added.Equal(day) {
		t.Errorf("it was %s and is %s, added %v", id, got.ID, got.Added)
	}
}

func TestOtherKindsAreSimpleItems(t *testing.T) {
	h := newHouse(t)
	h.add("Home videos/2020/Beach.mp4", "c.mp4")
	h.add("Home videos/2020/Beach.jpg", "poster.jpg")
	h.add("Home videos/2020/snap.jpg", "fanart.png")
	h.add("Photos/Trip/one.jpg", "poster.jpg")
	h.add("Photos/Trip/Day 2/two.png", "fanart.png")
	h.add("Music videos/Band - Song.mkv", "a.mkv")
	h.write("Books/Title (1890).epub", []byte("epub"))
	h.add("Books/Spoken/Spoken.mp3", "plain.mp3")
	h.now()
	h.want([]library.Kind{library.Video, library.Photo, library.PhotoAlbum, library.Folder, library.MusicVideo, library.Book, library.AudioBook},
		"Folder 2020", "Video Beach in 2020 [Home videos/2020/Beach.mp4]", "Photo snap in 2020",
		"PhotoAlbum Trip", "Photo one in Trip", "PhotoAlbum Day 2 in Trip", "Photo two in Day 2",
		"MusicVideo Song [Music videos/Band - Song.mkv]", "Book Title (1890)", "AudioBook Spoken (2001) [Books/Spoken/Spoken.mp3]")
	if im, ok := h.one(library.Photo, "one").Image(library.Primary, 0); !ok || im.Width != 40 || im.Path != h.path("Photos/Trip/one.jpg") {
		t.Errorf("photo is %+v", im)
	}
	if im, ok := h.one(library.Video, "Beach").Image(library.Primary, 0); !ok || im.Width != 40 {
		t.Errorf("video's picture is %+v", im)
	}
	if line := h.now(); !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Error(line)
	}
	h.remove("Photos/Trip/Day 2")
	h.now()
	h.want([]library.Kind{library.Photo, library.PhotoAlbum}, "Photo snap in 2020", "PhotoAlbum Trip", "Photo one in Trip")
}

func TestAMixedLibraryHoldsFilmsShowsAndMusic(t *testing.T) {
	h := newHouse(t, Library{Name: "All", Kind: library.Mixed, Paths: []string{"all"}})
	h.add("all/Film (2000)/Film (2000).mkv", "a.mkv")
	h.add("all/Loose (2001).mkv", "b.mkv")
	h.add("all/Show/Season 1/Show S01E01.mkv", "c.mp4")
	h.add("all/The Band/Blue/one.flac", "one.flac")
	h.now()
	h.want(slices.Concat(filmKinds, showKinds, musicKinds),
		"Movie Film (2000) [all/Film (2000)/Film (2000).mkv]", "Movie Loose (2001) [all/Loose (2001).mkv]",
		"Series Show", "Season Season 1#1 in Show", "Episode Episode 1 1#1 in Season 1 [all/Show/Season 1/Show S01E01.mkv]",
		"MusicArtist The Band", "MusicAlbum Blue (2001) in The Band", "Audio First Song (2001)#1 in Blue [all/The Band/Blue/one.flac]")
}

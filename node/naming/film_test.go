package naming

import (
	"reflect"
	"strings"
	"testing"

	"sett/node/library"
)

// sketch writes films as "Title (year): label=file+file, label=file; …".
func sketch(films []Film) string {
	var out []string
	for _, f := range films {
		var vs []string
		for _, v := range f.Versions {
			vs = append(vs, v.Label+"="+strings.Join(v.Files, "+"))
		}
		out = append(out, f.Name.Title+": "+strings.Join(vs, ", "))
	}
	return strings.Join(out, "; ")
}

func TestFilesOfAFolderBecomeFilms(t *testing.T) {
	for _, c := range []struct{ what, folder, files, want string }{
		{"one film", "Pier (1999)", "Pier (1999).mkv", "Pier: =Pier (1999).mkv"},
		{"versions by label, larger first", "Pier (1999)", "Pier (1999) - 720p.mkv|Pier (1999) - 2160p.mkv|Pier (1999) - 1080p.mkv",
			"Pier: 2160p=Pier (1999) - 2160p.mkv, 1080p=Pier (1999) - 1080p.mkv, 720p=Pier (1999) - 720p.mkv"},
		{"the plain one leads", "Pier (1999)", "Pier (1999) - 4K.mkv|Pier (1999).mkv", "Pier: =Pier (1999).mkv, 4K=Pier (1999) - 4K.mkv"},
		{"labels in brackets", "Pier (1999)", "Pier (1999) [Director's Cut].mkv|Pier (1999).mkv",
			"Pier: =Pier (1999).mkv, Director's Cut=Pier (1999) [Director's Cut].mkv"},
		{"release names in the film's folder", "Pier (1999)", "Pier.1999.1080p.BluRay.mkv|Pier.1999.2160p.WEB.mkv",
			"Pier: 2160p WEB=Pier.1999.2160p.WEB.mkv, 1080p BluRay=Pier.1999.1080p.BluRay.mkv"},
		{"parts are one version", "Pier (1999)", "Pier (1999) cd2.avi|Pier (1999) cd1.avi", "Pier: =Pier (1999) cd1.avi+Pier (1999) cd2.avi"},
		{"parts beside a version", "Pier (1999)", "Pier (1999) - part1.avi|Pier (1999) - part2.avi|Pier (1999) - 1080p.mkv",
			"Pier: =Pier (1999) - part1.avi+Pier (1999) - part2.avi, 1080p=Pier (1999) - 1080p.mkv"},
		{"a folder with an id", "Pier (1999) [imdbid-tt0012345]", "Pier (1999) - 1080p.mkv|Pier (1999) - 720p.mp4|Pier (1999).mkv",
			"Pier: =Pier (1999).mkv, 1080p=Pier (1999) - 1080p.mkv, 720p=Pier (1999) - 720p.mp4"},
		{"parts in a folder with an id", "Pier (1999) [imdbid-tt0012345]", "Pier (1999)-part1.mkv|Pier (1999)-part2.mkv",
			"Pier: =Pier (1999)-part1.mkv+Pier (1999)-part2.mkv"},
		{"letters as parts", "x", "Pier disc a.avi|Pier disc b.avi", "Pier: =Pier disc a.avi+Pier disc b.avi"},
		{"a lone part is a film", "x", "Pier Part 2.avi", "Pier Part 2: =Pier Part 2.avi"},
		{"equal numbers are no parts", "x", "Pier cd1.avi|Pier cd01.avi", "Pier: =Pier cd1.avi; Pier: =Pier cd01.avi"},
		{"another container is no part", "x", "Pier cd1.avi|Pier cd2.mkv", "Pier: =Pier cd1.avi; Pier: =Pier cd2.mkv"},
		{"years keep sequels apart", "x", "Pier Part 1 (2001).mkv|Pier Part 2 (2003).mkv",
			"Pier Part 1: =Pier Part 1 (2001).mkv; Pier Part 2: =Pier Part 2 (2003).mkv"},
		{"a folder of many films", "Films", "Pier (1999).mkv|Quay (2001).mkv", "Pier: =Pier (1999).mkv; Quay: =Quay (2001).mkv"},
		{"versions in a folder of many", "Films", "Pier (1999) - 720p.mkv|Quay (2001).mkv|Pier (1999) - 1080p.mkv",
			"Pier: 1080p=Pier (1999) - 1080p.mkv, 720p=Pier (1999) - 720p.mkv; Quay: =Quay (2001).mkv"},
		{"no year, no version", "Films", "Pier 720p.mkv|Pier 1080p.mkv", "Pier: =Pier 720p.mkv; Pier: =Pier 1080p.mkv"},
		{"the folder's film and a stranger", "Pier (1999)", "Pier (1999).mkv|Quay (2001).mkv", "Pier: =Pier (1999).mkv; Quay: =Quay (2001).mkv"},
		{"a sequel in the first one's folder", "Pier", "Pier.mkv|Pier 2.mkv", "Pier: =Pier.mkv; Pier 2: =Pier 2.mkv"},
		{"hyphens in the title", "X-Ray (2000)", "X-Ray (2000) - 1080p.mkv|X-Ray (2000) - 720p.mkv",
			"X-Ray: 1080p=X-Ray (2000) - 1080p.mkv, 720p=X-Ray (2000) - 720p.mkv"},
		{"another name in a folder of its own", "Pier", "whatever.mkv", "whatever: =whatever.mkv"},
		{"nothing", "Pier", "", ""},
	} {
		var files []string
		if c.files != "" {
			files = strings.Split(c.files, "|")
		}
		films, _ := Films(c.folder, files)
		if got := sketch(films); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, got, c.want)
		}
	}
}

func TestExtrasStandApartFromFilms(t *testing.T) {
	films, extras := Films("Pier (1999)", []string{"d/Pier (1999).mkv", "d/Pier (1999)-trailer.mkv", "d/theme.mkv"})
	want := []ExtraFile{{"d/Pier (1999)-trailer.mkv", Trailer}, {"d/theme.mkv", ThemeVideo}}
	if len(films) != 1 || !reflect.DeepEqual(extras, want) {
		t.Errorf("got %v and %v", films, extras)
	}
}

func TestAFilmTakesFromItsFileWhatTheFolderDoesNotSay(t *testing.T) {
	films, _ := Films("Pier [tmdbid=7]", []string{"Pier [tmdbid=7].3d.hsbs.mkv"})
	if len(films) != 1 || films[0].Name.Format3D != HalfSideBySide || films[0].Name.Ext != "mkv" || films[0].Name.Providers["Tmdb"] != "7" {
		t.Errorf("got %+v", films)
	}
}

func TestPicturesAreKnownByName(t *testing.T) {
	for _, c := range []struct {
		path string
		ctx  ImageContext
		kind library.ImageKind // "" for none
	}{
		{"poster.jpg", ImageContext{Of: library.Movie}, library.Primary},
		{"Folder.JPG", ImageContext{Of: library.MusicArtist}, library.Primary},
		{"cover.png", ImageContext{Of: library.MusicAlbum}, library.Primary},
		{"movie.jpg", ImageContext{Of: library.Movie}, library.Primary},
		{"movie.jpg", ImageContext{Of: library.Series}, ""},
		{"show.jpg", ImageContext{Of: library.Series}, library.Primary},
		{"fanart.jpg", ImageContext{Of: library.Movie}, library.Backdrop},
		{"backdrop12.webp", ImageContext{Of: library.Movie}, library.Backdrop},
		{"fanart-2.jpg", ImageContext{Of: library.Movie}, library.Backdrop},
		{"extrafanart/anything.jpg", ImageContext{Of: library.Movie}, library.Backdrop},
		{"art.jpg", ImageContext{Of: library.Movie}, library.Backdrop},
		{"banner.jpg", ImageContext{Of: library.Series}, library.Banner},
		{"clearlogo.png", ImageContext{Of: library.Movie}, library.Logo},
		{"logo.svg", ImageContext{Of: library.Movie}, library.Logo},
		{"landscape.jpg", ImageContext{Of: library.Movie}, library.Thumb},
		{"thumb.jpg", ImageContext{Of: library.Movie}, library.Thumb},
		{"discart.png", ImageContext{Of: library.Movie}, library.Disc},
		{"cdart.png", ImageContext{Of: library.MusicAlbum}, library.Disc},
		{"clearart.png", ImageContext{Of: library.Movie}, library.Art},
		{"Pier-poster.jpg", ImageContext{Of: library.Movie, Stem: "Pier", Shared: true}, library.Primary},
		{"Pier.jpg", ImageContext{Of: library.Movie, Stem: "Pier", Shared: true}, library.Primary},
		{"Pier-fanart3.jpg", ImageContext{Of: library.Movie, Stem: "Pier", Shared: true}, library.Backdrop},
		{"Pier-thumb.jpg", ImageContext{Of: library.Movie, Stem: "Pier"}, library.Thumb},
		{"S01E01-thumb.jpg", ImageContext{Of: library.Episode, Stem: "S01E01", Shared: true}, library.Primary},
		{"poster.jpg", ImageContext{Of: library.Movie, Stem: "Pier", Shared: true}, ""},
		{"Pier 2.jpg", ImageContext{Of: library.Movie, Stem: "Pier", Shared: true}, ""},
		{"IMG_2034.jpg", ImageContext{Of: library.Movie}, ""},
		{"poster.txt", ImageContext{Of: library.Movie}, ""},
		{".poster.jpg", ImageContext{Of: library.Movie}, ""},
	} {
		got, ok := Image(c.path, c.ctx)
		if !ok {
			got.Kind = ""
		}
		if got.Kind != c.kind {
			t.Errorf("%q of a %v: got %q, want %q", c.path, c.ctx.Of, got.Kind, c.kind)
		}
	}
}

func TestPicturesOfSeasonsLieWithTheSeries(t *testing.T) {
	for path, want := range map[string]ImageName{
		"season01-poster.jpg":        {Kind: library.Primary, Season: library.Num(1)},
		"season2.jpg":                {Kind: library.Primary, Season: library.Num(2)},
		"season-specials-banner.jpg": {Kind: library.Banner, Season: library.Num(0)},
		"season03-fanart.jpg":        {Kind: library.Backdrop, Season: library.Num(3), Rank: maxNumbered},
		"season-all-poster.jpg":      {Kind: library.Primary},
	} {
		if got, ok := Image(path, ImageContext{Of: library.Series}); !ok || got != want {
			t.Errorf("%q: got %+v %v, want %+v", path, got, ok, want)
		}
	}
}

func TestBetterPicturesRankFirst(t *testing.T) {
	order := []string{"fanart.jpg", "fanart1.jpg", "fanart2.jpg", "fanart10.jpg", "art.jpg", "extrafanart/x1.jpg"}
	last := -1
	for _, p := range order {
		im, ok := Image(p, ImageContext{Of: library.Movie})
		if !ok || im.Rank <= last {
			t.Errorf("%s: rank %d after %d", p, im.Rank, last)
		}
		last = im.Rank
	}
}

func TestNFOAndDiscFoldersAreKnownByName(t *testing.T) {
	if got := NFONames(library.Movie, "Pier"); !reflect.DeepEqual(got, []string{"Pier.nfo", "movie.nfo", "VIDEO_TS.nfo"}) {
		t.Errorf("got %v", got)
	}
	if got := NFONames(library.Series, ""); !reflect.DeepEqual(got, []string{"tvshow.nfo"}) {
		t.Errorf("got %v", got)
	}
	for name, want := range map[string]string{"Film/VIDEO_TS": "dvd", "bdmv": "bluray", "HVDVD_TS": "hddvd", "video": ""} {
		if got, ok := DiscLayout(name); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v", name, got, ok)
		}
	}
}

func TestSideFilesSayLanguageAndPurpose(t *testing.T) {
	for _, c := range []struct {
		file string
		want Sidecar
	}{
		{"Pier.srt", Sidecar{Ext: "srt"}},
		{"Pier.de.srt", Sidecar{Language: "ger", Ext: "srt"}},
		{"Pier.pt-BR.srt", Sidecar{Language: "por", Ext: "srt"}},
		{"Pier.zh-Hans.ass", Sidecar{Language: "chi", Ext: "ass"}},
		{"Pier.English.srt", Sidecar{Language: "eng", Ext: "srt"}},
		{"Pier.Português.srt", Sidecar{Language: "por", Ext: "srt"}},
		{"Pier.hi.srt", Sidecar{Language: "hin", Ext: "srt"}},
		{"Pier.en.hi.srt", Sidecar{Language: "eng", HearingImpaired: true, Ext: "srt"}},
		{"Pier.hi.en.srt", Sidecar{Language: "eng", HearingImpaired: true, Ext: "srt"}},
		{"Pier.en.SDH.forced.srt", Sidecar{Language: "eng", HearingImpaired: true, Forced: true, Ext: "srt"}},
		{"Pier.foreign.default.nl.vtt", Sidecar{Language: "dut", Forced: true, Default: true, Ext: "vtt"}},
		{"Pier.Commentary by X.en.srt", Sidecar{Language: "eng", Title: "Commentary by X", Ext: "srt"}},
		{"Pier.fr.en.srt", Sidecar{Language: "eng", Title: "fr", Ext: "srt"}},
		{"pier_en.srt", Sidecar{Language: "eng", Ext: "srt"}},
		{"Pier (en).srt", Sidecar{Language: "eng", Ext: "srt"}},
		{"Pier.1.srt", Sidecar{Title: "1", Ext: "srt"}},
	} {
		if got, ok := Subtitle("Pier", c.file); !ok || got != c.want {
			t.Errorf("%q: got %+v %v, want %+v", c.file, got, ok, c.want)
		}
	}
	for _, f := range []string{"Pier2.srt", "Quay.srt", "Pier.mkv", "Pie.srt", "Pier", ""} {
		if got, ok := Subtitle("Pier", f); ok {
			t.Errorf("%q: got %+v", f, got)
		}
	}
	if _, ok := SideAudio("Pier", "Pier.de.mka"); !ok {
		t.Error("a sound track is not known")
	}
	if !Lyrics("01 - Song", "01 - Song.lrc") || Lyrics("01 - Song", "02 - Song.lrc") {
		t.Error("lyrics are not told apart")
	}
}

func TestItReadsDiscsAlbumsAndTracks(t *testing.T) {
	for name, want := range map[string]int{"CD1": 1, "cd 02": 2, "Disc 3 - Live": 3, "Disk-4": 4, "Vol. 5": 5, "Digital Media 6": 6,
		"Disc04 (Songs)": 4, "Disc": -1, "disc one": -1, "Pinkbird": -1, "03 Pinkbird": -1, "CDs": -1, "": -1, "Volume Up": -1, "cd1a": -1} {
		got, ok := DiscFolder("/m/Band/Album/" + name)
		if !ok {
			got = -1
		}
		if got != want && name != "" {
			t.Errorf("%q: got disc %d, want %d", name, got, want)
		}
	}
	for name, want := range map[string]AlbumName{
		"Album":                        {Title: "Album"},
		"Album (1999)":                 {Title: "Album", Year: 1999},
		"1999 - Album":                 {Title: "Album", Year: 1999},
		"[1999] Album (Deluxe) (2011)": {Title: "Album (Deluxe)", Year: 1999},
		"Band - Album (1999) [FLAC]":   {Title: "Album", Artist: "Band", Year: 1999},
		"Band - 1999 - Album":          {Title: "Album", Artist: "Band", Year: 1999},
	} {
		if got := Album(name); got != want {
			t.Errorf("%q: got %+v, want %+v", name, got, want)
		}
	}
	for name, want := range map[string]TrackName{
		"01 - Song.flac":      {Title: "Song", Track: 1},
		"01. Song.flac":       {Title: "Song", Track: 1},
		"01 Song.mp3":         {Title: "Song", Track: 1},
		"1-02 Song.mp3":       {Title: "Song", Disc: 1, Track: 2},
		"203 Song.mp3":        {Title: "Song", Disc: 2, Track: 3},
		"Band - Song.mp3":     {Title: "Song", Artist: "Band"},
		"Band - 03 - S.mp3":   {Title: "S", Artist: "Band", Track: 3},
		"9 Doors.mp3":         {Title: "9 Doors"},
		"99Doors.mp3":         {Title: "99Doors"},
		"Song.mp3":            {Title: "Song"},
		"04_Song_of_Rain.ogg": {Title: "Song of Rain", Track: 4},
		"07.mp3":              {Title: "07"},
	} {
		if got := Track(name); got != want {
			t.Errorf("%q: got %+v, want %+v", name, got, want)
		}
	}
}

func TestItReadsBooks(t *testing.T) {
	for name, want := range map[string]BookName{
		"Tides (1890).epub":                {Title: "Tides", Year: 1890},
		"Tides.epub":                       {Title: "Tides"},
		"3 - Tides (1890).epub":            {Title: "Tides", Year: 1890, Index: library.Num(3)},
		"3.0 - Tides":                      {Title: "Tides", Index: library.Num(3)},
		"3.5 - Tides":                      {Title: "3.5 - Tides"},
		"Tides (The Sea, #2) (1890).pdf":   {Title: "Tides", Series: "The Sea", Index: library.Num(2), Year: 1890},
		"The Sea (1880) #2 (of 9) (1890)":  {Series: "The Sea", Index: library.Num(2), Year: 1890},
		"Sea Comics v02 c110 (1941).cbz":   {Title: "Sea Comics v02 c110", Volume: library.Num(2), Chapter: library.Num(110), Year: 1941},
		"Sea Comics Vol. 2 Chapter 11.cbz": {Title: "Sea Comics Vol. 2 Chapter 11", Volume: library.Num(2), Chapter: library.Num(11)},
		"Channel #5th Street":              {Title: "Channel #5th Street"},
	} {
		if got := Book(name); got != want {
			t.Errorf("%q: got %+v, want %+v", name, got, want)
		}
	}
	for name, want := range map[string][2]int{"Tides Chapter 03.mp3": {3, 0}, "Tides Part 2.mp3": {0, 2}, "03 - The Storm.mp3": {3, 0},
		"2-07 The Storm.mp3": {7, 2}, "Tides.m4b": {0, 0}, "Part 1 Chapter 4.mp3": {4, 1}} {
		if c, p := AudiobookPart(name); c != want[0] || p != want[1] {
			t.Errorf("%q: got chapter %d part %d, want %v", name, c, p, want)
		}
	}
}

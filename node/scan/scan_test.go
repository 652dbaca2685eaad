package scan

import (
	"testing"

	"sett/node/library"
)

var (
	filmKinds  = []library.Kind{library.Movie}
	showKinds  = []library.Kind{library.Series, library.Season, library.Episode}
	musicKinds = []library.Kind{library.MusicArtist, library.MusicAlbum, library.Audio}
)

func TestFilmsAreNamedGroupedAndRead(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/Alpha (2001)/Alpha (2001).mkv", "a.mkv")
	h.write("Films/Alpha (2001)/Alpha (2001).en.srt", []byte("1\n00:00:00,000 --> 00:00:01,000\nHi\n"))
	h.write("Films/Alpha (2001)/Subs/German.srt", []byte("1\n00:00:00,000 --> 00:00:01,000\nHallo\n"))
	h.add("Films/Alpha (2001)/poster.jpg", "poster.jpg")
	h.add("Films/Alpha (2001)/fanart.png", "fanart.png")
	h.add("Films/Alpha (2001)/trailers/teaser.mkv", "b.mkv")
	h.add("Films/Beta (1999)/Beta (1999) - 1080p.mkv", "a.mkv")
	h.add("Films/Beta (1999)/Beta (1999) - 720p.mkv", "b.mkv")
	h.add("Films/Gamma/Gamma cd1.mkv", "a.mkv")
	h.add("Films/Gamma/Gamma cd2.mkv", "b.mkv")
	h.add("Films/Loose.One.2010.1080p.mkv", "c.mp4")
	h.add("Films/Loose.One.2010.1080p.jpg", "poster.jpg")
	h.add("Films/.hidden/secret.mkv", "a.mkv")
	h.add("Films/Drama/Delta (1980)/Delta.mkv", "a.mkv")
	h.write("Films/Disc (2005)/VIDEO_TS/VTS_01_1.VOB", []byte("vob"))
	h.write("Films/Alpha (2001)/movie.nfo", []byte("<movie><title>Alpha Prime</title><plot>Told.</plot><genre>Drama</genre><actor><name>A. Person</name><role>Hero</role></actor><uniqueid type=\"imdb\">tt0000001</uniqueid></movie>"))
	h.now()
	h.want(filmKinds,
		"Movie Alpha Prime (2001) [Films/Alpha (2001)/Alpha (2001).mkv +subrip:eng +subrip:ger]",
		"Movie Beta (1999) [Films/Beta (1999)/Beta (1999) - 1080p.mkv] [Films/Beta (1999)/Beta (1999) - 720p.mkv]",
		"Movie Gamma [Films/Gamma/Gamma cd1.mkv + Gamma cd2.mkv]",
		"Movie Loose One (2010) [Films/Loose.One.2010.1080p.mkv]",
		"Movie Delta (1980) [Films/Drama/Delta (1980)/Delta.mkv]",
		"Movie Disc (2005) [Films/Disc (2005)/VIDEO_TS/VTS_01_1.VOB !]",
	)
	it := h.one(library.Movie, "Alpha Prime")
	if it.Overview != "Told." || it.Providers["Imdb"] != "tt0000001" || len(it.People) != 1 || it.SortName != "alpha prime" {
		t.Errorf("the NFO is lost: %+v", it)
	}
	if !it.Added.Equal(day) || it.Runtime.Seconds() < 0.9 || it.Fingerprint == "" {
		t.Errorf("added %v, runtime %v, fingerprint %q", it.Added, it.Runtime, it.Fingerprint)
	}
	if p, ok := it.Image(library.Primary, 0); !ok || p.Width != 40 || p.Height != 60 || len(p.Tag) != 16 {
		t.Errorf("poster is %+v", p)
	}
	if b, ok := it.Image(library.Backdrop, 0); !ok || b.Width != 60 {
		t.Errorf("backdrop is %+v", b)
	}
	if p, ok := h.one(library.Movie, "Loose One").Image(library.Primary, 0); !ok || p.Width != 40 {
		t.Errorf("a picture beside a loose film is %+v", p)
	}
	if src := it.Sources[0]; src.ID != it.ID || src.Container == "" || len(src.Streams) != 4 {
		t.Errorf("source is %+v", src)
	}
	if g := h.one(library.Movie, "Gamma"); g.Runtime.Seconds() < 1.7 {
		t.Errorf("the parts together run %v", g.Runtime.Duration())
	}
}

func TestShowsHaveSeriesSeasonsAndEpisodes(t *testing.T) {
	h := newHouse(t, shows())
	h.add("Shows/The Show (2008)/Season 1/The Show S01E01 - Pilot.mkv", "a.mkv")
	h.add("Shows/The Show (2008)/Season 1/The Show S01E02-E03.mkv", "b.mkv")
	h.add("Shows/The Show (2008)/Season 1/The Show S01E01 - Pilot-thumb.jpg", "fanart.png")
	h.add("Shows/The Show (2008)/Specials/The Show S00E01 - Making of.mkv", "c.mp4")
	h.add("Shows/The Show (2008)/poster.jpg", "poster.jpg")
	h.add("Shows/The Show (2008)/season01-poster.jpg", "poster.jpg")
	h.add("Shows/The Show (2008)/Season 2/folder.jpg", "poster.jpg")
	h.add("Shows/The Show (2008)/Season 2/2x01.mkv", "a.mkv")
	h.add("Shows/The Show (2008)/trailers/trailer.mkv", "a.mkv")
	h.add("Shows/Daily/Daily 2020-03-04 - Guest.mkv", "a.mkv")
	h.add("Shows/Kids/Tiny/Season 1/Tiny S01E05.mkv", "a.mkv")
	h.add("Shows/Lone.S03E04.mkv", "b.mkv")
	h.write("Shows/The Show (2008)/tvshow.nfo", []byte("<tvshow><title>The Show</title><status>Ended</status></tvshow>"))
	h.now()
	h.want(showKinds,
		"Series The Show (2008)", "Season Season 1#1 in The Show", "Season Season 2#2 in The Show", "Season Specials#0 in The Show",
		"Episode Pilot 1#1 in Season 1 [Shows/The Show (2008)/Season 1/The Show S01E01 - Pilot.mkv]",
		"Episode Episodes 2–3 1#2-3 in Season 1 [Shows/The Show (2008)/Season 1/The Show S01E02-E03.mkv]",
		"Episode Making of 0#1 in Specials [Shows/The Show (2008)/Specials/The Show S00E01 - Making of.mkv]",
		"Episode Episode 1 2#1 in Season 2 [Shows/The Show (2008)/Season 2/2x01.mkv]",
		"Series Daily", "Season Season 2020#2020 in Daily",
		"Episode Guest 2020 in Season 2020 [Shows/Daily/Daily 2020-03-04 - Guest.mkv]",
		"Series Tiny", "Season Season 1#1 in Tiny", "Episode Episode 5 1#5 in Season 1 [Shows/Kids/Tiny/Season 1/Tiny S01E05.mkv]",
		"Series Lone", "Season Season 3#3 in Lone", "Episode Episode 4 3#4 in Season 3 [Shows/Lone.S03E04.mkv]",
	)
	series := h.one(library.Series, "The Show")
	if _, ok := series.Image(library.Primary, 0); !ok || series.Status != "Ended" {
		t.Errorf("series is %+v", series)
	}
	for _, s := range h.items(library.Season) {
		if _, ok := s.Image(library.Primary, 0); s.Series == series.ID && s.Name != "Specials" && !ok {
			t.Errorf("%s has no picture", s.Name)
		}
	}
	ep := h.one(library.Episode, "Pilot")
	if im, ok := ep.Image(library.Primary, 0); !ok || im.Width != 60 || ep.Series != series.ID {
		t.Errorf("episode is %+v", ep)
	}
}

func TestMusicIsGroupedByTagsAndFolders(t *testing.T) {
	h := newHouse(t, songs())
	h.add("Music/The Band/Blue (2001)/CD1/01.flac", "one.flac")
	h.add("Music/The Band/Blue (2001)/CD2/01.flac", "two.flac")
	h.write("Music/The Band/Blue (2001)/CD1/01.lrc", []byte("[00:00.00]la"))
	h.add("Music/The Band/folder.jpg", "poster.jpg")
	h.add("Music/The Band/Blue (2001)/cover.jpg", "poster.jpg")
	h.add("Music/Quiet Artist/Untold/03 - Third.mp3", "plain.mp3")
	h.add("Music/Mixtape/a.flac", "cover.flac")
	h.add("Music/Mixtape/b.flac", "red.flac")
	h.now()
	h.want(musicKinds,
		"MusicArtist The Band", "MusicArtist Quiet Artist", "MusicArtist Someone",
		"MusicAlbum Blue (2001) in The Band",
		"Audio First Song (2001) 1#1 in Blue [Music/The Band/Blue (2001)/CD1/01.flac +lrc:]",
		"Audio Second Song (2001) 2#2 in Blue [Music/The Band/Blue (2001)/CD2/01.flac]",
		"MusicAlbum Untold (2001) in Quiet Artist",
		"Audio Third (2001)#4 in Untold [Music/Quiet Artist/Untold/03 - Third.mp3]",
		"MusicAlbum Blue (2001) in The Band",
		"Audio First Song (2001)#1 in Blue [Music/Mixtape/a.flac]",
		"MusicAlbum Red (2001) in Someone",
		"Audio Other (2001)#3 in Red [Music/Mixtape/b.flac]",
	)
	band := h.one(library.MusicArtist, "The Band")
	if _, ok := band.Image(library.Primary, 0); !ok || band.ID != library.EntityID(library.MusicArtist, "the band") {
		t.Errorf("artist is %+v", band)
	}
	for _, a := range h.items(library.MusicAlbum) {
		im, ok := a.Image(library.Primary, 0)
		if a.Name == "Blue" && (!ok || im.Embedded == (a.Path == h.path("Music/The Band/Blue (2001)"))) {
			t.Errorf("picture of %s is %+v", a.Path, im)
		}
	}
}

// fileKinds are all that items of files can be.
var fileKinds = []library.Kind{
	library.Folder, library.Movie, library.Series, library.Season, library.Episode, library.MusicArtist, library.MusicAlbum,
	library.Audio, library.MusicVideo, library.Video, library.Trailer, library.Photo, library.PhotoAlbum, library.AudioBook,
	library.Book, library.BoxSet, library.Playlist,
}

func TestExtrasBelongToTheirOwners(t *testing.T) {
	h := newHouse(t, films(), shows())
	h.add("Films/Alpha (2001)/Alpha (2001).mkv", "a.mkv")
	h.add("Films/Alpha (2001)/Alpha (2001)-trailer.mkv", "b.mkv")
	h.add("Films/Alpha (2001)/behind the scenes/Making of.mkv", "b.mkv")
	h.add("Films/Alpha (2001)/theme.mp3", "plain.mp3")
	h.add("Films/Alpha (2001)/backdrops/loop.mkv", "b.mkv")
	h.add("Films/Beta.mkv", "a.mkv")
	h.add("Films/Betamax.mkv", "b.mkv")
	h.add("Films/Betamax-deleted.mkv", "b.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E01.mkv", "a.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E01-interview.mkv", "b.mkv")
	h.add("Shows/The Show/Season 1/extras/Bloopers.mkv", "b.mkv")
	h.add("Shows/The Show/trailers/Next year.mkv", "b.mkv")
	h.add("Shows/The Show/theme-music/one.mp3", "plain.mp3")
	for range 2 {
		h.now()
		h.want(fileKinds,
			"Movie Alpha (2001) [Films/Alpha (2001)/Alpha (2001).mkv]", "Movie Beta [Films/Beta.mkv]", "Movie Betamax [Films/Betamax.mkv]",
			"Trailer Trailer in Alpha as Trailer [Films/Alpha (2001)/Alpha (2001)-trailer.mkv]",
			"Video Making of in Alpha as BehindTheScenes [Films/Alpha (2001)/behind the scenes/Making of.mkv]",
			"Audio Theme in Alpha as ThemeSong [Films/Alpha (2001)/theme.mp3]",
			"Video loop in Alpha as ThemeVideo [Films/Alpha (2001)/backdrops/loop.mkv]",
			"Video Deleted scene in Betamax as DeletedScene [Films/Betamax-deleted.mkv]",
			"Series The Show", "Season Season 1#1 in The Show", "Episode Episode 1 1#1 in Season 1 [Shows/The Show/Season 1/The Show S01E01.mkv]",
			"Video Interview in Episode 1 as Interview [Shows/The Show/Season 1/The Show S01E01-interview.mkv]",
			"Video Bloopers in Season 1 as Unknown [Shows/The Show/Season 1/extras/Bloopers.mkv]",
			"Trailer Next year in The Show as Trailer [Shows/The Show/trailers/Next year.mkv]",
			"Audio one in The Show as ThemeSong [Shows/The Show/theme-music/one.mp3]",
		)
	}
	v := h.store.View()
	alpha := h.one(library.Movie, "Alpha")
	if alpha.Extras != (library.ExtraCounts{Trailers: 1, SpecialFeatures: 1, ThemeSongs: 1, ThemeVideos: 1}) {
		t.Errorf("it has %+v", alpha.Extras)
	}
	if got := v.Extras(library.Viewer{}, alpha.ID); len(got) != 4 || got[0].Runtime == 0 {
		t.Errorf("extras are %v", got)
	}
	if n := v.Find(library.Query{Media: []library.MediaType{library.MediaVideo, library.MediaAudio}}).Total; n != 4 {
		t.Errorf("%d things are listed", n)
	}
	h.remove("Films/Alpha (2001)/Alpha (2001)-trailer.mkv")
	h.now()
	if got := h.store.View().Extras(library.Viewer{}, alpha.ID, library.TrailerExtra); len(got) != 0 {
		t.Errorf("a trailer that went is still there: %v", got)
	}
}

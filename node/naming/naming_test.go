package naming

import (
	"reflect"
	"strings"
	"testing"

	"sett/node/library"
)

func TestItReadsTitleAndYearOfFilms(t *testing.T) {
	for _, c := range []struct {
		path, title string
		year        int
	}{
		{"Harbour Lights (1987)/Harbour Lights (1987).mkv", "Harbour Lights", 1987},
		{"Harbour.Lights.1987.REPACK.1080p.BluRay.x264-GRP.mkv", "Harbour Lights", 1987},
		{"Harbour Lights 1987.mp4", "Harbour Lights", 1987},
		{"[1987] Harbour Lights.mkv", "Harbour Lights", 1987},
		{"1987 - Harbour Lights.mkv", "Harbour Lights", 1987},
		{"2010 (1984).mkv", "2010", 1984},
		{"Sector 2077 (2019).mkv", "Sector 2077", 2019},
		{"Sector 2077.mkv", "Sector 2077", 0},
		{"Q.E.D. (1999).mkv", "Q.E.D.", 1999},
		{"Mr. Nobody Else (2009).mkv", "Mr. Nobody Else", 2009},
		{"[REC].mkv", "[REC]", 0},
		{"The German Baker (2013).mkv", "The German Baker", 2013},
		{"The Baker German 720p.mkv", "The Baker", 0},
		{"Night Train.xvid.avi", "Night Train", 0},
		{"Night Train part 1.mkv", "Night Train part 1", 0},
		{"Night Train cd2.avi", "Night Train", 0},
		{"Night Train (1999) (Director's Cut).mkv", "Night Train", 1999},
		{"Concert 2013-12-09.mkv", "Concert 2013-12-09", 0},
		{"Фильм (1975).mkv", "Фильм", 1975},
		{"映画 2001 1080p.mkv", "映画", 2001},
		{"a/b\\Night Train (1999).mkv", "Night Train", 1999},
		{"", "", 0},
		{".mkv", "", 0},
	} {
		v := Video(c.path)
		if v.Title != c.title || v.Year != c.year {
			t.Errorf("%q: got %q %d, want %q %d", c.path, v.Title, v.Year, c.title, c.year)
		}
	}
}

func TestItReadsWhatElseAFilmsNameSays(t *testing.T) {
	for _, c := range []struct {
		path string
		want VideoName
	}{
		{"Night Train (1999) [tmdbid=42] {imdb-tt0012345}.mkv",
			VideoName{Title: "Night Train", Year: 1999, Ext: "mkv", Providers: map[string]string{"Tmdb": "42", "Imdb": "tt0012345"}}},
		{"Night Train tt0012345.mkv", VideoName{Title: "Night Train tt0012345", Ext: "mkv", Providers: map[string]string{"Imdb": "tt0012345"}}},
		{"Night Train (1999) {edition-Final Cut}.mkv", VideoName{Title: "Night Train", Year: 1999, Edition: "Final Cut", Ext: "mkv"}},
		{"Night Train (1999).3d.hsbs.mkv", VideoName{Title: "Night Train", Year: 1999, Format3D: HalfSideBySide, Ext: "mkv"}},
		{"Night Train 3D FTAB.mkv", VideoName{Title: "Night Train", Format3D: FullTopAndBottom, Ext: "mkv"}},
		{"Night Train [3d].mkv", VideoName{Title: "Night Train", Format3D: HalfSideBySide, Ext: "mkv"}},
		{"Night Train mvc.mkv", VideoName{Title: "Night Train", Format3D: MultiView, Ext: "mkv"}},
		{"Night Train-disc2.mkv", VideoName{Title: "Night Train", Part: 2, Ext: "mkv"}},
		{"Night Train (1999).dvd.disc", VideoName{Title: "Night Train", Year: 1999, Stub: "dvd", Ext: "disc"}},
		{"Night Train (1999)-trailer.mkv", VideoName{Title: "Night Train", Year: 1999, Extra: Trailer, Ext: "mkv"}},
		{"Night Train-featurette2.mkv", VideoName{Title: "Night Train", Extra: Featurette, Ext: "mkv"}},
	} {
		if v := Video(c.path); !reflect.DeepEqual(v, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.path, v, c.want)
		}
	}
}

// n is a number or, negative, none.
func n(v int) library.Number {
	if v < 0 {
		return 0
	}
	return library.Num(v)
}

func TestItReadsSeasonAndEpisode(t *testing.T) {
	for _, c := range []struct {
		path                      string
		folder, season, first, to int
		series, title             string
	}{
		{"Harbour/Season 1/Harbour - S01E02 - The Pier.mkv", 1, 1, 2, -1, "Harbour", "The Pier"},
		{"Harbour/Season 1/harbour.s01e02.the.pier.720p.web.h264-grp.mkv", 1, 1, 2, -1, "harbour", "the pier"},
		{"Harbour/Season 1/HarbourS01E02.mkv", 1, 1, 2, -1, "Harbour", ""},
		{"Harbour/Season 1/Harbour 1x02-03.mkv", 1, 1, 2, 3, "Harbour", ""},
		{"Harbour/Season 1/Harbour S01E02E03E04.mkv", 1, 1, 2, 4, "Harbour", ""},
		{"Harbour/Season 1/Harbour S01E02 & E03.mkv", 1, 1, 2, 3, "Harbour", ""},
		{"Harbour/Season 1/Harbour - s01e02-s01e03.mkv", 1, 1, 2, 3, "Harbour", ""},
		{"Harbour/Season 1/Harbour S01E02-1080p.mkv", 1, 1, 2, -1, "Harbour", ""},
		{"Harbour/Season 1/Harbour S01E02 - 7 Days.mkv", 1, 1, 2, -1, "Harbour", "7 Days"},
		{"Harbour/Season 1/Harbour S01E02 24 Hours.mkv", 1, 1, 2, -1, "Harbour", "24 Hours"},
		{"Harbour/Season 1/03 - Storm Part 2.mkv", 1, -1, 3, -1, "", "Storm Part 2"},
		{"Harbour/Season 1/03-04 - Storm.mkv", 1, -1, 3, 4, "", "Storm"},
		{"Harbour/Season 1/03.mkv", 1, -1, 3, -1, "", ""},
		{"Harbour/Season 1/103.mkv", 1, 1, 3, -1, "", ""},
		{"Harbour/Season 1/Harbour 103.mkv", 1, 1, 3, -1, "Harbour", ""},
		{"Harbour/Season 2/Harbour 103.mkv", 2, -1, 103, -1, "Harbour", ""},
		{"Harbour/Harbour 0807 The Pier.avi", -1, 8, 7, -1, "Harbour", "The Pier"},
		{"Harbour/Harbour - 136 [720p].mkv", -1, -1, 136, -1, "Harbour", ""},
		{"Harbour/Harbour 2 - 03.mkv", -1, 2, 3, -1, "Harbour", ""},
		{"Harbour/[Grp] Harbour S2 - 05 [1080p].mkv", -1, 2, 5, -1, "Harbour", ""},
		{"Harbour/[Grp] Harbour - 05v2 (BD).mkv", -1, -1, 5, -1, "Harbour", ""},
		{"Harbour/[Grp][Harbour_Town][07][1080p].mkv", -1, -1, 7, -1, "Harbour_Town", ""},
		{"Harbour/2. Staffel/Folge 3 - Der Pier.avi", 2, -1, 3, -1, "", "Der Pier"},
		{"Harbour/第03話 港.mkv", -1, -1, 3, -1, "", "港"},
		{"Harbour/Season 1/Harbour Part II.mkv", 1, -1, 2, -1, "Harbour", ""},
		{"Harbour/Specials/Harbour S00E03.mkv", 0, 0, 3, -1, "Harbour", ""},
		{"Harbour/Season 01/Pilot.mkv", 1, -1, -1, -1, "", ""},
		{"48/Season 1/48 - 05 - The Pier.mkv", 1, -1, 5, -1, "48", "The Pier"},
		{"48/Season 3/48.S03E07.mkv", 3, 3, 7, -1, "48", ""},
		{"Harbour/Season 1/Harbour.S01E02.DDP5.1x264.mkv", 1, 1, 2, -1, "Harbour", ""},
		{"Harbour/Season 1/Harbour [1920x1080] - 02.mkv", 1, -1, -1, -1, "", ""},
		{"Harbour/S01/E05.mkv", 1, -1, 5, -1, "", ""},
	} {
		e := Episode(c.path, EpisodeOptions{})
		if e.FolderSeason != n(c.folder) || e.Season != n(c.season) || e.Episode != n(c.first) || e.EpisodeEnd != n(c.to) ||
			e.Series != c.series || e.Title != c.title {
			t.Errorf("%q: got %+v", c.path, e)
		}
	}
}

func TestItReadsDatesOfDailyShows(t *testing.T) {
	want := Date{2015, 3, 24}
	for _, p := range []string{
		"Late/Late 2015-03-24 Guest.mkv", "Late/Late.2015.03.24.mkv", "Late/Late - 24.03.2015.mkv", "Late/Late 03-24-2015.mkv",
		"Late/Late 20150324.mkv", "Late_CHAN-5_2015_03_24_21_05_00.wtv", "Late/Late (2015-03-24) - [720p].mkv",
	} {
		e := Episode(p, EpisodeOptions{})
		if e.Date != want || e.Series != "Late" || e.Episode != 0 || !e.OK() {
			t.Errorf("%q: got %+v", p, e)
		}
	}
	for _, p := range []string{"Late 2015-13-24.mkv", "Late 2015-03-99.mkv", "Late 120150324.mkv"} {
		if e := Episode(p, EpisodeOptions{}); !e.Date.IsZero() {
			t.Errorf("%q: got the date %v", p, e.Date)
		}
	}
}

func TestAbsoluteNumbersAreNeverSplit(t *testing.T) {
	e := Episode("Harbour/Harbour 102.mkv", EpisodeOptions{Absolute: true})
	if e.Season != 0 || e.Episode != library.Num(102) || !e.Absolute {
		t.Errorf("absolute: got %+v", e)
	}
	e = Episode("Harbour/Harbour 102.mkv", EpisodeOptions{})
	if e.Season != library.Num(1) || e.Episode != library.Num(2) {
		t.Errorf("by season: got %+v", e)
	}
}

func TestAnEpisodesSeasonFallsBackToItsFolder(t *testing.T) {
	e := Episode("Harbour/Season 4/02 - Pier.mkv", EpisodeOptions{})
	if e.EffectiveSeason() != library.Num(4) || e.Last() != library.Num(2) {
		t.Errorf("got season %v, last %v", e.EffectiveSeason(), e.Last())
	}
	e = Episode("Harbour/Season 4/S05E02-E03.mkv", EpisodeOptions{})
	if e.EffectiveSeason() != library.Num(5) || e.Last() != library.Num(3) {
		t.Errorf("got season %v, last %v", e.EffectiveSeason(), e.Last())
	}
}

func TestItReadsSeasonFoldersInManyLanguages(t *testing.T) {
	for name, want := range map[string]int{
		"Season 4": 4, "season04": 4, "S04": 4, "s4": 4, "Series 4": 4, "Staffel 4": 4, "4. Staffel": 4, "Saison 4": 4,
		"4e saison": 4, "Temporada 4": 4, "4ª Temporada": 4, "Stagione 4": 4, "Seizoen 4": 4, "Sæson 4": 4, "Säsong 4": 4,
		"SÄSONG 4": 4, "Sesong 4": 4, "Kausi 4": 4, "4. évad": 4, "Sezon 4": 4, "Sezóna 4": 4, "Sezonul 4": 4, "Сезон 4": 4,
		"СЕЗОН 4": 4, "シーズン4": 4, "시즌 4": 4, "第4季": 4, "4th Season": 4, "2nd season": 2, "Season 4 (2011)": 4,
		"Season 4 - The Return": 4, "Season_4": 4, "Specials": 0, "Season 0": 0, "S00": 0, "4": 4, "04": 4, "2011": 2011,
		"Harbour S04": 4, "Harbour Season 4": 4, "Harbour (2010) Season 4": 4, "Harbour.S04.1080p.WEB-GRP": 4,
		"[Harbour.S04.720p]": 4, "Harbour [S04]": 4, "Port.S04.1080p": 4,
		"Season": -1, "Season (4)": -1, "Season Four": -1, "S04E02": -1, "4x02": -1, "Making of Season 4": -1,
		"Episode 1 Season 4": -1, "Featurettes": -1, "4 Seasons Hotel": -1, "Harbour": -1, "": -1, "12345": -1,
		"2024-01-24 News": -1, "Season 1080p": -1, "28 Weeks": -1,
	} {
		got, ok := Season("/tv/Harbour (2010)/"+name, "/tv/Harbour (2010)")
		if !ok {
			got = -1
		}
		if name == "" {
			continue
		}
		if got != want {
			t.Errorf("%q: got %d, want %d", name, got, want)
		}
	}
}

func TestPlainNumbersAreNoSeasonsInMixedLibraries(t *testing.T) {
	for _, name := range []string{"4", "Extras", "300", "12 Monkeys"} {
		if got, ok := SeasonIn(name, "Harbour"); ok {
			t.Errorf("%q: got season %d", name, got)
		}
	}
	if got, ok := SeasonIn("S04", "Harbour"); !ok || got != 4 {
		t.Errorf("S04: got %d %v", got, ok)
	}
}

func TestItReadsSeriesFolders(t *testing.T) {
	for folder, want := range map[string]SeriesName{
		"/tv/Harbour (2010)":           {Title: "Harbour", Raw: "Harbour (2010)", Year: 2010},
		"Harbour (2010) [tvdbid-77]":   {Title: "Harbour", Raw: "Harbour (2010) [tvdbid-77]", Year: 2010, Providers: map[string]string{"Tvdb": "77"}},
		"Harbour {tmdb-9}":             {Title: "Harbour", Raw: "Harbour {tmdb-9}", Providers: map[string]string{"Tmdb": "9"}},
		"Harbour.Town.S02.1080p.x264":  {Title: "Harbour Town", Raw: "Harbour.Town"},
		"Harbour_Town_Season_2":        {Title: "Harbour Town", Raw: "Harbour_Town"},
		"The.Q.E.D.S01":                {Title: "The Q.E.D", Raw: "The.Q.E.D"},
		"Q.E.D. (1999)":                {Title: "Q.E.D.", Raw: "Q.E.D. (1999)", Year: 1999},
		"1923 (2022)":                  {Title: "1923", Raw: "1923 (2022)", Year: 2022},
		"The 100":                      {Title: "The 100", Raw: "The 100"},
		"Harbour (1996-2007)":          {Title: "Harbour", Raw: "Harbour (1996-2007)", Year: 1996},
		"[Grp] Harbour (Season 2) [x]": {Title: "Harbour", Raw: "[Grp] Harbour"},
		"SG-1":                         {Title: "SG-1", Raw: "SG-1"},
		"Season 1":                     {Title: "Season 1", Raw: "Season 1"},
	} {
		if got := Series(folder); !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %+v\nwant %+v", folder, got, want)
		}
	}
}

func TestItKnowsStatusWords(t *testing.T) {
	for in, want := range map[string]string{"Ended": "Ended", "canceled": "Ended", "Returning Series": "Continuing", " Continuing ": "Continuing",
		"In Production": "Continuing", "Planned": "Unreleased", "": "", "gibberish": ""} {
		if got, ok := SeriesStatus(in); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v", in, got, ok)
		}
	}
}

func TestItTellsExtrasFromTheThingItself(t *testing.T) {
	for path, want := range map[string]ExtraKind{
		"Film/trailers/a.mkv": Trailer, "Film/Behind The Scenes/a.mkv": BehindTheScenes, "Film/deleted scenes/a.mkv": DeletedScene,
		"Film/Featurettes/a.mkv": Featurette, "Film/interviews/a.mkv": Interview, "Film/scenes/a.mkv": Scene, "Film/shorts/a.mkv": Short,
		"Film/clips/a.mkv": Clip, "Film/samples/a.mkv": Sample, "Film/extras/a.mkv": UnknownExtra, "Film/other/a.mkv": UnknownExtra,
		"Film/backdrops/a.mkv": ThemeVideo, "Film/theme-music/a.mp3": ThemeSong, "Film/theme.mp3": ThemeSong, "Film/theme.mkv": ThemeVideo,
		"Film/trailer.mkv": Trailer, "Film/Film-trailer.mkv": Trailer, "Film/Film.trailer.mkv": Trailer, "Film/Film_trailer2.mkv": Trailer,
		"Film/Film-sample.mkv": Sample, "Film/sample-film.mkv": Sample, "Film/Film-behindthescenes.mkv": BehindTheScenes,
		"Film/Film-deleted.mkv": DeletedScene, "Film/Film-deletedscene.mkv": DeletedScene, "Film/Film-featurette.mkv": Featurette,
		"Film/Film-interview.mkv": Interview, "Film/Film-scene.mkv": Scene, "Film/Film-short.mkv": Short, "Film/Film-clip.mkv": Clip,
		"Film/Film-extra.mkv": UnknownExtra, "Film/Film-other.mkv": UnknownExtra,
		"Film/Film.mkv": NoExtra, "Film/A Clip.mkv": NoExtra, "Film/The Big Short.mkv": NoExtra, "Film/Short.mkv": NoExtra,
		"not a scene/Film.mkv": NoExtra, "The Big Short/Film.mkv": NoExtra, "theme-music/a.mkv": NoExtra, "song.mp3": NoExtra, "": NoExtra,
	} {
		got, ok := Extra(path)
		if got != want || ok != (want != NoExtra) {
			t.Errorf("%q: got %q %v, want %q", path, got, ok, want)
		}
	}
}

func TestItCleansReleaseNames(t *testing.T) {
	for in, want := range map[string]string{
		"Night Train 480p 2001.mp4": "Night Train", "Night Train [480p].mp4": "Night Train", "Night Train multi 480p.mkv": "Night Train",
		"[Grp] Night Train - 13 [720p].mkv": "Night Train", "[Grp] Night Train E01~E16 720p-X": "Night Train",
		"Night.Train.UNRATED.WEB-DL.mkv": "Night.Train", "night.train.unrated.mkv": "night.train", "Night Train Blu-ray.mkv": "Night Train", "Night.Train.x264-GRP[site]": "Night.Train",
		"Night Train [bar] {tmdb-1}": "Night Train", "Night Train (1080p).mkv": "Night Train",
	} {
		if got, ok := CleanName(in); got != want || !ok {
			t.Errorf("%q: got %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "Night Train.mkv", "Night.Train.mkv", "Night Train (nuit) (2009).mp4", "[rec].mkv", "Night Train [a] b.mkv", "Multi.mkv", "4K.mkv"} {
		if got, ok := CleanName(in); got != in || ok {
			t.Errorf("%q: got %q %v, want it left alone", in, got, ok)
		}
	}
}

func TestItIgnoresWhatOthersLeaveInMediaFolders(t *testing.T) {
	for _, name := range []string{".hidden", "@eaDir", "Film.trickplay", "#recycle", "$RECYCLE.BIN", "System Volume Information",
		"Thumbs.db", "desktop.ini", "sample.mkv", "film.sample.mkv", "film.mkv.part", "film.mkv.!qB", "~$notes.epub", "lost+found", ""} {
		if !Ignored(name) {
			t.Errorf("%q is not ignored", name)
		}
	}
	for _, name := range []string{"Film.mkv", "Sample", "Film sample", "@home", "Season 1", "extrafanart", "part.mkv"} {
		if Ignored(name) {
			t.Errorf("%q is ignored", name)
		}
	}
}

func TestItKnowsExtensionsInEveryForm(t *testing.T) {
	for _, s := range []string{"mkv", ".MKV", "a.b.Mkv", "x.iso", "a.bluray.disc"} {
		if !IsVideo(s) {
			t.Errorf("%q is no video", s)
		}
	}
	switch {
	case IsVideo("a.mp3"), IsVideo(""), IsVideo("."), IsVideo("mkvv"), IsVideo("a.verylongextension"):
		t.Error("something is wrongly a video")
	case !IsAudio("a.flac"), IsAudio("a.mkv"), !IsPhoto("a.HEIC"), !IsBook(".epub"), !IsSubtitle("a.sup"), !IsLyrics("a.lrc"), !IsPlaylist("a.m3u8"):
		t.Error("a usual extension is not known")
	}
}

func TestSortNamesOrderAsPeopleExpect(t *testing.T) {
	names := []string{"The Abbey", "An Abbot", "Älg", "Ångström's Law", "Film 2", "Film 10", "Zoo"}
	for i := 1; i < len(names); i++ {
		if a, b := SortName(names[i-1]), SortName(names[i]); a >= b {
			t.Errorf("%q (%q) does not sort before %q (%q)", names[i-1], a, names[i], b)
		}
	}
	for in, want := range map[string]string{"The": "the", "A": "a", "...": "...", "": "", "Spider-Man: Home": "spider man home", "日本": "日本"} {
		if got := SortName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if strings.ContainsAny(Unaccent("Żółć é Ñ"), "éñÑ") {
		t.Error("accents left")
	}
}

package naming

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sett/node/library"
)

var seeds = []string{
	"Show/Season 1/Show - S01E02-E03 - Title [1080p].mkv", "Show/1x02.avi", "[Grp][Show][04v2].mkv", "Film (1999) {imdb-tt0000001}.mkv",
	"Film.cd1.avi", "Late_CH_2015_03_24_21_05_00.wtv", "Sea (Series, #2) (1890).epub", "第03話.mkv", "Film.en.hi.forced.srt",
	"[", "(", "((((", "[[[]]]", "S", "s1e", "1x", "E", ".", "..", "/", `\`, "\xff\xfe", "season", "season01-poster.jpg", "disc", "2-",
	"\u202egnp.mkv", "a\nb.mkv", strings.Repeat("[", 300), strings.Repeat("s01e01", 60), "İ S01E01.mkv", "ẞ 1. SEZÓNA",
}

func FuzzNoNameBreaksTheReaders(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "Show")
	}
	f.Fuzz(func(t *testing.T, path, other string) {
		v := Video(path)
		e := Episode(path, EpisodeOptions{Series: other})
		if utf8.ValidString(path) && (!utf8.ValidString(v.Title) || !utf8.ValidString(e.Title) || !utf8.ValidString(e.Series)) {
			t.Errorf("%q: a rune was cut: %q %q %q", path, v.Title, e.Title, e.Series)
		}
		if first, ok := e.Episode.Get(); ok {
			if last, ok := e.EpisodeEnd.Get(); ok && last <= first {
				t.Errorf("%q: ends with episode %d before %d", path, last, first)
			}
		}
		if _, name := cut(path); v.Title == "" && strings.Trim(name, " ._") != "" {
			if stem, _ := splitExt(name); strings.Trim(stem, " ._") != "" {
				t.Errorf("%q has no title", path)
			}
		}
		Season(path, other)
		Series(path)
		Extra(path)
		Book(path)
		AudiobookPart(path)
		Album(path)
		Track(path)
		DiscFolder(path)
		Ignored(path)
		SortName(path)
		Subtitle(other, path)
		Image(path, ImageContext{Of: library.Episode, Stem: other})
		Films(other, []string{path, other, path + "cd1.avi", path + "cd2.avi"})
	})
}

// BenchmarkOnePath reads a path the way a scan does; it should stay well below 20 µs.
func BenchmarkOnePath(b *testing.B) {
	paths := []string{
		"Harbour (2010)/Season 1/Harbour - S01E02 - The Pier [1080p].mkv",
		"Harbour/Harbour.Town.S02E03.1080p.WEB-DL.DDP5.1.H264-GRP.mkv",
		"[Grp] Harbour/[Grp] Harbour - 136 [1080p][Multiple Subtitle].mkv",
		"Harbour/Season 2/16 - Some Title.avi",
	}
	b.Run("Episode", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			Episode(paths[i%len(paths)], EpisodeOptions{})
		}
	})
	b.Run("Video", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			Video(paths[i%len(paths)])
		}
	})
	b.Run("Season", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			Season("Harbour.Town.S02.1080p.WEB-DL", "Harbour Town (2010)")
		}
	})
	b.Run("SortName", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			SortName("The Ångström Equation: Part 2")
		}
	})
}

package naming

import "strings"

// discWords begin the names of folders that hold one disc of an album.
var discWords = []string{"digital media", "volume", "vol", "disc", "disk", "cd", "dvd", "part", "act", "side"}

// DiscFolder reads the number of a disc's folder inside an album: "CD1",
// "Disc 04 (Encores)", "cd - 2". ok is false for albums and artists.
func DiscFolder(folder string) (n int, ok bool) {
	l := lower(strings.TrimSpace(base(folder)))
	for _, w := range discWords {
		rest, has := strings.CutPrefix(l, w)
		if !has {
			continue
		}
		i := skip(rest, 0, " ._-(#[")
		n, end, ok := number(rest, i, 3)
		if ok && (end == len(rest) || strings.IndexByte(" ([)]-_.:,", rest[end]) >= 0) {
			return n, true
		}
		return 0, false
	}
	return 0, false
}

// AlbumName is what an album's folder says.
type AlbumName struct {
	Title  string
	Artist string // of "Artist - Album"
	Year   int
}

// Album reads "1999 - Album", "[1999] Album", "Artist - Album (1999) [FLAC]".
func Album(folder string) AlbumName {
	name := strings.TrimSpace(base(folder))
	var a AlbumName
	if y, rest, ok := leadingYear(name); ok {
		a.Year, name = y, rest
	}
	name = cutBraces(name)
	if t, y := SplitYear(name); y != 0 && len(t) < len(name) && strings.HasSuffix(name, ")") { // a loose year is part of an album's title
		name = t
		if a.Year == 0 {
			a.Year = y
		}
	}
	if artist, title, ok := strings.Cut(name, " - "); ok && artist != "" && title != "" {
		if y, end, isNumber := number(title, 0, 4); isNumber && end == 4 && y >= minYear && y <= maxYear && strings.HasPrefix(title[end:], " - ") {
			a.Year, title = y, title[end+3:] // "Artist - 1999 - Album"
		}
		a.Artist, name = strings.TrimSpace(artist), title
	}
	a.Title = Humanize(strings.TrimSpace(name))
	return a
}

// TrackName is what the file name of a song says.
type TrackName struct {
	Title  string
	Artist string
	Disc   int // 0: not said
	Track  int // 0: not said
}

// Track reads "01 - Title", "1-01 Title", "203. Title" (disc 2), "Artist - 01 -
// Title", "Artist - Title".
func Track(path string) TrackName {
	name, _ := splitExt(base(path))
	name = strings.TrimSpace(name)
	t := TrackName{Title: name}
	if rest, ok := t.numbers(name); ok {
		t.Title = rest
	} else if artist, rest, ok := strings.Cut(name, " - "); ok {
		t.Artist = strings.TrimSpace(artist)
		t.Title = strings.TrimSpace(rest)
		if rest, ok := t.numbers(t.Title); ok {
			t.Title = rest
		}
	}
	t.Title = Humanize(t.Title)
	return t
}

// numbers takes disc and track from the front of s.
func (t *TrackName) numbers(s string) (rest string, ok bool) {
	n, i, ok := number(s, 0, 3)
	if !ok {
		return s, false
	}
	if i < len(s) && (s[i] == '-' || s[i] == '.') {
		if m, j, ok := number(s, i+1, 3); ok && j > i+2 && n > 0 && n < 100 && (j == len(s) || !isWord(s[j])) {
			t.Disc, n, i = n, m, j
		}
	} else if i == 3 && n%100 > 0 {
		t.Disc, n = n/100, n%100
	}
	if i < len(s) && isWord(s[i]) {
		t.Disc = 0
		return s, false
	}
	rest = strings.TrimLeft(s[i:], " ._-)")
	if rest == "" || i < len(s) && s[i] == ' ' && i == 1 && !strings.HasPrefix(s[i:], " - ") { // "9 Crimes" is a title
		t.Disc = 0
		return s, false
	}
	t.Track = n
	return rest, true
}

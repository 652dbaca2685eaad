package naming

import (
	"strings"
	"unicode/utf8"
)

// seasonWords are the words for "season" in the languages people keep libraries
// in, folded.
var seasonWords = set(`season seasons series serie staffel saison stagione temporada tempada sæson saeson säsong sasong
	seasong sesong seizoen sezon sezona sezóna sezonul sezonas sezony sezono sezonu kausi évad evad årstid serija
	сезон シーズン 시즌 季 σεζόν κύκλος mùa mua musim ฤดูกาล ซีซั่น עונה موسم الموسم denboraldia tymor séasúr sæsong`)

// specialWords name the season of what is in no season.
var specialWords = set(`specials special extras extra season00 spezial sonderfolgen especiales spéciaux спецвыпуски`)

// Season reads the number of a season from its folder's name: "Season 1", "S01",
// "3.Staffel", "2nd Season", "Specials" (0), "1", "The Show S02 1080p" inside
// "The Show". ok is false for folders that are no season.
func Season(folder, series string) (n int, ok bool) {
	if n, ok := SeasonIn(folder, series); ok {
		return n, true
	}
	name := strings.TrimSpace(base(folder))
	if specialWords[lower(name)] {
		return 0, true
	}
	if n, end, ok := number(name, 0, 4); ok && end == len(name) {
		return n, true
	}
	return packSeason(strings.ToLower(name), strings.ToLower(base(series)))
}

// packSeason reads a release of a whole season whose name differs from the series
// folder's: "Office.US.S02.1080p" in "The Office". "Season 2" must follow a word
// of the series' name: "Making of Season 2" is no season.
func packSeason(name, series string) (int, bool) {
	i := seasonMark(name)
	if i <= 0 {
		return 0, false
	}
	if w := leadingWord(name[i:]); w != "s" && !sharesWord(name[:i], series) {
		return 0, false
	}
	return seasonOf(name[i:])
}

// sharesWord reports whether the first word of a, articles apart, is in b.
func sharesWord(a, b string) bool {
	first := ""
	words(a, func(i, j int) bool {
		first = a[i:j]
		return first == "the" || first == "a"
	})
	found := false
	words(b, func(i, j int) bool {
		found = b[i:j] == first
		return !found
	})
	return found && first != ""
}

// SeasonIn is Season without the names that mean a season only where shows are
// known to be: no plain numbers, no "extras". It is the one for mixed libraries.
func SeasonIn(folder, series string) (n int, ok bool) {
	name := strings.TrimSpace(base(folder))
	if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
		name = name[1 : len(name)-1]
	}
	name = strings.ToLower(name)
	if rest, ok := afterSeries(name, strings.ToLower(base(series))); ok {
		if n, ok := seasonOf(rest); ok {
			return n, true
		}
	}
	return seasonOf(name)
}

// afterSeries removes the series' name from the front, whatever separates words.
func afterSeries(name, series string) (string, bool) {
	series, _ = SplitYear(series)
	i, j := 0, 0
	for {
		i, j = skip(name, i, separators), skip(series, j, separators)
		if j >= len(series) {
			break
		}
		if i >= len(name) || name[i] != series[j] {
			return name, false
		}
		i, j = i+1, j+1
	}
	if i == 0 || i >= len(name) || isWord(name[i]) && isWord(name[i-1]) {
		return name, false
	}
	rest := name[i:]
	if title, y := SplitYear("x " + rest); y != 0 && strings.TrimSpace(title) == "x" { // "(2010) Season 1"
		_, rest, _ = strings.Cut(rest, itoa4(y))
		rest = strings.TrimLeft(rest, ") ]._-")
	}
	return rest, true
}

func itoa4(y int) string {
	return string([]byte{'0' + byte(y/1000%10), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10)})
}

// seasonOf reads "season 1 …", "s1 …", "1st season", "3.staffel", "第2季".
func seasonOf(s string) (int, bool) {
	s = strings.TrimLeft(s, " ._-[")
	if strings.HasPrefix(s, "第") {
		if n, end, ok := number(s, len("第"), 4); ok && seasonWords[firstRunes(s[end:], 1)] {
			return n, true
		}
	}
	if n, end, ok := number(s, 0, 4); ok && numberedSeason(s[end:]) {
		return n, true
	}
	w := leadingWord(s)
	if !seasonWords[w] && w != "s" {
		return 0, false
	}
	i := skip(s, len(w), " ._-")
	n, end, ok := number(s, i, 4)
	if !ok || !endsWord(s, end) || episodeFollows(s, end) {
		return 0, false
	}
	return n, true
}

// numberedSeason judges what follows a leading number: an ordinal's ending and the
// word for season, and nothing that goes on as a sentence.
func numberedSeason(s string) bool {
	for _, suffix := range []string{"st", "nd", "rd", "th", "ª", "º", "e", "a"} {
		if strings.HasPrefix(s, suffix) && endsWord(s, len(suffix)) {
			s = s[len(suffix):]
			break
		}
	}
	s = strings.TrimLeft(s, " ._-")
	w := leadingWord(s)
	if !seasonWords[w] || !endsWord(s, len(w)) {
		return false
	}
	next := leadingWord(strings.TrimLeft(s[len(w):], " ._-")) // "4 Seasons Hotel" goes on
	return next == "" || weakJunk[next] || strongJunk[next]
}

// leadingWord is the run of letters s begins with.
func leadingWord(s string) string {
	i := 0
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	return s[:i]
}

func firstRunes(s string, n int) string {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, w := utf8.DecodeRuneInString(s[i:])
		i += w
	}
	return s[:i]
}

// episodeFollows reports "s01e02", which names an episode.
func episodeFollows(s string, i int) bool {
	i = skip(s, i, " ._-[]")
	if i >= len(s) || s[i] != 'e' && s[i] != 'x' {
		return false
	}
	i++
	if i < len(s) && s[i] == 'p' {
		i++
	}
	return i < len(s) && isDigit(s[i])
}

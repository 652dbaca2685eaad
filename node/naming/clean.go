package naming

import "strings"

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// strongJunk never belongs to a title: the title ends before the first of these.
var strongJunk = set(`3d sbs hsbs fsbs htab hou mvc hdr hdr10 hdr10plus hdc uhd ultrahd 4k 8k
	ac3 eac3 dts aac ddp5 dd5 ddp dolbyvision truehd atmos flac opus
	divx divx5 xvid xvidvd x264 x265 h264 h265 hevc avc av1 vp9 10bit 8bit hi10p
	dvdrip dvdscr dvdscreener dvdivx dsr dsrip hdtv hdrip hdtvrip pdtv brrip bdrip hddvd bluray blu-ray bdremux remux
	hrhd hrhdtv web-dl webdl webrip web-rip dvb dvbrip tvrip vhsrip svcd vcd nfofix read.nfo telesync telecine
	cd1 cd2 cd3 cd4 cd5 cd6 cd7 cd8 cd9 r5 bd5 bd25 bd50 rerip www.www ntsc ogm screener`)

// weakJunk is also English: it goes when junk follows it, or when it ends a name
// that is dotted, or stands there in capitals.
var weakJunk = set(`custom dc cam fragment fs internal limited multi subs ogg pal proper repack retail se swedish
	german dutch french italian spanish english unrated uncut ws ts tc xxx dvd bd web dl dual tab remastered extended complete
	readnfo dubbed subbed multisubs imax hybrid nf amzn dsnp hulu stv`)

// CleanName cuts what release names add to a title: group tags in front, quality,
// codecs and anything in square brackets behind, provider ids, the number of an
// anime episode. It reports whether there was anything to cut; if not, the name is
// returned as it came, extension and all.
func CleanName(name string) (string, bool) {
	stem, _ := splitExt(name)
	stem = strings.TrimSpace(stem)
	s := cleanStem(stem)
	if s == "" || s == strings.TrimRight(stem, looseEnd) {
		return name, false
	}
	return s, true
}

const looseEnd = " _,-([{"

// cleanStem is CleanName for what has no extension; it may leave nothing.
func cleanStem(s string) string {
	s = cutGroup(strings.TrimSpace(s))
	s = cutBraces(s)
	s = cutJunk(s)
	s = cutEpisodeRange(s)
	s = cutTrailingNumber(s)
	s = cutExtraSuffix(s)
	return strings.TrimSpace(strings.TrimRight(s, looseEnd))
}

// cutGroup removes "[Group] " in front, unless it is all there is.
func cutGroup(s string) string {
	for strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return s
		}
		rest := strings.TrimLeft(s[end+1:], " _.-")
		if rest == "" || rest[0] == '[' || rest[0] == '(' {
			return s
		}
		s = rest
	}
	return s
}

// cutBraces removes [tags] at the end, a bracket of release facts and everything
// after it, and {ids} wherever they stand.
func cutBraces(s string) string {
	for from := 1; from < len(s); {
		i := strings.IndexAny(s[from:], "[{")
		if i < 0 {
			return s
		}
		i += from
		end := strings.IndexByte(s[i:], closing(s[i]))
		if end < 0 {
			return s
		}
		end += i
		inner, rest := s[i+1:end], s[end+1:]
		switch {
		case strings.TrimRight(strings.TrimSpace(rest), "-_. ") == "",
			skip(rest, 0, " ._-") < len(rest) && strings.IndexByte("[{", rest[skip(rest, 0, " ._-")]) >= 0 && onlyBraces(rest),
			hasJunk(inner):
			return strings.TrimRight(s[:i], " ._-")
		case isProviderTag(inner):
			s = strings.TrimRight(s[:i], " ._-") + rest
		default:
			from = end + 1
		}
	}
	return s
}

func closing(c byte) byte {
	switch c {
	case '[':
		return ']'
	case '{':
		return '}'
	}
	return ')'
}

// onlyBraces reports whether s is nothing but bracketed groups.
func onlyBraces(s string) bool {
	for {
		s = strings.TrimLeft(s, " ._-")
		if s == "" {
			return true
		}
		if strings.IndexByte("[{(", s[0]) < 0 {
			return false
		}
		end := strings.IndexByte(s, closing(s[0]))
		if end < 0 {
			return true
		}
		s = s[end+1:]
	}
}

func hasJunk(s string) bool {
	found := false
	words(s, func(a, b int) bool {
		found = isStrong(s, a, b)
		return !found
	})
	return found
}

// isStrong judges the word s[a:b], alone or joined to the next ("blu-ray").
func isStrong(s string, a, b int) bool {
	if b-a > 12 {
		return false
	}
	w := lower(s[a:b])
	if strongJunk[w] || isResolution(w) {
		return true
	}
	if b < len(s) && (s[b] == '-' || s[b] == '.') && (w == "blu" || w == "web" || w == "read" || w == "www") {
		c := b + 1
		for c < len(s) && !isSep(s[c]) {
			c++
		}
		return strongJunk[w+s[b:b+1]+lower(s[b+1:c])]
	}
	return false
}

// isResolution takes 480p, 1080i, 2160p50, 1920x1080.
func isResolution(w string) bool {
	n, i, ok := number(w, 0, 4)
	if !ok || i < 3 || n < 240 || i >= len(w) {
		return false
	}
	switch w[i] {
	case 'p', 'i':
		return i+1 == len(w) || isDigit(w[i+1])
	case 'x':
		_, j, ok := number(w, i+1, 4)
		return ok && j-i > 3 && j == len(w)
	}
	return false
}

// cutJunk ends the title before the first strong word, and before the weak words
// that lead up to it or stand at the end.
func cutJunk(s string) string {
	cutAt, weakFrom := -1, -1
	words(s, func(a, b int) bool {
		switch {
		case a == 0:
		case isStrong(s, a, b):
			cutAt = a
			return false
		case weakJunk[lower(s[a:b])]:
			if weakFrom < 0 {
				weakFrom = a
			}
			return true
		}
		weakFrom = -1
		return true
	})
	switch {
	case weakFrom > 0 && cutAt > 0:
		cutAt = weakFrom
	case weakFrom > 0 && cutAt < 0 && (upper(s[weakFrom:]) || isDotted(s)):
		cutAt = weakFrom
	}
	if cutAt < 0 {
		return s
	}
	return strings.TrimRight(s[:cutAt], " _,.-([{")
}

// isDotted reports a release's way of writing spaces.
func isDotted(s string) bool {
	return strings.IndexByte(s, ' ') < 0 && strings.IndexByte(s, '.') > 0
}

func upper(s string) bool {
	for i := 0; i < len(s); i++ {
		if 'a' <= s[i] && s[i] <= 'z' {
			return false
		}
	}
	return true
}

// cutEpisodeRange ends the title before "E01-E16" or "E01~16".
func cutEpisodeRange(s string) string {
	for i := 1; i+4 < len(s); i++ {
		if s[i] != 'E' && s[i] != 'e' || isLetter(s[i-1]) && s[i-1] < 0x80 || isDigit(s[i-1]) {
			continue
		}
		_, j, ok := number(s, i+1, 4)
		if !ok || j >= len(s) || s[j] != '-' && s[j] != '~' {
			continue
		}
		j++
		if j < len(s) && (s[j] == 'E' || s[j] == 'e') {
			j++
		}
		if _, k, ok := number(s, j, 4); ok && endsWord(s, k) {
			return strings.TrimRight(s[:i], " _.-")
		}
	}
	return s
}

// cutTrailingNumber removes the " - 03" of an anime episode.
func cutTrailingNumber(s string) string {
	i := len(s)
	for i > 0 && isDigit(s[i-1]) {
		i--
	}
	if i == len(s) || i < 4 || s[i-1] != ' ' {
		return s
	}
	t := strings.TrimRight(s[:i], " ")
	if !strings.HasSuffix(t, " -") {
		return s
	}
	return strings.TrimRight(t, " -")
}

// Humanize makes a title of a dotted or underscored release name. Acronyms keep
// their dots: "The.Show.P.I" is "The Show P.I".
func Humanize(s string) string {
	if strings.ContainsRune(s, ' ') || !strings.ContainsAny(s, "._") {
		return strings.TrimSpace(s)
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case c == '_':
			b[i] = ' '
		case c == '.' && (runAt(s, i-1, -1) > 1 || runAt(s, i+1, 1) > 1):
			b[i] = ' '
		}
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

// runAt is the length of the word that begins at i and goes in direction step.
func runAt(s string, i, step int) int {
	n := 0
	for ; i >= 0 && i < len(s) && s[i] != '.' && s[i] != '_'; i += step {
		if s[i]&0xC0 != 0x80 { // count runes
			n++
		}
	}
	return n
}

package naming

import "strings"

// VideoName is what the file or folder name of a film, music video or home video
// says.
type VideoName struct {
	Title     string
	Year      int
	Providers map[string]string // "Imdb" → "tt0000001"
	Format3D  Format3D
	Part      int       // 1… of a film cut into several files, 0: whole
	Edition   string    // "Director's Cut", from {edition-…}
	Extra     ExtraKind // NoExtra for the thing itself
	Stub      string    // "dvd", "bluray", … of a file that stands for a disc on a shelf
	Ext       string    // folded, without dot; "" for folders
}

// Video reads the path of a film or any video that is no episode.
func Video(path string) VideoName {
	name := base(path)
	stem, ext := splitExt(name)
	v := VideoName{Ext: ext, Providers: ProviderIDs(stem), Edition: edition(stem)}
	if ext == "disc" {
		v.Stub = "disc"
		if i := strings.LastIndexByte(stem, '.'); i > 0 {
			stem, v.Stub = stem[:i], lower(stem[i+1:])
		}
	}
	v.Extra, _ = Extra(path)
	l := lower(stem)
	v.Format3D = format3D(l)
	if p, ok := partOf(stem); ok {
		v.Part, stem = p.n, p.name
	}
	if v.Extra != NoExtra {
		stem = cutExtraSuffix(stem)
	}
	v.Title, v.Year = titleOf(stem)
	return v
}

// titleOf takes title and year from a stem.
func titleOf(stem string) (string, int) {
	s := cutGroup(stem)
	title, year := SplitYear(s)
	if year == 0 {
		if y, rest, ok := leadingYear(s); ok {
			title, year = rest, y
		}
	}
	if t, changed := CleanName(title); changed {
		title = t
	}
	if t := Humanize(title); t != "" {
		return t, year
	}
	return stem, year
}

// leadingYear reads "(1999) Title" and "[1999] Title", and "1999 - Title".
func leadingYear(s string) (year int, rest string, ok bool) {
	i := 0
	if s != "" && (s[0] == '(' || s[0] == '[') {
		i = 1
	}
	y, end, ok := number(s, i, 4)
	if !ok || end-i != 4 || y < minYear || y > maxYear || end >= len(s) {
		return 0, s, false
	}
	if i == 1 {
		if s[end] != closing(s[0]) {
			return 0, s, false
		}
		end++
	} else if !strings.HasPrefix(s[end:], " - ") {
		return 0, s, false
	}
	rest = strings.TrimLeft(s[end:], " -._")
	return y, rest, rest != ""
}

// edition reads {edition-Director's Cut}.
func edition(s string) string {
	const mark = "{edition-"
	i := strings.Index(lower(s), mark)
	if i < 0 {
		return ""
	}
	s = s[i+len(mark):]
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return ""
	}
	return strings.TrimSpace(s[:end])
}

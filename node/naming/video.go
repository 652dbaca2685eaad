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
		v.Part = p.n
		if p.mark != "part" && p.mark != "pt" { // "Deathly Hallows Part 1" is a title
			stem = p.name
		}
	}
	if v.Extra != NoExtra {
		stem = cutExtraSuffix(stem)
	}
	v.Title, v.Year = titleOf(stem)
	return v
}

// titleOf takes title and year from a stem.
func titleOf(stem string) (string, int) {
	title, year := SplitYear(stem)
	if year == 0 {
		if y, rest, ok := leadingYear(stem); ok {
			title, year = rest, y
		}
	}
	for _, t := range []string{cutEdition(cleanStem(title)), title, stem} {
		if t = Humanize(t); t != "" {
			return t, year
		}
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

// editions are the cuts people name in brackets behind a title, folded and without
// apostrophes.
var editions = set(`directors_cut extended extended_cut extended_edition theatrical theatrical_cut theatrical_edition
	unrated unrated_cut uncut final_cut special_edition ultimate_edition ultimate_cut collectors_edition
	remastered 4k_remastered imax imax_edition criterion criterion_collection anniversary_edition open_matte
	black_and_white fan_edit workprint redux rogue_cut assembly_cut international_cut`)

// edition reads {edition-Director's Cut}, (Extended Edition), [Final Cut].
func edition(s string) string {
	for {
		i := strings.IndexAny(s, "[({")
		if i < 0 {
			return ""
		}
		end := strings.IndexByte(s[i:], closing(s[i]))
		if end < 0 {
			return ""
		}
		inner := strings.TrimSpace(s[i+1 : i+end])
		if e, ok := strings.CutPrefix(inner, "edition-"); ok {
			return strings.TrimSpace(e)
		}
		if isEdition(inner) {
			return inner
		}
		s = s[i+1:]
	}
}

func isEdition(s string) bool {
	s = strings.NewReplacer("'", "", "’", "", " ", "_", ".", "_").Replace(lower(s))
	return editions[s]
}

// cutEdition removes "(Extended Edition)" from the end.
func cutEdition(s string) string {
	i := strings.LastIndexAny(s, "[(")
	if i > 0 && s[len(s)-1] == closing(s[i]) && isEdition(s[i+1:len(s)-1]) {
		return strings.TrimRight(s[:i], looseEnd)
	}
	return s
}

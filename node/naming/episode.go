package naming

import (
	"strings"

	"sett/node/library"
)

// EpisodeName is what the path of an episode says.
type EpisodeName struct {
	Series string // text before the numbers as written, "" when the file does not say
	Title  string // text after them, cleaned
	Year   int    // of the series, when its name carries one

	Season     library.Number // as the file name says
	Episode    library.Number
	EpisodeEnd library.Number // last one of a file with several, else none
	Date       Date           // of shows that are numbered by day

	// FolderSeason is what the containing folder says.
	FolderSeason library.Number
	// Absolute numbers count through the whole series, or are not known to belong
	// to a season.
	Absolute bool

	Part      int // of an episode cut into several files, 0: whole
	Providers map[string]string
	Format3D  Format3D
}

// OK reports whether the name says which episode this is.
func (e EpisodeName) OK() bool { return e.Episode > 0 || !e.Date.IsZero() }

// EffectiveSeason is the season from the file name, else from the folder.
func (e EpisodeName) EffectiveSeason() library.Number {
	if e.Season > 0 {
		return e.Season
	}
	return e.FolderSeason
}

// Last is the last episode in the file: EpisodeEnd, or Episode.
func (e EpisodeName) Last() library.Number {
	if e.EpisodeEnd > 0 {
		return e.EpisodeEnd
	}
	return e.Episode
}

// EpisodeOptions says what is known of the show.
type EpisodeOptions struct {
	Series   string // its name, when the folders do not tell
	Absolute bool   // three digits are episode 102, never season 1 episode 2
	Folder   bool   // path is a folder; nothing to its name is an extension
}

// Episode reads a path in a library of shows.
func Episode(path string, o EpisodeOptions) EpisodeName {
	dir, name := cut(path)
	if !o.Folder {
		name, _ = splitExt(name)
	}
	p := episodeParser{s: name, l: lower(name), absolute: o.Absolute, series: o.Series}
	p.context(dir)
	p.parse()
	p.finish()
	return p.EpisodeName
}

// episodeParser works on one file name; l is s folded, with the same offsets.
type episodeParser struct {
	EpisodeName
	s, l     string
	series   string
	absolute bool
	from, to int // the numbers' place in s
}

// context learns season and series from the folders.
func (p *episodeParser) context(dir string) {
	if dir == "" {
		return
	}
	above, folder := cut(dir)
	if n, ok := Season(folder, above); ok {
		p.FolderSeason = library.Num(n)
		folder = base(above)
	}
	if p.series == "" {
		p.series = folder
	}
}

// parse tries the patterns, the most telling first.
func (p *episodeParser) parse() {
	_ = p.seasonEpisode() || p.cross() || p.date() || p.word() || p.bare() || p.part()
}

func (p *episodeParser) set(season, episode, from, to int) {
	if season >= 0 {
		p.Season = library.Num(season)
	}
	p.Episode, p.from, p.to = library.Num(episode), from, to
}

// seasonEpisode finds s01e02 in its many spellings, and "Season 1 Episode 2".
func (p *episodeParser) seasonEpisode() bool {
	for i := 0; i < len(p.l); i++ {
		if p.l[i] != 's' || !startsWord(p.l, i) && !(i > 0 && isLetter(p.l[i-1]) && p.s[i] == 'S') {
			continue
		}
		j := i + 1
		if w := leadingWord(p.l[i:]); seasonWords[w] {
			j = skip(p.l, i+len(w), " ._-")
		} else if i > 0 && isLetter(p.l[i-1]) && (p.s[i-1] < 'a' || p.s[i-1] > 'z') {
			continue
		}
		season, j, ok := number(p.l, j, 4)
		if !ok {
			continue
		}
		k, ok := episodeMark(p.l, skip(p.l, j, " ._-[]"))
		if !ok {
			if k, ok = p.dashNumber(j); !ok {
				continue
			}
		}
		if episode, end, ok := number(p.l, k, 5); ok {
			p.set(season, episode, i, end)
			p.more(season)
			return true
		}
	}
	return false
}

// dashNumber accepts the " - 05" of "Show S2 - 05".
func (p *episodeParser) dashNumber(i int) (int, bool) {
	if !strings.HasPrefix(p.l[i:], " - ") {
		return i, false
	}
	_, end, ok := number(p.l, i+3, 3)
	return i + 3, ok && (endsWord(p.l, end) || versionMark(p.l, end))
}

// episodeMark moves over what may stand between a season's and an episode's
// number.
func episodeMark(l string, i int) (int, bool) {
	for _, mark := range []string{"episode", "episodio", "folge", "xe", "ep", "e", "x"} {
		if strings.HasPrefix(l[i:], mark) {
			return skip(l, i+len(mark), " ._"), true
		}
	}
	return i, false
}

// cross finds 1x02.
func (p *episodeParser) cross() bool {
	for i := 0; i < len(p.l); i++ {
		if !isDigit(p.l[i]) || i > 0 && isWord(p.l[i-1]) {
			continue
		}
		season, j, ok := number(p.l, i, 4)
		if !ok || j >= len(p.l) || p.l[j] != 'x' {
			continue
		}
		episode, end, ok := number(p.l, j+1, 4)
		if !ok || end-j < 3 && j-i > 2 || isPicture(season, episode) {
			continue
		}
		if end < len(p.l) && isLetter(p.l[end]) && p.l[end] != 'x' && p.l[end] != 'e' && !subEpisode(p.l, end) {
			continue
		}
		p.set(season, episode, i, end)
		p.more(season)
		return true
	}
	return false
}

// isPicture reports that AxB is the size of a picture or a codec's name.
func isPicture(a, b int) bool { return a >= 300 && b >= 200 || b == 264 || b == 265 }

// subEpisode accepts the letter of "1x02a".
func subEpisode(l string, i int) bool {
	return l[i] >= 'a' && l[i] <= 'i' && endsWord(l, i+1)
}

// more reads the further numbers of a file with several episodes. After a plain
// dash the number must follow at once: "02x03 - 04 Title" is a title with a
// number, "02x03-04" is two episodes.
func (p *episodeParser) more(season int) {
	last, _ := p.Episode.Get()
	for {
		n, end, ok := p.next(season, last)
		if !ok {
			return
		}
		last, p.to = n, end
		p.EpisodeEnd = library.Num(n)
	}
}

func (p *episodeParser) next(season, last int) (n, end int, ok bool) {
	i := skip(p.l, p.to, " ._-+&~,")
	tight := i == p.to+1 && (p.l[p.to] == '-' || p.l[p.to] == '+' || p.l[p.to] == '~')
	j := i
	switch {
	case i >= len(p.l):
		return 0, 0, false
	case p.l[i] == 's':
		s, k, ok := number(p.l, i+1, 4)
		k = skip(p.l, k, " ._-")
		if !ok || s != season || k >= len(p.l) || p.l[k] != 'e' && p.l[k] != 'x' {
			return 0, 0, false
		}
		j = skip(p.l, k+1, "e")
	case p.l[i] == 'e' || p.l[i] == 'x':
		j = skip(p.l, i+1, "ep")
	case isDigit(p.l[i]):
		s, k, ok := number(p.l, i, 4)
		switch {
		case ok && s == season && k < len(p.l) && p.l[k] == 'x':
			j = k + 1
		case !tight:
			return 0, 0, false
		}
	}
	n, end, ok = number(p.l, j, 4)
	if !ok || end-j > 3 && tight && j == i || n <= last || end < len(p.l) && isLetter(p.l[end]) && p.l[end] != 'e' && p.l[end] != 'x' {
		return 0, 0, false
	}
	return n, end, true
}

// date finds the day of a daily show.
func (p *episodeParser) date() bool {
	d, start, end, ok := findDate(p.s)
	if !ok {
		return false
	}
	p.Date, p.from, p.to = d, start, end
	if t := skip(p.s, end, "_0123456789"); t-end == len("_19_00_00") { // recorders add the time and, before all, the channel
		p.to = t
		if i := strings.LastIndexByte(p.s[:start-1], '_'); i > 0 && upper(p.s[i:start]) {
			p.from = i
		}
	}
	return true
}

// finish takes series and title from what stands around the numbers.
func (p *episodeParser) finish() {
	p.Providers = ProviderIDs(p.s)
	p.Format3D = format3D(p.l)
	if !p.OK() {
		p.Series, p.from, p.to = "", 0, 0
		return
	}
	if p.Series == "" {
		s := strings.TrimRight(cutGroup(p.s[:p.from]), " _.-([#")
		p.Series = strings.TrimLeft(s, " _.-")
	}
	_, p.Year = SplitYear(p.Series)
	end := len(p.s)
	if pt, ok := partOf(p.s); ok && len(pt.name) >= p.to {
		if p.Part = pt.n; len(pt.name) == p.to { // nothing but the part follows
			end = p.to
		}
	}
	if p.to < len(p.l) && versionMark(p.l, p.to) {
		p.to = skip(p.l, p.to+1, "0123456789")
	}
	p.Title = episodeTitle(p.s[p.to:max(p.to, end)])
}

func episodeTitle(s string) string {
	s = strings.TrimLeft(s, " _.-)]")
	if s == "" || strings.IndexByte("[(", s[0]) >= 0 {
		return ""
	}
	for _, counter := range []string{"話", "集", "回", "화"} {
		s = strings.TrimPrefix(s, counter)
	}
	t := cleanStem("x " + strings.TrimSpace(s)) // x: the title's own first word may look like a tag
	return Humanize(strings.TrimSpace(strings.TrimPrefix(t, "x")))
}

package naming

import "strings"

// SeriesName is what the folder of a show says.
type SeriesName struct {
	Title     string
	Raw       string // the part of the folder's name that is the title, as written
	Year      int
	Providers map[string]string
}

// Series reads the name of a show's folder, scene names included:
// "The.Show.S01.COMPLETE" is "The Show".
func Series(folder string) SeriesName {
	name := base(folder)
	r := SeriesName{Raw: name, Providers: ProviderIDs(name)}
	if i := seasonMark(name); i > 0 {
		r.Raw = strings.TrimRight(name[:i], " ._-[(")
	}
	title, year := SplitYear(cutGroup(cutBraces(r.Raw)))
	r.Year = year
	r.Title = Humanize(cleanStem(title))
	if r.Title == "" {
		r.Title = name
	}
	return r
}

// seasonMark finds where "S01", "s02e10", "Season 1" begins in a release name, -1
// if nowhere.
func seasonMark(name string) int {
	l := strings.ToLower(name)
	if len(l) != len(name) {
		l = lower(name)
	}
	for i := 1; i < len(l); i++ {
		if !startsWord(l, i) || !isLetter(l[i]) {
			continue
		}
		w := leadingWord(l[i:])
		j := i + len(w)
		if w == "s" {
			n, end, ok := number(l, j, 4)
			if ok && n >= 0 && end-j >= 1 && (endsWord(l, end) || episodeFollows(l, end)) {
				return i
			}
		} else if seasonWords[w] {
			if _, end, ok := number(l, skip(l, j, " ._-"), 4); ok && endsWord(l, end) {
				return i
			}
		}
		i = j
	}
	return -1
}

// SeriesStatus maps the words of providers and NFO files to the clients' three:
// "Continuing", "Ended", "Unreleased".
func SeriesStatus(s string) (string, bool) {
	switch lower(strings.TrimSpace(s)) {
	case "continuing", "returning", "returning series", "pilot", "running", "in production", "in development":
		return "Continuing", true
	case "ended", "cancelled", "canceled", "completed":
		return "Ended", true
	case "unreleased", "planned", "upcoming":
		return "Unreleased", true
	}
	return "", false
}

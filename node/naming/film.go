package naming

import (
	"slices"
	"strings"
)

// Film is one film out of the video files of a folder.
type Film struct {
	Name     VideoName
	Versions []Version // the main one first
}

// Version is one cut or quality of a film.
type Version struct {
	Label string   // "1080p", "Director's Cut"; "" for the one named as the film
	Files []string // as given; more than one when the film was cut into parts
}

// ExtraFile is a trailer, interview … beside a film.
type ExtraFile struct {
	Path string
	Kind ExtraKind
}

// Films sorts the video files of one folder into films with their versions and
// parts, and extras. folder is the folder's name; in a folder of a film's own, files
// that begin with its name are versions of it. Order follows the input.
func Films(folder string, files []string) (films []Film, extras []ExtraFile) {
	var main []string
	for _, f := range files {
		if k, ok := Extra(base(f)); ok {
			extras = append(extras, ExtraFile{f, k})
			continue
		}
		main = append(main, f)
	}
	stacks := Stack(main)
	own := base(folder)
	if ownFolder(own, stacks) {
		return []Film{filmOf(own, stacks)}, extras
	}
	return loose(stacks), extras
}

// ownFolder reports whether every stack is a version of the film folder is named
// for.
func ownFolder(folder string, stacks [][]string) bool {
	if folder == "" || len(stacks) == 0 {
		return false
	}
	for _, s := range stacks {
		if _, ok := versionLabel(folder, stackStem(s)); !ok {
			return false
		}
	}
	return true
}

func filmOf(folder string, stacks [][]string) Film {
	f := Film{Name: Video(folder)}
	for _, s := range stacks {
		label, _ := versionLabel(folder, stackStem(s))
		f.Versions = append(f.Versions, Version{Label: label, Files: s})
	}
	sortVersions(f.Versions)
	f.Name.merge(Video(f.Versions[0].Files[0]))
	return f
}

// merge takes from the file's name what the folder's did not say.
func (v *VideoName) merge(file VideoName) {
	v.Ext, v.Stub, v.Part = file.Ext, file.Stub, 0
	if v.Year == 0 {
		v.Year = file.Year
	}
	if v.Format3D == Flat {
		v.Format3D = file.Format3D
	}
	if v.Edition == "" {
		v.Edition = file.Edition
	}
	for k, id := range file.Providers {
		if v.Providers == nil {
			v.Providers = make(map[string]string, 2)
		}
		if _, ok := v.Providers[k]; !ok {
			v.Providers[k] = id
		}
	}
}

// loose groups the files of a folder of many films: the same title and year, both
// known, are versions of one film.
func loose(stacks [][]string) []Film {
	type key struct {
		title string
		year  int
	}
	var films []Film
	at := map[key]int{}
	for _, s := range stacks {
		v := Video(s[0])
		stem := stackStem(s)
		if len(s) > 1 {
			v.Title, v.Year = titleOf(stem)
		}
		v.Part = 0
		k := key{foldTitle(v.Title), v.Year}
		if i, ok := at[k]; ok && v.Year != 0 {
			films[i].Versions = append(films[i].Versions, Version{Label: tail(stem), Files: s})
			continue
		}
		at[k] = len(films)
		films = append(films, Film{Name: v, Versions: []Version{{Label: tail(stem), Files: s}}})
	}
	for i := range films {
		if len(films[i].Versions) == 1 {
			films[i].Versions[0].Label = ""
		}
		sortVersions(films[i].Versions)
	}
	return films
}

// versionLabel reports whether stem names a version of the film the folder is
// named for, and which.
func versionLabel(folder, stem string) (string, bool) {
	if len(stem) >= len(folder) && strings.EqualFold(stem[:len(folder)], folder) {
		rest := strings.TrimSpace(stem[len(folder):])
		if rest == "" {
			return "", true
		}
		if strings.IndexByte("-_.[({", rest[0]) >= 0 {
			return label(rest), true
		}
	}
	title, year := titleOf(folder)
	t, y := titleOf(stem)
	if foldTitle(t) != foldTitle(title) || y != year && y != 0 && year != 0 {
		return "", false
	}
	return tail(stem), true
}

// label strips what surrounds a version's name.
func label(s string) string {
	s = strings.Trim(s, " -_.")
	if len(s) > 1 && strings.IndexByte("[({", s[0]) >= 0 && strings.IndexByte(s, closing(s[0])) == len(s)-1 {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return strings.TrimPrefix(s, "edition-")
}

// tail is what a stem says after title and year.
func tail(stem string) string {
	title, year := SplitYear(stem)
	if year == 0 {
		title, _ = CleanName(stem)
	}
	if len(title) >= len(stem) || !strings.HasPrefix(stem, title) {
		return ""
	}
	rest := strings.TrimLeft(stem[len(title):], " ([{._-")
	if year != 0 {
		rest = strings.TrimPrefix(rest, itoa4(year))
		rest = strings.TrimLeft(rest, ")]} ._-")
	}
	if rest == "" {
		return ""
	}
	if !strings.Contains(rest, " ") {
		rest = Humanize(rest)
	}
	return strings.TrimSpace(strings.Trim(rest, "-_. []"))
}

// foldTitle compares titles by their letters and digits only.
func foldTitle(s string) string {
	b := make([]byte, 0, len(s))
	for _, c := range []byte(strings.ToLower(s)) {
		if isWord(c) {
			b = append(b, c)
		}
	}
	return string(b)
}

// sortVersions puts the one named as the film first, then the larger pictures,
// then by name.
func sortVersions(vs []Version) {
	slices.SortStableFunc(vs, func(a, b Version) int {
		if (a.Label == "") != (b.Label == "") {
			if a.Label == "" {
				return -1
			}
			return 1
		}
		if ra, rb := lines(a.Label), lines(b.Label); ra != rb {
			return rb - ra
		}
		return strings.Compare(SortName(a.Label), SortName(b.Label))
	})
}

// lines is the picture height a label names, 0 if none.
func lines(label string) int {
	n := 0
	words(label, func(a, b int) bool {
		w := lower(label[a:b])
		switch {
		case w == "4k" || w == "uhd":
			n = 2160
		case w == "8k":
			n = 4320
		case isResolution(w):
			v, i, _ := number(w, 0, 4)
			if n = v; w[i] == 'x' {
				n, _, _ = number(w, i+1, 4)
			}
		}
		return n == 0
	})
	return n
}

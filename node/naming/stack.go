package naming

import (
	"slices"
	"strings"
)

// partMarks announce the number of a part.
var partMarks = []string{"cd", "dvd", "part", "pt", "disc", "disk"}

type part struct {
	name string // what stands before the mark
	mark string
	n    int
}

// partOf reads "Film cd1", "Film-part2", "Film (disc 1)", "Film.pt.b".
func partOf(stem string) (part, bool) {
	l := strings.TrimRight(lower(stem), ")]")
	i := len(l)
	for i > 0 && isDigit(l[i-1]) {
		i--
	}
	n := 0
	switch {
	case i < len(l):
		v, _, ok := number(l, i, 3)
		if !ok || v == 0 {
			return part{}, false
		}
		n = v
	case i > 1 && l[i-1] >= 'a' && l[i-1] <= 'd':
		i--
		n = int(l[i]-'a') + 1
	default:
		return part{}, false
	}
	head := strings.TrimRight(l[:i], " _.-")
	for _, m := range partMarks {
		at := len(head) - len(m)
		if at < 1 || head[at:] != m || isWord(head[at-1]) {
			continue
		}
		if isLetter(l[i]) && i == len(head) { // "parta" is a word, "part a" a part
			continue
		}
		name := strings.TrimRight(stem[:at], " _.-([")
		return part{name, m, n}, name != ""
	}
	return part{}, false
}

// Stack joins the parts of films that were cut into several files: each element
// of the result is one film's files in order, a single one for whole films. A lone
// "part 2" stays by itself. Order follows the first file of each.
func Stack(files []string) [][]string {
	type key struct{ dir, name, mark, ext string }
	groups := map[key][]numbered{}
	of := make([]key, len(files))
	for i, f := range files {
		dir, name := cut(f)
		stem, ext := splitExt(name)
		if p, ok := partOf(stem); ok {
			of[i] = key{dir, lower(p.name), p.mark, ext}
			groups[of[i]] = append(groups[of[i]], numbered{f, p.n})
		}
	}
	var out [][]string
	done := map[key]bool{}
	for i, f := range files {
		g := groups[of[i]]
		slices.SortStableFunc(g, func(a, b numbered) int { return a.n - b.n })
		if len(g) < 2 || hasTwins(g) {
			out = append(out, []string{f})
			continue
		}
		if done[of[i]] {
			continue
		}
		done[of[i]] = true
		stack := make([]string, len(g))
		for j := range g {
			stack[j] = g[j].file
		}
		out = append(out, stack)
	}
	return out
}

type numbered struct {
	file string
	n    int
}

// hasTwins reports two equal numbers in a sorted list: then these are no parts of
// one film.
func hasTwins(g []numbered) bool {
	for i := 1; i < len(g); i++ {
		if g[i].n == g[i-1].n {
			return true
		}
	}
	return false
}

// stackStem is the name the parts of a stack share.
func stackStem(files []string) string {
	stem, _ := splitExt(base(files[0]))
	if len(files) > 1 {
		if p, ok := partOf(stem); ok {
			return p.name
		}
	}
	return stem
}

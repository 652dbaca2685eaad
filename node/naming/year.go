package naming

import "strings"

// The years a name may be dated with. The upper end keeps "Blade Runner 2049"
// whole; there is no clock here to say what is still to come.
const (
	minYear = 1888
	maxYear = 2039
)

// SplitYear cuts a name (file names may keep their extension) at its year. A year
// in brackets is believed before one between dots, that before a loose one; of
// equals the last. With no year the name comes back as it was.
func SplitYear(name string) (title string, year int) {
	best, at := 0, -1
	for i := 1; i+4 <= len(name); i++ {
		if !isDigit(name[i]) || isDigit(name[i-1]) {
			continue
		}
		y, rank := yearAt(name, i)
		if rank > 0 && rank >= best {
			best, at, year = rank, i, y
		}
	}
	if at < 0 {
		return name, 0
	}
	title = trimBeforeYear(name[:at])
	if title == "" {
		return name, 0
	}
	return title, year
}

// yearAt says whether a year stands at i, i > 0, and how much it looks like one.
func yearAt(s string, i int) (year, rank int) {
	y, end, ok := number(s, i, 4)
	if !ok || end-i != 4 || y < minYear || y > maxYear || !isSep(s[i-1]) {
		return 0, 0
	}
	if end < len(s) && isWord(s[end]) || isDate(s, i) {
		return 0, 0
	}
	if s[i-1] == '-' && i >= 5 && isDigit(s[i-2]) { // the second year of "(1996-2007)"
		return 0, 0
	}
	switch s[i-1] {
	case '(', '[', '{':
		return y, 3
	case ' ':
		return y, 1
	}
	return y, 2
}

// isDate reports whether 2013-12-09, 2013.12.09 … starts at i.
func isDate(s string, i int) bool {
	_, _, ok := dateAt(s, i)
	return ok
}

func trimBeforeYear(s string) string {
	t := strings.TrimRight(s, " _-,([{")
	if t == strings.TrimRight(s, "([{_-,") || !strings.Contains(t, " ") && strings.Count(t, ".") == 1 {
		t = strings.TrimRight(t, " _-,.([{")
	}
	return strings.TrimSpace(t)
}

package naming

import (
	"strings"

	"sett/node/library"
)

// BookName is what the name of a book or comic says.
type BookName struct {
	Title   string // "" when the name gives only a place in a series
	Series  string
	Index   library.Number // place in the series
	Year    int
	Volume  library.Number // of comics: "v01"
	Chapter library.Number // of comics: "c120"
}

// Book reads a book's file or folder name, without its path's folders:
// "Series (1887) #1 (of 4) (1887)", "Title (Series, #5)", "2 - Title (1890)",
// "Title (1890)", "Comic v01 c120 (1941)".
func Book(path string) BookName {
	s, _ := splitExt(base(path))
	s = strings.TrimSpace(s)
	var b BookName
	if b.seriesIssue(s) {
		return b
	}
	s, b.Year = trailingYear(s)
	if b.inSeries(s) {
		return b
	}
	b.Title = b.indexed(s)
	b.comic(s)
	return b
}

// seriesIssue reads "Series (1887) #1 (of 4) (1887)".
func (b *BookName) seriesIssue(s string) bool {
	i := strings.LastIndex(s, " #")
	if i <= 0 {
		return false
	}
	n, end, ok := number(s, i+2, 5)
	if !ok {
		return false
	}
	rest := strings.TrimSpace(s[end:])
	if strings.HasPrefix(lower(rest), "(of ") {
		if _, after, found := strings.Cut(rest, ")"); found {
			rest = strings.TrimSpace(after)
		}
	}
	head, year := trailingYear("x " + rest)
	if strings.TrimSpace(head) != "x" {
		return false
	}
	b.Series, _ = trailingYear(s[:i])
	b.Index, b.Year = library.Num(n), year
	return true
}

// trailingYear takes "(1890)" off the end.
func trailingYear(s string) (rest string, year int) {
	t := strings.TrimSpace(s)
	if len(t) < 7 || t[len(t)-1] != ')' || t[len(t)-6] != '(' {
		return t, 0
	}
	y, end, ok := number(t, len(t)-5, 4)
	if !ok || end != len(t)-1 {
		return t, 0
	}
	return strings.TrimSpace(t[:len(t)-6]), y
}

// inSeries reads "Title (Series, #5)".
func (b *BookName) inSeries(s string) bool {
	i := strings.LastIndex(s, "(")
	if i <= 0 || !strings.HasSuffix(s, ")") {
		return false
	}
	series, index, ok := strings.Cut(s[i+1:len(s)-1], "#")
	series = strings.TrimRight(series, " ,")
	n, end, isNumber := number(index, 0, 5)
	if !ok || !isNumber || end != len(index) || series == "" {
		return false
	}
	b.Title, b.Series, b.Index = strings.TrimSpace(s[:i]), series, library.Num(n)
	return true
}

// indexed reads "01 - Title" and "2.0 - Title". A place between two books ("2.1")
// is no number of ours and stays in the title.
func (b *BookName) indexed(s string) string {
	n, i, ok := number(s, 0, 5)
	if !ok {
		return s
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		frac, j, _ := number(s, i+1, 5)
		if frac != 0 {
			return s
		}
		i = j
	}
	title, ok := strings.CutPrefix(s[i:], " - ")
	if !ok || strings.TrimSpace(title) == "" {
		return s
	}
	b.Index = library.Num(n)
	return strings.TrimSpace(title)
}

// comic finds "v01", "vol. 1", "c120", "ch 5".
func (b *BookName) comic(s string) {
	l := lower(s)
	words(l, func(i, j int) bool {
		w := leadingWord(l[i:j])
		k := i + len(w)
		if k == j {
			k = skip(l, k, " .")
		}
		if i == 0 || k-i == 1 && k >= len(l) {
			return true
		}
		n, end, ok := number(l, k, 5)
		if !ok || !endsWord(l, end) {
			return true
		}
		switch w {
		case "v", "vol", "volume":
			b.Volume = library.Num(n)
		case "c", "ch", "chap", "chapter":
			b.Chapter = library.Num(n)
		}
		return true
	})
}

// AudiobookPart reads which chapter and part of an audiobook a file is: "Chapter
// 03", "Part 2", "03 - Title", "2-07". Zero: not said.
func AudiobookPart(path string) (chapter, part int) {
	name, _ := splitExt(base(path))
	l := lower(strings.TrimSpace(name))
	words(l, func(i, j int) bool {
		w := leadingWord(l[i:j])
		k := i + len(w)
		if k == j {
			k = skip(l, k, " ._-")
		}
		n, end, ok := number(l, k, 5)
		if !ok || !endsWord(l, end) {
			return true
		}
		switch w {
		case "chapter", "ch", "kapitel", "chapitre":
			chapter = n
		case "part", "pt", "teil", "cd", "disc", "disk":
			part = n
		}
		return true
	})
	if chapter == 0 {
		n, end, ok := number(l, 0, 4)
		if !ok || !endsWord(l, end) {
			return chapter, part
		}
		if m, j, ok := number(l, min(end+1, len(l)), 4); ok && part == 0 && end < len(l) && l[end] == '-' && endsWord(l, j) {
			return m, n
		}
		chapter = n
	}
	return chapter, part
}

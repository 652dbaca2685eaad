package naming

import (
	"strings"
)

// episodeWords announce a number without a season.
var episodeWords = set(`e ep eps episode episodio episódio épisode folge afl aflevering avsnitt afsnit odcinek jakso bölüm
	capitulo capítulo серия эпизод rész díl epizod epizoda 第`)

// word finds "Episode 16", "Foo_ep_02", ".E07.", "Folge 3", "第3話".
func (p *episodeParser) word() bool {
	found := false
	low := p.l
	if !isASCII(low) {
		if u := strings.ToLower(p.s); len(u) == len(p.s) {
			low = u
		}
	}
	for i := 0; i < len(low) && !found; {
		if !isLetter(low[i]) {
			i++
			continue
		}
		w := leadingWord(low[i:])
		if startsWord(low, i) && episodeWords[w] {
			found = p.afterWord(low, w, i)
		}
		i += len(w)
	}
	return found
}

func (p *episodeParser) afterWord(low, w string, i int) bool {
	j := i + len(w)
	if len(w) > 1 {
		j = skip(low, j, " ._-#")
	}
	n, end, ok := number(low, j, 4)
	if !ok || end < len(low) && isLetter(low[end]) && w != "第" && low[end] != 'v' {
		return false
	}
	p.set(-1, n, i, end)
	p.Absolute = p.FolderSeason == 0
	p.more(-1)
	return true
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// part takes "Part II" for the second episode; "Part 2" is a number like others.
func (p *episodeParser) part() bool {
	for i := 1; i < len(p.l); i++ {
		w := leadingWord(p.l[i:])
		if w != "" && startsWord(p.l, i) && (w == "part" || w == "pt") {
			if n, end, ok := roman(p.l, skip(p.l, i+len(w), " ._-")); ok {
				p.set(-1, n, i, end)
				p.Absolute = p.FolderSeason == 0
				return true
			}
		}
		i += max(len(w)-1, 0)
	}
	return false
}

// roman reads i … xxxix as a word of its own.
func roman(l string, i int) (n, end int, ok bool) {
	prev := 0
	for end = i; end < len(l); end++ {
		v := 0
		switch l[end] {
		case 'i':
			v = 1
		case 'v':
			v = 5
		case 'x':
			v = 10
		}
		if v == 0 {
			break
		}
		if n += v; prev < v {
			n -= 2 * prev
		}
		prev = v
	}
	return n, end, end > i && endsWord(l, end)
}

// bare finds the episode where only a number tells: "02.avi", "1-12 Title",
// "Show - 136 [720p]", "[Group][Show][04]", "Show 102".
func (p *episodeParser) bare() bool {
	start, end := p.body()
	return p.bracketed() || p.leading(start, end) || p.dashed(start, end) || p.loose(start, end)
}

// body is the part of the name between group tags in front and release facts
// behind.
func (p *episodeParser) body() (start, end int) {
	for start < len(p.s) && p.s[start] == '[' {
		i := strings.IndexByte(p.s[start:], ']')
		if i < 0 {
			break
		}
		start = skip(p.s, start+i+1, " ._-")
	}
	end = len(p.s)
	if i := strings.IndexAny(p.s[start:], "[("); i > 0 {
		for at := start + i; at < len(p.s); {
			if !p.yearBracket(at) {
				end = at
				break
			}
			next := strings.IndexAny(p.s[at+1:], "[(")
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	if end > start {
		words(p.s[start:end], func(a, b int) bool {
			if a > 0 && isStrong(p.s[start:end], a, b) {
				end = start + a
				return false
			}
			return true
		})
	}
	return start, end
}

// yearBracket reports "(2013)", which belongs to the series' name.
func (p *episodeParser) yearBracket(i int) bool {
	y, end, ok := number(p.s, i+1, 4)
	return ok && end-i == 5 && y >= minYear && y <= maxYear && end < len(p.s) && (p.s[end] == ')' || p.s[end] == ']' || p.s[end] == '-')
}

// bracketed finds [04] and [04v2].
func (p *episodeParser) bracketed() bool {
	for i := 0; i < len(p.s); i++ {
		if p.s[i] != '[' {
			continue
		}
		n, end, ok := number(p.l, i+1, 4)
		if !ok || end-i == 5 && n >= minYear && n <= maxYear {
			continue
		}
		if end+1 < len(p.l) && p.l[end] == 'v' && isDigit(p.l[end+1]) {
			end += 2
		}
		if end >= len(p.l) || p.l[end] != ']' {
			continue
		}
		p.set(-1, n, i, end+1)
		p.Series = bracketSeries(p.s[:i])
		p.Absolute = true
		return true
	}
	return false
}

// bracketSeries finds the series before [04]: free text after the group's tag, or
// the last bracket.
func bracketSeries(s string) string {
	if t := strings.Trim(cutGroup(s), " _.-"); t != "" && t[0] != '[' {
		return t
	}
	s = strings.TrimRight(s, " _.-]")
	return strings.Trim(s[strings.LastIndexByte(s, '[')+1:], " _.-")
}

// leading reads a number the name begins with, once the series' own name is out of
// the way.
func (p *episodeParser) leading(start, end int) bool {
	if rest, ok := afterSeries(p.l[start:end], lower(p.series)); ok {
		if at := skip(p.l, end-len(rest), " ._-#"); at < end && isDigit(p.l[at]) {
			if p.sequel(at, end) {
				return true
			}
			start = at
		}
	}
	n, i, ok := number(p.l, start, 4)
	if !ok || i < len(p.l) && isLetter(p.l[i]) && !versionMark(p.l, i) {
		return false
	}
	if i-start == 4 && n >= minYear && n <= maxYear && i < end {
		return false // a year in front is no episode
	}
	m, j, ok := number(p.l, min(i+1, len(p.l)), 3)
	if !ok || i >= len(p.l) || p.l[i] != '-' || !endsWord(p.l, j) {
		return p.single(n, start, i)
	}
	if j >= end {
		p.set(-1, n, start, i)
		p.more(-1)
		return true
	}
	if season, known := p.FolderSeason.Get(); known && n != season && m > n {
		p.set(-1, n, start, i) // "03-04 - Title" in season 1: two episodes
		p.more(-1)
		return true
	}
	p.set(n, m, start, j) // "4-12 - Title": season and episode
	return true
}

// single takes n, unless its digits are rather season and episode: "Season 1/103",
// "Show 0807", "Show 102".
func (p *episodeParser) single(n, from, to int) bool {
	season, known := p.FolderSeason.Get()
	split := !p.absolute && n%100 > 0 && n >= 100 && !p.dashBefore(from)
	switch {
	case !split:
	case known:
		split = n/100 == season
	default:
		split = from > 0 && (to-from == 3 || p.l[from] == '0')
	}
	if split {
		p.set(n/100, n%100, from, to)
		return true
	}
	p.set(-1, n, from, to)
	p.Absolute = !known
	p.more(-1)
	return true
}

// sequel reads "5 - 02" after the series' name as season and episode.
func (p *episodeParser) sequel(i, end int) bool {
	season, j, ok := number(p.l, i, 2)
	if !ok || p.l[i] == '0' || !strings.HasPrefix(p.l[j:], " - ") || p.dashBefore(i) {
		return false
	}
	episode, k, ok := number(p.l, j+3, 3)
	if !ok || k-j < 5 || !endsWord(p.l, k) {
		return false
	}
	if p.l[j+3] != '0' && k < end && !strings.HasPrefix(p.l[k:], " - ") {
		return false
	}
	p.set(season, episode, i, k)
	return true
}

func (p *episodeParser) dashBefore(i int) bool {
	return strings.HasSuffix(strings.TrimRight(p.l[:i], " "), "-")
}

// versionMark is the v2 of "05v2".
func versionMark(l string, i int) bool {
	return l[i] == 'v' && i+1 < len(l) && isDigit(l[i+1])
}

// dashed finds "Show - 136" and "Show - 02 - Title".
func (p *episodeParser) dashed(start, end int) bool {
	for i := start; i+2 < end; i++ {
		if p.l[i] != '-' || i == start || p.l[i-1] != ' ' && p.l[i-1] != '_' {
			continue
		}
		j := skip(p.l[:end], i+1, " _#")
		n, k, ok := number(p.l[:end], j, 4)
		if !ok || k < len(p.l) && isLetter(p.l[k]) && !versionMark(p.l, k) {
			continue
		}
		if k-j == 4 && n >= minYear && n <= maxYear && strings.Contains(p.l[k:end], " - ") {
			continue
		}
		p.set(-1, n, i, k)
		p.Absolute = p.FolderSeason == 0
		return true
	}
	return false
}

// loose takes the last number that is a word: "The Simpsons 82", "anything_102".
func (p *episodeParser) loose(start, end int) bool {
	from, to, n := -1, 0, 0
	for i := start + 1; i < end; i++ {
		if !isDigit(p.l[i]) || isWord(p.l[i-1]) || p.l[i-1] == '(' {
			continue
		}
		v, j, ok := number(p.l, i, 4)
		if ok && (endsWord(p.l, j) || versionMark(p.l, j)) && !(j-i == 4 && v >= minYear && v <= maxYear) {
			from, to, n = i, j, v
		}
		i = max(i, j-1)
	}
	if from < 0 {
		return false
	}
	return p.single(n, from, to)
}

package naming

import "strings"

// cut splits a path at its last separator. Trailing separators do not count.
func cut(path string) (dir, base string) {
	path = strings.TrimRight(path, `/\`)
	i := strings.LastIndexAny(path, `/\`)
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

func base(path string) string {
	_, b := cut(path)
	return b
}

// splitExt splits off an extension this package knows. "The.Show.S01" has none.
func splitExt(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || len(name)-i > maxExt {
		return name, ""
	}
	ext = lower(name[i+1:])
	if class(ext) == 0 {
		return name, ""
	}
	return name[:i], ext
}

// lower folds ASCII only, so that offsets stay those of the original.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter counts every non-ASCII byte as a letter: a word in another script is a
// word.
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 }

func isWord(c byte) bool { return isDigit(c) || isLetter(c) }

// separators stand between the words of a file name.
const separators = " ._-()[]{},+~"

func isSep(c byte) bool { return strings.IndexByte(separators, c) >= 0 }

// number reads up to max digits at i and returns the end; ok is false when there
// are none or more than max.
func number(s string, i, max int) (n, end int, ok bool) {
	end = i
	for end < len(s) && isDigit(s[end]) {
		if end-i == max {
			return 0, i, false
		}
		n = n*10 + int(s[end]-'0')
		end++
	}
	return n, end, end > i
}

// skip moves over bytes of set.
func skip(s string, i int, set string) int {
	for i < len(s) && strings.IndexByte(set, s[i]) >= 0 {
		i++
	}
	return i
}

// startsWord reports whether no word runs into i from the left.
func startsWord(s string, i int) bool { return i == 0 || !isWord(s[i-1]) }

// endsWord reports whether no word runs on at i.
func endsWord(s string, i int) bool { return i >= len(s) || !isWord(s[i]) }

// words calls f for each run of bytes between separators until it returns false.
func words(s string, f func(start, end int) bool) {
	for i := 0; i < len(s); {
		if isSep(s[i]) {
			i++
			continue
		}
		j := i
		for j < len(s) && !isSep(s[j]) {
			j++
		}
		if !f(i, j) {
			return
		}
		i = j
	}
}

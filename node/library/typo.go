package library

import (
	"math/bits"
	"unicode/utf8"
)

// wrongLetters is how many letters of a typed word may be wrong.
func wrongLetters(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// letterMask is the set of letters of a word, one bit for each of a–z and six for the rest.
func letterMask(word string) uint32 {
	var m uint32
	for i := range len(word) {
		if c := word[i]; 'a' <= c && c <= 'z' {
			m |= 1 << (c - 'a')
		} else {
			m |= 1 << (26 + c%6)
		}
	}
	return m
}

// lettersMissing is a lower bound of the letters that must change.
func lettersMissing(typed, word uint32) int { return bits.OnesCount32(typed &^ word) }

// nearPrefix reports whether typed can be made into word by changing, adding, dropping or
// swapping at most near letters; if partial, into a beginning of word.
func nearPrefix(typed, word string, near int, partial bool) bool {
	const most = 40
	a, b := []rune(typed), []rune(word)
	if len(a) > most || len(b) < len(a)-near || !partial && len(b) > len(a)+near {
		return false
	}
	b = b[:min(len(b), len(a)+near)]
	var rows [3][most + 4]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > near {
			return false
		}
		before, above, row = above, row, before
	}
	if !partial {
		return above[len(b)] <= near
	}
	for j := range len(b) + 1 {
		if above[j] <= near {
			return true
		}
	}
	return false
}

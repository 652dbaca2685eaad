package metadata

import (
	"strings"
	"unicode"

	"sett/node/library"
	"sett/node/metadata/provider"
)

// decide says which of several things is meant. It would rather leave a question to the
// owner than answer it wrongly:
//
//	found by an id                                     it
//	same title, same year, one such                    it
//	same title, no year known of the item, one such    it
//	same title, the year before or after, one such     it
//	album of the same title and artist, one such       it: tags give the year of reissues
//	more than one such                                 ambiguous
//	anything else                                      ambiguous
//	nothing                                            unknown
//
// Albums must be by the same artist, too, where both are known.
func decide(q provider.Query, list []provider.Candidate) (provider.Candidate, outcome) {
	if len(list) == 0 {
		return provider.Candidate{}, unknown
	}
	for _, c := range list {
		if c.Exact {
			return c, found
		}
	}
	var same, near, other []provider.Candidate
	for _, c := range list {
		if !sameTitle(q, c) {
			continue
		}
		switch d := c.Year - q.Year; {
		case q.Year == 0 || d == 0:
			same = append(same, c)
		case c.Year != 0 && (d == 1 || d == -1):
			near = append(near, c)
		case q.Kind == library.MusicAlbum && q.Artist != "" && c.Artist != "":
			other = append(other, c)
		}
	}
	for _, group := range [][]provider.Candidate{same, near, other} {
		if len(group) == 1 {
			return group[0], found
		}
		if len(group) > 1 {
			break
		}
	}
	return provider.Candidate{}, ambiguous
}

func sameTitle(q provider.Query, c provider.Candidate) bool {
	title := plainTitle(q.Title)
	if title == "" || title != plainTitle(c.Title) && title != plainTitle(c.Original) {
		return false
	}
	return q.Artist == "" || c.Artist == "" || plainTitle(q.Artist) == plainTitle(c.Artist)
}

// plainTitle is a title as people write it in many ways: without case, accents and
// punctuation, "&" as "and".
func plainTitle(s string) string {
	s = strings.ReplaceAll(library.Fold(s), "&", " and ")
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r != '\'' && r != '’' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	return strings.NewReplacer("'", "", "’", "").Replace(strings.Join(words, " "))
}

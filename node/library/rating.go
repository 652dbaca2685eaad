package library

import "strings"

// RatingAge is the youngest age an official rating is for, by the systems in common use;
// unrated things come out as -1.
func RatingAge(official string) int {
	r := Fold(strings.TrimSpace(official))
	if r == "" {
		return -1
	}
	if i := strings.LastIndexAny(r, ":/"); i >= 0 { // "us:pg-13", "gb/15"
		r = strings.TrimSpace(r[i+1:])
	}
	switch r {
	case "g", "u", "uc", "e", "tv-g", "tv-y", "al", "t", "tp", "approved", "passed", "a", "all", "l", "0+":
		return 0
	case "tv-y7", "tv-y7-fv":
		return 7
	case "pg", "tv-pg":
		return 8
	case "pg-13":
		return 13
	case "tv-14", "14a":
		return 14
	case "m":
		return 15
	case "ma", "ma15+", "ma 15+":
		return 15
	case "r", "tv-ma", "ma-17":
		return 17
	case "nc-17", "x", "xxx", "ao", "18a", "r18", "r18+":
		return 18
	case "nr", "unrated", "not rated", "ur", "none":
		return -1
	}
	return ageInside(r)
}

// ageInside reads the number in a rating such as "FSK-16", "12A" or "DE-18".
func ageInside(r string) int {
	age, found := 0, false
	for i := range len(r) {
		if isDigit(r[i]) {
			age, found = age*10+int(r[i]-'0'), true
			if age > 99 {
				return -1
			}
		} else if found {
			break
		}
	}
	if !found {
		return -1
	}
	return age
}

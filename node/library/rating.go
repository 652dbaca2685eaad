package library

import (
	"slices"
	"strings"
)

// RatingAge is the youngest age an official rating is for, by the systems in common use;
// unrated things, and texts that no system knows, come out as -1.
//
// A text may name its system: "DE-16", "us:PG-13", "FSK 12", "GB/15". Without that, texts
// mean what they mean where they are used most.
func RatingAge(official string) int {
	r := Fold(strings.TrimSpace(official))
	if r == "" {
		return -1
	}
	if age, ok := lookRating(plainRatings, r); ok {
		return age
	}
	if at := strings.IndexAny(r, ":/- "); at > 0 {
		rest := strings.Trim(r[at:], ":/- ")
		if table, ok := ratingSystem(r[:at]); ok {
			if age, ok := lookRating(table, rest); ok {
				return age
			}
			if age, ok := lookRating(plainRatings, rest); ok {
				return age
			}
			return ageInside(rest)
		}
	}
	return ageInside(r)
}

// rating is the texts of one system that are for one age.
type rating struct {
	age   int
	texts string // separated by spaces; "_" is a space, "!" nothing, in each
}

func lookRating(table []rating, text string) (int, bool) {
	text = strings.ReplaceAll(text, " ", "_")
	for _, r := range table {
		for t := range strings.FieldsSeq(r.texts) {
			if t == text {
				return r.age, true
			}
		}
	}
	return 0, false
}

// ratingSystem finds the table of a country or of the body that rates there.
func ratingSystem(name string) ([]rating, bool) {
	for _, s := range ratingSystems {
		if slices.Contains(strings.Fields(s.names), name) {
			return s.table, true
		}
	}
	return nil, false
}

// plainRatings are texts without a system. Numbers are not in it: they speak for
// themselves.
var plainRatings = []rating{
	{-1, "nr unrated not_rated ur none not_yet_rated exempt n/a"},
	{0, "g u uc e ec tv-g tv-y al t tp approved passed a all l livre atp si btl s tous_publics 0+ general"},
	{7, "tv-y7 tv-y7-fv"},
	{8, "pg tv-pg gp"},
	{10, "e10+ e10"},
	{12, "12a"},
	{13, "pg-13 pg13"},
	{14, "tv-14 14a"},
	{15, "m ma ma15+ ma_15+ m15+ 15a"},
	{17, "r tv-ma ma-17 rated_r"},
	{18, "nc-17 x xxx ao 18a r18 r18+ r-18 x18+ rc"},
}

// ratingSystems are the national systems, by country and by name of the body.
var ratingSystems = []struct {
	names string
	table []rating
}{
	{"us usa mpaa mpa tv", []rating{
		{0, "g tv-g tv-y approved"}, {7, "tv-y7 tv-y7-fv"}, {8, "pg tv-pg"}, {13, "pg-13"}, {14, "tv-14 14"},
		{17, "r tv-ma ma"}, {18, "nc-17 x"}}},
	{"gb uk bbfc", []rating{
		{0, "u uc"}, {8, "pg"}, {12, "12 12a"}, {15, "15"}, {18, "18 r18"}}},
	{"ie", []rating{{0, "g"}, {8, "pg"}, {12, "12 12a"}, {15, "15 15a"}, {16, "16"}, {18, "18"}}},
	{"de fsk at", []rating{{0, "0 ab_0 0+ fsk_0 oa"}, {6, "6"}, {12, "12"}, {16, "16"}, {18, "18 spio/jk"}}},
	{"fr cnc csa", []rating{{0, "u tp tous_publics"}, {10, "10 -10"}, {12, "12 -12"}, {16, "16 -16"}, {18, "18 -18 x"}}},
	{"nl kijkwijzer", []rating{{0, "al"}, {6, "6"}, {9, "9"}, {12, "12"}, {14, "14"}, {16, "16"}, {18, "18"}}},
	{"be", []rating{{0, "al kt/ea"}, {6, "6"}, {9, "9"}, {12, "12"}, {14, "14"}, {16, "16 knt/ena"}, {18, "18"}}},
	{"es icaa", []rating{{0, "a a/i apta tp al ai"}, {7, "7 7/i"}, {12, "12"}, {16, "16"}, {18, "18 x"}}},
	{"it", []rating{{0, "t tt"}, {6, "6+ vm6 bm"}, {14, "vm14 14+ 14"}, {18, "vm18 18+ 18"}}},
	{"pt", []rating{{0, "0 m/3 3 p"}, {6, "m/6 6"}, {12, "m/12 12"}, {14, "m/14 14"}, {16, "m/16 16"}, {18, "m/18 18"}}},
	{"au acb", []rating{{0, "g p c e"}, {8, "pg"}, {15, "m ma ma15+ ma_15+ av15+"}, {18, "r r18 r18+ x x18+ rc"}}},
	{"nz", []rating{{0, "g"}, {8, "pg"}, {13, "r13 rp13"}, {15, "m r15"}, {16, "r16 rp16"}, {18, "r18 rp18 r"}}},
	{"br dejus", []rating{{0, "l livre al"}, {10, "10 a10"}, {12, "12 a12"}, {14, "14 a14"}, {16, "16 a16"}, {18, "18 a18"}}},
	{"ru rars", []rating{{0, "0+ 0"}, {6, "6+ 6"}, {12, "12+ 12"}, {16, "16+ 16"}, {18, "18+ 18"}}},
	{"jp eirin", []rating{{0, "g"}, {12, "pg12 pg-12"}, {15, "r15+ r15 r-15"}, {18, "r18+ r18 r-18"}}},
	{"kr kmrb", []rating{{0, "all"}, {7, "7"}, {12, "12 12+"}, {15, "15 15+"}, {18, "18 19 r restricted"}}},
	{"se smb", []rating{{0, "btl barntillaten"}, {7, "7 7+ fran_7_ar"}, {11, "11 11+ fran_11_ar"}, {15, "15 15+ fran_15_ar"}}},
	{"no", []rating{{0, "a al alle"}, {6, "6"}, {7, "7"}, {9, "9"}, {11, "11"}, {12, "12"}, {15, "15"}, {18, "18"}}},
	{"dk", []rating{{0, "a al"}, {7, "7"}, {11, "11"}, {15, "15"}}},
	{"fi kavi", []rating{{0, "s t"}, {7, "7 k-7 k7"}, {12, "12 k-12 k12"}, {16, "16 k-16 k16"}, {18, "18 k-18 k18"}}},
	{"is", []rating{{0, "l"}, {6, "6"}, {9, "9"}, {12, "12"}, {14, "14"}, {16, "16"}, {18, "18"}}},
	{"ch", []rating{{0, "0"}, {6, "6"}, {8, "8"}, {10, "10"}, {12, "12"}, {14, "14"}, {16, "16"}, {18, "18"}}},
	{"ca", []rating{{0, "g c"}, {8, "pg c8 8+"}, {13, "13+"}, {14, "14a 14+"}, {16, "16+"}, {18, "18a 18+ r a"}}},
	{"in cbfc", []rating{{0, "u"}, {7, "u/a_7+ ua_7+"}, {12, "u/a ua"}, {13, "u/a_13+ ua_13+"}, {16, "u/a_16+ ua_16+"}, {18, "a s"}}},
	{"mx", []rating{{0, "aa a"}, {12, "b"}, {15, "b-15 b15"}, {18, "c d"}}},
	{"pl", []rating{{0, "bo al"}, {7, "7"}, {12, "12"}, {15, "15"}, {16, "16"}, {18, "18"}}},
	{"cz sk", []rating{{0, "u"}, {7, "7"}, {12, "12 12+"}, {15, "15 15+"}, {18, "18 18+"}}},
	{"hu", []rating{{0, "kn"}, {6, "6"}, {12, "12"}, {16, "16"}, {18, "18 x"}}},
	{"gr", []rating{{0, "k"}, {12, "k12"}, {15, "k15"}, {18, "k18"}}},
	{"za", []rating{{0, "a"}, {8, "pg"}, {7, "7-9pg"}, {10, "10-12pg 10"}, {13, "13"}, {16, "16"}, {18, "18 x18"}}},
	{"sg", []rating{{0, "g"}, {8, "pg"}, {13, "pg13"}, {16, "nc16"}, {18, "m18"}, {21, "r21"}}},
	{"hk", []rating{{0, "i"}, {8, "iia"}, {15, "iib"}, {18, "iii"}}},
	{"ar", []rating{{0, "atp"}, {13, "sam_13 sam13 13"}, {16, "sam_16 sam16 16"}, {18, "sam_18 sam18 18 c"}}},
	{"pegi usk esrb", []rating{{0, "e 0"}, {10, "e10+"}, {13, "t"}, {17, "m"}, {18, "ao"}}},
}

// RatingName is a text people choose a limit by.
type RatingName struct {
	Name string
	Age  int
}

// RatingNames are the ratings to choose a limit from, the youngest first.
func RatingNames() []RatingName {
	return []RatingName{
		{"G", 0}, {"TV-Y", 0}, {"FSK-0", 0}, {"6", 6}, {"TV-Y7", 7}, {"PG", 8}, {"TV-PG", 8}, {"10", 10}, {"12", 12},
		{"PG-13", 13}, {"TV-14", 14}, {"15", 15}, {"16", 16}, {"R", 17}, {"TV-MA", 17}, {"18", 18}, {"NC-17", 18},
	}
}

// ageInside reads the number in a rating such as "FSK16", "+12" or "18 years".
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
	if !found || age > 21 {
		return -1
	}
	return age
}

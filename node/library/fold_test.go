package library

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFoldingMakesTextsMeetAsPeopleTypeThem(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"plain":           "plain",
		"AMÉLIE":          "amelie",
		"Ærø & Œuvre":     "aero & oeuvre",
		"Straße":          "strasse",
		"Łódź":            "lodz",
		"Việt Nam":        "viet nam",
		"e\u0301te\u0301": "ete",
		"Αθήνα ς":         "αθηνα σ",
		"Ёлки Й":          "елки и",
		"東京物語":            "東京物語",
		"हिन्दी":          "हिन्दी",
		"ＦＵＬＬ":            "full",
		"\xff broken":     "\ufffd broken",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFoldingTwiceIsFoldingOnce(f *testing.F) {
	for _, s := range []string{"Amélie", "İstanbul", "ǅ", "ﬁ", "Ω", "\xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if utf8.ValidString(s) && Fold(once) != once {
			t.Errorf("%q folds to %q and then to %q", s, once, Fold(once))
		}
		for _, w := range Words(s) {
			if w == "" {
				t.Errorf("%q has an empty word", s)
			}
		}
		SortKey(s)
	})
}

func TestWordsAreWhatASearchCompares(t *testing.T) {
	for in, want := range map[string]string{
		"Ocean's Eleven":    "oceans eleven",
		"M*A*S*H":           "m a s h",
		"  2001: A Odyssey": "2001 a odyssey",
		"東京物語":              "東 京 物 語",
		"...":               "",
	} {
		if got := strings.Join(Words(in), " "); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSortKeysPutNamesInTheOrderPeopleExpect(t *testing.T) {
	want := []string{"007", "8½", "12 Monkeys", "300", "2001", "An Apple", "Érik", "The Fall", "Rocky 2", "Rocky 10", "Zoo"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if SortKey("!!!") == "" || SortKey("The") != "the" {
		t.Error("a name sorts by nothing")
	}
}

func TestTyposWithinTheLimitAreForgiven(t *testing.T) {
	for _, c := range []struct {
		typed, word string
		near        int
		partial     bool
		want        bool
	}{
		{"matrx", "matrix", 1, false, true},
		{"martix", "matrix", 1, false, true},
		{"matrix", "matrices", 1, false, false},
		{"matrx", "matrices", 1, true, true},
		{"avengers", "avenues", 1, false, false},
		{"hidden", "hiden", 1, false, true},
		{"abc", "xyz", 2, true, false},
	} {
		if got := nearPrefix(c.typed, c.word, c.near, c.partial); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
		if c.want && lettersMissing(letterMask(c.typed), letterMask(c.word)) > c.near {
			t.Errorf("%+v: the letter masks rule it out", c)
		}
	}
}

func TestRatingsAreAges(t *testing.T) {
	for in, want := range map[string]int{
		"": -1, "G": 0, "PG-13": 13, "R": 17, "FSK-16": 16, "12A": 12, "GB/15": 15, "TV-MA": 17, "NR": -1, "us:NC-17": 18, "0": 0, "12345": -1,
		"DE-16": 16, "FSK 12": 12, "fsk-0": 0, "de:ab 0": 0, "BBFC: PG": 8, "UK-12A": 12, "FR-U": 0, "FR-12": 12, "NL-AL": 0, "NL-9": 9,
		"ES-A": 0, "ES-TP": 0, "ES-18": 18, "IT-T": 0, "IT-VM14": 14, "it:VM18": 18, "AU-M": 15, "AU-MA15+": 15, "AU-R18+": 18, "BR-L": 0, "BR-14": 14,
		"RU-16+": 16, "JP-R15+": 15, "JP-PG12": 12, "SE-Btl": 0, "SE-11": 11, "NO-A": 0, "NO-15": 15, "DK-A": 0, "DK-11": 11, "FI-S": 0, "FI-K-16": 16, "FI-18": 18,
		"IN-A": 18, "CA-14A": 14, "HK-IIB": 15, "TV-Y7-FV": 7, "TV-14": 14, "M": 15, "X": 18, "Suitable for my aunt": -1, "Unrated": -1, "16+": 16, "-12": 12,
	} {
		if got := RatingAge(in); got != want {
			t.Errorf("RatingAge(%q) = %d, want %d", in, got, want)
		}
	}
}

package discovery

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestItKnowsTheQuestionInEverySpellingClientsUse(t *testing.T) {
	for text, want := range map[string]bool{
		"who is JellyfinServer?":                   true,
		"Who is JellyfinServer?":                   true,
		"WHO IS JELLYFINSERVER?":                   true,
		"Who is Jellyfin Server?":                  true,
		"who is JellyfinServer?\n":                 true,
		"who is JellyfinServer?\x00":               true,
		"\xff\xfe who is JellyfinServer? \xff":     true,
		"wwho is who is JellyfinServer?":           true,
		"who is JellyfinServer":                    false,
		"who is EmbyServer?":                       false,
		"who  is JellyfinServer?":                  false,
		"":                                         false,
		strings.Repeat("who is JellyfinServer", 9): false,
		strings.Repeat("x", maxMessage-22) + "who is JellyfinServer?": true,
		strings.Repeat("x", maxMessage-21) + "who is JellyfinServer?": false, // too long
	} {
		if got := isQuestion([]byte(text)); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
}

func FuzzTheMatcherAgreesWithTheObviousOne(f *testing.F) {
	f.Add([]byte("who is JellyfinServer?"))
	f.Add([]byte("WHO is jellyfin server?\x00"))
	f.Add([]byte("who is \u212aellyfinServer?")) // a letter that folds to ASCII is not ASCII
	f.Fuzz(func(t *testing.T, b []byte) {
		lower := bytes.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, b)
		want := len(b) <= maxMessage && (bytes.Contains(lower, questions[0]) || bytes.Contains(lower, questions[1]))
		if got := isQuestion(b); got != want {
			t.Errorf("%q: %v, want %v", b, got, want)
		}
	})
}

func TestTheAnswerIsWhatClientsRead(t *testing.T) {
	b, err := Answer{Address: "http://192.168.1.10:8096", ID: strings.Repeat("a", 32), Name: "Ann & <Bob>", Port: 8096}.encode()
	want := `{"Address":"http://192.168.1.10:8096","Id":"` + strings.Repeat("a", 32) +
		`","Name":"Ann & <Bob>","EndpointAddress":null,"Port":8096}`
	if err != nil || string(b) != want {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestALongNameIsCutAtACharacterToFit(t *testing.T) {
	for _, name := range []string{strings.Repeat("ä", 3000), strings.Repeat("\x01", 900), strings.Repeat("x", 990)} {
		b, err := Answer{Address: "http://a", ID: strings.Repeat("a", 32), Name: name, Port: 1}.encode()
		var got struct{ Name string }
		if err != nil || json.Unmarshal(b, &got) != nil {
			t.Fatalf("%s, %v", b, err)
		}
		if len(b) >= maxMessage || len(b) < maxMessage-8 || !utf8.ValidString(got.Name) || strings.ContainsRune(got.Name, utf8.RuneError) {
			t.Errorf("%.4q…: %d bytes, valid %v", name, len(b), utf8.ValidString(got.Name))
		}
	}
	if _, err := (Answer{Address: strings.Repeat("x", 2000)}).encode(); err == nil {
		t.Error("an address that does not fit was sent")
	}
}

func TestOneSourceCannotUseUpTheAnswersOfOthers(t *testing.T) {
	l, now := newLimiter(), time.Unix(1000, 0)
	greedy, modest := netip.MustParseAddr("192.168.1.66"), netip.MustParseAddr("192.168.1.20")
	passed := 0
	for range 100 {
		if l.allow(greedy, now) {
			passed++
		}
	}
	if passed != sourceBurst {
		t.Errorf("%d at once", passed)
	}
	if !l.allow(modest, now) {
		t.Error("another source was refused")
	}
	passed = 0
	for range 100 {
		now = now.Add(100 * time.Millisecond)
		if l.allow(greedy, now) {
			passed++
		}
	}
	if passed != 10*sourceRate {
		t.Errorf("%d in ten seconds", passed)
	}
}

func TestTheTableOfSourcesIsBoundedAndRecovers(t *testing.T) {
	l, now := newLimiter(), time.Unix(1000, 0)
	source := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }
	for i := range 10 * maxSources {
		l.allow(source(i), now)
	}
	if len(l.sources) != maxSources {
		t.Errorf("%d sources", len(l.sources))
	}
	now = now.Add(idle + time.Second)
	if !l.allow(source(60000), now) {
		t.Error("no room although all others have gone quiet")
	}
}

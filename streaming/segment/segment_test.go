package segment

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func tools(t *testing.T) *ffmpeg.Tools {
	t.Helper()
	tl, err := ffmpeg.Find(t.Context())
	if err != nil {
		t.Skip("ffmpeg is needed:", err)
	}
	return tl
}

const rate = 11025

// music is seconds of chords that no other seed has; seed 0 is silence.
func music(seed uint64, seconds float64) []int16 {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]int16, int(seconds*rate))
	var notes [3]float64
	for i := range out {
		if seed == 0 {
			continue
		}
		if i%(rate/4) == 0 {
			for k := range notes {
				notes[k] = 110 * math.Pow(2, float64(r.IntN(48))/12)
			}
		}
		v := 0.0
		for _, f := range notes {
			at := 2 * math.Pi * f * float64(i) / rate
			v += math.Sin(at) + math.Sin(2*at)/2
		}
		out[i] = int16(v * 4000)
	}
	return out
}

func join(parts ...[]int16) []int16 {
	var out []int16
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func atOnce(ctx context.Context) error { return ctx.Err() }

func run2(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-nostdin", "-loglevel", "error"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// episode is a film with that sound.
func episode(t *testing.T, name string, sound []int16, codec ...string) *library.Source {
	t.Helper()
	dir := t.TempDir()
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, sound)
	raw, path := filepath.Join(dir, "sound"), filepath.Join(dir, name)
	if err := os.WriteFile(raw, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-f", "lavfi", "-i", fmt.Sprintf("color=c=blue:s=64x36:r=5:d=%f", float64(len(sound))/rate),
		"-f", "s16le", "-ar", "11025", "-ac", "1", "-i", raw, "-ar", "48000", "-ac", "2", "-c:v", "libx264", "-preset", "ultrafast"}
	run2(t, append(append(args, codec...), path)...)
	return source(t, path)
}

func source(t *testing.T, path string) *library.Source {
	t.Helper()
	src, _, err := probe.File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return &src
}

func near2(a library.Ticks, seconds, by float64) bool { return math.Abs(a.Seconds()-seconds) <= by }

func TestTheIntroOfASeasonIsFoundWhereverItIs(t *testing.T) {
	tl := tools(t)
	if !CanFingerprint(t.Context(), tl) {
		t.Skip("this ffmpeg has no chromaprint muxer")
	}
	theme, credits := music(1000, 20), music(2000, 15)
	offsets := []float64{5, 33, 12.4, 21.7}
	codecs := [][]string{{"-c:a", "aac"}, {"-c:a", "ac3"}, {"-c:a", "libmp3lame"}, {"-c:a", "aac", "-b:a", "64k"}}
	var srcs []*library.Source
	var heads, tails []Print
	for i, at := range offsets {
		seed := uint64(10 * (i + 1))
		// A common silence must not be taken for it.
		sound := join(music(0, 3), music(seed, at-3), theme, music(seed+1, 100-at), credits, music(seed+2, float64(i)))
		src := episode(t, fmt.Sprintf("e%d.mkv", i), sound, codecs[i]...)
		srcs = append(srcs, src)
		from, length := HeadOf(src)
		head, err := Take(t.Context(), tl, ffmpeg.Quiet{}, src, from, length)
		if err != nil {
			t.Fatal(err)
		}
		from, length = TailOf(src)
		tail, err := Take(t.Context(), tl, ffmpeg.Quiet{}, src, from, length)
		if err != nil {
			t.Fatal(err)
		}
		heads, tails = append(heads, ParsePrint(head.From, head.Bytes())), append(tails, tail)
	}
	intros, err := Season(t.Context(), Intro, heads, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	outros, err := Season(t.Context(), Outro, tails, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range offsets {
		if s := intros[i]; s.Kind != Intro || !near2(s.Start, at, 1) || !near2(s.End, at+20, 1) {
			t.Errorf("intro of episode %d: %.2f–%.2f s, want %.1f–%.1f", i, s.Start.Seconds(), s.End.Seconds(), at, at+20)
		}
		end := 120.0
		if s := ToEnd(outros[i], srcs[i].Runtime); s.Kind != Outro || !near2(s.Start, end, 1) || !near2(s.End, end+15+float64(i), 3.5) {
			t.Errorf("credits of episode %d: %.2f–%.2f s, want %.1f–%.1f", i, s.Start.Seconds(), s.End.Seconds(), end, end+15)
		}
	}
}

// chance is a print of sound that is like no other.
func chance(seed uint64, n int) []uint32 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]uint32, n)
	for i := range out {
		out[i] = r.Uint32()
	}
	return out
}

func joined(parts ...[]uint32) Print {
	var p Print
	for _, x := range parts {
		p.Items = append(p.Items, x...)
	}
	return p
}

func repeat(v uint32, n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// worn is a print with some bits of every item wrong.
func worn(items []uint32, seed uint64, wrong int) []uint32 {
	r := rand.New(rand.NewPCG(seed, 2))
	out := make([]uint32, len(items))
	for i, v := range items {
		for range wrong {
			v ^= 1 << r.IntN(32)
		}
		out[i] = v
	}
	return out
}

func TestChanceAndSilenceAreNotTakenForMusic(t *testing.T) {
	silence := repeat(627964279, 400)
	for name, prints := range map[string][]Print{
		"chance":           {joined(chance(1, 2000)), joined(chance(2, 2000)), joined(chance(3, 2000))},
		"silence":          {joined(chance(1, 500), silence), joined(chance(2, 700), silence), joined(silence, chance(3, 100))},
		"nothing":          {{}, {}, {}},
		"one episode":      {joined(chance(1, 2000))},
		"no episode":       {},
		"too short":        {joined(chance(1, 300), chance(9, 60)), joined(chance(2, 500), chance(9, 60))},
		"two of four only": {joined(chance(1, 300), chance(9, 200)), joined(chance(2, 500), chance(9, 200)), joined(chance(3, 900)), joined(chance(4, 900))},
		"too long":         {joined(chance(9, 2000)), joined(chance(9, 2000)), joined(chance(9, 2000))},
	} {
		got, err := Season(t.Context(), Intro, prints, atOnce)
		if err != nil || len(got) != len(prints) {
			t.Fatalf("%s: %d, %v", name, len(got), err)
		}
		for i, s := range got {
			if s != (Segment{}) {
				t.Errorf("%s: episode %d has an intro at %.1f–%.1f s", name, i, s.Start.Seconds(), s.End.Seconds())
			}
		}
	}
}

func TestAWornIntroIsFoundAndAnEpisodeWithoutOneHasNone(t *testing.T) {
	theme := chance(9, 300)
	prints := []Print{
		joined(chance(1, 100), theme, chance(11, 900)), joined(chance(2, 700), worn(theme, 2, 3), chance(12, 900)),
		joined(chance(3, 1500)), joined(worn(theme, 4, 2), chance(14, 900)), joined(chance(5, 333), worn(theme, 5, 4), chance(15, 33)),
	}
	got, err := Season(t.Context(), Intro, prints, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []float64{100, 700, -1, 0, 333} {
		s := got[i]
		if at < 0 {
			if s.Kind != "" {
				t.Errorf("episode %d: %+v", i, s)
			}
			continue
		}
		if s.Kind != Intro || !near2(s.Start, at*step, 1) || !near2(s.End, (at+300)*step+span/2, 1) {
			t.Errorf("episode %d: %.1f–%.1f s, want from %.1f", i, s.Start.Seconds(), s.End.Seconds(), at*step)
		}
	}
}

func TestTheSearchEndsWhenItIsNoLongerWanted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Season(ctx, Intro, []Print{joined(chance(1, 9)), joined(chance(2, 9))}, atOnce); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestChaptersSayWhatTheyAre(t *testing.T) {
	for name, want := range map[string]Kind{
		"Intro": Intro, "OPENING": Intro, "Opening 2": Intro, "[Opening Credits]": Intro, "Vorspann": Intro, "オープニング": Intro, "Заставка": Intro,
		"Credits": Outro, "End Credits": Outro, "Abspann": Outro, "Générique de fin": Outro, "ED": Outro, "Titoli di coda": Outro, "エンディング": Outro,
		"Recap": Recap, "Previously on A Series": Recap, "Was bisher geschah": Recap, "Preview": Preview, "Next Episode": Preview, "次回予告": Preview,
		"Werbung 3": Commercial, "Chapter 1": "", "": "", "01": "", "The Opening of the Door": "", "A Bad Ending for Ed": "", "Edward": "",
	} {
		if got := kindOf(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestNoNameStandsForTwoKinds(t *testing.T) {
	of := map[string]Kind{}
	for _, k := range kinds() {
		for _, n := range named(k) {
			if other, twice := of[n]; twice {
				t.Errorf("%q is %s and %s", n, other, k)
			}
			if of[n] = k; words(n) != n {
				t.Errorf("%q can never match: a name becomes %q", n, words(n))
			}
		}
	}
}

func at(minutes float64) library.Ticks { return ticks(minutes * 60) }

func TestIncredibleChaptersAreLeftOut(t *testing.T) {
	got := FromChapters([]library.Chapter{
		{Start: 0, Name: "Recap"}, {Start: at(1), Name: "Intro"}, {Start: at(2), Name: "One"}, {Start: at(10), Name: "Credits"},
		{Start: at(11), Name: "Two"}, {Start: at(20), Name: "Outro"}, {Start: at(22), Name: "Preview"},
	}, at(23))
	want := []Segment{{Recap, 0, at(1), ByChapter}, {Intro, at(1), at(2), ByChapter}, {Outro, at(20), at(22), ByChapter}, {Preview, at(22), at(23), ByChapter}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if got := FromChapters([]library.Chapter{{Start: 0, Name: "Opening"}, {Start: at(50), Name: "The rest"}}, at(100)); len(got) != 0 {
		t.Errorf("an opening of half the film: %v", got)
	}
}

func TestTheSurerWayWins(t *testing.T) {
	chapters := []Segment{{Intro, at(1), at(2), ByChapter}}
	sound := []Segment{{Intro, at(0), at(1), BySound}, {Outro, at(1.5), at(3), BySound}, {Outro, at(20), at(22), BySound}}
	got := Merge(chapters, sound, []Segment{{Outro, at(19), at(22), ByPicture}, {}})
	want := []Segment{chapters[0], sound[2]}
	if fmt.Sprint(got) != fmt.Sprint(want) || !Has(got, Outro) || Has(got, Recap) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// endings is a film of two minutes whose last part is black and silent, or not.
func ending(t *testing.T, video, audio string) *library.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mkv")
	run2(t, "-f", "lavfi", "-i", "testsrc2=s=160x90:r=5:d=150", "-f", "lavfi", "-i", "anoisesrc=d=150:a=0.3:r=48000", "-vf", video, "-af", audio,
		"-g", "10", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", path)
	return source(t, path)
}

func TestTheDarkEndOfAFilmIsItsCredits(t *testing.T) {
	tl := tools(t)
	const black = "drawbox=t=fill:c=black:enable='gte(t,%d)',drawbox=x=60:y=30:w=40:h=20:t=fill:c=white:enable='gte(t,%d)'"
	silent := func(from, to int) string { return fmt.Sprintf("volume=0:enable='between(t,%d,%d)'", from, to) }
	for name, tc := range map[string]struct {
		video, audio string
		start        float64 // 0: none
	}{
		"black and silent":           {fmt.Sprintf(black, 110, 110), silent(110, 200), 110},
		"a pause before the music":   {fmt.Sprintf(black, 112, 112), silent(111, 113), 112},
		"no pause and short":         {fmt.Sprintf(black, 112, 112), "anull", 0},
		"bright to the end":          {"null", silent(110, 200), 0},
		"a scene after it, too long": {"drawbox=t=fill:c=black:enable='between(t,60,99)'", silent(60, 99), 0},
		"dark for ever":              {"drawbox=t=fill:c=black", silent(0, 200), 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, ok, err := Credits(t.Context(), tl, ffmpeg.Quiet{}, ending(t, tc.video, tc.audio))
			if err != nil || ok != (tc.start > 0) {
				t.Fatalf("%+v %v %v", s, ok, err)
			}
			if ok && (!near2(s.Start, tc.start, 2.1) || !near2(s.End, 150, 0.3) || s.By != ByPicture) {
				t.Errorf("%.1f–%.1f s, want from %v", s.Start.Seconds(), s.End.Seconds(), tc.start)
			}
		})
	}
}

func BenchmarkTwoEpisodes(b *testing.B) {
	x, y := joined(chance(1, 4845)), joined(chance(2, 4845))
	for b.Loop() {
		common(x, y, 100)
	}
}

package media

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

func cutsAt(times ...int64) []Cut {
	var cuts []Cut
	for i, t := range times {
		cuts = append(cuts, Cut{t, i})
	}
	return cuts
}

// TestSegmentsComeNearToTheLengthAskedFor spaces key frames of several rhythms.
func TestSegmentsComeNearToTheLengthAskedFor(t *testing.T) {
	for _, c := range []struct{ keys, want []int64 }{
		{[]int64{0, 2, 4, 6, 8, 10, 12, 14}, []int64{0, 6, 12}},
		{[]int64{0, 5, 10, 15, 20}, []int64{0, 5, 10, 15, 20}},
		{[]int64{0, 10, 20}, []int64{0, 10, 20}},
		{[]int64{0, 1, 9, 10, 30}, []int64{0, 9, 30}}, // 1 is too near
		{[]int64{0, 4, 9, 13}, []int64{0, 4, 9, 13}},
		{[]int64{3}, []int64{3}},
		{nil, nil},
	} {
		var got []int64
		for _, x := range Spaced(cutsAt(c.keys...), 6) {
			got = append(got, x.PTS)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.keys, got, c.want)
		}
	}
}

// TestSpacedNeverLeavesAGapOrGoesBack tries key frames at random.
func TestSpacedNeverLeavesAGapOrGoesBack(t *testing.T) {
	for range 1000 {
		var keys []int64
		for at := int64(0); at < 1000; at += 1 + rand.Int64N(20) {
			keys = append(keys, at)
		}
		got := Spaced(cutsAt(keys...), 12)
		for i := 1; i < len(got); i++ {
			if got[i].PTS <= got[i-1].PTS || got[i].PTS-got[i-1].PTS > 12+20 {
				t.Fatalf("%v of %v", got, keys)
			}
		}
	}
}

// TestSoundOnRoughTimesLiesEndToEnd gives times in whole milliseconds, in segments
// cut anywhere, and wants the exact ones.
func TestSoundOnRoughTimesLiesEndToEnd(t *testing.T) {
	const rate, frame = 44100, 1024
	rough := func(k int64) int64 { return Scale(Scale(k*frame, rate, 1000), 1000, rate) }
	g := Grid{Base: rough(0), Frame: frame, Tolerance: rate/1000 + 1}
	for at := int64(0); at < 5000; {
		n := 1 + rand.Int64N(300)
		var p []Packet
		for k := at; k < at+n; k++ {
			p = append(p, Packet{PTS: rough(k)})
		}
		g.Lay(p, rough(at+n), true)
		for i := range p {
			if p[i].PTS != (at+int64(i))*frame || p[i].Dur != frame || p[i].DTS != p[i].PTS {
				t.Fatalf("packet %d: %+v", at+int64(i), p[i])
			}
		}
		at += n
	}
}

// TestAHoleInTheSoundStaysAHole has a packet missing, inside a segment and between
// two, and then sound that is off the grid for good.
func TestAHoleInTheSoundStaysAHole(t *testing.T) {
	g := Grid{Frame: 100, Tolerance: 2}
	p := []Packet{{PTS: 0}, {PTS: 101}, {PTS: 340}, {PTS: 441}}
	g.Lay(p, 740, true)
	for i, want := range []Packet{{PTS: 0, Dur: 100}, {PTS: 100, Dur: 240}, {PTS: 340, Dur: 100}, {PTS: 440, Dur: 100}} {
		if p[i].PTS != want.PTS || p[i].Dur != want.Dur {
			t.Errorf("packet %d: %+v, want %+v", i, p[i], want)
		}
	}
	p = []Packet{{PTS: 40}, {PTS: 141}}
	g.Lay(p, 243, true)
	if p[0].PTS != 40 || p[1].PTS != 140 || p[1].Dur != 103 {
		t.Errorf("off the grid: %+v; the next begins at %d", p, g.At(243))
	}
}

// TestPicturesAreDecodedInOrderAndBeforeTheyAreShown makes decoding times.
func TestPicturesAreDecodedInOrderAndBeforeTheyAreShown(t *testing.T) {
	p := []Packet{{PTS: 10}, {PTS: 50}, {PTS: 30}, {PTS: 20}, {PTS: 40}}
	delay := Reorder(p)
	if delay != 20 {
		t.Errorf("delay %d", delay)
	}
	Decode(p, delay, 60, 10, true, nil)
	for i, want := range []int64{-10, 0, 10, 20, 30} {
		if p[i].DTS != want || p[i].Dur != 10 || p[i].PTS < p[i].DTS {
			t.Errorf("picture %d: %+v", i, p[i])
		}
	}
	p = []Packet{{PTS: 10}, {PTS: 10}, {PTS: 10}}
	Decode(p, 0, 0, 7, false, nil)
	if p[1].DTS != 11 || p[2].DTS != 12 || p[2].Dur != 7 {
		t.Errorf("pictures at one time: %+v", p)
	}
}

// TestScalingIsExactForLongFilms would overflow if it multiplied first.
func TestScalingIsExactForLongFilms(t *testing.T) {
	day := int64(24 * 3600)
	if got := Scale(day*1e9*30+1, 1e9, 90000); got != day*30*90000 {
		t.Error(got)
	}
	if got := Scale(-1500, 1000, 44100); got != -66150 {
		t.Error(got)
	}
}

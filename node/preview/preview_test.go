package preview

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/ffmpeg"
	"sett/streaming/probe"
	"sett/streaming/segment"
	"sett/streaming/trickplay"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

const rate = 11025

// music is seconds of chords that no other seed has.
func music(seed uint64, seconds float64) []int16 {
	r := rand.New(rand.NewPCG(seed, 7))
	out := make([]int16, int(seconds*rate))
	var notes [3]float64
	for i := range out {
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

type lab struct {
	t     *testing.T
	store *store.Store
	dir   string
	busy  atomic.Bool
	asked atomic.Int64
	opt   Options
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if _, err := ffmpeg.Look("ffmpeg"); err != nil {
		t.Skip("ffmpeg is needed:", err)
	}
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	l := &lab{t: t, store: s, dir: t.TempDir()}
	l.opt = Options{
		Store: s, Trickplay: true, Segments: true, SheetDir: filepath.Join(l.dir, "sheets"), CacheDir: filepath.Join(l.dir, "cache"),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Settle: time.Millisecond,
		Busy:   func() bool { l.asked.Add(1); return l.busy.Load() },
		Layout: trickplay.Layout{Width: 64, Interval: 5 * time.Second, Columns: 2, Rows: 2},
	}
	return l
}

// film makes a file of so many seconds with that sound, and an item of it.
func (l *lab) film(name string, sound []int16, it library.Item) library.Item {
	l.t.Helper()
	raw, path := filepath.Join(l.dir, name+".raw"), filepath.Join(l.dir, name+".mkv")
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, sound)
	if err := os.WriteFile(raw, b.Bytes(), 0o600); err != nil {
		l.t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-y", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=64x36:r=5:d=%f", float64(len(sound))/rate),
		"-f", "s16le", "-ar", "11025", "-ac", "1", "-i", raw, "-g", "10", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", path).CombinedOutput()
	if err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	return l.item(path, it)
}

func (l *lab) item(path string, it library.Item) library.Item {
	l.t.Helper()
	src, _, err := probe.File(l.t.Context(), path)
	if err != nil {
		l.t.Fatal(err)
	}
	it.ID = library.NewID(path)
	src.ID = it.ID
	it.Path, it.Runtime, it.Sources = path, src.Runtime, []library.Source{src}
	return it
}

func (l *lab) put(items ...library.Item) {
	l.t.Helper()
	var changes []library.Change
	for i := range items {
		changes = append(changes, library.Put(&items[i]))
	}
	if err := l.store.Apply(l.t.Context(), changes...); err != nil {
		l.t.Fatal(err)
	}
}

// run runs until stop is called.
func (l *lab) run() (p *Previews, stop func()) {
	l.t.Helper()
	p = New(l.opt)
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				l.t.Errorf("it ended with %v", err)
			}
		case <-time.After(5 * time.Second):
			l.t.Error("it did not end within five seconds")
		}
	}
	l.t.Cleanup(stop)
	return p, stop
}

func (l *lab) until(what string, ok func() bool) {
	l.t.Helper()
	for end := time.Now().Add(90 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			l.t.Fatal("waited too long: ", what)
		}
	}
}

func (l *lab) segments(p *Previews, it library.Item) []segment.Segment {
	l.t.Helper()
	found, err := p.Segments(&it)
	if err != nil {
		l.t.Fatal(err)
	}
	return found
}

func TestASeasonIsPreparedAndKeptOverARestart(t *testing.T) {
	l := newLab(t)
	season := library.Item{ID: library.NewID("season"), Kind: library.Season, Name: "Season 1"}
	var eps []library.Item
	theme := music(1000, 20)
	offsets := []float64{4, 17, 25, 9}
	for i, at := range offsets {
		sound := append(append(music(uint64(i+1)*10, at), theme...), music(uint64(i+1)*10+1, 80-at)...)
		eps = append(eps, l.film(fmt.Sprint("e", i), sound, library.Item{Kind: library.Episode, Parent: season.ID, Season: season.ID, Name: fmt.Sprint("E", i), Index: library.Num(i + 1)}))
	}
	l.put(append(eps, season)...)
	p, stop := l.run()
	check := func() {
		t.Helper()
		for i, ep := range eps {
			l.until("the sheets of an episode", func() bool { return len(p.Trickplay(ep.ID)) == 1 })
			l.until("its segments", func() bool { return len(l.segments(p, ep)) > 0 })
			s := l.segments(p, ep)[0]
			if s.Kind != segment.Intro || math.Abs(s.Start.Seconds()-offsets[i]) > 1 || math.Abs(s.End.Seconds()-offsets[i]-20) > 1 {
				t.Errorf("episode %d: %+v, want from %v", i, s, offsets[i])
			}
		}
	}
	check()
	set := p.Trickplay(eps[0].ID)[0]
	if f, err := p.Sheet(set, set.Sheets()-1); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	stop()
	before, _ := filepath.Glob(filepath.Join(l.opt.SheetDir, "*", "*.jpg"))
	p, stop = l.run()
	check()
	stop()
	if after, _ := filepath.Glob(filepath.Join(l.opt.SheetDir, "*", "*.jpg")); len(after) != len(before) {
		t.Errorf("%d sheets, then %d", len(before), len(after))
	}
}

func TestNothingIsDoneWhileSomebodyPlays(t *testing.T) {
	l := newLab(t)
	film := l.film("film", music(1, 60), library.Item{Kind: library.Movie})
	l.put(film)
	l.busy.Store(true)
	p, _ := l.run()
	l.until("it to ask whether somebody plays", func() bool { return l.asked.Load() >= 3 })
	if list, _ := os.ReadDir(l.opt.SheetDir); len(list) != 0 {
		t.Errorf("it worked: %v", list)
	}
	l.busy.Store(false)
	l.until("the work", func() bool { return len(p.Trickplay(film.ID)) == 1 })
}

func TestItIsEndedInTheMiddleAndGoesOn(t *testing.T) {
	l := newLab(t)
	film := l.film("film", music(1, 300), library.Item{Kind: library.Movie})
	l.opt.Segments = false
	l.put(film)
	_, stop := l.run()
	sheets := func() []string {
		list, _ := filepath.Glob(filepath.Join(l.opt.SheetDir, "part-*", "*.jpg"))
		return list
	}
	l.until("some sheets", func() bool { return len(sheets()) >= 2 })
	stop()
	first := sheets()
	if len(first) < 2 || len(first) >= 15 {
		t.Fatalf("%d sheets when it was ended", len(first))
	}
	made, err := os.Stat(first[0])
	if err != nil {
		t.Fatal(err)
	}
	p, _ := l.run()
	l.until("the rest", func() bool { return len(p.Trickplay(film.ID)) == 1 })
	f, err := p.Sheet(p.Trickplay(film.ID)[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if fi, _ := f.Stat(); !fi.ModTime().Equal(made.ModTime()) {
		t.Error("the first sheet was made again")
	}
}

func TestWhatIsSwitchedOffIsNotDone(t *testing.T) {
	l := newLab(t)
	film := l.film("film", music(1, 30), library.Item{Kind: library.Movie})
	film.Sources[0].Chapters = []library.Chapter{{Name: "Intro"}, {Start: library.TicksOf(6 * time.Second), Name: "One"}}
	l.opt.Trickplay = false
	l.put(film)
	p, stop := l.run()
	l.until("the segments", func() bool { return p.HasSegments(film.ID) })
	stop()
	if sets := p.Trickplay(film.ID); len(sets) != 0 {
		t.Errorf("%+v", sets)
	}
	l.opt.Trickplay, l.opt.Segments = true, false
	other := l.film("other", music(1, 30), film)
	other.Sources[0].Chapters = film.Sources[0].Chapters
	l.put(other)
	p, _ = l.run()
	l.until("the pictures", func() bool { return len(p.Trickplay(other.ID)) == 1 })
	if p.HasSegments(other.ID) || !p.HasSegments(film.ID) {
		t.Error("segments were looked for, or forgotten")
	}
}

func TestAFilmThatGoesTakesItsPicturesAlong(t *testing.T) {
	l := newLab(t)
	film := l.film("film", music(1, 30), library.Item{Kind: library.Movie})
	film.Sources[0].Chapters = []library.Chapter{{Name: "Intro"}, {Start: library.TicksOf(6 * time.Second), Name: "One"}}
	p, _ := l.run()
	l.put(film) // while it runs
	l.until("the pictures", func() bool { return len(p.Trickplay(film.ID)) == 1 && p.HasSegments(film.ID) })
	replaced := l.film("film", music(2, 40), film)
	l.put(replaced)
	l.until("new pictures", func() bool {
		sets := p.Trickplay(film.ID)
		return len(sets) == 1 && sets[0].Identity == Identity(&replaced.Sources[0])
	})
	l.until("no more segments", func() bool { return len(l.segments(p, replaced)) == 0 })
	if err := l.store.Apply(t.Context(), library.Remove(film.ID)); err != nil {
		t.Fatal(err)
	}
	l.until("nothing to be left", func() bool {
		list, err := os.ReadDir(l.opt.SheetDir)
		return err == nil && len(list) == 0 && len(p.Trickplay(film.ID)) == 0 && !p.HasSegments(film.ID)
	})
}

func TestAFileThatDefeatsItIsTriedOnce(t *testing.T) {
	l := newLab(t)
	film := l.film("film", music(1, 30), library.Item{Kind: library.Movie})
	if err := os.WriteFile(film.Path, bytes.Repeat([]byte("no film "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	good := l.film("good", music(1, 20), library.Item{Kind: library.Movie})
	l.put(film, good)
	p, stop := l.run()
	l.until("the other film", func() bool { return len(p.Trickplay(good.ID)) == 1 })
	l.until("a note of it", func() bool {
		r, err := p.record(film.ID)
		return err == nil && r.Sheets[film.ID.String()].Problem != "" && r.Looked != ""
	})
	stop()
}

func TestTheQueueGivesSegmentsFirstThenWhatIsNew(t *testing.T) {
	q, now := newQueue(), time.Now()
	id := func(n byte) library.ID { return library.ID{n} }
	q.put(task{id(1), true}, 10, time.Time{})
	q.put(task{id(2), true}, 20, time.Time{})
	q.put(task{id(1), false}, 10, time.Time{})
	q.put(task{id(1), false}, 10, time.Time{})
	q.put(task{id(3), true}, 99, now.Add(time.Hour))
	for _, want := range []task{{id(1), false}, {id(2), true}, {id(1), true}} {
		if e, ok, _ := q.next(now); !ok || e.task != want {
			t.Errorf("got %v %v, want %v", e.task, ok, want)
		}
	}
	if _, ok, wait := q.next(now); ok || wait != time.Hour {
		t.Errorf("%v, wait %v", ok, wait)
	}
	if e, ok, _ := q.next(now.Add(2 * time.Hour)); !ok || e.id != id(3) {
		t.Errorf("%v %v", e, ok)
	}
}

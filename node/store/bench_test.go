package store

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sett/node/library"
)

// household makes n items like those of a large household: half of it episodes, a third
// music, the rest films.
func household(n int, fn func(*library.Item)) {
	added := time.Unix(1600000000, 0).UTC()
	films, shows, music := library.NewID("films"), library.NewID("shows"), library.NewID("music")
	for id, name := range map[library.ID]string{films: "Films", shows: "Shows", music: "Music"} {
		fn(&library.Item{ID: id, Kind: library.CollectionFolder, Library: id, Name: name})
	}
	for i := range n {
		it := &library.Item{
			Added: added.Add(time.Duration(i*7919%n) * time.Minute), Modified: added, Year: 1950 + i%75,
			Genres:          []string{fmt.Sprintf("Genre %d", i%23), fmt.Sprintf("Genre %d", i%7)},
			CommunityRating: float32(i%100) / 10, OfficialRating: []string{"PG", "R", "G", "12"}[i%4],
			Overview: strings.Repeat("Something happens to somebody somewhere. ", 6),
			Images:   []library.Image{{Kind: library.Primary, Tag: fmt.Sprintf("%016x", i), Width: 1000, Height: 1500, Blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}},
		}
		switch {
		case i%2 == 0:
			show, season := i/200, i/2%100/10
			series := library.NewID("series", strconv.Itoa(show))
			seasonID := library.NewID("season", strconv.Itoa(show), strconv.Itoa(season))
			if i%200 == 0 {
				fn(&library.Item{ID: series, Kind: library.Series, Library: shows, Parent: shows, Name: title(show * 31)})
			}
			if i%20 == 0 {
				fn(&library.Item{ID: seasonID, Kind: library.Season, Library: shows, Parent: series, Series: series, Name: fmt.Sprintf("Season %d", season), Index: library.Num(season)})
			}
			it.Kind, it.Library, it.Parent, it.Series, it.Season = library.Episode, shows, seasonID, series, seasonID
			it.ParentIndex, it.Index = library.Num(season), library.Num(i/2%10)
			it.People = []library.Credit{{Name: fmt.Sprintf("Guest %d", i%20000), Type: "GuestStar"}}
		case i%3 == 0:
			album := library.NewID("album", strconv.Itoa(i/60))
			if i%60 < 6 {
				fn(&library.Item{ID: album, Kind: library.MusicAlbum, Library: music, Parent: music, Name: title(i * 17), AlbumArtists: []string{"Artist " + title(i/600)}})
			}
			it.Kind, it.Library, it.Parent, it.Album = library.Audio, music, album, album
			it.Artists, it.AlbumArtists = []string{"Artist " + title(i/600)}, []string{"Artist " + title(i/600)}
			it.Index = library.Num(i / 6 % 10)
		default:
			it.Kind, it.Library, it.Parent = library.Movie, films, films
			it.People = []library.Credit{{Name: fmt.Sprintf("Actor %d", i%9000), Type: "Actor"}, {Name: fmt.Sprintf("Director %d", i%900), Type: "Director"}}
			it.Providers = map[string]string{"Imdb": fmt.Sprintf("tt%07d", i), "Tmdb": strconv.Itoa(i)}
		}
		it.ID, it.Name = library.NewID("item", strconv.Itoa(i)), title(i)
		it.Path = fmt.Sprintf("/srv/media/%s/%s (%d)/%s.mkv", it.Kind, it.Name, it.Year, it.Name)
		it.Sources = []library.Source{{
			ID: it.ID, Path: it.Path, Container: "mkv", Size: 4 << 30, Bitrate: 5e6, Runtime: library.TicksOf(45 * time.Minute),
			Streams: []library.Stream{
				{Kind: library.StreamVideo, Codec: "h264", Profile: "High", Level: 41, Width: 1920, Height: 1080, PixelFormat: "yuv420p", AvgFrameRate: 23.976},
				{Index: 1, Kind: library.StreamAudio, Codec: "aac", Channels: 6, Layout: "5.1", SampleRate: 48000, Language: "eng"},
				{Index: 2, Kind: library.StreamSubtitle, Codec: "subrip", Language: "eng"},
			},
		}}
		fn(it)
	}
}

func title(i int) string {
	a := []string{"Silent", "Broken", "Golden", "Last", "Hidden", "Burning", "Lonely", "Crimson", "Distant", "Frozen", "Wild", "Empty", "Secret"}
	b := []string{"River", "Mountain", "Promise", "Empire", "Garden", "Station", "Letter", "Harbour", "Mirror", "Winter", "Kingdom", "Shadow", "Voyage", "Orchard", "Signal", "Compass", "Lantern"}
	return fmt.Sprintf("The %s %s of %s %d", a[i%len(a)], b[i/13%len(b)], strconv.FormatInt(int64(i%4093)*7919+46656, 36), i%9)
}

func rendered(it *library.Item) []byte {
	return []byte(strings.Repeat(`{"Name":"`+it.Name+`"}`, 60))
}

// load fills a store and closes it, and leaves nothing of it in memory.
func load(tb testing.TB, dir string, opt Options, n int) {
	tb.Helper()
	s, err := Open(context.Background(), dir, opt)
	if err != nil {
		tb.Fatal(err)
	}
	fill(tb, s, n)
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}

func fill(tb testing.TB, s *Store, n int) {
	tb.Helper()
	var batch []library.Change
	flush := func() {
		if err := s.Apply(context.Background(), batch...); err != nil {
			tb.Fatal(err)
		}
		batch = batch[:0]
	}
	household(n, func(it *library.Item) {
		if batch = append(batch, library.Put(it)); len(batch) == 500 {
			flush()
		}
	})
	flush()
}

// TestAHundredThousandItemsOpenQuickly prints what it measured. The limits are wide,
// because the machine may be busy; `make bench` is where the numbers count.
func TestAHundredThousandItemsOpenQuickly(t *testing.T) {
	n := 20000
	if os.Getenv("SETT_BIG") != "" {
		n = 100000
	}
	dir := t.TempDir()
	opt := Options{Render: rendered, RenderVersion: "1"}
	start := time.Now()
	load(t, dir, opt, n)
	t.Logf("load: %v", time.Since(start))
	debug.FreeOSMemory()
	var after runtime.MemStats
	start = time.Now()
	s := open(t, dir, opt)
	took := time.Since(start)
	page := s.View().Find(library.Query{Kinds: []library.Kind{library.Movie}, Limit: 100})
	t.Logf("open %v, first page after %v", took, time.Since(start))
	s.View().Warm()
	t.Logf("warm after %v", time.Since(start))
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("heap %d MB in use, %d MB from the system", after.HeapAlloc>>20, after.HeapSys>>20)
	if page.Total == 0 || took > 5*time.Second {
		t.Errorf("open took %v for %d films", took, page.Total)
	}
	status, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(l, "Rss") || strings.HasPrefix(l, "VmRSS") {
			t.Log(l)
		}
	}
}

// BenchmarkPlayState saves positions as four players do, with a scan beside them or
// without, and reports the 99th percentile.
func BenchmarkPlayState(b *testing.B) {
	for _, scanning := range []bool{false, true} {
		b.Run(fmt.Sprintf("scanning=%v", scanning), func(b *testing.B) {
			s := open(b, b.TempDir(), Options{Render: rendered, RenderVersion: "1"})
			ctx, cancel := context.WithCancel(context.Background())
			var scan sync.WaitGroup
			if scanning {
				scan.Go(func() {
					var batch []library.Change
					household(20000, func(it *library.Item) {
						if batch = append(batch, library.Put(it)); len(batch) == 200 && ctx.Err() == nil {
							if err := s.Apply(ctx, batch...); err != nil && ctx.Err() == nil {
								b.Error(err)
							}
							batch = nil
						}
					})
				})
			}
			var mu sync.Mutex
			var took []time.Duration
			user := library.NewID("u")
			b.SetParallelism(2)
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					start := time.Now()
					_, err := s.UpdateUserData(ctx, user, library.NewID("item", strconv.Itoa(i%1000)), func(u library.UserData) library.UserData {
						u.Position++
						return u
					})
					if err != nil {
						b.Error(err)
					}
					mu.Lock()
					took = append(took, time.Since(start))
					mu.Unlock()
				}
			})
			cancel()
			scan.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkWire reads the records of a page of 100.
func BenchmarkWire(b *testing.B) {
	s := open(b, b.TempDir(), Options{Render: rendered, RenderVersion: "1"})
	fill(b, s, 10000)
	var ids []library.ID
	for _, c := range s.View().Find(library.Query{Limit: 100, Kinds: []library.Kind{library.Movie}}).Cards {
		ids = append(ids, c.ID)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := s.Wire(ids, func(_ int, wire []byte) error { n += len(wire); return nil }); err != nil || n == 0 {
			b.Fatal(err)
		}
	}
}

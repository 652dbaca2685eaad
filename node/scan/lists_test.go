package scan

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/probe"
)

// members names what is in a list, in its order.
func (h *house) members(it *library.Item) string {
	var names []string
	for _, m := range it.Members {
		c, ok := h.store.View().Card(m.Item)
		if !ok {
			names = append(names, "?")
			continue
		}
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func (h *house) film(name, set string) {
	h.add("Films/"+name+"/"+name+".mkv", "a.mkv")
	if set != "" {
		h.write("Films/"+name+"/movie.nfo", []byte("<movie><title>"+name+"</title><set><name>"+set+"</name></set></movie>"))
	}
}

func TestACollectionFollowsItsFilmsAndKeepsWhatTheOwnerDid(t *testing.T) {
	h := newHouse(t, films())
	for _, f := range []string{"A", "B", "C"} {
		h.film(f, "Letters")
	}
	h.film("Other", "")
	h.now()
	set := h.one(library.BoxSet, "Letters")
	if got := h.members(set); got != "A, B, C" {
		t.Fatalf("it holds %s", got)
	}
	other, b := h.one(library.Movie, "Other").ID, h.one(library.Movie, "B").ID
	must(t, h.store.Update(t.Context(), set.ID, func(it *library.Item) error { // the owner adds one and takes one out
		it.Members = append(slices.DeleteFunc(it.Members, func(m library.Member) bool { return m.Item == b }), library.Member{Item: other})
		return nil
	}))
	h.film("D", "Letters")
	h.now() // else D, which has the same content, would be A under another name
	h.remove("Films/A")
	h.configure(films()) // as after a restart
	h.now()
	if got := h.members(h.one(library.BoxSet, "Letters")); got != "C, Other, D" {
		t.Errorf("after changes by both it holds %s", got)
	}
	must(t, h.store.Apply(t.Context(), library.Remove(set.ID)))
	h.film("Unrelated", "")
	h.now()
	if n := len(h.items(library.BoxSet)); n != 0 {
		t.Errorf("%d collections: one that the owner deleted came back", n)
	}
	h.film("E", "Letters")
	h.now()
	if got := h.members(h.one(library.BoxSet, "Letters")); got != "B, C, D, E" {
		t.Errorf("with another film it is there again and holds %s", got)
	}
	for _, f := range []string{"B", "C", "D"} {
		h.remove("Films/" + f)
	}
	h.now()
	if n := len(h.items(library.BoxSet)); n != 0 {
		t.Errorf("%d collections of one film", n)
	}
}

func TestAPlaylistFollowsItsFile(t *testing.T) {
	h := newHouse(t, songs())
	h.add("Music/The Band/Blue/one.flac", "one.flac")
	h.add("Music/The Band/Blue/two.flac", "two.flac")
	h.write("Music/Lists/Best.m3u", []byte("../The Band/Blue/two.flac\n"))
	h.now()
	list := h.one(library.Playlist, "Best")
	if got := h.members(list); got != "Second Song" || list.ListMedia != library.MediaAudio || !list.Public {
		t.Fatalf("it holds %s and is %+v", got, list)
	}
	h.write("Music/Lists/Best.m3u", []byte("../The Band/Blue/two.flac\r\n../The Band/Blue/one.flac\r\n../The Band/Blue/two.flac\r\n"))
	line := h.now()
	now := h.one(library.Playlist, "Best")
	if got := h.members(now); got != "Second Song, First Song, Second Song" || now.ID != list.ID {
		t.Errorf("after a change it holds %s: %s", got, line)
	}
	if e := now.Members; e[0].Entry != list.Members[0].Entry || e[2].Entry == e[0].Entry {
		t.Errorf("entries were %v and are %v", list.Members, e)
	}
	if line := h.now(); !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Error(line)
	}
	h.move("Music/Lists", "Away")
	h.now()
	if n := len(h.items(library.Playlist)); n != 0 {
		t.Errorf("%d playlists without a file", n)
	}
	h.move("Away", "Music/Lists")
	h.now()
	if got := h.one(library.Playlist, "Best"); got.ID != list.ID {
		t.Errorf("it was %s and came back as %s", list.ID, got.ID)
	}
	h.move("Music", "Elsewhere") // the disk is away
	h.now()
	if n := len(h.items(library.Playlist)); n != 1 {
		t.Errorf("%d playlists while the disk is away", n)
	}
}

func TestPlaylistsAreReadInEveryForm(t *testing.T) {
	for in, want := range map[string]string{
		"a.mp3\nb.mp3": "[a.mp3 b.mp3]",
		"\xef\xbb\xbf#EXTM3U\r\n#EXTINF:1,x\r\na.mp3\r\n\r\n":   "[a.mp3]",
		"#PLAYLIST: Best of\na.mp3":                             "Best of[a.mp3]",
		"caf\xe9.mp3":                                           "[café.mp3]",
		"[playlist]\nFile1=a.mp3\nTitle1=x\nFile2=http://x/y\n": "[a.mp3 http://x/y]",
		"a.mp3\rb.mp3\r":                                        "[a.mp3 b.mp3]",
		"":                                                      "[]",
	} {
		title, refs := parseList([]byte(in))
		if got := fmt.Sprint(title, refs); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte("#EXTM3U\na.mp3\n[playlist]\nFile1=b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, refs := parseList(b); len(refs) > maxEntries {
			t.Errorf("%d entries", len(refs))
		}
	})
}

func FuzzParsePlaylist(f *testing.F) {
	f.Add(mpls("00001", 45000, "00002", 90000))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, seconds := parsePlaylist(b); seconds < 0 {
			t.Error(seconds)
		}
	})
}

// mpls makes a playlist of a Blu-ray: clips and their lengths.
func mpls(clips ...any) []byte {
	b := append([]byte("MPLS0200"), 0, 0, 0, 20)
	b = append(b, make([]byte, 8)...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, byte(len(clips)/2), 0, 0)
	for i := 0; i < len(clips); i += 2 {
		n := clips[i+1].(int)
		b = append(b, 0, 20)
		b = append(append(b, clips[i].(string)...), "M2TS"...)
		b = append(b, 0, 1, 0, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return b
}

func TestTheLongestPlaylistOfABluRayIsItsFilm(t *testing.T) {
	h := newHouse(t, films())
	for _, clip := range []string{"00001", "00002", "00003"} {
		h.add("Films/Disc (2001)/BDMV/STREAM/"+clip+".m2ts", "disc.m2ts")
	}
	h.write("Films/Disc (2001)/BDMV/PLAYLIST/00000.mpls", mpls("00003", 45000*100, "00003", 45000*100, "00003", 45000*100))
	h.write("Films/Disc (2001)/BDMV/PLAYLIST/00001.mpls", mpls("00002", 45000*80, "00001", 45000*60))
	h.write("Films/Disc (2001)/BDMV/PLAYLIST/00002.mpls", mpls("00009", 45000*999))
	h.write("Films/Disc (2001)/BDMV/PLAYLIST/00003.mpls", []byte("MPLS but not really a playlist"))
	h.now()
	h.want(filmKinds, "Movie Disc (2001) [Films/Disc (2001)/BDMV/STREAM/00002.m2ts + 00001.m2ts]")
	if it := h.one(library.Movie, "Disc"); it.Runtime.Seconds() < 1.8 {
		t.Errorf("it runs %v", it.Runtime.Duration())
	}
}

func TestHugeAndSparseFilesAreJustFiles(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/Good.mkv", "a.mkv")
	for name, size := range map[string]int64{"Huge": 5 << 30, "Empty inside": 1 << 30} {
		f, err := os.Create(h.path("Films/" + name + ".mkv"))
		must(t, err)
		must(t, f.Truncate(size))
		must(t, f.Close())
		must(t, os.Chtimes(f.Name(), day, day))
	}
	start := time.Now()
	h.now()
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	h.want(filmKinds, "Movie Good [Films/Good.mkv]", "Movie Huge [Films/Huge.mkv !]", "Movie Empty inside [Films/Empty inside.mkv !]")
	it := h.one(library.Movie, "Huge")
	if it.Sources[0].Size != 5<<30 || it.Fingerprint == "" {
		t.Errorf("it has %d bytes and the fingerprint %q", it.Sources[0].Size, it.Fingerprint)
	}
	h.move("Films/Huge.mkv", "Films/Renamed.mkv")
	h.now()
	if got := h.one(library.Movie, "Renamed").ID; got != it.ID {
		t.Errorf("it was %s and is %s", it.ID, got)
	}
}

func TestTheStateSaysWhereAScanIs(t *testing.T) {
	h := newHouse(t, films())
	for i := range 6 {
		h.add(fmt.Sprintf("Films/Film %d (2000)/Film %d (2000).mkv", i, i), "a.mkv")
	}
	step := make(chan bool)
	h.scan.inspect = func(ctx context.Context, path string) (library.Source, probe.Tags, error) {
		select {
		case <-ctx.Done():
		case <-step:
		}
		return probe.File(ctx, path)
	}
	if st := h.scan.State(); st.Running || st.Percent() != 100 || st.Phase != Idle {
		t.Errorf("before any scan: %+v", st)
	}
	h.start()
	eventually(t, 10*time.Second, "reading", func() bool { return h.scan.State().Phase == Reading })
	for range 3 {
		step <- true
	}
	eventually(t, 10*time.Second, "three files to be read", func() bool { return h.scan.State().Read == 3 })
	time.Sleep(60 * time.Millisecond) // a rate takes some time to be one
	st := h.scan.State()
	if st.ToRead != 6 || st.Percent() != 50 || st.Found != 6 || st.PerSecond <= 0 || st.Remaining <= 0 || !strings.HasPrefix(st.Folder, h.root) {
		t.Errorf("half-way: %+v", st)
	}
	close(step)
	eventually(t, 10*time.Second, "the end", func() bool { return !h.scan.State().Running })
	if st := h.scan.State(); st.Folder != "" || st.Ended.IsZero() || st.Percent() != 100 {
		t.Errorf("at the end: %+v", st)
	}
}

package remux_test

import (
	"math"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/remux"
)

// TestEveryFilmComesOutAsItIs fetches every segment of every clip in every order,
// and compares what a player gets with the source, packet by packet.
func TestEveryFilmComesOutAsItIs(t *testing.T) {
	for _, r := range recipes {
		if strings.HasSuffix(r.name, "ts") {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			f := open(t, r.name)
			if strings.HasPrefix(r.name, "noindex") {
				if err := f.Scan(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			opts := remux.Options{Video: 0, Audio: 1}
			if strings.HasPrefix(r.name, "music") {
				opts = remux.Options{Video: remux.None, Audio: 0}
			}
			o := output(t, f, opts)
			path := save(t, whole(t, o), "film.mp4")
			decode(t, path)
			got, want := packets(t, path), packets(t, clip(t, r.name))
			for stream := range want {
				kind := "picture"
				if stream == opts.Audio {
					kind = "sound"
					grid(t, got[stream], want[stream])
				}
				same(t, kind, got[stream], want[stream])
			}
			lengths(t, o.Segments(), want[0])
			t.Logf("%s: %d segments", o.Codecs(), len(o.Segments()))
		})
	}
}

// lengths compares the playlist with the packets of the main stream.
func lengths(t *testing.T, segments []remux.Segment, main []packet) {
	t.Helper()
	var at library.Ticks
	for n, s := range segments {
		if s.Start != at || s.Duration <= 0 {
			t.Errorf("segment %d begins at %v for %v, and the one before ends at %v", n, s.Start, s.Duration, at)
		}
		at += s.Duration
	}
	if off := at.Seconds() - end(main); math.Abs(off) > 0.042 {
		t.Errorf("the playlist is %f s long, %f too long", at.Seconds(), off)
	}
	if len(segments) < 2 {
		t.Errorf("%d segments", len(segments))
	}
}

package remux_test

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"os"
	"path/filepath"
	"testing"

	"sett/node/library"
	"sett/streaming/remux"
)

// mkvBlock is a block read from a file that ffmpeg wrote.
type mkvBlock struct {
	track byte
	time  int64
	key   bool
	body  []byte
}

// element is an EBML element; sizes are always of 8 bytes, which is allowed.
func element(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := binary.BigEndian.AppendUint32(nil, id)
	b = bytes.TrimLeft(b, "\x00")
	return append(binary.BigEndian.AppendUint64(b, 1<<56|uint64(len(body))), body...)
}

func endless(id uint32, parts ...[]byte) []byte {
	b := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	return append(append(b, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), bytes.Join(parts, nil)...)
}

func number(v int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) }

// elements walks a buffer.
func elements(b []byte, visit func(id uint32, body []byte)) {
	for len(b) > 1 {
		n := bits.LeadingZeros8(b[0]) + 1
		id := uint32(0)
		for _, c := range b[:n] {
			id = id<<8 | uint32(c)
		}
		b = b[n:]
		n = bits.LeadingZeros8(b[0]) + 1
		size := uint64(b[0]) & (1<<(8-n) - 1)
		for _, c := range b[1:n] {
			size = size<<8 | uint64(c)
		}
		b = b[n:]
		size = min(size, uint64(len(b)))
		visit(id, b[:size])
		b = b[size:]
	}
}

// takeApart reads a file's head, tracks and blocks.
func takeApart(t *testing.T, path string) (head []byte, tracks [][]byte, blocks []mkvBlock) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	time := int64(0)
	elements(file, func(id uint32, body []byte) {
		if id == 0x1A45DFA3 {
			head = element(id, body)
			return
		}
		elements(body, func(id uint32, body []byte) {
			switch id {
			case 0x1654AE6B:
				elements(body, func(id uint32, body []byte) {
					if id == 0xAE {
						tracks = append(tracks, body)
					}
				})
			case 0x1F43B675:
				elements(body, func(id uint32, body []byte) {
					add := func(body []byte, key bool) {
						blocks = append(blocks, mkvBlock{body[0] & 0x7f, time + int64(int16(binary.BigEndian.Uint16(body[1:]))), key, body[4:]})
					}
					switch id {
					case 0xE7:
						time = 0
						for _, c := range body {
							time = time<<8 | int64(c)
						}
					case 0xA3:
						add(body, body[3]&0x80 != 0)
					case 0xA0:
						var inner []byte
						key := true
						elements(body, func(id uint32, body []byte) {
							if id == 0xA1 {
								inner = body
							} else if id == 0xFB {
								key = false
							}
						})
						add(inner, key)
					}
				})
			}
		})
	})
	return head, tracks, blocks
}

// shape is how putTogether writes a file.
type shape struct {
	lacing byte // of sound: 1 Xiph, 2 fixed, 3 EBML
	groups bool // BlockGroups for all
	open   bool // sizes of clusters and segment are unknown
	strip  int  // bytes of every picture that the track's entry holds instead
	index  bool // cues
}

func vint(v int64, n int) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(v)|1<<(7*n))
	return b[8-n:]
}

// laced is the body of a block of several frames.
func laced(kind byte, frames [][]byte) []byte {
	b := []byte{byte(len(frames) - 1)}
	for i, f := range frames[:len(frames)-1] {
		switch {
		case kind == 1:
			n := len(f)
			for ; n >= 255; n -= 255 {
				b = append(b, 255)
			}
			b = append(b, byte(n))
		case kind == 3 && i == 0:
			b = append(b, vint(int64(len(f)), 2)...)
		case kind == 3:
			b = append(b, vint(int64(len(f)-len(frames[i-1]))+1<<13-1, 2)...)
		}
	}
	return append(b, bytes.Join(frames, nil)...)
}

// builder writes blocks as a file of another shape.
type builder struct {
	shape
	at       int64 // where the next cluster lies in the segment, but for a seek head
	start    int64 // time of the cluster
	cluster  [][]byte
	clusters [][]byte
	cues     [][]byte // clusters' places come last in them
	lace     []mkvBlock
}

func (w *builder) endCluster() {
	if len(w.cluster) == 0 {
		return
	}
	parts := append([][]byte{element(0xE7, number(w.start))}, w.cluster...)
	c := element(0x1F43B675, parts...)
	if w.open {
		c = endless(0x1F43B675, parts...)
	}
	w.clusters = append(w.clusters, c)
	w.at += int64(len(c))
	w.cluster = nil
}

func (w *builder) block(b mkvBlock, lacing byte, body []byte) {
	flags := lacing << 1
	if b.key && !w.groups {
		flags |= 0x80
	}
	since := b.time - w.start
	raw := append([]byte{0x80 | b.track, byte(since >> 8), byte(since), flags}, body...)
	switch {
	case !w.groups:
		w.cluster = append(w.cluster, element(0xA3, raw))
	case b.key:
		w.cluster = append(w.cluster, element(0xA0, element(0xA1, raw), element(0x9B, number(41))))
	default:
		w.cluster = append(w.cluster, element(0xA0, element(0xFB, []byte{0xff}), element(0xA1, raw)))
	}
}

func (w *builder) endLace() {
	kind := w.lacing
	var frames [][]byte
	for _, b := range w.lace {
		frames = append(frames, b.body)
		if len(b.body) != len(w.lace[0].body) && kind == 2 {
			kind = 3 // fixed sizes need equal ones
		}
	}
	switch len(frames) {
	case 0:
	case 1:
		w.block(w.lace[0], 0, frames[0])
	default:
		w.block(w.lace[0], kind, laced(kind, frames))
	}
	w.lace = nil
}

func (w *builder) add(b mkvBlock) {
	if b.time-w.start > 1100 {
		w.endLace()
		w.endCluster()
		w.start = b.time
	}
	switch {
	case b.track == 1:
		if b.key {
			w.cues = append(w.cues, element(0xBB, element(0xB3, number(b.time)), element(0xB7, element(0xF7, number(1)), element(0xF1, number(w.at)))))
		}
		w.block(b, 0, b.body[w.strip:])
	case w.lacing == 0:
		w.block(b, 0, b.body)
	default:
		if w.lace = append(w.lace, b); len(w.lace) == 4 {
			w.endLace()
		}
	}
}

// putTogether writes blocks as a file of another shape, with clusters of about a
// second that begin anywhere.
func putTogether(head []byte, tracks [][]byte, blocks []mkvBlock, s shape) []byte {
	var entries [][]byte
	for i, tr := range tracks {
		if i == 0 && s.strip > 0 {
			tr = append(bytes.Clone(tr), element(0x6D80, element(0x6240, element(0x5034, element(0x4254, number(3)), element(0x4255, blocks[0].body[:s.strip]))))...)
		}
		entries = append(entries, element(0xAE, tr))
	}
	parts := [][]byte{element(0x1549A966, element(0x2AD7B1, number(1_000_000))), element(0x1654AE6B, entries...)}
	w := &builder{shape: s, at: int64(len(parts[0]) + len(parts[1]))}
	for _, b := range blocks {
		w.add(b)
	}
	w.endLace()
	w.endCluster()
	parts = append(parts, w.clusters...)
	if s.index {
		// A seek head must come first, and moves everything.
		seek := func(at int64) []byte {
			return element(0x114D9B74, element(0x4DBB, element(0x53AB, []byte{0x1C, 0x53, 0xBB, 0x6B}), element(0x53AC, number(at))))
		}
		shift := int64(len(seek(0)))
		for _, c := range w.cues {
			place := c[len(c)-8:]
			binary.BigEndian.PutUint64(place, binary.BigEndian.Uint64(place)+uint64(shift))
		}
		parts = append([][]byte{seek(w.at + shift)}, append(parts, element(0x1C53BB6B, w.cues...))...)
	}
	if s.open {
		return append(head, endless(0x18538067, parts...)...)
	}
	return append(head, element(0x18538067, parts...)...)
}

// TestMatroskaOfEveryShapeComesOutAsItIs writes the same blocks as other programs
// might: laced, in groups, in clusters of unknown size, with stripped heads, and
// with key frames in the middle of clusters.
func TestMatroskaOfEveryShapeComesOutAsItIs(t *testing.T) {
	shapes := map[string]shape{
		"Xiph lacing":    {lacing: 1, index: true},
		"fixed lacing":   {lacing: 2, index: true},
		"EBML lacing":    {lacing: 3, index: true},
		"groups":         {groups: true, index: true},
		"laced groups":   {groups: true, lacing: 3, index: true},
		"unknown sizes":  {open: true},
		"stripped heads": {strip: 2, index: true},
		"no cues":        {},
	}
	for _, source := range []string{"h264-aac.mkv", "longgop.mkv", "opengop.mkv", "av1-opus.mkv"} {
		head, tracks, blocks := takeApart(t, clip(t, source))
		for name, s := range shapes {
			t.Run(source+"/"+name, func(t *testing.T) {
				if source == "av1-opus.mkv" {
					s.strip = 0 // nothing is the same in all its pictures
				}
				path := filepath.Join(t.TempDir(), "film.mkv")
				if err := os.WriteFile(path, putTogether(bytes.Clone(head), tracks, blocks, s), 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := remux.Open(t.Context(), path, library.Source{})
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if !s.index {
					if err := f.Scan(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				o := output(t, f, remux.Options{Audio: 1})
				out := save(t, whole(t, o), "film.mp4")
				decode(t, out)
				got, want := packets(t, out), packets(t, clip(t, source))
				same(t, "picture", got[0], want[0])
				same(t, "sound", got[1], want[1])
				grid(t, got[1], want[1])
			})
		}
	}
}

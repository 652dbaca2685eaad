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
	cues   bool
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

// putTogether writes blocks as a file of another shape, with clusters of about a
// second that begin anywhere.
func putTogether(head []byte, tracks [][]byte, blocks []mkvBlock, s shape) []byte {
	var entries, clusters, cues, cluster [][]byte
	for i, tr := range tracks {
		if i == 0 && s.strip > 0 {
			tr = append(bytes.Clone(tr), element(0x6D80, element(0x6240, element(0x5034, element(0x4254, number(3)), element(0x4255, blocks[0].body[:s.strip]))))...)
		}
		entries = append(entries, element(0xAE, tr))
	}
	info := element(0x1549A966, element(0x2AD7B1, number(1_000_000)), element(0x4D80, []byte("test")), element(0x5741, []byte("test")))
	start := int64(0)
	at := int64(len(info))
	tracksElement := element(0x1654AE6B, entries...)
	at += int64(len(tracksElement))
	flush := func() {
		if len(cluster) == 0 {
			return
		}
		c := element(0x1F43B675, append([][]byte{element(0xE7, number(start))}, cluster...)...)
		if s.open {
			c = endless(0x1F43B675, append([][]byte{element(0xE7, number(start))}, cluster...)...)
		}
		clusters = append(clusters, c)
		at += int64(len(c))
		cluster = nil
	}
	write := func(b mkvBlock, lacing byte, body []byte) {
		flags := lacing << 1
		if b.key && !s.groups {
			flags |= 0x80
		}
		raw := append([]byte{0x80 | b.track, byte((b.time - start) >> 8), byte(b.time - start), flags}, body...)
		switch {
		case !s.groups:
			cluster = append(cluster, element(0xA3, raw))
		case b.key:
			cluster = append(cluster, element(0xA0, element(0xA1, raw), element(0x9B, number(41))))
		default:
			cluster = append(cluster, element(0xA0, element(0xFB, []byte{0xff}), element(0xA1, raw)))
		}
	}
	var lace []mkvBlock
	unlace := func() {
		for kind := s.lacing; len(lace) > 0; lace = nil {
			var frames [][]byte
			for _, b := range lace {
				frames = append(frames, b.body)
				if len(b.body) != len(lace[0].body) && kind == 2 {
					kind = 3 // fixed sizes need equal ones
				}
			}
			if len(frames) == 1 {
				write(lace[0], 0, frames[0])
			} else {
				write(lace[0], kind, laced(kind, frames))
			}
		}
	}
	for _, b := range blocks {
		if b.time-start > 1100 {
			unlace()
			flush()
			start = b.time
		}
		if b.track == 1 {
			if b.key && s.cues {
				cues = append(cues, element(0xBB, element(0xB3, number(b.time)), element(0xB7, element(0xF7, number(1)), element(0xF1, number(at)))))
			}
			write(b, 0, b.body[s.strip:])
		} else if s.lacing == 0 {
			write(b, 0, b.body)
		} else if lace = append(lace, b); len(lace) == 4 {
			unlace()
		}
	}
	unlace()
	flush()
	parts := append([][]byte{info, tracksElement}, clusters...)
	if s.cues {
		parts = append(parts, element(0x1C53BB6B, cues...))
		// A seek head must come first, and has a size of its own.
		seek := func(at int64) []byte {
			return element(0x114D9B74, element(0x4DBB, element(0x53AB, []byte{0x1C, 0x53, 0xBB, 0x6B}), element(0x53AC, number(at))))
		}
		shift := int64(len(seek(0)))
		for i, c := range cues {
			pos := binary.BigEndian.Uint64(c[len(c)-8:])
			binary.BigEndian.PutUint64(cues[i][len(c)-8:], pos+uint64(shift))
		}
		parts[len(parts)-1] = element(0x1C53BB6B, cues...)
		parts = append([][]byte{seek(at + shift)}, parts...)
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
		"Xiph lacing":    {lacing: 1, cues: true},
		"fixed lacing":   {lacing: 2, cues: true},
		"EBML lacing":    {lacing: 3, cues: true},
		"groups":         {groups: true, cues: true},
		"laced groups":   {groups: true, lacing: 3, cues: true},
		"unknown sizes":  {open: true},
		"stripped heads": {strip: 2, cues: true},
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
				if !s.cues {
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

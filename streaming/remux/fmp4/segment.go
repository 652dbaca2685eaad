package fmp4

import (
	"encoding/binary"
	"math"

	"sett/streaming/remux/media"
)

// Run is the packets of one track in a segment. Their payloads follow each other
// in the order of the runs.
type Run struct {
	Number  int // of the track, from 1
	Track   *media.Track
	Packets []media.Packet
	Offset  int64 // added to all times, in the track's timescale, so that none is negative
}

const (
	syncSample    = 0x02000000 // depends on no other
	nonSyncSample = 0x01010000
)

// Head appends to b a segment's head, which is everything but the payload, and
// returns it and the size of the payload.
func Head(b []byte, sequence uint32, runs []Run) ([]byte, int64) {
	w := &writer{b: b}
	moof := w.open("moof")
	seq := w.open("mfhd")
	w.u32(0)
	w.u32(sequence)
	w.close(seq)
	var offsets [4]int
	var payload int64
	for i := range runs {
		offsets[i&3] = w.run(&runs[i])
	}
	w.close(moof)
	head := int64(len(w.b) - moof + 8)
	for i := range runs {
		payload += runs[i].size()
	}
	long := payload+8 > math.MaxUint32
	if long {
		head += 8
	}
	at := head
	for i := range runs {
		binary.BigEndian.PutUint32(w.b[offsets[i&3]:], uint32(at))
		at += runs[i].size()
	}
	if long {
		w.u32(1)
		w.text("mdat")
		w.u64(uint64(payload) + 16)
	} else {
		w.u32(uint32(payload) + 8)
		w.text("mdat")
	}
	return w.b, payload
}

func (r *Run) size() int64 {
	n := int64(len(r.Packets)) * int64(len(r.Track.Prefix))
	for i := range r.Packets {
		n += int64(r.Packets[i].Size)
	}
	return n
}

// run writes a traf box and returns where its data offset belongs.
func (w *writer) run(r *Run) (offset int) {
	video := r.Track.Kind == media.Video
	same := !video
	for i := range r.Packets {
		same = same && r.Packets[i].Dur == r.Packets[0].Dur
	}
	traf := w.open("traf")
	w.header(r, same)
	tfdt := w.open("tfdt")
	w.u32(1 << 24)
	w.u64(uint64(max(0, r.Packets[0].DTS+r.Offset)))
	w.close(tfdt)
	trun := w.open("trun")
	flags := uint32(0x000201)
	if !same {
		flags |= 0x100
	}
	if video {
		flags |= 0xc00
	}
	w.u32(1<<24 | flags)
	w.u32(uint32(len(r.Packets)))
	offset = len(w.b)
	w.u32(0)
	prefix := len(r.Track.Prefix)
	for i := range r.Packets {
		p := &r.Packets[i]
		if !same {
			w.u32(uint32(p.Dur))
		}
		w.u32(uint32(p.Size + prefix))
		if video {
			if p.Key {
				w.u32(syncSample)
			} else {
				w.u32(nonSyncSample)
			}
			w.u32(uint32(int32(p.PTS - p.DTS)))
		}
	}
	w.close(trun)
	w.close(traf)
	return offset
}

func (w *writer) header(r *Run, same bool) {
	tfhd := w.open("tfhd")
	flags := uint32(0x020020) // offsets count from here
	if same {
		flags |= 8
	}
	w.u32(flags)
	w.u32(uint32(r.Number))
	if same {
		w.u32(uint32(r.Packets[0].Dur))
	}
	if r.Track.Kind == media.Video {
		w.u32(nonSyncSample)
	} else {
		w.u32(syncSample)
	}
	w.close(tfhd)
}

package matroska

import (
	"bytes"
	"math"
	"slices"

	"sett/streaming/probe/facts"
)

// packets reads the beginning of the first packet of every track that needs one.
func (f *file) packets() error {
	need := make(map[uint64]*track)
	for _, t := range f.tracks {
		t.timed = t.kind == 1 && t.period == 0
		t.wanted = t.kind < 0x10 && t.needsPacket()
		if t.wanted && t.packed {
			return facts.Unsure("packets that are compressed")
		}
		if t.wanted || t.timed {
			need[t.number] = t
		}
	}
	w := walker{f: f, at: f.cluster}
	for n := 0; len(need) > 0; n++ {
		b, ok, err := w.next()
		if err != nil {
			return err
		}
		if !ok || n > maxBlocks {
			break
		}
		t := need[b.track]
		if t == nil {
			continue
		}
		if err := f.take(t, b); err != nil {
			return err
		}
		if !t.wanted && (!t.timed || len(t.times) >= timedBlocks) {
			delete(need, b.track)
		}
	}
	for _, t := range need {
		if t.wanted {
			return facts.Unsure("a track without packets at the beginning")
		}
	}
	return nil
}

// take reads of a block what is still wanted of its track.
func (f *file) take(t *track, b block) error {
	if t.timed && len(t.times) < timedBlocks {
		t.times = append(t.times, b.time)
	}
	if !t.wanted {
		return nil
	}
	if b.lacing != 0 && len(t.prefix) > 0 {
		return facts.Unsure("a first packet laced")
	}
	head, err := f.r.Bytes(b.at, int(min(b.size, packetHead)))
	if err != nil {
		return err
	}
	t.packet, t.wanted = append(bytes.Clone(t.prefix), head...), false
	return nil
}

// usual are the rates of films.
var usual = [...][2]int64{{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}}

// measured is the rate of a track that does not say it, by the times of its first
// pictures, where these fall in with a usual one all along.
func (t *track) measured(scale int64) (num, den int64, ok bool) {
	if len(t.times) < 24 {
		return 0, 0, false
	}
	times := slices.Sorted(slices.Values(t.times))
	seconds := float64(times[len(times)-1]-times[0]) * float64(scale) / 1e9
	rate, best := float64(len(times)-1)/seconds, 0.0005
	for _, u := range usual {
		if off := math.Abs(rate*float64(u[1])/float64(u[0]) - 1); off < best {
			num, den, best = u[0], u[1], off
		}
	}
	if num == 0 {
		return 0, 0, false
	}
	length := 1e9 / float64(scale) * float64(den) / float64(num) // in the file's units
	for i, at := range times {
		if math.Abs(float64(at-times[0])-float64(i)*length) > max(1.5, length/4) {
			return 0, 0, false
		}
	}
	return num, den, true
}

// Bounds of the search for first packets.
const (
	maxBlocks   = 4096
	packetHead  = 8 << 10 // bytes of a packet that its head may need
	timedBlocks = 150     // of a track that does not say its rate
)

// block is where a block's payload lies.
type block struct {
	track    uint64
	time     int64 // in the file's units
	at, size int64
	lacing   byte
}

// walker walks over blocks from the first cluster on.
type walker struct {
	f    *file
	at   int64
	time int64 // of the cluster
}

func (w *walker) next() (block, bool, error) {
	for range maxLevel1 {
		if w.at >= w.f.end {
			return block{}, false, nil
		}
		e, ok, err := w.f.header(w.at)
		if err != nil || !ok {
			return block{}, false, err
		}
		switch e.id {
		case idCluster, idBlockGroup:
			w.at = e.at // into it
			continue
		case idSimpleBlock, idBlock:
		case idCues:
			return block{}, false, nil
		case idTimestamp:
			b, err := w.f.r.Bytes(e.at, int(min(max(e.size, 0), 8)))
			if err != nil {
				return block{}, false, err
			}
			w.time = int64(number(b) & (1<<60 - 1))
		}
		if e.size < 0 {
			return block{}, false, facts.Unsure("element %#x has no size", e.id)
		}
		w.at = e.end()
		if e.id == idSimpleBlock || e.id == idBlock {
			return w.block(e)
		}
	}
	return block{}, false, nil
}

func (w *walker) block(e element) (block, bool, error) {
	h, err := w.f.r.Bytes(e.at, int(min(e.size, 12)))
	if err != nil {
		return block{}, false, err
	}
	n, m := vint(h)
	if m == 0 || n < 0 || len(h) < m+3 {
		return block{}, false, facts.Unsure("a block that makes no sense at %d", e.at)
	}
	b := block{track: uint64(n), time: w.time + int64(int16(uint16(h[m])<<8|uint16(h[m+1]))), at: e.at + int64(m+3), size: e.size - int64(m+3), lacing: h[m+2] >> 1 & 3}
	if b.lacing != 0 {
		return b, true, w.skipLace(&b)
	}
	return b, true, nil
}

// skipLace moves a block's payload to its first frame, whose size is unknown then.
func (w *walker) skipLace(b *block) error {
	h, err := w.f.r.Bytes(b.at, int(min(b.size, 2048)))
	if err != nil || len(h) == 0 {
		return err
	}
	count, at := int(h[0])+1, 1
	for i := 0; i < count-1 && b.lacing != 2; i++ {
		if b.lacing == 1 {
			for at < len(h) && h[at] == 255 {
				at++
			}
			at++
			continue
		}
		if at >= len(h) {
			break
		}
		_, m := vint(h[at:])
		if m == 0 {
			break
		}
		at += m
	}
	if at >= len(h) {
		return facts.Unsure("a lace that makes no sense at %d", b.at)
	}
	b.at, b.size = b.at+int64(at), b.size-int64(at)
	return nil
}

package mp4

import (
	"encoding/binary"
	"math"
	"sort"

	"sett/streaming/remux/media"
)

// table says where each sample of a track lies, and when. Runs are kept as runs:
// however many samples a file claims to have, it costs what its tables cost.
type table struct {
	count int // samples

	fixed int      // size of every sample, 0: sizes
	sizes []uint32 // of each

	timeFirst []int32 // of each run of equal lengths: its first sample,
	timeAt    []int64 // the decoding time of that,
	timeStep  []uint32

	moveFirst []int32 // of each run of equal composition offsets
	move      []int32

	chunkAt    []int64 // where each chunk lies
	spanFirst  []int32 // of each run of chunks alike: its first sample,
	spanChunk  []int32 // its first chunk,
	spanLength []int32 // samples in a chunk

	allSync bool
	sync    []int32 // samples that decoding can start at, in order

	shift int64 // what turns composition time into presentation time
	delay int64 // how much earlier samples are decoded than their table says
}

// runOf is the run that holds sample i.
func runOf(first []int32, i int) int {
	return sort.Search(len(first), func(k int) bool { return int(first[k]) > i }) - 1
}

func (t *table) size(i int) int {
	if t.fixed > 0 {
		return t.fixed
	}
	return int(t.sizes[i])
}

// dts is the decoding time of sample i, which may be one past the last.
func (t *table) dts(i int) int64 {
	r := runOf(t.timeFirst, i)
	if r < 0 {
		return 0
	}
	return t.timeAt[r] + int64(i-int(t.timeFirst[r]))*int64(t.timeStep[r])
}

func (t *table) pts(i int) int64 {
	if r := runOf(t.moveFirst, i); r >= 0 {
		return t.dts(i) + int64(t.move[r])
	}
	return t.dts(i)
}

// place is where sample i begins, and how many samples from it on lie end to end.
func (t *table) place(i int) (pos int64, together int) {
	r := runOf(t.spanFirst, i)
	if r < 0 {
		return -1, 1
	}
	length := int(t.spanLength[r])
	in := (i - int(t.spanFirst[r])) % length
	chunk := int(t.spanChunk[r]) + (i-int(t.spanFirst[r]))/length
	if chunk >= len(t.chunkAt) {
		return -1, 1
	}
	pos = t.chunkAt[chunk]
	if t.fixed > 0 {
		return pos + int64(in)*int64(t.fixed), length - in
	}
	for k := i - in; k < i; k++ {
		pos += int64(t.sizes[k])
	}
	return pos, length - in
}

// at is the first sample decoded at or after a time.
func (t *table) at(dts int64) int {
	return sort.Search(t.count, func(i int) bool { return t.dts(i) >= dts })
}

// addTimes reads a time-to-sample table.
func (t *table) addTimes(b []byte) {
	first, at := int64(0), int64(0)
	for b = body(b, 8); len(b) >= 8 && first < math.MaxInt32; b = b[8:] {
		n, step := int64(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint32(b[4:])
		if n == 0 {
			continue
		}
		t.timeFirst, t.timeAt, t.timeStep = append(t.timeFirst, int32(first)), append(t.timeAt, at), append(t.timeStep, step)
		first += n
		at += n * int64(step)
	}
	t.count = int(min(first, math.MaxInt32))
}

// addMoves reads a composition offset table. Version 0 is meant to be unsigned;
// offsets too large to be meant so are negative ones.
func (t *table) addMoves(b []byte) {
	first := int64(0)
	for b = body(b, 8); len(b) >= 8 && first < math.MaxInt32; b = b[8:] {
		n, move := int64(binary.BigEndian.Uint32(b)), int32(binary.BigEndian.Uint32(b[4:]))
		if n == 0 {
			continue
		}
		if k := len(t.move); k == 0 || t.move[k-1] != move {
			t.moveFirst, t.move = append(t.moveFirst, int32(first)), append(t.move, move)
		}
		first += n
	}
}

func (t *table) addSizes(b []byte) error {
	if len(b) < 12 {
		return media.Damaged("no sample sizes")
	}
	fixed, n := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	t.count = min(t.count, int(min(n, math.MaxInt32)))
	if t.fixed = int(fixed); fixed > 0 {
		return nil
	}
	b = body(b, 12)
	t.count = min(t.count, len(b)/4)
	t.sizes = make([]uint32, t.count)
	for i := range t.sizes {
		t.sizes[i] = binary.BigEndian.Uint32(b[i*4:])
	}
	return nil
}

func (t *table) addCompactSizes(b []byte) error {
	if len(b) < 12 {
		return media.Damaged("no sample sizes")
	}
	bits, n := int(b[7]), int(min(binary.BigEndian.Uint32(b[8:]), math.MaxInt32))
	if bits != 4 && bits != 8 && bits != 16 {
		return media.Damaged("sample sizes of %d bits", bits)
	}
	b = b[12:]
	t.count = min(t.count, n, len(b)*8/bits)
	t.sizes = make([]uint32, t.count)
	for i := range t.sizes {
		switch bits {
		case 4:
			t.sizes[i] = uint32(b[i/2]>>(4-i%2*4)) & 15
		case 8:
			t.sizes[i] = uint32(b[i])
		default:
			t.sizes[i] = uint32(binary.BigEndian.Uint16(b[i*2:]))
		}
	}
	return nil
}

func (t *table) addChunks(b []byte, wide bool) {
	b = body(b, 8)
	width := 4
	if wide {
		width = 8
	}
	t.chunkAt = make([]int64, len(b)/width)
	for i := range t.chunkAt {
		if wide {
			t.chunkAt[i] = int64(binary.BigEndian.Uint64(b[i*8:]))
		} else {
			t.chunkAt[i] = int64(binary.BigEndian.Uint32(b[i*4:]))
		}
	}
}

// addSpans reads the sample-to-chunk table; it returns the one description used.
func (t *table) addSpans(b []byte) (entry int, err error) {
	first := int64(0)
	for b = body(b, 8); len(b) >= 12 && first < math.MaxInt32; b = b[12:] {
		chunk, n, e := int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint32(b[8:]))
		if chunk < 1 || chunk > math.MaxInt32 || n == 0 || n > math.MaxInt32 {
			return 0, media.Damaged("chunks out of order")
		}
		if entry != 0 && e != entry {
			return 0, media.Unsupported("a track whose description changes")
		}
		entry = e
		if k := len(t.spanChunk); k > 0 {
			since := chunk - 1 - int64(t.spanChunk[k-1])
			if since <= 0 {
				return 0, media.Damaged("chunks out of order")
			}
			first += since * int64(t.spanLength[k-1])
			if first >= math.MaxInt32 {
				break
			}
		}
		t.spanFirst, t.spanChunk, t.spanLength = append(t.spanFirst, int32(first)), append(t.spanChunk, int32(chunk-1)), append(t.spanLength, int32(n))
	}
	return entry, nil
}

func (t *table) addSync(b []byte) {
	last := int32(-1)
	b = body(b, 8)
	t.sync = make([]int32, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		i := int64(binary.BigEndian.Uint32(b)) - 1
		if i > int64(last) && i < int64(t.count) {
			last = int32(i)
			t.sync = append(t.sync, last)
		}
	}
}

// body is what follows a table's header, as far as its count of entries goes, and
// empty where there is less.
func body(b []byte, header int) []byte {
	if len(b) < header {
		return nil
	}
	return b[header:]
}

// readTable loads the tables of a track that is not fragmented.
func (x *Index) readTable(t *track) (*table, error) {
	tab := &table{}
	load := func(kind string) ([]byte, bool, error) {
		b, ok := find(t.stbl, kind)
		if !ok {
			return nil, false, nil
		}
		buf, err := x.f.load(b)
		return buf, true, err
	}
	buf, _, err := load("stts")
	if err != nil {
		return nil, err
	}
	tab.addTimes(buf)
	if buf, _, err = load("ctts"); err != nil {
		return nil, err
	}
	tab.addMoves(buf)
	if buf, ok, err := load("stsz"); err != nil {
		return nil, err
	} else if ok {
		if err := tab.addSizes(buf); err != nil {
			return nil, err
		}
	} else if buf, _, err := load("stz2"); err != nil {
		return nil, err
	} else if err := tab.addCompactSizes(buf); err != nil {
		return nil, err
	}
	if err := x.readPlaces(tab, load); err != nil {
		return nil, err
	}
	if buf, ok, err := load("stss"); err != nil {
		return nil, err
	} else if tab.allSync = !ok; ok {
		tab.addSync(buf)
	}
	return tab, nil
}

func (x *Index) readPlaces(tab *table, load func(string) ([]byte, bool, error)) error {
	if buf, ok, err := load("stco"); err != nil {
		return err
	} else if ok {
		tab.addChunks(buf, false)
	} else if buf, _, err := load("co64"); err != nil {
		return err
	} else {
		tab.addChunks(buf, true)
	}
	buf, _, err := load("stsc")
	if err != nil {
		return err
	}
	entry, err := tab.addSpans(buf)
	if err != nil {
		return err
	}
	if entry > 1 {
		return media.Unsupported("a track that uses its description number %d", entry)
	}
	// Samples beyond the last chunk lie nowhere.
	if k := len(tab.spanChunk); k > 0 {
		chunks := int64(len(tab.chunkAt)) - int64(tab.spanChunk[k-1])
		last := int64(tab.spanFirst[k-1]) + max(0, chunks)*int64(tab.spanLength[k-1])
		tab.count = int(min(int64(tab.count), last))
	} else {
		tab.count = 0
	}
	return nil
}

package mkv

import (
	"errors"
	"io"

	"sett/streaming/remux/media"
)

// block is one block of a cluster, its payload unread.
type block struct {
	track   uint64
	time    int64 // in units of the file
	key     bool
	lacing  byte
	at      int64 // of what follows the block's header
	size    int64
	length  int64 // in units of the file, 0: not said
	cluster int64 // where its cluster lies
}

// walker walks over blocks, from a cluster to the end of the segment.
type walker struct {
	x       *Index
	w       window
	pos     int64
	inside  bool
	cluster int64 // where the cluster lies that pos is in
	end     int64 // of that, or unknown
	time    int64 // of that
}

func (x *Index) walk(cluster int64) *walker {
	return &walker{x: x, w: window{r: x.r}, pos: cluster}
}

// next moves to the next block. A file that ends in mid-block ends before it.
func (k *walker) next(b *block) (bool, error) {
	for {
		if k.inside && k.end != unknown && k.pos >= k.end {
			k.inside = false
		}
		if k.pos >= k.x.end {
			return false, nil
		}
		e, err := k.w.element(k.pos)
		if errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		if !k.inside || levelOne(e.id) {
			if err := k.enter(e); err != nil {
				return false, err
			}
			continue
		}
		if e.size < 0 {
			return false, media.Damaged("element %#x has no size", e.id)
		}
		if e.size > k.x.end-e.at {
			return false, nil // broken off
		}
		k.pos = e.at + e.size
		switch e.id {
		case idTimestamp:
			body, err := k.w.peek(e.at, int(min(e.size, 8)))
			if err != nil {
				return false, err
			}
			k.time = int64(number(body) & (1<<62 - 1))
		case idSimpleBlock:
			ok, err := k.simple(b, e)
			if ok || err != nil {
				return ok, err
			}
		case idBlockGroup:
			ok, err := k.group(b, e)
			if ok || err != nil {
				return ok, err
			}
		}
	}
}

func levelOne(id uint32) bool {
	switch id {
	case idCluster, idCues, idTags, idSeekHead, idInfo, idTracks, idChapters, idAttachments:
		return true
	}
	return false
}

// enter goes into a cluster, or past anything else at its level.
func (k *walker) enter(e element) error {
	k.inside = false
	if e.id == idCluster {
		k.inside, k.cluster, k.end, k.time = true, k.pos, unknown, 0
		if e.size >= 0 {
			k.end = e.at + e.size
		}
		k.pos = e.at
		return nil
	}
	if e.size < 0 || e.size > k.x.size {
		return media.Damaged("element %#x has no size", e.id)
	}
	k.pos = e.at + e.size
	return nil
}

// simple reads the header that simple blocks and those in groups have.
func (k *walker) simple(b *block, e element) (bool, error) {
	h, err := k.w.peek(e.at, int(min(e.size, 12)))
	if err != nil {
		return false, err
	}
	n, m := vint(h)
	if m == 0 || n < 0 || len(h) < m+3 {
		return false, nil
	}
	*b = block{
		track: uint64(n), time: k.time + int64(int16(uint16(h[m])<<8|uint16(h[m+1]))),
		key: h[m+2]&0x80 != 0, lacing: h[m+2] >> 1 & 3,
		at: e.at + int64(m+3), size: e.size - int64(m+3), cluster: k.cluster,
	}
	return true, nil
}

func (k *walker) group(b *block, e element) (bool, error) {
	found, refers := false, false
	var length int64
	for at := e.at; at < e.at+e.size; {
		c, err := k.w.element(at)
		if errors.Is(err, io.EOF) || err == nil && (c.size < 0 || c.size > e.at+e.size-c.at) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		switch c.id {
		case idBlock:
			if found, err = k.simple(b, c); err != nil {
				return false, err
			}
		case idBlockDuration:
			body, err := k.w.peek(c.at, int(min(c.size, 8)))
			if err != nil {
				return false, err
			}
			length = int64(number(body) & (1<<40 - 1))
		case idReferenceBlock:
			refers = true
		}
		at = c.at + c.size
	}
	if found {
		b.key, b.length = !refers, length
	}
	return found, nil
}

// frames calls yield for every frame of a block.
func (k *walker) frames(b *block, yield func(i, count int, at, size int64)) error {
	if b.lacing == 0 {
		yield(0, 1, b.at, b.size)
		return nil
	}
	h, err := k.w.peek(b.at, int(min(b.size, int64(len(k.w.buf)))))
	if err != nil {
		return err
	}
	sizes, used, ok := lace(h, b.size, b.lacing)
	if !ok {
		return media.Damaged("a lace at %d", b.at)
	}
	at := b.at + used
	for i, n := range sizes {
		yield(i, len(sizes), at, n)
		at += n
	}
	return nil
}

// lace reads the sizes of the frames in a block of the given size, of which h is
// the beginning, and how many bytes they take themselves.
func lace(h []byte, size int64, lacing byte) (sizes []int64, used int64, ok bool) {
	if len(h) == 0 {
		return nil, 0, false
	}
	count := int(h[0]) + 1
	h, used = h[1:], 1
	sizes = make([]int64, count)
	var sum int64
	for i := 0; i < count-1 && lacing != 2; i++ {
		if len(h) == 0 {
			return nil, 0, false
		}
		n := 0
		if lacing == 1 { // Xiph: bytes of 255 and a rest
			for n < len(h) && h[n] == 255 {
				sizes[i] += 255
				n++
			}
			if n == len(h) {
				return nil, 0, false
			}
			sizes[i] += int64(h[n])
			n++
		} else { // EBML: the first size, then differences
			var v int64
			if v, n = vint(h); n == 0 {
				return nil, 0, false
			}
			if v == unknown {
				v = 1<<(7*n) - 1 // means nothing special here
			}
			if sizes[i] = v; i > 0 {
				sizes[i] = sizes[i-1] + v - (1<<(7*n-1) - 1)
			}
		}
		h, used = h[n:], used+int64(n)
		if sum += sizes[i]; sizes[i] < 0 || sum > size {
			return nil, 0, false
		}
	}
	rest := size - used - sum
	if lacing == 2 {
		for i := range sizes {
			sizes[i] = rest / int64(count)
		}
		return sizes, used, rest >= 0 && rest%int64(count) == 0
	}
	sizes[count-1] = rest
	return sizes, used, rest >= 0
}

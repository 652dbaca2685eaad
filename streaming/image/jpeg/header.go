package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors that callers branch on.
var (
	// ErrFormat means that the bytes are no JPEG, or one damaged before its first sample.
	ErrFormat = errors.New("not a JPEG, or a broken one")
	// ErrUnsupported means a JPEG of a rare kind that is not spoken here.
	ErrUnsupported = errors.New("a kind of JPEG that is not supported")
)

// Markers, the byte after 0xff.
const (
	markSOF0, markSOF1, markSOF2 = 0xc0, 0xc1, 0xc2
	markDHT                      = 0xc4
	markRST0, markRST7           = 0xd0, 0xd7
	markSOI, markEOI             = 0xd8, 0xd9
	markSOS, markDQT, markDRI    = 0xda, 0xdb, 0xdd
	markAPP0, markAPP14          = 0xe0, 0xee
)

// Header is what a JPEG says of itself before its samples.
type Header struct {
	Width, Height int
	Progressive   bool
	sampling      []factors
	mixed         bool // not stored as grey or YCbCr
}

type factors struct{ h, v int }

// ReadHeader reads data up to the frame header, without allocating for samples.
func ReadHeader(data []byte) (Header, error) {
	d := decoder{data: data, only: true}
	if err := d.segments(); err != nil {
		return Header{}, err
	}
	return d.head, nil
}

// Memory is how many bytes [Decode] will allocate, about, for blocks of n×n.
func (h Header) Memory(n int) int64 {
	hmax, vmax := h.most()
	mcus := int64(ceil(h.Width, 8*hmax)) * int64(ceil(h.Height, 8*vmax))
	var sum int64
	for _, f := range h.sampling {
		blocks := mcus * int64(f.h*f.v)
		sum += blocks * int64(n*n)
		if h.Progressive {
			sum += blocks * 128
		}
	}
	if h.mixed {
		sum += mcus * int64(hmax*vmax*n*n*4)
	}
	return sum
}

func (h Header) most() (hmax, vmax int) {
	for _, f := range h.sampling {
		hmax, vmax = max(hmax, f.h), max(vmax, f.v)
	}
	return hmax, vmax
}

func ceil(a, b int) int { return (a + b - 1) / b }

type component struct {
	factors
	id                 byte
	table              *[64]uint16 // quantisation, in zigzag order
	quant              byte
	across, down       int // blocks there are, whole MCUs
	width, height      int // blocks that hold samples of the picture
	pix                []byte
	stride             int
	coefficients       [][64]int16 // of a progressive picture, in zigzag order
	dc, ac             *huffman
	prediction         int32
	samplesW, samplesH int // samples of the picture at the size decoded
}

type decoder struct {
	data []byte
	at   int
	n    int  // side of a decoded block
	keep int  // coefficients of it, in zigzag order, that make a difference
	only bool // stop at the frame header

	head       Header
	components []component
	quant      [4]*[64]uint16
	dc, ac     [4]*huffman
	interval   int // MCUs between restarts, 0: none
	adobe      int // transform, -1: no such segment
	jfif       bool
	scans      int
	damaged    bool

	bits   bits
	eobRun int
}

// maxScans is far above what encoders write; each may cost a pass over the picture.
const maxScans = 48

// segments reads until the end of the picture, or of what can be read.
func (d *decoder) segments() error {
	if len(d.data) < 4 || d.data[0] != 0xff || d.data[1] != markSOI {
		return ErrFormat
	}
	d.at, d.adobe = 2, -1
	for {
		mark, body, ok := d.segment()
		if !ok || mark == markEOI {
			return d.ended(mark == markEOI)
		}
		err := d.read(mark, body)
		if d.only && len(d.head.sampling) > 0 {
			return nil
		}
		if err != nil && d.scans > 0 && !errors.Is(err, ErrUnsupported) {
			return d.ended(false) // the rest is broken
		}
		if err != nil {
			return err
		}
	}
}

// ended says whether there is anything to show.
func (d *decoder) ended(whole bool) error {
	if d.scans == 0 {
		return fmt.Errorf("%w: it ends before its picture", ErrFormat)
	}
	d.damaged = d.damaged || !whole
	return nil
}

// segment finds the next marker and what belongs to it.
func (d *decoder) segment() (mark byte, body []byte, ok bool) {
	for d.at+1 < len(d.data) {
		if d.data[d.at] != 0xff {
			d.at++ // rubbish between segments: seen in the wild, and skipped by all
			continue
		}
		mark = d.data[d.at+1]
		switch {
		case mark == 0xff:
			d.at++
			continue
		case mark == markEOI:
			d.at += 2
			return mark, nil, true
		case mark == 0, mark == 1, mark >= markRST0 && mark <= markSOI:
			d.at += 2
			continue
		}
		if d.at+4 > len(d.data) {
			return 0, nil, false
		}
		size := int(binary.BigEndian.Uint16(d.data[d.at+2:]))
		if size < 2 || d.at+2+size > len(d.data) {
			return 0, nil, false
		}
		body = d.data[d.at+4 : d.at+2+size]
		d.at += 2 + size
		return mark, body, true
	}
	return 0, nil, false
}

func (d *decoder) read(mark byte, body []byte) error {
	switch mark {
	case markSOF0, markSOF1, markSOF2:
		return d.frame(body, mark == markSOF2)
	case markDHT:
		return d.huffmanTables(body)
	case markDQT:
		return d.quantTables(body)
	case markDRI:
		if len(body) < 2 {
			return ErrFormat
		}
		d.interval = int(binary.BigEndian.Uint16(body))
	case markSOS:
		return d.scan(body)
	case markAPP0: // these two count before the frame, where everybody writes them
		d.jfif = d.jfif || len(body) >= 5 && string(body[:5]) == "JFIF\x00"
	case markAPP14:
		if len(d.components) == 0 && len(body) >= 12 && string(body[:5]) == "Adobe" {
			d.adobe = int(body[11])
		}
	case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
		return fmt.Errorf("%w: coding %#x", ErrUnsupported, mark)
	}
	return nil
}

func (d *decoder) quantTables(b []byte) error {
	for len(b) > 0 {
		size, id := 64, b[0]&15
		if b[0]>>4 != 0 {
			size = 128
		}
		if id > 3 || len(b) < 1+size {
			return fmt.Errorf("%w: quantisation table", ErrFormat)
		}
		q := new([64]uint16)
		for i := range q {
			if size == 64 {
				q[i] = uint16(b[1+i])
			} else {
				q[i] = binary.BigEndian.Uint16(b[1+2*i:])
			}
		}
		d.quant[id] = q
		b = b[1+size:]
	}
	return nil
}

// frame reads the size and the components.
func (d *decoder) frame(b []byte, progressive bool) error {
	if len(d.head.sampling) > 0 {
		return fmt.Errorf("%w: two frames", ErrFormat)
	}
	if len(b) < 6 {
		return fmt.Errorf("%w: frame header", ErrFormat)
	}
	if b[0] != 8 {
		return fmt.Errorf("%w: %d bits", ErrUnsupported, b[0])
	}
	h, w, n := int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:])), int(b[5])
	if n != 1 && n != 3 && n != 4 || h == 0 || w == 0 {
		return fmt.Errorf("%w: %d×%d with %d components", ErrUnsupported, w, h, n)
	}
	if len(b) < 6+3*n {
		return fmt.Errorf("%w: frame header", ErrFormat)
	}
	head := Header{Width: w, Height: h, Progressive: progressive}
	for i := range n {
		c := b[6+3*i:]
		f := factors{int(c[1] >> 4), int(c[1] & 15)}
		if n == 1 {
			f = factors{1, 1} // as nothing is interleaved, it means nothing
		}
		if f.h < 1 || f.h > 4 || f.v < 1 || f.v > 4 || c[2] > 3 {
			return fmt.Errorf("%w: sampling %d×%d", ErrFormat, f.h, f.v)
		}
		head.sampling = append(head.sampling, f)
		d.components = append(d.components, component{factors: f, id: c[0], quant: c[2]})
	}
	head.mixed = n == 4 || n == 3 && d.rgb()
	d.head = head
	return nil
}

// allocate makes room for samples, once the first scan is there.
func (d *decoder) allocate() {
	hmax, vmax := d.head.most()
	mx, my := ceil(d.head.Width, 8*hmax), ceil(d.head.Height, 8*vmax)
	for i := range d.components {
		c := &d.components[i]
		c.across, c.down = mx*c.h, my*c.v
		w, h := ceil(d.head.Width*c.h, hmax), ceil(d.head.Height*c.v, vmax)
		c.width, c.height = ceil(w, 8), ceil(h, 8)
		c.samplesW, c.samplesH = ceil(w*d.n, 8), ceil(h*d.n, 8)
		c.stride = c.across * d.n
		c.pix = make([]byte, c.stride*c.down*d.n)
		if d.head.Progressive {
			c.coefficients = make([][64]int16, c.across*c.down)
			continue
		}
		for j := range c.pix {
			c.pix[j] = 128 // what never arrives is grey
		}
	}
}

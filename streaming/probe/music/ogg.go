package music

import (
	"bytes"
	"encoding/binary"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/tag"
	"sett/streaming/remux/codec"
)

const (
	maxPages     = 4096
	maxComments  = 12 << 20
	lastPageTail = 64 << 10
)

// page is the header of an Ogg page.
type page struct {
	flags   byte
	granule int64
	serial  uint32
	lacing  []byte
	body    int64 // where it lies
	size    int64
}

func (p *page) end() int64 { return p.body + p.size }

func readPage(r *facts.Reader, at int64) (*page, error) {
	h, err := r.Bytes(at, 27)
	if err != nil {
		return nil, err
	}
	if string(h[:4]) != "OggS" || h[4] != 0 {
		return nil, facts.Unsure("no Ogg page at %d", at)
	}
	p := &page{flags: h[5], granule: int64(binary.LittleEndian.Uint64(h[6:])), serial: binary.LittleEndian.Uint32(h[14:])}
	n := int(h[26])
	p.body = at + 27 + int64(n)
	if n == 0 {
		return p, nil
	}
	b, err := r.Bytes(at+27, n)
	if err != nil {
		return nil, err
	}
	p.lacing = bytes.Clone(b)
	for _, c := range p.lacing {
		p.size += int64(c)
	}
	if p.end() > r.Size() {
		return nil, facts.Unsure("an Ogg page cut off")
	}
	return p, nil
}

// Ogg reads a file of one logical stream of Opus or Vorbis.
func Ogg(r *facts.Reader) (*facts.Document, error) {
	d, s := document("ogg")
	o := ogg{r: r, s: s}
	if err := o.headers(); err != nil {
		return nil, err
	}
	preskip, comments, err := o.identify()
	if err != nil {
		return nil, err
	}
	tags := tag.New()
	if err := tags.Vorbis(comments, true); err != nil {
		return nil, err
	}
	for k, v := range tags.Values {
		s.Tags[k] = v
	}
	d.Chapters = tags.Chapters
	if err := o.begins(); err != nil {
		return nil, err
	}
	granule, err := o.last()
	if err != nil {
		return nil, err
	}
	if granule <= preskip {
		return nil, facts.Unsure("an Ogg file that ends before it begins")
	}
	whole(d, s, granule, rateOf(s), r.Size())
	if err := tags.AddPictures(d); err != nil {
		return nil, err
	}
	return d, nil
}

// ogg is one logical stream being read.
type ogg struct {
	r       *facts.Reader
	s       *facts.Stream
	serial  uint32
	packets [][]byte // the headers
	at      int64    // of the first page after them
}

// headers puts the first packets together: two of Opus, three of Vorbis.
func (o *ogg) headers() error {
	var packet []byte
	want, at := 2, int64(0)
	for n := 0; len(o.packets) < want; n++ {
		p, err := readPage(o.r, at)
		if err != nil {
			return err
		}
		switch {
		case n == 0 && p.flags&2 != 0:
			o.serial = p.serial
		case n == 0 || p.serial != o.serial || p.flags&2 != 0 || n > maxPages:
			return facts.Unsure("an Ogg file of several streams")
		}
		b, err := o.r.Load(p.body, p.size)
		if err != nil {
			return err
		}
		for _, c := range p.lacing {
			packet = append(packet, b[:c]...)
			b = b[c:]
			if c == 255 {
				continue
			}
			o.packets = append(o.packets, packet)
			packet = nil
			if len(o.packets) == 1 && bytes.HasPrefix(o.packets[0], []byte("\x01vorbis")) {
				want = 3
			}
		}
		if len(packet) > maxComments {
			return facts.Unsure("comments of more than %d bytes", maxComments)
		}
		at = p.end()
	}
	o.at = at
	return nil
}

// identify reads the first header, and returns the comments.
func (o *ogg) identify() (preskip int64, comments []byte, err error) {
	head, second := o.packets[0], o.packets[1]
	switch {
	case bytes.HasPrefix(head, []byte("OpusHead")) && bytes.HasPrefix(second, []byte("OpusTags")):
		preskip, ok := bitstream.OpusHead(o.s, head)
		if !ok {
			break
		}
		o.s.Codec = "opus"
		return preskip, second[8:], nil
	case bytes.HasPrefix(head, []byte("\x01vorbis")) && bytes.HasPrefix(second, []byte("\x03vorbis")):
		if !bitstream.VorbisHead(o.s, head) {
			break
		}
		o.s.Codec = "vorbis"
		return 0, second[7:], nil
	}
	return 0, nil, facts.Unsure("Ogg with something that is neither Opus nor Vorbis")
}

// begins makes sure that the sound begins at zero: a file cut out of a longer one
// goes on counting where it was cut.
func (o *ogg) begins() error {
	p, err := readPage(o.r, o.at)
	if err != nil {
		return err
	}
	if p.serial != o.serial {
		return facts.Unsure("an Ogg file of several streams")
	}
	if p.flags&4 != 0 {
		return nil // all there is
	}
	if o.s.Codec == "vorbis" {
		if p.granule > 4*rateOf(o.s) {
			return facts.Unsure("an Ogg file that begins in the middle")
		}
		return nil
	}
	var samples int64
	at, size := p.body, int64(0)
	for _, c := range p.lacing {
		if size += int64(c); c == 255 {
			continue
		}
		head, err := o.r.Bytes(at, int(min(size, 2)))
		if err != nil {
			return err
		}
		samples += codec.OpusSamples(head)
		at, size = at+size, 0
	}
	if samples != p.granule {
		return facts.Unsure("an Ogg file that begins in the middle")
	}
	return nil
}

// last finds the last page, and with it the length.
func (o *ogg) last() (int64, error) {
	tail := min(o.r.Size(), lastPageTail+2)
	b, err := o.r.Load(o.r.Size()-tail, tail)
	if err != nil {
		return 0, err
	}
	for {
		i := bytes.LastIndex(b, []byte("OggS"))
		if i < 0 {
			return 0, facts.Unsure("no Ogg page at the end")
		}
		p, err := readPage(o.r, o.r.Size()-tail+int64(i))
		if err == nil {
			if p.serial != o.serial {
				return 0, facts.Unsure("an Ogg file of several streams")
			}
			if p.granule > 0 {
				return p.granule, nil
			}
		}
		b = b[:i]
	}
}

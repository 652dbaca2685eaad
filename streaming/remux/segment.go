package remux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"time"

	"sett/streaming/remux/fmp4"
	"sett/streaming/remux/media"
	"sett/streaming/remux/mpegts"
)

// Bounds: offsets in a segment are 31 bits, and packets are read into memory where
// they must be rewritten.
const (
	maxPayload = 1 << 30
	maxPacket  = 64 << 20
)

// Reader reads one segment. It is for one goroutine. Its memory goes back to the
// Output when it is closed.
type Reader struct {
	out  *Output
	work *work
	size int64
	at   int64
	err  error
}

// work is the memory that making a segment takes.
type work struct {
	batch   media.Batch
	head    []byte
	extents []extent // after the head, end to end
	buf     []byte   // of WriteTo
	packet  []byte   // of payload
}

// extent is a piece of the payload: bytes of the file, or of memory.
type extent struct {
	start int64 // in the segment
	size  int64
	pos   int64  // in the file
	mem   []byte // instead
}

// Segment opens segment n; the caller closes it. Its bytes are read from the file
// as they are asked for.
func (o *Output) Segment(ctx context.Context, n int) (*Reader, error) {
	if n < 0 || n >= len(o.segments) {
		return nil, fmt.Errorf("%w: %d of %d", ErrNoSegment, n, len(o.segments))
	}
	w, _ := o.works.Get().(*work)
	if w == nil {
		w = &work{}
	}
	r := &Reader{out: o, work: w}
	if err := r.make(ctx, n); err != nil {
		o.works.Put(w)
		return nil, fmt.Errorf("segment %d of %s: %w", n, o.file.f.Name(), err)
	}
	return r, nil
}

// WriteSegment writes segment n.
func (o *Output) WriteSegment(ctx context.Context, w io.Writer, n int) error {
	r, err := o.Segment(ctx, n)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = r.WriteTo(w)
	return err
}

func (r *Reader) make(ctx context.Context, n int) error {
	o, w := r.out, r.work
	var to *media.Cut
	if n+1 < len(o.cuts) {
		to = &o.cuts[n+1]
	}
	if err := o.reader.Read(ctx, &w.batch, o.cuts[n], to); err != nil {
		return err
	}
	if o.opts.Container == TS {
		return r.transport()
	}
	return r.fragment(uint32(n + 1))
}

// transport makes the segment as MPEG-TS, in memory.
func (r *Reader) transport() error {
	o, w := r.out, r.work
	w.head, w.extents, r.size = w.head[:0], w.extents[:0], 0
	var in [2]*mpegts.Input
	for i, packets := range [][]media.Packet{w.batch.Video, w.batch.Audio} {
		if t := o.ts[i]; t.Track != nil {
			in[i] = &mpegts.Input{Track: t, Packets: packets, Offset: t.Timescale * int64(Offset/time.Second)}
		}
	}
	var err error
	w.head, err = mpegts.Segment(w.head, in[0], in[1], r.payload)
	r.size = int64(len(w.head))
	return err
}

// payload reads a packet into memory that the next call uses again.
func (r *Reader) payload(t *media.Track, p *media.Packet) ([]byte, error) {
	w := r.work
	if p.Size > maxPacket {
		return nil, media.Unsupported("a packet of %d bytes", p.Size)
	}
	w.packet = append(w.packet[:0], t.Prefix...)
	if len(w.batch.Data) > 0 {
		return append(w.packet, w.batch.Data[p.Pos:p.Pos+int64(p.Size)]...), nil
	}
	n := len(t.Prefix)
	w.packet = slices.Grow(w.packet, p.Size)[:n+p.Size]
	if _, err := r.out.file.f.ReadAt(w.packet[n:], p.Pos); err != nil {
		return nil, r.out.readError(err)
	}
	return w.packet, nil
}

func (o *Output) readError(err error) error {
	if errors.Is(err, io.EOF) {
		err = media.Damaged("the file has become shorter")
	}
	return fmt.Errorf("read %s: %w", o.file.f.Name(), err)
}

// fragment lays the segment out as MP4.
func (r *Reader) fragment(sequence uint32) error {
	o, w := r.out, r.work
	var runs []fmp4.Run
	number := 0
	for _, part := range []struct {
		track   *media.Track
		packets []media.Packet
	}{{o.reader.Video(), w.batch.Video}, {o.reader.Audio(), w.batch.Audio}} {
		if part.track == nil {
			continue
		}
		number++
		if len(part.packets) > 0 {
			runs = append(runs, fmp4.Run{Number: number, Track: part.track, Packets: part.packets, Offset: part.track.Timescale * int64(Offset/time.Second)})
		}
	}
	w.head, w.extents, r.size = w.head[:0], w.extents[:0], 0
	if len(runs) == 0 {
		return nil // nothing happens in this stretch of the film
	}
	var payload int64
	w.head, payload = fmp4.Head(w.head, sequence, runs)
	if payload > maxPayload {
		return media.Unsupported("a segment of %d bytes", payload)
	}
	r.size = int64(len(w.head))
	for i := range runs {
		r.place(&runs[i])
	}
	return nil
}

// place adds a run's packets to the extents; what is end to end becomes one.
func (r *Reader) place(run *fmp4.Run) {
	w := r.work
	add := func(e extent) {
		e.start = r.size
		r.size += e.size
		if k := len(w.extents) - 1; k >= 0 && e.mem == nil && w.extents[k].mem == nil && w.extents[k].pos+w.extents[k].size == e.pos {
			w.extents[k].size += e.size
			return
		}
		w.extents = append(w.extents, e)
	}
	prefix := run.Track.Prefix
	for i := range run.Packets {
		p := &run.Packets[i]
		if len(prefix) > 0 {
			add(extent{size: int64(len(prefix)), mem: prefix})
		}
		switch size := int64(p.Size); {
		case size == 0:
		case len(w.batch.Data) > 0:
			add(extent{size: size, mem: w.batch.Data[p.Pos : p.Pos+size]})
		default:
			add(extent{size: size, pos: p.Pos})
		}
	}
}

// Size is the number of bytes in the segment.
func (r *Reader) Size() int64 { return r.size }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.work == nil {
		return 0, os.ErrClosed
	}
	if r.err != nil {
		return 0, r.err
	}
	if r.at >= r.size {
		return 0, io.EOF
	}
	n := 0
	if head := r.work.head; r.at < int64(len(head)) {
		n = copy(p, head[r.at:])
	}
	ext := r.work.extents
	i := sort.Search(len(ext), func(i int) bool { return ext[i].start+ext[i].size > r.at+int64(n) })
	for ; n < len(p) && i < len(ext); i++ {
		e := &ext[i]
		skip := r.at + int64(n) - e.start
		part := p[n:min(int64(len(p)), int64(n)+e.size-skip)]
		if e.mem != nil {
			copy(part, e.mem[skip:])
		} else if m, err := r.out.file.f.ReadAt(part, e.pos+skip); err != nil && m < len(part) {
			n += m
			r.err = r.out.readError(err)
			break
		}
		n += len(part)
	}
	r.at += int64(n)
	if n == 0 {
		return 0, r.err
	}
	return n, nil
}

// Seek implements io.Seeker.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	r.at = offset
	return offset, nil
}

// chunk is how much WriteTo holds at a time.
const chunk = 256 << 10

// WriteTo implements io.WriterTo.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	if r.work == nil {
		return 0, os.ErrClosed
	}
	if r.work.buf == nil {
		r.work.buf = make([]byte, chunk)
	}
	var sum int64
	for {
		n, err := r.Read(r.work.buf)
		if n > 0 {
			m, werr := w.Write(r.work.buf[:n])
			sum += int64(m)
			if werr != nil {
				return sum, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return sum, nil
		} else if err != nil {
			return sum, err
		}
	}
}

// Close gives the memory back.
func (r *Reader) Close() error {
	if r.work != nil {
		r.out.works.Put(r.work)
		r.work = nil
	}
	return nil
}

package remux

import (
	"context"
	"fmt"
	"io"

	"sett/node/library"
	"sett/streaming/remux/media"
)

// WriteKeyFrame writes the first picture of segment n alone, as a fragment that
// follows [Output.Init] and shows it at a time of the caller's choosing. Nothing
// else of the segment is read but, in containers without tables, its packets' heads.
func (o *Output) WriteKeyFrame(ctx context.Context, w io.Writer, n int, at library.Ticks) error {
	r, err := o.keyFrame(ctx, n, at)
	if err != nil {
		return fmt.Errorf("key frame %d of %s: %w", n, o.file.f.Name(), err)
	}
	defer r.Close()
	_, err = r.WriteTo(w)
	return err
}

func (o *Output) keyFrame(ctx context.Context, n int, at library.Ticks) (*Reader, error) {
	if n < 0 || n >= len(o.segments) || o.opts.Container != MP4 || o.reader.Video() == nil {
		return nil, ErrNoSegment
	}
	wk, _ := o.works.Get().(*work)
	if wk == nil {
		wk = &work{}
	}
	r := &Reader{out: o, work: wk}
	var to *media.Cut
	if n+1 < len(o.cuts) {
		to = &o.cuts[n+1]
	}
	err := o.reader.Read(ctx, &wk.batch, o.cuts[n], to)
	if err == nil && len(wk.batch.Video) == 0 {
		err = media.Damaged("no picture")
	}
	if err == nil {
		err = r.alone()
	}
	if err == nil {
		p := wk.batch.Video[0]
		p.PTS = media.Scale(int64(at), 1e7, o.main().Timescale)
		p.DTS = p.PTS
		wk.batch.Video, wk.batch.Audio = append(wk.batch.Video[:0], p), wk.batch.Audio[:0]
		err = r.fragment(uint32(n + 1))
	}
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// alone makes the batch's first picture stand by itself. An HEVC key frame of an open
// group counts on from the group before, and a decoder that has not seen that may
// refuse it for having another's number; as a broken link it begins anew, and nothing
// but the type in its units' heads differs. H.264 has no such type: there only
// pictures that begin anew by themselves will do.
func (r *Reader) alone() error {
	const (
		hevcCRA, hevcBLA, avcIDR = 21, 18, 5
		inHVCC, inAVCC           = 21, 4 // where the configuration says how long lengths are
	)
	t, p := r.out.main(), &r.work.batch.Video[0]
	switch {
	case t.Codec == "hevc" && len(t.Config) > inHVCC && len(t.Prefix) == 0:
		data, err := r.load(p)
		if err != nil {
			return err
		}
		units(data, int(t.Config[inHVCC]&3)+1, func(head *byte) {
			if *head>>1&63 == hevcCRA {
				*head = *head&0x81 | hevcBLA<<1
			}
		})
		r.work.batch.Data, p.Pos = data, 0
	case t.Codec == "h264" && len(t.Config) > inAVCC && len(t.Prefix) == 0:
		data, err := r.load(p)
		if err != nil {
			return err
		}
		fresh := false
		units(data, int(t.Config[inAVCC]&3)+1, func(head *byte) { fresh = fresh || *head&31 == avcIDR })
		if !fresh {
			return media.Unsupported("a key frame that needs the group before")
		}
		r.work.batch.Data, p.Pos = data, 0
	}
	return nil
}

// load reads a packet into memory.
func (r *Reader) load(p *media.Packet) ([]byte, error) {
	if p.Size > maxPacket {
		return nil, media.Unsupported("a packet of %d bytes", p.Size)
	}
	data := make([]byte, p.Size)
	if b := &r.work.batch; len(b.Data) > 0 {
		copy(data, b.Data[p.Pos:])
	} else if _, err := r.out.file.f.ReadAt(data, p.Pos); err != nil {
		return nil, r.out.readError(err)
	}
	return data, nil
}

// units gives the first byte of each unit in a packet, before which stands a length
// of n bytes.
func units(data []byte, n int, fn func(head *byte)) {
	for at := 0; at+n < len(data); {
		size := 0
		for _, c := range data[at : at+n] {
			size = size<<8 | int(c)
		}
		at += n
		if size <= 0 || size > len(data)-at {
			return
		}
		fn(&data[at])
		at += size
	}
}

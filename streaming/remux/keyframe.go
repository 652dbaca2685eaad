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

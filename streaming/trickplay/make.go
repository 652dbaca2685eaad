package trickplay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/remux"
)

// Maker makes sheets of one source. It is for one goroutine; close it.
type Maker struct {
	src   *library.Source
	info  Info
	quiet ffmpeg.Quiet
	tools *ffmpeg.Tools
	file  *remux.File   // nil: ffmpeg reads the film
	out   *remux.Output // its key frames, about a second apart
	parts []remux.Segment
	video library.Stream
}

// ErrNoPicture is returned for sources that cannot have sheets.
var ErrNoPicture = errors.New("the film has no pictures to show")

// NewMaker opens a source.
func NewMaker(ctx context.Context, tools *ffmpeg.Tools, quiet ffmpeg.Quiet, src *library.Source, l Layout) (*Maker, error) {
	info, ok := l.Info(src)
	if !ok {
		return nil, ErrNoPicture
	}
	m := &Maker{src: src, info: info, quiet: quiet, tools: tools}
	m.video, _ = src.First(library.StreamVideo)
	m.openIndex(ctx)
	return m, nil
}

// openIndex finds the key frames, where the file's index has them; else it is read
// by ffmpeg, which takes longer and is no error.
func (m *Maker) openIndex(ctx context.Context) {
	f, err := remux.Open(ctx, m.src.Path, *m.src)
	if err != nil {
		return
	}
	out, err := f.Output(ctx, remux.Options{
		Container: remux.MP4, Video: m.video.Index, Audio: remux.None, Target: library.TicksOf(time.Second),
	})
	if err != nil {
		_ = f.Close()
		return
	}
	m.file, m.out, m.parts = f, out, out.Segments()
	if len(m.parts) < m.info.Count/6 { // an index of few entries would show the same picture for minutes
		_ = m.Close()
	}
}

// Close closes the source.
func (m *Maker) Close() error {
	if m.file == nil {
		return nil
	}
	f := m.file
	m.file, m.out, m.parts = nil, nil, nil
	return f.Close()
}

// Info describes what is made. Its Bandwidth is for [Store] to find.
func (m *Maker) Info() Info { return m.info }

const maxSheet = 32 << 20

// Sheet makes sheet n, a JPEG file.
func (m *Maker) Sheet(ctx context.Context, n int) ([]byte, error) {
	if n < 0 || n >= m.info.Sheets() {
		return nil, fmt.Errorf("sheet %d of %d", n, m.info.Sheets())
	}
	if m.out != nil {
		jpeg, err := m.fromIndex(ctx, n)
		if len(jpeg) > 0 && err == nil || ctx.Err() != nil || errors.Is(err, ffmpeg.ErrHeld) {
			return jpeg, err
		}
		_ = m.Close() // what its index says is not so
	}
	jpeg, err := m.fromFile(ctx, n)
	if err == nil && len(jpeg) == 0 {
		err = ErrNoPicture
	}
	if err != nil {
		return nil, fmt.Errorf("sheet %d of %s: %w", n, filepath.Base(m.src.Path), err)
	}
	return jpeg, nil
}

// fromIndex hands ffmpeg the key frames that are shown.
func (m *Maker) fromIndex(ctx context.Context, n int) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, w := io.Pipe()
	fed := make(chan error, 1)
	go func() {
		err := m.feedGuarded(ctx, w, n)
		_ = w.CloseWithError(err)
		fed <- err
	}()
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-copyts", "-threads", "1",
		"-protocol_whitelist", "pipe", "-format_whitelist", "mov,mp4", "-f", "mp4", "-i", "pipe:0"}
	args = append(args, m.output(n, lead)...)
	jpeg, err := m.quiet.Run(ctx, m.tools.FFmpeg, args, r, maxSheet)
	_ = r.Close() // ends the feeding, had ffmpeg enough
	if ferr := <-fed; ferr != nil && !errors.Is(ferr, io.ErrClosedPipe) {
		return nil, errors.Join(ferr, err)
	}
	return jpeg, err
}

// lead comes before the first picture's time, so that none is before zero.
const lead = time.Second

// feedGuarded is feed; a panic over a hostile file is that file's error.
func (m *Maker) feedGuarded(ctx context.Context, w *io.PipeWriter, n int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading the film failed: %v", p)
		}
	}()
	return m.feed(ctx, w, n)
}

// feed writes the film of a sheet: its key frames, one at each interval. A frame
// that would be shown twice is written once, and ffmpeg repeats it.
func (m *Maker) feed(ctx context.Context, w io.Writer, n int) error {
	if _, err := w.Write(m.out.Init()); err != nil {
		return err
	}
	last := -1
	first := n * m.info.Columns * m.info.Rows
	for i := range m.info.on(n) + 1 { // the last is not shown, and says how long the one before it is
		part := m.nearest(time.Duration(first+i)*m.info.Interval + m.info.Interval/2)
		if part == last && i < m.info.on(n) {
			continue
		}
		last = part
		at := lead + time.Duration(i)*m.info.Interval
		if err := m.out.WriteKeyFrame(ctx, w, part, library.TicksOf(at)); err != nil {
			return err
		}
	}
	return nil
}

// nearest is the key frame next to a time.
func (m *Maker) nearest(t time.Duration) int {
	want := library.TicksOf(t)
	lo, hi := 0, len(m.parts)
	for lo < hi {
		if mid := (lo + hi) / 2; m.parts[mid].Start <= want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	switch {
	case lo == 0:
		return 0
	case lo < len(m.parts) && m.parts[lo].Start-want < want-m.parts[lo-1].Start:
		return lo
	}
	return lo - 1
}

// fromFile lets ffmpeg read the stretch of the film, and decode its key frames only.
func (m *Maker) fromFile(ctx context.Context, n int) ([]byte, error) {
	start := time.Duration(n*m.info.Columns*m.info.Rows) * m.info.Interval
	length := time.Duration(m.info.on(n)+1) * m.info.Interval
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1", "-skip_frame", "nokey", "-noaccurate_seek"}
	if start > 0 {
		args = append(args, "-ss", decimal(start.Seconds()))
	}
	args = append(append(args, "-t", decimal(length.Seconds())), ffmpeg.Guard()...)
	args = append(args, "-i", ffmpeg.File(m.src.Path), "-map", "0:"+strconv.Itoa(m.video.Index))
	args = append(args, m.output(n, 0)...)
	return m.quiet.Run(ctx, m.tools.FFmpeg, args, nil, maxSheet)
}

// output turns frames into a sheet: one at each interval from begin on, as many as
// the sheet holds, with the last one repeated where the film ends early.
func (m *Maker) output(n int, begin time.Duration) []string {
	i := m.info
	var f bytes.Buffer
	if begin == 0 { // else the last frame would have no length, and not be shown
		fmt.Fprintf(&f, "tpad=stop_duration=%s:stop_mode=clone,", decimal(i.Interval.Seconds()))
	}
	fmt.Fprintf(&f, "fps=fps=1/%s:start_time=%s:round=near,scale=%d:%d:flags=area,setsar=1", decimal(i.Interval.Seconds()), decimal(begin.Seconds()), i.Width, i.Height)
	if hdr(m.video) && m.tools.HasFilter("zscale") {
		// What a copied frame lacks is said here: the filter guesses nothing.
		fmt.Fprintf(&f, ",setparams=color_primaries=bt2020:color_trc=%s:colorspace=bt2020nc", m.video.ColorTransfer)
		f.WriteString(",zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv")
	}
	fmt.Fprintf(&f, ",format=yuvj420p,tpad=stop=%d:stop_mode=clone,tile=%dx%d:nb_frames=%d", i.on(n), i.Columns, i.Rows, i.on(n))
	return []string{"-an", "-sn", "-dn", "-vf", f.String(), "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-threads", "1", "-f", "image2pipe", "pipe:1"}
}

// hdr reports whether a picture must be made darker for ordinary screens.
func hdr(v library.Stream) bool {
	return v.ColorTransfer == "smpte2084" || v.ColorTransfer == "arib-std-b67"
}

package remux

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sett/node/library"
	"sett/streaming/remux/codec"
	"sett/streaming/remux/fmp4"
	"sett/streaming/remux/media"
	"sett/streaming/remux/mpegts"
)

// Offset is added to every time stamp, as ffmpeg's sessions do, so that nothing is
// before zero.
const Offset = time.Second

// Target is the usual length of a segment.
const Target = 6 * time.Second

// None is the index of no stream.
const None = -1

// Container of the segments.
type Container uint8

// The containers.
const (
	MP4 Container = iota // fragmented, with an init segment
	TS
)

// Options says what is copied into what.
type Options struct {
	Container    Container
	Video, Audio int           // stream indexes; None leaves it out
	VideoTag     string        // sample entry in MP4: "hvc1", "hev1", "dvh1", …; "" for the usual one
	Target       library.Ticks // length of segments to come near to; 0: the usual
}

// Segment is a stretch of the film.
type Segment struct{ Start, Duration library.Ticks }

// Output is one way to send a file. It does not change; its methods may be called
// from several goroutines. It lives as long as its File is open.
type Output struct {
	file     *File
	opts     Options
	reader   media.Reader
	cuts     []media.Cut
	segments []Segment
	init     []byte
	codecs   []string
	ts       [2]mpegts.Track // picture and sound, of MPEG-TS output
	works    sync.Pool       // of *work
}

// maxSegments bounds a playlist.
const maxSegments = 1 << 17

// Output plans the segments. The error tells whether the file must be scanned
// first, or ffmpeg has to do it.
func (f *File) Output(ctx context.Context, opts Options) (*Output, error) {
	o, err := f.output(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("remux %s: %w", f.f.Name(), err)
	}
	return o, nil
}

func (f *File) output(ctx context.Context, opts Options) (*Output, error) {
	if opts.Target <= 0 {
		opts.Target = library.TicksOf(Target)
	}
	var sel media.Selection
	var err error
	if sel.Video, err = f.track(opts.Video, media.Video); err != nil {
		return nil, err
	}
	if sel.Audio, err = f.track(opts.Audio, media.Audio); err != nil {
		return nil, err
	}
	r, err := f.index.Prepare(ctx, sel)
	if err != nil {
		return nil, err
	}
	o := &Output{file: f, opts: opts, reader: r}
	outs, err := o.tracks()
	if err != nil {
		return nil, err
	}
	for _, t := range outs {
		o.codecs = append(o.codecs, codec.Name(t.Track, t.Tag))
	}
	if opts.Container == MP4 {
		o.init = fmp4.Init(outs)
	} else if err := o.transport(); err != nil {
		return nil, err
	}
	if err := o.plan(); err != nil {
		return nil, err
	}
	if len(o.segments) == 0 || len(o.segments) > maxSegments {
		return nil, media.Unsupported("%d segments", len(o.segments))
	}
	return o, nil
}

// transport readies the tracks for MPEG-TS.
func (o *Output) transport() error {
	for i, t := range []*media.Track{o.reader.Video(), o.reader.Audio()} {
		if t == nil {
			continue
		}
		var err error
		if o.ts[i], err = mpegts.NewTrack(t); err != nil {
			return err
		}
	}
	return nil
}

// plan turns cuts into segments. The first begins with the film, though its first
// picture may come a little later.
func (o *Output) plan() error {
	cuts, end := o.reader.Cuts(o.opts.Target.Seconds())
	scale := o.main().Timescale
	if len(cuts) > 0 && cuts[0].PTS < -scale/2 {
		return media.Unsupported("a film that begins %d ms before its beginning", -cuts[0].PTS*1000/scale)
	}
	ticks := func(t int64) library.Ticks {
		return library.Ticks(media.Scale(t, scale, int64(library.TicksOf(time.Second))))
	}
	o.cuts = cuts
	for n, c := range cuts {
		start, stop := ticks(c.PTS), ticks(end)
		if n+1 < len(cuts) {
			stop = ticks(cuts[n+1].PTS)
		}
		if n == 0 {
			start = 0
		}
		o.segments = append(o.segments, Segment{start, max(0, stop-start)})
	}
	return nil
}

func (o *Output) main() *media.Track {
	if v := o.reader.Video(); v != nil {
		return v
	}
	return o.reader.Audio()
}

// tags are the sample entries a codec may have, the usual one first. Where the tag
// promises parameter sets in the configuration, they are looked for.
var tags = map[string][]string{
	"h264": {"avc1", "avc3"}, "hevc": {"hvc1", "hev1", "dvh1", "dvhe"}, "av1": {"av01", "dav1"}, "vp9": {"vp09"},
	"aac": {"mp4a"}, "mp3": {"mp4a"}, "ac3": {"ac-3"}, "eac3": {"ec-3"}, "opus": {"Opus"}, "flac": {"fLaC"}, "alac": {"alac"},
}

// tracks names what is written, and refuses what the container cannot hold.
func (o *Output) tracks() ([]fmp4.Out, error) {
	var outs []fmp4.Out
	for _, t := range []*media.Track{o.reader.Video(), o.reader.Audio()} {
		if t == nil {
			continue
		}
		choice, ok := tags[t.Codec]
		if !ok || o.opts.Container > TS {
			return nil, media.Unsupported("%s in the segments' container", t.Codec)
		}
		out := fmp4.Out{Track: t, Tag: choice[0]}
		if want := o.opts.VideoTag; t.Kind == media.Video && want != "" {
			if !slices.Contains(choice, want) {
				return nil, media.Unsupported("%s as %s", t.Codec, want)
			}
			out.Tag = want
		}
		if !codec.Decodable(t) {
			return nil, media.Unsupported("%s without parameter sets", t.Codec)
		}
		outs = append(outs, out)
	}
	return outs, nil
}

// OpenGOP reports whether segments begin with pictures that need the segment
// before, to be shown before the key frame. They are for decoders to leave out after
// a seek; Chromium's own H.264 decoder gives up instead, and plays such a film only
// from its beginning. It looks at the second segment alone.
func (o *Output) OpenGOP(ctx context.Context) (bool, error) {
	if len(o.cuts) < 2 || o.reader.Video() == nil {
		return false, nil
	}
	var to *media.Cut
	if len(o.cuts) > 2 {
		to = &o.cuts[2]
	}
	var b media.Batch
	if err := o.reader.Read(ctx, &b, o.cuts[1], to); err != nil {
		return false, fmt.Errorf("remux %s: %w", o.file.f.Name(), err)
	}
	for i := range b.Video {
		if b.Video[i].PTS < b.Video[0].PTS {
			return true, nil
		}
	}
	return false, nil
}

// Segments lists all segments, end to end.
func (o *Output) Segments() []Segment { return slices.Clone(o.segments) }

// Init is the init segment of MP4 output, nil of MPEG-TS. It must not be changed.
func (o *Output) Init() []byte { return o.init }

// Codecs is the list of RFC 6381 names for a master playlist, "" where one is not
// known.
func (o *Output) Codecs() string {
	if slices.Contains(o.codecs, "") {
		return ""
	}
	return strings.Join(o.codecs, ",")
}

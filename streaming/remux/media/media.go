// Package media holds what all containers have in common: tracks, packets, the
// places where a track may be cut, and the rules by which rough time stamps become
// exact ones. It reads no files and knows no container.
package media

import (
	"context"
	"errors"
	"fmt"
)

// The errors that callers of package remux branch on; it exports them again.
var (
	// ErrUnsupported says that the file is fine, and that copying it needs ffmpeg.
	ErrUnsupported = errors.New("cannot be remuxed in process")
	// ErrNeedsScan says that the file has no index of its own.
	ErrNeedsScan = errors.New("the file has no index and must be scanned first")
	// ErrDamaged says that the file contradicts itself or ends too early.
	ErrDamaged = errors.New("the file is damaged")
)

// Unsupported is ErrUnsupported with a reason.
func Unsupported(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, a...))
}

// Damaged is ErrDamaged with a reason.
func Damaged(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, a...))
}

// Kind sorts tracks.
type Kind uint8

// The kinds of track. Other is everything that is never copied.
const (
	Other Kind = iota
	Video
	Audio
)

// Track is one elementary stream.
type Track struct {
	Index    int    // place in the container, as ffprobe counts
	ID       uint64 // the container's own number
	Kind     Kind
	Codec    string // ffprobe's name, "" unknown
	Problem  string // why its packets cannot be copied, "" when they can
	Language string // ISO 639-2, "" unknown

	// Timescale is the number of units a second of its packets' times. For sound
	// it is the sample rate wherever the container leaves a choice.
	Timescale int64

	// Config is what a decoder must have beforehand, in the form an MP4 sample
	// entry holds it: the body of avcC, hvcC, av1C, vpcC, dac3, dec3, dOps, dfLa or
	// alac; for AAC the AudioSpecificConfig.
	Config []byte
	// Boxes are further whole boxes of a sample entry: colr, pasp, mdcv, clli, dvcC.
	Boxes []byte
	// Prefix stands before every packet, and is not in the file.
	Prefix []byte

	Width, Height int
	Matrix        []byte // 36 bytes of an MP4 track header, nil: upright

	Channels, SampleRate, BitDepth int

	// Frame is the length of an audio packet in Timescale units, 0: it varies.
	Frame int64
}

// Packet is one access unit. Times are in the track's timescale, from the
// presentation's zero, and may be negative.
type Packet struct {
	Pos      int64 // where its bytes begin: in the file, or in Batch.Data where that is set
	Size     int   // bytes there; the track's Prefix comes on top
	DTS, PTS int64
	Dur      int64
	Key      bool
}

// Batch is what one segment is made of, in decoding order. Batches are reused.
type Batch struct {
	Video, Audio []Packet
	Data         []byte // the packets' bytes, where they do not lie in the file as they are
}

// Reset empties a batch and keeps its memory.
func (b *Batch) Reset() {
	b.Video, b.Audio, b.Data = b.Video[:0], b.Audio[:0], b.Data[:0]
}

// Cut is a place where a segment may begin.
type Cut struct {
	PTS int64 // in the main track's timescale
	Ref int   // the container's own name for the place
}

// Selection names the tracks to copy, by Index; -1 is none. The main track, along
// which segments are cut, is the video, or the audio where there is none.
type Selection struct{ Video, Audio int }

// Main is the index of the main track.
func (s Selection) Main() int {
	if s.Video >= 0 {
		return s.Video
	}
	return s.Audio
}

// Index is an opened container. Its methods may be called from several goroutines.
type Index interface {
	// Tracks lists all tracks, also those that cannot be copied.
	Tracks() []Track
	// Prepare makes a selection ready: it returns its tracks with their
	// configuration complete, in a reader of packets.
	Prepare(ctx context.Context, sel Selection) (Reader, error)
}

// Reader reads the packets of one selection. Its methods may be called from several
// goroutines.
type Reader interface {
	// Video and Audio are the selected tracks, nil for none.
	Video() *Track
	Audio() *Track
	// Cuts lists places, about step seconds apart, where a segment may begin, and
	// the time at which the main track ends. The first cut is its beginning.
	Cuts(step float64) (cuts []Cut, end int64)
	// Read fills the batch with everything from one cut to another, or to the end
	// where to is nil. Batches of adjoining cuts neither overlap nor leave
	// anything out.
	Read(ctx context.Context, b *Batch, from Cut, to *Cut) error
}

// Spaced picks from cuts, in order, those about step apart: each time the one
// that comes nearest to it.
func Spaced(cuts []Cut, step int64) []Cut {
	if len(cuts) == 0 {
		return nil
	}
	out := []Cut{cuts[0]}
	for i := 1; i < len(cuts); i++ {
		want := out[len(out)-1].PTS + step
		before, at := want-cuts[i-1].PTS, cuts[i].PTS-want
		switch {
		case at < 0:
		case before < at && before < step/2 && cuts[i-1].PTS > out[len(out)-1].PTS:
			out = append(out, cuts[i-1])
			i-- // the same cut may end the next one too
		case cuts[i].PTS > out[len(out)-1].PTS:
			out = append(out, cuts[i])
		}
	}
	if last := cuts[len(cuts)-1]; last.PTS-out[len(out)-1].PTS >= max(1, step/2) {
		out = append(out, last) // or the end would be a long one
	}
	return out
}

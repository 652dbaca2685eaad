package remux

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"sett/node/library"
	"sett/streaming/remux/media"
	"sett/streaming/remux/mkv"
	"sett/streaming/remux/mp4"
	"sett/streaming/remux/mpegts"
)

// Errors that callers branch on.
var (
	// ErrUnsupported says that ffmpeg has to do it, and why.
	ErrUnsupported = media.ErrUnsupported
	// ErrNeedsScan asks for [File.Scan] before [File.Output] is tried again.
	ErrNeedsScan = media.ErrNeedsScan
	// ErrDamaged says that the file contradicts itself or ends too early.
	ErrDamaged = media.ErrDamaged
	// ErrNoSegment is returned for a number that is none.
	ErrNoSegment = errors.New("no such segment")
)

// File is an opened source. Its methods may be called from several goroutines.
type File struct {
	f     *os.File
	src   library.Source
	index media.Index
	scan  sync.Mutex // held by the one that scans
}

// Open opens the source's file and reads its head. src tells the streams by the
// numbers that callers use; one without streams stands for the file's own.
func Open(ctx context.Context, path string, src library.Source) (*File, error) {
	if len(src.Parts) > 0 {
		return nil, media.Unsupported("a source in several files")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("remux: %w", err)
	}
	x, err := openIndex(ctx, f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("remux %s: %w", path, err), f.Close())
	}
	return &File{f: f, src: src, index: x}, nil
}

// openIndex tells the container by its first bytes.
func openIndex(ctx context.Context, f *os.File) (media.Index, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, media.Unsupported("not a regular file")
	}
	var head [204 * 5]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case binary.BigEndian.Uint32(head[:]) == 0x1A45DFA3:
		return nilless(mkv.Open(ctx, f, fi.Size()))
	case isMP4(string(head[4:8])):
		return nilless(mp4.Open(ctx, f, fi.Size()))
	case mpegts.Is(head[:n]):
		return nilless(mpegts.Open(ctx, f, fi.Size()))
	}
	return nil, media.Unsupported("an unknown container")
}

// nilless keeps a nil pointer from becoming an index that is not nil.
func nilless[T media.Index](x T, err error) (media.Index, error) {
	if err != nil {
		return nil, err
	}
	return x, nil
}

func isMP4(kind string) bool {
	switch kind {
	case "ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot":
		return true
	}
	return false
}

// Close closes the file. Segments being read fail from then on.
func (f *File) Close() error {
	if err := f.f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// Scan makes the index that the file lacks, by reading it from end to end. It may
// take as long as that takes; the file can be used meanwhile, as far as it goes.
func (f *File) Scan(ctx context.Context) error {
	s, ok := f.index.(scanner)
	if !ok {
		return nil
	}
	f.scan.Lock()
	defer f.scan.Unlock()
	if err := s.Scan(ctx); err != nil {
		return fmt.Errorf("scan %s: %w", f.f.Name(), err)
	}
	return nil
}

// scanner is an index that a file may lack.
type scanner interface {
	Scan(context.Context) error
	Save() ([]byte, error)
	Load([]byte) error
}

// SaveIndex returns what a scan found, to be kept and given to [File.LoadIndex]
// when the same file, unchanged, is opened again. It is nil where there was no scan.
func (f *File) SaveIndex() ([]byte, error) {
	if s, ok := f.index.(scanner); ok {
		return s.Save()
	}
	return nil, nil
}

// LoadIndex takes the place of a scan.
func (f *File) LoadIndex(b []byte) error {
	if s, ok := f.index.(scanner); ok {
		return s.Load(b)
	}
	return nil
}

// track finds the container's track for a stream of the source.
func (f *File) track(index int, kind media.Kind) (int, error) {
	if index < 0 {
		return -1, nil
	}
	tracks := f.index.Tracks()
	if len(f.src.Streams) > 0 {
		s, ok := f.src.Stream(index)
		if !ok {
			return 0, media.Unsupported("no stream %d", index)
		}
		if s.External || s.Path != "" {
			return 0, media.Unsupported("stream %d is in another file", index)
		}
		if index < len(tracks) && tracks[index].Codec != "" && s.Codec != "" && tracks[index].Codec != s.Codec {
			return 0, media.Unsupported("stream %d is %s here and %s in the library", index, tracks[index].Codec, s.Codec)
		}
	}
	if index >= len(tracks) || tracks[index].Kind != kind {
		return 0, media.Unsupported("stream %d is not a track of its kind", index)
	}
	return index, nil
}

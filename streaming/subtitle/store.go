package subtitle

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"sett/node/library"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
)

// Store gets at subtitles of sources. What it extracts from a film it keeps, for
// that means reading the whole film.
type Store struct{ cache *cache.Cache }

// NewStore keeps extracted subtitles in c.
func NewStore(c *cache.Cache) *Store { return &Store{c} }

// Request asks for one subtitle of a source.
type Request struct {
	Source     library.Source
	Index      int // of the stream
	Format     Format
	Start, End time.Duration // see [Track.From]
	Options    Options
}

// Get returns the subtitle in the wanted format. One that has it already, and is
// wanted whole, comes as it is, but in UTF-8.
func (s *Store) Get(ctx context.Context, r Request) ([]byte, error) {
	f, format, lang, err := s.open(ctx, r.Source, r.Index)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read a subtitle: %w", err)
	}
	if len(raw) > maxSize {
		return nil, ErrTooLarge
	}
	text := Decode(raw, lang)
	if format == r.Format && r.Start == 0 && r.End == 0 && r.Options == (Options{}) {
		return []byte(text), nil
	}
	t, err := Parse(text, format)
	if err != nil {
		return nil, err
	}
	return t.From(r.Start, r.End).Format(r.Format, r.Options)
}

// File returns the path of an embedded or separate text subtitle in its own
// format, to be burnt in. It may be gone once the cache needs room.
func (s *Store) File(ctx context.Context, src library.Source, index int) (string, error) {
	f, _, _, err := s.open(ctx, src, index)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return f.Name(), nil
}

func (s *Store) open(ctx context.Context, src library.Source, index int) (*os.File, Format, string, error) {
	st, ok := src.Stream(index)
	if !ok || !st.TextSubtitle() {
		return nil, Unknown, "", fmt.Errorf("stream %d: %w", index, ErrNoText)
	}
	if st.External {
		format, ok := ParseFormat(filepath.Ext(st.Path))
		if !ok || format == JS {
			return nil, Unknown, "", fmt.Errorf("%s: %w", filepath.Ext(st.Path), ErrFormat)
		}
		f, err := os.Open(st.Path)
		return f, format, st.Language, err
	}
	f, err := s.extract(ctx, src, st)
	return f, extracted(st.Codec), "", err
}

// extracted is the format an embedded subtitle is taken out in.
func extracted(codec string) Format {
	switch codec {
	case "ass", "ssa":
		return ASS
	case "webvtt":
		return VTT
	}
	return SRT
}

// muxers are ffmpeg's names of the formats, and of their codecs.
var muxers = map[Format]string{SRT: "srt", VTT: "webvtt", ASS: "ass"}

// extract reads the film once for all its text subtitles, and then takes the
// wanted one out of what that gave, which costs next to nothing.
func (s *Store) extract(ctx context.Context, src library.Source, st library.Stream) (*os.File, error) {
	key := identity(src)
	return s.cache.File(ctx, "subtitle "+strconv.Itoa(st.Index)+" "+key, func(ctx context.Context, path string) error {
		all, err := s.cache.File(ctx, "subtitles "+key, func(ctx context.Context, path string) error {
			return takeAll(ctx, src, path)
		})
		if err != nil {
			return err
		}
		defer all.Close()
		nth := 0
		for _, other := range src.Streams {
			if other.Index == st.Index {
				break
			}
			if embedded(other) {
				nth++
			}
		}
		format := muxers[extracted(st.Codec)]
		// Its time stamps are right as they are, though its first is not 0.
		return convert(ctx, all.Name(), "-copyts", "-map", "0:"+strconv.Itoa(nth), "-c:s", "copy", "-f", format, ffmpeg.File(path))
	})
}

func embedded(st library.Stream) bool { return !st.External && st.TextSubtitle() }

// takeAll copies every text subtitle of a film into one small Matroska file.
func takeAll(ctx context.Context, src library.Source, path string) error {
	var args []string
	nth := 0
	for _, st := range src.Streams {
		if !embedded(st) {
			continue
		}
		codec := "srt"
		switch st.Codec {
		case "ass", "ssa", "webvtt", "subrip":
			codec = "copy"
		}
		args = append(args, "-map", "0:"+strconv.Itoa(st.Index), "-c:s:"+strconv.Itoa(nth), codec)
		nth++
	}
	return convert(ctx, src.Path, append(args, "-f", "matroska", ffmpeg.File(path))...)
}

func convert(ctx context.Context, input string, out ...string) error {
	bin, err := ffmpeg.Look("ffmpeg")
	if err != nil {
		return err
	}
	args := append([]string{"-y", "-nostdin", "-loglevel", "error"}, ffmpeg.Guard()...)
	args = append(args, "-i", ffmpeg.File(input))
	_, err = ffmpeg.Output(ctx, bin, append(args, out...), 1<<20)
	if err != nil {
		return fmt.Errorf("take subtitles out of %s: %w", filepath.Base(input), err)
	}
	return nil
}

// Attachment opens a file from inside a container, a font mostly.
func (s *Store) Attachment(ctx context.Context, src library.Source, index int) (*os.File, error) {
	found := false
	for _, a := range src.Attachments {
		found = found || a.Index == index
	}
	if !found {
		return nil, fmt.Errorf("attachment %d: %w", index, os.ErrNotExist)
	}
	return s.cache.File(ctx, "attachment "+strconv.Itoa(index)+" "+identity(src), func(ctx context.Context, path string) error {
		bin, err := ffmpeg.Look("ffmpeg")
		if err != nil {
			return err
		}
		args := append([]string{"-y", "-nostdin", "-loglevel", "error", "-dump_attachment:" + strconv.Itoa(index), path}, ffmpeg.Guard()...)
		args = append(args, "-i", ffmpeg.File(src.Path), "-map", "0", "-c", "copy", "-t", "0", "-f", "null", "-")
		if _, err := ffmpeg.Output(ctx, bin, args, 1<<20); err != nil {
			// The file is out before ffmpeg finds that there is nothing else to do.
			if fi, e := os.Stat(path); e != nil || fi.Size() == 0 {
				return fmt.Errorf("take attachment %d out of %s: %w", index, filepath.Base(src.Path), err)
			}
		}
		return nil
	})
}

// identity changes when the film's file does.
func identity(src library.Source) string {
	return fmt.Sprintf("%d %d %s", src.Size, src.Modified.UnixNano(), src.Path)
}

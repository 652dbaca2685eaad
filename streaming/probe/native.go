package probe

import (
	"bytes"
	"context"
	"io"

	"sett/streaming/probe/avi"
	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/isom"
	"sett/streaming/probe/matroska"
	"sett/streaming/probe/mpegts"
	"sett/streaming/probe/music"
)

// native reads a file's headers in process. It fails with facts.ErrUnsure wherever
// it cannot tell all that ffprobe would.
func native(ctx context.Context, f io.ReaderAt, size int64) (*facts.Document, error) {
	r := facts.NewReader(ctx, f, size)
	head, err := r.Peek(0, 16)
	if err != nil {
		return nil, err
	}
	head = bytes.Clone(head)
	switch {
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return matroska.Read(r)
	case bytes.HasPrefix(head, []byte("fLaC")):
		return music.FLAC(r)
	case bytes.HasPrefix(head, []byte("OggS")):
		return music.Ogg(r)
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "WAVE":
		return music.Wave(r)
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "AVI ":
		return avi.Read(r)
	case bytes.HasPrefix(head, []byte("ID3")), isMPEGAudio(head):
		return music.MP3(r)
	case len(head) >= 12 && isMovie(string(head[4:8])):
		return isom.Read(r)
	}
	if head[0] == 0x47 || len(head) > 4 && head[4] == 0x47 {
		long, err := r.Peek(0, 600)
		if err != nil {
			return nil, err
		}
		if stride, skip := mpegts.Stride(long); stride > 0 {
			return mpegts.Read(r, stride, skip)
		}
	}
	return nil, facts.Unsure("no reader for what begins so")
}

// isMovie knows the boxes that MP4 and QuickTime files begin with.
func isMovie(box string) bool {
	switch box {
	case "ftyp", "moov", "mdat", "free", "wide", "skip":
		return true
	}
	return false
}

// isMPEGAudio knows the beginning of a frame of layer III.
func isMPEGAudio(head []byte) bool {
	m, ok := bitstream.ParseMPEGAudio(head)
	return ok && m.Layer == 3
}

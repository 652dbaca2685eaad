package hls

import (
	"bytes"
	"fmt"
	"math"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// InitSegment is the number under which [Session.Playlist] asks for the init
// segment's URI. Jellyfin's clients know it by this number.
const InitSegment = -1

// Playlist is the media playlist of the whole runtime. uri names a segment, or
// [InitSegment], relative to the playlist; it must not hold a quote or a line end.
func (s *Session) Playlist(uri func(n int, start, length library.Ticks) string) []byte {
	s.Touch()
	job := &s.spec.Job
	var b bytes.Buffer
	b.WriteString("#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n")
	if job.Container == ffmpeg.MP4 {
		b.WriteString("#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	} else {
		b.WriteString("#EXT-X-VERSION:3\n")
	}
	longest := 0.0
	for n := range job.Segments() {
		_, length := job.Span(n)
		longest = max(longest, length.Seconds())
	}
	fmt.Fprintf(&b, "#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n", int(math.Ceil(longest)))
	if job.Container == ffmpeg.MP4 {
		fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%s\"\n", uri(InitSegment, 0, 0))
	}
	for n := range job.Segments() {
		start, length := job.Span(n)
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n%s\n", length.Seconds(), uri(n, start, length))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.Bytes()
}

// MediaType is the MIME type of the segments.
func (s *Session) MediaType() string {
	video := s.spec.Job.Video.Action != ffmpeg.Omit
	switch {
	case s.spec.Job.Container == ffmpeg.TS:
		return "video/mp2t"
	case video:
		return "video/mp4"
	}
	return "audio/mp4"
}

// PlaylistType is the MIME type of both playlists.
const PlaylistType = "application/vnd.apple.mpegurl"

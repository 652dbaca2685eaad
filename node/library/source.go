package library

import "time"

// Source is one playable version of an item: one file (or the parts of one film
// cut into several), and what is in it.
type Source struct {
	ID          ID // of the main version the same as the item's
	Name        string
	Path        string
	Parts       []string // further files, played after Path
	Container   string   // "mkv", "mp4", "mov", "ts", "avi", "flac", "mp3", "ogg", …
	Size        int64
	Modified    time.Time
	Bitrate     int64 // bits/s overall, 0: unknown
	Runtime     Ticks
	Streams     []Stream // in the container's order, external ones after
	Chapters    []Chapter
	Attachments []Attachment
	Problem     string // why it cannot be played, one plain sentence; "" when fine
}

// StreamKind sorts streams.
type StreamKind uint8

// The kinds of stream.
const (
	StreamUnknown StreamKind = iota
	StreamVideo
	StreamAudio
	StreamSubtitle
	StreamImage // attached picture
	StreamData
)

var streamKindNames = [...]string{"Unknown", "Video", "Audio", "Subtitle", "EmbeddedImage", "Data"}

func (k StreamKind) String() string { return streamKindNames[k] }

// Stream is one elementary stream. Index counts over the whole source, external
// files included, and is what clients ask for.
type Stream struct {
	Index     int
	Kind      StreamKind
	Codec     string // ffprobe's short name: h264, hevc, aac, ac3, eac3, dts, truehd, subrip, ass, …
	CodecTag  string // avc1, hev1, hvc1, dvh1, …
	Profile   string
	Level     float64
	Language  string // ISO 639-2, "" unknown
	Title     string
	Comment   string
	Default   bool
	Forced    bool
	HearingI  bool // for the hearing impaired
	External  bool
	Path      string // of an external stream
	BitRate   int64
	TimeBase  string
	NalLength string // "4" for length-prefixed H.264/HEVC, "0" for Annex B, "" unknown

	// Video.
	Width, Height  int
	AspectRatio    string  // display, "16:9"
	AvgFrameRate   float64 // frames/s
	RealFrameRate  float64
	BitDepth       int
	PixelFormat    string
	RefFrames      int
	Interlaced     bool
	AVC            *bool // H.264 stored length-prefixed
	Anamorphic     *bool
	Rotation       int // degrees counter-clockwise the picture must be turned, 0/90/180/270
	ColorRange     string
	ColorSpace     string
	ColorTransfer  string
	ColorPrimaries string
	DolbyVision    *DolbyVision
	HDR10Plus      bool

	// Audio.
	Channels   int
	Layout     string // "stereo", "5.1"
	SampleRate int    // Hz
	Spatial    string // "", "DolbyAtmos", "DTSX"
}

// DolbyVision is the stream's configuration record.
type DolbyVision struct {
	VersionMajor, VersionMinor int
	Profile, Level             int
	RPU, EL, BL                bool
	BLCompatibility            int
}

// Chapter is a named position.
type Chapter struct {
	Start Ticks
	Name  string
	Image string // picture file, "" for none
}

// Attachment is a file inside the container: a font, mostly.
type Attachment struct {
	Index    int
	Codec    string
	FileName string
	MIME     string
}

// First returns the first stream of a kind.
func (s *Source) First(kind StreamKind) (Stream, bool) {
	for _, st := range s.Streams {
		if st.Kind == kind {
			return st, true
		}
	}
	return Stream{}, false
}

// Stream returns the stream with the given index.
func (s *Source) Stream(index int) (Stream, bool) {
	for _, st := range s.Streams {
		if st.Index == index {
			return st, true
		}
	}
	return Stream{}, false
}

// TextSubtitle reports whether a subtitle stream is text and so can be converted
// to another text format.
func (s Stream) TextSubtitle() bool {
	if s.Kind != StreamSubtitle {
		return false
	}
	switch s.Codec {
	case "hdmv_pgs_subtitle", "pgssub", "dvd_subtitle", "dvdsub", "dvb_subtitle", "dvbsub", "xsub", "vobsub":
		return false
	}
	return true
}

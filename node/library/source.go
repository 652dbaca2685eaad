package library

import "time"

// Source is one playable version of an item: one file (or the parts of one film
// cut into several), and what is in it.
type Source struct {
	ID          ID           `cbor:"1,keyasint,omitzero"` // of the main version the same as the item's
	Name        string       `cbor:"2,keyasint,omitzero"`
	Path        string       `cbor:"3,keyasint,omitzero"`
	Parts       []string     `cbor:"4,keyasint,omitzero"` // further files, played after Path
	Container   string       `cbor:"5,keyasint,omitzero"` // "mkv", "mp4", "mov", "ts", "avi", "flac", "mp3", "ogg", …
	Size        int64        `cbor:"6,keyasint,omitzero"`
	Modified    time.Time    `cbor:"7,keyasint,omitzero"`
	Bitrate     int64        `cbor:"8,keyasint,omitzero"` // bits/s overall, 0: unknown
	Runtime     Ticks        `cbor:"9,keyasint,omitzero"`
	Streams     []Stream     `cbor:"10,keyasint,omitzero"` // in the container's order, external ones after
	Chapters    []Chapter    `cbor:"11,keyasint,omitzero"`
	Attachments []Attachment `cbor:"12,keyasint,omitzero"`
	Problem     string       `cbor:"13,keyasint,omitzero"` // why it cannot be played, one plain sentence; "" when fine
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
	Index     int        `cbor:"1,keyasint,omitzero"`
	Kind      StreamKind `cbor:"2,keyasint,omitzero"`
	Codec     string     `cbor:"3,keyasint,omitzero"` // ffprobe's short name: h264, hevc, aac, ac3, eac3, dts, truehd, subrip, ass, …
	CodecTag  string     `cbor:"4,keyasint,omitzero"` // avc1, hev1, hvc1, dvh1, …
	Profile   string     `cbor:"5,keyasint,omitzero"`
	Level     float64    `cbor:"6,keyasint,omitzero"`
	Language  string     `cbor:"7,keyasint,omitzero"` // ISO 639-2, "" unknown
	Title     string     `cbor:"8,keyasint,omitzero"`
	Comment   string     `cbor:"9,keyasint,omitzero"`
	Default   bool       `cbor:"10,keyasint,omitzero"`
	Forced    bool       `cbor:"11,keyasint,omitzero"`
	HearingI  bool       `cbor:"12,keyasint,omitzero"` // for the hearing impaired
	External  bool       `cbor:"13,keyasint,omitzero"`
	Path      string     `cbor:"14,keyasint,omitzero"` // of an external stream
	BitRate   int64      `cbor:"15,keyasint,omitzero"`
	TimeBase  string     `cbor:"16,keyasint,omitzero"`
	NalLength string     `cbor:"17,keyasint,omitzero"` // "4" for length-prefixed H.264/HEVC, "0" for Annex B, "" unknown

	// Video.
	Width          int          `cbor:"18,keyasint,omitzero"`
	Height         int          `cbor:"19,keyasint,omitzero"`
	AspectRatio    string       `cbor:"20,keyasint,omitzero"` // display, "16:9"
	AvgFrameRate   float64      `cbor:"21,keyasint,omitzero"` // frames/s
	RealFrameRate  float64      `cbor:"22,keyasint,omitzero"`
	BitDepth       int          `cbor:"23,keyasint,omitzero"`
	PixelFormat    string       `cbor:"24,keyasint,omitzero"`
	RefFrames      int          `cbor:"25,keyasint,omitzero"`
	Interlaced     bool         `cbor:"26,keyasint,omitzero"`
	AVC            *bool        `cbor:"27,keyasint,omitzero"` // H.264 stored length-prefixed
	Anamorphic     *bool        `cbor:"28,keyasint,omitzero"`
	Rotation       int          `cbor:"29,keyasint,omitzero"` // degrees counter-clockwise the picture must be turned, 0/90/180/270
	ColorRange     string       `cbor:"30,keyasint,omitzero"`
	ColorSpace     string       `cbor:"31,keyasint,omitzero"`
	ColorTransfer  string       `cbor:"32,keyasint,omitzero"`
	ColorPrimaries string       `cbor:"33,keyasint,omitzero"`
	DolbyVision    *DolbyVision `cbor:"34,keyasint,omitzero"`
	HDR10Plus      bool         `cbor:"35,keyasint,omitzero"`

	// Audio.
	Channels   int    `cbor:"36,keyasint,omitzero"`
	Layout     string `cbor:"37,keyasint,omitzero"` // "stereo", "5.1"
	SampleRate int    `cbor:"38,keyasint,omitzero"` // Hz
	Spatial    string `cbor:"39,keyasint,omitzero"` // "", "DolbyAtmos", "DTSX"
}

// DolbyVision is the stream's configuration record.
type DolbyVision struct {
	VersionMajor    int  `cbor:"1,keyasint,omitzero"`
	VersionMinor    int  `cbor:"2,keyasint,omitzero"`
	Profile         int  `cbor:"3,keyasint,omitzero"`
	Level           int  `cbor:"4,keyasint,omitzero"`
	RPU             bool `cbor:"5,keyasint,omitzero"`
	EL              bool `cbor:"6,keyasint,omitzero"`
	BL              bool `cbor:"7,keyasint,omitzero"`
	BLCompatibility int  `cbor:"8,keyasint,omitzero"`
}

// Chapter is a named position.
type Chapter struct {
	Start Ticks  `cbor:"1,keyasint,omitzero"`
	Name  string `cbor:"2,keyasint,omitzero"`
	Image string `cbor:"3,keyasint,omitzero"` // picture file, "" for none
}

// Attachment is a file inside the container: a font, mostly.
type Attachment struct {
	Index    int    `cbor:"1,keyasint,omitzero"`
	Codec    string `cbor:"2,keyasint,omitzero"`
	FileName string `cbor:"3,keyasint,omitzero"`
	MIME     string `cbor:"4,keyasint,omitzero"`
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

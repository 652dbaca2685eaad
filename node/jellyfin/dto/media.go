package dto

import (
	"path/filepath"
	"strconv"

	"sett/node/library"
)

// MediaSource is a MediaSourceInfo. The members without omitempty are those that
// strict decoders refuse to miss.
type MediaSource struct {
	Protocol                string
	ID                      string `json:"Id"`
	Path                    string `json:",omitempty"`
	Type                    string
	Container               string `json:",omitempty"`
	Size                    *int64 `json:",omitempty"`
	Name                    string
	IsRemote                bool
	ETag                    string
	RunTimeTicks            *int64 `json:",omitempty"`
	ReadAtNativeFramerate   bool
	IgnoreDts               bool
	IgnoreIndex             bool
	GenPtsInput             bool
	SupportsTranscoding     bool
	SupportsDirectStream    bool
	SupportsDirectPlay      bool
	IsInfiniteStream        bool
	MostCompatible          bool `json:"UseMostCompatibleTranscodingProfile"`
	RequiresOpening         bool
	RequiresClosing         bool
	RequiresLooping         bool
	SupportsProbing         bool
	VideoType               string `json:",omitempty"`
	MediaStreams            []MediaStream
	MediaAttachments        []MediaAttachment
	Formats                 []string
	Bitrate                 *int64            `json:",omitempty"`
	RequiredHTTPHeaders     map[string]string `json:"RequiredHttpHeaders"`
	TranscodingURL          string            `json:"TranscodingUrl,omitempty"`
	TranscodingSubProtocol  string
	TranscodingContainer    string `json:",omitempty"`
	DefaultAudioStreamIndex *int   `json:",omitempty"`
	DefaultSubtitleIndex    *int   `json:"DefaultSubtitleStreamIndex,omitempty"`
	HasSegments             bool
}

// MediaStream is one stream of a source.
type MediaStream struct {
	Codec                  string `json:",omitempty"`
	CodecTag               string `json:",omitempty"`
	Language               string `json:",omitempty"`
	ColorRange             string `json:",omitempty"`
	ColorSpace             string `json:",omitempty"`
	ColorTransfer          string `json:",omitempty"`
	ColorPrimaries         string `json:",omitempty"`
	DvVersionMajor         *int   `json:",omitempty"`
	DvVersionMinor         *int   `json:",omitempty"`
	DvProfile              *int   `json:",omitempty"`
	DvLevel                *int   `json:",omitempty"`
	RpuPresentFlag         *int   `json:",omitempty"`
	ElPresentFlag          *int   `json:",omitempty"`
	BlPresentFlag          *int   `json:",omitempty"`
	DvBlCompatibility      *int   `json:"DvBlSignalCompatibilityId,omitempty"`
	Rotation               *int   `json:",omitempty"`
	Comment                string `json:",omitempty"`
	TimeBase               string `json:",omitempty"`
	Title                  string `json:",omitempty"`
	Hdr10PlusPresentFlag   *bool  `json:",omitempty"`
	VideoRange             string
	VideoRangeType         string
	VideoDoViTitle         string `json:",omitempty"`
	AudioSpatialFormat     string
	LocalizedUndefined     string `json:",omitempty"`
	LocalizedDefault       string `json:",omitempty"`
	LocalizedForced        string `json:",omitempty"`
	LocalizedExternal      string `json:",omitempty"`
	DisplayTitle           string `json:",omitempty"`
	NalLengthSize          string `json:",omitempty"`
	IsInterlaced           bool
	IsAVC                  *bool  `json:",omitempty"`
	ChannelLayout          string `json:",omitempty"`
	BitRate                *int64 `json:",omitempty"`
	BitDepth               *int   `json:",omitempty"`
	RefFrames              *int   `json:",omitempty"`
	Channels               *int   `json:",omitempty"`
	SampleRate             *int   `json:",omitempty"`
	IsDefault              bool
	IsForced               bool
	IsHearingImpaired      bool
	IsOriginal             bool
	Height                 *int     `json:",omitempty"`
	Width                  *int     `json:",omitempty"`
	AverageFrameRate       *float64 `json:",omitempty"`
	RealFrameRate          *float64 `json:",omitempty"`
	ReferenceFrameRate     *float64 `json:",omitempty"`
	Profile                string   `json:",omitempty"`
	Type                   string
	AspectRatio            string `json:",omitempty"`
	Index                  int
	IsExternal             bool
	DeliveryMethod         string `json:",omitempty"`
	DeliveryURL            string `json:"DeliveryUrl,omitempty"`
	IsExternalURL          *bool  `json:"IsExternalUrl,omitempty"`
	IsTextSubtitleStream   bool
	SupportsExternalStream bool
	Path                   string   `json:",omitempty"`
	PixelFormat            string   `json:",omitempty"`
	Level                  *float64 `json:",omitempty"`
	IsAnamorphic           *bool    `json:",omitempty"`
}

// MediaAttachment is a file inside the container.
type MediaAttachment struct {
	Codec       string `json:",omitempty"`
	Index       int
	FileName    string `json:",omitempty"`
	MimeType    string `json:",omitempty"`
	DeliveryURL string `json:"DeliveryUrl,omitempty"`
}

// NewMediaSource is the wire shape of a source before anyone asked to play it.
func NewMediaSource(s *library.Source) MediaSource {
	m := MediaSource{
		Protocol: "File", ID: s.ID.String(), Path: s.Path, Type: "Default", Container: s.Container,
		Size: nonZero(s.Size), Name: s.Name, ETag: library.NewID(s.Path, s.Modified.String(), strconv.FormatInt(s.Size, 10)).String(),
		RunTimeTicks: nonZero(int64(s.Runtime)), SupportsTranscoding: true, SupportsDirectStream: true, SupportsDirectPlay: true,
		SupportsProbing: true, MediaStreams: []MediaStream{}, MediaAttachments: []MediaAttachment{}, Formats: []string{},
		Bitrate: nonZero(s.Bitrate), RequiredHTTPHeaders: map[string]string{}, TranscodingSubProtocol: "http",
	}
	if m.Name == "" {
		m.Name = filepath.Base(s.Path)
	}
	if _, ok := s.First(library.StreamVideo); ok {
		m.VideoType = "VideoFile"
	}
	for _, st := range s.Streams {
		m.MediaStreams = append(m.MediaStreams, NewMediaStream(st))
		if st.Kind == library.StreamAudio && (m.DefaultAudioStreamIndex == nil || st.Default && !defaultAudio(s, *m.DefaultAudioStreamIndex)) {
			m.DefaultAudioStreamIndex = Ptr(st.Index)
		}
	}
	for _, a := range s.Attachments {
		m.MediaAttachments = append(m.MediaAttachments, MediaAttachment{Codec: a.Codec, Index: a.Index, FileName: a.FileName, MimeType: a.MIME})
	}
	return m
}

func defaultAudio(s *library.Source, index int) bool {
	st, ok := s.Stream(index)
	return ok && st.Default
}

// NewMediaStream is the wire shape of a stream.
func NewMediaStream(s library.Stream) MediaStream {
	d := MediaStream{
		Codec: s.Codec, CodecTag: s.CodecTag, Language: s.Language, Comment: s.Comment, TimeBase: s.TimeBase, Title: s.Title,
		VideoRange: "Unknown", VideoRangeType: "Unknown", AudioSpatialFormat: "None",
		IsInterlaced: s.Interlaced, BitRate: nonZero(s.BitRate), IsDefault: s.Default, IsForced: s.Forced,
		IsHearingImpaired: s.HearingI, Profile: s.Profile, Type: s.Kind.String(), Index: s.Index, IsExternal: s.External,
		IsTextSubtitleStream: s.TextSubtitle(), SupportsExternalStream: s.TextSubtitle() || s.External, Path: s.Path,
		NalLengthSize: s.NalLength, DisplayTitle: displayTitle(s),
	}
	switch s.Kind {
	case library.StreamVideo, library.StreamImage:
		videoMembers(&d, s)
	case library.StreamAudio:
		d.ChannelLayout, d.Channels, d.SampleRate, d.BitDepth = s.Layout, nonZero(s.Channels), nonZero(s.SampleRate), nonZero(s.BitDepth)
		if s.Spatial != "" {
			d.AudioSpatialFormat = s.Spatial
		}
		d.LocalizedDefault, d.LocalizedExternal = "Default", "External"
	case library.StreamSubtitle:
		d.LocalizedUndefined, d.LocalizedDefault, d.LocalizedForced, d.LocalizedExternal = "Undefined", "Default", "Forced", "External"
	}
	if s.Level != 0 {
		d.Level = Ptr(s.Level)
	}
	return d
}

func videoMembers(d *MediaStream, s library.Stream) {
	d.ColorRange, d.ColorSpace, d.ColorTransfer, d.ColorPrimaries = s.ColorRange, s.ColorSpace, s.ColorTransfer, s.ColorPrimaries
	d.Width, d.Height, d.AspectRatio = nonZero(s.Width), nonZero(s.Height), s.AspectRatio
	d.AverageFrameRate, d.RealFrameRate = nonZero(s.AvgFrameRate), nonZero(s.RealFrameRate)
	d.ReferenceFrameRate = d.AverageFrameRate
	if d.ReferenceFrameRate == nil {
		d.ReferenceFrameRate = d.RealFrameRate
	}
	d.BitDepth, d.PixelFormat, d.RefFrames = nonZero(s.BitDepth), s.PixelFormat, nonZero(s.RefFrames)
	d.IsAVC, d.IsAnamorphic, d.Rotation = s.AVC, s.Anamorphic, nonZero(s.Rotation)
	d.VideoRange, d.VideoRangeType, d.VideoDoViTitle = string(s.VideoRange()), string(s.VideoRangeType()), s.DolbyVisionTitle()
	if s.HDR10Plus {
		d.Hdr10PlusPresentFlag = Ptr(true)
	}
	if dv := s.DolbyVision; dv != nil {
		d.DvVersionMajor, d.DvVersionMinor, d.DvProfile, d.DvLevel = &dv.VersionMajor, &dv.VersionMinor, &dv.Profile, &dv.Level
		d.RpuPresentFlag, d.ElPresentFlag, d.BlPresentFlag = flag(dv.RPU), flag(dv.EL), flag(dv.BL)
		d.DvBlCompatibility = &dv.BLCompatibility
	}
}

func flag(b bool) *int {
	if b {
		return Ptr(1)
	}
	return Ptr(0)
}

package decide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// UnmarshalJSON reads a device profile as clients send it: property names in any
// case, numbers and booleans as text, text as numbers, null lists, enum values in
// any case or by number. A profile or condition with an enum value we do not know
// is left out, not an error: a client newer than we are must still play. Only
// JSON that is no object at all fails.
func (d *Device) UnmarshalJSON(b []byte) error {
	w := wireDevice{
		MaxStreamingBitrate: 8_000_000, MaxStaticBitrate: 8_000_000,
		MaxStaticMusicBitrate: 8_000_000, MusicStreamingTranscodingBitrate: 128_000,
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return fmt.Errorf("read device profile: %w", err)
	}
	*d = Device{
		Name: string(w.Name), ID: string(w.ID),
		MaxStreamingBitrate:              max(0, int64(w.MaxStreamingBitrate)),
		MaxStaticBitrate:                 max(0, int64(w.MaxStaticBitrate)),
		MusicStreamingTranscodingBitrate: max(0, int64(w.MusicStreamingTranscodingBitrate)),
		MaxStaticMusicBitrate:            max(0, int64(w.MaxStaticMusicBitrate)),
		DirectPlayProfiles:               keep(w.DirectPlayProfiles, wireDirectPlay.read),
		TranscodingProfiles:              keep(w.TranscodingProfiles, wireTranscoding.read),
		ContainerProfiles:                keep(w.ContainerProfiles, wireContainer.read),
		CodecProfiles:                    keep(w.CodecProfiles, wireCodec.read),
		ResponseProfiles:                 keep(w.ResponseProfiles, wireResponse.read),
		SubtitleProfiles:                 keep(w.SubtitleProfiles, wireSubtitle.read),
	}
	return nil
}

type wireDevice struct {
	Name, ID                         text
	MaxStreamingBitrate              number
	MaxStaticBitrate                 number
	MusicStreamingTranscodingBitrate number
	MaxStaticMusicBitrate            number
	DirectPlayProfiles               list[wireDirectPlay]
	TranscodingProfiles              list[wireTranscoding]
	ContainerProfiles                list[wireContainer]
	CodecProfiles                    list[wireCodec]
	ResponseProfiles                 list[wireResponse]
	SubtitleProfiles                 list[wireSubtitle]
}

type wireDirectPlay struct{ Type, Container, VideoCodec, AudioCodec text }

func (w wireDirectPlay) read() (p DirectPlayProfile, ok bool) {
	p = DirectPlayProfile{Container: string(w.Container), VideoCodec: string(w.VideoCodec), AudioCodec: string(w.AudioCodec)}
	p.Type, ok = pick(w.Type, profileTypes())
	return p, ok
}

type wireTranscoding struct {
	Type, Container, VideoCodec, AudioCodec, Protocol, Context, TranscodeSeekInfo text

	MaxAudioChannels, MinSegments, SegmentLength number

	EstimateContentLength, EnableMpegtsM2TsMode, CopyTimestamps, EnableSubtitlesInManifest yesNo

	EnableAudioVbrEncoding *yesNo
	Conditions             list[wireCondition]
}

func (w wireTranscoding) read() (TranscodingProfile, bool) {
	p := TranscodingProfile{
		Container: string(w.Container), VideoCodec: string(w.VideoCodec), AudioCodec: string(w.AudioCodec),
		MaxAudioChannels: small(w.MaxAudioChannels), MinSegments: small(w.MinSegments), SegmentLength: small(w.SegmentLength),
		EstimateContentLength: bool(w.EstimateContentLength), EnableMpegtsM2TsMode: bool(w.EnableMpegtsM2TsMode),
		CopyTimestamps: bool(w.CopyTimestamps), EnableSubtitlesInManifest: bool(w.EnableSubtitlesInManifest),
		EnableAudioVbrEncoding: w.EnableAudioVbrEncoding == nil || bool(*w.EnableAudioVbrEncoding),
		Conditions:             keep(w.Conditions, wireCondition.read),
	}
	var okType, okProtocol, okContext bool
	p.Type, okType = pick(w.Type, profileTypes())
	p.Protocol, okProtocol = pick(w.Protocol, []Protocol{HTTP, HLS})
	p.Context, okContext = pick(w.Context, []Context{Streaming, Static})
	p.TranscodeSeekInfo, _ = pick(w.TranscodeSeekInfo, []string{"Auto", "Bytes"})
	return p, okType && okProtocol && okContext
}

type wireContainer struct {
	Type, Container, SubContainer text
	Conditions                    list[wireCondition]
}

func (w wireContainer) read() (p ContainerProfile, ok bool) {
	p = ContainerProfile{
		Container: string(w.Container), SubContainer: string(w.SubContainer),
		Conditions: keep(w.Conditions, wireCondition.read),
	}
	p.Type, ok = pick(w.Type, profileTypes())
	return p, ok
}

type wireCodec struct {
	Type, Codec, Container, SubContainer text
	Conditions, ApplyConditions          list[wireCondition]
}

func (w wireCodec) read() (p CodecProfile, ok bool) {
	p = CodecProfile{
		Codec: string(w.Codec), Container: string(w.Container), SubContainer: string(w.SubContainer),
		Conditions:      keep(w.Conditions, wireCondition.read),
		ApplyConditions: keep(w.ApplyConditions, wireCondition.read),
	}
	p.Type, ok = pick(w.Type, []CodecType{CodecVideo, CodecVideoAudio, CodecAudio})
	return p, ok
}

type wireResponse struct {
	Type, Container, VideoCodec, AudioCodec, OrgPn, MimeType text
	Conditions                                               list[wireCondition]
}

func (w wireResponse) read() (p ResponseProfile, ok bool) {
	p = ResponseProfile{
		Container: string(w.Container), VideoCodec: string(w.VideoCodec), AudioCodec: string(w.AudioCodec),
		OrgPn: string(w.OrgPn), MimeType: string(w.MimeType), Conditions: keep(w.Conditions, wireCondition.read),
	}
	p.Type, ok = pick(w.Type, profileTypes())
	return p, ok
}

type wireSubtitle struct{ Format, Method, DidlMode, Language, Container text }

func (w wireSubtitle) read() (p SubtitleProfile, ok bool) {
	p = SubtitleProfile{Format: string(w.Format), DidlMode: string(w.DidlMode), Language: string(w.Language), Container: string(w.Container)}
	p.Method, ok = pick(w.Method, []Delivery{DeliverEncode, DeliverEmbed, DeliverExternal, DeliverHLS, DeliverDrop})
	return p, ok
}

type wireCondition struct {
	Condition, Property, Value text
	IsRequired                 *yesNo
}

func (w wireCondition) read() (Condition, bool) {
	c := Condition{Value: string(w.Value), IsRequired: w.IsRequired == nil || bool(*w.IsRequired)}
	var okComparison, okProperty bool
	c.Condition, okComparison = pick(w.Condition, []Comparison{Equals, NotEquals, LessThanEqual, GreaterThanEqual, EqualsAny})
	c.Property, okProperty = pick(w.Property, properties())
	return c, okComparison && okProperty
}

func profileTypes() []ProfileType {
	return []ProfileType{TypeAudio, TypeVideo, TypePhoto, TypeSubtitle, TypeLyric}
}

// properties lists them by the API's numbers; 15 was given up long ago.
func properties() []Property {
	return []Property{
		AudioChannels, AudioBitrate, AudioProfile, Width, Height, Has64BitOffsets, PacketLength, VideoBitDepth,
		VideoBitrate, VideoFramerate, VideoLevel, VideoProfile, VideoTimestamp, IsAnamorphic, RefFrames, "",
		NumAudioStreams, NumVideoStreams, IsSecondaryAudio, VideoCodecTag, IsAvc, IsInterlaced, AudioSampleRate,
		AudioBitDepth, VideoRangeType, NumStreams, VideoRotation,
	}
}

// pick finds an enum value by name in any case or by number. Nothing said is the
// first value.
func pick[E ~string](said text, from []E) (E, bool) {
	s := strings.TrimSpace(string(said))
	if s == "" {
		return from[0], true
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < len(from) {
		return from[n], from[n] != ""
	}
	for _, e := range from {
		if e != "" && strings.EqualFold(s, string(e)) {
			return e, true
		}
	}
	return "", false
}

func keep[W, P any](in []W, read func(W) (P, bool)) []P {
	out := make([]P, 0, len(in))
	for _, w := range in {
		if p, ok := read(w); ok {
			out = append(out, p)
		}
	}
	return out
}

// list reads an array; an element that cannot be read is left out, anything but
// an array is an empty list.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if json.Unmarshal(b, &raw) != nil {
		return nil
	}
	*l = make([]T, 0, len(raw))
	for _, r := range raw {
		var v T
		if bytes.HasPrefix(r, []byte("{")) && json.Unmarshal(r, &v) == nil {
			*l = append(*l, v)
		}
	}
	return nil
}

// text reads a string; numbers and booleans as they are spelled, others as "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case b[0] != '{' && b[0] != '[':
		*t = text(b)
	}
	return nil
}

// number reads an integer, also out of text; null is 0.
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	var t text
	_ = t.UnmarshalJSON(b) // never fails
	f, err := strconv.ParseFloat(strings.TrimSpace(string(t)), 64)
	if err != nil || !(f >= -1e15 && f <= 1e15) { // also when it is NaN
		f = 0
	}
	*n = number(f)
	return nil
}

func small(n number) int { return int(min(max(0, n), 1<<30)) }

// yesNo reads a boolean, also out of text.
type yesNo bool

func (y *yesNo) UnmarshalJSON(b []byte) error {
	var t text
	_ = t.UnmarshalJSON(b) // never fails
	*y = yesNo(strings.EqualFold(strings.TrimSpace(string(t)), "true") || t == "1")
	return nil
}

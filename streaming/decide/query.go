package decide

import (
	"strconv"
	"strings"
)

// Query lists the parameters of a transcoding URL that follow from the plan, in
// the order clients have always seen them. The caller puts DeviceId, MediaSourceId
// and its like before them (Roku's client looks for "&TranscodeReasons=", so that
// one must not come first), and PlaySessionId, ApiKey and Tag where it likes.
// Values are not escaped. A plan that needs no such URL has none.
func (p Plan) Query() []Option {
	if p.Method == DirectPlay || p.Method == None {
		return nil
	}
	t := p.Transcoding
	var q query
	q.text("VideoCodec", strings.Join(t.VideoCodecs, ","))
	q.text("AudioCodec", strings.Join(t.AudioCodecs, ","))
	if p.AudioIndex >= 0 {
		q.text("AudioStreamIndex", strconv.Itoa(p.AudioIndex))
	}
	if p.SubtitleIndex >= 0 && (t.AlwaysBurnIn || p.Subtitle.Delivery != DeliverExternal) {
		q.text("SubtitleStreamIndex", strconv.Itoa(p.SubtitleIndex))
	}
	q.number("VideoBitrate", float64(t.VideoBitrate))
	q.number("AudioBitrate", float64(t.AudioBitrate))
	q.number("AudioSampleRate", float64(t.AudioSampleRate))
	q.number("MaxFramerate", t.MaxFramerate)
	q.number("MaxWidth", float64(t.MaxWidth))
	q.number("MaxHeight", float64(t.MaxHeight))
	if p.Protocol == HLS {
		q.text("SegmentContainer", p.Container)
		q.number("SegmentLength", float64(t.SegmentLength))
		q.number("MinSegments", float64(t.MinSegments))
	} else {
		q.number("StartTimeTicks", float64(p.StartTicks))
	}
	q.yes("RequireNonAnamorphic", t.RequireNonAnamorphic)
	q.number("TranscodingMaxAudioChannels", float64(t.MaxAudioChannels))
	q.yes("EnableSubtitlesInManifest", t.EnableSubtitlesInManifest)
	q.yes("EnableMpegtsM2TsMode", t.EnableMpegtsM2TsMode)
	q.yes("EstimateContentLength", t.EstimateContentLength)
	if t.TranscodeSeekInfo != "Auto" {
		q.text("TranscodeSeekInfo", t.TranscodeSeekInfo)
	}
	q.yes("CopyTimestamps", t.CopyTimestamps)
	q.text("RequireAvc", strconv.FormatBool(t.RequireAvc))
	q.text("EnableAudioVbrEncoding", strconv.FormatBool(t.EnableAudioVbrEncoding))
	if p.SubtitleIndex >= 0 && p.Subtitle.Delivery != "" && p.Subtitle.Delivery != DeliverExternal {
		q.text("SubtitleMethod", string(p.Subtitle.Delivery))
		if p.Subtitle.Delivery == DeliverEmbed {
			q.text("SubtitleCodec", strings.Join(t.SubtitleCodecs, ","))
		}
	}
	for _, o := range t.Options {
		q.text(o.Name, strings.ReplaceAll(o.Value, " ", "")) // "constrained baseline" as one word
	}
	q.text("TranscodeReasons", p.Reasons.String())
	return q
}

type query []Option

func (q *query) text(name, val string) {
	if val != "" {
		*q = append(*q, Option{name, val})
	}
}

func (q *query) number(name string, n float64) {
	if n != 0 {
		q.text(name, formatNumber(n))
	}
}

func (q *query) yes(name string, is bool) {
	if is {
		q.text(name, "True") // the casing servers have sent and clients echo
	}
}

package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/hls"
)

// conversion is what a transcoding URL asks for. Everything in it comes from a
// client, who may have edited the URL we gave: it is matched against lists and
// bounded here, and checked again where the command line is built.
type conversion struct {
	item *library.Item
	src  *library.Source
	spec hls.Spec
	key  string
}

const (
	maxVideoBitrate = 120_000_000
	maxAudioBitrate = 1_536_000
	usualMusic      = 320_000
)

// conversion reads the URL of the request.
func (c *call) conversion(t target) (conversion, error) {
	item, src, err := c.streamed()
	if err != nil {
		return conversion{}, err
	}
	cv := conversion{item: item, src: src}
	job := ffmpeg.Job{Input: src.Path, Format: src.Container, Runtime: src.Runtime, Container: t.container}
	video, hasVideo := src.First(library.StreamVideo)
	if hasVideo && !t.audioOnly {
		if job.Video, err = c.videoJob(src, video, t); err != nil {
			return cv, err
		}
	}
	job.Audio = c.audioJob(src, t)
	cv.spec = hls.Spec{
		Job: job, Start: library.Ticks(max(0, c.q.integer("starttimeticks", 0))), Source: src,
		Bandwidth: bandwidth(c, src), FrameRate: video.AvgFrameRate,
	}
	if job.Video.Action != ffmpeg.Omit {
		cv.spec.Width, cv.spec.Height = size(video, job.Video)
		cv.spec.VideoRange = playlistRange(video)
	}
	if job.Video.Action == ffmpeg.Copy {
		cv.spec.Fallback = c.encoded(video)
		cv.spec.VideoTag = videoTag(video, c.q)
	}
	play := c.q.str("playsessionid")
	if play == "" { // some clients make up their own URL: the same conversion is the same viewing
		play = library.NewID(c.device().ID, src.ID.String(), fmt.Sprintf("%+v", job)).String()
	}
	cv.key = playKey(c, play)
	if n := c.q.integer("variant", 0); n > 0 && n <= maxVariants {
		cv.key = hls.VariantID(cv.key, n)
	}
	return cv, nil
}

// streamed is the item and source that a stream URL is about.
func (c *call) streamed() (*library.Item, *library.Source, error) {
	id, err := c.itemID("itemId")
	if err != nil {
		return nil, nil, err
	}
	item, err := c.open(id)
	if err != nil {
		return nil, nil, err
	}
	src, ok := item.Source(c.q.id("mediasourceid"))
	if !ok || src.Path == "" {
		return nil, nil, errNotFound
	}
	return item, &src, nil
}

// segments is the target of a playlist's URL.
func (c *call) segments(audioOnly bool) target {
	t := target{audioOnly: audioOnly}
	switch strings.ToLower(c.q.str("segmentcontainer", "transcodingcontainer", "container")) {
	case "mp4", "fmp4", "m4s", "m4a", "mov", "aac", "mp3", "opus", "flac", "webm", "mkv":
		t.container = ffmpeg.MP4
	}
	return t
}

func (c *call) videoJob(src *library.Source, s library.Stream, t target) (ffmpeg.Video, error) {
	v := ffmpeg.Video{Index: s.Index}
	burn, err := c.burnIn(src)
	if err != nil {
		return v, err
	}
	if burn.Kind == ffmpeg.NoSubtitle && c.copies("video", s, c.q.list("videocodec"), t) {
		v.Action, v.Codec = ffmpeg.Copy, ffmpeg.Codec(s.Codec)
		return v, nil
	}
	v = c.encoded(s)
	v.BurnIn = burn
	return v, nil
}

// encoded is what the URL asks an encoded picture to be.
func (c *call) encoded(s library.Stream) ffmpeg.Video {
	v := ffmpeg.Video{Action: ffmpeg.Encode, Index: s.Index, Codec: ffmpeg.H264}
	v.Width, v.Height = c.q.integer("maxwidth", c.q.integer("width", 0)), c.q.integer("maxheight", c.q.integer("height", 0))
	v.Width, v.Height = bounded(v.Width, 16, 8192), bounded(v.Height, 16, 8192)
	v.MaxRate = boundedRate(c.q, "videobitrate", maxVideoBitrate)
	v.Profile = h264Profile(c.q.list("h264-profile", "profile"))
	if n, err := strconv.Atoi(c.q.str("h264-level", "level")); err == nil && n >= 10 && n <= 62 {
		v.Level = n
	}
	v.FrameRate = constantRate(s)
	v.Deinterlace = s.Interlaced
	v.ToneMap = s.VideoRange() == "HDR"
	return v
}

// videoTag is the sample entry that a copied picture gets in MP4: what the device
// asks for in its codec's conditions, else for HEVC the one Apple's players need.
func videoTag(s library.Stream, q params) string {
	for _, tag := range q.list(s.Codec + "-codectag") {
		switch tag = strings.ToLower(tag); tag {
		case "hvc1", "hev1", "dvh1", "dvhe", "avc1", "avc3", "av01", "dav1", "vp09":
			return tag
		}
	}
	return ""
}

// copies reports whether a stream may go out as it is under what the URL says.
func (c *call) copies(kind string, s library.Stream, codecs []string, t target) bool {
	if !c.q.flag("allow"+kind+"streamcopy", true) {
		return false
	}
	if len(codecs) == 0 && t.muxer != "" {
		codecs = []string{"copy"} // only another container is asked for
	}
	for _, codec := range codecs {
		if strings.EqualFold(codec, s.Codec) || strings.EqualFold(codec, "copy") || codec == "h265" && s.Codec == "hevc" {
			limit, ok := c.q.number(kind + "bitrate")
			return !ok || s.BitRate == 0 || s.BitRate <= limit
		}
	}
	return false
}

// burnIn is the subtitle to draw into the picture, if the URL asks for one.
func (c *call) burnIn(src *library.Source) (ffmpeg.BurnIn, error) {
	index := c.q.integer("subtitlestreamindex", -1)
	if index < 0 || !strings.EqualFold(c.q.str("subtitlemethod"), "Encode") {
		return ffmpeg.BurnIn{}, nil
	}
	s, ok := src.Stream(index)
	if !ok || s.Kind != library.StreamSubtitle {
		return ffmpeg.BurnIn{}, nil
	}
	if !s.TextSubtitle() {
		if s.External {
			return ffmpeg.BurnIn{}, nil // picture subtitles in a file of their own need both its parts: not drawn yet
		}
		return ffmpeg.BurnIn{Kind: ffmpeg.BitmapSubtitle, Index: index}, nil
	}
	path, err := c.api.Subtitles.File(c.Request().Context(), *src, index)
	if err != nil {
		return ffmpeg.BurnIn{}, unavailable("The subtitle cannot be read: %v.", err)
	}
	return ffmpeg.BurnIn{Kind: ffmpeg.TextSubtitle, Path: path}, nil
}

func (c *call) audioJob(src *library.Source, t target) ffmpeg.Audio {
	s, ok := src.Stream(c.q.integer("audiostreamindex", -1))
	if !ok || s.Kind != library.StreamAudio {
		if s, ok = src.First(library.StreamAudio); !ok {
			return ffmpeg.Audio{}
		}
	}
	a := ffmpeg.Audio{Index: s.Index}
	if s.External {
		a.Path, a.Index = s.Path, 0
	}
	codecs := c.q.list("audiocodec")
	channels := audioChannels(c.q)
	fits := channels == 0 || s.Channels <= channels
	if fits && !s.External && c.copies("audio", s, codecs, t) && t.holds(s.Codec) {
		a.Action, a.Codec = ffmpeg.Copy, ffmpeg.Codec(s.Codec)
		return a
	}
	a.Action, a.Codec = ffmpeg.Encode, t.sound(codecs)
	a.Channels = channels
	if s.Channels > 0 && (channels == 0 || s.Channels < channels) {
		a.Channels = s.Channels
	}
	if a.Codec == ffmpeg.AAC && channels == 0 && a.Channels > 6 || a.Codec == ffmpeg.MP3 && a.Channels > 2 {
		a.Channels = map[ffmpeg.Codec]int{ffmpeg.AAC: 6, ffmpeg.MP3: 2}[a.Codec]
	}
	a.Downmix = a.Channels == 2 && s.Channels > 2
	a.Even = strings.EqualFold(c.q.str("loudness"), "even") // ours: no other client asks
	a.Bitrate = boundedRate(c.q, "audiobitrate", maxAudioBitrate)
	if most := boundedRate(c.q, "maxstreamingbitrate", maxAudioBitrate); t.audioOnly && a.Bitrate == 0 && most > 0 {
		a.Bitrate = min(most, usualMusic)
	}
	if n := c.q.integer("audiosamplerate", 0); n >= 8000 && n <= 48000 {
		a.SampleRate = n
	}
	return a
}

func audioChannels(q params) int {
	least := 0
	for _, name := range [...]string{"transcodingmaxaudiochannels", "maxaudiochannels", "audiochannels"} {
		if n := q.integer(name, 0); n > 0 && n <= 16 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// carries reports whether a container of ours holds a copied audio codec.
func carries(in ffmpeg.Container, codec string) bool {
	switch codec {
	case "aac", "mp3", "ac3", "eac3":
		return true
	case "opus", "flac", "alac":
		return in == ffmpeg.MP4
	}
	return false
}

// encodable is the first codec of a wish list that we encode to.
func encodable(codecs []string, in ffmpeg.Container) ffmpeg.Codec {
	for _, name := range codecs {
		switch codec := ffmpeg.Codec(strings.ToLower(name)); codec {
		case ffmpeg.AAC, ffmpeg.MP3, ffmpeg.AC3, ffmpeg.EAC3:
			return codec
		case ffmpeg.Opus, ffmpeg.FLAC:
			if in == ffmpeg.MP4 {
				return codec
			}
		}
	}
	return ffmpeg.AAC
}

func h264Profile(names []string) string {
	for _, n := range names {
		switch strings.ToLower(n) {
		case "high", "main":
			return strings.ToLower(n)
		case "baseline", "constrainedbaseline":
			return "baseline"
		}
	}
	return ""
}

func constantRate(s library.Stream) float64 {
	if s.AvgFrameRate > 0 && s.RealFrameRate > 0 && s.AvgFrameRate/s.RealFrameRate > 0.99 && s.AvgFrameRate/s.RealFrameRate < 1.01 {
		return s.RealFrameRate
	}
	return 0
}

func bandwidth(c *call, src *library.Source) int64 {
	sum := boundedRate(c.q, "videobitrate", maxVideoBitrate) + boundedRate(c.q, "audiobitrate", maxAudioBitrate)
	if src.Bitrate > 0 && (sum == 0 || src.Bitrate < sum) {
		return src.Bitrate
	}
	return sum
}

func bounded(n, low, high int) int {
	if n <= 0 {
		return 0
	}
	return min(max(n, low), high)
}

func boundedRate(q params, name string, most int64) int64 {
	n, ok := q.number(name)
	if !ok || n <= 0 {
		return 0
	}
	return min(n, most)
}

// openSession starts, or finds, the conversion.
func (a *API) openSession(ctx context.Context, cv conversion) (*hls.Session, error) {
	s, err := a.Streams.Open(ctx, cv.key, cv.spec)
	return s, conversionError(err)
}

// joinSession is openSession for a segment.
func (a *API) joinSession(ctx context.Context, cv conversion) (*hls.Session, error) {
	s, err := a.Streams.Join(ctx, cv.key, cv.spec)
	return s, conversionError(err)
}

// stillPlaying keeps the conversions of a viewing that its player has not left:
// one that is paused asks for nothing. play is the PlaySessionId, "" for none.
func (a *API) stillPlaying(c *call, play string) {
	if play != "" {
		a.Streams.Touch(playKey(c, play))
	}
}

// conversionError words what went wrong for the person in front of the player.
func conversionError(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, ffmpeg.ErrNotInstalled):
		return unavailable("This file must be converted for your device, and the server has no ffmpeg. Ask the owner to install it.")
	case errors.Is(err, fs.ErrNotExist):
		return echo.NewHTTPError(http.StatusNotFound, "The file is not there any more. If its disk is unplugged, connect it again.")
	case errors.Is(err, fs.ErrPermission):
		return unavailable("The server may not read this file. Its log says which.")
	case errors.Is(err, hls.ErrFull):
		return unavailable("The server's disk is full, so it cannot convert this film. Ask the owner to free some space.")
	case errors.Is(err, hls.ErrBusy):
		return unavailable("The server is converting as many films as it can. Try again when one has ended, or lower its quality.")
	case errors.Is(err, ffmpeg.ErrJob):
		return badRequest("This conversion is not possible: %v.", err)
	case errors.Is(err, hls.ErrNoSegment), errors.Is(err, hls.ErrPastEnd):
		return errNotFound
	case errors.Is(err, hls.ErrClosed), errors.Is(err, hls.ErrSuperseded):
		return unavailable("Playback went on elsewhere.")
	}
	return err
}

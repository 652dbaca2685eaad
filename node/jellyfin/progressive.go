package jellyfin

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/direct"
	"sett/streaming/ffmpeg"
	"sett/streaming/hls"
)

// target is where converted streams go: into segments, or into one file.
type target struct {
	audioOnly bool
	container ffmpeg.Container // of segments
	muxer     ffmpeg.Muxer     // of one file; "" for segments
	only      ffmpeg.Codec     // the one sound that the file's name promises; "" for any
}

// holds reports whether a copied sound fits.
func (t target) holds(codec string) bool {
	if t.muxer != "" {
		return t.muxer.Holds(codec) && (t.only == "" || string(t.only) == codec)
	}
	return carries(t.container, codec)
}

// sound is what to encode sound into.
func (t target) sound(wishes []string) ffmpeg.Codec {
	switch {
	case t.only != "":
		return t.only
	case t.muxer != "":
		return t.muxer.Sound(wishes)
	}
	return encodable(wishes, t.container)
}

// oneFile is the target that a container's name in a URL stands for; known is false
// for a name that stands for none, which gets the usual one.
func oneFile(name string, audioOnly bool) (t target, known bool) {
	t = target{audioOnly: audioOnly, muxer: ffmpeg.ToTS}
	if audioOnly {
		t.muxer = ffmpeg.ToMP3
	}
	known = true
	switch strings.ToLower(name) {
	case "mp4", "m4v", "m4a", "m4b", "mov", "fmp4", "m4s":
		t.muxer = ffmpeg.ToMP4
	case "ts", "mpegts", "m2ts":
		t.muxer = ffmpeg.ToTS
	case "mkv", "matroska", "mka":
		t.muxer = ffmpeg.ToMatroska
	case "webm":
		t.muxer = ffmpeg.ToWebM
	case "mp3":
		t.muxer = ffmpeg.ToMP3
	case "aac", "adts":
		t.muxer = ffmpeg.ToADTS
	case "ogg", "oga":
		t.muxer = ffmpeg.ToOgg
	case "opus":
		t.muxer, t.only = ffmpeg.ToOgg, ffmpeg.Opus
	case "flac":
		t.muxer = ffmpeg.ToFLAC
	default:
		known = false
	}
	if !audioOnly && !t.muxer.Picture() {
		t.only, t.muxer = "", ffmpeg.ToMatroska
	}
	if t.muxer == ffmpeg.ToMP4 {
		t.container = ffmpeg.MP4
	}
	return t, known
}

// muxerNames are our names of what the muxers write.
var muxerNames = map[ffmpeg.Muxer]string{
	ffmpeg.ToMP4: "mp4", ffmpeg.ToTS: "ts", ffmpeg.ToMatroska: "mkv", ffmpeg.ToWebM: "webm",
	ffmpeg.ToMP3: "mp3", ffmpeg.ToADTS: "aac", ffmpeg.ToOgg: "ogg", ffmpeg.ToFLAC: "flac",
}

// mime is the media type of a target that is one file.
func (t target) mime() string { return direct.MIME(muxerNames[t.muxer], t.audioOnly) }

// progressive sends a conversion as one file while it is made, for players that do
// not know playlists. Where everything is copied it is cut from the film as it is
// sent; where something must be encoded, ffmpeg writes and waits for the player.
func (a *API) progressive(c *call, t target) error {
	cv, err := c.conversion(t)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", t.mime())
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "none")
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	if copiedWhole(&cv.spec, t) {
		cv.spec.Job.Segment = max(library.TicksOf(time.Second), cv.spec.Job.Runtime/10_000) // to begin near where it is asked to
		s, err := a.openSession(c.Request().Context(), cv)
		if err != nil {
			return err
		}
		if s.InProcess() {
			a.sessions.converting(c, cv)
			job := s.Spec().Job
			return a.sendSegments(c, s, job.At(cv.spec.Start))
		}
		cv.spec.Job.Video = s.Spec().Job.Video // encoded, where it could not be copied
	}
	return a.sendPipe(c, cv, t.muxer)
}

// copiedWhole reports whether copying in process may make the file. Its time
// stamps are the film's: only transport streams may begin in the middle.
func copiedWhole(spec *hls.Spec, t target) bool {
	if spec.Job.Video.Action == ffmpeg.Encode || spec.Job.Audio.Action == ffmpeg.Encode || spec.Job.Audio.Path != "" {
		return false
	}
	return t.muxer == ffmpeg.ToTS || t.muxer == ffmpeg.ToMP4 && spec.Start == 0
}

func (a *API) sendPipe(c *call, cv conversion, to ffmpeg.Muxer) error {
	if cv.spec.Start >= cv.src.Runtime {
		cv.spec.Start = 0
	}
	p, err := a.Streams.Pipe(c.Request().Context(), cv.key, cv.spec, to)
	if err != nil {
		return conversionError(err)
	}
	defer p.Close()
	a.sessions.converting(c, cv)
	w := c.Response().Writer
	if _, err := io.Copy(w, p); errors.Is(err, hls.ErrConversion) {
		return a.breakOff(c, err)
	}
	return nil // whole, or the player has gone
}

func (a *API) sendSegments(c *call, s *hls.Session, first int) error {
	ctx, w := c.Request().Context(), c.Response().Writer
	job := s.Spec().Job
	if job.Container == ffmpeg.MP4 {
		b, err := s.Init(ctx)
		if err != nil {
			return conversionError(err)
		}
		if _, err := w.Write(b); err != nil {
			return nil // the player has gone
		}
	}
	for n := first; n < job.Segments(); n++ {
		f, err := s.Segment(ctx, n)
		if err != nil {
			return a.breakOff(c, err)
		}
		_, err = io.Copy(w, f)
		f.Close()
		if err != nil {
			return a.breakOff(c, err)
		}
	}
	return nil
}

// ownContainer reports whether the URL asks for one of a source's own containers.
func ownContainer(asked string, src *library.Source) bool {
	for name := range strings.SplitSeq(asked, ",") {
		if sameContainer(strings.ToLower(name), src.Container) {
			return true
		}
	}
	return false
}

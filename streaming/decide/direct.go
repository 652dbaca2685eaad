package decide

import (
	"slices"

	"sett/node/library"
)

// attempt is one direct-play profile tried on the source.
type attempt struct {
	profile *DirectPlayProfile
	audio   *library.Stream // the track that would be heard; nil: none fits
	reasons Reasons
	ok      bool
}

// directPlay tries every profile and returns the first that works, or the failure
// worth reporting: of the profiles that take the container (all, if none does) the
// one that came closest.
func (j *job) directPlay() attempt {
	common := j.containerFailures() | j.subtitleFailure()
	video := j.pictureFailures(j.src.Container)
	audio := make(map[int]Reasons, len(j.audible))
	for _, s := range j.audible {
		audio[s.Index] = j.soundFailures(j.src.Container, s.Codec, s, j.secondary(s))
		if s.External {
			audio[s.Index] |= AudioIsExternal
		}
	}
	var tried []attempt
	taken := false
	for i := range j.dev.DirectPlayProfiles {
		p := &j.dev.DirectPlayProfiles[i]
		if p.Type != TypeVideo {
			continue
		}
		a := j.try(p, common, video, audio)
		taken = taken || !a.reasons.Has(ContainerNotSupported)
		a.ok = a.reasons == 0 && !j.sel.NoDirectPlay
		if a.ok {
			return a
		}
		tried = append(tried, a)
	}
	if taken {
		tried = slices.DeleteFunc(tried, func(a attempt) bool { return a.reasons.Has(ContainerNotSupported) })
	}
	return attempt{reasons: closest(tried)}
}

// try lists what is wrong with playing the source by one profile.
func (j *job) try(p *DirectPlayProfile, common, video Reasons, audio map[int]Reasons) attempt {
	a := attempt{profile: p, reasons: common}
	if !p.supports(j.src.Container) {
		a.reasons |= ContainerNotSupported
	}
	if j.video == nil || !listed(p.VideoCodec, j.video.Codec) {
		a.reasons |= VideoCodecNotSupported
	} else {
		a.reasons |= video
	}
	if len(j.audible) == 0 {
		return a
	}
	i := slices.IndexFunc(j.audible, func(s *library.Stream) bool { return listed(p.AudioCodec, s.Codec) })
	if i < 0 {
		a.reasons |= AudioCodecNotSupported
		return a
	}
	a.audio = j.audible[i]
	a.reasons |= audio[a.audio.Index]
	return a
}

// closest picks the reasons to report: those of the attempt whose worst problem is
// the mildest, the earlier of two alike. A wrong picture codec is the worst, then
// its properties, then the sound's codec, its properties, the container.
func closest(tried []attempt) Reasons {
	best, bestRank := Reasons(0), 0
	for _, a := range tried {
		if r := mildness(a.reasons); r > bestRank {
			best, bestRank = a.reasons, r
		}
	}
	if best == 0 {
		return DirectPlayError // nothing wrong with it, only not allowed; or no profile at all
	}
	return best
}

func mildness(r Reasons) int {
	order := [...]Reasons{VideoCodecNotSupported, videoStreamReasons, AudioCodecNotSupported, audioStreamReasons, containerReasons}
	for i, group := range order {
		if r.Has(group) {
			return i + 1
		}
	}
	return len(order) + 1
}

func (j *job) containerFailures() Reasons {
	var r Reasons
	for _, p := range j.dev.ContainerProfiles {
		if p.Type == TypeVideo && listedOrEmpty(p.Container, j.src.Container) {
			r |= failures(j.picture().of, p.Conditions)
		}
	}
	return r
}

// listedOrEmpty is listed, but a profile for any container also speaks of a source
// whose container nobody knows.
func listedOrEmpty(want, is string) bool { return want == "" || listed(want, is) }

// pictureFailures are the reasons why the picture breaks the device's conditions
// for its codec in the container.
func (j *job) pictureFailures(container string) Reasons {
	if j.video == nil {
		return 0
	}
	look := j.picture()
	var r Reasons
	for _, p := range j.dev.CodecProfiles {
		if p.Type == CodecVideo && p.covers(container, false, j.video.Codec) && meets(look.of, p.ApplyConditions) {
			r |= failures(look.of, p.Conditions)
		}
	}
	return r
}

// subtitleFailure tells whether the chosen subtitle can be shown beside the file
// as it is.
func (j *job) subtitleFailure() Reasons {
	if j.subtitle == nil {
		return 0
	}
	switch d, _ := j.deliver(j.subtitle, route{container: j.src.Container}); d {
	case DeliverDrop, DeliverExternal, DeliverEmbed:
		return 0
	}
	return SubtitleCodecNotSupported
}

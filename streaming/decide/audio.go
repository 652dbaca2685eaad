package decide

import (
	"slices"

	"sett/node/library"
)

// chooseAudio finds the track to play and those that may stand in for it. A track
// somebody picked is played and nothing else; one the file itself makes default
// may give way to another that needs less converting.
func (j *job) chooseAudio() {
	j.audio = j.defaultAudio(firstOf(j.sel.Audio, j.sel.DefaultAudio))
	if j.audio == nil {
		return
	}
	j.audible = []*library.Stream{j.audio}
	asked := j.sel.Audio != nil && *j.sel.Audio >= 0
	why := j.sel.DefaultAudioChoice
	if asked || why&ByPerson != 0 {
		return
	}
	flagged := func(s *library.Stream) bool { return s.Default }
	sameLanguage := func(s *library.Stream) bool { return s.Language == j.audio.Language }
	switch {
	case why == 0 && !j.audio.Default:
		j.audible = j.sounds(func(*library.Stream) bool { return true })
	case why == 0:
		j.audible = j.sounds(flagged)
	case why&ByLanguage != 0:
		j.audible = j.sounds(sameLanguage)
		if why&ByDefaultFlag == 0 {
			return
		}
		j.audible = slices.DeleteFunc(j.audible, func(s *library.Stream) bool { return !s.Default })
		if len(j.audible) == 0 {
			j.audible = j.sounds(flagged)
		}
	case why&ByDefaultFlag != 0:
		j.audible = j.sounds(flagged)
	}
}

// defaultAudio is the track with the index, else the first flagged default, else
// the first.
func (j *job) defaultAudio(index *int) *library.Stream {
	if index != nil {
		if s := j.find(library.StreamAudio, index); s != nil {
			return s
		}
	}
	return j.primaryAudio()
}

func (j *job) primaryAudio() *library.Stream {
	if flagged := j.sounds(func(s *library.Stream) bool { return s.Default }); len(flagged) > 0 {
		return flagged[0]
	}
	return j.find(library.StreamAudio, nil)
}

func (j *job) sounds(wanted func(*library.Stream) bool) []*library.Stream {
	var out []*library.Stream
	for i := range j.src.Streams {
		if s := &j.src.Streams[i]; s.Kind == library.StreamAudio && wanted(s) {
			out = append(out, s)
		}
	}
	return out
}

// secondary reports whether a player that cannot switch tracks would play another:
// it takes the first in the file, whatever is flagged. A track outside the file is
// not one it has to choose from.
func (j *job) secondary(s *library.Stream) bool {
	if s == nil || s.External {
		return false
	}
	inside := j.sounds(func(s *library.Stream) bool { return !s.External })
	return len(inside) > 0 && inside[0].Index != s.Index
}

// soundFailures are the reasons why the track, in the given codec, breaks the
// device's conditions in the container.
func (j *job) soundFailures(container, codec string, s *library.Stream, secondary bool) Reasons {
	look := sound{stream: s, secondary: &secondary, alone: j.audioItem()}
	of := CodecVideoAudio
	if look.alone {
		of = CodecAudio
	}
	var r Reasons
	for _, p := range j.dev.CodecProfiles {
		if p.Type == of && p.covers(container, false, codec) && meets(look.of, p.ApplyConditions) {
			r |= failures(look.of, p.Conditions)
		}
	}
	return r
}

package jellyfin

import (
	"sett/node/library"
	"sett/streaming/decide"
)

// preferTracks picks the tracks a person would: those of last time, else by their
// language, else what the file marks as default.
func (a *API) preferTracks(c *call, item *library.Item, src *library.Source, sel *decide.Selection) {
	conf := c.who.User.Configuration
	if !c.who.User.ID.IsZero() {
		last := a.Store.State(c.who.User.ID).Get(item.ID)
		if conf.RememberAudioSelections && last.AudioIndex != nil {
			if s, ok := src.Stream(*last.AudioIndex); ok && s.Kind == library.StreamAudio {
				sel.DefaultAudio, sel.DefaultAudioChoice = last.AudioIndex, decide.ByPerson
			}
		}
		if conf.RememberSubtitleSelections && last.SubtitleIndex != nil {
			if s, ok := src.Stream(*last.SubtitleIndex); *last.SubtitleIndex == -1 || ok && s.Kind == library.StreamSubtitle {
				sel.DefaultSubtitle = last.SubtitleIndex
			}
		}
	}
	if sel.DefaultAudio == nil {
		preferAudio(src, conf.AudioLanguagePreference, conf.PlayDefaultAudioTrack, sel)
	}
	if sel.DefaultSubtitle == nil {
		sel.DefaultSubtitle = preferSubtitle(src, conf.SubtitleMode, conf.SubtitleLanguagePreference, audioLanguage(src, sel.DefaultAudio))
	}
}

func preferAudio(src *library.Source, language string, useDefault bool, sel *decide.Selection) {
	var first, flagged, spoken *library.Stream
	for i := range src.Streams {
		s := &src.Streams[i]
		if s.Kind != library.StreamAudio {
			continue
		}
		if first == nil {
			first = s
		}
		if s.Default && flagged == nil {
			flagged = s
		}
		if language != "" && s.Language == language && (spoken == nil || s.Default && !spoken.Default) {
			spoken = s
		}
	}
	switch {
	case useDefault && flagged != nil:
		sel.DefaultAudio, sel.DefaultAudioChoice = &flagged.Index, decide.ByDefaultFlag
	case spoken != nil:
		sel.DefaultAudio, sel.DefaultAudioChoice = &spoken.Index, decide.ByLanguage
	case first != nil:
		sel.DefaultAudio = &first.Index
	}
}

func audioLanguage(src *library.Source, index *int) string {
	if index == nil {
		return ""
	}
	s, _ := src.Stream(*index)
	return s.Language
}

// preferSubtitle follows the person's mode: "None", "OnlyForced", "Always",
// "Smart" (when the sound is foreign) or "Default" (what the file marks).
func preferSubtitle(src *library.Source, mode, language, spoken string) *int {
	none := -1
	find := func(ok func(library.Stream) bool) *int {
		for i := range src.Streams {
			if s := src.Streams[i]; s.Kind == library.StreamSubtitle && ok(s) {
				return &src.Streams[i].Index
			}
		}
		return nil
	}
	mine := func(s library.Stream) bool { return language == "" || s.Language == language }
	var pick *int
	switch mode {
	case "None":
		return &none
	case "Always":
		pick = find(func(s library.Stream) bool { return mine(s) && !s.Forced })
	case "OnlyForced":
		pick = find(func(s library.Stream) bool { return s.Forced && mine(s) })
	case "Smart":
		if spoken != "" && language != "" && spoken != language {
			pick = find(func(s library.Stream) bool { return mine(s) && !s.Forced })
		} else {
			pick = find(func(s library.Stream) bool { return s.Forced && mine(s) })
		}
	default:
		if pick = find(func(s library.Stream) bool { return (s.Default || s.Forced) && mine(s) }); pick == nil {
			pick = find(func(s library.Stream) bool { return s.Forced })
		}
	}
	if pick == nil {
		return &none
	}
	return pick
}

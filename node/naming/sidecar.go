package naming

import "strings"

// Sidecar is what the name of a subtitle or sound file beside a video says.
type Sidecar struct {
	Title           string
	Language        string // ISO 639-2 (bibliographic), "" unknown
	Default         bool
	Forced          bool
	HearingImpaired bool
	Ext             string
}

// Subtitle reads the name of a subtitle file that may belong to the video whose
// name without extension is videoStem. ok is false when it belongs to another.
func Subtitle(videoStem, file string) (Sidecar, bool) {
	return sidecar(videoStem, file, clsSubtitle)
}

// SideAudio is Subtitle for sound tracks beside a video.
func SideAudio(videoStem, file string) (Sidecar, bool) {
	return sidecar(videoStem, file, clsAudio)
}

// Lyrics reports whether file holds the text of the song named trackStem.
func Lyrics(trackStem, file string) bool {
	s, ok := sidecar(trackStem, file, clsLyrics)
	return ok && s.Title == ""
}

func sidecar(videoStem, file string, cls int) (Sidecar, bool) {
	stem, ext := splitExt(base(file))
	if class(ext)&cls == 0 || stem == "" || len(stem) < len(videoStem) || !strings.EqualFold(stem[:len(videoStem)], videoStem) {
		return Sidecar{}, false
	}
	rest := stem[len(videoStem):]
	if rest != "" && strings.IndexByte(".-_ ([", rest[0]) < 0 {
		return Sidecar{}, false
	}
	s := Sidecar{Ext: ext}
	s.tokens(rest)
	return s, true
}

// tokens reads ".en.forced.Title" from the right. The last language wins; what is
// neither language nor flag is the title, in its order. "hi" is Hindi unless
// another language stands beside it, then it means hearing impaired.
func (s *Sidecar) tokens(rest string) {
	rest = strings.TrimLeft(rest, ".-_ ")
	var titles []string
	hindi := false
	for rest != "" {
		tok := rest
		if i := strings.LastIndexByte(rest, '.'); i >= 0 {
			rest, tok = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		bare := strings.Trim(tok, " ()[]-_")
		code := Language(bare)
		switch l := lower(bare); {
		case l == "":
		case s.flag(l):
		case l == "hi" && s.Language != "" && !hindi:
			s.HearingImpaired = true
		case code != "" && s.Language == "":
			s.Language, hindi = code, l == "hi"
		case code != "" && hindi:
			s.Language, s.HearingImpaired, hindi = code, true, false
		default:
			titles = append(titles, tok)
		}
	}
	for i, j := 0, len(titles)-1; i < j; i, j = i+1, j-1 {
		titles[i], titles[j] = titles[j], titles[i]
	}
	s.Title = strings.TrimSpace(strings.Join(titles, "."))
}

func (s *Sidecar) flag(l string) bool {
	switch l {
	case "default":
		s.Default = true
	case "forced", "foreign":
		s.Forced = true
	case "sdh", "cc":
		s.HearingImpaired = true
	default:
		return false
	}
	return true
}

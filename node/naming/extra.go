package naming

import "strings"

// ExtraKind is what an extra is. Its text is the clients' ExtraType.
type ExtraKind string

// The kinds of extra.
const (
	NoExtra         ExtraKind = ""
	UnknownExtra    ExtraKind = "Unknown"
	Clip            ExtraKind = "Clip"
	Trailer         ExtraKind = "Trailer"
	BehindTheScenes ExtraKind = "BehindTheScenes"
	DeletedScene    ExtraKind = "DeletedScene"
	Interview       ExtraKind = "Interview"
	Scene           ExtraKind = "Scene"
	Sample          ExtraKind = "Sample"
	ThemeSong       ExtraKind = "ThemeSong"
	ThemeVideo      ExtraKind = "ThemeVideo"
	Featurette      ExtraKind = "Featurette"
	Short           ExtraKind = "Short"
)

// extraFolders are the folders whose videos are extras of what contains them.
var extraFolders = map[string]ExtraKind{
	"trailers": Trailer, "trailer": Trailer, "backdrops": ThemeVideo, "theme-music": ThemeSong,
	"behind the scenes": BehindTheScenes, "behindthescenes": BehindTheScenes, "deleted scenes": DeletedScene,
	"deletedscenes": DeletedScene, "interviews": Interview, "interview": Interview, "scenes": Scene, "scene": Scene,
	"samples": Sample, "sample": Sample, "shorts": Short, "short": Short, "featurettes": Featurette,
	"featurette": Featurette, "clips": Clip, "clip": Clip, "extras": UnknownExtra, "extra": UnknownExtra,
	"other": UnknownExtra, "others": UnknownExtra, "bonus": UnknownExtra, "special features": UnknownExtra,
}

// extraSuffixes end the names of extras that lie beside their film. Those with
// loose may also follow a dot, underscore or space.
var extraSuffixes = []struct {
	word  string
	kind  ExtraKind
	loose bool
}{
	{"trailer", Trailer, true}, {"sample", Sample, true}, {"scene", Scene, false}, {"clip", Clip, false},
	{"behindthescenes", BehindTheScenes, false}, {"deleted", DeletedScene, false},
	{"deletedscene", DeletedScene, false}, {"featurette", Featurette, false}, {"short", Short, false},
	{"interview", Interview, false}, {"other", UnknownExtra, false}, {"extra", UnknownExtra, false},
}

// Extra reports whether the path (relative to the library's root) is an extra of
// something else, and which kind. Sound is one only as a theme.
func Extra(path string) (ExtraKind, bool) {
	dir, name := cut(path)
	stem, ext := splitExt(name)
	audio := class(ext)&clsAudio != 0 && class(ext)&clsVideo == 0
	if k, ok := ExtraFolder(base(dir)); ok && (k == ThemeSong) == audio {
		return k, true
	}
	l := lower(stem)
	if audio {
		if l == "theme" {
			return ThemeSong, true
		}
		return NoExtra, false
	}
	switch strings.TrimRight(l, "0123456789") {
	case "trailer", "movie-trailer":
		return Trailer, true
	case "sample":
		return Sample, true
	}
	if l == "theme" {
		return ThemeVideo, true
	}
	if strings.HasPrefix(l, "sample-") || strings.HasPrefix(l, "sample_") {
		return Sample, true
	}
	k, _ := extraSuffix(l)
	return k, k != NoExtra
}

// ExtraFolder is the kind of extra that a folder of this name holds.
func ExtraFolder(name string) (ExtraKind, bool) {
	k, ok := extraFolders[lower(name)]
	return k, ok
}

// extraSuffix finds the suffix of a folded stem and where it begins, separator
// included. Behind a suffix a number may stand: "film-trailer2".
func extraSuffix(l string) (ExtraKind, int) {
	t := strings.TrimRight(l, "0123456789")
	if t != l {
		t = strings.TrimRight(t, "-_. ")
	}
	for _, s := range extraSuffixes {
		i := len(t) - len(s.word) - 1
		if i < 1 || t[i+1:] != s.word {
			continue
		}
		if t[i] == '-' || s.loose && strings.IndexByte("._ ", t[i]) >= 0 {
			return s.kind, i
		}
	}
	return NoExtra, len(l)
}

// CutExtra removes from a name without ending what only says which kind of extra it is:
// "Making of-featurette" is "Making of", "trailer" is "".
func CutExtra(stem string) string {
	switch lower(strings.TrimRight(stem, "0123456789 -_.")) {
	case "trailer", "movie-trailer", "sample", "theme", "deleted", "deletedscene", "scene", "clip", "featurette",
		"behindthescenes", "short", "interview", "extra", "other":
		return ""
	}
	return cutExtraSuffix(stem)
}

func cutExtraSuffix(s string) string {
	_, i := extraSuffix(lower(s))
	return s[:i]
}

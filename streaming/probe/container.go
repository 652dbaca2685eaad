package probe

import (
	"path/filepath"
	"strings"

	"golang.org/x/text/language"
)

// container words ffprobe's format as clients write it in their profiles. Where
// ffprobe names a whole family the file's extension decides within it.
func container(format, path string) string {
	ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	switch format {
	case "matroska,webm":
		if ext == "webm" {
			return "webm"
		}
		return "mkv"
	case "mov,mp4,m4a,3gp,3g2,mj2":
		switch ext {
		case "mov", "qt":
			return "mov"
		case "m4a", "m4b", "3gp", "3g2":
			return ext
		}
		return "mp4"
	case "mpegts":
		return "ts"
	case "mpeg", "mpegvideo":
		return "mpeg"
	case "asf", "asf_o":
		return "asf"
	case "live_flv":
		return "flv"
	case "mpc8":
		return "mpc"
	case "iff":
		return "dsf"
	}
	first, _, _ := strings.Cut(format, ",")
	return first
}

// sideCodec knows text subtitle files by their name, which costs no child process.
func sideCodec(path string) (string, bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".srt":
		return "subrip", true
	case ".ass", ".ssa":
		return "ass", true
	case ".vtt":
		return "webvtt", true
	case ".ttml", ".dfxp":
		return "ttml", true
	case ".sup":
		return "hdmv_pgs_subtitle", true
	}
	return "", false
}

// bibliographic maps the terminology codes of ISO 639-2 that have an older twin,
// which is what Matroska and the clients use.
var bibliographic = map[string]string{
	"sqi": "alb", "hye": "arm", "eus": "baq", "mya": "bur", "zho": "chi", "ces": "cze", "nld": "dut",
	"fra": "fre", "kat": "geo", "deu": "ger", "ell": "gre", "isl": "ice", "mkd": "mac", "mri": "mao",
	"msa": "may", "fas": "per", "ron": "rum", "slk": "slo", "bod": "tib", "cym": "wel",
}

// languageOf turns any of a container's spellings ("fr", "fra", "fr-CA") into ISO
// 639-2/B, "" for none.
func languageOf(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || s == "und" || s == "unk" || s == "undetermined" {
		return ""
	}
	if len(s) != 3 {
		tag, err := language.Parse(s)
		if err != nil {
			return ""
		}
		base, _ := tag.Base()
		if s = base.ISO3(); s == "und" {
			return ""
		}
	}
	if b, ok := bibliographic[s]; ok {
		return b
	}
	return s
}

package dto

import (
	"fmt"
	"strings"

	"sett/node/library"
)

var codecTitles = map[string]string{
	"ac3": "Dolby Digital", "eac3": "Dolby Digital+", "dts": "DTS", "truehd": "TrueHD", "subrip": "SUBRIP",
	"hdmv_pgs_subtitle": "PGS", "pgssub": "PGS", "dvd_subtitle": "DVDSUB", "mov_text": "TX3G",
}

// displayTitle is the line a track picker shows.
func displayTitle(s library.Stream) string {
	switch s.Kind {
	case library.StreamVideo:
		return videoTitle(s)
	case library.StreamAudio:
		return trackTitle(s, codecTitle(s.Codec), channelTitle(s), s.Default)
	case library.StreamSubtitle:
		return trackTitle(s, codecTitle(s.Codec), "", s.Default)
	}
	return ""
}

func videoTitle(s library.Stream) string {
	light := s.DolbyVisionTitle()
	if light == "" {
		light = string(s.VideoRangeType())
	}
	parts := []string{s.Title, resolutionTitle(s), strings.ToUpper(s.Codec), light}
	return joinNonEmpty(parts, " ")
}

func resolutionTitle(s library.Stream) string {
	scan := "p"
	if s.Interlaced {
		scan = "i"
	}
	long := max(s.Width, s.Height*16/9)
	switch {
	case s.Width == 0 || s.Height == 0:
		return ""
	case long <= 700:
		return fmt.Sprintf("%d%s", s.Height, scan)
	case long <= 1024:
		return "576" + scan
	case long <= 1280:
		return "720" + scan
	case long <= 1920:
		return "1080" + scan
	case long <= 2560:
		return "1440" + scan
	case long <= 4096:
		return "4K"
	}
	return "8K"
}

func trackTitle(s library.Stream, codec, channels string, isDefault bool) string {
	parts := []string{s.Title, languageTitle(s.Language)}
	if s.HearingI {
		parts = append(parts, "SDH")
	}
	parts = append(parts, codec, channels)
	if isDefault {
		parts = append(parts, "Default")
	}
	if s.Forced {
		parts = append(parts, "Forced")
	}
	if s.External {
		parts = append(parts, "External")
	}
	return joinNonEmpty(parts, " - ")
}

func codecTitle(c string) string {
	if t, ok := codecTitles[c]; ok {
		return t
	}
	return strings.ToUpper(c)
}

func channelTitle(s library.Stream) string {
	switch {
	case s.Layout == "stereo" || s.Layout == "" && s.Channels == 2:
		return "Stereo"
	case s.Layout == "mono" || s.Layout == "" && s.Channels == 1:
		return "Mono"
	case s.Layout != "":
		before, _, _ := strings.Cut(s.Layout, "(")
		return before
	case s.Channels > 0:
		return fmt.Sprintf("%d ch", s.Channels)
	}
	return ""
}

func languageTitle(code string) string {
	if code == "" || code == "und" {
		return ""
	}
	return strings.ToUpper(code[:1]) + code[1:]
}

func joinNonEmpty(parts []string, sep string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

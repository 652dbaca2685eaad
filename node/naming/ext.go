package naming

import "strings"

// ext classes; a known extension has at least one.
const (
	clsVideo = 1 << iota
	clsAudio
	clsPhoto
	clsBook
	clsSubtitle
	clsLyrics
	clsPlaylist
	clsOther
)

const maxExt = 9 // longest known extension, dot included

var extClasses = buildClasses(map[int]string{
	clsVideo: "3g2 3gp amv asf avi bin divx dv dvr-ms evo f4v flv hevc ifo img iso m2t m2ts m2v m4v mk3d mkv mov mp4 " +
		"mpe mpeg mpg mpv mts mxf nrg nsv ogm ogv qt rec rm rmvb strm swf tp trp ts ty viv vob vp3 webm wmv wtv xvid h264 h265 disc",
	clsAudio: "3gp aa aac aax ac3 aif aifc aiff alac amr ape au caf dff dsd dsf dsp dts eac3 ec3 f4a f4b flac it m4a m4b m4p mka mlp " +
		"mod mp1 mp2 mp3 mpa mpc mpga oga ogg oma opus ra s3m shn spx tak thd tta voc vqf w64 wav wma wv xm",
	clsPhoto:    "jpg jpeg jpe jfif png webp gif bmp tif tiff heic heif avif tbn svg raw arw cr2 cr3 dng nef orf raf rw2",
	clsBook:     "epub pdf mobi azw azw3 cbz cbr cb7 cbt fb2 djvu lit",
	clsSubtitle: "ass idx mks pgs sami scc smi smil srt ssa stl sub sup ttml usf vtt",
	clsLyrics:   "lrc elrc",
	clsPlaylist: "m3u m3u8 pls xspf wpl zpl",
	clsOther:    "nfo xml txt cue log edl bif json jsonl part url",
})

func buildClasses(lists map[int]string) map[string]int {
	m := make(map[string]int, 200)
	for cls, list := range lists {
		for _, e := range strings.Fields(list) {
			m[e] |= cls
		}
	}
	return m
}

// class takes a folded extension without its dot.
func class(ext string) int { return extClasses[ext] }

// is accepts "mkv", ".mkv", ".MKV" and whole names.
func is(name string, cls int) bool {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return len(name) < maxExt && class(lower(name))&cls != 0
}

// IsVideo reports whether a file name or extension (with or without dot) is one of
// video. Disc images and "name.bluray.disc" stubs count: they are listed, though
// not all can be played.
func IsVideo(name string) bool { return is(name, clsVideo) }

// IsAudio is IsVideo for sound.
func IsAudio(name string) bool { return is(name, clsAudio) }

// IsPhoto is IsVideo for pictures.
func IsPhoto(name string) bool { return is(name, clsPhoto) }

// IsBook is IsVideo for books and comics.
func IsBook(name string) bool { return is(name, clsBook) }

// IsSubtitle is IsVideo for subtitle files.
func IsSubtitle(name string) bool { return is(name, clsSubtitle) }

// IsLyrics is IsVideo for song texts.
func IsLyrics(name string) bool { return is(name, clsLyrics) }

// IsPlaylist is IsVideo for playlists.
func IsPlaylist(name string) bool { return is(name, clsPlaylist) }

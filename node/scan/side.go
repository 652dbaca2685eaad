package scan

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
	"sett/streaming/probe"
)

// isSubs reports the folders in which people keep the subtitles of what lies beside them.
func isSubs(d *dir) bool {
	switch strings.ToLower(d.name()) {
	case "subs", "sub", "subtitles", "subtitle":
		return true
	}
	return false
}

// sideDir is a folder to look for side files in. All subtitles in a loose one belong to
// the stack, whatever they are called.
type sideDir struct {
	d     *dir
	loose bool
}

// sideDirs are the stack's own folder, its folders of subtitles, and in those the folder
// of its name: "Subs/The.Show.S01E01/2_English.srt".
func sideDirs(s stack, alone bool) []sideDir {
	dirs := []sideDir{{s.d, false}}
	for _, sub := range s.d.subs {
		if !isSubs(sub) {
			continue
		}
		dirs = append(dirs, sideDir{sub, alone})
		if own := sub.sub(s.stem()); own != nil {
			dirs = append(dirs, sideDir{own, true})
		}
	}
	return dirs
}

// side adds the subtitles, sounds and song texts that lie beside a stack. alone says that
// nothing else lies there.
func (j *job) side(src *library.Source, s stack, alone bool) {
	src.Streams = slices.Clone(src.Streams)
	next := 0
	for _, st := range src.Streams {
		next = max(next, st.Index+1)
	}
	for _, at := range sideDirs(s, alone) {
		files := at.d.files
		if !at.loose {
			files = at.d.withStem(s.stem())
		}
		for _, f := range files {
			if at.d == s.d && f.name == s.files[0].name {
				continue
			}
			name, ok := sidecar(s.stem(), f.name, at.loose)
			if !ok {
				continue
			}
			for _, st := range j.sideStreams(at.d.path(f.name), name) {
				st.Index = next
				next++
				src.Streams = append(src.Streams, st)
			}
		}
	}
	if len(src.Streams) == 0 {
		src.Streams = nil
	}
}

// sidecar reads the name of a file beside a video. In a folder of the subtitles of one
// video, names need not begin with its.
func sidecar(stem, name string, loose bool) (naming.Sidecar, bool) {
	if naming.IsVideo(name) && !naming.IsSubtitle(name) {
		return naming.Sidecar{}, false
	}
	if sc, ok := naming.Subtitle(stem, name); ok {
		return sc, true
	}
	if sc, ok := naming.SideAudio(stem, name); ok {
		return sc, true
	}
	if loose && naming.IsSubtitle(name) {
		bare := strings.TrimLeft(name, "0123456789")
		if bare != name {
			bare = strings.TrimLeft(bare, "_- ")
		}
		if strings.HasPrefix(bare, ".") { // nothing but a number
			bare = name
		}
		return naming.Subtitle("x", "x."+bare)
	}
	return naming.Sidecar{}, false
}

func (j *job) sideStreams(path string, name naming.Sidecar) []library.Stream {
	if !j.final && !plainText(path) {
		return nil
	}
	streams, err := probe.Side(j.p.ctx, path)
	if err != nil {
		if j.p.ctx.Err() == nil && !errors.Is(err, probe.ErrNoFFprobe) && !errors.Is(err, os.ErrNotExist) {
			j.sideProblem(path, err)
		}
		return nil
	}
	for i := range streams {
		st := &streams[i]
		if st.Language == "" || name.Language != "" {
			st.Language = name.Language
		}
		if name.Title != "" {
			st.Title = name.Title
		}
		st.Default, st.Forced, st.HearingI = name.Default, name.Forced, name.HearingImpaired
	}
	return streams
}

func (j *job) sideProblem(path string, err error) {
	text := sentence(err.Error())
	if !errors.Is(err, probe.ErrNotMedia) {
		text = "It cannot be read (" + reason(err) + ")."
	}
	j.problems = append(j.problems, Problem{path, text})
}

// plainText reports subtitles whose kind is plain from their names.
func plainText(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".srt", ".ass", ".ssa", ".vtt":
		return true
	}
	return false
}

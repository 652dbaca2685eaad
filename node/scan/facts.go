package scan

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/scan/exif"
	"sett/streaming/probe"
)

// textNoTool is the problem of files that wait for ffprobe.
const textNoTool = "Ffmpeg is not installed, so nothing is known of this file and it may not play. Install ffmpeg and scan again."

// stack is what plays as one: a file, or the parts of a film cut into several.
type stack struct {
	d     *dir
	files []file
}

func one(d *dir, f file) stack { return stack{d, []file{f}} }

func (s stack) path() string    { return s.d.path(s.files[0].name) }
func (s stack) rel() string     { return s.d.relPath(s.files[0].name) }
func (s stack) stem() string    { return stem(s.files[0].name) }
func (s stack) parts() []string { return s.paths()[1:] }
func (s stack) container() string {
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(s.files[0].name), "."))
}

func (s stack) paths() []string {
	out := make([]string, len(s.files))
	for i, f := range s.files {
		out[i] = s.d.path(f.name)
	}
	return out
}

func (s stack) size() int64 {
	var n int64
	for _, f := range s.files {
		n += f.size
	}
	return n
}

func (s stack) modified() time.Time {
	newest := s.files[0]
	for _, f := range s.files {
		if f.mod > newest.mod {
			newest = f
		}
	}
	return newest.modified()
}

// fact is what is known of the inside of a stack.
type fact struct {
	src     library.Source // own streams only
	tags    probe.Tags
	photo   *exif.Info
	prior   *library.Item // the tags are in this item: the file is as it was
	print   string
	problem string
	noTool  bool
	again   bool
}

// fact returns what is known of a stack, nil if it must be looked into first.
func (j *job) fact(s stack, kind library.Kind) *fact {
	if f := j.facts[s.path()]; f != nil {
		return f
	}
	f := j.reuse(s, kind)
	if f == nil && j.look != nil {
		f = j.look(s)
	}
	if f == nil {
		j.need = append(j.need, s)
		return nil
	}
	j.facts[s.path()] = f
	return f
}

// reuse takes the facts from the item that had the same file before.
func (j *job) reuse(s stack, kind library.Kind) *fact {
	it := j.byPath[s.path()]
	if it == nil {
		return nil
	}
	if kind == library.Photo || kind == library.Book {
		if it.Fingerprint == "" || !it.Modified.Equal(s.modified()) {
			return nil
		}
		return &fact{prior: it, print: it.Fingerprint}
	}
	for i, src := range it.Sources {
		same := src.Path == s.path() && src.Size == s.size() && src.Modified.Equal(s.modified()) && slices.Equal(src.Parts, s.parts())
		own := slices.DeleteFunc(slices.Clone(src.Streams), func(st library.Stream) bool { return st.External })
		if !same || len(own) == 0 && src.Problem == "" { // known by name only
			continue
		}
		if src.Problem != "" && (src.Problem == textNoTool && !j.p.noTool || j.row != nil && j.row.Again) {
			return nil
		}
		f := &fact{src: src, prior: it, problem: src.Problem, noTool: src.Problem == textNoTool}
		f.src.Streams = own
		if f.print = it.Fingerprint; i > 0 { // it was another version until now
			f.print, _ = j.print(s.path())
		}
		return f
	}
	return nil
}

// end counts a finished job and saves now and then.
func (j *job) end(err error) error {
	if err != nil {
		return err
	}
	j.mu.Lock()
	over := j.left == 0 && j.facts != nil
	if over {
		j.release()
	}
	j.mu.Unlock()
	if !over {
		return nil
	}
	j.p.mu.Lock()
	late := time.Since(j.p.saved) > saveEvery
	if late {
		j.p.saved = time.Now()
	}
	j.p.mu.Unlock()
	if late {
		return j.p.save()
	}
	return nil
}

// inside reads the facts of one stack.
func (j *job) inside(ctx context.Context, s stack) *fact {
	f := &fact{src: library.Source{Container: s.container()}}
	full, err := j.print(s.path())
	if err != nil {
		f.again = true
		if !errors.Is(err, fs.ErrNotExist) {
			f.problem = "It cannot be opened (" + reason(err) + "). Give this user the right to read it."
		}
		return f
	}
	f.print = full
	if name := s.files[0].name; naming.IsPhoto(name) && !naming.IsVideo(name) {
		f.photo = readPhoto(s.path(), s.files[0].size)
	}
	if !probed(s.path()) {
		return f
	}
	for i, path := range s.paths() {
		src, tags, err := j.p.s.inspect(ctx, path)
		if err != nil {
			f.fail(err)
			if isImage(path) && errors.Is(err, probe.ErrNotMedia) {
				f.problem = textImage
			}
			return f
		}
		if i == 0 {
			f.src, f.tags = src, tags
			continue
		}
		if naming.IsAudio(path) && !naming.IsVideo(path) { // the parts of a book
			if i == 1 && len(f.src.Chapters) == 0 {
				f.src.Chapters = []library.Chapter{{Name: cmp.Or(f.tags.Title, stem(filepath.Base(s.path())))}}
			}
			f.src.Chapters = append(f.src.Chapters, library.Chapter{Start: f.src.Runtime, Name: cmp.Or(tags.Title, stem(filepath.Base(path)))})
		}
		f.src.Runtime += src.Runtime
	}
	return f
}

func (f *fact) fail(err error) {
	switch {
	case errors.Is(err, probe.ErrNoFFprobe):
		f.problem, f.noTool = textNoTool, true
	case errors.Is(err, probe.ErrNotMedia):
		f.problem = sentence(err.Error())
	case errors.Is(err, fs.ErrNotExist):
		f.again = true
	default:
		f.problem, f.again = "It cannot be read ("+reason(err)+"); the next scan tries again.", true
	}
}

// probed reports whether ffprobe has something to say about such a file.
func probed(path string) bool {
	return (naming.IsVideo(path) || naming.IsAudio(path)) && !strings.HasSuffix(strings.ToLower(path), ".disc")
}

// source makes the playable version out of a stack and the files beside it.
func (j *job) source(s stack, id library.ID, kind library.Kind) (library.Source, *fact) {
	f := j.fact(s, kind)
	src := library.Source{Container: s.container()}
	if f != nil {
		src = f.src
		src.Problem = f.problem
		if src.Container == "" {
			src.Container = s.container()
		}
	}
	src.ID, src.Path, src.Parts = id, s.path(), nil
	if p := s.parts(); len(p) > 0 {
		src.Parts = p
	}
	src.Size, src.Modified = s.size(), s.modified()
	src.Name = s.stem()
	return src, f
}

package scan

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
)

// disc says which kind of disc a folder is a copy of, "" for none.
func disc(d *dir) string {
	switch strings.ToLower(d.name()) {
	case "video_ts":
		return "DVD"
	case "bdmv":
		return "Blu-ray"
	}
	if has(d, "VIDEO_TS.IFO") || has(d, "VTS_01_0.IFO") {
		return "DVD" // its files, without the folder
	}
	return ""
}

// inDisc reports whether a folder is a disc's or inside one.
func inDisc(d *dir) bool {
	for ; d != nil && d.rel != ""; d = d.up {
		if disc(d) != "" {
			return true
		}
	}
	return false
}

// mainTitle finds the files of a disc that are its film, in order. ok is false when there
// are none.
func mainTitle(d *dir, what string) (stack, bool) {
	if what == "DVD" {
		return dvdTitle(d)
	}
	stream := d.sub("STREAM")
	if stream == nil {
		return stack{}, false
	}
	if s, ok := playlistTitle(d.path("PLAYLIST"), stream); ok {
		return s, true
	}
	return largest(stream, ".m2ts")
}

// dvdTitle takes the title set with the most in it: VTS_02_1.VOB, VTS_02_2.VOB …
func dvdTitle(d *dir) (stack, bool) {
	sets := make(map[string][]file)
	sizes := make(map[string]int64)
	for _, f := range d.files {
		name := strings.ToUpper(f.name)
		if len(name) != len("VTS_01_1.VOB") || !strings.HasPrefix(name, "VTS_") || !strings.HasSuffix(name, ".VOB") || name[7] == '0' {
			continue
		}
		sets[name[:7]] = append(sets[name[:7]], f) // in the order of the names
		sizes[name[:7]] += f.size
	}
	best := ""
	for set := range sets {
		if best == "" || sizes[set] > sizes[best] || sizes[set] == sizes[best] && set < best {
			best = set
		}
	}
	if best == "" {
		return largest(d, ".vob")
	}
	return stack{d, sets[best]}, true
}

func largest(d *dir, ext string) (stack, bool) {
	var best file
	for _, f := range d.files {
		if strings.EqualFold(filepath.Ext(f.name), ext) && (best.name == "" || f.size > best.size) {
			best = f
		}
	}
	return one(d, best), best.name != ""
}

// maxPlaylists bounds how many playlists of a Blu-ray are read, and maxPlaylist their
// size: some discs have a thousand to hide the right one.
const (
	maxPlaylists = 2000
	maxPlaylist  = 64 << 10
)

// playlistTitle takes the longest playlist of a Blu-ray. Playing a clip twice does not
// make one longer.
func playlistTitle(folder string, stream *dir) (stack, bool) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return stack{}, false
	}
	var best []file
	longest := 0.0
	for _, e := range entries[:min(len(entries), maxPlaylists)] {
		if !strings.EqualFold(filepath.Ext(e.Name()), ".mpls") {
			continue
		}
		clips, seconds := readPlaylist(filepath.Join(folder, e.Name()))
		var files []file
		for _, c := range clips {
			i := slices.IndexFunc(stream.files, func(f file) bool { return strings.EqualFold(f.name, c+".m2ts") })
			if i < 0 {
				files = nil
				break
			}
			files = append(files, stream.files[i])
		}
		if len(files) > 0 && seconds > longest {
			best, longest = files, seconds
		}
	}
	return stack{stream, best}, len(best) > 0
}

func readPlaylist(path string) (clips []string, seconds float64) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPlaylist))
	if err != nil {
		return nil, 0
	}
	return parsePlaylist(b)
}

// parsePlaylist reads which clips an mpls file plays, each once, and how long they are.
func parsePlaylist(b []byte) (clips []string, seconds float64) {
	if len(b) < 20 || string(b[:4]) != "MPLS" {
		return nil, 0
	}
	at := int64(binary.BigEndian.Uint32(b[8:]))
	if at+10 > int64(len(b)) {
		return nil, 0
	}
	n := int(binary.BigEndian.Uint16(b[at+6:]))
	b = b[at+10:]
	for ; n > 0 && len(b) >= 22; n-- {
		size := int(binary.BigEndian.Uint16(b))
		clip := string(b[2:7])
		in, out := binary.BigEndian.Uint32(b[14:]), binary.BigEndian.Uint32(b[18:])
		if size < 20 || out < in {
			return nil, 0
		}
		if !slices.Contains(clips, clip) {
			clips = append(clips, clip)
			seconds += float64(out-in) / 45000
		}
		b = b[min(len(b), 2+size):]
	}
	return clips, seconds
}

// discFilm lists a copy of a disc. Its main title plays if it can be read.
func (j *job) discFilm(kind library.Kind, s *dir, what string) *library.Item {
	d := s.up
	if s == j.u.dir() {
		d = s
	}
	v := naming.Video(d.rel)
	if d.rel == "" {
		v = naming.Video(d.name())
	}
	nfos := []string{"movie.nfo", d.name() + ".nfo"}
	main, ok := mainTitle(s, what)
	if !ok {
		main = stack{s.up, []file{{name: s.name(), mod: newest(s).UnixNano()}}}
	}
	id := j.idOf(j.describe(kind, d, nfos, v), main)
	it := j.item(id, kind, v.Title)
	it.Year, it.Providers, it.Format3D = v.Year, v.Providers, string(v.Format3D)
	it.Sources = []library.Source{j.discSource(it, main, what, ok)}
	it.Images = j.images(it, []*dir{d}, "", false)
	if kind == library.MusicVideo && d.up != nil {
		musicVideo(it, d.up)
	}
	facts, _ := j.overlay(it, d, nfos...)
	j.sets(it, d, facts)
	return it
}

// discSource makes the source of a disc and what follows from it.
func (j *job) discSource(it *library.Item, main stack, what string, ok bool) library.Source {
	if !ok {
		src := library.Source{ID: it.ID, Path: main.path(), Name: what, Modified: main.modified()}
		src.Problem = fmt.Sprintf("This is a folder copied from a %s, without a film that can be played. Make one mkv file of the disc.", what)
		it.Sources = []library.Source{src}
		j.play(it, main, nil)
		return src
	}
	src, f := j.source(main, it.ID, it.Kind)
	src.Name = what
	it.Sources = []library.Source{src}
	j.play(it, main, f)
	return src
}

// isImage reports the image of a disc in one file.
func isImage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".iso", ".img", ".nrg", ".bin":
		return true
	}
	return false
}

const textImage = "This is the image of a disc, which cannot be played as it is. Make one mkv file of it."

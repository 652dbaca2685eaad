package scan

import (
	"path/filepath"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/scan/nfo"
	"sett/node/store"
)

// identifies reports providers whose ids name one thing of a kind and not, say, the
// collection it is in.
func identifies(provider string, kind library.Kind) bool {
	switch provider {
	case "Imdb", "Tmdb", "Tvdb", "TvMaze", "AniDB", "AniList":
		return kind == library.Movie || kind == library.Series || kind == library.Episode || kind == library.MusicVideo
	case "MusicBrainzAlbum":
		return kind == library.MusicAlbum
	case "ISBN", "ASIN":
		return kind == library.Book || kind == library.AudioBook
	}
	return false
}

// who is what is known of an item before its id is: by its names and its NFO.
type who struct {
	kind      library.Kind
	alike     string // which of its unit it is
	names     []string
	year      int
	providers map[string]string

	series         library.ID // of episodes, where known
	season, number library.Number
}

// add takes what an NFO says.
func (w *who) add(f nfo.Facts) {
	if f.Title != "" && !slices.Contains(w.names, f.Title) {
		w.names = append(w.names, f.Title)
	}
	if f.Year > 0 {
		w.year = f.Year
	}
	ids := make(map[string]string, len(w.providers)+len(f.Providers))
	for k, v := range w.providers {
		ids[k] = v
	}
	for k, v := range f.Providers {
		ids[k] = v
	}
	w.providers = ids
}

// ids are the provider ids that name the item, folded as cards have them.
func (w *who) ids() []string {
	var out []string
	for p, id := range w.providers {
		if identifies(p, w.kind) && id != "" {
			out = append(out, library.Fold(p)+":"+library.Fold(id))
		}
	}
	slices.Sort(out)
	return out
}

// nameKey tells films of a library by title and year.
func nameKey(kind library.Kind, name string, year int) string {
	return kind.String() + "\x00" + library.Fold(name) + "\x00" + yearText(year)
}

// named are the items that a pass found in the library by what they are.
type named struct {
	byProvider map[string][]library.ID
	byName     map[string][]library.ID
}

func (p *pass) indexNamesLocked() *named {
	if p.names != nil {
		return p.names
	}
	p.names = &named{make(map[string][]library.ID), make(map[string][]library.ID)}
	p.view.Each(func(c *library.Card) bool {
		for _, id := range c.Providers {
			key := c.Kind.String() + id
			p.names.byProvider[key] = append(p.names.byProvider[key], c.ID)
		}
		if c.Kind == library.Movie && c.Year > 0 {
			key := nameKey(c.Kind, c.Name, int(c.Year))
			p.names.byName[key] = append(p.names.byName[key], c.ID)
		}
		return true
	})
	return p.names
}

// goneLocked returns an item if its file is not there any more and nobody else has
// taken its place.
func (j *job) goneLocked(id library.ID, kind library.Kind, path string) *library.Item {
	p := j.p
	c, ok := p.view.Card(id)
	if !ok || c.Kind != kind || p.claimedLocked(id, path) || !p.gone(c.Path) {
		return nil
	}
	it, err := p.s.store.Bare(id)
	if err != nil {
		return nil
	}
	return it
}

// providedLocked finds the item of the same provider's id whose file is gone.
func (j *job) providedLocked(w *who, path string) *library.Item {
	ids := w.ids()
	if len(ids) == 0 || j.p.view.Len() == 0 {
		return nil
	}
	for _, key := range ids {
		for _, id := range j.p.indexNamesLocked().byProvider[w.kind.String()+key] {
			if it := j.goneLocked(id, w.kind, path); it != nil {
				return it
			}
		}
	}
	return nil
}

// titledLocked finds the film of the same title and year whose file is gone: somebody
// took a better copy and put it into a folder of another name.
func (j *job) titledLocked(w *who, path string) *library.Item {
	if w.year == 0 || w.kind != library.Movie || j.p.view.Len() == 0 {
		return nil
	}
	for _, name := range w.names {
		for _, id := range j.p.indexNamesLocked().byName[nameKey(w.kind, name, w.year)] {
			if it := j.goneLocked(id, w.kind, path); it != nil && it.Library == j.u.lib.id {
				return it
			}
		}
	}
	return nil
}

// returnedLocked finds the item that something was before it was taken out of the
// library some days ago.
func (j *job) returnedLocked(w *who, s *stack, path string) *library.Item {
	st := j.p.s.store
	if !j.p.removed {
		return nil
	}
	for _, key := range w.ids() {
		provider, id, _ := strings.Cut(key, ":")
		if it := j.backLocked(w, path, true)(st.RemovedByProvider(provider, id)); it != nil {
			return it
		}
	}
	if s != nil {
		if print, err := j.print(s.path()); err == nil {
			if it := j.backLocked(w, path, true)(st.RemovedByFingerprint(print)); it != nil {
				return it
			}
		}
	}
	for _, name := range w.names {
		if w.year > 0 || w.kind == library.Series {
			if it := j.backLocked(w, path, false)(st.RemovedByName(w.kind, name, w.year)); it != nil {
				return it
			}
		}
	}
	return nil
}

// backLocked picks the removed item that something is again; any library will do when it
// is surely the same thing.
func (j *job) backLocked(w *who, path string, sure bool) func([]store.Removed, error) *library.Item {
	return func(list []store.Removed, err error) *library.Item {
		if err != nil {
			j.p.s.log.Warn("what removed items were cannot be read", "err", err)
			return nil
		}
		slices.SortFunc(list, func(a, b store.Removed) int { return b.At.Compare(a.At) })
		for _, g := range list {
			if g.Kind != w.kind || j.p.claimedLocked(g.ID, path) || !sure && g.Library != j.u.lib.id {
				continue
			}
			if _, there := j.p.view.Card(g.ID); there {
				continue
			}
			return &library.Item{
				ID: g.ID, Kind: g.Kind, Library: g.Library, Parent: g.Parent, Series: g.Series, Season: g.Season, Album: g.Album,
				Name: g.Name, Index: g.Index, ParentIndex: g.ParentIndex, Path: g.Path, Fingerprint: g.Fingerprint, Added: g.Added,
			}
		}
		return nil
	}
}

// removedEpisodeLocked finds the episode of the same numbers that the series lost some
// days ago.
func (j *job) removedEpisodeLocked(series library.ID, season, number library.Number) *library.Item {
	st := j.p.s.store
	if series.IsZero() || number == 0 || !j.p.removed {
		return nil
	}
	list, err := st.RemovedIn(series)
	list = slices.DeleteFunc(list, func(g store.Removed) bool { return g.ParentIndex != season || g.Index != number })
	return j.backLocked(&who{kind: library.Episode}, "", true)(list, err)
}

// takeLocked makes an item that was elsewhere, or nowhere, one of the unit's old ones.
func (j *job) takeLocked(it *library.Item, s *stack) library.ID {
	if s != nil {
		j.adopt(it, *s)
	} else {
		j.old[it.ID] = it
		j.moved = append(j.moved, it)
	}
	return it.ID
}

// describe collects what the names and the first NFO among the files say an item is.
func (j *job) describe(kind library.Kind, d *dir, names []string, v naming.VideoName) *who {
	w := &who{kind: kind, names: []string{v.Title}, year: v.Year, providers: v.Providers}
	if facts, ok := j.firstNFO(kind, d, names...); ok {
		w.add(facts)
	}
	return w
}

// filmNFOs are the NFO files that may describe a film, the best first.
func filmNFOs(d *dir, stem string, alone bool) []string {
	names := []string{stem + ".nfo"}
	if alone {
		names = append(names, "movie.nfo", "musicvideo.nfo", filepath.Base(d.abs)+".nfo")
	}
	return names
}

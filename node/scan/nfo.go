package scan

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/scan/nfo"
)

// overlay lets the first NFO file of the given names that says something about such an
// item override names and tags.
func (j *job) overlay(it *library.Item, d *dir, names ...string) (nfo.Facts, bool) {
	facts, ok := j.firstNFO(it.Kind, d, names...)
	if ok {
		apply(it, facts)
	}
	return facts, ok
}

// firstNFO is what the first NFO file of the given names says about an item of a kind.
func (j *job) firstNFO(kind library.Kind, d *dir, names ...string) (nfo.Facts, bool) {
	for _, name := range names {
		for _, f := range d.withStem(name) {
			if !strings.EqualFold(f.name, name) {
				continue
			}
			if facts, ok := pick(j.document(d.path(f.name)), kind); ok {
				return facts, true
			}
		}
	}
	return nfo.Facts{}, false
}

// document reads an NFO file, once while the job is at hand.
func (j *job) document(path string) *nfo.Document {
	doc, ok := j.docs[path]
	if !ok {
		doc = j.readNFO(path)
		if j.docs == nil {
			j.docs = make(map[string]*document)
		}
		j.docs[path] = doc
	}
	if doc.problem != "" && !slices.ContainsFunc(j.problems, func(p Problem) bool { return p.Path == path }) {
		j.problems = append(j.problems, Problem{path, doc.problem})
	}
	return &doc.Document
}

// document is an NFO file that was read.
type document struct {
	nfo.Document
	problem string
}

func (j *job) readNFO(path string) *document {
	doc := new(document)
	f, err := os.Open(path)
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			doc.problem = "It cannot be opened (" + reason(err) + ")."
		}
		return doc
	}
	defer f.Close()
	doc.Document, err = nfo.Parse(f)
	if err != nil && len(doc.Items) == 0 && len(doc.Providers) == 0 {
		doc.problem = "Nothing in it is NFO data, so it is passed over."
	}
	return doc
}

// pick chooses what a file says about an item of a kind. A file of nothing but URLs says
// ids.
func pick(doc *nfo.Document, kind library.Kind) (nfo.Facts, bool) {
	for _, facts := range doc.Items {
		if fits(facts.Root, kind) {
			return facts, true
		}
	}
	if len(doc.Items) == 0 && len(doc.Providers) > 0 {
		return nfo.Facts{Providers: doc.Providers}, true
	}
	return nfo.Facts{}, false
}

func fits(root nfo.Root, kind library.Kind) bool {
	switch kind {
	case library.Movie, library.Video:
		return root == nfo.Movie
	case library.Series:
		return root == nfo.TVShow
	case library.Season:
		return root == nfo.Season
	case library.Episode:
		return root == nfo.Episode
	case library.MusicVideo:
		return root == nfo.MusicVideo
	case library.MusicArtist:
		return root == nfo.Artist
	case library.MusicAlbum:
		return root == nfo.Album
	}
	return false
}

// apply puts what an NFO says over what is known.
func apply(it *library.Item, f nfo.Facts) {
	set(&it.Name, f.Title)
	if f.OriginalTitle != it.Name {
		set(&it.OriginalName, f.OriginalTitle)
	}
	if f.SortTitle != "" {
		it.SortName = naming.SortName(f.SortTitle)
	}
	set(&it.Overview, f.Plot)
	if it.Overview == "" {
		it.Overview = f.Outline
	}
	set(&it.Tagline, f.Tagline)
	set(&it.OfficialRating, f.Official)
	set(&it.OfficialRating, f.Custom)
	set(&it.Year, f.Year)
	set(&it.CommunityRating, f.Rating)
	set(&it.CriticRating, f.Critic)
	if !f.Premiered.IsZero() {
		it.Premiered = f.Premiered.UTC()
		if it.Year == 0 {
			it.Year = f.Premiered.Year()
		}
	}
	if !f.Ended.IsZero() {
		it.Ended = f.Ended.UTC()
	}
	if s, ok := naming.SeriesStatus(f.Status); ok && it.Kind == library.Series {
		it.Status = s
	}
	setList(&it.Genres, f.Genres)
	setList(&it.Studios, f.Studios)
	setList(&it.Trailers, f.Trailers)
	for _, t := range slices.Concat(f.Tags, f.Styles) {
		it.Tags = union(it.Tags, []string{t})
	}
	setList(&it.Artists, f.Artists)
	setList(&it.AlbumArtists, f.AlbumArtists)
	applyPeople(it, f.People)
	if len(f.Providers) > 0 {
		if it.Providers == nil {
			it.Providers = make(map[string]string)
		}
		maps.Copy(it.Providers, f.Providers)
	}
	if it.Kind == library.Episode {
		set(&it.ParentIndex, f.Season)
		set(&it.Index, f.Episode)
		set(&it.IndexEnd, f.EpisodeEnd)
		it.Airs = library.Airing{BeforeSeason: f.AirsBeforeSeason, BeforeEpisode: f.AirsBeforeEpisode, AfterSeason: f.AirsAfterSeason}
		if it.Airs == (library.Airing{}) && it.ParentIndex == library.Num(0) { // as Kodi says it
			it.Airs.BeforeSeason, it.Airs.BeforeEpisode = f.DisplaySeason, f.DisplayEpisode
		}
	}
}

func applyPeople(it *library.Item, people []nfo.Person) {
	if len(people) == 0 {
		return
	}
	it.People = nil
	for _, p := range people {
		it.People = append(it.People, library.Credit{Name: p.Name, Type: p.Type, Role: p.Role})
	}
}

// set keeps what is there when nothing better is said.
func set[T comparable](dst *T, v T) {
	var none T
	if v != none {
		*dst = v
	}
}

func setList(dst *[]string, v []string) {
	if len(v) > 0 {
		*dst = v
	}
}

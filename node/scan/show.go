package scan

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/scan/nfo"
)

// episode is the files of one episode.
type episode struct {
	name   naming.EpisodeName
	stacks []stack // versions
}

func (e episode) season() library.Number {
	if s := e.name.EffectiveSeason(); s > 0 {
		return s
	}
	switch {
	case !e.name.Date.IsZero():
		return library.Num(e.name.Date.Year)
	case e.name.Episode > 0:
		return library.Num(1)
	}
	return 0
}

func (e episode) premiered() time.Time {
	d := e.name.Date
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// series is a show under way.
type series struct {
	it      *library.Item
	d       *dir // its folder; the library's for loose episodes
	loose   bool
	seasons map[library.Number]*library.Item
	eps     []*library.Item
}

// show makes a series with its seasons and episodes, or several when loose files of
// several shows lie at the top of the library.
func (j *job) show() []*library.Item {
	d := j.u.dir()
	var items []*library.Item
	if d.rel != "" {
		return j.series(d, naming.Series(d.name()), j.episodes(func(naming.EpisodeName) bool { return true }), false)
	}
	names := make(map[string]naming.SeriesName)
	var order []string
	key := func(n naming.EpisodeName) string { return library.Fold(naming.Series(n.Series).Title) }
	for _, e := range j.episodes(func(naming.EpisodeName) bool { return true }) {
		k := key(e.name)
		if _, ok := names[k]; !ok {
			names[k] = naming.Series(e.name.Series)
			order = append(order, k)
		}
	}
	for _, k := range order {
		items = append(items, j.series(d, names[k], j.episodes(func(n naming.EpisodeName) bool { return key(n) == k }), true)...)
	}
	return items
}

// absolute reports whether the episodes of a series are counted through: its NFO says so,
// or some are, and then "102" is not the second of season 1.
func (j *job) absolute() bool {
	d := j.u.dir()
	if facts, ok := j.firstNFO(library.Series, d, "tvshow.nfo"); ok && strings.EqualFold(facts.DisplayOrder, "absolute") {
		return true
	}
	for _, d := range j.u.dirs {
		for _, f := range d.files {
			if !naming.IsVideo(f.name) {
				continue
			}
			if n := naming.Episode(d.relPath(f.name), naming.EpisodeOptions{}); n.Absolute && n.EffectiveSeason() == 0 {
				return d.rel != ""
			}
		}
	}
	return false
}

// episodes groups the video files by the episode they hold.
func (j *job) episodes(which func(naming.EpisodeName) bool) []episode {
	type key struct {
		dir              string
		season, from, to library.Number
		date             naming.Date
		file             string
	}
	var out []episode
	at := make(map[key]int)
	parts := make(map[key][]int)
	o := naming.EpisodeOptions{Absolute: j.absolute()}
	for _, d := range j.u.dirs {
		if inDisc(d) {
			if e, ok := discEpisode(d); ok && which(e.name) {
				out = append(out, e)
			}
			continue
		}
		for _, f := range d.files {
			rel := d.relPath(f.name)
			if !naming.IsVideo(f.name) {
				continue
			}
			if in, k := extraFolder(d); extraKind(d, in, k, f.name) != library.NoExtra {
				continue
			}
			n := naming.Episode(rel, o)
			if !which(n) {
				continue
			}
			k := key{d.rel, n.EffectiveSeason(), n.Episode, n.Last(), n.Date, ""}
			if !n.OK() {
				k.file = f.name
			}
			i, ok := at[k]
			switch {
			case !ok:
				at[k] = len(out)
				out = append(out, episode{n, []stack{one(d, f)}})
				parts[k] = []int{n.Part}
			case n.Part > 0 && !slices.Contains(parts[k], n.Part) && parts[k][0] > 0:
				out[i].stacks[0].files = append(out[i].stacks[0].files, f)
				parts[k] = append(parts[k], n.Part)
			default:
				out[i].stacks = append(out[i].stacks, one(d, f))
			}
		}
	}
	return out
}

// discEpisode lists a copy of a disc among the episodes, by the name of its folder.
func discEpisode(d *dir) (episode, bool) {
	what := disc(d)
	if what == "" || d.up == nil || inDisc(d.up) {
		return episode{}, false
	}
	main, ok := mainTitle(d, what)
	if !ok {
		return episode{}, false
	}
	folder := d.up
	if strings.ToLower(d.name()) != "video_ts" && what == "DVD" {
		folder = d
	}
	n := naming.Episode(folder.rel, naming.EpisodeOptions{Folder: true})
	if _, ok := naming.DiscFolder(folder.name()); ok { // "Disc 2" is no second episode
		n.Episode, n.EpisodeEnd, n.Season = 0, 0, 0
	}
	if !n.OK() {
		n.Title = naming.Humanize(folder.name())
	}
	return episode{n, []stack{main}}, true
}

func episodeAlike(series library.ID, season, number library.Number, date time.Time) string {
	if number == 0 && date.IsZero() {
		return ""
	}
	return fmt.Sprint(series, season, number, date.Unix())
}

func (j *job) series(d *dir, name naming.SeriesName, eps []episode, loose bool) []*library.Item {
	if len(eps) == 0 {
		return nil
	}
	s := &series{d: d, loose: loose, seasons: make(map[library.Number]*library.Item)}
	w := &who{kind: library.Series, names: []string{name.Title}, year: name.Year, providers: name.Providers}
	if facts, ok := j.firstNFO(library.Series, d, "tvshow.nfo"); ok && !loose {
		w.add(facts)
	}
	before := j.seriesBefore(w, d, loose)
	for _, e := range eps {
		s.eps = append(s.eps, j.episode(e, before))
	}
	s.it = j.item(j.seriesID(w, d, name, loose), library.Series, name.Title)
	s.it.Year, s.it.Providers = name.Year, name.Providers
	if !loose {
		s.it.Path = d.abs
	}
	for i, e := range eps {
		j.place(s, s.eps[i], e)
	}
	items := []*library.Item{s.it}
	for _, n := range sortedKeys(s.seasons) {
		items = append(items, s.seasons[n])
	}
	j.date(s)
	var facts nfo.Facts
	if !loose {
		s.it.Images = j.images(s.it, []*dir{d}, "", false)
		facts, _ = j.overlay(s.it, d, "tvshow.nfo")
	}
	j.seasonNames(s, facts.SeasonNames)
	extras := j.showExtras(s)
	return slices.Concat(items, s.eps, extras)
}

func sortedKeys(m map[library.Number]*library.Item) []library.Number {
	keys := make([]library.Number, 0, len(m))
	for n := range m {
		keys = append(keys, n)
	}
	slices.Sort(keys)
	return keys
}

// seriesBefore is the id the series had, which tells old episodes of the same number.
func (j *job) seriesBefore(w *who, d *dir, loose bool) library.ID {
	if loose {
		return looseSeries(j.u.lib, w.names[0])
	}
	if it := j.byPath[d.abs]; it != nil && it.Kind == library.Series {
		return it.ID
	}
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	it := j.providedLocked(w, d.abs)
	if it == nil {
		it = j.returnedLocked(w, nil, d.abs)
	}
	if it == nil {
		return library.ID{}
	}
	return it.ID
}

func (j *job) seriesID(w *who, d *dir, name naming.SeriesName, loose bool) library.ID {
	if loose {
		return looseSeries(j.u.lib, name.Title)
	}
	return j.folderID(w, d, func(it *library.Item) library.ID { return it.Series })
}

// looseSeries is the id of a series without a folder.
func looseSeries(l *lib, title string) library.ID {
	return library.NewID(library.Series.String(), l.id.String(), "\x00"+library.Fold(title))
}

// episode makes the item of one episode.
func (j *job) episode(e episode, before library.ID) *library.Item {
	n := e.name
	w := &who{
		kind: library.Episode, providers: n.Providers, series: before, season: e.season(), number: n.Episode,
		alike: episodeAlike(before, e.season(), n.Episode, e.premiered()),
	}
	if facts, ok := j.firstNFO(library.Episode, e.stacks[0].d, e.stacks[0].stem()+".nfo"); ok {
		w.add(facts)
	}
	id := j.idOf(w, e.stacks...)
	it := j.item(id, library.Episode, n.Title)
	it.Index, it.IndexEnd, it.Premiered = n.Episode, n.EpisodeEnd, e.premiered()
	it.Providers = n.Providers
	if it.Name == "" {
		it.Name = episodeName(e)
	}
	var main *fact
	for i, s := range e.stacks {
		sid := id
		if i > 0 {
			sid = library.NewID("source", j.u.lib.id.String(), filepath.ToSlash(s.rel()))
		}
		src, f := j.source(s, sid, library.Episode)
		j.side(&src, s, false)
		it.Sources = append(it.Sources, src)
		if i == 0 {
			main = f
		}
	}
	j.play(it, e.stacks[0], main)
	if n.Format3D != naming.Flat {
		it.Tags, it.Format3D = []string{"3D"}, string(n.Format3D)
	}
	j.embedded(it, main)
	it.Images = j.images(it, []*dir{e.stacks[0].d}, e.stacks[0].stem(), true)
	j.cover(it)
	return it
}

func episodeName(e episode) string {
	n := e.name
	switch {
	case !n.Date.IsZero():
		return e.premiered().Format(time.DateOnly)
	case n.Episode > 0:
		a, _ := n.Episode.Get()
		if b, ok := n.EpisodeEnd.Get(); ok {
			return fmt.Sprintf("Episodes %d–%d", a, b)
		}
		return fmt.Sprintf("Episode %d", a)
	}
	return naming.Humanize(e.stacks[0].stem())
}

// place puts an episode into its season, making that if need be.
func (j *job) place(s *series, it *library.Item, e episode) {
	it.Series, it.Parent = s.it.ID, s.it.ID
	j.overlay(it, e.stacks[0].d, e.stacks[0].stem()+".nfo")
	number := it.ParentIndex
	if number == 0 {
		number = e.season()
	}
	it.ParentIndex = number
	if number == 0 {
		return
	}
	season := s.seasons[number]
	if season == nil {
		season = j.season(s, number)
		s.seasons[number] = season
	}
	if d := e.stacks[0].d; season.Path == "" && d != s.d && d.rel != "" {
		if n, ok := naming.Season(d.name(), d.up.name()); ok && library.Num(n) == number {
			season.Path = d.abs
		}
	}
	it.Season, it.Parent = season.ID, season.ID
	if season.Added.IsZero() || it.Added.Before(season.Added) {
		season.Added = it.Added
	}
	if it.Modified.After(season.Modified) {
		season.Modified = it.Modified
	}
}

func (j *job) season(s *series, number library.Number) *library.Item {
	n, _ := number.Get()
	id := library.NewID(library.Season.String(), s.it.ID.String(), fmt.Sprint(n))
	it := j.item(id, library.Season, fmt.Sprintf("Season %d", n))
	if n == 0 {
		it.Name = "Specials"
	}
	it.Index, it.Series, it.Parent = number, s.it.ID, s.it.ID
	return it
}

// date gives a series the times of its episodes.
func (j *job) date(s *series) {
	first := slices.MinFunc(s.eps, func(a, b *library.Item) int { return a.Added.Compare(b.Added) })
	last := slices.MaxFunc(s.eps, func(a, b *library.Item) int { return a.Modified.Compare(b.Modified) })
	s.it.Added, s.it.Modified = first.Added, last.Modified
	if old := j.old[s.it.ID]; old != nil && !old.Added.IsZero() && old.Added.Before(s.it.Added) {
		s.it.Added = old.Added
	}
	slices.SortStableFunc(s.eps, func(a, b *library.Item) int {
		return cmp.Or(cmp.Compare(a.ParentIndex, b.ParentIndex), cmp.Compare(a.Index, b.Index))
	})
}

// seasonNames gives seasons their pictures and what an NFO says of them.
func (j *job) seasonNames(s *series, names map[int]string) {
	for _, it := range s.seasons {
		if s.loose {
			continue
		}
		if n, ok := it.Index.Get(); ok && names[n] != "" {
			it.Name = names[n]
		}
		dirs := []*dir{s.d}
		for _, d := range j.u.dirs {
			if d.abs == it.Path {
				dirs = append(dirs, d)
				j.overlay(it, d, "season.nfo")
			}
		}
		it.Images = j.seasonImages(it, dirs)
	}
}

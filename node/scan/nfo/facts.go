package nfo

import (
	"slices"
	"strings"

	"sett/node/library"
)

// finish settles what needs the whole item.
func (f *Facts) finish() {
	if f.Year == 0 && !f.Premiered.IsZero() {
		f.Year = f.Premiered.Year()
	}
	if f.Watched != nil && *f.Watched && f.PlayCount == 0 {
		f.PlayCount = 1
	}
}

func (f *Facts) credit(c Person) {
	c.Name = strings.Trim(strings.TrimSpace(c.Name), ",;")
	if c.Name == "" || len(f.People) >= maxList {
		return
	}
	twin := func(o Person) bool { return o.Name == c.Name && o.Type == c.Type && o.Role == c.Role }
	if len(f.People) < 200 && slices.ContainsFunc(f.People, twin) {
		return
	}
	f.People = append(f.People, c)
}

func (f *Facts) actor(c Person) {
	if c.Type == "" {
		c.Type = "Actor"
	}
	f.credit(c)
}

func endSet(p *parser, e *element) {
	s := p.group.set
	if s.Name == "" {
		s.Name = e.value()
	}
	if s.TMDB = e.attr("tmdbcolid"); s.TMDB != "" {
		p.cur.addProvider("TmdbCollection", s.TMDB)
	}
	if s.Name != "" {
		addTo(&p.cur.Sets, s)
	}
}

// season is the number an episode or season carries; in a series' file it counts
// its seasons, which is no fact of use.
func (f *Facts) season(v string) {
	if f.Root != TVShow {
		setNumber(&f.Season, v)
	}
}

func (f *Facts) episode(v string) {
	if f.Root != TVShow && f.Root != Season {
		setNumber(&f.Episode, v)
	}
}

func (f *Facts) album(v string) {
	if v != "" && f.Root != Artist {
		f.Album = v
	}
}

func (f *Facts) watched(v string) {
	if v != "" {
		w := yes(v)
		f.Watched = &w
	}
}

func (f *Facts) namedSeason(number, name string) {
	n, ok := integer(number)
	if !ok || n < 0 || name == "" || len(f.SeasonNames) >= maxList {
		return
	}
	if f.SeasonNames == nil {
		f.SeasonNames = make(map[int]string)
	}
	f.SeasonNames[n] = name
}

// endTrack ends a line of an album's list, or the number of a single track.
func endTrack(p *parser, e *element) {
	t := p.group.track
	if t == (Track{}) {
		setNumber(&p.cur.Track, e.value())
		return
	}
	addTo(&p.cur.Tracks, t)
}

// plainRating is the <rating> of older files: a number on its own.
func plainRating(p *parser, e *element) {
	top := float(e.attr("max"))
	v := e.value()
	if p.group.rating.value != 0 {
		setScaled(&p.cur.Rating, p.group.rating.value, top, 10)
		return
	}
	if top > 0 {
		setScaled(&p.cur.Rating, float(v), top, 10)
		return
	}
	setScore(&p.cur.Rating, v, 10)
}

// endRating takes one of <ratings>: critics' scores apart, else the default one, else
// the first.
func endRating(p *parser, e *element) {
	r := p.group.rating
	r.name, r.max = strings.ToLower(e.attr("name")), float(e.attr("max"))
	if r.value == 0 {
		r.value = float(e.value())
	}
	switch r.name {
	case "tomatometerallcritics", "tomatometer", "rottentomatoes":
		setScaled(&p.cur.Critic, r.value, r.max, 100)
		return
	case "metacritic":
		if p.cur.Critic == 0 {
			setScaled(&p.cur.Critic, r.value, r.max, 100)
		}
		return
	}
	if strings.HasPrefix(r.name, "tomatometer") { // the audience's
		return
	}
	first := yes(e.attr("default")) && !p.group.hasDefault
	if first || p.cur.Rating == 0 {
		p.group.hasDefault = p.group.hasDefault || first
		setScaled(&p.cur.Rating, r.value, r.max, 10)
	}
}

// pictureKinds maps aspects, and the names inside <art>, to kinds.
var pictureKinds = map[string]library.ImageKind{
	"poster": library.Primary, "cover": library.Primary, "fanart": library.Backdrop, "backdrop": library.Backdrop,
	"banner": library.Banner, "clearlogo": library.Logo, "logo": library.Logo, "landscape": library.Thumb,
	"thumb": library.Thumb, "clearart": library.Art, "discart": library.Disc, "cdart": library.Disc,
}

func thumb(p *parser, e *element) {
	aspect := strings.ToLower(e.attr("aspect"))
	if aspect == "" {
		aspect = "poster"
	}
	if aspect == "thumb" && p.cur.Root != Movie && p.cur.Root != TVShow {
		aspect = "poster" // an episode's still, an artist's portrait
	}
	season := ""
	if strings.EqualFold(e.attr("type"), "season") {
		season = e.attr("season")
	}
	p.cur.picture(aspect, e.value(), season)
}

func (f *Facts) picture(aspect, path, season string) {
	kind, ok := pictureKinds[strings.TrimRight(aspect, "0123456789")]
	if !ok || path == "" || len(f.Pictures) >= maxList {
		return
	}
	pic := Picture{Kind: kind, Path: path}
	setNumber(&pic.Season, season)
	f.Pictures = append(f.Pictures, pic)
}

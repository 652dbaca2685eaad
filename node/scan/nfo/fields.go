package nfo

import (
	"strings"
	"time"

	"sett/node/library"
)

// at names an element by where it stands: in is the element around it, "" for the
// root.
type at struct{ in, name string }

// group is what is being collected from an element with children.
type group struct {
	person     Person
	set        Set
	rating     rating
	stream     StreamInfo
	track      Track
	hasDefault bool // a default rating was taken
}

// rating is one of several in <ratings>.
type rating struct {
	name  string
	value float64
	max   float64
}

// containers may have children; some of them ("rating", "set", "track") may also
// be plain values.
var containers = words(`ratings rating fanart art actor set fileinfo streamdetails video audio subtitle resume track
	episodeguide albumartistcredits artistcredits discography seasons songs details`)

// isLeaf reports whether a new element holds text and nothing else. What nobody
// here knows may hold anything, and what it holds is passed over with it.
func (p *parser) isLeaf(name string) bool {
	return valueNames[name] && !containers[name] && !(p.cur.Root == Artist && name == "album")
}

// known reports whether a tag inside an open value is a field of its own, so that
// the value was never closed, rather than markup.
func (p *parser) known(name string) bool {
	return containers[name] || valueNames[name]
}

// enter prepares for an element's children.
func (p *parser) enter(name string) {
	switch name {
	case "actor":
		p.group.person = Person{Order: -1}
	case "set":
		p.group.set = Set{}
	case "rating":
		p.group.rating = rating{}
	case "video", "audio", "subtitle":
		p.group.stream = StreamInfo{}
	case "track":
		p.group.track = Track{}
	}
}

// leave gives a finished element to its field.
func (p *parser) leave(e element) {
	in := p.parent()
	if len(p.stack) == 1 {
		in = ""
	}
	if f, ok := fields[at{in, e.name}]; ok {
		f(p, &e)
		return
	}
	switch {
	case in == "art":
		p.cur.picture(e.name, e.value(), "")
	case in == "":
		if key, ok := idTags[e.name]; ok {
			p.cur.addProvider(key, e.value())
		}
	}
}

type field = func(p *parser, e *element)

// fields maps elements to what they set.
var fields = map[at]field{
	{"", "title"}:         str(func(f *Facts) *string { return &f.Title }),
	{"", "name"}:          str(func(f *Facts) *string { return &f.Title }), // of artists
	{"", "localtitle"}:    str(func(f *Facts) *string { return &f.Title }),
	{"", "originaltitle"}: str(func(f *Facts) *string { return &f.OriginalTitle }),
	{"", "sorttitle"}:     str(func(f *Facts) *string { return &f.SortTitle }),
	{"", "sortname"}:      str(func(f *Facts) *string { return &f.SortTitle }),
	{"", "showtitle"}:     str(func(f *Facts) *string { return &f.ShowTitle }),
	{"", "plot"}:          str(func(f *Facts) *string { return &f.Plot }),
	{"", "review"}:        str(func(f *Facts) *string { return &f.Plot }),
	{"", "biography"}:     str(func(f *Facts) *string { return &f.Plot }),
	{"", "outline"}:       str(func(f *Facts) *string { return &f.Outline }),
	{"", "tagline"}:       str(func(f *Facts) *string { return &f.Tagline }),
	{"", "mpaa"}:          str(func(f *Facts) *string { return &f.Official }),
	{"", "certification"}: func(p *parser, e *element) { setIfEmpty(&p.cur.Official, e.value()) },
	{"", "customrating"}:  str(func(f *Facts) *string { return &f.Custom }),
	{"", "status"}:        str(func(f *Facts) *string { return &f.Status }),
	{"", "language"}:      str(func(f *Facts) *string { return &f.Language }),
	{"", "displayorder"}:  str(func(f *Facts) *string { return &f.DisplayOrder }),
	{"", "airs_time"}:     str(func(f *Facts) *string { return &f.AirTime }),
	{"", "album"}:         func(p *parser, e *element) { p.cur.album(e.value()) },

	{"", "year"}:        func(p *parser, e *element) { setYear(&p.cur.Year, e.value()) },
	{"", "premiered"}:   date(func(f *Facts) *time.Time { return &f.Premiered }),
	{"", "aired"}:       date(func(f *Facts) *time.Time { return &f.Premiered }),
	{"", "releasedate"}: date(func(f *Facts) *time.Time { return &f.Premiered }),
	{"", "formed"}:      date(func(f *Facts) *time.Time { return &f.Premiered }),
	{"", "born"}:        date(func(f *Facts) *time.Time { return &f.Premiered }),
	{"", "enddate"}:     date(func(f *Facts) *time.Time { return &f.Ended }),
	{"", "disbanded"}:   date(func(f *Facts) *time.Time { return &f.Ended }),
	{"", "died"}:        date(func(f *Facts) *time.Time { return &f.Ended }),
	{"", "dateadded"}:   date(func(f *Facts) *time.Time { return &f.Added }),
	{"", "lastplayed"}:  date(func(f *Facts) *time.Time { return &f.LastPlayed }),
	{"", "runtime"}:     func(p *parser, e *element) { setDuration(&p.cur.Runtime, minutes(e.value())) },

	{"", "genre"}:            list(func(f *Facts) *[]string { return &f.Genres }),
	{"", "tag"}:              list(func(f *Facts) *[]string { return &f.Tags }),
	{"", "style"}:            list(func(f *Facts) *[]string { return &f.Styles }),
	{"", "mood"}:             list(func(f *Facts) *[]string { return &f.Styles }),
	{"", "studio"}:           list(func(f *Facts) *[]string { return &f.Studios }),
	{"", "label"}:            list(func(f *Facts) *[]string { return &f.Studios }),
	{"", "country"}:          list(func(f *Facts) *[]string { return &f.Countries }),
	{"", "airs_dayofweek"}:   list(func(f *Facts) *[]string { return &f.AirDays }),
	{"", "artist"}:           list(func(f *Facts) *[]string { return &f.Artists }),
	{"", "albumartist"}:      list(func(f *Facts) *[]string { return &f.AlbumArtists }),
	{"", "trailer"}:          func(p *parser, e *element) { add(&p.cur.Trailers, trailer(e.value())) },
	{"", "lockedfields"}:     func(p *parser, e *element) { addSplit(&p.cur.LockedFields, e.value(), "|") },
	{"", "lockdata"}:         func(p *parser, e *element) { p.cur.Locked = yes(e.value()) },
	{"", "watched"}:          func(p *parser, e *element) { p.cur.watched(e.value()) },
	{"", "playcount"}:        func(p *parser, e *element) { setInt(&p.cur.PlayCount, e.value()) },
	{"resume", "position"}:   func(p *parser, e *element) { setDuration(&p.cur.Resume, seconds(e.value())) },
	{"", "director"}:         crew("Director"),
	{"", "credits"}:          crew("Writer"),
	{"", "writer"}:           crew("Writer"),
	{"", "producer"}:         crew("Producer"),
	{"", "composer"}:         crew("Composer"),
	{"", "lyricist"}:         crew("Lyricist"),
	{"", "guest"}:            crew("GuestStar"),
	{"actor", "name"}:        func(p *parser, e *element) { p.group.person.Name = e.value() },
	{"actor", "role"}:        func(p *parser, e *element) { p.group.person.Role = e.value() },
	{"actor", "type"}:        func(p *parser, e *element) { p.group.person.Type = e.value() },
	{"actor", "thumb"}:       func(p *parser, e *element) { p.group.person.Thumb = e.value() },
	{"actor", "order"}:       func(p *parser, e *element) { setInt(&p.group.person.Order, e.value()) },
	{"actor", "sortorder"}:   func(p *parser, e *element) { setInt(&p.group.person.Order, e.value()) },
	{"", "actor"}:            func(p *parser, e *element) { p.cur.actor(p.group.person) },
	{"set", "name"}:          func(p *parser, e *element) { p.group.set.Name = e.value() },
	{"set", "overview"}:      func(p *parser, e *element) { p.group.set.Overview = e.value() },
	{"", "set"}:              endSet,
	{"", "collectionnumber"}: func(p *parser, e *element) { p.cur.addProvider("TmdbCollection", e.value()) },

	{"", "season"}:             func(p *parser, e *element) { p.cur.season(e.value()) },
	{"", "seasonnumber"}:       num(func(f *Facts) *library.Number { return &f.Season }),
	{"", "episode"}:            func(p *parser, e *element) { p.cur.episode(e.value()) },
	{"", "episodenumberend"}:   num(func(f *Facts) *library.Number { return &f.EpisodeEnd }),
	{"", "displayseason"}:      num(func(f *Facts) *library.Number { return &f.DisplaySeason }),
	{"", "displayepisode"}:     num(func(f *Facts) *library.Number { return &f.DisplayEpisode }),
	{"", "airsbefore_season"}:  num(func(f *Facts) *library.Number { return &f.AirsBeforeSeason }),
	{"", "airsbefore_episode"}: num(func(f *Facts) *library.Number { return &f.AirsBeforeEpisode }),
	{"", "airsafter_season"}:   num(func(f *Facts) *library.Number { return &f.AirsAfterSeason }),
	{"", "displayafterseason"}: num(func(f *Facts) *library.Number { return &f.AirsAfterSeason }),
	{"", "namedseason"}:        func(p *parser, e *element) { p.cur.namedSeason(e.attr("number"), e.value()) },

	{"", "thumb"}:       thumb,
	{"fanart", "thumb"}: func(p *parser, e *element) { p.cur.picture("fanart", e.value(), "") },
	{"", "fanart"}:      func(p *parser, e *element) { p.cur.picture("fanart", e.value(), "") },
	{"", "uniqueid"}:    func(p *parser, e *element) { p.cur.uniqueID(e.attr("type"), e.value()) },
	{"", "id"}:          plainID,

	{"", "userrating"}:      func(p *parser, e *element) { setScore(&p.cur.UserRating, e.value(), 10) },
	{"", "criticrating"}:    func(p *parser, e *element) { setScore(&p.cur.Critic, e.value(), 100) },
	{"", "communityrating"}: func(p *parser, e *element) { setScore(&p.cur.Rating, e.value(), 10) },
	{"", "rating"}:          plainRating,
	{"ratings", "rating"}:   endRating,
	{"rating", "value"}:     func(p *parser, e *element) { p.group.rating.value = float(e.value()) },

	{"", "track"}:         endTrack,
	{"track", "position"}: func(p *parser, e *element) { setInt(&p.group.track.Position, e.value()) },
	{"track", "title"}:    func(p *parser, e *element) { p.group.track.Title = e.value() },
	{"track", "duration"}: func(p *parser, e *element) { p.group.track.Duration = clock(e.value()) },

	{"albumartistcredits", "artist"}:              list(func(f *Facts) *[]string { return &f.AlbumArtists }),
	{"albumartistcredits", "musicbrainzartistid"}: func(p *parser, e *element) { p.cur.addProvider("MusicBrainzAlbumArtist", e.value()) },

	{"streamdetails", "video"}:     func(p *parser, e *element) { addTo(&p.cur.Streams.Video, p.group.stream) },
	{"streamdetails", "audio"}:     func(p *parser, e *element) { addTo(&p.cur.Streams.Audio, p.group.stream) },
	{"streamdetails", "subtitle"}:  func(p *parser, e *element) { addTo(&p.cur.Streams.Subtitles, p.group.stream) },
	{"video", "codec"}:             func(p *parser, e *element) { p.group.stream.Codec = strings.ToLower(e.value()) },
	{"video", "width"}:             func(p *parser, e *element) { setInt(&p.group.stream.Width, e.value()) },
	{"video", "height"}:            func(p *parser, e *element) { setInt(&p.group.stream.Height, e.value()) },
	{"video", "aspect"}:            func(p *parser, e *element) { p.group.stream.Aspect = float(e.value()) },
	{"video", "durationinseconds"}: func(p *parser, e *element) { p.group.stream.Duration = seconds(e.value()) },
	{"video", "duration"}:          func(p *parser, e *element) { setIfZero(&p.group.stream.Duration, minutes(e.value())) },
	{"video", "format3d"}:          func(p *parser, e *element) { setIfEmpty(&p.group.stream.Format3D, e.value()) },
	{"video", "stereomode"}:        func(p *parser, e *element) { setIfEmpty(&p.group.stream.Format3D, e.value()) },
	{"video", "language"}:          func(p *parser, e *element) { p.group.stream.Language = e.value() },
	{"audio", "codec"}:             func(p *parser, e *element) { p.group.stream.Codec = strings.ToLower(e.value()) },
	{"audio", "language"}:          func(p *parser, e *element) { p.group.stream.Language = e.value() },
	{"audio", "channels"}:          func(p *parser, e *element) { setInt(&p.group.stream.Channels, e.value()) },
	{"subtitle", "language"}:       func(p *parser, e *element) { p.group.stream.Language = e.value() },
	{"subtitle", "codec"}:          func(p *parser, e *element) { p.group.stream.Codec = strings.ToLower(e.value()) },
}

// valueNames are the names of all values in fields and idTags.
var valueNames = namesOf(fields, idTags)

func namesOf(fields map[at]field, ids map[string]string) map[string]bool {
	m := make(map[string]bool, len(fields)+len(ids))
	for k := range fields {
		m[k.name] = true
	}
	for k := range ids {
		m[k] = true
	}
	return m
}

func words(s string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func str(to func(*Facts) *string) field {
	return func(p *parser, e *element) {
		if v := e.value(); v != "" {
			*to(p.cur) = v
		}
	}
}

func date(to func(*Facts) *time.Time) field {
	return func(p *parser, e *element) {
		if t, ok := parseDate(e.value()); ok {
			*to(p.cur) = t
		}
	}
}

func num(to func(*Facts) *library.Number) field {
	return func(p *parser, e *element) { setNumber(to(p.cur), e.value()) }
}

// list takes values that older tools join with " / ".
func list(to func(*Facts) *[]string) field {
	return func(p *parser, e *element) { addSplit(to(p.cur), e.value(), " / ") }
}

func crew(kind string) field {
	return func(p *parser, e *element) {
		for _, name := range strings.Split(e.value(), " / ") {
			p.cur.credit(Person{Name: name, Type: kind, Order: -1})
		}
	}
}

package tmdb

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sett/node/library"
	"sett/node/metadata/provider"
	"sett/node/naming"
)

func isNotFound(err error) bool { return errors.Is(err, provider.ErrNotFound) }

const (
	maxCast      = 30
	maxBackdrops = 3
	maxTrailers  = 3
)

type named struct {
	Name string `json:"name"`
}

type credit struct {
	Name      string `json:"name"`
	Character string `json:"character"`
	Job       string `json:"job"`
	Roles     []struct {
		Character string `json:"character"`
	} `json:"roles"`
	Jobs []struct {
		Job string `json:"job"`
	} `json:"jobs"`
}

type credits struct {
	Cast []credit `json:"cast"`
	Crew []credit `json:"crew"`
}

type picture struct {
	Path   string `json:"file_path"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// details is a film or a series.
type details struct {
	hit
	Tagline     string  `json:"tagline"`
	Status      string  `json:"status"`
	LastAirDate string  `json:"last_air_date"`
	Vote        float32 `json:"vote_average"`
	Votes       int     `json:"vote_count"`
	Poster      string  `json:"poster_path"`
	Backdrop    string  `json:"backdrop_path"`
	Genres      []named `json:"genres"`
	Companies   []named `json:"production_companies"`
	Networks    []named `json:"networks"`
	CreatedBy   []named `json:"created_by"`
	Credits     credits `json:"credits"`
	Aggregate   credits `json:"aggregate_credits"`
	External    struct {
		Imdb string `json:"imdb_id"`
		Tvdb int    `json:"tvdb_id"`
	} `json:"external_ids"`
	Images struct {
		Backdrops []picture `json:"backdrops"`
		Logos     []picture `json:"logos"`
	} `json:"images"`
	Releases struct {
		Results []struct {
			Country string `json:"iso_3166_1"`
			Dates   []struct {
				Certification string `json:"certification"`
			} `json:"release_dates"`
		} `json:"results"`
	} `json:"release_dates"`
	Ratings struct {
		Results []struct {
			Country string `json:"iso_3166_1"`
			Rating  string `json:"rating"`
		} `json:"results"`
	} `json:"content_ratings"`
	Videos struct {
		Results []struct {
			Site string `json:"site"`
			Type string `json:"type"`
			Key  string `json:"key"`
		} `json:"results"`
	} `json:"videos"`
}

// Details reads all about a film or series in one request.
func (p *Provider) Details(ctx context.Context, kind library.Kind, id string) (provider.Facts, error) {
	word, err := path(kind)
	if err != nil {
		return provider.Facts{}, err
	}
	if !provider.IsNumber(id) {
		return provider.Facts{}, provider.ErrNotFound
	}
	more := "credits,external_ids,images,videos,release_dates"
	if kind == library.Series {
		more = "aggregate_credits,external_ids,images,videos,content_ratings"
	}
	short, _, _ := strings.Cut(p.language, "-")
	args := url.Values{"append_to_response": {more}, "include_image_language": {strings.TrimPrefix(short+",en,null", ",")}}
	var d details
	if err := p.get(ctx, "/"+word+"/"+id, args, &d); err != nil {
		return provider.Facts{}, err
	}
	return d.facts(kind, p.country()), nil
}

// country is where official ratings are taken from first.
func (p *Provider) country() string {
	if _, c, ok := strings.Cut(p.language, "-"); ok {
		return strings.ToUpper(c)
	}
	return "US"
}

func (d *details) facts(kind library.Kind, country string) provider.Facts {
	c := d.candidate(kind)
	f := provider.Facts{
		Name: c.Title, Year: c.Year, Premiered: provider.Date(d.ReleaseDate + d.FirstAirDate), Overview: c.Overview,
		Tagline: provider.Text(d.Tagline), OfficialRating: d.official(country), Genres: names(d.Genres),
		Studios: names(slices.Concat(d.Networks, d.Companies)), People: d.people(), Providers: map[string]string{"Tmdb": c.ID},
	}
	if c.Original != c.Title {
		f.OriginalName = c.Original
	}
	if d.Votes > 0 && d.Vote > 0 && d.Vote <= 10 {
		f.CommunityRating = d.Vote
	}
	if kind == library.Series {
		f.Status, _ = naming.SeriesStatus(d.Status)
		if f.Status == "Ended" {
			f.Ended = provider.Date(d.LastAirDate)
		}
	}
	if d.External.Imdb != "" {
		f.Providers["Imdb"] = d.External.Imdb
	}
	if d.External.Tvdb > 0 {
		f.Providers["Tvdb"] = strconv.Itoa(d.External.Tvdb)
	}
	for _, v := range d.Videos.Results {
		if v.Site == "YouTube" && v.Type == "Trailer" && len(f.Trailers) < maxTrailers && plainKey(v.Key) {
			f.Trailers = append(f.Trailers, "https://www.youtube.com/watch?v="+v.Key)
		}
	}
	f.Pictures = d.pictures()
	return f
}

func plainKey(s string) bool {
	return s != "" && len(s) < 32 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

func (d *details) pictures() []provider.Picture {
	var out []provider.Picture
	add := func(kind library.ImageKind, size, path string) {
		if pic, ok := pictureAt(kind, size, path); ok && !slices.Contains(out, pic) {
			out = append(out, pic)
		}
	}
	add(library.Primary, "w780", d.Poster)
	add(library.Backdrop, "w1280", d.Backdrop)
	for i, b := range d.Images.Backdrops {
		if i < maxBackdrops-1 {
			add(library.Backdrop, "w1280", b.Path)
		}
	}
	if len(d.Images.Logos) > 0 {
		add(library.Logo, "w500", d.Images.Logos[0].Path)
	}
	return out
}

// pictureAt makes a URL of a path such as "/abc.jpg".
func pictureAt(kind library.ImageKind, size, path string) (provider.Picture, bool) {
	name := strings.TrimPrefix(path, "/")
	if name == path || name == "" || strings.ContainsAny(name, "/\\?#%") || strings.HasSuffix(name, ".svg") {
		return provider.Picture{}, false
	}
	return provider.Picture{Kind: kind, URL: images + size + path}, true
}

func names(list []named) []string {
	var out []string
	for _, n := range list {
		if s := provider.Text(n.Name); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// official is the rating in the country, or in the United States.
func (d *details) official(country string) string {
	in := func(country string) string {
		for _, r := range d.Releases.Results {
			for _, one := range r.Dates {
				if r.Country == country && one.Certification != "" {
					return one.Certification
				}
			}
		}
		for _, r := range d.Ratings.Results {
			if r.Country == country && r.Rating != "" {
				return r.Rating
			}
		}
		return ""
	}
	if r := in(country); r != "" && country != "US" {
		return provider.Text(country + "-" + r)
	}
	return provider.Text(in("US"))
}

func (d *details) people() []library.Credit {
	var out []library.Credit
	for _, n := range d.CreatedBy {
		out = append(out, library.Credit{Name: provider.Text(n.Name), Type: "Creator"})
	}
	return append(out, slices.Concat(d.Credits.people(), d.Aggregate.people())...)
}

func (c credits) people() []library.Credit {
	var out []library.Credit
	for _, p := range c.Cast[:min(len(c.Cast), maxCast)] {
		role := p.Character
		if len(p.Roles) > 0 {
			role = p.Roles[0].Character
		}
		out = append(out, library.Credit{Name: provider.Text(p.Name), Type: "Actor", Role: provider.Text(role)})
	}
	for _, p := range c.Crew {
		job := p.Job
		if len(p.Jobs) > 0 {
			job = p.Jobs[0].Job
		}
		credit := library.Credit{Name: provider.Text(p.Name), Type: creditOf(job)}
		if credit.Type != "" && len(out) < 2*maxCast && !slices.Contains(out, credit) {
			out = append(out, credit)
		}
	}
	return out
}

// creditOf is the library's word for a job, "" for those that are left out.
func creditOf(job string) string {
	switch job {
	case "Director", "Writer", "Producer":
		return job
	case "Screenplay", "Story":
		return "Writer"
	case "Executive Producer":
		return "Producer"
	case "Original Music Composer":
		return "Composer"
	}
	return ""
}

// season is a season with its episodes.
type season struct {
	Name     string `json:"name"`
	Overview string `json:"overview"`
	AirDate  string `json:"air_date"`
	Poster   string `json:"poster_path"`
	Episodes []struct {
		Number   int      `json:"episode_number"`
		Name     string   `json:"name"`
		Overview string   `json:"overview"`
		AirDate  string   `json:"air_date"`
		Still    string   `json:"still_path"`
		Vote     float32  `json:"vote_average"`
		Votes    int      `json:"vote_count"`
		ID       int      `json:"id"`
		Crew     []credit `json:"crew"`
		Guests   []credit `json:"guest_stars"`
	} `json:"episodes"`
}

func (s season) season() provider.Season {
	out := provider.Season{
		Facts:    provider.Facts{Name: provider.Text(s.Name), Overview: provider.Text(s.Overview), Premiered: provider.Date(s.AirDate), Year: provider.Year(s.AirDate)},
		Episodes: make(map[int]provider.Facts, len(s.Episodes)),
	}
	if pic, ok := pictureAt(library.Primary, "w780", s.Poster); ok {
		out.Facts.Pictures = []provider.Picture{pic}
	}
	for _, e := range s.Episodes {
		f := provider.Facts{
			Name: provider.Text(e.Name), Overview: provider.Text(e.Overview), Premiered: provider.Date(e.AirDate), Year: provider.Year(e.AirDate),
			People: credits{Crew: e.Crew}.people(),
		}
		for _, g := range e.Guests[:min(len(e.Guests), maxCast)] {
			f.People = append(f.People, library.Credit{Name: provider.Text(g.Name), Type: "GuestStar", Role: provider.Text(g.Character)})
		}
		if e.Votes > 0 && e.Vote > 0 && e.Vote <= 10 {
			f.CommunityRating = e.Vote
		}
		if e.ID > 0 {
			f.Providers = map[string]string{"Tmdb": strconv.Itoa(e.ID)}
		}
		if pic, ok := pictureAt(library.Primary, "w780", e.Still); ok {
			f.Pictures = []provider.Picture{pic}
		}
		out.Episodes[e.Number] = f
	}
	return out
}

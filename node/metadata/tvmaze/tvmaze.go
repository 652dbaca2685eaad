// Package tvmaze asks TVmaze for series. It needs no key; its facts are under CC BY-SA,
// so where they are shown a link to the provider must be. Whether an answer is believed
// is node/metadata's business.
package tvmaze

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/provider"
	"sett/node/naming"
)

// Name is the provider's name in the settings.
const Name = "tvmaze"

// Attribution is what the licence asks for.
var Attribution = provider.Attribution{
	Provider: Name, Name: "TVmaze", URL: "https://www.tvmaze.com/", Licence: "https://creativecommons.org/licenses/by-sa/4.0/",
	Text: "Facts about series come from TVmaze.com, under the licence CC BY-SA 4.0.",
}

const (
	api     = "https://api.tvmaze.com"
	maxCast = 30
)

// Access is how the provider wants to be asked: 20 requests in 10 seconds.
func Access() fetch.Options {
	return fetch.Options{
		Name: Name, Hosts: []string{"api.tvmaze.com", "static.tvmaze.com"},
		Every: 600 * time.Millisecond, Burst: 3, PerDay: 20_000,
	}
}

// Provider asks TVmaze.
type Provider struct{ client *fetch.Client }

// New returns a Provider that asks through a client made with [Access].
func New(c *fetch.Client) *Provider { return &Provider{c} }

// Name is the provider's name.
func (p *Provider) Name() string { return Name }

// Handles series.
func (p *Provider) Handles(k library.Kind) bool { return k == library.Series }

// Pictures are the kinds of picture there may be.
func (p *Provider) Pictures(k library.Kind) []library.ImageKind {
	switch k {
	case library.Series, library.Season, library.Episode:
		return []library.ImageKind{library.Primary}
	}
	return nil
}

type image struct {
	Medium   string `json:"medium"`
	Original string `json:"original"`
}

type named struct {
	Name string `json:"name"`
}

// show is a series.
type show struct {
	ID         int      `json:"id"`
	Name       string   `json:"name"`
	Status     string   `json:"status"`
	Premiered  string   `json:"premiered"`
	Ended      string   `json:"ended"`
	Genres     []string `json:"genres"`
	Summary    string   `json:"summary"`
	Network    *named   `json:"network"`
	WebChannel *named   `json:"webChannel"`
	Image      *image   `json:"image"`
	Rating     struct {
		Average float32 `json:"average"`
	} `json:"rating"`
	Externals struct {
		TVRage int    `json:"tvrage"`
		TVDB   int    `json:"thetvdb"`
		IMDb   string `json:"imdb"`
	} `json:"externals"`
	Embedded struct {
		Cast []struct {
			Person    named `json:"person"`
			Character named `json:"character"`
		} `json:"cast"`
	} `json:"_embedded"`
}

func (s show) candidate() provider.Candidate {
	c := provider.Candidate{
		Provider: Name, ID: strconv.Itoa(s.ID), Kind: library.Series, Title: provider.Text(s.Name),
		Year: provider.Year(s.Premiered), Overview: provider.Plain(s.Summary),
	}
	if s.Image != nil && isPicture(s.Image.Medium) {
		c.Picture = s.Image.Medium
	}
	return c
}

// Search finds by id where the query has one, else by title.
func (p *Provider) Search(ctx context.Context, q provider.Query) ([]provider.Candidate, error) {
	if !p.Handles(q.Kind) {
		return nil, provider.ErrUnsupported
	}
	if s, ok, err := p.byID(ctx, q.IDs); ok || err != nil {
		c := s.candidate()
		c.Exact = true
		return []provider.Candidate{c}, err
	}
	if q.Title == "" {
		return nil, nil
	}
	var got []struct {
		Show show `json:"show"`
	}
	if err := p.client.JSON(ctx, api+"/search/shows?"+url.Values{"q": {q.Title}}.Encode(), &got); err != nil {
		return nil, err
	}
	var list []provider.Candidate
	for _, g := range got {
		list = append(list, g.Show.candidate())
	}
	return list, nil
}

func (p *Provider) byID(ctx context.Context, ids map[string]string) (show, bool, error) {
	var s show
	var err error
	for _, by := range []struct{ key, where string }{
		{"TvMaze", "/shows/"}, {"Tvdb", "/lookup/shows?thetvdb="}, {"Imdb", "/lookup/shows?imdb="}, {"TvRage", "/lookup/shows?tvrage="},
	} {
		id := ids[by.key]
		if id == "" || by.key == "TvMaze" && !provider.IsNumber(id) {
			continue
		}
		err = p.client.JSON(ctx, api+by.where+url.QueryEscape(id), &s)
		if err == nil && s.ID > 0 {
			return s, true, nil
		}
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return show{}, false, err
		}
	}
	return show{}, false, nil
}

// Details reads all about a series.
func (p *Provider) Details(ctx context.Context, kind library.Kind, id string) (provider.Facts, error) {
	if !p.Handles(kind) {
		return provider.Facts{}, provider.ErrUnsupported
	}
	if !provider.IsNumber(id) {
		return provider.Facts{}, provider.ErrNotFound
	}
	var s show
	if err := p.client.JSON(ctx, api+"/shows/"+id+"?embed=cast", &s); err != nil {
		return provider.Facts{}, err
	}
	return s.facts(), nil
}

func (s show) facts() provider.Facts {
	c := s.candidate()
	f := provider.Facts{
		Name: c.Title, Year: c.Year, Premiered: provider.Date(s.Premiered), Overview: c.Overview,
		Providers: map[string]string{"TvMaze": c.ID}, CommunityRating: rating(s.Rating.Average), Pictures: pictures(s.Image),
	}
	for _, g := range s.Genres {
		f.Genres = append(f.Genres, provider.Text(g))
	}
	f.Status, _ = naming.SeriesStatus(s.Status)
	if f.Status == "Ended" {
		f.Ended = provider.Date(s.Ended)
	}
	for _, n := range []*named{s.Network, s.WebChannel} {
		if n != nil && n.Name != "" {
			f.Studios = append(f.Studios, provider.Text(n.Name))
		}
	}
	if s.Externals.IMDb != "" {
		f.Providers["Imdb"] = s.Externals.IMDb
	}
	if s.Externals.TVDB > 0 {
		f.Providers["Tvdb"] = strconv.Itoa(s.Externals.TVDB)
	}
	for _, m := range s.Embedded.Cast[:min(len(s.Embedded.Cast), maxCast)] {
		credit := library.Credit{Name: provider.Text(m.Person.Name), Type: "Actor", Role: provider.Text(m.Character.Name)}
		if !slices.Contains(f.People, credit) {
			f.People = append(f.People, credit)
		}
	}
	return f
}

func rating(r float32) float32 {
	if r < 0 || r > 10 {
		return 0
	}
	return r
}

func pictures(im *image) []provider.Picture {
	if im == nil || !isPicture(im.Original) {
		return nil
	}
	return []provider.Picture{{Kind: library.Primary, URL: im.Original}}
}

func isPicture(url string) bool { return strings.HasPrefix(url, "https://static.tvmaze.com/") }

type part struct {
	Season   int    `json:"season"`
	Number   int    `json:"number"`
	Name     string `json:"name"`
	Airdate  string `json:"airdate"`
	Premiere string `json:"premiereDate"`
	Summary  string `json:"summary"`
	Image    *image `json:"image"`
	Rating   struct {
		Average float32 `json:"average"`
	} `json:"rating"`
}

func (p part) facts() provider.Facts {
	date := p.Airdate + p.Premiere
	return provider.Facts{
		Name: provider.Text(p.Name), Overview: provider.Plain(p.Summary), Premiered: provider.Date(date), Year: provider.Year(date),
		CommunityRating: rating(p.Rating.Average), Pictures: pictures(p.Image),
	}
}

// Season reads a season and its episodes. The lists are of the whole series and kept, so
// further seasons cost no request. Specials have no numbers there and are left out.
func (p *Provider) Season(ctx context.Context, series string, number int) (provider.Season, error) {
	if !provider.IsNumber(series) {
		return provider.Season{}, provider.ErrNotFound
	}
	var seasons, episodes []part
	if err := p.client.JSON(ctx, api+"/shows/"+series+"/seasons", &seasons); err != nil {
		return provider.Season{}, err
	}
	if err := p.client.JSON(ctx, api+"/shows/"+series+"/episodes", &episodes); err != nil {
		return provider.Season{}, err
	}
	out := provider.Season{Episodes: make(map[int]provider.Facts)}
	known := false
	for _, s := range seasons {
		if s.Number == number {
			out.Facts, known = s.facts(), true
		}
	}
	for _, e := range episodes {
		if e.Season == number && e.Number > 0 {
			out.Episodes[e.Number], known = e.facts(), true
		}
	}
	if !known {
		return provider.Season{}, provider.ErrNotFound
	}
	return out, nil
}

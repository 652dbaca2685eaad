// Package tmdb asks The Movie Database (API version 3) for films and series, with the
// owner's own key. Facts about the provider live here; whether an answer is believed is
// node/metadata's business.
package tmdb

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/provider"
)

// Name is the provider's name in the settings.
const Name = "tmdb"

// Attribution is the notice that the provider's terms ask for.
var Attribution = provider.Attribution{
	Provider: Name, Name: "TMDB", URL: "https://www.themoviedb.org/",
	Text: "This product uses the TMDB API but is not endorsed or certified by TMDB.",
}

const (
	api    = "https://api.themoviedb.org/3"
	images = "https://image.tmdb.org/t/p/"
)

// Access is how the provider wants to be asked. key is called for each request; it may
// give a version 3 key or a version 4 token.
func Access(key func() string) fetch.Options {
	return fetch.Options{
		Name: Name, Hosts: []string{"api.themoviedb.org", "image.tmdb.org"},
		Every: 50 * time.Millisecond, Burst: 10, PerDay: 50_000,
		Sign: func(r *http.Request) {
			if r.URL.Hostname() == "api.themoviedb.org" {
				sign(r, strings.TrimSpace(key()))
			}
		},
	}
}

func sign(r *http.Request, key string) {
	if strings.Contains(key, ".") { // a token is three parts with dots
		r.Header.Set("Authorization", "Bearer "+key)
		return
	}
	q := r.URL.Query()
	q.Set("api_key", key)
	r.URL.RawQuery = q.Encode()
}

// Provider asks TMDB.
type Provider struct {
	client   *fetch.Client
	language string // "de-DE" or "de", "" for English
}

// New returns a Provider that asks through a client made with [Access].
func New(c *fetch.Client, language string) *Provider { return &Provider{c, language} }

// Name is the provider's name.
func (p *Provider) Name() string { return Name }

// Handles films and series.
func (p *Provider) Handles(k library.Kind) bool { return k == library.Movie || k == library.Series }

// Pictures are the kinds of picture there may be.
func (p *Provider) Pictures(k library.Kind) []library.ImageKind {
	switch k {
	case library.Movie, library.Series:
		return []library.ImageKind{library.Primary, library.Backdrop, library.Logo}
	case library.Season, library.Episode:
		return []library.ImageKind{library.Primary}
	}
	return nil
}

// path is the provider's word for a kind.
func path(k library.Kind) (string, error) {
	switch k {
	case library.Movie:
		return "movie", nil
	case library.Series:
		return "tv", nil
	}
	return "", provider.ErrUnsupported
}

func (p *Provider) get(ctx context.Context, where string, q url.Values, v any) error {
	if p.language != "" {
		q.Set("language", p.language)
	}
	return p.client.JSON(ctx, api+where+"?"+q.Encode(), v)
}

// hit is a film or a series in a list.
type hit struct {
	ID            int    `json:"id"`
	Title         string `json:"title"`
	OriginalTitle string `json:"original_title"`
	ReleaseDate   string `json:"release_date"`
	Name          string `json:"name"`
	OriginalName  string `json:"original_name"`
	FirstAirDate  string `json:"first_air_date"`
	Overview      string `json:"overview"`
	Poster        string `json:"poster_path"`
}

func (h hit) candidate(kind library.Kind) provider.Candidate {
	c := provider.Candidate{
		Provider: Name, ID: strconv.Itoa(h.ID), Kind: kind,
		Title: provider.Text(h.Title + h.Name), Original: provider.Text(h.OriginalTitle + h.OriginalName),
		Year: provider.Year(h.ReleaseDate + h.FirstAirDate), Overview: provider.Text(h.Overview),
	}
	if pic, ok := pictureAt(library.Primary, "w342", h.Poster); ok {
		c.Picture = pic.URL
	}
	return c
}

// Search finds by id where the query has one, else by title.
func (p *Provider) Search(ctx context.Context, q provider.Query) ([]provider.Candidate, error) {
	word, err := path(q.Kind)
	if err != nil {
		return nil, err
	}
	if c, ok, err := p.byID(ctx, word, q); ok || err != nil {
		return []provider.Candidate{c}, err
	}
	if q.Title == "" {
		return nil, nil
	}
	list, err := p.byTitle(ctx, word, q, q.Year)
	if err != nil || q.Year == 0 || sameYear(list, q.Year) {
		return list, err
	}
	more, err := p.byTitle(ctx, word, q, 0) // people often give the year before or after
	for _, c := range more {
		if !contains(list, c.ID) {
			list = append(list, c)
		}
	}
	return list, err
}

func sameYear(list []provider.Candidate, year int) bool {
	for _, c := range list {
		if c.Year == year {
			return true
		}
	}
	return false
}

func contains(list []provider.Candidate, id string) bool {
	for _, c := range list {
		if c.ID == id {
			return true
		}
	}
	return false
}

func (p *Provider) byTitle(ctx context.Context, word string, q provider.Query, year int) ([]provider.Candidate, error) {
	args := url.Values{"query": {q.Title}, "include_adult": {"false"}}
	if year > 0 && q.Kind == library.Movie {
		args.Set("year", strconv.Itoa(year))
	} else if year > 0 {
		args.Set("first_air_date_year", strconv.Itoa(year))
	}
	var got struct {
		Results []hit `json:"results"`
	}
	if err := p.get(ctx, "/search/"+word, args, &got); err != nil {
		return nil, err
	}
	var list []provider.Candidate
	for _, h := range got.Results {
		list = append(list, h.candidate(q.Kind))
	}
	return list, nil
}

// byID uses the ids of the query, the provider's own first.
func (p *Provider) byID(ctx context.Context, word string, q provider.Query) (provider.Candidate, bool, error) {
	if id := q.IDs["Tmdb"]; provider.IsNumber(id) {
		var h hit
		err := p.get(ctx, "/"+word+"/"+id, url.Values{}, &h)
		c := h.candidate(q.Kind)
		c.Exact = true
		return c, err == nil, unlessUnknown(err)
	}
	for _, source := range []struct{ key, name string }{{"Imdb", "imdb_id"}, {"Tvdb", "tvdb_id"}} {
		id := q.IDs[source.key]
		if id == "" {
			continue
		}
		var got struct {
			Movies []hit `json:"movie_results"`
			Series []hit `json:"tv_results"`
		}
		if err := p.get(ctx, "/find/"+url.PathEscape(id), url.Values{"external_source": {source.name}}, &got); unlessUnknown(err) != nil {
			return provider.Candidate{}, false, err
		}
		list := got.Movies
		if q.Kind == library.Series {
			list = got.Series
		}
		if len(list) == 1 {
			c := list[0].candidate(q.Kind)
			c.Exact = true
			return c, true, nil
		}
	}
	return provider.Candidate{}, false, nil
}

// unlessUnknown lets a search go on by title when an id is unknown.
func unlessUnknown(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}

// Season reads a season and its episodes.
func (p *Provider) Season(ctx context.Context, series string, number int) (provider.Season, error) {
	if !provider.IsNumber(series) || number < 0 {
		return provider.Season{}, provider.ErrNotFound
	}
	var got season
	err := p.get(ctx, fmt.Sprintf("/tv/%s/season/%d", series, number), url.Values{}, &got)
	if err != nil {
		return provider.Season{}, err
	}
	return got.season(), nil
}

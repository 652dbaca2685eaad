// Package musicbrainz asks MusicBrainz for albums and artists, and the Cover Art Archive
// for front covers. Neither needs a key; both want a User-Agent that says who asks, and
// no more than one request a second. Whether an answer is believed is node/metadata's
// business.
package musicbrainz

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/provider"
)

// Name is the provider's name in the settings.
const Name = "musicbrainz"

// Attribution says where facts and covers come from.
var Attribution = provider.Attribution{
	Provider: Name, Name: "MusicBrainz", URL: "https://musicbrainz.org/", Licence: "https://creativecommons.org/publicdomain/zero/1.0/",
	Text: "Facts about music come from MusicBrainz, covers from the Cover Art Archive.",
}

const (
	api    = "https://musicbrainz.org/ws/2"
	covers = "https://coverartarchive.org/release-group/"
	// various is the artist that stands for many.
	various = "89ad4ac3-39f7-470e-963a-56509c546377"
)

// Access is how the provider wants to be asked. Covers come by redirects to the Internet
// Archive and its storage machines.
func Access() fetch.Options {
	return fetch.Options{
		Name: Name, Hosts: []string{"musicbrainz.org", "coverartarchive.org", "archive.org", ".archive.org"},
		Every: 1100 * time.Millisecond, Burst: 1, PerDay: 20_000,
	}
}

// Provider asks MusicBrainz.
type Provider struct{ client *fetch.Client }

// New returns a Provider that asks through a client made with [Access].
func New(c *fetch.Client) *Provider { return &Provider{c} }

// Name is the provider's name.
func (p *Provider) Name() string { return Name }

// Handles albums and artists.
func (p *Provider) Handles(k library.Kind) bool {
	return k == library.MusicAlbum || k == library.MusicArtist
}

// Pictures are the kinds of picture there may be: covers.
func (p *Provider) Pictures(k library.Kind) []library.ImageKind {
	if k == library.MusicAlbum {
		return []library.ImageKind{library.Primary}
	}
	return nil
}

// Season has nothing to say.
func (p *Provider) Season(context.Context, string, int) (provider.Season, error) {
	return provider.Season{}, provider.ErrUnsupported
}

type artistCredit struct {
	Name   string `json:"name"`
	Join   string `json:"joinphrase"`
	Artist struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"artist"`
}

type genre struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// group is a release group: what people call an album.
type group struct {
	ID      string         `json:"id"`
	Title   string         `json:"title"`
	First   string         `json:"first-release-date"`
	Type    string         `json:"primary-type"`
	Credits []artistCredit `json:"artist-credit"`
	Genres  []genre        `json:"genres"`
	Rating  struct {
		Value float32 `json:"value"` // 0–5
	} `json:"rating"`
}

type artist struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	SortName string  `json:"sort-name"`
	Comment  string  `json:"disambiguation"`
	Genres   []genre `json:"genres"`
	Life     struct {
		Begin string `json:"begin"`
		End   string `json:"end"`
	} `json:"life-span"`
}

func credited(list []artistCredit) string {
	var b strings.Builder
	for _, c := range list {
		name := c.Name
		if name == "" {
			name = c.Artist.Name
		}
		b.WriteString(name + c.Join)
	}
	return provider.Text(b.String())
}

func (g group) candidate() provider.Candidate {
	return provider.Candidate{
		Provider: Name, ID: g.ID, Kind: library.MusicAlbum, Title: provider.Text(g.Title), Year: provider.Year(g.First),
		Artist: credited(g.Credits), Overview: provider.Text(g.Type),
	}
}

func (a artist) candidate() provider.Candidate {
	return provider.Candidate{
		Provider: Name, ID: a.ID, Kind: library.MusicArtist, Title: provider.Text(a.Name), Overview: provider.Text(a.Comment),
	}
}

// isMBID reports whether an id is a UUID, as is fit to stand in a URL's path.
func isMBID(s string) bool {
	_, err := library.ParseID(s)
	return err == nil && len(s) == 36
}

// Search finds by id where the query has one, else by title and artist.
func (p *Provider) Search(ctx context.Context, q provider.Query) ([]provider.Candidate, error) {
	switch q.Kind {
	case library.MusicAlbum:
		return p.albums(ctx, q)
	case library.MusicArtist:
		return p.artists(ctx, q)
	}
	return nil, provider.ErrUnsupported
}

func (p *Provider) albums(ctx context.Context, q provider.Query) ([]provider.Candidate, error) {
	g, err := p.albumByID(ctx, q.IDs)
	if err == nil {
		c := g.candidate()
		c.Exact = true
		return []provider.Candidate{c}, nil
	}
	if !errors.Is(err, provider.ErrNotFound) {
		return nil, err
	}
	if q.Title == "" {
		return nil, nil
	}
	text := "releasegroup:" + quoted(q.Title)
	if q.Artist != "" {
		text += " AND artist:" + quoted(q.Artist)
	}
	var got struct {
		Groups []group `json:"release-groups"`
	}
	if err := p.client.JSON(ctx, api+"/release-group?"+url.Values{"query": {text}, "fmt": {"json"}, "limit": {"25"}}.Encode(), &got); err != nil {
		return nil, err
	}
	var list []provider.Candidate
	for _, g := range got.Groups {
		list = append(list, g.candidate())
	}
	return list, nil
}

// albumByID finds the release group by its own id or by that of one of its releases.
func (p *Provider) albumByID(ctx context.Context, ids map[string]string) (group, error) {
	var g group
	if id := ids["MusicBrainzReleaseGroup"]; isMBID(id) {
		err := p.client.JSON(ctx, api+"/release-group/"+id+"?fmt=json&inc=artist-credits", &g)
		if !errors.Is(err, provider.ErrNotFound) {
			return g, err
		}
	}
	if id := ids["MusicBrainzAlbum"]; isMBID(id) {
		var release struct {
			Group group `json:"release-group"`
		}
		err := p.client.JSON(ctx, api+"/release/"+id+"?fmt=json&inc=release-groups+artist-credits", &release)
		if err != nil || isMBID(release.Group.ID) {
			return release.Group, err
		}
	}
	return g, provider.ErrNotFound
}

func (p *Provider) artists(ctx context.Context, q provider.Query) ([]provider.Candidate, error) {
	if id := q.IDs["MusicBrainzArtist"]; isMBID(id) {
		var a artist
		err := p.client.JSON(ctx, api+"/artist/"+id+"?fmt=json", &a)
		if err == nil {
			c := a.candidate()
			c.Exact = true
			return []provider.Candidate{c}, nil
		}
		if !errors.Is(err, provider.ErrNotFound) {
			return nil, err
		}
	}
	if q.Title == "" {
		return nil, nil
	}
	var got struct {
		Artists []artist `json:"artists"`
	}
	err := p.client.JSON(ctx, api+"/artist?"+url.Values{"query": {"artist:" + quoted(q.Title)}, "fmt": {"json"}, "limit": {"25"}}.Encode(), &got)
	if err != nil {
		return nil, err
	}
	var list []provider.Candidate
	for _, a := range got.Artists {
		if a.ID != various {
			list = append(list, a.candidate())
		}
	}
	return list, nil
}

// quoted makes a phrase of the search language.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// Details reads all about an album or an artist.
func (p *Provider) Details(ctx context.Context, kind library.Kind, id string) (provider.Facts, error) {
	if !isMBID(id) {
		return provider.Facts{}, provider.ErrNotFound
	}
	switch kind {
	case library.MusicAlbum:
		var g group
		err := p.client.JSON(ctx, api+"/release-group/"+id+"?fmt=json&inc=artist-credits+genres+ratings", &g)
		return g.facts(id), err
	case library.MusicArtist:
		var a artist
		err := p.client.JSON(ctx, api+"/artist/"+id+"?fmt=json&inc=genres", &a)
		return a.facts(id), err
	}
	return provider.Facts{}, provider.ErrUnsupported
}

func (g group) facts(id string) provider.Facts {
	f := provider.Facts{
		Name: provider.Text(g.Title), Year: provider.Year(g.First), Premiered: provider.Date(g.First), Genres: genres(g.Genres),
		Providers: map[string]string{"MusicBrainzReleaseGroup": id},
		Pictures:  []provider.Picture{{Kind: library.Primary, URL: covers + id + "/front-1200"}},
	}
	if g.Rating.Value > 0 && g.Rating.Value <= 5 {
		f.CommunityRating = 2 * g.Rating.Value
	}
	for _, c := range g.Credits {
		f.AlbumArtists = append(f.AlbumArtists, provider.Text(c.Artist.Name))
	}
	return f
}

func (a artist) facts(id string) provider.Facts {
	return provider.Facts{
		Name: provider.Text(a.Name), SortName: provider.Text(a.SortName), Year: provider.Year(a.Life.Begin),
		Premiered: provider.Date(a.Life.Begin), Ended: provider.Date(a.Life.End),
		Genres: genres(a.Genres), Providers: map[string]string{"MusicBrainzArtist": id},
	}
}

const maxGenres = 5

// genres are the ones most people agreed on.
func genres(list []genre) []string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b genre) int { return b.Count - a.Count })
	var out []string
	for _, g := range list[:min(len(list), maxGenres)] {
		if name := []rune(provider.Text(g.Name)); len(name) > 0 {
			out = append(out, string(unicode.ToUpper(name[0]))+string(name[1:]))
		}
	}
	return out
}

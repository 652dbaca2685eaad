// Package provider says what an online provider of facts is: what it is asked, what it
// answers, and what it may fail with. It is a leaf under node/library: how a provider is
// reached is node/metadata/fetch, which answer is believed is node/metadata.
package provider

import (
	"context"
	"errors"
	"time"

	"sett/node/library"
)

// Errors of a provider that callers branch on.
var (
	ErrNotFound    = errors.New("the provider does not know it")
	ErrUnsupported = errors.New("the provider has nothing of this kind")
)

// Provider is one source of facts on the internet. Methods may be called from several
// goroutines at once; they wait for the provider's rate limit.
type Provider interface {
	// Name is the provider's short name, as in the settings.
	Name() string
	// Handles reports whether it knows things of a kind. Seasons and episodes are asked
	// for through their series.
	Handles(library.Kind) bool
	// Pictures are the kinds of picture it may have of things of a kind.
	Pictures(library.Kind) []library.ImageKind
	// Search returns what may be meant, likeliest first. Something found by one of the
	// query's ids comes alone and Exact.
	Search(context.Context, Query) ([]Candidate, error)
	// Details returns all that is known of a thing; ErrNotFound if nothing.
	Details(ctx context.Context, kind library.Kind, id string) (Facts, error)
	// Season returns what is known of a season of a series and of its episodes.
	Season(ctx context.Context, series string, number int) (Season, error)
}

// Query is a question: what is this?
type Query struct {
	Kind   library.Kind
	Title  string
	Year   int               // 0: unknown
	Artist string            // of albums, "" unknown
	IDs    map[string]string // as library.Item.Providers
}

// Candidate is one thing that may be meant.
type Candidate struct {
	Provider string       `json:"provider"`
	ID       string       `json:"id"` // in the provider's form
	Kind     library.Kind `json:"kind"`
	Title    string       `json:"title"`
	Original string       `json:"original,omitempty"`
	Year     int          `json:"year,omitempty"` // 0: unknown
	Artist   string       `json:"artist,omitempty"`
	Overview string       `json:"overview,omitempty"`
	Picture  string       `json:"picture,omitempty"` // URL of a small one, at the provider
	Exact    bool         `json:"exact,omitempty"`   // found by an id, so there is nothing to doubt
}

// Facts are what somebody says of a thing. Zero fields say nothing. Names and units are
// those of library.Item.
type Facts struct {
	Name            string            `json:",omitempty"`
	OriginalName    string            `json:",omitempty"`
	SortName        string            `json:",omitempty"`
	Year            int               `json:",omitempty"`
	Premiered       time.Time         `json:",omitzero"`
	Ended           time.Time         `json:",omitzero"`
	Overview        string            `json:",omitempty"`
	Tagline         string            `json:",omitempty"`
	OfficialRating  string            `json:",omitempty"`
	CommunityRating float32           `json:",omitempty"`
	CriticRating    float32           `json:",omitempty"`
	Status          string            `json:",omitempty"` // "Continuing", "Ended"
	Genres          []string          `json:",omitempty"`
	Studios         []string          `json:",omitempty"`
	Tags            []string          `json:",omitempty"`
	People          []library.Credit  `json:",omitempty"`
	Artists         []string          `json:",omitempty"`
	AlbumArtists    []string          `json:",omitempty"`
	Providers       map[string]string `json:",omitempty"`
	Trailers        []string          `json:",omitempty"`
	Pictures        []Picture         `json:",omitempty"` // best first within each kind
}

// Picture is a picture at a provider, and, once fetched, on disk.
type Picture struct {
	Kind     library.ImageKind
	URL      string    `json:",omitempty"`
	File     string    `json:",omitempty"` // name in the folder of pictures, "" until fetched
	Width    int       `json:",omitempty"`
	Height   int       `json:",omitempty"`
	Modified time.Time `json:",omitzero"`
}

// Season is what is known of a season.
type Season struct {
	Facts    Facts
	Episodes map[int]Facts // by their numbers
}

// Attribution is what a provider wants said where its facts are shown.
type Attribution struct {
	Provider string `json:"provider"`
	Name     string `json:"name"`
	Text     string `json:"text"`
	URL      string `json:"url"`
	Licence  string `json:"licence,omitempty"`
}

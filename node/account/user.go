package account

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"sett/node/library"
)

// User is one person, as everybody but this package sees them. It is a copy: changing
// it changes nothing. Its slices must not be written to.
type User struct {
	ID   library.ID
	Name string

	Admin        bool
	Disabled     bool
	Hidden       bool         // not listed before sign-in
	Libraries    []library.ID // nil: all; empty: none
	RemoteAccess bool         // may come through tunnels and proxies
	Downloads    bool         // may take files away
	MaxBitrate   int          // bit/s away from home, 0: no limit
	MaxRating    *int         // highest parental rating, nil: no limit
	BlockedTags  []string
	AllowedTags  []string     // if any, only what has one of them
	BlockUnrated []string     // sorts of things kept away while they have no rating: see UnratedSorts
	HiddenItems  []library.ID // kept away, with what is in them
	Deletes      bool         // may delete media files
	DeletesFrom  []library.ID // may delete media files of these libraries
	Collects     bool         // may make and change collections

	ImageTag string // of the person's picture, "" for none; changes when the picture does

	Configuration Configuration
	GrantedTo     string // login for whose grant the person was made, "" for everyone else
	CreatedAt     time.Time
	LastLogin     time.Time // zero: never

	password bool
}

// Configuration is what a person sets for themselves; the fields are the clients'.
type Configuration struct {
	AudioLanguagePreference    string
	PlayDefaultAudioTrack      bool
	SubtitleLanguagePreference string
	DisplayMissingEpisodes     bool
	GroupedFolders             []string
	SubtitleMode               string // Default, Always, OnlyForced, None, Smart
	DisplayCollectionsView     bool
	EnableLocalPassword        bool
	OrderedViews               []string
	LatestItemsExcludes        []string
	MyMediaExcludes            []string
	HidePlayedInLatest         bool
	RememberAudioSelections    bool
	RememberSubtitleSelections bool
	EnableNextEpisodeAutoPlay  bool
	CastReceiverID             string
}

// DefaultConfiguration is that of a person who never set anything.
func DefaultConfiguration() Configuration {
	return Configuration{
		PlayDefaultAudioTrack: true, SubtitleMode: "Default", HidePlayedInLatest: true,
		RememberAudioSelections: true, RememberSubtitleSelections: true, EnableNextEpisodeAutoPlay: true,
	}
}

// HasPassword reports whether the person can sign in with one.
func (u User) HasPassword() bool { return u.password }

// MayDownload reports whether the person may take files away.
func (u User) MayDownload() bool { return u.Admin || u.Downloads }

// LibrarySet is the libraries the person may see; nil means all.
func (u User) LibrarySet() map[library.ID]bool {
	if u.Libraries == nil || u.Admin {
		return nil
	}
	set := make(map[library.ID]bool, len(u.Libraries))
	for _, id := range u.Libraries {
		set[id] = true
	}
	return set
}

// person is a User as stored.
type person struct {
	User       User
	Hash       string // of the password, "" for none
	Restricted bool   // Libraries is a list, even if it is empty
}

// afterLoad restores what the stored form does not keep.
func (p *person) afterLoad() {
	if p.Restricted && p.User.Libraries == nil {
		p.User.Libraries = []library.ID{}
	}
	p.User.password = p.Hash != ""
}

func (p *person) beforeStore() {
	p.Restricted = p.User.Libraries != nil
	p.User.password = p.Hash != ""
}

// clone copies p deeply enough that the copy may be changed.
func (p *person) clone() person {
	c := *p
	c.User.Libraries = slices.Clone(p.User.Libraries)
	c.User.BlockedTags, c.User.AllowedTags = slices.Clone(p.User.BlockedTags), slices.Clone(p.User.AllowedTags)
	c.User.BlockUnrated = slices.Clone(p.User.BlockUnrated)
	c.User.HiddenItems, c.User.DeletesFrom = slices.Clone(p.User.HiddenItems), slices.Clone(p.User.DeletesFrom)
	return c
}

const maxName = 64 // characters

// cleanName trims a name and checks it.
func cleanName(name string) (string, error) {
	name = norm.NFC.String(strings.TrimSpace(name))
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return "", rule("A name has 1 to %d characters.", maxName)
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\<>"`, r) }) {
		return "", rule(`A name may hold letters, digits, spaces and most signs, but not / \ < > ".`)
	}
	return name, nil
}

// foldName makes names comparable: Anna, ANNA and their compatibility forms are one.
func foldName(name string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name)))
}

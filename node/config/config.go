// Package config holds the node's settings: one table of them, read from defaults,
// then sett.yaml, then SETT_* environment variables, then flags, each over the one
// before. Flags, validation and docs/settings.md all come from that table.
//
// What the settings do is their users' business; nothing here opens a port, makes
// a folder or looks at media. [Load] either returns a complete Config or says
// everything that is wrong with it.
package config

import (
	"fmt"
	"strings"

	"sett/node/library"
)

// ProductName is what clients that check it must be told; they refuse a server
// that says anything else in its public information.
const ProductName = "Jellyfin Server"

// Config is the node's settings, complete and checked.
type Config struct {
	File string // the file that was read, "" when there was none

	Name            string // what people see
	DataDir         string // absolute; database, keys, tunnel state
	CacheDir        string // absolute; may be emptied at any time
	Media           []string
	Libraries       []Library
	BinDir          string // absolute; "": media files are never deleted
	HTTPPort        int    // 0: any free port
	Discovery       bool
	PublishedURL    string   // without trailing slash, "" for none
	ServerNames     []string // further host names clients may use, lower case
	CORSOrigins     []string // foreign web origins that may use the API; "*" for any
	LAN             LAN
	Tailnet         Tailnet
	Metadata        Metadata
	Streaming       Streaming
	Previews        Previews
	Log             Log
	ReportedVersion string // three numbers, as clients require
	WebClientDir    string // a web client's build to serve instead of ours, "" for ours
	WebDevProxy     string // development: URL of the web client's development server
}

// Library is one media library of the owner's choosing.
type Library struct {
	Name  string // "" to name it after its kind
	Kind  library.Collection
	Paths []string // absolute
}

// LAN says what counts as the home network.
type LAN struct {
	Subnets          []string // CIDR or address; with ! in front, taken away
	Interfaces       []string // names or prefixes ending in *; empty: all that look like a LAN
	IgnoreInterfaces []string
}

// Tailnet is how the node joins a tailnet.
type Tailnet struct {
	Enabled    bool
	Hostname   string
	AuthKey    Secret // from auth_key or the contents of auth_key_file
	ControlURL string // "" for the vendor's
	Tags       []string
	StateDir   string // absolute
	LogUpload  bool
	Capability string            // name of the application capability whose grants are read
	People     map[string]string // login on the tailnet → name of a person here

	authKeyFile string
}

// Metadata is what may be asked of online providers.
type Metadata struct {
	Online    bool     // false: nothing is asked, whatever Providers says
	Providers []string // "tmdb", "tvmaze", "musicbrainz"; the first wins, empty: none
	TMDBKey   Secret   // the owner's own
	Language  string   // "de" or "de-AT"
}

// Streaming bounds what playing may cost.
type Streaming struct {
	FFmpeg        string // path of the program, "" to search PATH; ffprobe is taken beside it
	SegmentDir    string // absolute
	MaxTranscodes int    // 0: by the number of cores
	MaxSessions   int
}

// Previews says what is prepared in the background.
type Previews struct {
	Trickplay   bool
	TrickplayGB int // disk space for it
	Segments    bool
}

// Log says how much is logged, and how.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Secret is text that never shows itself: printing, logging and encoding it give
// a placeholder.
type Secret string

const redacted = "(set)"

// Reveal returns the secret for its one use.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing the secret.
func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.String()) }

// MarshalText keeps JSON, YAML and slog from showing the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String lists every setting on a line of its own, secrets redacted.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range settings {
		fmt.Fprintf(&b, "%s = %s\n", s.Key, shown(s.field(&c)))
	}
	return b.String()
}

// shown prints what a field pointer points at.
func shown(field any) string {
	switch f := field.(type) {
	case *string:
		return *f
	case *Secret:
		return f.String()
	case *bool:
		return fmt.Sprint(*f)
	case *int:
		return fmt.Sprint(*f)
	case *[]string:
		return strings.Join(*f, ", ")
	case *[]Library:
		return fmt.Sprint(*f)
	case *map[string]string:
		return fmt.Sprint(*f)
	}
	return fmt.Sprintf("(%T)", field)
}

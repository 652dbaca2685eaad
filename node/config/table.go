package config

import "strings"

// EnvPrefix begins the name of every environment variable that is read.
const EnvPrefix = "SETT_"

// FileEnv names the variable that names the settings file.
const FileEnv = EnvPrefix + "CONFIG"

// setting is one row of the table. Its type is that of the field it fills.
type setting struct {
	Key      string // dotted: sections of the file
	Help     string // one or two sentences, Markdown
	Default  any    // nil: the field's zero value
	Computed string // in words, when the default depends on the machine
	Flag     string // "" for none
	Choices  []string
	Min, Max int                // of numbers, when they differ
	Check    func(string) error // of text, and of every element of a list
	Path     bool               // made absolute: from the file's folder, or the working one
	Program  bool               // a path, or a bare name to search in PATH
	Lower    bool               // case does not matter
	NoEnv    bool               // refused in the environment
	field    func(*Config) any  // where it goes
}

// Env is the environment variable of the setting, "" when it has none.
func (s setting) Env() string {
	if s.NoEnv {
		return ""
	}
	return s.envName()
}

func (s setting) envName() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// settings is every setting there is, in the order of the reference.
var settings = []setting{
	{Key: "name", Flag: "name", Computed: "the machine's host name", Check: printable,
		Help:  "The node's name, as clients list it.",
		field: func(c *Config) any { return &c.Name }},
	{Key: "data_dir", Flag: "data-dir", Path: true,
		Computed: "`/var/lib/sett` for root, `./data` in a container, else `$XDG_DATA_HOME/sett` (`~/.local/share/sett`)",
		Help:     "Folder of the database, keys and tunnel state. Back this up.",
		field:    func(c *Config) any { return &c.DataDir }},
	{Key: "cache_dir", Flag: "cache-dir", Path: true,
		Computed: "`cache` in `data_dir` if that is set, `/var/cache/sett` for root, `./cache` in a container, else `$XDG_CACHE_HOME/sett` (`~/.cache/sett`)",
		Help:     "Folder of what can be made again: resized pictures, segments. It may be emptied at any time.",
		field:    func(c *Config) any { return &c.CacheDir }},
	{Key: "media", Flag: "media", Path: true,
		Help: "A folder of media folders. Each folder in it becomes a library; its kind is recognised by its name " +
			"(`Films`, `Movies`, `Shows`, `TV`, `Series`, `Music`, …) or guessed from what is inside. More than one may be given.",
		field: func(c *Config) any { return &c.Media }},
	{Key: "libraries", Flag: "library", Path: true,
		Help: "Libraries one by one, each with `name`, `kind` and `paths`; or in one line, `kind:path` or `name=kind:path`. Kinds: " +
			"`movies`, `shows`, `music`, `musicvideos`, `homevideos`, `photos`, `books`, `mixed`.",
		field: func(c *Config) any { return &c.Libraries }},

	{Key: "library.bin_dir", Flag: "bin-dir", Path: true, Computed: "none: media files are not deleted",
		Help: "Folder that keeps what people delete in their apps, for you to empty; outside the media folders, best on the same disk. " +
			"Without it nobody can delete media files. With it, people can whose policy says so.",
		field: func(c *Config) any { return &c.BinDir }},

	{Key: "http_port", Flag: "http-port", Default: 8096, Min: 0, Max: 65535,
		Help:  "TCP port of the home listener. 0 takes any free port.",
		field: func(c *Config) any { return &c.HTTPPort }},
	{Key: "discovery", Flag: "discovery", Default: true,
		Help:  "Answer clients that search the home network (UDP 7359).",
		field: func(c *Config) any { return &c.Discovery }},
	{Key: "published_url", Flag: "published-url", Check: httpURL,
		Help:  "URL that home clients are told to use, when the node cannot know it: behind a container bridge or a proxy. Its host name is accepted in requests.",
		field: func(c *Config) any { return &c.PublishedURL }},
	{Key: "server_names", Flag: "server-name", Check: hostName, Lower: true,
		Help: "Further host names under which clients reach the node. Requests for any other name are refused (421), " +
			"because a hostile web page could use them; IP addresses, `localhost`, the machine's own name, `<name>.local` and the tunnel's names always work.",
		field: func(c *Config) any { return &c.ServerNames }},
	{Key: "cors_origins", Default: []string{"*"}, Check: webOrigin, Lower: true,
		Help: "Web origins, other than the node's own, whose pages may use the API with a password or token of their own; `*` for any. " +
			"Such pages never gain from where the browser is or whose device it runs on.",
		field: func(c *Config) any { return &c.CORSOrigins }},

	{Key: "lan.subnets", Flag: "lan-subnet", Check: addressRange,
		Help:  "Ranges that count as the home network beside those of the machine's own interfaces: `192.168.20.0/24`; with `!` in front, ranges that never do.",
		field: func(c *Config) any { return &c.LAN.Subnets }},
	{Key: "lan.interfaces", Flag: "lan-interface", Check: interfaceName,
		Help:  "Only these network interfaces are the home network: names, or beginnings with `*` (`eth*`). Empty: all that look like it.",
		field: func(c *Config) any { return &c.LAN.Interfaces }},
	{Key: "lan.ignore_interfaces", Flag: "lan-ignore-interface", Check: interfaceName,
		Help:  "Network interfaces that are never the home network, written the same way. VPN and container interfaces are left out without being named.",
		field: func(c *Config) any { return &c.LAN.IgnoreInterfaces }},

	{Key: "tailnet.enabled", Flag: "tailnet", Default: false,
		Help:  "Join a tailnet and serve its people.",
		field: func(c *Config) any { return &c.Tailnet.Enabled }},
	{Key: "tailnet.hostname", Flag: "tailnet-hostname", Default: "sett", Check: dnsLabel, Lower: true,
		Help:  "The node's name in the tailnet.",
		field: func(c *Config) any { return &c.Tailnet.Hostname }},
	{Key: "tailnet.auth_key",
		Help:  "Key to join with. Without one, a link to approve the node is shown. No flag, because flags are visible to every user of the machine.",
		field: func(c *Config) any { return &c.Tailnet.AuthKey }},
	{Key: "tailnet.auth_key_file", Flag: "tailnet-auth-key-file", Path: true,
		Help:  "File holding the key, instead of `tailnet.auth_key`.",
		field: func(c *Config) any { return &c.Tailnet.authKeyFile }},
	{Key: "tailnet.control_url", Flag: "tailnet-control-url", Check: httpURL, Computed: "the vendor's",
		Help:  "Control server, for those who run their own (Headscale).",
		field: func(c *Config) any { return &c.Tailnet.ControlURL }},
	{Key: "tailnet.tags", Flag: "tailnet-tag", Check: tag,
		Help:  "Tags to ask for when the node joins (`tag:media`); an OAuth client secret as `tailnet.auth_key` needs at least one.",
		field: func(c *Config) any { return &c.Tailnet.Tags }},
	{Key: "tailnet.state_dir", Flag: "tailnet-state-dir", Path: true, Computed: "`tailnet` in `data_dir`",
		Help:  "Folder of the node's tailnet identity.",
		field: func(c *Config) any { return &c.Tailnet.StateDir }},
	{Key: "tailnet.log_upload", Default: false,
		Help:  "Let the tailnet library send its logs to its vendor. Off, the vendor cannot help with support cases.",
		field: func(c *Config) any { return &c.Tailnet.LogUpload }},
	{Key: "tailnet.capability", Default: "sett.example/cap/media", Check: capabilityName,
		Help: "Name of the application capability that the tailnet's policy may grant. Its value is JSON: " +
			"`{\"role\":\"member\",\"libraries\":[\"Films\"],\"maxBitrate\":8000000}`; roles are `admin`, `member` and `guest`.",
		field: func(c *Config) any { return &c.Tailnet.Capability }},
	{Key: "tailnet.people", Check: printable,
		Help:  "Who is who: login name on the tailnet → name of a person on this node. They are signed in without a password, with all the rights of that person.",
		field: func(c *Config) any { return &c.Tailnet.People }},

	{Key: "metadata.online", Flag: "metadata-online", Default: true,
		Help:  "Whether online providers of facts and pictures may be asked at all. Off, nothing is looked up and no name is resolved, whatever providers are chosen.",
		field: func(c *Config) any { return &c.Metadata.Online }},
	{Key: "metadata.providers", Flag: "metadata-provider", Choices: []string{"tmdb", "tvmaze", "musicbrainz"}, Lower: true,
		Help: "Online providers that fill in what files, their names and the files beside them do not say; the first wins. They learn the titles that are looked up. " +
			"`tmdb`: films and series, with a key of your own; `tvmaze`: series; `musicbrainz`: albums, artists and covers. Empty: none.",
		field: func(c *Config) any { return &c.Metadata.Providers }},
	{Key: "metadata.tmdb_key",
		Help:  "Your API key or read access token for TMDB. No flag, because flags are visible to every user of the machine.",
		field: func(c *Config) any { return &c.Metadata.TMDBKey }},
	{Key: "metadata.language", Flag: "metadata-language", Default: "en", Check: language,
		Help:  "Language that providers are asked for, and the country whose age ratings are taken: `de`, `de-AT`.",
		field: func(c *Config) any { return &c.Metadata.Language }},

	{Key: "streaming.ffmpeg", Flag: "ffmpeg", NoEnv: true, Computed: "`ffmpeg` from `PATH`", Program: true,
		Help:  "The ffmpeg program; ffprobe is expected beside it. It can be set in the file or by flag only.",
		field: func(c *Config) any { return &c.Streaming.FFmpeg }},
	{Key: "streaming.segment_dir", Flag: "segment-dir", Path: true, Computed: "`segments` in `cache_dir`",
		Help:  "Folder of the segments of running conversions.",
		field: func(c *Config) any { return &c.Streaming.SegmentDir }},
	{Key: "streaming.max_transcodes", Flag: "max-transcodes", Default: 0, Min: 0, Max: 64,
		Help:  "How many conversions may run at once. 0: one for every two cores, at least one.",
		field: func(c *Config) any { return &c.Streaming.MaxTranscodes }},
	{Key: "streaming.max_sessions", Flag: "max-sessions", Default: 100, Min: 1, Max: 10000,
		Help:  "How many HLS sessions may be open at once; the longest idle one makes room.",
		field: func(c *Config) any { return &c.Streaming.MaxSessions }},

	{Key: "previews.trickplay", Flag: "trickplay", Default: true,
		Help: "Make the small pictures that players show while somebody looks for a place in a film. It is done in the background, from key frames only, " +
			"at the lowest priority and never while somebody plays.",
		field: func(c *Config) any { return &c.Previews.Trickplay }},
	{Key: "previews.trickplay_gb", Default: 10, Min: 1, Max: 10000,
		Help:  "How much disk space trickplay pictures may take in `data_dir`, in GiB. An hour of film takes 1 to 3 MB. When it is used up, further films go without.",
		field: func(c *Config) any { return &c.Previews.TrickplayGB }},
	{Key: "previews.segments", Flag: "segments", Default: true,
		Help: "Look for intros, recaps and credits, so that players can offer to skip them: by chapter names, by the sound that the episodes of a season share, " +
			"and by the dark end of a film. In the background too.",
		field: func(c *Config) any { return &c.Previews.Segments }},

	{Key: "log.level", Flag: "log-level", Default: "info", Choices: []string{"debug", "info", "warn", "error"}, Lower: true,
		Help:  "The least important messages to log.",
		field: func(c *Config) any { return &c.Log.Level }},
	{Key: "log.format", Flag: "log-format", Default: "text", Choices: []string{"text", "json"}, Lower: true,
		Help:  "How log lines are written.",
		field: func(c *Config) any { return &c.Log.Format }},

	{Key: "reported_version", Default: "12.0.0", Check: version,
		Help:  "The server version clients are told. They refuse versions older than they were made for.",
		field: func(c *Config) any { return &c.ReportedVersion }},
	{Key: "web_client_dir", Flag: "web-client-dir", Path: true, Computed: "the built-in web client",
		Help:  "Folder of another web client's build to serve at `/web/`.",
		field: func(c *Config) any { return &c.WebClientDir }},
	{Key: "web_dev_proxy", Flag: "web-dev-proxy", Check: httpURL,
		Help:  "For development: serve `/web/` from the web client's development server at this URL.",
		field: func(c *Config) any { return &c.WebDevProxy }},
}

// find returns the setting with a key.
func find(key string) (setting, bool) {
	for _, s := range settings {
		if s.Key == key {
			return s, true
		}
	}
	return setting{}, false
}

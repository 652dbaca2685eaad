package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"sett/node/library"
)

var update = flag.Bool("update", false, "rewrite docs/settings.md")

// desk is a machine with nothing on it.
func desk(t *testing.T) machine {
	return machine{vars: map[string]string{}, home: "/home/ann", wd: t.TempDir(), hostname: "nas"}
}

func write(t *testing.T, m machine, text string) string {
	t.Helper()
	path := filepath.Join(m.wd, "sett.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func parsed(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	fs := pflag.NewFlagSet("sett", pflag.ContinueOnError)
	fs.Bool("help-me", false, "a flag of somebody else")
	AddFlags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return fs
}

func TestNothingSetGivesTheDefaults(t *testing.T) {
	c, err := load(Sources{}, desk(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, eq := range []struct{ name, got, want string }{
		{"name", c.Name, "nas"},
		{"data", c.DataDir, "/home/ann/.local/share/sett"},
		{"cache", c.CacheDir, "/home/ann/.cache/sett"},
		{"state", c.Tailnet.StateDir, "/home/ann/.local/share/sett/tailnet"},
		{"segments", c.Streaming.SegmentDir, "/home/ann/.cache/sett/segments"},
		{"version", c.ReportedVersion, "12.0.0"},
		{"capability", c.Tailnet.Capability, "sett.example/cap/media"},
		{"log", c.Log.Level + c.Log.Format, "infotext"},
		{"cors", fmt.Sprint(c.CORSOrigins), "[*]"},
	} {
		if eq.got != eq.want {
			t.Errorf("%s is %q, want %q", eq.name, eq.got, eq.want)
		}
	}
	if c.HTTPPort != 8096 || !c.Discovery || c.Tailnet.Enabled || c.Tailnet.LogUpload {
		t.Errorf("defaults are %+v", c)
	}
}

func TestFoldersDependOnTheMachine(t *testing.T) {
	for _, tc := range []struct {
		name        string
		m           machine
		data, cache string
	}{
		{"root", machine{root: true, home: "/root"}, "/var/lib/sett", "/var/cache/sett"},
		{"container", machine{container: true, root: true, wd: "/app"}, "/app/data", "/app/cache"},
		{"xdg", machine{home: "/h", vars: map[string]string{"XDG_DATA_HOME": "/x", "XDG_CACHE_HOME": "/y"}}, "/x/sett", "/y/sett"},
		{"relative xdg is ignored", machine{home: "/h", vars: map[string]string{"XDG_DATA_HOME": "x"}}, "/h/.local/share/sett", "/h/.cache/sett"},
	} {
		c, err := load(Sources{}, tc.m)
		if err != nil || c.DataDir != tc.data || c.CacheDir != tc.cache {
			t.Errorf("%s: %q, %q, %v", tc.name, c.DataDir, c.CacheDir, err)
		}
	}
	if _, err := load(Sources{}, machine{}); err == nil {
		t.Error("a machine without any home folder gave no error")
	}
}

func TestACacheFollowsAChosenDataFolder(t *testing.T) {
	c, err := load(Sources{Env: []string{"SETT_DATA_DIR=/d"}}, desk(t))
	if err != nil || c.CacheDir != "/d/cache" {
		t.Fatal(c.CacheDir, err)
	}
}

func TestLaterSourcesWin(t *testing.T) {
	m := desk(t)
	write(t, m, `
name: File
http_port: 1000
media: [films, /abs]
discovery: no
lan:
  subnets: ["10.1.0.0/16", "!10.1.9.0/24", 192.168.7.9]
tailnet:
  hostname: FromFile
  people:
    Anna@example.com: Anna
    bob: Bob
libraries:
  - {name: Concerts, kind: MusicVideos, paths: [~/c, d]}
  - shows:/srv/tv
`)
	c, err := load(Sources{
		Env: []string{"SETT_HTTP_PORT=2000", "SETT_NAME=Env", "SETT_TAILNET_PEOPLE=carl@x.org=Carl, bob=Rob",
			"SETT_LAN_INTERFACES=eth*, br0", "SETT_LOG_LEVEL=", "PATH=/bin"},
		Flags: parsed(t, "--http-port", "3000", "--tailnet", "--log-format=JSON", "--library=Films=films:/srv/f", "--library=music:m"),
	}, m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "Env" || c.HTTPPort != 3000 || c.Discovery || !c.Tailnet.Enabled || c.Tailnet.Hostname != "fromfile" || c.Log.Format != "json" || c.Log.Level != "info" {
		t.Errorf("%+v", c)
	}
	if want := []string{m.wd + "/films", "/abs"}; !slices.Equal(c.Media, want) {
		t.Errorf("media is %q", c.Media)
	}
	if got := fmt.Sprint(c.LAN.Subnets); got != "[10.1.0.0/16 !10.1.9.0/24 192.168.7.9]" {
		t.Errorf("subnets are %s", got)
	}
	if got := fmt.Sprint(c.Tailnet.People); got != "map[anna@example.com:Anna bob:Rob carl@x.org:Carl]" {
		t.Errorf("people are %s", got)
	}
	if got := fmt.Sprint(c.LAN.Interfaces); got != "[eth* br0]" {
		t.Errorf("interfaces are %s", got)
	}
	want := fmt.Sprint([]Library{{"Films", library.Movies, []string{"/srv/f"}}, {"", library.Music, []string{m.wd + "/m"}}})
	if got := fmt.Sprint(c.Libraries); got != want {
		t.Errorf("libraries are %s, want %s", got, want)
	}
}

func TestLibrariesComeFromTheFile(t *testing.T) {
	m := desk(t)
	path := write(t, m, "libraries:\n  - {name: Concerts, kind: MusicVideos, paths: [~/c, d]}\n  - shows:/srv/tv\n")
	c, err := load(Sources{File: path}, m)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]Library{
		{"Concerts", library.MusicVideos, []string{"/home/ann/c", m.wd + "/d"}},
		{"", library.TVShows, []string{"/srv/tv"}}})
	if got := fmt.Sprint(c.Libraries); got != want || c.File != path {
		t.Errorf("libraries are %s, want %s", got, want)
	}
}

// TestEveryMistakeIsNamedWithItsPlace is the table of what people get wrong.
func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		env, args  []string
		want       []string // "FILE" stands for the file's path
	}{
		{name: "misspelt", file: "name: x\n\nhtp_port: 1\n", want: []string{"FILE:3: htp_port: unknown setting; did you mean http_port? (valid here: name, data_dir, "}},
		{name: "other spelling", file: "httpPort: 1\n", want: []string{"FILE:1: httpPort: unknown setting; did you mean http_port?"}},
		{name: "wrong section", file: "tailnet:\n  log:\n    level: x\nauth_key: y\n", want: []string{
			"FILE:2: tailnet.log: unknown setting", "FILE:4: auth_key: unknown setting; did you mean tailnet.auth_key?"}},
		{name: "unknown", file: "log:\n  zzzzzz: 1\n", want: []string{"FILE:2: log.zzzzzz: unknown setting; valid here: level, format"}},
		{name: "dotted", file: "tailnet.hostname: x\n", want: []string{`FILE:1: tailnet.hostname: write it as a section: "tailnet:", then "hostname:"`}},
		{name: "not a section", file: "log: debug\n", want: []string{"FILE:1: log: is a section; want indented below it: level, format"}},
		{name: "twice", file: "name: a\nname: b\n", want: []string{"FILE:2: name: is set twice; the first is on line 1"}},
		{name: "not yaml", file: "name: a\n\tb: c\n", want: []string{"FILE:2: not valid YAML"}},
		{name: "not settings", file: "- a\n", want: []string{`FILE:1: want lines of "setting: value"`}},
		{name: "secret", file: "tailnet: {auth_key: 12345}\n", want: []string{"FILE:1: tailnet.auth_key: want text; put it in quotes"}},
		{name: "choice", file: "log:\n  format: text\n  level: loud\n", want: []string{`FILE:3: log.level: "loud" is not one of debug, info, warn, error`}},
		{name: "port", file: "http_port: 70000\n", want: []string{"FILE:1: http_port: 70000 is not between 0 and 65535"}},
		{name: "number", file: "http_port: many\n", want: []string{`FILE:1: http_port: "many" is not a whole number`}},
		{name: "fraction", file: "http_port: 1.5\n", want: []string{"FILE:1: http_port: want a whole number, got the number 1.5"}},
		{name: "switch", file: "discovery: perhaps\n", want: []string{`FILE:1: discovery: "perhaps" is not one of true, false`}},
		{name: "text", file: "name: 42\n", want: []string{"FILE:1: name: want text, got the number 42; put it in quotes"}},
		{name: "element", file: "lan:\n  subnets:\n    - 10.0.0.0/8\n    - ten\n", want: []string{`FILE:4: lan.subnets[1]: "ten": want an address range`}},
		{name: "internet", file: "lan: {subnets: [0.0.0.0/0]}\n", want: []string{"FILE:1: lan.subnets[0]: \"0.0.0.0/0\": the whole internet is no home network"}},
		{name: "library kind", file: "libraries:\n  - name: A\n    kind: filmz\n    paths: [/a]\n", want: []string{`FILE:3: libraries[0].kind: "filmz" is not one of movies, shows, music`}},
		{name: "library key", file: "libraries:\n  - kind: movies\n    pats: [/a]\n", want: []string{"FILE:3: libraries[0].pats: unknown setting; did you mean paths?"}},
		{name: "library without kind", file: "libraries:\n  - paths: [/a]\n", want: []string{"FILE:2: libraries[0]: a library needs a kind: movies"}},
		{name: "library without paths", file: "libraries:\n  - kind: movies\n", want: []string{"FILE:2: libraries[0]: a library needs paths"}},
		{name: "people", file: "tailnet:\n  people:\n    a@b.c: [x]\n", want: []string{"FILE:3: tailnet.people.a@b.c: want text, got a list"}},
		{name: "people as list", file: "tailnet:\n  people: [x]\n", want: []string{`FILE:2: tailnet.people: want one line "name: value" for each, got a list`}},
		{name: "url", file: "published_url: nas:8096\n", want: []string{"FILE:1: published_url: \"nas:8096\": want a URL"}},
		{name: "version", file: "reported_version: '12.0'\n", want: []string{"FILE:1: reported_version: \"12.0\": want three numbers"}},
		{name: "host", file: "server_names: [http://x]\n", want: []string{"FILE:1: server_names[0]: \"http://x\": want a host name"}},
		{name: "capability", file: "tailnet: {capability: tailscale.com/cap/x}\n", want: []string{"belong to the tailnet itself"}},
		{name: "variable", env: []string{"SETT_HTTP_PROT=1"}, want: []string{"SETT_HTTP_PROT: unknown setting; did you mean SETT_HTTP_PORT?"}},
		{name: "variable's value", env: []string{"SETT_LAN_SUBNETS=10.0.0.0/8,x"}, want: []string{`SETT_LAN_SUBNETS: lan.subnets: "x": want an address range`}},
		{name: "ffmpeg", env: []string{"SETT_STREAMING_FFMPEG=/tmp/x"}, want: []string{"SETT_STREAMING_FFMPEG: streaming.ffmpeg: is taken from the file or a flag only"}},
		{name: "provider", file: "metadata: {providers: [tvmaze, imdb]}\n", want: []string{`FILE:1: metadata.providers[1]: "imdb" is not one of tmdb, tvmaze, musicbrainz`}},
		{name: "language", env: []string{"SETT_METADATA_LANGUAGE=german"}, want: []string{`SETT_METADATA_LANGUAGE: metadata.language: "german": want a language`}},
		{name: "country", env: []string{"SETT_METADATA_LANGUAGE=de-at"}, want: []string{`metadata.language: "de-at": want a language`}},
		{name: "numeric key", file: "metadata: {tmdb_key: 12345}\n", want: []string{"FILE:1: metadata.tmdb_key: want text; put it in quotes"}},
		{name: "flag", args: []string{"--http-port=x"}, want: []string{`--http-port: http_port: "x" is not a whole number`}},
		{name: "same folder", file: "data_dir: /d\ncache_dir: /d\n", want: []string{"cache_dir: must be another folder than data_dir"}},
		{name: "key twice", file: "tailnet: {auth_key: k, auth_key_file: /f}\n", want: []string{"tailnet.auth_key: is set twice"}},
		{name: "key file", file: "tailnet: {auth_key_file: /does/not/exist}\n", want: []string{"tailnet.auth_key_file: open /does/not/exist: no such file"}},
		{name: "all at once", file: "nam: x\nlog: {level: loud}\n", env: []string{"SETT_HTTP_PORT=-1"}, args: []string{"--log-format", "xml"}, want: []string{
			"4 problems in the settings:", "FILE:1: nam: unknown setting; did you mean name?", `FILE:2: log.level: "loud"`,
			"SETT_HTTP_PORT: http_port: -1 is not between 0 and 65535", `--log-format: log.format: "xml" is not one of text, json`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := desk(t)
			src := Sources{Env: tc.env, Flags: parsed(t, tc.args...)}
			if tc.file != "" {
				src.File = write(t, m, tc.file)
			}
			c, err := load(src, m)
			var e *Error
			if !errors.As(err, &e) || e.ExitCode() != 2 {
				t.Fatalf("no *Error but %v", err)
			}
			if c.HTTPPort != 0 || c.Name != "" {
				t.Errorf("a half-made Config came with the error: %+v", c)
			}
			for _, w := range tc.want {
				if strings.Contains(err.Error(), "12345") {
					t.Errorf("a secret is shown: %v", err)
				}
				if w = strings.ReplaceAll(w, "FILE", src.File); !strings.Contains(err.Error(), w) {
					t.Errorf("the error does not say %q but\n%v", w, err)
				}
			}
		})
	}
}

func TestANamedFileMustExistAndAFoundOneIsRead(t *testing.T) {
	m := desk(t)
	if _, err := load(Sources{File: "/does/not/exist.yaml"}, m); err == nil {
		t.Error("a missing file that was named gave no error")
	}
	m.vars[FileEnv] = "/neither/does/this.yaml"
	if _, err := load(Sources{}, m); err == nil {
		t.Errorf("a missing file named by %s gave no error", FileEnv)
	}
	delete(m.vars, FileEnv)
	if c, err := load(Sources{}, m); err != nil || c.File != "" {
		t.Error(c.File, err)
	}
	path := write(t, m, "# nothing yet\n")
	if c, err := load(Sources{}, m); err != nil || c.File != path {
		t.Error(c.File, err)
	}
}

func TestVariablesOfContainerPlatformsAreNotSettings(t *testing.T) {
	_, err := load(Sources{Env: []string{"SETT_SERVICE_HOST=10.0.0.1", "SETT_SERVICE_PORT_HTTP=80", "SETT_PORT=tcp://10.0.0.1:80", "SETT_PORT_80_TCP_ADDR=10.0.0.1"}}, desk(t))
	if err != nil {
		t.Fatal(err)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	m := desk(t)
	const key = "tskey-very-secret"
	keyFile := filepath.Join(m.wd, "key")
	if err := os.WriteFile(keyFile, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(Sources{File: write(t, m, "tailnet: {auth_key_file: key}\n")}, m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Tailnet.AuthKey.Reveal() != key {
		t.Fatalf("the key is %q", c.Tailnet.AuthKey.Reveal())
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{c.String(), fmt.Sprint(c), fmt.Sprintf("%+v", c.Tailnet), fmt.Sprintf("%#v", c), string(asJSON)} {
		if strings.Contains(shown, key) {
			t.Errorf("shown in %s", shown)
		}
	}
	if !strings.Contains(c.String(), "tailnet.auth_key = (set)") {
		t.Error("one cannot see that the key is set")
	}
}

func TestThatNoSecretCanBeAFlag(t *testing.T) {
	for _, s := range settings {
		if typeName(s) == "secret" && s.Flag != "" {
			t.Errorf("%s would be visible in the process list", s.Key)
		}
	}
}

func TestEverySettingIsUsableAndDistinct(t *testing.T) {
	seen := map[string]string{}
	fields := map[any]string{}
	var c Config
	for _, s := range settings {
		for _, name := range []string{s.Key, s.envName(), "--" + s.Flag} {
			if other, twice := seen[name]; twice && name != "--" {
				t.Errorf("%s and %s share %s", s.Key, other, name)
			}
			seen[name] = s.Key
		}
		f := s.field(&c)
		if other, twice := fields[f]; twice {
			t.Errorf("%s and %s share a field", s.Key, other)
		}
		fields[f] = s.Key
		if s.Help == "" || strings.Contains(shown(f), "(*") {
			t.Errorf("%s has no help or cannot be shown", s.Key)
		}
	}
}

func TestTheReferenceIsUpToDate(t *testing.T) {
	const path = "../../docs/settings.md"
	if *update {
		if err := os.WriteFile(path, Reference(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Reference()) {
		t.Error("docs/settings.md differs from the table; run: go test ./node/config -update")
	}
}

func TestTheDistanceOfSlips(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"port", "prot", 1}, {"name", "nam", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("from %q to %q: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func FuzzAFileIsReadOrRefusedNeverBoth(f *testing.F) {
	for _, s := range []string{"name: x", "a: &a [*a]", "libraries: [{}]", "tailnet: {people: {a.b: c}}", "lan: !!binary x", "? [a]\n: b", "<<: {name: y}", "log: &l {level: info}\ntailnet: *l"} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "sett.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := load(Sources{File: path}, machine{home: "/h", wd: dir})
		var e *Error
		if err != nil && (!errors.As(err, &e) || len(e.Problems) == 0) {
			t.Fatalf("untyped error %v", err)
		}
		if (err == nil) != (c.DataDir != "") {
			t.Fatalf("neither settings nor an error: %v", err)
		}
	})
}

func TestOnlineProvidersAreOffUntilChosen(t *testing.T) {
	m := desk(t)
	c, err := load(Sources{}, m)
	if err != nil || len(c.Metadata.Providers) != 0 || c.Metadata.Language != "en" {
		t.Errorf("%+v, %v", c.Metadata, err)
	}
	c, err = load(Sources{Env: []string{"SETT_METADATA_PROVIDERS=TVmaze,tmdb", "SETT_METADATA_TMDB_KEY=hush", "SETT_METADATA_LANGUAGE=de-AT"}}, m)
	if err != nil || strings.Join(c.Metadata.Providers, " ") != "tvmaze tmdb" || c.Metadata.TMDBKey.Reveal() != "hush" || c.Metadata.Language != "de-AT" {
		t.Errorf("%+v, %v", c.Metadata, err)
	}
	if strings.Contains(c.String(), "hush") {
		t.Error("the key shows")
	}
}

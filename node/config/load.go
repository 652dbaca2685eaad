package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// Sources is where settings come from.
type Sources struct {
	File  string         // settings file; "" for $SETT_CONFIG, else the first of [Places] that exists
	Env   []string       // as from os.Environ; nil for none
	Flags *pflag.FlagSet // parsed, with the flags of [AddFlags]; nil for none
}

// Load reads every source, each over the one before: defaults, file, environment,
// flags. When anything is wrong the error is an [*Error] naming all of it.
func Load(src Sources) (Config, error) { return load(src, thisMachine(src.Env)) }

func load(src Sources, m machine) (Config, error) {
	l := &loader{m: m}
	l.defaults()
	l.file(src.File)
	l.env(src.Env)
	l.flags(src.Flags)
	if len(l.problems) == 0 {
		l.complete()
	}
	if len(l.problems) > 0 {
		return Config{}, &Error{l.problems}
	}
	return l.cfg, nil
}

type loader struct {
	m        machine
	cfg      Config
	problems []Problem
}

func (l *loader) fail(where, key, text string) {
	l.problems = append(l.problems, Problem{where, key, text})
}

// apply decodes one source's values over the earlier ones. where names the place
// of a path within the source.
func (l *loader) apply(k *koanf.Koanf, base string, where func(s setting, at string) string) {
	d := decoder{base: base, home: l.m.home}
	for _, s := range settings {
		v := k.Get(s.Key)
		if v == nil || v == "" {
			continue // written, but left empty: as if it were not there
		}
		for _, f := range d.decode(s, &l.cfg, v) {
			l.fail(where(s, f.at), s.Key+f.at, f.text)
		}
	}
}

func (l *loader) defaults() {
	values := map[string]any{}
	for _, s := range settings {
		if s.Default != nil {
			values[s.Key] = s.Default
		}
	}
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(values, "."), nil); err != nil {
		l.fail("defaults", "", err.Error())
	}
	l.apply(k, "", func(setting, string) string { return "defaults" })
}

func (l *loader) file(path string) {
	path, data, err := l.m.open(path)
	if err != nil {
		l.fail("", "", err.Error())
		return
	}
	if path == "" {
		return
	}
	l.cfg.File = path
	lines, ok := l.checkFile(path, data)
	if !ok {
		return
	}
	k := koanf.New(".")
	if err := k.Load(rawbytes.Provider(data), yaml.Parser()); err != nil {
		l.notYAML(path, err)
		return
	}
	l.apply(k, filepath.Dir(path), func(s setting, at string) string { return lines.where(path, s.Key+at) })
}

func (l *loader) env(environ []string) {
	if environ == nil {
		return
	}
	k := koanf.New(".")
	err := k.Load(env.Provider(".", env.Opt{
		Prefix:      EnvPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			return l.variable(name, value)
		},
	}), nil)
	if err != nil {
		l.fail("environment", "", err.Error())
		return
	}
	l.apply(k, l.m.wd, func(s setting, _ string) string { return s.Env() })
}

// variable turns an environment variable into a key and value; "" for none.
func (l *loader) variable(name, value string) (string, any) {
	if name == FileEnv || value == "" || injected(name, value) {
		return "", nil
	}
	for _, s := range settings {
		if s.envName() != name {
			continue
		}
		if s.NoEnv {
			l.fail(name, s.Key, "is taken from the file or a flag only")
			return "", nil
		}
		return s.Key, split(s, value)
	}
	l.fail(name, "", unknownVariable(name))
	return "", nil
}

func unknownVariable(name string) string {
	names := []string{FileEnv}
	for _, s := range settings {
		if s.Env() != "" {
			names = append(names, s.Env())
		}
	}
	if n := nearest(name, names); n != "" {
		return fmt.Sprintf("unknown setting; did you mean %s?", n)
	}
	return "unknown setting; docs/settings.md lists the names of all"
}

// injected recognises variables that container platforms add for a service that
// happens to be called "sett"; nobody meant them as settings.
func injected(name, value string) bool {
	rest := strings.TrimPrefix(name, EnvPrefix)
	return rest == "SERVICE_HOST" || strings.HasPrefix(rest, "SERVICE_PORT") ||
		rest == "PORT" && strings.Contains(value, "://") ||
		strings.HasPrefix(rest, "PORT_") && strings.ContainsAny(rest, "0123456789")
}

// split prepares a variable's text: lists are separated by commas, the entries of
// a mapping are name=value.
func split(s setting, value string) any {
	switch s.field(&Config{}).(type) {
	case *[]string, *[]Library:
		parts := strings.Split(value, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	case *map[string]string:
		m := map[string]any{}
		for p := range strings.SplitSeq(value, ",") {
			k, v, _ := strings.Cut(p, "=")
			m[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
		return m
	}
	return value
}

func (l *loader) flags(fs *pflag.FlagSet) {
	if fs == nil {
		return
	}
	k := koanf.New(".")
	err := k.Load(posflag.ProviderWithFlag(fs, ".", nil, func(f *pflag.Flag) (string, any) {
		v, ours := f.Value.(*flagValue)
		if !ours || !f.Changed {
			return "", nil
		}
		return v.key, v.value()
	}), nil)
	if err != nil {
		l.fail("flags", "", err.Error())
		return
	}
	l.apply(k, l.m.wd, func(s setting, _ string) string { return "--" + s.Flag })
}

// complete fills what depends on other settings or the machine, and checks what
// concerns more than one setting.
func (l *loader) complete() {
	c, m := &l.cfg, l.m
	dataSet := c.DataDir != ""
	c.Name = or(c.Name, m.hostname, "Sett")
	c.DataDir = or(c.DataDir, m.dataDir())
	if c.CacheDir == "" && dataSet {
		c.CacheDir = filepath.Join(c.DataDir, "cache")
	}
	c.CacheDir = or(c.CacheDir, m.cacheDir())
	c.Tailnet.StateDir = or(c.Tailnet.StateDir, filepath.Join(c.DataDir, "tailnet"))
	c.Streaming.SegmentDir = or(c.Streaming.SegmentDir, filepath.Join(c.CacheDir, "segments"))
	c.PublishedURL = strings.TrimRight(c.PublishedURL, "/")
	if c.DataDir == "" || c.CacheDir == "" {
		l.fail("", "data_dir", "no home folder is known; set data_dir")
	}
	if c.DataDir != "" && c.DataDir == c.CacheDir {
		l.fail("", "cache_dir", "must be another folder than data_dir, because the cache may be emptied")
	}
	l.authKey()
}

func (l *loader) authKey() {
	t := &l.cfg.Tailnet
	if t.authKeyFile == "" {
		return
	}
	if t.AuthKey != "" {
		l.fail("", "tailnet.auth_key", "is set twice; use either tailnet.auth_key or tailnet.auth_key_file")
		return
	}
	key, err := os.ReadFile(t.authKeyFile)
	if err == nil && strings.TrimSpace(string(key)) == "" {
		err = fmt.Errorf("%s is empty", t.authKeyFile)
	}
	if err != nil {
		l.fail("", "tailnet.auth_key_file", err.Error())
		return
	}
	t.AuthKey = Secret(strings.TrimSpace(string(key)))
}

// or returns the first of several texts that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

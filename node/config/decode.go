package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sett/node/library"
)

// fault is one thing wrong inside a value; at is the place within it ("[1].kind").
type fault struct{ at, text string }

// decoder writes the values of one source into a Config.
type decoder struct {
	base string // what relative paths start from
	home string // what ~ stands for
}

// decode reads v, as parsed from YAML or given as text, into the setting's field.
func (d decoder) decode(s setting, c *Config, v any) []fault {
	var err error
	switch f := s.field(c).(type) {
	case *string:
		*f, err = d.text(s, v)
	case *Secret:
		t, ok := v.(string)
		if !ok {
			err = errors.New("want text; put it in quotes") // without repeating it
		}
		*f = Secret(t)
	case *bool:
		*f, err = asBool(v)
	case *int:
		*f, err = asInt(s, v)
	case *[]string:
		return d.texts(s, f, v)
	case *map[string]string:
		return d.mapping(s, f, v)
	case *[]Library:
		return d.libraries(s, f, v)
	default:
		panic(fmt.Sprintf("config: no decoder for %T of %s", f, s.Key))
	}
	if err != nil {
		return []fault{{"", err.Error()}}
	}
	return nil
}

// text reads and checks one piece of text.
func (d decoder) text(s setting, v any) (string, error) {
	t, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("want text, got %s; put it in quotes", describe(v))
	}
	if t == "" {
		return "", nil
	}
	if s.Lower {
		t = strings.ToLower(t)
	}
	if len(s.Choices) > 0 && !slices.Contains(s.Choices, t) {
		return "", fmt.Errorf("%q is not one of %s", t, strings.Join(s.Choices, ", "))
	}
	if s.Check != nil {
		if err := s.Check(t); err != nil {
			return "", fmt.Errorf("%q: %w", t, err)
		}
	}
	if s.Program && !strings.ContainsRune(t, filepath.Separator) {
		return t, nil // searched in PATH
	}
	if s.Path || s.Program {
		return d.path(t)
	}
	return t, nil
}

// path makes a path absolute.
func (d decoder) path(t string) (string, error) {
	if strings.ContainsRune(t, 0) {
		return "", fmt.Errorf("%q: a path has no NUL byte", t)
	}
	if rest, ok := strings.CutPrefix(t, "~/"); ok && d.home != "" {
		t = filepath.Join(d.home, rest)
	}
	if !filepath.IsAbs(t) {
		t = filepath.Join(d.base, t)
	}
	return filepath.Clean(t), nil
}

func (d decoder) texts(s setting, dst *[]string, v any) []fault {
	var faults []fault
	out := []string{}
	for i, e := range list(v) {
		t, err := d.text(s, e)
		if err == nil && t == "" {
			err = fmt.Errorf("empty")
		}
		if err != nil {
			faults = append(faults, fault{place(v, i), err.Error()})
			continue
		}
		out = append(out, t)
	}
	*dst = out
	return faults
}

// mapping adds to what an earlier source has put there.
func (d decoder) mapping(s setting, dst *map[string]string, v any) []fault {
	m, ok := v.(map[string]any)
	if !ok {
		return []fault{{"", fmt.Sprintf("want one line \"name: value\" for each, got %s", describe(v))}}
	}
	var faults []fault
	out := maps.Clone(*dst)
	if out == nil {
		out = map[string]string{}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		t, err := d.text(s, m[k])
		if err == nil && (t == "" || k == "") {
			err = fmt.Errorf("want a name on both sides")
		}
		if err != nil {
			faults = append(faults, fault{"." + k, err.Error()})
			continue
		}
		out[strings.ToLower(k)] = t // logins are compared without case
	}
	*dst = out
	return faults
}

// list treats a single value as a list of one.
func list(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out
	}
	return []any{v}
}

func place(v any, i int) string {
	if _, ok := v.([]any); ok {
		return fmt.Sprintf("[%d]", i)
	}
	return ""
}

func asBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(v) {
		case "true", "yes", "on", "1":
			return true, nil
		case "false", "no", "off", "0":
			return false, nil
		}
		return false, fmt.Errorf("%q is not one of true, false", v)
	}
	return false, fmt.Errorf("want true or false, got %s", describe(v))
}

func asInt(s setting, v any) (int, error) {
	var n int
	switch v := v.(type) {
	case int:
		n = v
	case string:
		var err error
		if n, err = strconv.Atoi(strings.TrimSpace(v)); err != nil {
			return 0, fmt.Errorf("%q is not a whole number", v)
		}
	default:
		return 0, fmt.Errorf("want a whole number, got %s", describe(v))
	}
	if s.Min != s.Max && (n < s.Min || n > s.Max) {
		return 0, fmt.Errorf("%d is not between %d and %d", n, s.Min, s.Max)
	}
	return n, nil
}

func describe(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a section"
	case []any:
		return "a list"
	case bool:
		return fmt.Sprintf("the yes-or-no value %v", v)
	case int, float64, uint64:
		return fmt.Sprintf("the number %v", v)
	}
	return fmt.Sprintf("%v", v)
}

// kinds are the words for what a library holds; the first of each is the one we show.
var kinds = []struct {
	kind  library.Collection
	names []string
}{
	{library.Movies, []string{"movies", "movie", "films", "film"}},
	{library.TVShows, []string{"shows", "tvshows", "tv", "series"}},
	{library.Music, []string{"music"}},
	{library.MusicVideos, []string{"musicvideos"}},
	{library.HomeVideos, []string{"homevideos"}},
	{library.Photos, []string{"photos"}},
	{library.Books, []string{"books", "audiobooks"}},
	{library.Mixed, []string{"mixed"}},
}

// KindNames are the names of the kinds of library, as the settings spell them.
func KindNames() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.names[0])
	}
	return out
}

// ParseKind reads the name of a kind of library, in any case.
func ParseKind(s string) (library.Collection, error) {
	for _, k := range kinds {
		if slices.Contains(k.names, strings.ToLower(strings.TrimSpace(s))) {
			return k.kind, nil
		}
	}
	return "", fmt.Errorf("%q is not one of %s", s, strings.Join(KindNames(), ", "))
}

package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var libraryKeys = []string{"name", "kind", "paths"}

// libraries reads the list of libraries: sections in the file, lines of text elsewhere.
func (d decoder) libraries(s setting, dst *[]Library, v any) []fault {
	var faults []fault
	var out []Library
	for i, e := range list(v) {
		l, fs := d.library(s, e)
		for _, f := range fs {
			faults = append(faults, fault{place(v, i) + f.at, f.text})
		}
		out = append(out, l)
	}
	*dst = out
	return faults
}

func (d decoder) library(s setting, v any) (Library, []fault) {
	switch v := v.(type) {
	case string:
		l, err := d.libraryLine(v)
		if err != nil {
			return l, []fault{{"", err.Error()}}
		}
		return l, nil
	case map[string]any:
		return d.librarySection(s, v)
	}
	return Library{}, []fault{{"", "want a section with name, kind and paths, got " + describe(v)}}
}

func (d decoder) librarySection(s setting, m map[string]any) (Library, []fault) {
	var l Library
	var faults []fault
	fail := func(at string, err error) {
		if err != nil {
			faults = append(faults, fault{at, err.Error()})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		switch k {
		case "name":
			var err error
			l.Name, err = d.text(setting{Check: printable}, m[k])
			fail(".name", err)
		case "kind":
			t, err := d.text(setting{}, m[k])
			if err == nil {
				l.Kind, err = ParseKind(t)
			}
			fail(".kind", err)
		case "paths", "path":
			for _, f := range d.texts(s, &l.Paths, m[k]) {
				faults = append(faults, fault{"." + k + f.at, f.text})
			}
		default:
			fail("."+k, errors.New(unknown(k, libraryKeys)))
		}
	}
	if _, ok := m["kind"]; !ok {
		fail("", fmt.Errorf("a library needs a kind: %s", strings.Join(KindNames(), ", ")))
	}
	if len(l.Paths) == 0 && len(faults) == 0 {
		fail("", errors.New("a library needs paths"))
	}
	return l, faults
}

// libraryLine reads kind:path or name=kind:path.
func (d decoder) libraryLine(t string) (Library, error) {
	var l Library
	kind, path, ok := strings.Cut(t, ":")
	if !ok || path == "" {
		return l, fmt.Errorf("%q: want kind:path or name=kind:path", t)
	}
	if name, k, named := strings.Cut(kind, "="); named {
		l.Name, kind = strings.TrimSpace(name), k
		if err := printable(l.Name); err != nil {
			return l, fmt.Errorf("name %q: %w", l.Name, err)
		}
	}
	var err error
	if l.Kind, err = ParseKind(kind); err != nil {
		return l, err
	}
	p, err := d.path(path)
	l.Paths = []string{p}
	return l, err
}

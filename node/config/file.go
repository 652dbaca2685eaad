package config

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lineOf maps the path of every value in a file to its line.
type lineOf map[string]int

// where names the line of a path, or of the nearest thing around it that has one.
func (l lineOf) where(file, path string) string {
	for path != "" {
		if n, ok := l[path]; ok {
			return fmt.Sprintf("%s:%d", file, n)
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return file
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s+)?line (\d+): (.*)`)

// checkFile reports what is no setting, and returns where everything stands. It is
// false when the file cannot be read as settings at all.
func (l *loader) checkFile(path string, data []byte) (lineOf, bool) {
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, false // empty
	} else if err != nil {
		l.notYAML(path, err)
		return nil, false
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, false
	}
	if root.Kind != yaml.MappingNode {
		l.fail(fmt.Sprintf("%s:%d", path, root.Line), "", "want lines of \"setting: value\"")
		return nil, false
	}
	lines := lineOf{}
	lines.note("", root)
	return lines, l.section(path, "", root)
}

// notYAML reports a parser's error with the line it names.
func (l *loader) notYAML(path string, err error) {
	where, text := path, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		where, text = path+":"+m[1], m[2]
	}
	l.fail(where, "", "not valid YAML: "+text)
}

// note records the line of n and of everything in it.
func (l lineOf) note(path string, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
			l[p] = n.Content[i].Line
			l.note(p, n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, e := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			l[p] = e.Line
			l.note(p, e)
		}
	}
}

// section checks that every key of a mapping is a setting or a section of them,
// and stands there once. It is false when the parser will refuse the file for a
// key that stands twice.
func (l *loader) section(file, prefix string, n *yaml.Node) bool {
	ok, seen := true, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		where, key := fmt.Sprintf("%s:%d", file, n.Content[i].Line), prefix+name
		if first, twice := seen[name]; twice {
			l.fail(where, key, fmt.Sprintf("is set twice; the first is on line %d", first))
			ok = false
			continue
		}
		seen[name] = n.Content[i].Line
		switch _, known := find(key); {
		case known && !strings.Contains(name, "."):
		case known:
			l.fail(where, key, fmt.Sprintf("write it as a section: \"%s:\", then \"%s:\" indented below", section(key), name[strings.LastIndex(name, ".")+1:]))
		case !isSection(key):
			l.fail(where, key, unknownKey(prefix, name))
		case value.Kind != yaml.MappingNode && value.Tag != "!!null":
			l.fail(where, key, "is a section; want indented below it: "+strings.Join(keysIn(key+"."), ", "))
		default:
			ok = l.section(file, key+".", value) && ok
		}
	}
	return ok
}

func section(key string) string { return key[:max(strings.LastIndex(key, "."), 0)] }

func isSection(key string) bool { return len(keysIn(key+".")) > 0 }

// keysIn lists the names directly below a prefix, sections included.
func keysIn(prefix string) []string {
	var out []string
	for _, s := range settings {
		rest, ok := strings.CutPrefix(s.Key, prefix)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		if len(out) == 0 || out[len(out)-1] != name {
			out = append(out, name)
		}
	}
	return out
}

// unknownKey describes a key that is no setting; it may be misspelt, or belong to
// another section.
func unknownKey(prefix, name string) string {
	valid := keysIn(prefix)
	if nearest(name, valid) == "" {
		for _, s := range settings {
			if last := s.Key[strings.LastIndex(s.Key, ".")+1:]; fold(last) == fold(name) || fold(s.Key) == fold(name) {
				return fmt.Sprintf("unknown setting; did you mean %s?", s.Key)
			}
		}
	}
	return unknown(name, valid)
}

package config

import (
	"fmt"
	"strings"
)

const preface = `# Settings

<!-- Generated from node/config; change the table there, then run: go test ./node/config -update -->

Every setting can stand in the file, most also in the environment or as a flag. Later
sources win: defaults, then ` + "`sett.yaml`" + `, then ` + "`SETT_*`" + ` variables, then flags. The file is the
one named by ` + "`--config`" + ` or ` + "`SETT_CONFIG`" + `, else the first found of ` + "`./sett.yaml`, `$XDG_CONFIG_HOME/sett/sett.yaml`" + `
(` + "`~/.config/sett/sett.yaml`" + `) and ` + "`/etc/sett/sett.yaml`" + `.

An unknown name or a bad value stops the start with exit code 2 and a line for each
mistake. An empty value counts as not set. In variables, lists are separated by commas
and the entries of a mapping are written ` + "`name=value`" + `. Relative paths start from the file's folder,
or from the working directory in variables and flags.

` + "```yaml" + `
name: Home
media: /srv/media
libraries:
  - name: Concerts
    kind: musicvideos
    paths: [/srv/concerts]
tailnet:
  enabled: true
  people:
    anna@example.com: Anna
` + "```" + `
`

// Reference returns docs/settings.md.
func Reference() []byte {
	var b strings.Builder
	b.WriteString(preface)
	group := "-"
	for _, s := range settings {
		if g := section(s.Key); g != group {
			group = g
			fmt.Fprintf(&b, "\n## %s\n", or(g, "The node"))
		}
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n", s.Key, s.Help)
		fmt.Fprintf(&b, "- Type: %s\n", typeText(s))
		fmt.Fprintf(&b, "- Default: %s\n", or(defaultText(s), "none"))
		if s.Env() != "" {
			fmt.Fprintf(&b, "- Variable: `%s`\n", s.Env())
		}
		if s.Flag != "" {
			fmt.Fprintf(&b, "- Flag: `--%s`\n", s.Flag)
		}
	}
	return []byte(b.String())
}

// typeName names the type of a setting's field.
func typeName(s setting) string {
	switch s.field(&Config{}).(type) {
	case *bool:
		return "bool"
	case *int:
		return "number"
	case *Secret:
		return "secret"
	case *[]string:
		return "list"
	case *[]Library:
		return "libraries"
	case *map[string]string:
		return "mapping"
	}
	if s.Path || s.Program {
		return "path"
	}
	return "text"
}

// typeText describes the type and the valid values for the reference.
func typeText(s setting) string {
	switch typeName(s) {
	case "bool":
		return "`true` or `false`"
	case "number":
		return fmt.Sprintf("whole number from %d to %d", s.Min, s.Max)
	case "secret":
		return "text, never shown or logged"
	case "list":
		if s.Path {
			return "list of paths"
		}
		return "list of text"
	case "libraries":
		return "list of libraries"
	case "mapping":
		return "mapping of text to text"
	}
	if len(s.Choices) > 0 {
		return "one of `" + strings.Join(s.Choices, "`, `") + "`"
	}
	return typeName(s)
}

// defaultText is the default in words, "" for none.
func defaultText(s setting) string {
	if s.Computed != "" {
		return s.Computed
	}
	if l, ok := s.Default.([]string); ok {
		return "`" + strings.Join(l, "`, `") + "`"
	}
	if s.Default == nil {
		return ""
	}
	return fmt.Sprintf("`%v`", s.Default)
}

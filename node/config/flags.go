package config

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// AddFlags adds a flag for every setting that has one. Their text is checked by
// [Load], with everything else, so that all mistakes are reported together.
func AddFlags(fs *pflag.FlagSet) {
	for _, s := range settings {
		if s.Flag == "" {
			continue
		}
		v := &flagValue{key: s.Key, kind: typeName(s)}
		f := fs.VarPF(v, s.Flag, "", usage(s))
		if v.kind == "bool" {
			f.NoOptDefVal = "true"
		}
	}
}

// usage is the setting's help as plain text for a terminal: its first sentence,
// the choices and the default.
func usage(s setting) string {
	text := strings.ReplaceAll(s.Help, "`", "")
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i+1]
	}
	text = strings.TrimSuffix(text, ".")
	if len(s.Choices) > 0 {
		text += ": " + strings.Join(s.Choices, ", ")
	}
	if d := defaultText(s); d != "" {
		text += fmt.Sprintf(" (default %s)", strings.ReplaceAll(d, "`", ""))
	}
	return text
}

// flagValue keeps a flag's text as given.
type flagValue struct {
	key, kind string
	texts     []string
}

func (v *flagValue) many() bool {
	return v.kind == "list" || v.kind == "libraries"
}

func (v *flagValue) Set(t string) error {
	v.texts = append(v.texts, t)
	return nil
}

// Type is the placeholder in the usage text; "bool" also lets the flag stand alone.
func (v *flagValue) Type() string {
	if v.many() {
		return "text, repeatable"
	}
	return v.kind
}

func (v *flagValue) String() string { return strings.Join(v.texts, ",") }

// value is every occurrence for lists, the last one for the rest.
func (v *flagValue) value() any {
	if v.many() {
		return v.texts
	}
	return v.texts[len(v.texts)-1]
}

package config

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the settings.
type Problem struct {
	Where string // file:line, name of the variable, or --flag; "" when between sources
	Key   string // the setting, as far as it is known
	Text  string // what is wrong and what is wanted, one sentence without full stop
}

func (p Problem) String() string {
	return strings.TrimPrefix(p.Where+": ", ": ") + strings.TrimPrefix(p.Key+": ", ": ") + p.Text
}

// Error is everything wrong with the settings. The node must not start.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return e.Problems[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d problems in the settings:", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

// ExitCode is the process's exit code for bad settings.
func (e *Error) ExitCode() int { return 2 }

// unknown describes a name that is no setting: the likely one meant, and all valid ones.
func unknown(name string, valid []string) string {
	choices := "valid here: " + strings.Join(valid, ", ")
	if s := nearest(name, valid); s != "" {
		return fmt.Sprintf("unknown setting; did you mean %s? (%s)", s, choices)
	}
	return "unknown setting; " + choices
}

// nearest returns the valid name that a slip of the keyboard explains, or "".
func nearest(name string, valid []string) string {
	best, least := "", 1+max(1, len(name)/3)
	for _, v := range valid {
		if d := distance(fold(name), fold(v)); d < least {
			best, least = v, d
		}
	}
	return best
}

// fold makes spellings that people mix up equal: http-port, httpPort, HTTP_PORT.
func fold(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
}

// distance is the number of single-letter edits between a and b, a swap of
// neighbours being one.
func distance(a, b string) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}

package scan

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
)

// problem notes something wrong with a folder or file in this pass.
func (p *pass) problem(path, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{path, text})
	}
}

// publishProblems makes the list people see: what the pass met and what is remembered
// of files nobody looked at again. Problems of roots that were not walked stay.
func (p *pass) publishProblems() {
	list := slices.Clone(p.problems)
	for _, r := range p.s.ledger.roots {
		for _, row := range r.units {
			list = append(list, row.Problems...)
		}
	}
	if p.watch != nil {
		if text := p.watch.limited(); text != "" && len(p.libs) > 0 {
			list = append(list, Problem{p.libs[0].roots[0].path, text})
		}
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, old := range p.s.problems {
		if !p.full && !p.walked(old.Path) {
			list = append(list, old)
		}
	}
	slices.SortStableFunc(list, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	list = slices.CompactFunc(list, func(a, b Problem) bool { return a.Path == b.Path })
	list = list[:min(len(list), maxProblems)]
	for _, now := range list {
		if !slices.Contains(p.s.problems, now) { // each is logged once, not at every scan
			p.s.log.Warn(now.Text, "path", now.Path)
		}
	}
	p.s.problems = list
}

// walked reports whether a path is under a root of this pass.
func (p *pass) walked(path string) bool {
	for _, r := range p.roots {
		if _, ok := under(r.path, path); ok {
			return true
		}
	}
	return false
}

// guarded runs one step of a job. A bug that some odd file brings out must not end the
// node, nor keep the rest of the library from being scanned.
func (j *job) guarded(step func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = nil
			j.p.problem(j.u.dir().abs, "Something in this folder is not understood and brought out a mistake in this program; the log has more.")
			j.p.s.log.Error("scanning a folder failed", "folder", j.u.dir().abs, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	return step()
}

// sentence makes a plain sentence of an error's text.
func sentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

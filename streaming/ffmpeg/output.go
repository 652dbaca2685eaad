package ffmpeg

import (
	"strings"
	"sync"
)

// bounded keeps the first limit bytes and refuses the rest, which makes the
// program's write fail.
type bounded struct {
	buf   []byte
	limit int
	over  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(b.buf)+len(p) > b.limit {
		b.over = true
		return 0, ErrTooMuch
	}
	b.buf = append(b.buf, p...)
	return len(p), nil
}

const tailSize = 8 << 10

// tail keeps the last few kilobytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// reason is the last line that says something; ffmpeg's own closing remarks do not.
func (t *tail) reason() string {
	lines := strings.FieldsFunc(t.String(), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		l := strings.TrimSpace(lines[i])
		if l == "" || strings.HasPrefix(l, "Conversion failed") || strings.HasPrefix(l, "Last message repeated") {
			continue
		}
		if len(l) > 300 {
			l = l[:300]
		}
		return strings.ToValidUTF8(l, "?")
	}
	return ""
}

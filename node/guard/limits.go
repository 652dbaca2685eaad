package guard

import (
	"io"
	"net/http"
	"time"
)

const (
	// MaxHeaderBytes bounds a request's header.
	MaxHeaderBytes = 32 << 10
	headerTime     = 10 * time.Second
	idleTime       = 2 * time.Minute
	bodyPause      = 30 * time.Second // between two pieces of a body
)

// Harden sets the limits that only the server itself can keep. It sets no write
// time-out: films take hours.
func Harden(s *http.Server) {
	s.MaxHeaderBytes = MaxHeaderBytes
	s.ReadHeaderTimeout = headerTime
	s.IdleTimeout = idleTime
}

// limitBody refuses a body declared too long and stops one that turns out to be.
func (g *Guard) limitBody(w http.ResponseWriter, r *http.Request, most int64) bool {
	if r.ContentLength > most {
		w.Header().Set("Connection", "close") // rather than read it all to reuse the connection
		g.refuse(w, r, TooLarge, http.StatusRequestEntityTooLarge, "This request is too large.")
		return false
	}
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	body := &patientBody{r.Body, http.NewResponseController(w)}
	r.Body = http.MaxBytesReader(w, body, most)
	return true
}

// patientBody gives the client some time for every piece of a body, and an end of
// patience. The deadline is gone as soon as the body is: a handler may take longer.
type patientBody struct {
	io.ReadCloser
	conn *http.ResponseController
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(bodyPause))
	n, err := b.ReadCloser.Read(p)
	_ = b.conn.SetReadDeadline(time.Time{})
	return n, err
}

package guard

import (
	"net/http/httptest"
	"time"
)

// deadlines records the read deadlines set on it; true is a cleared one.
type deadlines struct {
	httptest.ResponseRecorder
	set []bool
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t.IsZero())
	return nil
}

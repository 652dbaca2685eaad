package fetchtest

import (
	"testing"
	"time"

	"sett/node/metadata/fetch"
)

// Client asks the internet as a provider's options say, without their slow pace.
func (n *Internet) Client(t testing.TB, opt fetch.Options) *fetch.Client {
	t.Helper()
	opt.Every, opt.Burst = time.Microsecond, 100
	opt.Dial, opt.RootCAs, opt.UserAgent, opt.Timeout = n.Dial, n.RootCAs, "sett-test/1", 5*time.Second
	c := fetch.New(opt)
	t.Cleanup(c.Close)
	return c
}

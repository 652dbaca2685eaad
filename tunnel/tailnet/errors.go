package tailnet

import (
	"errors"
	"regexp"
	"strings"

	"tailscale.com/health"
	"tailscale.com/tsconst"
)

// What callers may want to tell apart.
var (
	// ErrOpen is returned by Open when the tunnel is open already.
	ErrOpen = errors.New("the tailnet tunnel is open already")
	// ErrNotOpen is returned by WhoIs when the tunnel is not open.
	ErrNotOpen = errors.New("the tailnet tunnel is not open")
	// ErrClosed is returned by an Open that Close interrupted.
	ErrClosed = errors.New("the tailnet tunnel was closed")
	// ErrUnknownPeer is returned by WhoIs for an address that is not another
	// device of the tailnet.
	ErrUnknownPeer = errors.New("no device of the tailnet has this address")
	// ErrAuthKey is returned by Open when the control server refuses the key.
	ErrAuthKey = errors.New("the tailnet refused the auth key (wrong, used up or expired): make a new one in its admin console and set it, or remove it to sign in with a browser")
	// ErrLogsRequired is returned by Open when the tailnet's policy demands the
	// log upload that Config.LogUpload leaves off.
	ErrLogsRequired = errors.New("this tailnet demands log upload from its devices, and it is off here: allow it in the settings, or turn off network flow logs for the tailnet")
)

// refusal is any other final answer of the control server.
type refusal string

func (r refusal) Error() string {
	return "the tailnet refused this node (" + string(r) + "): look for it in the tailnet's admin console"
}

// fellBehind is the library's notice that a watcher read too slowly. It says
// nothing about the tailnet.
const fellBehind = "fell behind"

// aboutKey recognises an answer about an auth key. Control servers word it in
// their own way: "invalid key: API key does not exist", "authkey expired",
// "AuthKey not found", "invalid pre auth key".
var aboutKey = regexp.MustCompile(`(?i)auth[ -]?key|api key|invalid key|key .*(expired|not found|not valid)`)

// refused turns a message that the library wants shown to a person into the error
// that ends Open, nil when the message is not a refusal. hasKey says whether there
// was a key to refuse.
func refused(msg string, hasKey bool) error {
	switch {
	case strings.Contains(msg, fellBehind):
		return nil
	case strings.Contains(msg, "requires logging"):
		return ErrLogsRequired
	case hasKey && aboutKey.MatchString(msg):
		return ErrAuthKey
	}
	return refusal(redact(msg))
}

// keyRefusedQuietly reports whether the health report carries a refusal of the
// key that came as a plain HTTP error, which the library only ever retries.
func keyRefusedQuietly(h *health.State) bool {
	if h == nil {
		return false
	}
	w, ok := h.Warnings[tsconst.HealthWarnableLoginState]
	return ok && aboutKey.MatchString(w.Text)
}

package lan

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
)

// PortTakenError says that another program holds a port of ours. Its text is fit
// for the owner of the machine.
type PortTakenError struct {
	Network string // "tcp" or "udp"
	Addr    netip.AddrPort
	Owner   string // "jellyfin (pid 812)", empty when it cannot be known
	Setting string // the setting that chooses another port, empty for a fixed port
	Err     error
}

func (e *PortTakenError) Error() string {
	who := "another program"
	if e.Owner != "" {
		who = e.Owner
	}
	port := fmt.Sprint(e.Addr.Port())
	if e.Network == "udp" {
		port = "UDP " + port
	}
	next := "stop it"
	if e.Setting != "" {
		next += " or set " + e.Setting
	}
	return fmt.Sprintf("port %s is already in use by %s; %s", port, who, next)
}

func (e *PortTakenError) Unwrap() error { return e.Err }

// BindError turns the error of a failed bind into one that says what to do, and
// finds the program in the way. The caller names the port's setting, if any.
func BindError(network string, addr netip.AddrPort, setting string, err error) error {
	switch {
	case isInUse(err):
		return &PortTakenError{Network: network, Addr: addr, Setting: setting, Err: err,
			Owner: portOwner(network, addr.Port())}
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user may not open port %d; choose one above 1023: %w", addr.Port(), err)
	}
	return fmt.Errorf("opening %s %v: %w", network, addr, err)
}

package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// ID names an item, a library, a person or a user. It is 16 bytes so that clients
// which parse it as a UUID can.
type ID [16]byte

// ErrBadID is returned for text that is no ID.
var ErrBadID = errors.New("not an id: want 32 hex digits, with or without dashes")

// NewID derives an ID from parts. The same parts give the same ID for ever, on
// every machine, so ids survive a lost database.
func NewID(parts ...string) ID {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return ID(sum[:16])
}

// ParseID reads 32 hex digits in either case, plain or in UUID dashes.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return ID{}, ErrBadID
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, ErrBadID
	}
	return id, nil
}

// String is the form on the wire: 32 lower-case hex digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Dashed is the UUID form that some URLs carry.
func (id ID) Dashed() string {
	h := id.String()
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText and UnmarshalText make IDs usable as JSON values and map keys. The
// empty text is the zero ID.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	p, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = p
	return nil
}

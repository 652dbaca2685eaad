package dto

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"sett/node/library"
)

// DateLayout is the form of dates on the wire, in UTC.
const DateLayout = "2006-01-02T15:04:05.0000000Z"

// Time is a date on the wire: UTC with seven digits of fraction and a Z, the one
// form every client's parser takes.
type Time time.Time

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(t).UTC().Format(DateLayout) + `"`), nil
}

// UnmarshalJSON reads RFC 3339 with any fraction; anything else is the zero time.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		return nil
	}
	p, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		p, _ = time.Parse("2006-01-02T15:04:05.9999999", s)
	}
	*t = Time(p)
	return nil
}

// IsZero makes omitzero work.
func (t Time) IsZero() bool { return time.Time(t).IsZero() }

// FromUnix is the wire date of a card's date; nil when unknown.
func FromUnix(s int64) *Time {
	if s == 0 {
		return nil
	}
	t := Time(time.Unix(s, 0))
	return &t
}

// Int is a whole number that clients may send as a number, a fraction or a string.
type Int int64

// UnmarshalJSON implements json.Unmarshaler; it never fails the whole body for
// one odd number.
func (n *Int) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `"`))
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = Int(i)
		return nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(f) && math.Abs(f) < math.MaxInt64 {
		*n = Int(f)
	}
	return nil
}

// Strings is a list that clients may send as an array or as one comma-joined string.
type Strings []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *Strings) UnmarshalJSON(b []byte) error {
	var many []string
	if json.Unmarshal(b, &many) == nil {
		*l = many
		return nil
	}
	var one string
	if json.Unmarshal(b, &one) == nil && one != "" {
		for _, s := range bytes.Split([]byte(one), []byte(",")) {
			*l = append(*l, string(bytes.TrimSpace(s)))
		}
	}
	return nil
}

// ID is an id that clients may send dashed, plain, empty or null; what cannot be
// read is the zero ID.
type ID library.ID

// UnmarshalJSON implements json.Unmarshaler.
func (id *ID) UnmarshalJSON(b []byte) error {
	p, err := library.ParseID(string(bytes.Trim(b, `"`)))
	if err == nil {
		*id = ID(p)
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (id ID) MarshalJSON() ([]byte, error) {
	return []byte(`"` + library.ID(id).String() + `"`), nil
}

// Ptr is &v, for optional members.
func Ptr[T any](v T) *T { return &v }

func nonZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func number(n library.Number) *int {
	if v, ok := n.Get(); ok {
		return &v
	}
	return nil
}

func date(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	w := Time(t)
	return &w
}

package discovery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxMessage is the size clients receive with, and more than any question needs.
const maxMessage = 1024

// Answer is what an asker is told.
type Answer struct {
	Address string // URL to open, without trailing slash
	ID      string // the server's id, 32 hex digits
	Name    string // the server's name, for people
	Port    uint16 // the HTTP port on the address the answer comes from
}

var questions = [][]byte{[]byte("who is jellyfinserver?"), []byte("who is jellyfin server?")}

// isQuestion reports whether a datagram asks for us.
func isQuestion(b []byte) bool {
	if len(b) > maxMessage {
		return false
	}
	for _, q := range questions {
		if containsFold(b, q) {
			return true
		}
	}
	return false
}

// containsFold is a case-blind search for lower, which must be lower-case ASCII.
func containsFold(b, lower []byte) bool {
	for ; len(b) >= len(lower); b = b[1:] {
		if hasPrefixFold(b, lower) {
			return true
		}
	}
	return false
}

func hasPrefixFold(b, lower []byte) bool {
	for i, want := range lower {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != want {
			return false
		}
	}
	return true
}

var errTooLong = errors.New("answer does not fit a datagram that clients read")

// encode writes the answer, with the name cut as far as needed to fit.
func (a Answer) encode() ([]byte, error) {
	for {
		b, err := a.marshal()
		if err != nil {
			return nil, fmt.Errorf("encoding a discovery answer: %w", err)
		}
		if len(b) < maxMessage {
			return b, nil
		}
		if a.Name == "" {
			return nil, errTooLong
		}
		// A character costs at most 6 bytes as an escape: cut without overshooting.
		a.Name = cut(a.Name, len(a.Name)-max(1, (len(b)-maxMessage)/6))
	}
}

func (a Answer) marshal() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Address         string
		ID              string `json:"Id"`
		Name            string
		EndpointAddress *string
		Port            uint16
	}{a.Address, a.ID, a.Name, nil, a.Port})
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	n = min(max(n, 0), len(s))
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

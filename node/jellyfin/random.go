package jellyfin

import (
	"crypto/rand"

	"sett/node/library"
)

// randomID is an id nobody can guess, in the form of a version 4 UUID.
func randomID() library.ID {
	var id library.ID
	_, _ = rand.Read(id[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

package store

import (
	"encoding/binary"

	"sett/node/library"
)

const (
	prefixMeta  = 'm'
	prefixName  = 'n'
	prefixItem  = 'i'
	prefixCard  = 'c'
	prefixWire  = 'w'
	prefixUser  = 'u'
	prefixTable = 't'
	prefixEdit  = 'e'
	prefixGone  = 'g'
	prefixHow   = 'h'
)

const idLen = len(library.ID{})

func idKey(prefix byte, id library.ID) []byte {
	key := make([]byte, 1+idLen)
	key[0] = prefix
	copy(key[1:], id[:])
	return key
}

func nameKey(r library.Ref) []byte {
	return binary.BigEndian.AppendUint32([]byte{prefixName}, uint32(r))
}

func userKey(user, item library.ID) []byte {
	key := make([]byte, 0, 1+2*idLen)
	key = append(key, prefixUser)
	key = append(key, user[:]...)
	return append(key, item[:]...)
}

func metaKey(name string) []byte { return append([]byte{prefixMeta}, name...) }

func tablePrefix(table string) []byte {
	return append(append([]byte{prefixTable}, table...), 0)
}

func keyID(key []byte) library.ID { return library.ID(key[len(key)-idLen:]) }

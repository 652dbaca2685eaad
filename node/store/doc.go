// Package store keeps the library, play state and small tables on disk, and the library's
// Snapshot in memory. It is the only package that knows the database (badger).
//
// What belongs here: keys, codecs, migrations, durability, and what happens when the disk
// is full. What may not come in: what an item means, who may see it, how it is shown.
//
// The keys, by their first byte:
//
//	m name             schema version, server id, render version
//	n number           a row of the table of names: role, name (numbers are library.Refs)
//	i item             the library.Item, CBOR
//	c item             its library.Card, see card.go
//	w item             what Options.Render made of it, behind the render version's mark
//	u user item        library.UserData, CBOR
//	e item             the library.Edit the owner made of it, CBOR
//	g item             Removed: what it was when it was taken out, CBOR
//	h how text 0 item  an index of those, see removed.go
//	t table 0 key      a value of a Table, JSON
//
// Promises: whatever a method acknowledged survives kill -9 and power loss. An Apply is
// seen by readers whole or not at all. A full disk fails writes with ErrFull and nothing
// else: what was there stays readable.
package store

package store

import (
	"encoding/binary"

	"sett/node/library"
)

// A list at the end of a card record: flags (1: public), owner, the number of shares and
// those, the number of members and those.

func (w *cardWriter) list(l *library.List) {
	if l == nil {
		return
	}
	w.bits |= hasList
	public := byte(0)
	if l.Public {
		public = 1
	}
	w.buf = append(append(w.buf, public), l.Owner[:]...)
	w.ids(l.Shares)
	w.ids(l.Members)
}

func (w *cardWriter) ids(ids []library.ID) {
	w.buf = binary.AppendUvarint(w.buf, uint64(len(ids)))
	for _, id := range ids {
		w.buf = append(w.buf, id[:]...)
	}
}

func (f *fields) list() *library.List {
	if f.bits&hasList == 0 {
		return nil
	}
	l := new(library.List)
	if b := f.take(1 + idLen); b != nil {
		l.Public = b[0]&1 != 0
		copy(l.Owner[:], b[1:])
	}
	l.Shares, l.Members = f.ids(), f.ids()
	return l
}

func (f *fields) ids() []library.ID {
	n := f.uvarint()
	if n == 0 || n > uint64(len(f.buf)/idLen) {
		f.bad = f.bad || n > 0
		return nil
	}
	ids := make([]library.ID, n)
	for i := range ids {
		copy(ids[i][:], f.take(idLen))
	}
	return ids
}

// Package fmp4 writes fragmented MP4 by hand: the init segment, and the heads of
// media segments. Payload is not its business.
package fmp4

import "encoding/binary"

// writer appends boxes to a buffer.
type writer struct{ b []byte }

func (w *writer) u16(v int)       { w.b = binary.BigEndian.AppendUint16(w.b, uint16(v)) }
func (w *writer) u32(v uint32)    { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64)    { w.b = binary.BigEndian.AppendUint64(w.b, v) }
func (w *writer) bytes(v ...byte) { w.b = append(w.b, v...) }
func (w *writer) text(s string)   { w.b = append(w.b, s...) }
func (w *writer) zeros(n int)     { w.b = append(w.b, make([]byte, n)...) }
func (w *writer) box(kind string, body func()) {
	start := w.open(kind)
	body()
	w.close(start)
}

// full is a box with a version and flags.
func (w *writer) full(kind string, version byte, flags uint32, body func()) {
	start := w.open(kind)
	w.u32(uint32(version)<<24 | flags)
	body()
	w.close(start)
}

func (w *writer) open(kind string) int {
	start := len(w.b)
	w.u32(0)
	w.text(kind)
	return start
}

func (w *writer) close(start int) { binary.BigEndian.PutUint32(w.b[start:], uint32(len(w.b)-start)) }

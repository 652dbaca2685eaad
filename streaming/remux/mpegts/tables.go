package mpegts

// tables writes the program association and the program map.
func (w *writer) tables(video, audio *Input) {
	w.section(patPID, []byte{0, 0xb0, 0, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | pmtPID>>8, pmtPID & 0xff})
	clock := audioPID
	if video != nil {
		clock = videoPID
	}
	pmt := []byte{2, 0xb0, 0, 0, 1, 0xc1, 0, 0, 0xe0 | byte(clock>>8), byte(clock), 0xf0, 0}
	for _, in := range []*Input{video, audio} {
		if in == nil {
			continue
		}
		t := &in.Track
		var desc []byte
		switch t.kind {
		case typeAC3:
			desc = append(desc, 5, 4, 'A', 'C', '-', '3')
		case typeEAC3:
			desc = append(desc, 5, 4, 'E', 'A', 'C', '3')
		case typeHEVC:
			desc = append(desc, 5, 4, 'H', 'E', 'V', 'C')
		}
		if l := t.Language; len(l) == 3 && t.pid == audioPID {
			desc = append(desc, 10, 4, l[0], l[1], l[2], 0)
		}
		pmt = append(pmt, t.kind, 0xe0|byte(t.pid>>8), byte(t.pid), 0xf0, byte(len(desc)))
		pmt = append(pmt, desc...)
	}
	w.section(pmtPID, pmt)
}

// section writes a table in a packet of its own. Its counter is always 0: to a
// reader of several segments each repeats the one before.
func (w *writer) section(pid int, s []byte) {
	length := len(s) - 3 + 4
	s[1], s[2] = s[1]|byte(length>>8), byte(length)
	crc := crc32(s)
	s = append(s, byte(crc>>24), byte(crc>>16), byte(crc>>8), byte(crc))
	start := len(w.b)
	w.b = append(w.b, syncByte, 0x40|byte(pid>>8), byte(pid), 0x10, 0)
	w.b = append(w.b, s...)
	for len(w.b) < start+packetSize {
		w.b = append(w.b, 0xff)
	}
}

// crc32 is MPEG's: not reflected, not inverted.
func crc32(b []byte) uint32 {
	crc := ^uint32(0)
	for _, c := range b {
		crc ^= uint32(c) << 24
		for range 8 {
			if crc&(1<<31) != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// Package mpegts writes MPEG transport streams, and reads recordings in them. It
// knows one program, with one picture and one sound.
//
// # Writing
//
// A segment is made whole, and the same every time. It begins with the tables. The
// continuity counter of each stream begins with 0 and ends with 15: the last
// packets carry less than they could, so that segments made in any order join.
// Pictures become Annex B, with a delimiter before each and the parameter sets
// before each key frame; AAC gets ADTS headers. The clock runs half a second before
// the decoding times.
//
// # Reading
//
// A transport stream has no index: it is scanned once from end to end, and what is
// kept of it is where each key frame's packets begin, and when it is shown. A
// segment is read from one key frame to the next, taken out of its packets, and
// made what MP4 wants: length-prefixed units, bare frames of sound.
package mpegts

// The transport packet.
const (
	packetSize = 188
	syncByte   = 0x47
	clockRate  = 90000
)

// Types of elementary streams, as the program map names them.
const (
	typeMP3, typeMP3LSF        = 0x03, 0x04
	typePrivate                = 0x06
	typeAAC                    = 0x0f
	typeLATM                   = 0x11
	typeH264, typeHEVC         = 0x1b, 0x24
	typeAC3, typeEAC3          = 0x81, 0x87
	typeMPEG1, typeMPEG2       = 0x01, 0x02
	patPID, nullPID            = 0, 0x1fff
	pmtPID                     = 0x1000
	videoPID, audioPID         = 0x100, 0x101
	videoStream                = 0xe0
	audioStream                = 0xc0
	privateStream              = 0xbd
	timeMask                   = 1<<33 - 1
	maxAudioPES                = 2900
	clockLead            int64 = clockRate / 2
)

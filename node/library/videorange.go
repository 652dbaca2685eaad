package library

import (
	"strconv"
	"strings"
)

// VideoRange is the coarse dynamic range of a video stream, in the API's words.
type VideoRange string

// The ranges. Unknown is for streams that are no video.
const (
	RangeUnknown VideoRange = "Unknown"
	RangeSDR     VideoRange = "SDR"
	RangeHDR     VideoRange = "HDR"
)

// VideoRangeType is the exact kind of dynamic range, in the API's words. The
// "With" names say what a player without Dolby Vision sees.
type VideoRangeType string

// The range types.
const (
	RangeTypeUnknown         VideoRangeType = "Unknown"
	RangeTypeSDR             VideoRangeType = "SDR"
	RangeHDR10               VideoRangeType = "HDR10"
	RangeHDR10Plus           VideoRangeType = "HDR10Plus"
	RangeHLG                 VideoRangeType = "HLG"
	RangeDOVI                VideoRangeType = "DOVI"
	RangeDOVIWithHDR10       VideoRangeType = "DOVIWithHDR10"
	RangeDOVIWithHLG         VideoRangeType = "DOVIWithHLG"
	RangeDOVIWithSDR         VideoRangeType = "DOVIWithSDR"
	RangeDOVIWithEL          VideoRangeType = "DOVIWithEL"
	RangeDOVIWithHDR10Plus   VideoRangeType = "DOVIWithHDR10Plus"
	RangeDOVIWithELHDR10Plus VideoRangeType = "DOVIWithELHDR10Plus"
	RangeDOVIInvalid         VideoRangeType = "DOVIInvalid"
)

// VideoRangeTypes returns every range type, in the API's order.
func VideoRangeTypes() []VideoRangeType {
	return []VideoRangeType{
		RangeTypeUnknown, RangeTypeSDR, RangeHDR10, RangeHLG, RangeDOVI, RangeDOVIWithHDR10, RangeDOVIWithHLG,
		RangeDOVIWithSDR, RangeDOVIWithEL, RangeDOVIWithHDR10Plus, RangeDOVIWithELHDR10Plus, RangeDOVIInvalid, RangeHDR10Plus,
	}
}

// VideoRange returns SDR or HDR for a video stream.
func (s Stream) VideoRange() VideoRange {
	switch s.VideoRangeType() {
	case RangeTypeUnknown:
		return RangeUnknown
	case RangeTypeSDR, RangeDOVIWithSDR:
		return RangeSDR
	}
	return RangeHDR
}

// VideoRangeType names the dynamic range from the Dolby Vision record where there
// is one, else from the transfer function. Video that says nothing is SDR.
func (s Stream) VideoRangeType() VideoRangeType {
	if s.Kind != StreamVideo {
		return RangeTypeUnknown
	}
	if s.isDolbyVision() {
		return s.dolbyVisionRange()
	}
	switch strings.ToLower(s.ColorTransfer) {
	case "smpte2084":
		if s.HDR10Plus {
			return RangeHDR10Plus
		}
		return RangeHDR10
	case "arib-std-b67":
		return RangeHLG
	}
	return RangeTypeSDR
}

func (s Stream) isDolbyVision() bool {
	switch strings.ToLower(s.CodecTag) {
	case "dovi", "dvh1", "dvhe", "dav1":
		return true
	}
	d := s.DolbyVision
	if d == nil || !d.RPU || !d.BL {
		return false
	}
	switch d.Profile {
	case 5, 7, 8, 10:
	default:
		return false
	}
	switch d.BLCompatibility {
	case 0, 1, 2, 4, 6:
		return true
	}
	return false
}

func (s Stream) dolbyVisionRange() VideoRangeType {
	if s.DolbyVision == nil {
		return RangeTypeSDR
	}
	switch s.DolbyVision.Profile {
	case 5:
		return RangeDOVI
	case 7:
		if s.HDR10Plus {
			return RangeDOVIWithELHDR10Plus
		}
		return RangeDOVIWithEL
	case 8, 10:
		return s.crossCompatibleRange()
	}
	return RangeTypeSDR
}

// crossCompatibleRange names profiles 8 and 10, whose base layer another player
// may understand. Profile 8 must have such a base layer; 10 need not.
func (s Stream) crossCompatibleRange() VideoRangeType {
	switch s.DolbyVision.BLCompatibility {
	case 0:
		if s.DolbyVision.Profile == 10 {
			return RangeDOVI
		}
	case 1:
		if s.HDR10Plus {
			return RangeDOVIWithHDR10Plus
		}
		return RangeDOVIWithHDR10
	case 2:
		return RangeDOVIWithSDR
	case 4:
		return RangeDOVIWithHLG
	}
	return RangeDOVIInvalid
}

// DolbyVisionTitle says which Dolby Vision this is and what others see of it,
// "Dolby Vision Profile 8.1 (HDR10)"; "" where it is none.
func (s Stream) DolbyVisionTitle() string {
	d := s.DolbyVision
	if d == nil || !d.RPU || !d.BL {
		return ""
	}
	switch d.Profile {
	case 4, 5, 7, 8, 9, 10:
	default:
		return ""
	}
	title := "Dolby Vision Profile " + strconv.Itoa(d.Profile)
	if d.BLCompatibility > 0 {
		title += "." + strconv.Itoa(d.BLCompatibility)
	}
	switch d.BLCompatibility {
	case 1, 6: // 6 is Blu-ray's, in practice HDR10
		return title + " (HDR10)"
	case 2:
		return title + " (SDR)"
	case 4:
		return title + " (HLG)"
	}
	return title
}

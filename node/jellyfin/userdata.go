package jellyfin

import (
	"strconv"
	"time"

	"sett/node/jellyfin/dto"
)

// appendUserData writes what encoding/json makes of d, at a tenth of the price: every item
// of every list carries one.
func appendUserData(dst []byte, d *dto.UserData) []byte {
	dst = append(dst, '{')
	if d.Rating != nil {
		dst = appendFloat(append(dst, `"Rating":`...), *d.Rating)
		dst = append(dst, ',')
	}
	if d.PlayedPercentage != nil {
		dst = appendFloat(append(dst, `"PlayedPercentage":`...), *d.PlayedPercentage)
		dst = append(dst, ',')
	}
	if d.UnplayedCount != nil {
		dst = appendInt(append(dst, `"UnplayedItemCount":`...), int64(*d.UnplayedCount))
		dst = append(dst, ',')
	}
	dst = appendInt(append(dst, `"PlaybackPositionTicks":`...), d.Position)
	dst = appendInt(append(dst, `,"PlayCount":`...), int64(d.PlayCount))
	dst = append(append(dst, `,"IsFavorite":`...), boolText(d.IsFavorite)...)
	if d.Likes != nil {
		dst = append(append(dst, `,"Likes":`...), boolText(*d.Likes)...)
	}
	if d.LastPlayedDate != nil {
		dst = append(dst, `,"LastPlayedDate":"`...)
		dst = time.Time(*d.LastPlayedDate).UTC().AppendFormat(dst, dto.DateLayout)
		dst = append(dst, '"')
	}
	dst = append(append(dst, `,"Played":`...), boolText(d.Played)...)
	dst = appendStringMember(dst, "Key", d.Key)
	dst = appendStringMember(dst, "ItemId", d.ItemID)
	return append(dst, '}')
}

// appendFloat writes a number as a browser reads it back: short, without an exponent for
// the sizes there are.
func appendFloat(dst []byte, f float64) []byte { return strconv.AppendFloat(dst, f, 'f', -1, 64) }

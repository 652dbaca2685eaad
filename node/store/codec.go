package store

import (
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"sett/node/library"
)

// codec turns records into bytes. Items are CBOR maps by field name, so that a field more
// or less does not make old records unreadable.
type codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano, OmitEmpty: cbor.OmitEmptyGoValue}.EncMode()
	if err != nil {
		return codec{}, fmt.Errorf("CBOR encoder: %w", err)
	}
	dec, err := cbor.DecOptions{MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("CBOR decoder: %w", err)
	}
	return codec{enc, dec}, nil
}

func (c codec) item(rec []byte) (*library.Item, error) {
	it := new(library.Item)
	if err := c.dec.Unmarshal(rec, it); err != nil {
		return nil, fmt.Errorf("item record: %w", err)
	}
	return it, nil
}

// userRecord is library.UserData on disk.
type userRecord struct {
	_          struct{} `cbor:",toarray"`
	Position   int64
	PlayCount  int
	Flags      uint8 // 1 played, 2 favourite, 4 likes is set, 8 likes
	Rating     float64
	LastPlayed int64 // Unix nanoseconds, 0 never
	Audio      *int
	Subtitle   *int
}

func (c codec) encodeUser(u library.UserData) ([]byte, error) {
	r := userRecord{
		Position: int64(u.Position), PlayCount: u.PlayCount, Rating: u.Rating,
		Audio: u.AudioIndex, Subtitle: u.SubtitleIndex,
	}
	if u.Played {
		r.Flags |= 1
	}
	if u.Favorite {
		r.Flags |= 2
	}
	if u.Likes != nil {
		r.Flags |= 4
		if *u.Likes {
			r.Flags |= 8
		}
	}
	if !u.LastPlayed.IsZero() {
		r.LastPlayed = u.LastPlayed.UnixNano()
	}
	return c.enc.Marshal(r)
}

func (c codec) decodeUser(rec []byte) (library.UserData, error) {
	var r userRecord
	if err := c.dec.Unmarshal(rec, &r); err != nil {
		return library.UserData{}, fmt.Errorf("user data record: %w", err)
	}
	u := library.UserData{
		Position: library.Ticks(r.Position), PlayCount: r.PlayCount, Played: r.Flags&1 != 0,
		Favorite: r.Flags&2 != 0, Rating: r.Rating, AudioIndex: r.Audio, SubtitleIndex: r.Subtitle,
	}
	if r.Flags&4 != 0 {
		likes := r.Flags&8 != 0
		u.Likes = &likes
	}
	if r.LastPlayed != 0 {
		u.LastPlayed = time.Unix(0, r.LastPlayed).UTC()
	}
	return u, nil
}

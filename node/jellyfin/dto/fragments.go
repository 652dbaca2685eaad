package dto

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"

	"sett/node/library"
)

// RenderVersion names the form of [Render]'s output; stored records of another
// version are made again.
const RenderVersion = "3"

// Render makes an item's wire record: a run of fragments, each one member of the
// item's JSON object with the number of the field that asks for it.
//
//	record   = { fragment }
//	fragment = field (1 byte, bit number in Fields) length (uvarint) bytes
//
// The bytes of a fragment are `"Member":value`.
func Render(it *library.Item) []byte {
	whole := Marshal(NewItem(it))
	rec, err := split(whole)
	if err != nil {
		panic("dto: own JSON cannot be read back: " + err.Error())
	}
	return rec
}

func split(object []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	rec := make([]byte, 0, len(object)+len(object)/8)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.New("member name is no string")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		f, listed := memberField[name]
		if !listed {
			f = FieldAlways
		}
		rec = append(rec, byte(bits.TrailingZeros64(uint64(f))))
		rec = binary.AppendUvarint(rec, uint64(len(name)+3+len(value)))
		rec = append(rec, '"')
		rec = append(rec, name...)
		rec = append(rec, '"', ':')
		rec = append(rec, value...)
	}
	return rec, nil
}

// AppendFragments appends the members of a record that want asks for, each
// preceded by a comma unless dst ends with '{'.
func AppendFragments(dst, record []byte, want Fields) []byte {
	for len(record) > 0 {
		field := record[0]
		n, used := binary.Uvarint(record[1:])
		start := 1 + used
		if used <= 0 || uint64(len(record)-start) < n {
			return dst // cut short by a damaged store: send what is whole
		}
		if want&(1<<field) != 0 {
			dst = comma(dst)
			dst = append(dst, record[start:start+int(n)]...)
		}
		record = record[start+int(n):]
	}
	return dst
}

func comma(dst []byte) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' && dst[n-1] != '[' {
		return append(dst, ',')
	}
	return dst
}

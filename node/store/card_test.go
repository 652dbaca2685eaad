package store

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"sett/node/library"
)

// fullCard has every field set, whatever fields there are, so that one the codec forgets
// shows.
func fullCard() *library.Card {
	c := new(library.Card)
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		fillValue(v.Field(i), i+1)
	}
	c.ID = library.NewID("full")
	return c
}

func fillValue(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text é ", n))
	case reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(n % 20))
	case reflect.Float32:
		v.SetFloat(float64(n) / 2)
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(n))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillValue(v.Index(i), n+i)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i), n+i)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("the test does not know how to fill a " + v.Kind().String())
	}
}

func TestEveryFieldOfACardIsKept(t *testing.T) {
	folder := &library.Card{ID: library.NewID("x"), Library: library.NewID("l"), Parent: library.NewID("l"), Kind: library.Folder, Year: -1, Premiered: -1e9}
	r := newCardReader()
	for _, want := range []*library.Card{fullCard(), folder, {ID: library.NewID("y"), Kind: library.Movie}} {
		got, err := r.read(want.ID, appendCard(nil, want))
		if err != nil {
			t.Fatal(err)
		}
		sameCard(t, got, want)
	}
}

func FuzzCardRecordsNeverCrashTheReader(f *testing.F) {
	rec := appendCard(nil, fullCard())
	f.Add(rec)
	f.Add(rec[:len(rec)/2])
	f.Add([]byte{cardFormat, 255, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, rec []byte) {
		r := newCardReader()
		c, err := r.read(library.ID{}, rec)
		if err != nil {
			return
		}
		again, err := r.read(library.ID{}, appendCard(nil, c))
		if err != nil {
			t.Fatal(err)
		}
		lists := fmt.Sprint(again.List, c.List)
		if again.List != nil && c.List != nil {
			lists = fmt.Sprint(*again.List) + "\n" + fmt.Sprint(*c.List)
		}
		one, other, _ := strings.Cut(lists, "\n")
		again.List, c.List = nil, nil
		if one != other && other != "" || fmt.Sprint(again) != fmt.Sprint(c) { // as text, because NaN differs from itself
			t.Errorf("%+v\nbecame %+v", c, again)
		}
	})
}

package jellyfin

import (
	"reflect"
	"testing"

	"sett/node/library"
)

func TestParametersAreReadTheWayClientsWriteThem(t *testing.T) {
	p := readParams("USERID=1&Limit=12&limit=99&startIndex=null&fields=Primary,%20Backdrop&fields=Overview&isPlayed=True&sortBy=&x=3.0&ids=zz,0102030405060708090a0b0c0d0e0f10")
	if got := p.integer("limit", 0); got != 12 {
		t.Errorf("limit %d", got)
	}
	if got := p.integer("startindex", 7); got != 7 {
		t.Errorf("null is not a number, got %d", got)
	}
	if got, want := p.list("fields"), []string{"Primary", "Backdrop", "Overview"}; !reflect.DeepEqual(got, want) {
		t.Errorf("fields %q", got)
	}
	if b := p.flagPtr("isplayed"); b == nil || !*b {
		t.Error("True is true")
	}
	if p.flagPtr("sortby") != nil || p.has("sortby") {
		t.Error("empty is absent")
	}
	if got := p.integer("x", 0); got != 3 {
		t.Errorf("3.0 is 3, got %d", got)
	}
	if got := p.ids("ids"); len(got) != 1 || got[0] != (library.ID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}) {
		t.Errorf("what is no id is dropped, got %v", got)
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("a=1&A=2&ids=,,&years=1,x")
	f.Fuzz(func(t *testing.T, raw string) {
		p := readParams(raw)
		c := &call{q: p}
		c.itemQuery(library.Viewer{})
		for k := range p {
			p.integer(k, 0)
			p.float(k)
			p.ids(k)
			p.time(k)
			p.kinds(k)
		}
	})
}

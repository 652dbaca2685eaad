package provider

import (
	"strings"
	"testing"
)

func TestTextFromOutsideBecomesPlain(t *testing.T) {
	for in, want := range map[string]string{
		"<p>A <b>bold</b> &amp; <i>odd</i> tale.</p><p>Second.</p>": "A bold & odd tale.\n\nSecond.",
		"no markup": "no markup", "": "", "a<br>b<br/>c": "a\nb\nc",
		"<script>alert(1)</script>x &lt;b&gt;": "alert(1)x <b>", "tab\there\x00\x1b[31m": "tabhere[31m", "bad\xff": "bad",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
	if got := Plain(strings.Repeat("<p>ä", 1<<20)); len(got) > maxText || got == "" {
		t.Errorf("%d bytes are left", len(got))
	}
}

func TestDatesAndIDsAreReadStrictly(t *testing.T) {
	for in, want := range map[string]int{"2001-02-03": 2001, "2001-02": 2001, "2001": 2001, "": 0, "20010203": 0, "abcd": 0, "0000-01-01": 0} {
		if got := Year(in); got != want {
			t.Errorf("year of %q is %d", in, got)
		}
	}
	if Date("2001-02-03").Year() != 2001 || !Date("2001-02").IsZero() || !Date("0001-01-01").IsZero() {
		t.Error("dates")
	}
	for in, want := range map[string]bool{"1": true, "603": true, "": false, "0": false, "-1": false, "01": false, "1/2": false, "../x": false, "+1": false, "99999999999999999999": false} {
		if IsNumber(in) != want {
			t.Errorf("%q is a number: %v", in, !want)
		}
	}
}

func FuzzTextStaysBoundedAndClean(f *testing.F) {
	f.Add("<p>A <b>b</b>&amp;</p>")
	f.Add("<<<>>&#x0;&#xfffff;")
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s)
		if len(got) > maxText || strings.ContainsAny(got, "\x00\x1b") {
			t.Errorf("%q became %q", s, got)
		}
	})
}

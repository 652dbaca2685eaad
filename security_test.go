package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"sett/node/guard"
)

var update = flag.Bool("update", false, "rewrite generated parts of documents")

func TestTheSecurityPageShowsTheExposureMatrixInForce(t *testing.T) {
	const begin, end = "<!-- exposure -->\n", "<!-- /exposure -->"
	b, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	i, j := strings.Index(text, begin), strings.Index(text, end)
	if i < 0 || j < i {
		t.Fatal("SECURITY.md has no place for the matrix")
	}
	want := text[:i+len(begin)] + guard.Exposure() + text[j:]
	if want == text {
		return
	}
	if !*update {
		t.Fatal("SECURITY.md shows another matrix: go test . -run Security -update")
	}
	if err := os.WriteFile("SECURITY.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

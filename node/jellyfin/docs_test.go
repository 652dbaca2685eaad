package jellyfin

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite generated documents and golden files")

func sortedRoutes() []Route {
	rs := slices.Clone(Routes())
	slices.SortStableFunc(rs, func(a, b Route) int {
		return strings.Compare(strings.ToLower(a.Path)+a.Method, strings.ToLower(b.Path)+b.Method)
	})
	return rs
}

func golden(t *testing.T, file string, want []byte) {
	t.Helper()
	have, err := os.ReadFile(file)
	if err == nil && bytes.Equal(have, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the route table says: go test ./node/jellyfin -update, and read the difference", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheAPIIsDocumentedFromItsRouteTable(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# The API\n\nGenerated from the route table; `make docs` rewrites it. Paths and query names are matched in any case, GET answers HEAD too.\n" +
		"What is not listed answers 404 with an empty body.\n\nAccess: **public** before sign-in · **granted** with a token, or from a device that was handed the\n" +
		"item a short while ago · **user** signed in · **admin** signed in as an administrator.\n\n| method | path | access | also |\n|---|---|---|---|\n")
	for _, r := range sortedRoutes() {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", r.Method, r.Path, r.Access, strings.Join(r.Also, " "))
	}
	golden(t, filepath.Join("..", "..", "docs", "api.md"), b.Bytes())
}

// Opening a door to people who are not signed in changes a reviewed file.
func TestTheListOfOpenDoorsIsReviewed(t *testing.T) {
	var b bytes.Buffer
	for _, r := range sortedRoutes() {
		if r.Access == Public || r.Access == Granted {
			for _, p := range r.Paths() {
				fmt.Fprintf(&b, "%s %s %s\n", r.Access, r.Method, p)
			}
		}
	}
	golden(t, filepath.Join("testdata", "open-doors.txt"), b.Bytes())
}

func TestNoRouteIsForgottenOrNamedTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Routes() {
		if r.Access == Closed || r.Do == nil {
			t.Errorf("%s %s has no access rule or no handler", r.Method, r.Path)
		}
		for _, p := range r.Paths() {
			key := r.Method + " " + strings.ToLower(p)
			if seen[key] {
				t.Errorf("%s stands twice in the table", key)
			}
			seen[key] = true
		}
	}
}

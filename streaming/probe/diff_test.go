package probe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"sett/node/library"
	"sett/streaming/probe/facts"
)

// compare lists where the facts read in process differ from ffprobe's, field by
// field. Streams and tags are told apart by their names.
func compare(native, oracle any) []string {
	var out []string
	diff("", reflect.ValueOf(native), reflect.ValueOf(oracle), &out)
	return out
}

func diff(at string, a, b reflect.Value, out *[]string) {
	say := func() { *out = append(*out, fmt.Sprintf("%s: native %v, ffprobe %v", at, show(a), show(b))) }
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				say()
			}
			return
		}
		diff(at, a.Elem(), b.Elem(), out)
	case reflect.Struct:
		if a.Type().PkgPath() == "time" {
			return
		}
		for i := range a.NumField() {
			diff(at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), out)
		}
	case reflect.Slice:
		if a.Len() != b.Len() {
			say()
			return
		}
		for i := range a.Len() {
			diff(fmt.Sprintf("%s[%d]", at, i), a.Index(i), b.Index(i), out)
		}
	default:
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			say()
		}
	}
}

func show(v reflect.Value) string {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return fmt.Sprintf("%+v", v.Interface())
}

// both is what File makes of one answer.
type both struct {
	Source library.Source
	Tags   Tags
}

func translated(d *facts.Document, path string, size int64) both {
	b := both{source(d, path, size), tagsOf(d)}
	return b
}

// differences reads a file in process and by ffprobe. The error is the native
// reader's.
func differences(t *testing.T, path string) ([]string, error) {
	t.Helper()
	f, fi, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := native(t.Context(), f, fi.Size())
	if err != nil {
		return nil, err
	}
	o, err := ask(t.Context(), path)
	if err != nil {
		return nil, fmt.Errorf("native reads it, ffprobe does not: %w", err)
	}
	return compare(translated(n, path, fi.Size()), translated(o, path, fi.Size())), nil
}

// TestAnyFolderReadsAsFFprobeReadsIt compares all files of a folder that the one who
// runs the test names.
func TestAnyFolderReadsAsFFprobeReadsIt(t *testing.T) {
	dir := os.Getenv("PROBE_FILES")
	if dir == "" {
		t.Skip("PROBE_FILES names no folder of media")
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name()[0] == '.' {
			return err
		}
		if !media(path) {
			return nil
		}
		diffs, err := differences(t, path)
		if errors.Is(err, facts.ErrUnsure) {
			t.Logf("%s: %v", e.Name(), err)
			return nil
		} else if err != nil {
			t.Logf("%s: %v", e.Name(), err)
		}
		for _, d := range diffs {
			if !isAllowed("", d) {
				t.Errorf("%s%s", e.Name(), d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

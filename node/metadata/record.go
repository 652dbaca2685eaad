package metadata

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/provider"
	"sett/node/store"
)

// outcome is how asking about an item ended.
type outcome string

const (
	found     outcome = "found"
	ambiguous outcome = "ambiguous" // several things may be meant, or none quite: the owner decides
	unknown   outcome = "unknown"   // nobody knows it
	failed    outcome = "failed"    // the providers fail for this one; tried again after a while
)

// record is what providers say of an item.
type record struct {
	Asked   string    `json:",omitempty"` // the question that Outcome answers; see question
	Outcome outcome   `json:",omitempty"`
	At      time.Time `json:",omitzero"`
	Chosen  bool      `json:",omitempty"` // the owner said which thing it is
	Online  []said    `json:",omitempty"` // the first wins
}

// said is what one provider says.
type said struct {
	Provider string
	ID       string
	Facts    provider.Facts
}

// How long an answer counts. The terms of one provider forbid keeping it for over six
// months.
const (
	foundFor  = 150 * 24 * time.Hour
	puzzleFor = 30 * 24 * time.Hour
	failedFor = 24 * time.Hour
)

// fresh reports whether a question has been answered and need not be asked again yet.
func (r *record) fresh(question string, now time.Time) bool {
	age := now.Sub(r.At)
	switch r.Outcome {
	case found:
		return (r.Chosen || r.Asked == question) && age < foundFor
	case ambiguous, unknown:
		return r.Asked == question && age < puzzleFor
	case failed:
		return r.Asked == question && age < failedFor
	}
	return false
}

func tableOf(s *store.Store) store.Table[record] { return store.TableOf[record](s, "metadata") }

// recordOf reads the record of an item; one that says nothing if there is none.
func recordOf(s *store.Store, id library.ID) (record, error) {
	r, err := tableOf(s).Get(id.String())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return record{}, fmt.Errorf("read what is known beside the files: %w", err)
	}
	return r, nil
}

// Overlay returns the function for store.Options.Overlay. pictures is the folder of
// fetched pictures, as in Options. The store lays the owner's edits over what it returns.
func Overlay(pictures string) func(*store.Store, *library.Item) (*library.Item, error) {
	return func(s *store.Store, it *library.Item) (*library.Item, error) {
		r, err := recordOf(s, it.ID)
		if err != nil {
			return nil, err
		}
		if len(r.Online) == 0 {
			return it, nil
		}
		e := s.Edited(it.ID)
		return overlay(it, &r, &e, pictures), nil
	}
}

// imageOf is a fetched picture as part of an item.
func imageOf(p provider.Picture, folder string) library.Image {
	tag, _, _ := strings.Cut(p.File, ".")
	return library.Image{
		Kind: p.Kind, Path: filepath.Join(folder, p.File), Width: p.Width, Height: p.Height,
		Tag: tag[:min(len(tag), 16)], Modified: p.Modified,
	}
}

package library

import "slices"

// Change is one step of the library: an item put (added or replaced) or one removed.
// Removing a folder removes just the folder: whoever removes names what is below too.
type Change struct {
	Put    *Item // nil for a removal
	Remove ID
}

// Put is the Change that adds or replaces an item.
func Put(it *Item) Change { return Change{Put: it} }

// Remove is the Change that takes an item out.
func Remove(id ID) Change { return Change{Remove: id} }

// ID is the id of the item the change is about.
func (c Change) ID() ID {
	if c.Put != nil {
		return c.Put.ID
	}
	return c.Remove
}

// ChangeSet says what a step did, as seen from outside: an item both put and removed in
// one step appears once, by its outcome.
type ChangeSet struct {
	Generation uint64 // of the Snapshot after the step
	Added      []*Card
	Updated    []*Card
	Removed    []*Card // as they last were
}

// Empty reports a step that changed nothing.
func (c ChangeSet) Empty() bool {
	return len(c.Added) == 0 && len(c.Updated) == 0 && len(c.Removed) == 0
}

// Then is both steps as one: what differs from before the first to after the second.
func (c ChangeSet) Then(next ChangeSet) ChangeSet {
	const (
		added = iota
		updated
		removed
	)
	type fate struct {
		card *Card
		what int
	}
	fates := make(map[ID]fate)
	for what, list := range [][]*Card{c.Added, c.Updated, c.Removed} {
		for _, card := range list {
			fates[card.ID] = fate{card, what}
		}
	}
	for what, list := range [][]*Card{next.Added, next.Updated, next.Removed} {
		for _, card := range list {
			was, before := fates[card.ID]
			switch {
			case before && was.what == added && what == removed:
				delete(fates, card.ID)
			case before && was.what == added:
				fates[card.ID] = fate{card, added}
			case before && was.what == removed:
				fates[card.ID] = fate{card, updated}
			default:
				fates[card.ID] = fate{card, what}
			}
		}
	}
	out := ChangeSet{Generation: next.Generation}
	for _, f := range fates {
		switch f.what {
		case added:
			out.Added = append(out.Added, f.card)
		case updated:
			out.Updated = append(out.Updated, f.card)
		case removed:
			out.Removed = append(out.Removed, f.card)
		}
	}
	return out.sorted()
}

func (c ChangeSet) sorted() ChangeSet {
	for _, list := range [][]*Card{c.Added, c.Updated, c.Removed} {
		slices.SortFunc(list, byName)
	}
	return c
}

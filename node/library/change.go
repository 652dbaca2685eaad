package library

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

package scan

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/store"
)

// gathered is a list of items that scans make out of many units: a collection or an
// imported playlist.
type gathered struct {
	it      *library.Item // without members
	members []library.ID
	sum     uint64 // of the file it comes from, if any
}

// keptList is what a list was made of the last time. Against it one can tell what the
// owner has changed since.
type keptList struct {
	Members []library.ID `json:"m"`
	Path    string       `json:"p,omitempty"` // of a playlist's file
	Sum     uint64       `json:"s,omitempty"`
}

// gather brings collections and playlists up to date with the items there are now.
func (p *pass) gather() error {
	if !p.touched && !p.listsChanged() {
		return nil
	}
	lists := append(p.boxSets(), p.playlists()...)
	now := make(map[library.ID]bool, len(lists))
	for _, g := range lists {
		now[g.it.ID] = true
		if err := p.putList(g); err != nil {
			return err
		}
	}
	for id, k := range p.s.ledger.lists {
		if now[id] || k.Path != "" && p.listAway(k.Path) {
			continue
		}
		if err := p.dropList(id, k); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) putList(g gathered) error {
	k := p.s.ledger.lists[g.it.ID]
	old, err := p.s.store.Bare(g.it.ID)
	switch {
	case err == nil:
		if err := p.changeList(old, g, k); err != nil {
			return err
		}
	case !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("read a list: %w", err)
	case k != nil && slices.Equal(k.Members, g.members) && k.Sum == g.sum:
		return nil // the owner deleted it
	default:
		it := *g.it
		it.SortName, it.Added = naming.SortName(it.Name), p.start.UTC().Truncate(time.Second)
		it.Members = entries(it.ID, it.Kind, nil, g.members)
		if err := p.s.store.Apply(p.ctx, library.Put(&it)); err != nil {
			return fmt.Errorf("publish a list: %w", err)
		}
		p.result.added++
	}
	now := &keptList{Members: g.members, Sum: g.sum}
	if g.it.Kind == library.Playlist {
		now.Path = g.it.Path
	}
	if k != nil && k.Sum == now.Sum && k.Path == now.Path && slices.Equal(k.Members, now.Members) {
		return nil
	}
	return p.s.ledger.keepList(p.ctx, g.it.ID, now)
}

// changeList changes a list that is there, without undoing what the owner did to it.
func (p *pass) changeList(old *library.Item, g gathered, k *keptList) error {
	if k == nil {
		k = new(keptList)
	}
	change := func(it *library.Item) {
		it.Name, it.SortName, it.Path, it.Images = g.it.Name, naming.SortName(g.it.Name), g.it.Path, g.it.Images
		it.Overview, it.Providers, it.ListMedia = g.it.Overview, g.it.Providers, g.it.ListMedia
		it.Members = entries(it.ID, it.Kind, it.Members, merged(idsIn(it.Members), k.Members, g.members))
	}
	is := *old
	change(&is)
	if sameItem(old, &is) {
		return nil
	}
	p.result.changed++
	err := p.s.store.Update(p.ctx, old.ID, func(it *library.Item) error { change(it); return nil })
	if err != nil {
		return fmt.Errorf("change a list: %w", err)
	}
	return nil
}

// merged is what a list holds after its source went from before to now, while people made
// it is.
func merged(is, before, now []library.ID) []library.ID {
	if slices.Equal(is, before) {
		return now
	}
	var out []library.ID
	for _, id := range is {
		if slices.Contains(now, id) || !slices.Contains(before, id) {
			out = append(out, id)
		}
	}
	for _, id := range now {
		if !slices.Contains(before, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func idsIn(members []library.Member) []library.ID {
	var out []library.ID
	for _, m := range members {
		out = append(out, m.Item)
	}
	return out
}

// entries makes members, with the entries they had. In playlists each entry has a name of
// its own.
func entries(list library.ID, kind library.Kind, old []library.Member, ids []library.ID) []library.Member {
	out := make([]library.Member, 0, len(ids))
	times := make(map[library.ID]int)
	for _, id := range ids {
		m := library.Member{Item: id}
		if kind == library.Playlist {
			nth := times[id]
			times[id]++
			m.Entry = library.NewID("entry", list.String(), id.String(), fmt.Sprint(nth))
			for _, o := range old {
				if o.Item != id {
					continue
				}
				if nth == 0 {
					m.Entry = o.Entry
					break
				}
				nth--
			}
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// dropList takes out a list that nothing gives any more, but for what the owner put in.
func (p *pass) dropList(id library.ID, k *keptList) error {
	old, err := p.s.store.Bare(id)
	if err == nil {
		left := merged(idsIn(old.Members), k.Members, nil)
		if len(left) > 0 {
			err = p.s.store.Update(p.ctx, id, func(it *library.Item) error {
				it.Members = entries(id, it.Kind, it.Members, left)
				return nil
			})
		} else {
			err = p.s.store.Apply(p.ctx, library.Remove(id))
			p.result.removed++
		}
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("take out a list: %w", err)
	}
	return p.s.ledger.keepList(p.ctx, id, nil)
}

// listAway reports whether a playlist's file may be there although it was not seen.
func (p *pass) listAway(path string) bool {
	for _, l := range p.libs {
		for _, r := range l.roots {
			if rel, ok := under(r.path, path); ok {
				walked := slices.Contains(p.roots, r)
				return !walked || r.keeps(filepath.Dir(rel))
			}
		}
	}
	return false
}

// keepList remembers what a list was made of; nil forgets it.
func (l *ledger) keepList(ctx context.Context, id library.ID, k *keptList) error {
	var err error
	if k == nil {
		delete(l.lists, id)
		err = l.made.Delete(ctx, id.String())
	} else {
		l.lists[id] = k
		err = l.made.Put(ctx, id.String(), *k)
	}
	if err != nil {
		return fmt.Errorf("keep what the scan knows: %w", err)
	}
	return nil
}

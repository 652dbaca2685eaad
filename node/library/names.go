package library

import "sync"

// Names is the table behind [Ref]. It only grows: a Ref stays valid for the life of the
// table. Safe for concurrent use.
type Names struct {
	mu    sync.RWMutex
	rows  []nameRow
	refs  map[nameKey]Ref
	heads map[nameKey]Ref  // first Ref of each entity: key holds the class and the folded name
	more  map[Ref][]Ref    // the further Refs of an entity, by its head
	ids   map[ID]entityKey // entity ids, made when first asked for
	idsTo int              // the rows they cover
	share map[string]string
}

type nameKey struct {
	role Role
	name string
}

type nameRow struct {
	role   Role
	name   string
	folded string
	head   Ref // the first Ref with the same entity; itself for most
}

// NewNames returns an empty table.
func NewNames() *Names {
	return &Names{
		refs:  make(map[nameKey]Ref),
		heads: make(map[nameKey]Ref),
		more:  make(map[Ref][]Ref),
		share: make(map[string]string),
	}
}

// class joins the roles that name one and the same entity.
func (r Role) class() Role {
	switch r {
	case RoleActor, RoleGuest, RoleDirector, RoleWriter, RoleProducer, RoleComposer, RoleCrew:
		return RoleCrew
	case RoleArtist, RoleAlbumArtist:
		return RoleArtist
	}
	return r
}

// RoleOf is the role of a credit type, "Actor" and so on, in any case.
func RoleOf(creditType string) Role {
	switch Fold(creditType) {
	case "actor":
		return RoleActor
	case "gueststar":
		return RoleGuest
	case "director":
		return RoleDirector
	case "writer":
		return RoleWriter
	case "producer":
		return RoleProducer
	case "composer":
		return RoleComposer
	case "artist":
		return RoleArtist
	case "albumartist":
		return RoleAlbumArtist
	}
	return RoleCrew
}

// Ref returns the Ref of a name in a role, adding it if it is new.
func (n *Names) Ref(role Role, name string) Ref {
	key := nameKey{role, name}
	n.mu.RLock()
	r, ok := n.refs[key]
	n.mu.RUnlock()
	if ok {
		return r
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addLocked(key)
}

func (n *Names) addLocked(key nameKey) Ref {
	if r, ok := n.refs[key]; ok {
		return r
	}
	r := Ref(len(n.rows))
	row := nameRow{role: key.role, name: key.name, folded: Fold(key.name), head: r}
	entity := nameKey{key.role.class(), row.folded}
	if head, ok := n.heads[entity]; ok {
		row.head, row.folded = head, n.rows[head].folded
		n.more[head] = append(n.more[head], r)
	} else {
		n.heads[entity] = r
	}
	n.rows = append(n.rows, row)
	n.refs[key] = r
	return r
}

// Lookup finds a name without adding it.
func (n *Names) Lookup(role Role, name string) (Ref, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	r, ok := n.refs[nameKey{role, name}]
	return r, ok
}

// Name is the text of a Ref, as first written; "" for a Ref that is not of this table.
func (n *Names) Name(r Ref) string { return n.row(r).name }

// Role is the role of a Ref; RoleNone for one that is not of this table.
func (n *Names) Role(r Ref) Role { return n.row(r).role }

// Len is the number of names. Refs are the numbers below it.
func (n *Names) Len() int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return len(n.rows)
}

func (n *Names) row(r Ref) nameRow {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if int(r) >= len(n.rows) {
		return nameRow{}
	}
	return n.rows[r]
}

// view returns the rows there are now. They are never changed, only appended to.
func (n *Names) view() []nameRow {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.rows[:len(n.rows):len(n.rows)]
}

// head returns the first Ref of the entity with this class and folded name.
func (n *Names) head(class Role, folded string) (Ref, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	r, ok := n.heads[nameKey{class, folded}]
	return r, ok
}

// shared returns one copy of a text that many cards repeat, such as a container's name.
func (n *Names) shared(s string) string {
	if s == "" {
		return ""
	}
	n.mu.RLock()
	have, ok := n.share[s]
	n.mu.RUnlock()
	if ok {
		return have
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.share) < 4096 {
		n.share[s] = s
	}
	return s
}

// Names returns the names a card has in a role, in the item's order.
func (c *Card) Names(n *Names, role Role) []string {
	var out []string
	rows := n.view()
	for _, r := range c.Links {
		if int(r) < len(rows) && rows[r].role == role {
			out = append(out, rows[r].name)
		}
	}
	return out
}

// CreditTypes are the sorts of credit that are told apart; others are of the last.
func CreditTypes() []string {
	return []string{"Actor", "GuestStar", "Director", "Writer", "Producer", "Composer", "Crew"}
}

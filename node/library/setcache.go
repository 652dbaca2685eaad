package library

import (
	"slices"
	"sync"
)

// setCache keeps the last sets of a base that took a pass over it to make. What it hands
// out is shared and must not be changed.
type setCache struct {
	mu   sync.Mutex
	have map[setKey]*lazy[slotSet]
	used []setKey // the oldest first
}

type setKey struct {
	what, text string
	n          int
}

// maxSets bounds the cache: a set is a bit for each card.
const maxSets = 48

func (c *setCache) get(key setKey, build func() slotSet) slotSet {
	c.mu.Lock()
	e, ok := c.have[key]
	if !ok {
		if c.have == nil {
			c.have = make(map[setKey]*lazy[slotSet])
		}
		if len(c.used) >= maxSets {
			delete(c.have, c.used[0])
			c.used = slices.Delete(c.used, 0, 1)
		}
		e = new(lazy[slotSet])
		c.have[key] = e
		c.used = append(c.used, key)
	}
	c.mu.Unlock()
	return e.get(build)
}

package store

import "sett/node/library"

// subscriber holds at most one set of changes: what came before it is read is merged.
type subscriber struct{ ch chan library.ChangeSet }

// Subscribe returns a channel of what each Apply did. Whoever reads slowly gets several
// steps as one and never holds an Apply up. Call cancel when done; it, or Close, closes
// the channel.
func (s *Store) Subscribe() (changes <-chan library.ChangeSet, cancel func()) {
	sub := &subscriber{make(chan library.ChangeSet, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subs == nil {
		close(sub.ch)
		return sub.ch, func() {}
	}
	s.subs[sub] = struct{}{}
	return sub.ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.subs[sub]; ok {
			delete(s.subs, sub)
			close(sub.ch)
		}
	}
}

func (s *Store) publish(set library.ChangeSet) {
	if set.Empty() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.subs {
		step := set
		select {
		case waiting := <-sub.ch:
			step = waiting.Then(set)
		default:
		}
		sub.ch <- step // nobody else sends, so there is room
	}
}

func (s *Store) endSubscriptions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.subs {
		close(sub.ch)
	}
	s.subs = nil
}

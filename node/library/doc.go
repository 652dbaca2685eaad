// Package library holds the words for what a household owns: items, the files
// behind them, who has watched what, and the queries over all of it.
//
// It is pure: no I/O, no clock, no other package of ours, standard library only.
// Finding items is node/scan's work, keeping them node/store's, showing them
// node/jellyfin's.
//
// Two shapes of one thing: an [Item] is the full record as stored; a [Card] is
// the small part of it that stays in memory, on which every query runs.
package library

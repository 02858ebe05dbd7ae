// Package upstream reads syncs, sync runs and connections from the Census Management API,
// and remembers what it has read.
//
// The API lists in numbered pages; callers here ask for stretches of a list in
// creation order, a [paging.Window], and get exactly those rows, however the pages move
// meanwhile. A [Client] asks with one token; those of other tokens share its connections
// and its memory, in which each token's rows are apart.
//
// On the way an answer passes, outermost first:
//
//	list     windows to page reads, and pages to rows (list.go, fill.go; what is reckoned: package paging)
//	kept     what of it was read before and still holds (kept.go, cache.go)
//	flight   the same question, asked by others at the same time (flight.go)
//	call     one GET that survives (package calls)
//	decode   its text to syncs, runs and connections (package census)
package upstream

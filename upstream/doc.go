// Package upstream reads syncs, sync runs and connections from the Census Management API and
// caches what it has read.
//
// The API lists rows in numbered pages. Callers of this package ask for a stretch of a list in
// creation order, a [paging.Window], and get exactly those rows, even if rows move between
// pages meanwhile. A [Client] uses one token. Clients of other tokens, made by
// [Client.WithToken], share its connections and its cache, which holds each token's rows
// separately.
//
// An answer passes these layers, outermost first:
//
//	list     turns windows into page reads, and pages into rows (list.go, fill.go, package paging)
//	kept     returns what was read before and is still fresh (kept.go, cache.go)
//	flight   shares one call among equal requests made at the same time (flight.go)
//	call     makes one GET, with retries and limits (package calls)
//	decode   parses the answer into syncs, runs and connections (package census)
package upstream

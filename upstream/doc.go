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
//	served   syncs, runs, connections and groups (syncs.go, runs.go, ends.go); with
//	         Options.Groups, only those of the served groups (served.go)
//	list     turns windows into page reads, and pages into rows (windows.go, fill.go, package
//	         paging); reads one record (cachedrecord.go)
//	cache    returns what was read before and is still fresh (listcache.go, cache.go), by this
//	         gateway or by another (borrow.go, sharedstore.go)
//	flight   shares one call among equal requests made at the same time (flight.go)
//	call     makes one GET, with retries and limits (package calls)
//	decode   parses the answer into syncs, runs and connections (package census)
//
// No file uses a file of a layer above its own.
package upstream

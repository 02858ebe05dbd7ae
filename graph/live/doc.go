// Package live follows the runs of a workspace and tells what changes.
//
// Census does not push what one can rely on, so a [Watcher] reads. There is one for each
// token, however many follow it, and it works only while somebody does. It knows the
// schedules, so it reads a sync often when something is about to happen, and seldom
// otherwise (pace.go). All its calls are within a budget (budget.go).
//
// The changes go to a [feed], a ring of the newest changes. A follower is
// only a place in the ring, so a slow one costs nothing: it loses its place, and is told
// so.
package live

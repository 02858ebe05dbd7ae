// Package live watches the runs of a workspace and sends the changes to followers.
//
// Census has no reliable push notifications, so a [Watcher] polls. There is one per token, for any
// number of followers, and it works only while it has a follower. It knows the schedules of the
// syncs: it reads a sync often when a change is expected, and rarely otherwise (pace.go). All its
// calls are within a budget (budget.go).
//
// The changes go to a [feed], a ring buffer of the newest changes. A follower is only a position in
// the ring, so a slow follower costs nothing. If it falls too far behind, it ends with [ErrSlow].
package live

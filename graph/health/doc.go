// Package health tells how a sync is from its newest runs and its schedule.
//
// Of is a pure function: the same sync, runs and moment give the same answer,
// and it asks nobody. What it says is an ordered table of rules (rules.go); the
// first that applies names the state.
//
// It sees the newest 25 runs and is told whether there are older ones.
// With older runs about it says no more than it can see: "not among the last 25
// runs" in place of "never", and no time for a state that may have begun before
// them.
//
// Dry runs write nothing and count for nothing, except that one in progress is
// in the way of the next run. Skipped and canceled runs neither fail nor
// succeed. Times are in UTC, as Census's schedules are (API reference). A time that
// lies in the future tells nothing (ahead.go), and a schedule that cannot be read
// leaves no sync healthy.
package health

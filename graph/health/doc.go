// Package health judges the health of a sync by its newest runs and its schedule.
//
// Of is a pure function: the same sync, runs and moment give the same result. It applies an
// ordered table of rules (rules.go); the first rule that applies names the state.
//
// It sees the newest 25 runs and whether there are older ones. If there are, it reports
// only what it sees: "not among the last 25 runs" instead of "never", and no time for a
// state that may have begun before them.
//
// Dry runs write nothing and are ignored, except that one in progress blocks the next run.
// Skipped and canceled runs neither fail nor succeed. Times are in UTC, as Census's
// schedules are (API reference). A time in the future is ignored (futuretimes.go). A sync whose
// schedule cannot be parsed is never healthy.
package health

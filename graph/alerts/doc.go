// Package alerts judges the alerts of a sync by its newest runs, its settings and the clock.
//
// Of is a pure function: the same sync, runs and moment give the same alerts, so every replica
// says the same, also after a restart. It evaluates the alerts that are configured for the sync
// in Census (settings.go, rules.go), and the gateway's own: LATE, STUCK and SKIPPED, whose
// rules are those of package health.
//
// An alert of Census's settings is judged by the newest run that the rule can judge; the runs
// before it tell since when, and whether it fired before. Dry runs are ignored.
package alerts

// Package alerts evaluates the alerts of a sync from its newest runs, its settings and the time.
//
// Of is a pure function: the same sync, runs and time give the same alerts. So all replicas agree,
// also after a restart. It evaluates the alerts that are configured for the sync in Census
// (settings.go, rules.go), and the gateway's own: LATE, STUCK and SKIPPED, with the rules of
// package health.
//
// The newest run to which a rule applies decides whether its alert fires. Older runs decide since
// when, and whether it fired before. Dry runs are ignored.
package alerts

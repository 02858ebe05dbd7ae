// Package syncmetrics serves the state of syncs to Prometheus.
//
// It keeps the watcher at work (keep.go) and, at each scrape, writes what the watcher knows
// (collect.go). A scrape makes no call to Census. names.go has the metrics, and
// docs/operations.md explains them.
package syncmetrics

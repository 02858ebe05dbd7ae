// Package syncmetrics serves the state of syncs to Prometheus.
//
// It follows all syncs, so that the watcher reads them (watch.go). At each scrape it writes the
// state of the watcher (collect.go); a scrape makes no call to Census. names.go defines the
// metrics, and docs/operations.md explains them.
package syncmetrics
